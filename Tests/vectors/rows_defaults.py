"""Rows about what every checker demands unless told otherwise, and about measurements (W17 to W19)."""

from rows_claims import dotted, peers, simple
from rows_kinds import NOT_TYPED
from table import *  # noqa: F403, F405

WARNING = {"minimum_status": "warning"}


def warned(submod=GONE, more=None, **members):
    """Claims with the status warning; other members in the verifier's claims, or others in their place."""
    own = verifier(**members) if submod is GONE else submod
    made = {**SUBMOD, "ear_status": "warning", "ear_verifier_claims": own}
    return claims(ear_status="warning", submods={"tdx": without(made), **(more or {})})


# W17: freshness
old = ["NO_REFERENCE_VALUES", "NOT_FRESH"]
row("W17", "reasons, and NOT_FRESH is none of them", token(warned(reasons=old[:1])), "accepted", WARNING)
row("W17", "NOT_FRESH where any will do", token(warned(reasons=old)), "accepted", {**WARNING, "freshness": "any"})
row("W17", "no reasons where any will do", token(warned(reasons=GONE)), "accepted", {**WARNING, "freshness": "any"})
row(
    "W17",
    "NOT_FRESH, said to be refused",
    token(warned(reasons=old)),
    "token.freshness",
    {**WARNING, "freshness": "require"},
)
changed(
    "W17",
    "token.freshness",
    [
        ("NOT_FRESH", warned(reasons=old)),
        ("NOT_FRESH alone", warned(reasons=["NOT_FRESH"])),
        ("no reasons", warned(reasons=GONE)),
        ("no verifier claims", warned(None)),
        ("verifier claims an array", warned([{"reasons": []}])),
        ("reasons a text", warned(reasons="NO_REFERENCE_VALUES")),
        ("reasons an object", warned(reasons={})),
        ("reasons null", warned(reasons=None)),
        ("a reason that is a number", warned(reasons=["NO_REFERENCE_VALUES", 7])),
        ("a reason that is null", warned(reasons=[None])),
        ("a reason that is an array", warned(reasons=[["NO_REFERENCE_VALUES"]])),
        (
            "another submod is NOT_FRESH",
            warned(more={"gpu_0": {**SUBMOD, "ear_verifier_claims": verifier(reasons=["NOT_FRESH"])}}),
        ),
        ("NOT_FRESH at the top", without({**warned(), "reasons": ["NOT_FRESH"]})),
    ],
    demand=WARNING,
)
row(
    "W17",
    "NOT_FRESH, and affirming",
    token(tdx(ear_verifier_claims=verifier(reasons=["NOT_FRESH"]))),
    "token.freshness",
)


def dotted_with(**members):
    own = dotted["submods"]["cpu0"]
    return {
        **dotted,
        "submods": {
            "cpu0": {**own, "ear.veraison.policy-claims": without({**own["ear.veraison.policy-claims"], **members})}
        },
    }


for shape, fresh, unfresh, unsaid in (
    ("Trustee's shape", dotted, dotted_with(reasons=old), dotted_with(reasons=GONE)),
    ("Alibaba's shape", simple, {**simple, "reasons": old}, without({**simple, "reasons": GONE})),
):
    row("W17", shape, token(fresh), "accepted", peers)
    row("W17", f"{shape}, NOT_FRESH", token(unfresh), "token.freshness", peers)
    row("W17", f"{shape}, NOT_FRESH where any will do", token(unfresh), "accepted", {**peers, "freshness": "any"})
    row("W17", f"{shape}, no reasons", token(unsaid), "token.freshness", peers)
for word in ("Any", "required", "off", "", "false", "toString"):
    row(
        "W17",
        f"freshness {word!r}",
        token(),
        "throws",
        {"freshness": word},
        not_by=dict.fromkeys(("library", "hummingbird"), TYPED),
    )
for value in (0, True, False, None, ["any"], {"any": 1}):
    row("W17", f"freshness that is {text(value)}", token(), "throws", {"freshness": value}, not_by=NOT_TYPED)


