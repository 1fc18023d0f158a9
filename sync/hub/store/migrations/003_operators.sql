-- What operators have to know of. No personal data.
CREATE TABLE operator_event (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  utc_ms      INTEGER NOT NULL,
  last_utc_ms INTEGER NOT NULL,            -- the same again within a day only moves this, and counts
  count       INTEGER NOT NULL DEFAULT 1,
  terminal_id TEXT NOT NULL,
  epoch       INTEGER NOT NULL,            -- 0: of no one life
  kind        TEXT NOT NULL,
  detail      TEXT NOT NULL                -- of the first time
);
CREATE INDEX operator_event_of ON operator_event (terminal_id, epoch, kind);

-- Sequence numbers of which a later one is here. A row goes, or shrinks, when its records arrive.
CREATE TABLE gap (
  terminal_id  TEXT NOT NULL,
  epoch        INTEGER NOT NULL,
  first_seq    INTEGER NOT NULL,
  last_seq     INTEGER NOT NULL,
  since_utc_ms INTEGER NOT NULL,
  told         INTEGER NOT NULL DEFAULT 0, -- operators know of it
  PRIMARY KEY (terminal_id, epoch, first_seq)
) WITHOUT ROWID;

-- A spare life waits for a journal that cannot go on: its first record opens it.
ALTER TABLE enrolment ADD COLUMN life TEXT NOT NULL DEFAULT 'open' CHECK (life IN ('open', 'spare'));

-- What became of a record in quarantine after an operator looked: filed, with its receipt.
ALTER TABLE quarantine ADD COLUMN released_utc_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN released_by TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN release_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN receipt BLOB NOT NULL DEFAULT x'';
ALTER TABLE quarantine ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN case_no TEXT NOT NULL DEFAULT '';
CREATE INDEX quarantine_by_terminal ON quarantine (terminal_id, epoch);
