-- Who is shut out is asked for several times a second.
CREATE INDEX enrolment_denied ON enrolment (terminal_id) WHERE state = 'denied';
