-- Which department is to get a record, or has it. What goes to the register that comes with the hub has no row here, and
-- `record.filed` says 0 or 1; what has a row says 2 until a department has it.
CREATE TABLE filing (
  terminal_id     TEXT NOT NULL,
  epoch           INTEGER NOT NULL,
  seq             INTEGER NOT NULL,
  record_id       BLOB NOT NULL,
  case_no         TEXT NOT NULL,
  service_id      TEXT NOT NULL,
  received_utc_ms INTEGER NOT NULL,                  -- with the key: where its payload is
  department      TEXT NOT NULL,
  state           TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'filed', 'dead', 'closed')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_try_utc_ms INTEGER NOT NULL DEFAULT 0,
  lease           TEXT NOT NULL DEFAULT '',          -- of the hub that tries just now
  code            TEXT NOT NULL DEFAULT '',          -- of the last attempt that failed
  detail          TEXT NOT NULL DEFAULT '',
  changed_utc_ms  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (terminal_id, epoch, seq)
) WITHOUT ROWID;
CREATE INDEX filing_due ON filing (department, next_try_utc_ms) WHERE state = 'waiting';
CREATE INDEX filing_open ON filing (received_utc_ms) WHERE state = 'waiting' OR state = 'dead';
CREATE INDEX filing_by_case ON filing (case_no);

-- How far each department has told of its cases.
CREATE TABLE department_cursor (
  department      TEXT PRIMARY KEY,
  cursor          TEXT NOT NULL DEFAULT '',
  next_try_utc_ms INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What a department says of a case after it has accepted it.
ALTER TABLE case_file ADD COLUMN department_state TEXT NOT NULL DEFAULT '';
ALTER TABLE case_file ADD COLUMN department_utc_ms INTEGER NOT NULL DEFAULT 0;

-- What departments have issued: plain personal data.
CREATE TABLE certificate (
  case_no         TEXT PRIMARY KEY,
  department      TEXT NOT NULL,
  received_utc_ms INTEGER NOT NULL,
  bytes           BLOB NOT NULL
);
