-- Contents that the hub has signed for stay for a while, in case it loses them: which ones, how large, since when. Their
-- sum is kept beside, because it is asked for before each service.
CREATE TABLE kept (
  epoch           INTEGER NOT NULL,
  seq             INTEGER NOT NULL,
  size            INTEGER NOT NULL,
  received_utc_ms INTEGER NOT NULL,          -- as the receipt says
  PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
CREATE INDEX kept_by_time ON kept (received_utc_ms);
CREATE TABLE kept_total (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  bytes INTEGER NOT NULL
);
INSERT INTO kept_total VALUES (1, 0);
CREATE TRIGGER kept_more AFTER INSERT ON kept BEGIN UPDATE kept_total SET bytes = bytes + new.size; END;
CREATE TRIGGER kept_less AFTER DELETE ON kept BEGIN UPDATE kept_total SET bytes = bytes - old.size; END;

-- What the hub had signed before it lost the record, and which number its department had given.
CREATE TABLE earlier_receipt (
  epoch         INTEGER NOT NULL,
  seq           INTEGER NOT NULL,
  receipt       BLOB NOT NULL,
  acceptance_no TEXT NOT NULL,
  PRIMARY KEY (epoch, seq, receipt)
) WITHOUT ROWID;

-- Records that the hub has lost and whose contents are gone here too.
CREATE TABLE lost (
  epoch INTEGER NOT NULL,
  seq   INTEGER NOT NULL,
  told  INTEGER NOT NULL DEFAULT 0,          -- to the hub
  PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
CREATE INDEX lost_untold ON lost (epoch, seq) WHERE told = 0;

-- Heads of the hub that should not be.
CREATE TABLE hub_past (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  utc_ms   INTEGER NOT NULL,                 -- by the hub's clock
  epoch    INTEGER NOT NULL,
  code     TEXT NOT NULL CHECK (code IN ('hub.went_back', 'hub.contradicts')),
  head_seq INTEGER NOT NULL,
  queued   INTEGER NOT NULL,
  lost     INTEGER NOT NULL,
  told     INTEGER NOT NULL DEFAULT 0        -- to the hub, with its own old receipt
);
