-- The schema of migration 008 of SQLite, as PostgreSQL has it.
ALTER TABLE department_entry ADD COLUMN sealed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX department_entry_plain ON department_entry (entry_no) WHERE sealed = 0;
ALTER TABLE certificate ADD COLUMN sealed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX certificate_plain ON certificate (case_no) WHERE sealed = 0;
