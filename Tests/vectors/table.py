"""What the rows of the table of tokens are made of: keys, a good token, and what can be changed in it."""

import hashlib
import hmac
import json
import zlib

from signing import P256, RSA, Ed25519, base64url, signed

TIME = 1_795_400_000
ISSUER = "https://attest.example.cn"
AUDIENCE = "https://chat.example.cn"
NONCE = base64url(hashlib.sha256(b"a nonce of the relying party").digest())
# The service's default: a service that runs with this document under this id has just that hash.
DEFAULT = {"id": "token-vectors", "document": '{"id":"token-vectors","version":1}'}
POLICY, OTHER_POLICY = (hashlib.sha256(each.encode()).hexdigest() for each in (DEFAULT["document"], "another policy"))
SET, OTHER_SET = (hashlib.sha256(name).hexdigest() for name in (b"a reference set", b"another reference set"))
MEASURED = {
    name: hashlib.sha384(name.encode()).hexdigest() for name in ("mr_td", "rtmr0", "rtmr1", "rtmr2", "rtmr3", "another")
}
NAMED, OTHER_NAMED = (f"ni:///sha-256;{base64url(bytes.fromhex(each))}" for each in (POLICY, OTHER_POLICY))
EAR, TRUSTEE = "tag:ietf.org,2026:rats/ear#04", "tag:github.com,2024:confidential-containers/Trustee"
ALIBABA = "https://www.alibabacloud.com/help/en/ecs/user-guide/eat-profile"
LIST = ISSUER + "/v1/status-list/a"

OWN, STRANGER, EDWARDS, WEAK = P256("issuer"), P256("stranger"), Ed25519("issuer"), RSA("weak", "RS256", 1024)
RS256, RS384, PS384 = (RSA(f"issuer {name}", name) for name in ("RS256", "RS384", "PS384"))
JKT = P256("client").kid

# Who is asked. The last three ask the service, whose keys, issuer and status list are its own.
CHECKERS = ("library", "program", "assay.js", "python", "node", "gate", "asgi", "hummingbird")
SERVICE = ("gate", "asgi", "hummingbird")
OF_SERVICE = "the service checks its own tokens, under its own keys and status list"
TYPED = "its demands are typed: such a one does not compile"
HEADER = "a header holds a token and nothing else"

KEY_SETS = {
    "published": [each.published() for each in (OWN, EDWARDS, RS256, RS384, PS384)],
    "one": [OWN.published()],
    "one without kid": [{name: value for name, value in OWN.published().items() if name != "kid"}],
    "one of another algorithm": [RS256.published()],
    "none that fits": [EDWARDS.published(), RS256.published()],
    "twice the kid": [OWN.published(), STRANGER.published(kid=OWN.kid)],
    "kid of two kinds": [OWN.published(), EDWARDS.published(kid=OWN.kid)],
    "for encryption": [OWN.published(use="enc"), EDWARDS.published()],
    "for PS384 alone": [RS256.published(alg="PS384"), OWN.published()],
    "weak": [WEAK.published(), OWN.published()],
    "another curve": [OWN.published(crv="P-384"), EDWARDS.published()],
    "without alg": [{name: value for name, value in OWN.published().items() if name != "alg"}, RS256.published()],
}

VECTOR = {"hardware": 2, "configuration": 2, "executables": 3, "runtime-opaque": 2}
SUBMOD = {
    "ear_status": "affirming",
    "ear_trustworthiness_vector": VECTOR,
    "ear_appraisal_policy_ids": [NAMED],
    "ear_attester_claims": {"tdx_mrtd": MEASURED["mr_td"]},
    "ear_verifier_claims": {"reasons": [], "references": [f"sha256:{SET}"]},
}
CLAIMS = {
    "eat_profile": EAR,
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "tdx:image:00",
    "iat": TIME,
    "nbf": TIME,
    "exp": TIME + 300,
    "jti": "019a0000-0000-7000-8000-000000000000",
    "eat_nonce": NONCE,
    "ear_status": "affirming",
    "cnf": {"jkt": JKT},
    "submods": {"tdx": SUBMOD},
}
DEMAND = {"issuer": ISSUER, "audience": AUDIENCE, "nonce": NONCE, "minimum_status": "affirming"}
# For tokens that say neither how fresh they are nor which policies were applied.
UNSAID = {"freshness": "any", "policies": ["any"]}
GONE = object()
rows = []


def text(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def without(members):
    return {name: value for name, value in members.items() if value is not GONE}


def head(key=OWN, **members):
    return without({"alg": key.algorithm, "kid": key.kid, "typ": "eat+jwt", **members})


def claims(**members):
    return without({**CLAIMS, **members})


def tdx(more=None, **members):
    """Claims whose submod has other members; `more` are further submods."""
    return claims(submods={"tdx": without({**SUBMOD, **members}), **(more or {})})


def verifier(**members):
    """The verifier's claims of a submod, with other members."""
    return without({**SUBMOD["ear_verifier_claims"], **members})


def token(payload=None, key=OWN, header=None):
    header = head(key) if header is None else header
    parts = (part if isinstance(part, (str, bytes)) else text(part) for part in (header, payload or CLAIMS))
    return signed(*parts, key)


def row(vector, name, made, expected, demand=None, keys="published", options=None, not_by=None):
    """`expected`: accepted, throws, or the check that refuses."""
    wanted = without({**DEMAND, **(demand or {})})
    missing = dict(not_by or {})
    if keys != "published":
        missing.update(dict.fromkeys(SERVICE, OF_SERVICE))
    for each in missing:
        assert each in CHECKERS, each
    rows.append(
        {
            "name": f"{vector} {name}",
            "token": made,
            "keys": keys,
            "demand": wanted,
            **({"options": options} if options else {}),
            "expected": expected,
            **({"not_by": missing} if missing else {}),
        }
    )


def changed(vector, expected, table, **more):
    for name, payload in table:
        row(vector, name, token(payload), expected, **more)


def headers(vector, expected, table, **more):
    for name, header in table:
        row(vector, name, token(header=header), expected, **more)


def status_list(withdrawn=(), key=OWN, **header):
    places = bytearray(16)
    for index in withdrawn:
        places[index // 8] |= 1 << index % 8
    content = {"bits": 1, "lst": base64url(zlib.compress(bytes(places), 9))}
    return token(
        {"iss": ISSUER, "sub": LIST, "iat": TIME, "exp": TIME + 300, "ttl": 60, "status_list": content},
        key,
        head(key, **{"typ": "statuslist+jwt", **header}),
    )
