-- The schema of migration 005 of SQLite, as PostgreSQL has it.
-- Whether a record has its leaf in the hash tree.
ALTER TABLE record ADD COLUMN proven BIGINT NOT NULL DEFAULT 0;
CREATE INDEX record_unproven ON record (received_utc_ms) WHERE proven = 0;

-- One hash tree for each profile, and how many leaves it has. Whoever appends holds this row.
CREATE TABLE proof_tree (
  profile TEXT PRIMARY KEY,
  size    BIGINT NOT NULL
);

-- The tree's hashes, 256 to a tile (sync/proof/tiles.hpp). The last one of a level grows.
CREATE TABLE proof_tile (
  profile  TEXT NOT NULL,
  level    BIGINT NOT NULL,
  position BIGINT NOT NULL,
  hashes   BYTEA NOT NULL,
  PRIMARY KEY (profile, level, position)
);

-- Which record each leaf stands for. The leaf itself is made again of its receipt and this mark.
CREATE TABLE proof_leaf (
  profile     TEXT NOT NULL,
  position    BIGINT NOT NULL,
  terminal_id TEXT COLLATE "C" NOT NULL,
  epoch       BIGINT NOT NULL,
  seq         BIGINT NOT NULL,
  mark        BYTEA,              -- NULL: nobody has a slip for it
  PRIMARY KEY (profile, position),
  UNIQUE (terminal_id, epoch, seq)
);
CREATE INDEX proof_leaf_by_mark ON proof_leaf (mark) WHERE mark IS NOT NULL;

-- Every head that was ever signed, and the time stamps over some of them. Neither is ever changed.
CREATE TABLE proof_head (
  profile       TEXT NOT NULL,
  size          BIGINT NOT NULL,
  signed_utc_ms BIGINT NOT NULL,
  head          BYTEA NOT NULL,
  PRIMARY KEY (profile, size)
);
CREATE TABLE proof_stamp (
  profile        TEXT NOT NULL,
  size           BIGINT NOT NULL,
  stamped_utc_ms BIGINT NOT NULL,  -- by the authority's clock
  stamp          BYTEA NOT NULL,
  PRIMARY KEY (profile, size)
);
