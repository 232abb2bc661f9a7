"""Rows about what is demanded: inclusion, words that nobody knows, reference sets (W14 to W16)."""

from inclusion import Log, entry, log_claim
from table import *  # noqa: F403, F405

# W14: inclusion. Rows with `log` among their demands are asked of "audit" too, which asks for nothing else.
LOG, OTHER_LOG = Log("log"), Log("another log")
LEAF = entry()
PROOF = LOG.proof(LEAF)
WHO = dict.fromkeys(
    ("library", "program", "python", "node", *SERVICE), "it checks no proof; `assay audit` and assay.js do"
)


def logged(**members):
    return token(claims(log=without(log_claim(LEAF, **members))))


def proven(name, made, expected, proof=GONE, log=LOG):
    row("W14", name, made, expected, {"log": {"keys": [log.vkey]}, "proof": proof}, not_by=WHO)


pending = logged(index=GONE)
proven("log without index under require-proof", pending, "token.inclusion")
proven("no log under require-proof", token(), "token.inclusion")
row("W14", "log without index, nothing required", pending, "accepted")
proven("log with its proof inside", logged(proof=base64url(PROOF.encode())), "accepted")
proven("log, and its proof at hand", logged(), "accepted", PROOF)
# Pending until a proof is obtained (transparency-log 2.5).
proven("log without index, and its proof at hand", pending, "accepted", PROOF)
for name, made in (
    ("no log, and a proof at hand", token()),
    ("log of another index", logged(index=1)),
    ("log of another leaf", logged(leaf=base64url(bytes(32)))),
    ("log of another origin", logged(origin="attest.example.cn/log/2027")),
    ("log without leaf", logged(leaf=GONE)),
    ("log without origin", logged(origin=GONE)),
    ("other claims than the entry's", token(claims(log=log_claim(LEAF), sub="tdx:image:01"))),
    ("another key than the entry's", token(claims(log=log_claim(LEAF)), EDWARDS)),
):
    proven(name, made, "token.inclusion", PROOF)
proven("a proof of a log that is not trusted", logged(), "token.inclusion", PROOF, OTHER_LOG)
for name, leaf in (("a reject's", entry(verdict="reject")), ("another verdict's", entry(jti="019a")), ("none", b"{}")):
    made = token(claims(log=log_claim(leaf)))
    proven(f"an entry that is {name}", made, "token.inclusion", LOG.proof(leaf))
row(
    "W14",
    "require-proof, of who checks none",
    logged(proof=base64url(PROOF.encode())),
    "throws",
    options={"log": {"keys": [LOG.vkey]}},
    not_by={**dict.fromkeys(("library", "hummingbird"), TYPED), "assay.js": "it checks proofs"},
)


# W15: demands that nobody knows
for word in ("Affirming", "warn", "", "AFFIRMING", " affirming", "ok", "2", "toString"):
    row("W15", f"minimum status {word!r}", token(), "throws", {"minimum_status": word}, not_by={"library": TYPED})
for category, tier in (
    ("executable", "affirming"),
    ("Hardware", "affirming"),
    ("", "affirming"),
    ("__proto__", "affirming"),
):
    row("W15", f"category {category!r}", token(), "throws", {"minimum": {category: tier}})
for tier in ("Affirming", "warn", ""):
    row("W15", f"tier {tier!r}", token(), "throws", {"minimum": {"executables": tier}}, not_by={"library": TYPED})
for option in ("minimum_staus", "policy_sha512", "nounce"):
    row(
        "W15",
        f"option {option}",
        token(),
        "throws",
        options={option: "x"},
        not_by={"library": TYPED, "hummingbird": TYPED},
    )
row("W15", "audience that is empty", token(), "throws", {"audience": ""})
row(
    "W15",
    "nonce that is empty",
    token(),
    "throws",
    {"nonce": ""},
    not_by=dict.fromkeys(
        ("asgi", "hummingbird"), "its nonce is found by a function for each request; an empty one refuses"
    ),
)
row(
    "W15",
    "key that is empty",
    token(),
    "throws",
    {"confirmation": ""},
    not_by=dict.fromkeys(("asgi", "hummingbird"), "the key is found for each connection; an empty one is none"),
)
row("W15", "issuer that is empty", token(), "throws", {"issuer": ""}, not_by=dict.fromkeys(SERVICE, OF_SERVICE))
for each in (POLICY[:-1], "strict", "sha512:" + POLICY, "", NAMED):
    row("W15", f"policy {each[:12]!r} of {len(each)} characters", token(), "throws", {"policies": [each]})
    row("W15", f"reference set {each[:12]!r} of {len(each)} characters", token(), "throws", {"references": [each]})
row(
    "W15", "a word that nobody knows, and no token", "", "throws", {"minimum_status": "warn"}, not_by={"library": TYPED}
)


# W16: reference sets
demand = {"references": [SET]}
row("W16", "all inside", token(), "accepted", demand)
row("W16", "all inside, with the name of the hash", token(), "accepted", {"references": [f"sha256:{SET.upper()}"]})
row("W16", "no list", token(), "accepted")
row("W16", "no list, and references absent", token(tdx(ear_verifier_claims=verifier(references=GONE))), "accepted")
row(
    "W16",
    "two inside",
    token(tdx(ear_verifier_claims=verifier(references=[f"sha256:{SET}", f"sha256:{OTHER_SET}"]))),
    "accepted",
    {"references": [SET, OTHER_SET]},
)
changed(
    "W16",
    "token.references",
    [
        ("references absent", tdx(ear_verifier_claims=verifier(references=GONE))),
        ("references empty", tdx(ear_verifier_claims=verifier(references=[]))),
        ("references a text", tdx(ear_verifier_claims=verifier(references=f"sha256:{SET}"))),
        ("one hash outside", tdx(ear_verifier_claims=verifier(references=[f"sha256:{SET}", f"sha256:{OTHER_SET}"]))),
        ("one is no hash", tdx(ear_verifier_claims=verifier(references=[f"sha256:{SET}", "default"]))),
        ("one is a number", tdx(ear_verifier_claims=verifier(references=[f"sha256:{SET}", 7]))),
        ("one without the name of the hash", tdx(ear_verifier_claims=verifier(references=[SET]))),
        ("one in capitals", tdx(ear_verifier_claims=verifier(references=[f"sha256:{SET.upper()}"]))),
        (
            "another submod names another",
            tdx({"gpu_0": {**SUBMOD, "ear_verifier_claims": verifier(references=[f"sha256:{OTHER_SET}"])}}),
        ),
    ],
    demand=demand,
)
changed(
    "W16",
    "token.references",
    [
        ("no verifier claims", tdx(ear_verifier_claims=GONE)),
        ("verifier claims an array", tdx(ear_verifier_claims=[f"sha256:{SET}"])),
        ("no submods", claims(submods=GONE)),
    ],
    demand={**demand, **UNSAID},
)
row("W16", "another list", token(), "token.references", {"references": [OTHER_SET]})
row(
    "W16",
    "the right policy, another list of sets",
    token(),
    "token.references",
    {"policies": [POLICY], "references": [OTHER_SET]},
)
