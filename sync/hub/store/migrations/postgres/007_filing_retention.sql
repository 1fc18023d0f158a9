-- The schema of migration 010 of SQLite, as PostgreSQL has it.
CREATE TABLE bad_news (
  department      TEXT COLLATE "C" NOT NULL,
  digest          BYTEA NOT NULL,
  case_no         TEXT COLLATE "C" NOT NULL,
  code            TEXT NOT NULL,
  received_utc_ms BIGINT NOT NULL,
  PRIMARY KEY (department, digest)
);

ALTER TABLE case_file ADD COLUMN department TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE case_file SET department = coalesce(
  (SELECT min(f.department) FROM filing f JOIN record r ON r.terminal_id = f.terminal_id AND r.epoch = f.epoch AND r.seq = f.seq
   WHERE f.case_no = case_file.case_no AND f.state = 'filed' AND r.kind = 1), '')
  WHERE case_no IN (SELECT case_no FROM filing WHERE state = 'filed');
DROP INDEX filing_by_case;
CREATE INDEX filing_filed ON filing (changed_utc_ms) WHERE state = 'filed';

CREATE TABLE filed_count (
  department TEXT COLLATE "C" PRIMARY KEY,
  filed      BIGINT NOT NULL
);
