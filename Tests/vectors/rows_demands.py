"""Rows about what is demanded: inclusion, words that nobody knows, reference sets (W14 to W16)."""

from table import *  # noqa: F403, F405

# W14: inclusion
logged = token(claims(log={"origin": "attest.example.cn/log/2026", "leaf": base64url(bytes(32))}))
WHO = dict.fromkeys(
    ("library", "program", "python", "node", *SERVICE), "it checks no proof; `assay audit` and assay.js do"
)
row("W14", "log without index under require-proof", logged, "token.inclusion", {"log": {"keys": []}}, not_by=WHO)
row("W14", "no log under require-proof", token(), "token.inclusion", {"log": {"keys": []}}, not_by=WHO)
row("W14", "log without index, nothing required", logged, "accepted")


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
row("W16", "no list, and references absent", token(tdx(ear_verifier_claims={})), "accepted")
row(
    "W16",
    "two inside",
    token(tdx(ear_verifier_claims={"references": [f"sha256:{SET}", f"sha256:{OTHER_SET}"]})),
    "accepted",
    {"references": [SET, OTHER_SET]},
)
changed(
    "W16",
    "token.references",
    [
        ("references absent", tdx(ear_verifier_claims={})),
        ("no verifier claims", tdx(ear_verifier_claims=GONE)),
        ("references empty", tdx(ear_verifier_claims={"references": []})),
        ("references a text", tdx(ear_verifier_claims={"references": f"sha256:{SET}"})),
        ("one hash outside", tdx(ear_verifier_claims={"references": [f"sha256:{SET}", f"sha256:{OTHER_SET}"]})),
        ("one is no hash", tdx(ear_verifier_claims={"references": [f"sha256:{SET}", "default"]})),
        ("one is a number", tdx(ear_verifier_claims={"references": [f"sha256:{SET}", 7]})),
        ("one without the name of the hash", tdx(ear_verifier_claims={"references": [SET]})),
        ("one in capitals", tdx(ear_verifier_claims={"references": [f"sha256:{SET.upper()}"]})),
        ("verifier claims an array", tdx(ear_verifier_claims=[f"sha256:{SET}"])),
        (
            "another submod names another",
            tdx({"gpu_0": {**SUBMOD, "ear_verifier_claims": {"references": [f"sha256:{OTHER_SET}"]}}}),
        ),
        ("no submods", claims(submods=GONE)),
    ],
    demand=demand,
)
row("W16", "another list", token(), "token.references", {"references": [OTHER_SET]})
row(
    "W16",
    "the right policy, another list of sets",
    token(),
    "token.references",
    {"policies": [POLICY], "references": [OTHER_SET]},
)
