-- As migration 007 of SQLite.
CREATE INDEX enrolment_denied ON enrolment (terminal_id) WHERE state = 'denied';
