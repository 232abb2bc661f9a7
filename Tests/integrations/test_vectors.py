#!/usr/bin/env python3
"""The table of token vectors (wire-formats 3.8), asked of the Python checker. Needs `cryptography`."""

import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "integrations/python")]

from token_vectors import TABLE, rows_of  # noqa: E402

# Of the checker, not of one token.
NAMES = {"key_set_url": None, "issuer": None, "status_list": None, "default_policies": None}


def say(module, row):
    """`accepted`, `throws`, or the check that refuses."""
    demand = row["demand"]
    options = {name: value for name, value in demand.items() if name not in NAMES}
    try:
        checker = module.Checker(
            demand.get("issuer"),
            keys=TABLE["key_sets"][row["keys"]]["keys"],
            fetch=lambda _: demand["status_list"].encode(),
            clock=lambda: TABLE["time"] + 0.9,
            key_set_url=demand.get("key_set_url"),
            default_policies=demand.get("default_policies", [TABLE["default_policy"]["sha256"]]),
        )
        checker.check(row["token"], **options, **row.get("options", {}))
    except module.TokenRefused as refusal:
        return refusal.check
    except (ValueError, TypeError):
        return "throws"
    return "accepted"


class Vectors(unittest.TestCase):
    def test_python(self):
        try:
            import assay_token
        except ImportError as error:
            self.skipTest(f"{error.name} is not installed: the Python checker is not asked")
        for row in rows_of("python"):
            with self.subTest(row["name"]):
                self.assertEqual(say(assay_token, row), row["expected"])

    def test_the_file_is_what_the_script_writes(self):
        script = HERE.parent / "vectors/make_tokens.py"
        result = subprocess.run([sys.executable, str(script), "--check"], text=True, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 0, result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
