#!/usr/bin/env python3
"""Writes `tokens.json`: tokens, what is demanded of them, and what every checker must say (wire-formats 3.7, 3.8).

    python3 Tests/vectors/make_tokens.py            # writes the file anew; the same bytes every time
    python3 Tests/vectors/make_tokens.py --check    # says whether it is what this script writes

Each row changes one thing in a good token, signed again by the issuer's key unless its name says otherwise. `not_by` names the
checkers that cannot make the row's demand, or cannot be asked so, and why. Runs on Python's own library.
"""

import hashlib
import hmac
import json
import pathlib
import sys
import zlib

from signing import P256, RSA, Ed25519, base64url, signed

FILE = pathlib.Path(__file__).resolve().with_name("tokens.json")
TIME = 1_795_400_000
ISSUER = "https://attest.example.cn"
AUDIENCE = "https://chat.example.cn"
NONCE = base64url(hashlib.sha256(b"a nonce of the relying party").digest())
POLICY, OTHER_POLICY = (hashlib.sha256(name).hexdigest() for name in (b"a policy", b"another policy"))
SET, OTHER_SET = (hashlib.sha256(name).hexdigest() for name in (b"a reference set", b"another reference set"))
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
    "ear_verifier_claims": {"references": [f"sha256:{SET}"]},
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


row("good", "as it is", token(), "accepted")
row("good", "whatever is demanded", token(), "accepted", {
    "policies": [POLICY], "references": [SET], "confirmation": JKT, "minimum": dict.fromkeys(VECTOR, "affirming"),
})
row("good", "nothing demanded but the issuer", token(), "accepted", {"audience": GONE, "nonce": GONE})
row("good", "a member that nobody knows", token(claims(unheard={"of": [1, None, True]})), "accepted")

# W1, W2: the type of a result
headers("W1", "token.type", [
    ("typ missing", head(typ=GONE)), ("statuslist+jwt", head(typ="statuslist+jwt")),
    ("assay-challenge+jwt", head(typ="assay-challenge+jwt")), ("JOSE", head(typ="JOSE")), ("typ empty", head(typ="")),
    ("typ null", head(typ=None)), ("typ a number", head(typ=1)), ("typ an array of one", head(typ=["JWT"])),
    ("eat-jwt", head(typ="eat-jwt")), ("eat+cwt", head(typ="eat+cwt")), ("at+jwt", head(typ="at+jwt")),
    ("with a parameter", head(typ='eat+jwt; eat_profile="x"')), ("a blank before", head(typ=" eat+jwt")),
    ("text/eat+jwt", head(typ="text/eat+jwt")), ("application twice", head(typ="application/application/jwt")),
])
headers("W2", "accepted", [
    (name, head(typ=name))
    for name in ("EAT+JWT", "application/eat+jwt", "jwt", "JWT", "application/JWT", "APPLICATION/EAT+JWT")
])
mac = P256("challenge").secret.to_bytes(32, "big")


class Sealed:
    """HS256, as challenges have it."""

    algorithm, kid = "HS256", "a challenge key"

    def __init__(self, secret):
        self.secret = secret

    def sign(self, data):
        return hmac.digest(self.secret, data, "sha256")


challenge = {"iss": ISSUER, "aud": ISSUER + "/v1/challenges", "nonce": NONCE, "iat": TIME, "exp": TIME + 120, "jti": "1"}
row("W1", "a challenge of the issuer, as it is", token(challenge, Sealed(mac), {
    "alg": "HS256", "kid": "a challenge key", "typ": "assay-challenge+jwt",
}), "token.type")
row("W1", "a challenge of 0.1.0, signed with the result key", token({
    "iss": ISSUER, "iat": TIME, "exp": TIME + 120, "nonce": NONCE, "use": "assay-challenge",
}), "token.profile", {"audience": GONE, "nonce": GONE})


