-- What is known of the person's own signature over a record: empty without one, "valid" when its certificate's
-- key made it, "trusted" when the certificate comes from an authority of the hub's list besides.
ALTER TABLE record ADD COLUMN person_signature TEXT NOT NULL DEFAULT '';
