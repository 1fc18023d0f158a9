-- The schema of migration 011 of SQLite, as PostgreSQL has it.
DROP INDEX certificate_plain;
CREATE INDEX certificate_of_before ON certificate (case_no) WHERE sealed < 2;
