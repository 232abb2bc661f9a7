-- evidence.db: raw evidence, policies, collateral (transparency-log 8.5), each with a time until which it is kept.
CREATE TABLE blobs (
  sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
  codec  INTEGER NOT NULL,               -- 0 raw, 1 deflate, 2 split quote (see 14.2)
  size   INTEGER NOT NULL,               -- decoded length
  key_id INTEGER,                        -- NULL = not encrypted
  body   BLOB NOT NULL
) STRICT;
CREATE TABLE blob_refs (                 -- why a blob is kept
  sha256 BLOB NOT NULL REFERENCES blobs(sha256),
  role   TEXT NOT NULL,                  -- quote | event_log | user_data | nonce | policy | reference_set | collateral | manifest | verifier
  owner  TEXT NOT NULL,                  -- jti for per-verdict blobs, 'shared' for the others
  retain_until_ms INTEGER NOT NULL,
  hold   INTEGER NOT NULL DEFAULT 0,     -- legal hold
  PRIMARY KEY (sha256, role, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_refs_expiry ON blob_refs(retain_until_ms) WHERE hold = 0;
