"""Rows about what is around the claims: type, key, algorithm, header, strict JSON, signature (W1, W2, W7 to W10, W13)."""

from table import *  # noqa: F403, F405

row("good", "as it is", token(), "accepted")
row(
    "good",
    "whatever is demanded",
    token(),
    "accepted",
    {
        "policies": [POLICY],
        "references": [SET],
        "confirmation": JKT,
        "minimum": dict.fromkeys(VECTOR, "affirming"),
    },
)
row("good", "nothing demanded but the issuer", token(), "accepted", {"audience": GONE, "nonce": GONE})
row("good", "a member that nobody knows", token(claims(unheard={"of": [1, None, True]})), "accepted")


# W1, W2: the type of a result
headers(
    "W1",
    "token.type",
    [
        ("typ missing", head(typ=GONE)),
        ("statuslist+jwt", head(typ="statuslist+jwt")),
        ("assay-challenge+jwt", head(typ="assay-challenge+jwt")),
        ("JOSE", head(typ="JOSE")),
        ("typ empty", head(typ="")),
        ("typ null", head(typ=None)),
        ("typ a number", head(typ=1)),
        ("typ an array of one", head(typ=["JWT"])),
        ("eat-jwt", head(typ="eat-jwt")),
        ("eat+cwt", head(typ="eat+cwt")),
        ("at+jwt", head(typ="at+jwt")),
        ("with a parameter", head(typ='eat+jwt; eat_profile="x"')),
        ("a blank before", head(typ=" eat+jwt")),
        ("text/eat+jwt", head(typ="text/eat+jwt")),
        ("application twice", head(typ="application/application/jwt")),
    ],
)
headers(
    "W2",
    "accepted",
    [
        (name, head(typ=name))
        for name in ("EAT+JWT", "application/eat+jwt", "jwt", "JWT", "application/JWT", "APPLICATION/EAT+JWT")
    ],
)
mac = P256("challenge").secret.to_bytes(32, "big")


class Sealed:
    """HS256, as challenges have it."""

    algorithm, kid = "HS256", "a challenge key"

    def __init__(self, secret):
        self.secret = secret

    def sign(self, data):
        return hmac.digest(self.secret, data, "sha256")


challenge = {
    "iss": ISSUER,
    "aud": ISSUER + "/v1/challenges",
    "nonce": NONCE,
    "iat": TIME,
    "exp": TIME + 120,
    "jti": "1",
}
row(
    "W1",
    "a challenge of the issuer, as it is",
    token(
        challenge,
        Sealed(mac),
        {
            "alg": "HS256",
            "kid": "a challenge key",
            "typ": "assay-challenge+jwt",
        },
    ),
    "token.type",
)
row(
    "W1",
    "a challenge of 0.1.0, signed with the result key",
    token(
        {
            "iss": ISSUER,
            "iat": TIME,
            "exp": TIME + 120,
            "nonce": NONCE,
            "use": "assay-challenge",
        }
    ),
    "token.profile",
    {"audience": GONE, "nonce": GONE},
)

row("W1", "a status list of the issuer, as it is", status_list(), "token.type")


# W7: which key
headers("W7", "accepted", [("kid missing, one key published", head(kid=GONE))], keys="one")
headers("W7", "accepted", [("kid missing, one key without kid published", head(kid=GONE))], keys="one without kid")
headers(
    "W7",
    "token.key",
    [
        ("kid missing, many keys published", head(kid=GONE)),
        ("kid a number", head(kid=1)),
        ("kid null", head(kid=None)),
        ("kid unknown", head(kid="somebody")),
        ("kid empty", head(kid="")),
        ("kid an array", head(kid=[OWN.kid])),
        ("kid of another's key", head(kid=STRANGER.kid)),
    ],
)
headers(
    "W7",
    "token.key",
    [("kid a number, one key published", head(kid=7)), ("kid unknown, one key published", head(kid="x"))],
    keys="one",
)
headers("W7", "token.key", [("kid given, the one key has none", head())], keys="one without kid")
headers(
    "W7",
    "token.key",
    [("kid missing, the one key is of another algorithm", head(kid=GONE))],
    keys="one of another algorithm",
)
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
headers(
    "W8",
    "token.form",
    [
        ("alg ES384", head(alg="ES384")),
        ("alg es256", head(alg="es256")),
        ("alg missing", head(alg=GONE)),
        ("alg null", head(alg=None)),
        ("alg an array", head(alg=["ES256"])),
        ("alg of an object's own", head(alg="toString")),
        ("crit with b64", head(crit=["b64"], b64=False)),
        ("crit", head(crit=["exp"])),
        ("crit empty", head(crit=[])),
        ("b64 false", head(b64=False)),
        ("b64 true", head(b64=True)),
    ],
)
headers(
    "W8",
    "token.key",
    [("alg RS256 under the kid of another kind", head(alg="RS256")), ("alg EdDSA", head(alg="EdDSA"))],
)
row("W8", "RS256 by a key that is published for PS384", token(key=RS256), "token.key", keys="for PS384 alone")


