-- evidence.db, second: what a day's callers have used of their budgets, and deletions that are announced and not done.
CREATE TABLE budget_day (                -- one row: of which day the budget is
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  day  INTEGER NOT NULL,                 -- since 1970, UTC
  salt BLOB NOT NULL CHECK (length(salt) = 16)
) STRICT;
CREATE TABLE budget (
  caller BLOB NOT NULL CHECK (length(caller) = 16), -- SHA-256(salt || caller), its first half
  kind   INTEGER NOT NULL,               -- 0 accepts, 1 rejects and errors
  bytes  INTEGER NOT NULL,
  PRIMARY KEY (caller, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE purge_run (                 -- a deletion whose set is fixed (V-3)
  run       INTEGER PRIMARY KEY,
  basis     TEXT NOT NULL,
  to_ms     INTEGER NOT NULL,
  is_logged INTEGER NOT NULL DEFAULT 0   -- its entry is in the log: deleting may begin
) STRICT;
CREATE TABLE purge_set (
  run    INTEGER NOT NULL REFERENCES purge_run(run),
  sha256 BLOB NOT NULL,
  role   TEXT NOT NULL,
  owner  TEXT NOT NULL,
  PRIMARY KEY (sha256, role, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX purge_set_run ON purge_set(run);
CREATE INDEX blob_refs_owner ON blob_refs(owner);
