-- One journal is one life of one terminal: (terminal, epoch). A new enrolment starts a new file.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- Nothing here tells who the person is: `payload` opens only at the hub.
CREATE TABLE record (
  seq           INTEGER PRIMARY KEY,
  record_id     BLOB NOT NULL UNIQUE,
  kind          INTEGER NOT NULL,            -- 1 case, 2 rating
  case_count    INTEGER NOT NULL,            -- cases up to and with this row: the counter of case numbers
  case_no       TEXT NOT NULL,
  digest        BLOB NOT NULL,               -- SHA-256 of envelope; the next envelope holds it
  envelope      BLOB NOT NULL,
  signature     BLOB NOT NULL,               -- device key, ECDSA over exactly the bytes of envelope
  payload       BLOB,                        -- NULL once the hub has signed for it
  receipt       BLOB,                        -- the hub's signed receipt, as it came
  state         TEXT NOT NULL DEFAULT 'saved' CHECK (state IN ('saved', 'sent', 'accepted', 'refused')),
  code          TEXT NOT NULL DEFAULT '',    -- why it was refused
  acceptance_no TEXT NOT NULL DEFAULT ''
);
CREATE INDEX record_by_case ON record (case_no);
CREATE INDEX record_waiting ON record (seq) WHERE state = 'saved';
CREATE INDEX record_unaccepted ON record (seq) WHERE state = 'sent' AND kind = 1;

CREATE TABLE ask (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  deadline_steady_ms INTEGER NOT NULL,       -- CLOCK_MONOTONIC, the same for all processes of a boot
  request            BLOB NOT NULL,          -- sealed to the hub
  answer             BLOB,                   -- sealed to a key that only the asking process has
  code               TEXT NOT NULL DEFAULT '',
  state              TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'refused'))
);

CREATE TABLE print_job (
  id              TEXT PRIMARY KEY,
  case_no         TEXT NOT NULL,
  document_digest BLOB NOT NULL,
  state           TEXT NOT NULL
                  CHECK (state IN ('intended', 'sending', 'printed', 'doubtful', 'failed', 'cancelled')),
  changed_utc_ms  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX print_job_unfinished ON print_job (state) WHERE state IN ('intended', 'sending', 'doubtful');

-- How the agent finds the hub, for the terminal to show.
CREATE TABLE link (
  id           INTEGER PRIMARY KEY CHECK (id = 1),
  online       INTEGER NOT NULL,
  since_utc_ms INTEGER NOT NULL,
  code         TEXT NOT NULL
);
