"""Rows about single claims: names, times, policies, status, the key, the status list (W3 to W6, W11, W12)."""

from table import *  # noqa: F403, F405

# W3, W4: texts that are arrays
changed(
    "W3",
    "token.issuer",
    [
        ("iss an array of one", claims(iss=[ISSUER])),
        ("iss missing", claims(iss=GONE)),
        ("iss null", claims(iss=None)),
        ("iss with a slash more", claims(iss=ISSUER + "/")),
        ("iss of another", claims(iss="https://tenant.example.cn")),
        ("iss in capitals", claims(iss=ISSUER.upper())),
    ],
)
changed(
    "W3",
    "token.nonce",
    [
        ("eat_nonce an array of one", claims(eat_nonce=[NONCE])),
        ("eat_nonce missing", claims(eat_nonce=GONE)),
        ("eat_nonce empty", claims(eat_nonce="")),
        ("eat_nonce padded", claims(eat_nonce=NONCE + "=")),
        ("eat_nonce of another", claims(eat_nonce=NONCE[::-1])),
        ("eat_nonce null", claims(eat_nonce=None)),
    ],
)
changed(
    "W3",
    "token.profile",
    [
        ("eat_profile an array of one", claims(eat_profile=[EAR])),
        ("eat_profile missing", claims(eat_profile=GONE)),
        ("eat_profile unknown", claims(eat_profile="tag:evil.example,2026:1")),
        ("eat_profile of the draft before", claims(eat_profile="tag:ietf.org,2026:rats/ear#03")),
    ],
)
changed(
    "W4",
    "accepted",
    [
        ("aud an array that holds mine", claims(aud=["https://other.example.cn", AUDIENCE])),
        ("aud an array of mine alone", claims(aud=[AUDIENCE])),
    ],
)
changed(
    "W4",
    "token.audience",
    [
        ("aud an array of others", claims(aud=["https://other.example.cn", AUDIENCE + "/"])),
        ("aud empty", claims(aud=[])),
        ("aud missing", claims(aud=GONE)),
        ("aud of another", claims(aud="https://other.example.cn")),
        ("aud an object", claims(aud={AUDIENCE: AUDIENCE})),
        ("aud an array in an array", claims(aud=[[AUDIENCE]])),
    ],
)


# W5, W6: times
def spelled(**times):
    """Claims with numbers spelled as given."""
    made = text(CLAIMS)
    for name, spelling in times.items():
        made = made.replace(f'"{name}":{CLAIMS[name]}', f'"{name}":{spelling}')
    return made


changed(
    "W5",
    "token.time",
    [
        (f"{name} {spelling}", spelled(**{name: spelling}))
        for name, spelling in (
            ("exp", f"{TIME + 300}.0"),
            ("exp", f"{TIME + 300}.5"),
            ("exp", "1.7954003e9"),
            ("exp", f'"{TIME + 300}"'),
            ("exp", "-1"),
            ("exp", f"-{TIME + 300}"),
            ("exp", str(2**53)),
            ("exp", str(2**63)),
            ("exp", str(2**64)),
            ("exp", "1" + "0" * 400),
            ("exp", "1e400"),
            ("exp", "null"),
            ("exp", "true"),
            ("exp", f"[{TIME + 300}]"),
            ("nbf", "-0"),
            ("nbf", "-1"),
            ("nbf", "null"),
            ("nbf", f"{TIME}.0"),
            ("iat", f"{TIME}.0"),
            ("iat", "-1"),
            ("iat", f'"{TIME}"'),
            ("iat", str(2**53)),
        )
    ],
)
changed(
    "W5",
    "token.time",
    [
        ("exp missing", claims(exp=GONE)),
        ("iat missing", claims(iat=GONE)),
        ("exp before iat", claims(iat=TIME + 10, nbf=GONE, exp=TIME + 9)),
        ("exp at iat", claims(exp=TIME)),
    ],
)
changed(
    "W5",
    "accepted",
    [
        ("exp 2^53 - 1", claims(exp=2**53 - 1)),
        ("nbf missing", claims(nbf=GONE)),
        ("iat and nbf 0", claims(iat=0, nbf=0)),
    ],
)
past = {"iat": TIME - 400, "nbf": TIME - 400}
changed(
    "W6",
    "accepted",
    [
        ("exp = now - 60", claims(**past, exp=TIME - 60)),
        ("nbf = now + 60", claims(nbf=TIME + 60)),
        ("iat = now + 60", claims(iat=TIME + 60, nbf=GONE)),
        ("exp = now - 59", claims(**past, exp=TIME - 59)),
    ],
)
changed(
    "W6",
    "token.time",
    [
        ("exp = now - 61", claims(**past, exp=TIME - 61)),
        ("nbf = now + 61", claims(nbf=TIME + 61)),
        ("iat = now + 61", claims(iat=TIME + 61, nbf=GONE)),
    ],
)