# W9: keys in the header
row(
    "W9",
    "jwk of a stranger, signed by him",
    token(key=STRANGER, header=head(jwk=STRANGER.published())),
    "token.signature",
)
row(
    "W9",
    "jwk of a stranger under his kid",
    token(key=STRANGER, header=head(STRANGER, jwk=STRANGER.published())),
    "token.key",
)
row("W9", "x5c, signed by a stranger", token(key=STRANGER, header=head(x5c=["AAAA"])), "token.signature")
headers(
    "W9",
    "accepted",
    [
        ("our own jwk", head(jwk=OWN.published())),
        ("a stranger's jwk beside our signature", head(jwk=STRANGER.published())),
        ("x5c", head(x5c=["AAAA"])),
    ],
)
URL = ISSUER + "/jwks.json"
headers(
    "W9",
    "token.form",
    [
        ("jku elsewhere", head(jku="https://evil.example/jwks.json")),
        ("jku null", head(jku=None)),
        ("jku with a suffix", head(jku=URL + "?x")),
        ("jku an array", head(jku=[URL])),
    ],
    demand={"key_set_url": URL},
)
headers("W9", "accepted", [("jku where the keys are", head(jku=URL))], demand={"key_set_url": URL})


# W10: members twice, and what is no strict JSON
good, start = text(CLAIMS), text(head())
row("W10", "alg twice", token(header=start[:-1] + ',"alg":"none"}'), "token.form")
row("W10", "typ twice", token(header='{"typ":"statuslist+jwt",' + start[1:]), "token.form")
row("W10", "alg twice, escaped", token(header=start[:-1] + ',"\\u0061lg":"none"}'), "token.form")
for name, payload in [
    ("ear_status twice", good[:-1] + ',"ear_status":"warning"}'),
    ("exp twice", good[:-1] + f',"exp":{2**40}' + "}"),
    ("iss twice, escaped", good[:-1] + f',"i\\u0073s":"{ISSUER}"' + "}"),
    ("a member of a submod twice", good.replace('"hardware":2', '"hardware":2,"hardware":2')),
    ("an unknown member twice, deep", good[:-1] + ',"x":[{"y":{"z":1,"z":1}}]}'),
    ("__proto__ twice", good[:-1] + ',"__proto__":1,"__proto__":1}'),
    ("NaN", good[:-1] + ',"x":NaN}'),
    ("a comma at the end", good[:-1] + ",}"),
    ("a number with a zero before", good[:-1] + ',"x":01}'),
    ("half a surrogate pair", good[:-1] + ',"x":"\\ud800"}'),
    ("a control character", good[:-1] + ',"x":"\t"}'),
    ("a BOM", "\ufeff" + good),
    ("UTF-16", good.encode("utf-16-le")),
    ("bytes that are no UTF-8", good[:-1].encode() + b',"x":"\xff"}'),
    ("17 levels", good[:-1] + ',"x":' + "[" * 16 + "]" * 16 + "}"),
    ("1,000 levels", good[:-1] + ',"x":' + "[" * 1_000 + "]" * 1_000 + "}"),
    ("a comment", good[:-1] + "/**/}"),
    ("two values", good + "{}"),
    ("an array", f"[{good}]"),
    ("a text", '"text"'),
    ("empty", b""),
]:
    made = signed(start, payload, OWN)
    row("W10", name, made, "token.form")
