"""A log of one entry, which commits to a token: what proofs of inclusion in the table are made of (transparency-log 2, 6.1)."""

import base64
import hashlib

from signing import Ed25519
from table import CLAIMS, OWN, TIME, base64url, text

ORIGIN = "attest.example.cn/log/2026"


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value):
    """RFC 8785, for names and texts of ASCII and whole numbers."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{text(name)}:{canonical(value[name])}" for name in sorted(value)) + "}"
    return "[" + ",".join(map(canonical, value)) + "]" if isinstance(value, list) else text(value)


class Log:
    def __init__(self, label, origin=ORIGIN):
        self.key, self.origin = Ed25519(label), origin
        public = b"\x01" + base64.urlsafe_b64decode(self.key.public["x"] + "=")
        self.id = sha256(origin.encode(), b"\n", public)[:4]
        self.vkey = f"{origin}+{self.id.hex()}+{base64.b64encode(public).decode()}"

    def proof(self, leaf):
        """The entry, its path in a tree of one, and the checkpoint that the log signed."""
        checkpoint = f"{self.origin}\n1\n{base64.b64encode(sha256(bytes(1), leaf)).decode()}\n"
        signature = base64.b64encode(self.id + self.key.sign(checkpoint.encode())).decode()
        head = f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(leaf).decode()}\nindex 0\n\n"
        return f"{head}{checkpoint}\n\u2014 {self.origin} {signature}\n"


def entry(claims=CLAIMS, **members):
    """The leaf of the verdict whose token has these claims."""
    return canonical(
        {
            **{"v": 1, "kind": "verdict", "time_ms": TIME * 1_000, "verdict": "accept", "reasons": [], "tee": "tdx"},
            **{"evidence_sha256": "00" * 32, "policy_id": "strict", "policy_sha256": "00" * 32},
            **{"verifier_sha256": "00" * 32, "advisories": [], "jti": claims["jti"], "kid": OWN.kid},
            "claims_sha256": sha256(canonical(claims).encode()).hex(),
            **members,
        }
    ).encode()


def log_claim(entry_bytes, **members):
    return {"origin": ORIGIN, "index": 0, "leaf": base64url(sha256(bytes(1), entry_bytes)), **members}
