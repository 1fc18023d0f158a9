-- Records of earlier lives of this terminal, read out of journals that were damaged: the same bytes with the same
-- signatures, to be sent as what they are.
CREATE TABLE salvaged (
  epoch     INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  kind      INTEGER NOT NULL,
  case_no   TEXT NOT NULL,
  envelope  BLOB NOT NULL,
  signature BLOB NOT NULL,
  payload   BLOB,
  receipt   BLOB,
  state     TEXT NOT NULL CHECK (state IN ('saved', 'sent', 'accepted', 'refused')),
  code      TEXT NOT NULL DEFAULT '',
  UNIQUE (epoch, seq)
);
CREATE INDEX salvaged_waiting ON salvaged (epoch, seq) WHERE state = 'saved';
