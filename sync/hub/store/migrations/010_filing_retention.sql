-- Entries of departments' pages of states that could not be read. What was in them is not kept.
CREATE TABLE bad_news (
  department      TEXT NOT NULL,
  digest          BLOB NOT NULL,                     -- SHA-256 of the entry as it came
  case_no         TEXT NOT NULL,
  code            TEXT NOT NULL,
  received_utc_ms INTEGER NOT NULL,
  PRIMARY KEY (department, digest)
) WITHOUT ROWID;

-- Which department has accepted a case; '': the register that comes with the hub, or nobody yet. So the queue may forget
-- what is filed.
ALTER TABLE case_file ADD COLUMN department TEXT NOT NULL DEFAULT '';
UPDATE case_file SET department = coalesce(
  (SELECT min(f.department) FROM filing f JOIN record r ON r.terminal_id = f.terminal_id AND r.epoch = f.epoch AND r.seq = f.seq
   WHERE f.case_no = case_file.case_no AND f.state = 'filed' AND r.kind = 1), '')
  WHERE case_no IN (SELECT case_no FROM filing WHERE state = 'filed');
DROP INDEX filing_by_case;
CREATE INDEX filing_filed ON filing (changed_utc_ms) WHERE state = 'filed';

-- How many filed records of a department are no longer in the queue.
CREATE TABLE filed_count (
  department TEXT PRIMARY KEY,
  filed      INTEGER NOT NULL
) WITHOUT ROWID;
