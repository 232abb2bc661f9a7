"""Demands of another kind than they have, as numbers, lists and booleans (W15); and demands that are numbers (W6)."""

from table import *  # noqa: F403, F405

TEXTS = "its demands are texts"
NOT_TYPED = {**dict.fromkeys(("library", "hummingbird"), TYPED), **dict.fromkeys(("program", "gate"), TEXTS)}
BY_REQUEST = {"asgi": "it finds that one by a function, for each request"}

for name, values, more in (
    ("minimum_status", (0, 2, True, None, ["affirming"], {"affirming": 1}), {}),
    ("minimum", ("executables=affirming", 7, True, ["executables"], [["executables", "affirming"]]), {}),
    ("minimum", tuple({"executables": tier} for tier in (3, True, None, ["affirming"], {})), {}),
    ("audience", (7, True, [AUDIENCE], {AUDIENCE: 1}), {}),
    ("nonce", (7, True, [NONCE], {NONCE: 1}), BY_REQUEST),
    ("confirmation", (7, True, [JKT], {"jkt": JKT}), BY_REQUEST),
    ("issuer", (7, True, [ISSUER], {ISSUER: 1}), dict.fromkeys(SERVICE, OF_SERVICE)),
    ("policies", (POLICY, 7, True, {POLICY: 1}, [7], [None], [True], [[POLICY]]), {}),
    ("references", (SET, 7, True, {SET: 1}, [7], [None], [True], [[SET]]), {}),
):
    for value in values:
        row("W15", f"{name} that is {text(value)}", token(), "throws", {name: value}, not_by={**NOT_TYPED, **more})


# The skew of clocks, which the service fixes at 60 s
FIXED = dict.fromkeys(("program", *SERVICE), "the skew is 60 s")
past = {"iat": TIME - 400, "nbf": TIME - 400}
for skew, late, expected in ((0, 0, "accepted"), (0, 1, "token.time"), (120, 120, "accepted"), (120, 121, "token.time")):
    made = token(claims(**past, exp=TIME - late))
    row("W6", f"exp = now - {late}, skew {skew}", made, expected, {"skew": skew}, not_by=FIXED)
row("W15", "skew that is -1", token(), "throws", {"skew": -1}, not_by=FIXED)
for value in (1.5, "60", True, [60], {}):
    row("W15", f"skew that is {text(value)}", token(), "throws", {"skew": value}, not_by={**FIXED, "library": TYPED})


# The age of a token, which gates ask for
FEW = dict.fromkeys(("library", "program", "assay.js", "python", "node"), "it does not ask for the age")
for age, seconds, expected in ((0, 0, "accepted"), (1, 0, "token.time"), (300, 300, "accepted"), (301, 300, "token.time")):
    made = token(claims(iat=TIME - age, nbf=TIME - age))
    row("W6", f"iat = now - {age}, age {seconds} at most", made, expected, {"max_age": seconds}, not_by=FEW)
row("W15", "max_age that is -1", token(), "throws", {"max_age": -1}, not_by=FEW)
for value, more in (
    ("soon", {}),
    ("", {}),
    ("+5", {}),
    (1.5, {"asgi": "its seconds may have a fraction"}),
    (2**53, {"asgi": "its numbers have no end"}),
    (True, {"gate": TEXTS}),
    ([300], {"gate": TEXTS}),
    (None, {"gate": TEXTS}),
):
    few = {**FEW, "hummingbird": TYPED, **more}
    row("W15", f"max_age that is {text(value)}", token(), "throws", {"max_age": value}, not_by=few)
