#!/usr/bin/env python3
"""Writes `tokens.json`: tokens, what is demanded of them, and what every checker must say (wire-formats 3.7, 3.8).

    python3 Tests/vectors/make_tokens.py            # writes the file anew; the same bytes every time
    python3 Tests/vectors/make_tokens.py --check    # says whether it is what this script writes

Each row changes one thing in a good token, signed again by the issuer's key unless its name says otherwise. `not_by` names the
checkers that cannot make the row's demand, or cannot be asked so, and why. Runs on Python's own library.
"""

import json
import pathlib
import sys

import rows_envelope  # noqa: F401
import rows_claims  # noqa: F401
import rows_demands  # noqa: F401
import rows_kinds  # noqa: F401
import rows_defaults  # noqa: F401
from table import CHECKERS, DEFAULT, ISSUER, KEY_SETS, POLICY, TIME, rows

FILE = pathlib.Path(__file__).resolve().with_name("tokens.json")


def main():
    names = [each["name"] for each in rows]
    assert len(set(names)) == len(names), [each for each in names if names.count(each) > 1]
    content = {
        "about": "Written by make_tokens.py beside this file; edit that. Every checker of tokens runs these rows.",
        "time": TIME,
        "issuer": ISSUER,
        "checkers": CHECKERS,
        "default_policy": {**DEFAULT, "sha256": POLICY},
        "key_sets": {name: {"keys": keys} for name, keys in KEY_SETS.items()},
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
