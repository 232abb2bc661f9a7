-- Documents as received, each once, named by their content.
CREATE TABLE document (
    sha256 BLOB PRIMARY KEY NOT NULL CHECK (length(sha256) = 32),
    bytes BLOB NOT NULL
) STRICT;

-- The set in use for platforms of one kind. Always whole, always from one service, always verified before it came here.
CREATE TABLE collateral_set (
    tee TEXT NOT NULL,
    fmspc TEXT NOT NULL,
    authority TEXT NOT NULL,
    update_type TEXT NOT NULL,
    service TEXT NOT NULL,
    fetched INTEGER NOT NULL,
    next_update INTEGER NOT NULL,
    pck_crl BLOB NOT NULL REFERENCES document (sha256),
    pck_crl_issuer_chain BLOB NOT NULL REFERENCES document (sha256),
    root_crl BLOB NOT NULL REFERENCES document (sha256),
    tcb_info BLOB NOT NULL REFERENCES document (sha256),
    tcb_info_issuer_chain BLOB NOT NULL REFERENCES document (sha256),
    qe_identity BLOB NOT NULL REFERENCES document (sha256),
    qe_identity_issuer_chain BLOB NOT NULL REFERENCES document (sha256),
    PRIMARY KEY (tee, fmspc, authority, update_type)
) STRICT;

-- The newest of each document that was ever accepted: nothing older comes in again.
CREATE TABLE high_water (
    item TEXT PRIMARY KEY NOT NULL,
    evaluation_number INTEGER NOT NULL,
    issued INTEGER NOT NULL
) STRICT;
