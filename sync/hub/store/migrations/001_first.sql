CREATE TABLE enrolment (
  enrolment_no    INTEGER PRIMARY KEY AUTOINCREMENT,  -- given out once, ever: it starts each case number
  terminal_id     TEXT NOT NULL,
  epoch           INTEGER NOT NULL,
  device_key      TEXT NOT NULL,                      -- PEM, public
  state           TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'denied')),
  enrolled_utc_ms INTEGER NOT NULL,
  head_seq        INTEGER NOT NULL DEFAULT 0,         -- moves in the transaction of its record
  head_digest     BLOB NOT NULL DEFAULT x'',
  UNIQUE (terminal_id, epoch)
);

-- Everything that arrived whole, in the chain of its terminal.
CREATE TABLE record (
  terminal_id     TEXT NOT NULL,
  epoch           INTEGER NOT NULL,
  seq             INTEGER NOT NULL,
  digest          BLOB NOT NULL,
  previous        BLOB NOT NULL,
  record_id       BLOB NOT NULL,
  kind            INTEGER NOT NULL,
  case_no         TEXT NOT NULL,
  received_utc_ms INTEGER NOT NULL,
  envelope        BLOB NOT NULL,
  signature       BLOB NOT NULL,
  payload         BLOB NOT NULL,                      -- still sealed
  receipt         BLOB NOT NULL,                      -- what the terminal was told; told again when it asks again
  code            TEXT NOT NULL,                      -- empty, or why no case came of it
  filed           INTEGER NOT NULL DEFAULT 0,         -- a department has it
  PRIMARY KEY (terminal_id, epoch, seq)
);
CREATE INDEX record_by_id ON record (record_id);
CREATE INDEX record_by_case ON record (case_no);
CREATE INDEX record_unfiled ON record (filed) WHERE filed = 0 AND code = '';

-- What contradicts the chain: a cloned or restored disk. For operators; nothing is thrown away.
CREATE TABLE quarantine (
  digest          BLOB PRIMARY KEY,
  terminal_id     TEXT NOT NULL,
  epoch           INTEGER NOT NULL,
  seq             INTEGER NOT NULL,
  received_utc_ms INTEGER NOT NULL,
  code            TEXT NOT NULL,
  envelope        BLOB NOT NULL,
  signature       BLOB NOT NULL,
  payload         BLOB NOT NULL
);

CREATE TABLE case_file (
  case_no         TEXT PRIMARY KEY,
  terminal_id     TEXT NOT NULL,
  service_id      TEXT NOT NULL,
  token_digest    BLOB NOT NULL,
  received_utc_ms INTEGER NOT NULL,
  accepted_utc_ms INTEGER NOT NULL DEFAULT 0,
  acceptance_no   TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- The embedded department register: the only table with plain personal data.
CREATE TABLE department_entry (
  entry_no     INTEGER PRIMARY KEY AUTOINCREMENT,
  record_id    BLOB NOT NULL UNIQUE,
  case_no      TEXT NOT NULL,
  record       BLOB NOT NULL,
  filed_utc_ms INTEGER NOT NULL
);
