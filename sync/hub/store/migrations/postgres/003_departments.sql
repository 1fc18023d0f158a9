-- The schema of migration 006 of SQLite, as PostgreSQL has it.
CREATE TABLE filing (
  terminal_id     TEXT COLLATE "C" NOT NULL,
  epoch           BIGINT NOT NULL,
  seq             BIGINT NOT NULL,
  record_id       BYTEA NOT NULL,
  case_no         TEXT COLLATE "C" NOT NULL,
  service_id      TEXT COLLATE "C" NOT NULL,
  received_utc_ms BIGINT NOT NULL,
  department      TEXT COLLATE "C" NOT NULL,
  state           TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'filed', 'dead', 'closed')),
  attempts        BIGINT NOT NULL DEFAULT 0,
  next_try_utc_ms BIGINT NOT NULL DEFAULT 0,
  lease           TEXT NOT NULL DEFAULT '',
  code            TEXT NOT NULL DEFAULT '',
  detail          TEXT NOT NULL DEFAULT '',
  changed_utc_ms  BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (terminal_id, epoch, seq)
) PARTITION BY HASH (terminal_id);
CREATE TABLE filing_0 PARTITION OF filing FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE filing_1 PARTITION OF filing FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE filing_2 PARTITION OF filing FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE filing_3 PARTITION OF filing FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE filing_4 PARTITION OF filing FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE filing_5 PARTITION OF filing FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE filing_6 PARTITION OF filing FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE filing_7 PARTITION OF filing FOR VALUES WITH (MODULUS 8, REMAINDER 7);
CREATE INDEX filing_due ON filing (department, next_try_utc_ms) WHERE state = 'waiting';
CREATE INDEX filing_open ON filing (received_utc_ms) WHERE state = 'waiting' OR state = 'dead';
CREATE INDEX filing_by_case ON filing (case_no);

CREATE TABLE department_cursor (
  department      TEXT COLLATE "C" PRIMARY KEY,
  cursor          TEXT NOT NULL DEFAULT '',
  next_try_utc_ms BIGINT NOT NULL DEFAULT 0
);

ALTER TABLE case_file ADD COLUMN department_state TEXT NOT NULL DEFAULT '';
ALTER TABLE case_file ADD COLUMN department_utc_ms BIGINT NOT NULL DEFAULT 0;

CREATE TABLE certificate (
  case_no         TEXT COLLATE "C" PRIMARY KEY,
  department      TEXT COLLATE "C" NOT NULL,
  received_utc_ms BIGINT NOT NULL,
  bytes           BYTEA NOT NULL
);