# W18: policies, where none is named
GIVEN = {
    "program": "the default is not known with keys from a file, so that its tests name it",
    **dict.fromkeys(SERVICE, "the service knows its own default"),
}
other = token(tdx(ear_appraisal_policy_ids=[OTHER_NAMED]))
both = token(tdx(ear_appraisal_policy_ids=[NAMED, OTHER_NAMED]))
for name, made, policies, expected in (
    ("the default", token(), GONE, "accepted"),
    ("the default by its word", token(), ["default"], "accepted"),
    ("the default, and another is wanted", token(), [OTHER_POLICY], "token.policy"),
    ("another", other, GONE, "token.policy"),
    ("another, and the default is wanted", other, ["default"], "token.policy"),
    ("another that is named", other, [OTHER_POLICY], "accepted"),
    ("another that is named beside the default", other, ["default", OTHER_POLICY], "accepted"),
    ("another where any will do", other, ["any"], "accepted"),
    ("the default and another", both, GONE, "token.policy"),
    ("the default and another, both wanted", both, ["default", OTHER_POLICY], "accepted"),
    ("the default and another, of which one is named", both, [OTHER_POLICY], "token.policy"),
    ("none", token(tdx(ear_appraisal_policy_ids=GONE)), GONE, "token.policy"),
    ("an empty list is met by nothing", token(), [], "token.policy"),
):
    few = {}
    if policies is not GONE and "default" in policies:
        few["program"] = GIVEN["program"]
    if policies == []:
        few = dict.fromkeys(("program", "gate"), "what is not named is not demanded")
    row("W18", name, made, expected, {"policies": policies}, not_by=few)
row("W18", "the default is not known", token(), "token.policy", {"default_policies": []}, not_by=GIVEN)
row(
    "W18",
    "the default is not known, and the policy is named",
    token(),
    "accepted",
    {"default_policies": [], "policies": [POLICY]},
    not_by=GIVEN,
)
for shape, made in (
    ("Trustee's shape", dotted_with(policy_sha256=OTHER_POLICY)),
    ("Alibaba's shape", {**simple, "evaluation-reports": [{"policy-id": "lax", "policy-hash": OTHER_POLICY}]}),
):
    row("W18", f"{shape}, another", token(made), "token.policy", peers)
    row("W18", f"{shape}, another where any will do", token(made), "accepted", {**peers, "policies": ["any"]})
for words in (["any", POLICY], ["any", "default"], ["Any"], ["Default"], ["all"]):
    row("W18", f"policies {text(words)[:24]}", token(), "throws", {"policies": words})
for words in (["any"], ["default"]):
    row("W18", f"reference sets {text(words)}", token(), "throws", {"references": words})


# W19: measurements
TD, OTHER = MEASURED["mr_td"], MEASURED["another"]
row("W19", "the one that is wanted", token(), "accepted", {"measurements": {"mr_td": [TD]}})
row("W19", "one of two that are wanted", token(), "accepted", {"measurements": {"mr_td": [OTHER, TD]}})
row("W19", "wanted in capitals", token(), "accepted", {"measurements": {"mr_td": [TD.upper()]}})
every = {name: [value] for name, value in MEASURED.items() if name != "another"}
whole = token(tdx(ear_attester_claims={f"tdx_{name.replace('_', '')}": each for name, (each,) in every.items()}))
row("W19", "every one that is wanted", whole, "accepted", {"measurements": every})
row("W19", "another", token(), "token.measurements", {"measurements": {"mr_td": [OTHER]}})
row("W19", "one of two is another", whole, "token.measurements", {"measurements": {"mr_td": [TD], "rtmr2": [OTHER]}})
row("W19", "one of every one is another", whole, "token.measurements", {"measurements": {**every, "rtmr3": [OTHER]}})
enclave = hashlib.sha256(b"an enclave").hexdigest()
signer = hashlib.sha256(b"a signer").hexdigest()
sgx = token(tdx(ear_attester_claims={"sgx_mrenclave": enclave, "sgx_mrsigner": signer}))
row("W19", "of an enclave", sgx, "accepted", {"measurements": {"mr_enclave": [enclave], "mr_signer": [signer]}})
row("W19", "of another enclave", sgx, "token.measurements", {"measurements": {"mr_enclave": [signer]}})
row("W19", "of an enclave, and it is a TD", token(), "token.measurements", {"measurements": {"mr_enclave": [enclave]}})
row("W19", "nothing is wanted", token(tdx(ear_attester_claims=GONE)), "accepted", {"measurements": {}})
changed(
    "W19",
    "token.measurements",
    [
        ("no attester's claims", tdx(ear_attester_claims=GONE)),
        ("attester's claims without it", tdx(ear_attester_claims={"tdx_rtmr0": TD})),
        ("attester's claims an array", tdx(ear_attester_claims=[{"tdx_mrtd": TD}])),
        ("attester's claims null", tdx(ear_attester_claims=None)),
        ("a value in capitals", tdx(ear_attester_claims={"tdx_mrtd": TD.upper()})),
        ("a value that is a number", tdx(ear_attester_claims={"tdx_mrtd": 7})),
        ("a value that is null", tdx(ear_attester_claims={"tdx_mrtd": None})),
        ("a value that is an array of one", tdx(ear_attester_claims={"tdx_mrtd": [TD]})),
        ("a value that is cut", tdx(ear_attester_claims={"tdx_mrtd": TD[:-2]})),
        ("another submod has another", tdx({"gpu_0": {**SUBMOD, "ear_attester_claims": {"tdx_mrtd": OTHER}}})),
        ("another submod's cannot be read", tdx({"gpu_0": {**SUBMOD, "ear_attester_claims": "a"}})),
    ],
    demand={"measurements": {"mr_td": [TD]}},
)