# W11: policies
demand = {"policies": [POLICY]}
row("W11", "the policy of the list", token(), "accepted", demand)
row("W11", "the policy of the list, in capitals", token(), "accepted", {"policies": [POLICY.upper()]})
changed(
    "W11",
    "token.policy",
    [
        ("one id is not ni:", tdx(ear_appraisal_policy_ids=[NAMED, "default"])),
        ("the only id is not ni:", tdx(ear_appraisal_policy_ids=["default"])),
        ("one id is hex", tdx(ear_appraisal_policy_ids=[NAMED, POLICY])),
        ("one id is a number", tdx(ear_appraisal_policy_ids=[NAMED, 7])),
        ("one id is outside", tdx(ear_appraisal_policy_ids=[NAMED, OTHER_NAMED])),
        ("no ids", tdx(ear_appraisal_policy_ids=GONE)),
        ("ids an empty array", tdx(ear_appraisal_policy_ids=[])),
        ("ids a text", tdx(ear_appraisal_policy_ids=NAMED)),
        ("one id is cut", tdx(ear_appraisal_policy_ids=[NAMED, NAMED[:-2]])),
        ("one id is padded", tdx(ear_appraisal_policy_ids=[NAMED + "="])),
        ("one id has an authority", tdx(ear_appraisal_policy_ids=[NAMED.replace(":///", "://example.cn/")])),
        ("one id is of SHA-512", tdx(ear_appraisal_policy_ids=[NAMED.replace("256", "512")])),
        ("another submod names another", tdx({"gpu_0": {**SUBMOD, "ear_appraisal_policy_ids": [OTHER_NAMED]}})),
    ],
    demand=demand,
)
row("W11", "no submods", token(claims(submods=GONE)), "token.policy", {**demand, "freshness": "any"})
row("W11", "another list", token(), "token.policy", {"policies": [OTHER_POLICY]})
row(
    "W11",
    "two of the list",
    token(tdx(ear_appraisal_policy_ids=[NAMED, OTHER_NAMED])),
    "accepted",
    {"policies": [OTHER_POLICY, POLICY]},
)
unnamed = token(tdx(ear_appraisal_policy_ids=["default"]))
row("W11", "one id is not ni:, and no list", unnamed, "token.policy")
row("W11", "one id is not ni:, and any policy", unnamed, "accepted", {"policies": ["any"]})