row("W10", "16 levels", token(good[:-1] + ',"x":' + "[" * 15 + "]" * 15 + "}"), "accepted")
row("W10", "__proto__ once", token(good[:-1] + ',"__proto__":{"ear_status":"affirming"}}'), "accepted")
row(
    "W10",
    "ear_status in __proto__ alone",
    token(text(claims(ear_status=GONE))[:-1] + ',"__proto__":{"ear_status":"affirming"}}'),
    "token.status",
)
row("W10", "white space between members", token(json.dumps(CLAIMS, indent=2)), "accepted")
row("W10", "a header that is an array", token(header="[]"), "token.form")
row("W10", "names escaped, once each", token(good.replace('"ear_status"', '"ear\\u005fstatus"')), "accepted")


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
    ("DER", der(r, s)),
    ("zero", bytes(64)),
    ("r zero", raw(0, s)),
    ("s zero", raw(r, 0)),
    ("s is n", raw(r, OWN.N)),
    ("empty", b""),
    ("63 bytes", raw(r, s)[:-1]),
    ("65 bytes", raw(r, s) + b"\x00"),
    ("swapped", raw(s, r)),
    ("r + n would be", b"\xff" * 64),
]:
    row("W13", f"signature {name}", f"{signing}.{base64url(signature)}", "token.signature")
row("W13", "signature with the other s", f"{signing}.{base64url(raw(r, OWN.N - s))}", "accepted")
other = token(claims(ear_status="warning"))
row("W13", "signature over other bytes", signing + "." + other.rsplit(".", 1)[1], "token.signature")
row(
    "W13",
    "payload of another token",
    ".".join((signing.split(".")[0], other.split(".")[1], token().split(".")[2])),
    "token.signature",
)
row("W13", "signed by a stranger under our kid", token(key=STRANGER, header=head()), "token.signature")
for name, made in [
    ("padded", token() + "="),
    ("a bit more than base64url needs", token()[:-1] + chr(ord(token()[-1]) + 1)),
    ("base64 with + and /", signing + ".+/" + token().rsplit(".", 1)[1][2:]),
    ("two parts", signing),
    ("four parts", token() + ".AA"),
    ("one part", "abc"),
    ("nothing", ""),
    ("a point at the end", token() + "."),
    ("no header", "." + token().split(".", 1)[1]),
    ("no payload", signing.split(".")[0] + ".." + token().rsplit(".", 1)[1]),
    ("70,000 characters", "a" * 70_000),
    ("a letter that is no ASCII", token().replace("e", "\u0435", 1)),
]:
    few = (
        {each: HEADER for each in SERVICE}
        if name in ("nothing", "a letter that is no ASCII", "70,000 characters")
        else None
    )
    row("W13", f"form: {name}", made, "token.form", not_by=few)


# What people paste
row("paste", "blanks and a line's end around", f"  {token()}\r\n", "accepted", not_by=dict.fromkeys(SERVICE, HEADER))
row(
    "paste",
    "lines folded",
    "\n ".join(token()[at : at + 64] for at in range(0, len(token()), 64)),
    "accepted",
    not_by=dict.fromkeys(SERVICE, HEADER),
)
row("paste", "quotes around", f'"{token()}"', "accepted", not_by=dict.fromkeys(SERVICE, HEADER))
row("paste", "Bearer before", f"Bearer {token()}", "accepted", not_by=dict.fromkeys(SERVICE, HEADER))
row(
    "paste",
    "a whole answer",
    json.dumps({"verdict": "accept", "token": token()}),
    "accepted",
    not_by=dict.fromkeys(SERVICE, HEADER),
)
for name, made in [
    ("a key set", text({"keys": KEY_SETS["published"]})),
    ("a quote in hex", "04000200810000000000" + "00" * 600),
    ("a quote in base64", "BAACAIEAAAAAAAAA" + "A" * 1000),
    ("an answer without token", text({"verdict": "reject"})),
    ("an answer whose token is a number", text({"token": 7})),
]:
    row("paste", name, made, "token.form", not_by=dict.fromkeys(SERVICE, HEADER))
