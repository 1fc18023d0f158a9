-- Taking in a record of a case writes two pages less: where that record stands is in `case_file`, so that the index of
-- records by case has only the others; and a case's row lies among the newest, with a narrow index, where it was in the
-- middle of a wide one.
CREATE TABLE case_file_next (
  case_no           TEXT PRIMARY KEY,
  terminal_id       TEXT NOT NULL,
  service_id        TEXT NOT NULL,
  token_digest      BLOB NOT NULL,
  received_utc_ms   INTEGER NOT NULL,
  accepted_utc_ms   INTEGER NOT NULL DEFAULT 0,
  acceptance_no     TEXT NOT NULL DEFAULT '',
  department_state  TEXT NOT NULL DEFAULT '',
  department_utc_ms INTEGER NOT NULL DEFAULT 0,
  epoch             INTEGER NOT NULL DEFAULT 0,
  seq               INTEGER NOT NULL DEFAULT 0         -- 0: taken in by a hub from before this
);
INSERT INTO case_file_next SELECT c.case_no, c.terminal_id, c.service_id, c.token_digest, c.received_utc_ms,
  c.accepted_utc_ms, c.acceptance_no, c.department_state, c.department_utc_ms,
  coalesce((SELECT r.epoch FROM record r WHERE r.case_no = c.case_no AND r.kind = 1 AND r.code = '' LIMIT 1), 0),
  coalesce((SELECT r.seq FROM record r WHERE r.case_no = c.case_no AND r.kind = 1 AND r.code = '' LIMIT 1), 0)
  FROM case_file c ORDER BY c.received_utc_ms;
DROP TABLE case_file;
ALTER TABLE case_file_next RENAME TO case_file;
DROP INDEX record_by_case;
CREATE INDEX record_by_case ON record (case_no) WHERE kind <> 1 OR code <> '';
