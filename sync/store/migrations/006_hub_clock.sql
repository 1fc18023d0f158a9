-- How far this terminal's clock is from the hub's, as the agent last measured it.
CREATE TABLE hub_clock (
  id              INTEGER PRIMARY KEY CHECK (id = 1),
  offset_ms       INTEGER NOT NULL,          -- hub minus own
  measured_utc_ms INTEGER NOT NULL,          -- by the own clock
  code            TEXT NOT NULL              -- empty, or what is wrong
);
