-- query.db: what auditors search by (transparency-log 8.4). Made from log.db; may be deleted and filled again.
CREATE TABLE watermark (one INTEGER PRIMARY KEY CHECK (one = 1), applied_size INTEGER NOT NULL,
                        origin TEXT NOT NULL) STRICT;
CREATE TABLE q (
  idx INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, kind TEXT NOT NULL,
  verdict TEXT, tee TEXT, tcb_status TEXT, tcb_eval INTEGER,
  policy_id TEXT, policy_sha256 BLOB, evidence_sha256 BLOB, collateral_sha256 BLOB,
  measurement BLOB, fmspc BLOB, tenant TEXT, jti TEXT, leaf_hash BLOB NOT NULL
) STRICT;
CREATE INDEX q_time  ON q(time_ms, idx);
CREATE INDEX q_bad   ON q(verdict, idx) WHERE verdict IS NOT NULL AND verdict <> 'accept';
CREATE INDEX q_ev    ON q(evidence_sha256) WHERE evidence_sha256 IS NOT NULL;
CREATE INDEX q_jti   ON q(jti) WHERE jti IS NOT NULL;
CREATE INDEX q_leaf  ON q(leaf_hash);
CREATE INDEX q_pol   ON q(policy_sha256, idx) WHERE policy_sha256 IS NOT NULL;
CREATE INDEX q_meas  ON q(measurement, idx) WHERE measurement IS NOT NULL;
CREATE INDEX q_fmspc ON q(fmspc, idx) WHERE fmspc IS NOT NULL;
CREATE INDEX q_ten   ON q(tenant, idx) WHERE tenant IS NOT NULL;
CREATE INDEX q_kind  ON q(kind, idx) WHERE kind <> 'verdict';
CREATE TABLE q_advisory (advisory TEXT NOT NULL, idx INTEGER NOT NULL,
                         PRIMARY KEY (advisory, idx)) STRICT, WITHOUT ROWID;