def status_list(withdrawn=(), key=OWN, **header):
    places = bytearray(16)
    for index in withdrawn:
        places[index // 8] |= 1 << index % 8
    content = {"bits": 1, "lst": base64url(zlib.compress(bytes(places), 9))}
    return token(
        {"iss": ISSUER, "sub": LIST, "iat": TIME, "exp": TIME + 300, "ttl": 60, "status_list": content},
        key, head(key, **{"typ": "statuslist+jwt", **header}),
    )


row("W1", "a status list of the issuer, as it is", status_list(), "token.type")

# W3, W4: texts that are arrays
changed("W3", "token.issuer", [
    ("iss an array of one", claims(iss=[ISSUER])), ("iss missing", claims(iss=GONE)), ("iss null", claims(iss=None)),
    ("iss with a slash more", claims(iss=ISSUER + "/")), ("iss of another", claims(iss="https://tenant.example.cn")),
    ("iss in capitals", claims(iss=ISSUER.upper())),
])
changed("W3", "token.nonce", [
    ("eat_nonce an array of one", claims(eat_nonce=[NONCE])), ("eat_nonce missing", claims(eat_nonce=GONE)),
    ("eat_nonce empty", claims(eat_nonce="")), ("eat_nonce padded", claims(eat_nonce=NONCE + "=")),
    ("eat_nonce of another", claims(eat_nonce=NONCE[::-1])), ("eat_nonce null", claims(eat_nonce=None)),
])
changed("W3", "token.profile", [
    ("eat_profile an array of one", claims(eat_profile=[EAR])), ("eat_profile missing", claims(eat_profile=GONE)),
    ("eat_profile unknown", claims(eat_profile="tag:evil.example,2026:1")),
    ("eat_profile of the draft before", claims(eat_profile="tag:ietf.org,2026:rats/ear#03")),
])
changed("W4", "accepted", [
    ("aud an array that holds mine", claims(aud=["https://other.example.cn", AUDIENCE])),
    ("aud an array of mine alone", claims(aud=[AUDIENCE])),
])
changed("W4", "token.audience", [
    ("aud an array of others", claims(aud=["https://other.example.cn", AUDIENCE + "/"])), ("aud empty", claims(aud=[])),
    ("aud missing", claims(aud=GONE)), ("aud of another", claims(aud="https://other.example.cn")),
    ("aud an object", claims(aud={AUDIENCE: AUDIENCE})), ("aud an array in an array", claims(aud=[[AUDIENCE]])),
])


# W5, W6: times
def spelled(**times):
    """Claims with numbers spelled as given."""
    made = text(CLAIMS)
    for name, spelling in times.items():
        made = made.replace(f'"{name}":{CLAIMS[name]}', f'"{name}":{spelling}')
    return made


changed("W5", "token.time", [
    (f"{name} {spelling}", spelled(**{name: spelling}))
    for name, spelling in (
        ("exp", f"{TIME + 300}.0"), ("exp", f"{TIME + 300}.5"), ("exp", "1.7954003e9"), ("exp", f'"{TIME + 300}"'),
        ("exp", "-1"), ("exp", f"-{TIME + 300}"), ("exp", str(2**53)), ("exp", str(2**63)), ("exp", str(2**64)),
        ("exp", "1" + "0" * 400), ("exp", "1e400"), ("exp", "null"), ("exp", "true"), ("exp", f"[{TIME + 300}]"),
        ("nbf", "-0"), ("nbf", "-1"), ("nbf", "null"), ("nbf", f"{TIME}.0"), ("iat", f"{TIME}.0"), ("iat", "-1"),
        ("iat", f'"{TIME}"'), ("iat", str(2**53)),
    )
])
changed("W5", "token.time", [
    ("exp missing", claims(exp=GONE)), ("iat missing", claims(iat=GONE)),
    ("exp before iat", claims(iat=TIME + 10, nbf=GONE, exp=TIME + 9)), ("exp at iat", claims(exp=TIME)),
])
changed("W5", "accepted", [("exp 2^53 - 1", claims(exp=2**53 - 1)), ("nbf missing", claims(nbf=GONE)),
                           ("iat and nbf 0", claims(iat=0, nbf=0))])
past = {"iat": TIME - 400, "nbf": TIME - 400}
changed("W6", "accepted", [
    ("exp = now - 60", claims(**past, exp=TIME - 60)), ("nbf = now + 60", claims(nbf=TIME + 60)),
    ("iat = now + 60", claims(iat=TIME + 60, nbf=GONE)), ("exp = now - 59", claims(**past, exp=TIME - 59)),
])
changed("W6", "token.time", [
    ("exp = now - 61", claims(**past, exp=TIME - 61)), ("nbf = now + 61", claims(nbf=TIME + 61)),
    ("iat = now + 61", claims(iat=TIME + 61, nbf=GONE)),
])

# W7: which key
headers("W7", "accepted", [("kid missing, one key published", head(kid=GONE))], keys="one")
headers("W7", "accepted", [("kid missing, one key without kid published", head(kid=GONE))], keys="one without kid")
headers("W7", "token.key", [
    ("kid missing, many keys published", head(kid=GONE)), ("kid a number", head(kid=1)), ("kid null", head(kid=None)),
    ("kid unknown", head(kid="somebody")), ("kid empty", head(kid="")), ("kid an array", head(kid=[OWN.kid])),
    ("kid of another's key", head(kid=STRANGER.kid)),
])
headers("W7", "token.key", [("kid a number, one key published", head(kid=7)), ("kid unknown, one key published", head(kid="x"))],
        keys="one")
headers("W7", "token.key", [("kid given, the one key has none", head())], keys="one without kid")
headers("W7", "token.key", [("kid missing, the one key is of another algorithm", head(kid=GONE))],
        keys="one of another algorithm")
for name in ("none that fits", "twice the kid", "for encryption", "another curve"):
    headers("W7", "token.key", [(f"keys: {name}", head())], keys=name)
headers("W7", "accepted", [("keys: the kid once for ECDSA and once for EdDSA", head())], keys="kid of two kinds")
headers("W7", "accepted", [("keys: no algorithm named", head())], keys="without alg")
row("W7", "keys: RSA of 1,024 bits", token(key=WEAK), "token.key", keys="weak")

# W8: algorithms
for key in (EDWARDS, RS256, RS384, PS384):
    row("good", f"signed with {key.algorithm}", token(key=key), "accepted")
    row("W13", f"{key.algorithm} over other bytes", token(key=key)[:-8] + "AAAAAAAA", "token.signature")
row("W8", "alg none", token(header=head(alg="none")), "token.form")
row("W8", "alg none and no signature", signed(text(head(alg="none")), text(CLAIMS), None), "token.form")
public = json.dumps(OWN.published()).encode()
for name, secret in (("the JSON Web Key", public), ("the point", OWN.point), ("nothing", b"")):
    row("W8", f"HS256 keyed with {name}", token(key=Sealed(secret), header=head(alg="HS256")), "token.form")
headers("W8", "token.form", [
    ("alg ES384", head(alg="ES384")), ("alg es256", head(alg="es256")), ("alg missing", head(alg=GONE)),
    ("alg null", head(alg=None)), ("alg an array", head(alg=["ES256"])), ("alg of an object's own", head(alg="toString")),
    ("crit with b64", head(crit=["b64"], b64=False)), ("crit", head(crit=["exp"])), ("crit empty", head(crit=[])),
    ("b64 false", head(b64=False)), ("b64 true", head(b64=True)),
])
headers("W8", "token.key", [("alg RS256 under the kid of another kind", head(alg="RS256")), ("alg EdDSA", head(alg="EdDSA"))])
row("W8", "RS256 by a key that is published for PS384", token(key=RS256), "token.key", keys="for PS384 alone")

# W9: keys in the header
row("W9", "jwk of a stranger, signed by him", token(key=STRANGER, header=head(jwk=STRANGER.published())), "token.signature")
row("W9", "jwk of a stranger under his kid", token(key=STRANGER, header=head(STRANGER, jwk=STRANGER.published())), "token.key")
row("W9", "x5c, signed by a stranger", token(key=STRANGER, header=head(x5c=["AAAA"])), "token.signature")
headers("W9", "accepted", [("our own jwk", head(jwk=OWN.published())), ("a stranger's jwk beside our signature",
                           head(jwk=STRANGER.published())), ("x5c", head(x5c=["AAAA"]))])
URL = ISSUER + "/jwks.json"
headers("W9", "token.form", [("jku elsewhere", head(jku="https://evil.example/jwks.json")), ("jku null", head(jku=None)),
                             ("jku with a suffix", head(jku=URL + "?x")), ("jku an array", head(jku=[URL]))],
        demand={"key_set_url": URL})
headers("W9", "accepted", [("jku where the keys are", head(jku=URL))], demand={"key_set_url": URL})

# W10: members twice, and what is no strict JSON
good, start = text(CLAIMS), text(head())
row("W10", "alg twice", token(header=start[:-1] + ',"alg":"none"}'), "token.form")
row("W10", "typ twice", token(header='{"typ":"statuslist+jwt",' + start[1:]), "token.form")
row("W10", "alg twice, escaped", token(header=start[:-1] + ',"\\u0061lg":"none"}'), "token.form")
for name, payload in [
    ("ear_status twice", good[:-1] + ',"ear_status":"warning"}'), ("exp twice", good[:-1] + f',"exp":{2**40}' + "}"),
    ("iss twice, escaped", good[:-1] + f',"i\\u0073s":"{ISSUER}"' + "}"),
    ("a member of a submod twice", good.replace('"hardware":2', '"hardware":2,"hardware":2')),
    ("an unknown member twice, deep", good[:-1] + ',"x":[{"y":{"z":1,"z":1}}]}'),
    ("__proto__ twice", good[:-1] + ',"__proto__":1,"__proto__":1}'),
    ("NaN", good[:-1] + ',"x":NaN}'), ("a comma at the end", good[:-1] + ",}"), ("a number with a zero before", good[:-1] + ',"x":01}'),
    ("half a surrogate pair", good[:-1] + ',"x":"\\ud800"}'), ("a control character", good[:-1] + ',"x":"\t"}'),
    ("a BOM", "\ufeff" + good), ("UTF-16", good.encode("utf-16-le")), ("bytes that are no UTF-8", good[:-1].encode() + b',"x":"\xff"}'),
    ("17 levels", good[:-1] + ',"x":' + "[" * 16 + "]" * 16 + "}"), ("1,000 levels", good[:-1] + ',"x":' + "[" * 1_000 + "]" * 1_000 + "}"),
    ("a comment", good[:-1] + "/**/}"), ("two values", good + "{}"), ("an array", f"[{good}]"), ("a text", '"text"'), ("empty", b""),
]:
    made = signed(start, payload, OWN)
    row("W10", name, made, "token.form")
row("W10", "16 levels", token(good[:-1] + ',"x":' + "[" * 15 + "]" * 15 + "}"), "accepted")
row("W10", "__proto__ once", token(good[:-1] + ',"__proto__":{"ear_status":"affirming"}}'), "accepted")
row("W10", "ear_status in __proto__ alone", token(text(claims(ear_status=GONE))[:-1] + ',"__proto__":{"ear_status":"affirming"}}'),
    "token.status")
row("W10", "white space between members", token(json.dumps(CLAIMS, indent=2)), "accepted")
row("W10", "a header that is an array", token(header="[]"), "token.form")
row("W10", "names escaped, once each", token(good.replace('"ear_status"', '"ear\\u005fstatus"')), "accepted")

# W11: policies
demand = {"policies": [POLICY]}
row("W11", "the policy of the list", token(), "accepted", demand)
row("W11", "the policy of the list, in capitals", token(), "accepted", {"policies": [POLICY.upper()]})
changed("W11", "token.policy", [
    ("one id is not ni:", tdx(ear_appraisal_policy_ids=[NAMED, "default"])), ("the only id is not ni:", tdx(ear_appraisal_policy_ids=["default"])),
    ("one id is hex", tdx(ear_appraisal_policy_ids=[NAMED, POLICY])), ("one id is a number", tdx(ear_appraisal_policy_ids=[NAMED, 7])),
    ("one id is outside", tdx(ear_appraisal_policy_ids=[NAMED, OTHER_NAMED])), ("no ids", tdx(ear_appraisal_policy_ids=GONE)),
    ("ids an empty array", tdx(ear_appraisal_policy_ids=[])), ("ids a text", tdx(ear_appraisal_policy_ids=NAMED)),
    ("one id is cut", tdx(ear_appraisal_policy_ids=[NAMED, NAMED[:-2]])), ("one id is padded", tdx(ear_appraisal_policy_ids=[NAMED + "="])),
    ("one id has an authority", tdx(ear_appraisal_policy_ids=[NAMED.replace(":///", "://example.cn/")])),
    ("one id is of SHA-512", tdx(ear_appraisal_policy_ids=[NAMED.replace("256", "512")])),
    ("another submod names another", tdx({"gpu_0": {**SUBMOD, "ear_appraisal_policy_ids": [OTHER_NAMED]}})),
    ("no submods", claims(submods=GONE)),
], demand=demand)
row("W11", "another list", token(), "token.policy", {"policies": [OTHER_POLICY]})
row("W11", "two of the list", token(tdx(ear_appraisal_policy_ids=[NAMED, OTHER_NAMED])), "accepted", {"policies": [OTHER_POLICY, POLICY]})
row("W11", "one id is not ni:, and no list", token(tdx(ear_appraisal_policy_ids=["default"])), "accepted")

# W12: status
changed("W12", "token.status", [
    ("ear_status missing", claims(ear_status=GONE)), ("ear_status unknown", claims(ear_status="fine")),
    ("ear_status in capitals", claims(ear_status="Affirming")), ("ear_status empty", claims(ear_status="")),
    ("ear_status a number", claims(ear_status=2)), ("ear_status an array of one", claims(ear_status=["affirming"])),
    ("ear_status null", claims(ear_status=None)), ("warning", claims(ear_status="warning")), ("none", claims(ear_status="none")),
    ("contraindicated", claims(ear_status="contraindicated")), ("an object's own name", claims(ear_status="constructor")),
    ("better than its submod", tdx(ear_status="warning")),
    ("submod better than its vector: warning", tdx(ear_trustworthiness_vector={**VECTOR, "configuration": 32})),
    ("submod better than its vector: contraindicated", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": 96})),
    ("submod better than its vector: our own reason", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": -33})),
    ("submod better than its vector: a category that nobody knows", tdx(ear_trustworthiness_vector={**VECTOR, "network": 99})),
    ("submod without status", tdx(ear_status=GONE)), ("submod with an unknown status", tdx(ear_status="good")),
    ("submod with status none", tdx(ear_status="none")), ("second submod worse", tdx({"gpu_0": {**SUBMOD, "ear_status": "contraindicated"}})),
    ("a value that is a text", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": "2"})),
    ("a value with a fraction", text(CLAIMS).replace('"hardware":2', '"hardware":2.0')),
    ("a value of nine bits", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": 256 + 2})),
    ("a value of -129", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": -129})),
    ("a vector that is an array", tdx(ear_trustworthiness_vector=[2])), ("a submod that is a text", claims(submods={"tdx": "a.b.c"})),
    ("submods an array", claims(submods=[SUBMOD])), ("submods null", claims(submods=None)),
])
warned = claims(ear_status="warning", submods={"tdx": {**SUBMOD, "ear_status": "warning",
                "ear_trustworthiness_vector": {**VECTOR, "configuration": 36, "executables": 0}}})
row("W12", "warning where warning is enough", token(warned), "accepted", {"minimum_status": "warning"})
row("W12", "affirming where warning is enough", token(), "accepted", {"minimum_status": "warning"})
row("W12", "warning where affirming is wanted", token(warned), "token.status")
for status in ("contraindicated", "none"):
    bad = claims(ear_status=status, submods={"tdx": {**SUBMOD, "ear_status": status}})
    row("W12", f"{status} where warning is enough", token(bad), "token.status", {"minimum_status": "warning"})
    row("W12", f"{status} where it is enough", token(bad), "accepted", {"minimum_status": status}, not_by={
        "asgi": "introspection knows no such token as active", "hummingbird": "introspection knows no such token as active"})
row("W12", "an unknown word where anything is enough", token(claims(ear_status="fine")), "token.status", {"minimum_status": "none"})
row("W12", "a submod that says nothing of executables", token(tdx(ear_trustworthiness_vector={**VECTOR, "executables": 0})), "accepted")
row("W12", "values at the edges of affirming", token(tdx(ear_trustworthiness_vector={"hardware": 31, "configuration": -2, "executables": -32})), "accepted")
row("W12", "a vector that was dropped", token(tdx(ear_trustworthiness_vector=GONE)), "accepted")
row("W12", "no submods, and none asked for", token(claims(submods=GONE)), "accepted")
for category, value, tier, expected in [
    ("hardware", 2, "affirming", "accepted"), ("hardware", 0, "affirming", "token.status"), ("hardware", 1, "contraindicated", "token.status"),
    ("hardware", -1, "contraindicated", "token.status"), ("hardware", -1, "none", "accepted"), ("storage-opaque", None, "warning", "token.status"),
    ("executables", 33, "affirming", "token.status"), ("executables", 33, "warning", "accepted"), ("executables", 95, "warning", "accepted"),
    ("executables", 96, "warning", "token.status"), ("executables", -96, "warning", "accepted"), ("executables", -97, "warning", "token.status"),
]:
    vector = {**VECTOR, category: value} if value is not None else VECTOR
    status = "affirming" if value is None or -33 < value < 32 else "warning" if -97 < value < 96 else "contraindicated"
    made = claims(ear_status=status, submods={"tdx": {**SUBMOD, "ear_status": status, "ear_trustworthiness_vector": vector}})
    few = {"asgi": "introspection knows no such token as active", "hummingbird": "introspection knows no such token as active"}
    row("W12", f"{category} {value} under {tier}", token(made), expected, {"minimum_status": "contraindicated", "minimum": {category: tier}},
        not_by=few if status == "contraindicated" and expected == "accepted" else None)
row("W12", "a minimum, and one submod without vector", token(tdx({"gpu_0": without({**SUBMOD, "ear_trustworthiness_vector": GONE})})),
    "token.status", {"minimum": {"hardware": "affirming"}})
row("W12", "a minimum, and no submods", token(claims(submods=GONE)), "token.status", {"minimum": {"hardware": "affirming"}})

# The peers' shapes
peers = {"audience": GONE, "nonce": GONE}
dotted = without({**CLAIMS, "eat_profile": TRUSTEE, "aud": GONE, "eat_nonce": GONE, "ear_status": GONE, "submods": {"cpu0": {
    "ear.status": "affirming", "ear.trustworthiness-vector": VECTOR, "ear.appraisal-policy-id": "strict",
    "ear.veraison.policy-claims": {"policy_sha256": POLICY, "references": [f"sha256:{SET}"]}}}})
simple = without({**CLAIMS, "eat_profile": ALIBABA, "submods": GONE, "references": [f"sha256:{SET}"],
                  "evaluation-reports": [{"policy-id": "strict", "policy-hash": POLICY}]})
for name, made in (("Trustee's shape", dotted), ("Alibaba's shape", simple)):
    row("good", name, token(made), "accepted", {**peers, "policies": [POLICY], "references": [SET]})
    row("W11", f"{name}, another list", token(made), "token.policy", {**peers, "policies": [OTHER_POLICY]})
    row("W16", f"{name}, another list", token(made), "token.references", {**peers, "references": [OTHER_SET]})
row("W12", "Trustee's shape, warning", token({**dotted, "submods": {"cpu0": {**dotted["submods"]["cpu0"], "ear.status": "warning"}}}),
    "token.status", peers)
row("W12", "Trustee's shape, better than its vector", token({**dotted, "submods": {"cpu0": {**dotted["submods"]["cpu0"],
    "ear.trustworthiness-vector": {"hardware": 96}}}}), "token.status", peers)

# W13: signatures
r, s = OWN.numbers(token().rsplit(".", 1)[0].encode())
signing = token().rsplit(".", 1)[0]


def der(*numbers):
    parts = b""
    for each in numbers:
        content = each.to_bytes((each.bit_length() + 8) // 8, "big")
        parts += bytes([2, len(content)]) + content
    return bytes([0x30, len(parts)]) + parts


def raw(first, second):
    return first.to_bytes(32, "big") + second.to_bytes(32, "big")


for name, signature in [
    ("DER", der(r, s)), ("zero", bytes(64)), ("r zero", raw(0, s)), ("s zero", raw(r, 0)), ("s is n", raw(r, OWN.N)), ("empty", b""),
    ("63 bytes", raw(r, s)[:-1]), ("65 bytes", raw(r, s) + b"\x00"), ("swapped", raw(s, r)), ("r + n would be", b"\xff" * 64),
]:
    row("W13", f"signature {name}", f"{signing}.{base64url(signature)}", "token.signature")
row("W13", "signature with the other s", f"{signing}.{base64url(raw(r, OWN.N - s))}", "accepted")
other = token(claims(ear_status="warning"))
row("W13", "signature over other bytes", signing + "." + other.rsplit(".", 1)[1], "token.signature")
row("W13", "payload of another token", ".".join((signing.split(".")[0], other.split(".")[1], token().split(".")[2])), "token.signature")
row("W13", "signed by a stranger under our kid", token(key=STRANGER, header=head()), "token.signature")
for name, made in [
    ("padded", token() + "="), ("a bit more than base64url needs", token()[:-1] + chr(ord(token()[-1]) + 1)),
    ("base64 with + and /", signing + ".+/" + token().rsplit(".", 1)[1][2:]), ("two parts", signing), ("four parts", token() + ".AA"),
    ("one part", "abc"), ("nothing", ""), ("a point at the end", token() + "."), ("no header", "." + token().split(".", 1)[1]),
    ("no payload", signing.split(".")[0] + ".." + token().rsplit(".", 1)[1]), ("70,000 characters", "a" * 70_000),
    ("a letter that is no ASCII", token().replace("e", "\u0435", 1)),
]:
    few = {each: HEADER for each in SERVICE} if name in ("nothing", "a letter that is no ASCII", "70,000 characters") else None
    row("W13", f"form: {name}", made, "token.form", not_by=few)

# W14: inclusion
logged = token(claims(log={"origin": "attest.example.cn/log/2026", "leaf": base64url(bytes(32))}))
WHO = dict.fromkeys(("library", "program", "python", "node", *SERVICE), "it checks no proof; `assay audit` and assay.js do")
row("W14", "log without index under require-proof", logged, "token.inclusion", {"log": {"keys": []}}, not_by=WHO)
row("W14", "no log under require-proof", token(), "token.inclusion", {"log": {"keys": []}}, not_by=WHO)
row("W14", "log without index, nothing required", logged, "accepted")

# W15: demands that nobody knows
for word in ("Affirming", "warn", "", "AFFIRMING", " affirming", "ok", "2", "toString"):
    row("W15", f"minimum status {word!r}", token(), "throws", {"minimum_status": word}, not_by={"library": TYPED})
for category, tier in (("executable", "affirming"), ("Hardware", "affirming"), ("", "affirming"), ("__proto__", "affirming")):
    row("W15", f"category {category!r}", token(), "throws", {"minimum": {category: tier}})
for tier in ("Affirming", "warn", ""):
    row("W15", f"tier {tier!r}", token(), "throws", {"minimum": {"executables": tier}}, not_by={"library": TYPED})
for option in ("minimum_staus", "policy_sha512", "nounce"):
    row("W15", f"option {option}", token(), "throws", options={option: "x"}, not_by={"library": TYPED, "hummingbird": TYPED})
row("W15", "audience that is empty", token(), "throws", {"audience": ""})
row("W15", "nonce that is empty", token(), "throws", {"nonce": ""},
    not_by=dict.fromkeys(("asgi", "hummingbird"), "its nonce is found by a function for each request; an empty one refuses"))
row("W15", "key that is empty", token(), "throws", {"confirmation": ""},
    not_by=dict.fromkeys(("asgi", "hummingbird"), "the key is found for each connection; an empty one is none"))
row("W15", "issuer that is empty", token(), "throws", {"issuer": ""}, not_by=dict.fromkeys(SERVICE, OF_SERVICE))
for each in (POLICY[:-1], "strict", "sha512:" + POLICY, "", NAMED):
    row("W15", f"policy {each[:12]!r} of {len(each)} characters", token(), "throws", {"policies": [each]})
    row("W15", f"reference set {each[:12]!r} of {len(each)} characters", token(), "throws", {"references": [each]})
row("W15", "a word that nobody knows, and no token", "", "throws", {"minimum_status": "warn"}, not_by={"library": TYPED})

# W16: reference sets
demand = {"references": [SET]}
row("W16", "all inside", token(), "accepted", demand)
row("W16", "all inside, with the name of the hash", token(), "accepted", {"references": [f"sha256:{SET.upper()}"]})
row("W16", "no list", token(), "accepted")
row("W16", "no list, and references absent", token(tdx(ear_verifier_claims={})), "accepted")
row("W16", "two inside", token(tdx(ear_verifier_claims={"references": [f"sha256:{SET}", f"sha256:{OTHER_SET}"]})), "accepted",
    {"references": [SET, OTHER_SET]})
changed("W16", "token.references", [
    ("references absent", tdx(ear_verifier_claims={})), ("no verifier claims", tdx(ear_verifier_claims=GONE)),
    ("references empty", tdx(ear_verifier_claims={"references": []})), ("references a text", tdx(ear_verifier_claims={"references": f"sha256:{SET}"})),
    ("one hash outside", tdx(ear_verifier_claims={"references": [f"sha256:{SET}", f"sha256:{OTHER_SET}"]})),
    ("one is no hash", tdx(ear_verifier_claims={"references": [f"sha256:{SET}", "default"]})),
    ("one is a number", tdx(ear_verifier_claims={"references": [f"sha256:{SET}", 7]})),
    ("one without the name of the hash", tdx(ear_verifier_claims={"references": [SET]})),
    ("one in capitals", tdx(ear_verifier_claims={"references": [f"sha256:{SET.upper()}"]})),
    ("verifier claims an array", tdx(ear_verifier_claims=[f"sha256:{SET}"])),
    ("another submod names another", tdx({"gpu_0": {**SUBMOD, "ear_verifier_claims": {"references": [f"sha256:{OTHER_SET}"]}}})),
    ("no submods", claims(submods=GONE)),
], demand=demand)
row("W16", "another list", token(), "token.references", {"references": [OTHER_SET]})
row("W16", "the right policy, another list of sets", token(), "token.references", {"policies": [POLICY], "references": [OTHER_SET]})

# Objects where texts are wanted: whoever prints them must not fall over them
for step, made in [
    ("type", token(header=head(typ={"a": 1}))), ("form", token(header=head(alg={"a": 1}))), ("key", token(header=head(kid={"a": 1}))),
    ("form", token(header=head(jku={"a": 1}))), ("issuer", token(claims(iss={"a": 1}))), ("time", token(claims(exp={"a": 1}))),
    ("audience", token(claims(aud=[{"a": 1}]))), ("profile", token(claims(eat_profile={"a": 1}))),
    ("nonce", token(claims(eat_nonce={"a": 1}))), ("status", token(claims(ear_status={"a": 1}))),
    ("policy", token(tdx(ear_appraisal_policy_ids=[{"a": 1}]))), ("references", token(tdx(ear_verifier_claims={"references": [{"a": 1}]}))),
    ("confirmation", token(claims(cnf={"jkt": {"a": 1}}))), ("revocation", token(claims(status={"status_list": {"idx": {}, "uri": {}}}))),
]:
    row("W3", f"an object, of which {step} wants a text ({len(rows)})", made, f"token.{step}",
        {"policies": [POLICY], "references": [SET], "confirmation": JKT})

# The key of the connection, the status list
row("cnf", "the key", token(), "accepted", {"confirmation": JKT})
changed("cnf", "token.confirmation", [
    ("missing", claims(cnf=GONE)), ("of another key", claims(cnf={"jkt": STRANGER.kid})), ("null", claims(cnf=None)),
    ("a text", claims(cnf=JKT)), ("an array of one", claims(cnf={"jkt": [JKT]})), ("a certificate", claims(cnf={"x5t#S256": JKT})),
], demand={"confirmation": JKT})
place = {"status_list": {"idx": 9, "uri": LIST}}
placed = token(claims(status=place))
for name, content, expected in [
    ("stands", status_list([8, 10]), "accepted"), ("withdrawn", status_list([9]), "token.revocation"),
    ("by a stranger", status_list(key=STRANGER, kid=OWN.kid), "token.revocation"), ("of another type", status_list(typ="eat+jwt"), "token.revocation"),
    ("of a kid that nobody has", status_list(kid="x"), "token.revocation"), ("with crit", status_list(crit=["exp"]), "token.revocation"),
    ("that is a page", "<html>", "token.revocation"),
]:
    row("status list", name, placed, expected, {"status_list": content}, not_by=dict.fromkeys(SERVICE, OF_SERVICE))
changed("status list", "token.revocation", [
    (f"claim {text(status)[:40]}", claims(status=status))
    for status in ("valid", {}, None, 0, {"status_list": {}}, {"status_list": {"idx": -1, "uri": LIST}},
                   {"status_list": {"idx": "9", "uri": LIST}}, {"status_list": {"idx": 9, "uri": "https://evil.example/list"}})
])

# What people paste
row("paste", "blanks and a line's end around", f"  {token()}\r\n", "accepted", not_by=dict.fromkeys(SERVICE, HEADER))
row("paste", "lines folded", "\n ".join(token()[at : at + 64] for at in range(0, len(token()), 64)), "accepted",
    not_by=dict.fromkeys(SERVICE, HEADER))
row("paste", "quotes around", f'"{token()}"', "accepted", not_by=dict.fromkeys(SERVICE, HEADER))
row("paste", "Bearer before", f"Bearer {token()}", "accepted", not_by=dict.fromkeys(SERVICE, HEADER))
row("paste", "a whole answer", json.dumps({"verdict": "accept", "token": token()}), "accepted", not_by=dict.fromkeys(SERVICE, HEADER))
for name, made in [
    ("a key set", text({"keys": KEY_SETS["published"]})), ("a quote in hex", "04000200810000000000" + "00" * 600),
    ("a quote in base64", "BAACAIEAAAAAAAAA" + "A" * 1000), ("an answer without token", text({"verdict": "reject"})),
    ("an answer whose token is a number", text({"token": 7})),
]:
    row("paste", name, made, "token.form", not_by=dict.fromkeys(SERVICE, HEADER))


def main():
    names = [each["name"] for each in rows]
    assert len(set(names)) == len(names), [each for each in names if names.count(each) > 1]
    content = {
        "about": "Written by make_tokens.py beside this file; edit that. Every checker of tokens runs these rows.",
        "time": TIME, "issuer": ISSUER, "checkers": CHECKERS, "key_sets": {name: {"keys": keys} for name, keys in KEY_SETS.items()},
    }
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in content.items()]
    body = ",\n".join(json.dumps(each) for each in rows)
    made = "{\n" + ",\n".join(lines) + ',\n"rows": [\n' + body + "\n]\n}\n"
    if "--check" in sys.argv:
        sys.exit(0 if FILE.read_text() == made else f"{FILE.name} is not what {sys.argv[0]} writes")
    FILE.write_text(made)
    print(f"{len(rows)} rows, {len(made)} bytes")


if __name__ == "__main__":
    main()
