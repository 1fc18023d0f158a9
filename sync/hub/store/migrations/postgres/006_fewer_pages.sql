-- What migration 009 of SQLite says of `case_file` and the index of records by case.
ALTER TABLE case_file ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
UPDATE case_file SET epoch = r.epoch, seq = r.seq FROM record r
  WHERE r.case_no = case_file.case_no AND r.kind = 1 AND r.code = '';
DROP INDEX record_by_case;
CREATE INDEX record_by_case ON record (case_no) WHERE kind <> 1 OR code <> '';
