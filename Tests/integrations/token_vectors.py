"""The table of token vectors for checkers in Python: what each must say, and how many rows were asked of it."""

import json
import pathlib

FILE = pathlib.Path(__file__).resolve().parents[1] / "vectors/tokens.json"
TABLE = json.loads(FILE.read_text())
ROWS = TABLE["rows"]


def rows_of(checker):
    """The rows that the checker can be asked; how many it cannot is printed, with the reasons."""
    asked = [row for row in ROWS if checker not in row.get("not_by", {})]
    reasons = {}
    for row in ROWS:
        reason = row.get("not_by", {}).get(checker)
        if reason:
            reasons[reason] = reasons.get(reason, 0) + 1
    print(f"{checker}: {len(asked)} of {len(ROWS)} rows of the table of tokens")
    for reason, count in sorted(reasons.items()):
        print(f"{checker}: {count} rows not asked: {reason}")
    return asked
