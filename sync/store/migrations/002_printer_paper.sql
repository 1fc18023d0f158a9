-- Whether a piece of a slip may hang in the printer: set when a slip begins, cleared when the printer has said
-- that it is cut off. It outlives the process and the power, as the piece does.
CREATE TABLE printer_paper (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  hanging INTEGER NOT NULL
);
INSERT INTO printer_paper VALUES (1, 0);
