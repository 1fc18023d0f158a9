-- What the register and departments gave is sealed to the hub's own key; 0: of before, and plain. `kiosk-hub file` seals those.
ALTER TABLE department_entry ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX department_entry_plain ON department_entry (entry_no) WHERE sealed = 0;
ALTER TABLE certificate ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX certificate_plain ON certificate (case_no) WHERE sealed = 0;
