-- Policies and reference sets that were handed to the running service: every version for ever as it came, and where it is
-- on its way. Verdicts name them by their hash.
CREATE TABLE document_version (
    kind TEXT NOT NULL CHECK (kind IN ('policy', 'reference_set')),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    created INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'tested', 'active', 'retired')),
    tested INTEGER,
    cases INTEGER,
    activated INTEGER,
    retired INTEGER,
    PRIMARY KEY (kind, sha256)
) STRICT;

-- One of each name is in force.
CREATE UNIQUE INDEX document_version_active ON document_version (kind, id) WHERE state = 'active';

CREATE TRIGGER document_version_immutable BEFORE UPDATE OF kind, sha256, id, version, bytes, created ON document_version
BEGIN SELECT RAISE(ABORT, 'a version does not change'); END;

CREATE TRIGGER document_version_kept BEFORE DELETE ON document_version
BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;

-- draft -> tested -> active -> retired, never back; a reference set has no test.
CREATE TRIGGER document_version_way BEFORE UPDATE OF state ON document_version
WHEN NOT ((OLD.state IN ('draft', 'tested') AND NEW.state = 'tested')
    OR (OLD.state = 'tested' AND NEW.state = 'active')
    OR (OLD.state = 'draft' AND NEW.state = 'active' AND OLD.kind = 'reference_set')
    OR (OLD.state = 'active' AND NEW.state = 'retired'))
BEGIN SELECT RAISE(ABORT, 'a step that does not lead from this state'); END;
