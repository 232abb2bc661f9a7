-- Nonces that were used. Kept until they would have expired anyway.
CREATE TABLE spent_challenge (
    nonce BLOB PRIMARY KEY NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_challenge_expires ON spent_challenge (expires);
