-- Each index is a page more in every commit, and one over random ids grows dearer with every row. The writer knows
-- the ids of its last records; a case is found by its counter, which rises with seq.
CREATE TABLE record_next (
  seq           INTEGER PRIMARY KEY,
  record_id     BLOB NOT NULL,
  kind          INTEGER NOT NULL,            -- 1 case, 2 rating, 3 document
  case_count    INTEGER NOT NULL,            -- cases up to and with this row: the counter of case numbers
  case_no       TEXT NOT NULL,
  digest        BLOB NOT NULL,               -- of envelope; the next envelope holds it
  envelope      BLOB NOT NULL,
  signature     BLOB NOT NULL,               -- device key, over exactly the bytes of envelope
  payload       BLOB,                        -- NULL once the hub has signed for it
  receipt       BLOB,                        -- the hub's signed receipt, as it came
  state         TEXT NOT NULL DEFAULT 'saved' CHECK (state IN ('saved', 'sent', 'accepted', 'refused')),
  code          TEXT NOT NULL DEFAULT '',    -- why it was refused
  acceptance_no TEXT NOT NULL DEFAULT ''
);
INSERT INTO record_next SELECT * FROM record;
DROP TABLE record;
ALTER TABLE record_next RENAME TO record;
CREATE INDEX record_waiting ON record (seq) WHERE state = 'saved';
CREATE INDEX record_unaccepted ON record (seq) WHERE state = 'sent' AND kind = 1;
