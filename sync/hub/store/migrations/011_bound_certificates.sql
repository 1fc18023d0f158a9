-- A certificate is sealed for its case's number and the token on its slip (sealed = 2; 1: for the number alone), so that who has
-- not seen the slip cannot ask custody for it. `kiosk-hub file` seals those of before anew.
DROP INDEX certificate_plain;
CREATE INDEX certificate_of_before ON certificate (case_no) WHERE sealed < 2;