def evidence(value):
    return {**dotted, "submods": {"cpu0": {**dotted["submods"]["cpu0"], "ear.veraison.annotated-evidence": value}}}


wanted = {**peers, "measurements": {"mr_td": [TD]}}
row("W19", "Trustee's shape", token(dotted), "accepted", wanted)
row("W19", "Alibaba's shape", token(simple), "accepted", wanted)
changed(
    "W19",
    "token.measurements",
    [
        ("Trustee's shape, another", evidence({"tdx": {"quote": {"body": {"mr_td": OTHER}}}})),
        ("Trustee's shape, a body that is a text", evidence({"tdx": {"quote": {"body": TD}}})),
        ("Trustee's shape, no evidence", evidence({})),
        ("Alibaba's shape, another", {**simple, "tcb-status": text({"tdx.quote.body.mr_td": OTHER})}),
        ("Alibaba's shape, none", {**simple, "tcb-status": "{}"}),
        ("Alibaba's shape, an object for a text", {**simple, "tcb-status": {"tdx.quote.body.mr_td": TD}}),
        ("Alibaba's shape, no JSON", {**simple, "tcb-status": TD}),
        ("Alibaba's shape, an array", {**simple, "tcb-status": text([{"tdx.quote.body.mr_td": TD}])}),
        ("Alibaba's shape, null", {**simple, "tcb-status": None}),
    ],
    demand=wanted,
)
twice = '{"tdx.quote.body.mr_td":"%s","tdx.quote.body.mr_td":"%s"}'
for name, first, second in (("first", OTHER, TD), ("last", TD, OTHER)):
    row(
        "W19",
        f"Alibaba's shape, twice, another {name}",
        token({**simple, "tcb-status": twice % (first, second)}),
        "token.measurements",
        wanted,
        not_by={"hummingbird": "its reader of JSON takes a member twice; the service that signs writes each once"},
    )
for name in ("mrtd", "tdx_mrtd", "MR_TD", "rtmr4", "", "report_data", "__proto__", "toString"):
    row("W19", f"measurement {name!r}", token(), "throws", {"measurements": {name: [TD]}}, not_by={"library": TYPED})
for value in (TD[:-2], TD + "00", "", "zz" * 48, f"0x{TD[2:]}", enclave):
    row("W19", f"mr_td {value[:8]!r} of {len(value)}", token(), "throws", {"measurements": {"mr_td": [value]}})
row("W19", "mr_enclave of 48 bytes", token(), "throws", {"measurements": {"mr_enclave": [TD]}})
for value in (
    TD,
    7,
    True,
    [TD],
    {"mr_td": TD},
    {"mr_td": 7},
    {"mr_td": [7]},
    {"mr_td": [None]},
    {"mr_td": {TD: 1}},
    {"mr_td": None},
):
    name = text(value).replace(TD, "HEX")
    row("W19", f"measurements that are {name}", token(), "throws", {"measurements": value}, not_by=NOT_TYPED)
