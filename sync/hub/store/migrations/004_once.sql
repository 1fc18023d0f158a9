-- What may be there once and only once, under a key of its own: on a server, where several hubs write at the same time and
-- `record` is in parts by terminal, these keys are what keeps anything from being there twice.
CREATE TABLE known_record (
  record_id   BLOB PRIMARY KEY,
  terminal_id TEXT NOT NULL,
  epoch       INTEGER NOT NULL,
  seq         INTEGER NOT NULL
) WITHOUT ROWID;
INSERT OR IGNORE INTO known_record SELECT record_id, terminal_id, epoch, seq FROM record WHERE code = '';
DROP INDEX record_by_id;

CREATE TABLE rated_case (
  case_no TEXT PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO rated_case SELECT DISTINCT case_no FROM record WHERE kind = 2 AND code = '';

-- What is large, by the day it came: on a server a table in parts by time, of which the oldest can be dropped.
CREATE TABLE payload (
  received_utc_ms INTEGER NOT NULL,
  terminal_id     TEXT NOT NULL,
  epoch           INTEGER NOT NULL,
  seq             INTEGER NOT NULL,
  payload         BLOB NOT NULL,                      -- still sealed
  PRIMARY KEY (received_utc_ms, terminal_id, epoch, seq)
);
INSERT INTO payload SELECT received_utc_ms, terminal_id, epoch, seq, payload FROM record;
DROP INDEX record_unfiled;
ALTER TABLE record DROP COLUMN payload;
CREATE INDEX record_unfiled ON record (terminal_id, epoch, seq) WHERE filed = 0 AND code = '';