# W12: status
changed(
    "W12",
    "token.status",
    [
        ("ear_status missing", claims(ear_status=GONE)),
        ("ear_status unknown", claims(ear_status="fine")),
        ("ear_status in capitals", claims(ear_status="Affirming")),
        ("ear_status empty", claims(ear_status="")),
        ("ear_status a number", claims(ear_status=2)),
        ("ear_status an array of one", claims(ear_status=["affirming"])),
        ("ear_status null", claims(ear_status=None)),
        ("warning", claims(ear_status="warning")),
        ("none", claims(ear_status="none")),
        ("contraindicated", claims(ear_status="contraindicated")),
        ("an object's own name", claims(ear_status="constructor")),
        ("better than its submod", tdx(ear_status="warning")),
        ("submod better than its vector: warning", tdx(ear_trustworthiness_vector={**VECTOR, "configuration": 32})),
        ("submod better than its vector: contraindicated", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": 96})),
        ("submod better than its vector: our own reason", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": -33})),
        (
            "submod better than its vector: a category that nobody knows",
            tdx(ear_trustworthiness_vector={**VECTOR, "network": 99}),
        ),
        ("submod without status", tdx(ear_status=GONE)),
        ("submod with an unknown status", tdx(ear_status="good")),
        ("submod with status none", tdx(ear_status="none")),
        ("second submod worse", tdx({"gpu_0": {**SUBMOD, "ear_status": "contraindicated"}})),
        ("a value that is a text", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": "2"})),
        ("a value with a fraction", text(CLAIMS).replace('"hardware":2', '"hardware":2.0')),
        ("a value of nine bits", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": 256 + 2})),
        ("a value of 2^32 + 2", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": 2**32 + 2})),
        ("a value of -0", text(CLAIMS).replace('"hardware":2', '"hardware":-0')),
        ("a value of -129", tdx(ear_trustworthiness_vector={**VECTOR, "hardware": -129})),
        ("a vector that is an array", tdx(ear_trustworthiness_vector=[2])),
        ("a submod that is a text", claims(submods={"tdx": "a.b.c"})),
        ("submods an array", claims(submods=[SUBMOD])),
        ("submods null", claims(submods=None)),
    ],
)
warned = claims(
    ear_status="warning",
    submods={
        "tdx": {
            **SUBMOD,
            "ear_status": "warning",
            "ear_trustworthiness_vector": {**VECTOR, "configuration": 36, "executables": 0},
        }
    },
)
row("W12", "warning where warning is enough", token(warned), "accepted", {"minimum_status": "warning"})
row("W12", "affirming where warning is enough", token(), "accepted", {"minimum_status": "warning"})
row("W12", "warning where affirming is wanted", token(warned), "token.status")
for status in ("contraindicated", "none"):
    bad = claims(ear_status=status, submods={"tdx": {**SUBMOD, "ear_status": status}})
    row("W12", f"{status} where warning is enough", token(bad), "token.status", {"minimum_status": "warning"})
    row(
        "W12",
        f"{status} where it is enough",
        token(bad),
        "accepted",
        {"minimum_status": status},
        not_by={
            "asgi": "introspection knows no such token as active",
            "hummingbird": "introspection knows no such token as active",
        },
    )
row(
    "W12",
    "an unknown word where anything is enough",
    token(claims(ear_status="fine")),
    "token.status",
    {"minimum_status": "none"},
)
row(
    "W12",
    "a submod that says nothing of executables",
    token(tdx(ear_trustworthiness_vector={**VECTOR, "executables": 0})),
    "accepted",
)
row(
    "W12",
    "values at the edges of affirming",
    token(tdx(ear_trustworthiness_vector={"hardware": 31, "configuration": -2, "executables": -32})),
    "accepted",
)
row("W12", "a vector that was dropped", token(tdx(ear_trustworthiness_vector=GONE)), "accepted")
row("W12", "no submods, and none asked for", token(claims(submods=GONE)), "accepted", UNSAID)
for category, value, tier, expected in [
    ("hardware", 2, "affirming", "accepted"),
    ("hardware", 0, "affirming", "token.status"),
    ("hardware", 1, "contraindicated", "token.status"),
    ("hardware", -1, "contraindicated", "token.status"),
    ("hardware", -1, "none", "accepted"),
    ("storage-opaque", None, "warning", "token.status"),
    ("executables", 33, "affirming", "token.status"),
    ("executables", 33, "warning", "accepted"),
    ("executables", 95, "warning", "accepted"),
    ("executables", 96, "warning", "token.status"),
    ("executables", -96, "warning", "accepted"),
    ("executables", -97, "warning", "token.status"),
]:
    vector = {**VECTOR, category: value} if value is not None else VECTOR
    status = "affirming" if value is None or -33 < value < 32 else "warning" if -97 < value < 96 else "contraindicated"
    made = claims(
        ear_status=status, submods={"tdx": {**SUBMOD, "ear_status": status, "ear_trustworthiness_vector": vector}}
    )
    few = {
        "asgi": "introspection knows no such token as active",
        "hummingbird": "introspection knows no such token as active",
    }
    row(
        "W12",
        f"{category} {value} under {tier}",
        token(made),
        expected,
        {"minimum_status": "contraindicated", "minimum": {category: tier}},
        not_by=few if status == "contraindicated" and expected == "accepted" else None,
    )
row(
    "W12",
    "a minimum, and one submod without vector",
    token(tdx({"gpu_0": without({**SUBMOD, "ear_trustworthiness_vector": GONE})})),
    "token.status",
    {"minimum": {"hardware": "affirming"}},
)
row(
    "W12",
    "a minimum, and no submods",
    token(claims(submods=GONE)),
    "token.status",
    {"minimum": {"hardware": "affirming"}},
)


# The peers' shapes
peers = {"audience": GONE, "nonce": GONE}
dotted = without(
    {
        **CLAIMS,
        "eat_profile": TRUSTEE,
        "aud": GONE,
        "eat_nonce": GONE,
        "ear_status": GONE,
        "submods": {
            "cpu0": {
                "ear.status": "affirming",
                "ear.trustworthiness-vector": VECTOR,
                "ear.appraisal-policy-id": "strict",
                "ear.veraison.annotated-evidence": {"tdx": {"quote": {"body": {"mr_td": MEASURED["mr_td"]}}}},
                "ear.veraison.policy-claims": {
                    "reasons": [],
                    "policy_sha256": POLICY,
                    "references": [f"sha256:{SET}"],
                },
            }
        },
    }
)
simple = without(
    {
        **CLAIMS,
        "eat_profile": ALIBABA,
        "submods": GONE,
        "reasons": [],
        "references": [f"sha256:{SET}"],
        "tcb-status": text({"tdx.quote.body.mr_td": MEASURED["mr_td"], "tdx.td_attributes.debug": False}),
        "evaluation-reports": [{"policy-id": "strict", "policy-hash": POLICY}],
    }
)
for name, made in (("Trustee's shape", dotted), ("Alibaba's shape", simple)):
    row("good", name, token(made), "accepted", {**peers, "policies": [POLICY], "references": [SET]})
    row("W11", f"{name}, another list", token(made), "token.policy", {**peers, "policies": [OTHER_POLICY]})
    row("W16", f"{name}, another list", token(made), "token.references", {**peers, "references": [OTHER_SET]})
row(
    "W12",
    "Trustee's shape, warning",
    token({**dotted, "submods": {"cpu0": {**dotted["submods"]["cpu0"], "ear.status": "warning"}}}),
    "token.status",
    peers,
)
row(
    "W12",
    "Trustee's shape, better than its vector",
    token(
        {**dotted, "submods": {"cpu0": {**dotted["submods"]["cpu0"], "ear.trustworthiness-vector": {"hardware": 96}}}}
    ),
    "token.status",
    peers,
)


# Objects where texts are wanted: whoever prints them must not fall over them
for step, made in [
    ("type", token(header=head(typ={"a": 1}))),
    ("form", token(header=head(alg={"a": 1}))),
    ("key", token(header=head(kid={"a": 1}))),
    ("form", token(header=head(jku={"a": 1}))),
    ("issuer", token(claims(iss={"a": 1}))),
    ("time", token(claims(exp={"a": 1}))),
    ("audience", token(claims(aud=[{"a": 1}]))),
    ("profile", token(claims(eat_profile={"a": 1}))),
    ("nonce", token(claims(eat_nonce={"a": 1}))),
    ("status", token(claims(ear_status={"a": 1}))),
    ("policy", token(tdx(ear_appraisal_policy_ids=[{"a": 1}]))),
    ("references", token(tdx(ear_verifier_claims=verifier(references=[{"a": 1}])))),
    ("confirmation", token(claims(cnf={"jkt": {"a": 1}}))),
    ("revocation", token(claims(status={"status_list": {"idx": {}, "uri": {}}}))),
]:
    row(
        "W3",
        f"an object, of which {step} wants a text ({len(rows)})",
        made,
        f"token.{step}",
        {"policies": [POLICY], "references": [SET], "confirmation": JKT},
    )


# The key of the connection, the status list
row("cnf", "the key", token(), "accepted", {"confirmation": JKT})
changed(
    "cnf",
    "token.confirmation",
    [
        ("missing", claims(cnf=GONE)),
        ("of another key", claims(cnf={"jkt": STRANGER.kid})),
        ("null", claims(cnf=None)),
        ("a text", claims(cnf=JKT)),
        ("an array of one", claims(cnf={"jkt": [JKT]})),
        ("a certificate", claims(cnf={"x5t#S256": JKT})),
    ],
    demand={"confirmation": JKT},
)
place = {"status_list": {"idx": 9, "uri": LIST}}
placed = token(claims(status=place))
for name, content, expected in [
    ("stands", status_list([8, 10]), "accepted"),
    ("withdrawn", status_list([9]), "token.revocation"),
    ("by a stranger", status_list(key=STRANGER, kid=OWN.kid), "token.revocation"),
    ("of another type", status_list(typ="eat+jwt"), "token.revocation"),
    ("of a kid that nobody has", status_list(kid="x"), "token.revocation"),
    ("with crit", status_list(crit=["exp"]), "token.revocation"),
    ("that is a page", "<html>", "token.revocation"),
]:
    row("status list", name, placed, expected, {"status_list": content}, not_by=dict.fromkeys(SERVICE, OF_SERVICE))
changed(
    "status list",
    "token.revocation",
    [
        (f"claim {text(status)[:40]}", claims(status=status))
        for status in (
            "valid",
            {},
            None,
            0,
            {"status_list": {}},
            {"status_list": {"idx": -1, "uri": LIST}},
            {"status_list": {"idx": "9", "uri": LIST}},
            {"status_list": {"idx": 9, "uri": "https://evil.example/list"}},
        )
    ],
)


# A submod that cannot be read, with what is demanded of it
changed(
    "W12",
    "token.status",
    [
        (f"a minimum, and a submod that is {name}", tdx({"gpu_0": other}))
        for name, other in (("a text", "a.b.c"), ("a number", 7), ("null", None), ("an array", [SUBMOD]))
    ],
    demand={"minimum": {"hardware": "affirming"}},
)
