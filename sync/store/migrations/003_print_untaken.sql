-- What became of a slip that nobody took from the printer's mouth: taken in again, or left there. A slip that
-- was taken, or whose printer cannot see it, has neither.
ALTER TABLE print_job ADD COLUMN untaken TEXT NOT NULL DEFAULT ''
  CHECK (untaken IN ('', 'retracted', 'kept'));
