-- What a print job comes out on: the slip of the receipt printer, or a sheet of the A4 printer.
ALTER TABLE print_job ADD COLUMN paper TEXT NOT NULL DEFAULT 'slip' CHECK (paper IN ('slip', 'sheet'));
