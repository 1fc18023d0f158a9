-- Who is shut out is asked for twice a second.
CREATE INDEX enrolment_denied ON enrolment (terminal_id) WHERE state = 'denied';
