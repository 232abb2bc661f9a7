-- log.db: the log itself (transparency-log 8.3). Entries and tiles are never changed and never deleted; the triggers stop
-- mistakes, the tree shows everything else.
CREATE TABLE meta (                      -- origin, log_vkey, shard bounds, clean_shutdown flag, ...
  k TEXT PRIMARY KEY, v BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tree_state (                -- exactly one row
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL CHECK (size >= 0),
  root BLOB    NOT NULL CHECK (length(root) = 32),
  committed_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE entries (                   -- append-only, dense
  idx  INTEGER PRIMARY KEY CHECK (idx >= 0),
  leaf BLOB NOT NULL CHECK (length(leaf) BETWEEN 1 AND 65535)
) STRICT;

CREATE TABLE tiles (                     -- one row per tile; a partial tile grows in place
  level  INTEGER NOT NULL CHECK (level BETWEEN 0 AND 7),
  n      INTEGER NOT NULL CHECK (n >= 0),
  hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
  PRIMARY KEY (level, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (               -- signed notes that left the process, thinned by age
  size INTEGER NOT NULL, note_sha256 BLOB NOT NULL CHECK (length(note_sha256) = 32),
  root BLOB NOT NULL CHECK (length(root) = 32),
  created_ms INTEGER NOT NULL,
  note TEXT NOT NULL,                    -- note text + log signature line(s)
  PRIMARY KEY (size, note_sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE cosignatures (
  size INTEGER NOT NULL, root BLOB NOT NULL CHECK (length(root) = 32),
  witness TEXT NOT NULL, key_id INTEGER NOT NULL,
  ts INTEGER NOT NULL,                   -- POSIX seconds inside the cosignature
  line TEXT NOT NULL,                    -- verified signature line, with its newline
  PRIMARY KEY (size, witness, key_id, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE witness_state (
  witness TEXT PRIMARY KEY, last_size INTEGER NOT NULL, updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_dense BEFORE INSERT ON entries
  WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM entries)
  BEGIN SELECT RAISE(ABORT, 'index gap'); END;
CREATE TRIGGER tiles_no_delete BEFORE DELETE ON tiles
  BEGIN SELECT RAISE(ABORT, 'tiles are append-only'); END;
CREATE TRIGGER tiles_grow_only BEFORE UPDATE ON tiles
  WHEN length(NEW.hashes) < length(OLD.hashes)
    OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
    OR NEW.level <> OLD.level OR NEW.n <> OLD.n
  BEGIN SELECT RAISE(ABORT, 'tile rewrite'); END;
CREATE TRIGGER tree_no_delete BEFORE DELETE ON tree_state
  BEGIN SELECT RAISE(ABORT, 'tree_state is permanent'); END;
CREATE TRIGGER tree_monotone BEFORE UPDATE ON tree_state
  WHEN NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
  BEGIN SELECT RAISE(ABORT, 'tree shrink or rewrite'); END;
