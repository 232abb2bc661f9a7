#!/usr/bin/env python3
"""Demands of another kind, put to the checkers in Python: each is an error before a token is looked at. No service."""

import pathlib
import subprocess
import sys
import unittest

INTEGRATIONS = pathlib.Path(__file__).resolve().parents[2] / "integrations"
sys.path[:0] = [str(INTEGRATIONS / "asgi"), str(INTEGRATIONS / "python")]

from assay_asgi import AttestationRequired  # noqa: E402

SERVICE = "https://assay.example"
HASH = "ab" * 32
NO_TEXTS = ("", 0, 5, False, True, [], [None], ["x"], {}, b"x")
NO_DICTIONARIES = ("", 0, 5, False, True, [], ["hardware"], [("hardware", "affirming")], {"hardware"})
NO_LISTS = ("", HASH, {}, {HASH: 1}, 0, False, True, [None], [[HASH]], HASH.encode())
NO_NUMBERS = ("300", "", None, True, False, float("nan"), float("inf"), -1, [300])
NO_FUNCTIONS = ("", "abc", 0, 5, False, True, [], {})


class Middleware(unittest.TestCase):
    def refuses(self, name, values):
        for value in values:
            with self.subTest(f"{name}={value!r}"), self.assertRaises(ValueError):
                AttestationRequired(None, **{"service": SERVICE, name: value})

    def test_open_paths(self):
        self.refuses("open_paths", ("/health", "", b"/health", None, 5, True, {"/health": 1}))
        self.refuses("open_paths", ([""], ["health"], [b"/"], [None], ("/health", 5)))
        for paths in (("/health",), ["/health", "/ping"], {"/health"}, frozenset(["/health"]), ()):
            self.assertEqual(AttestationRequired(None, SERVICE, open_paths=paths).open_paths, frozenset(paths))

    def test_others(self):
        self.refuses("service", (*NO_TEXTS, None, "assay.example", "https://"))
        self.refuses("minimum_status", (*NO_TEXTS, None))
        self.refuses("minimum", NO_DICTIONARIES)
        self.refuses("audience", NO_TEXTS)
        self.refuses("nonce", NO_FUNCTIONS)
        self.refuses("client_key", (*NO_FUNCTIONS, None))
        self.refuses("clock", (*NO_FUNCTIONS, None))
        self.refuses("policies", NO_LISTS)
        self.refuses("policies", (["any", "default"], ["any", HASH], ["Default"]))
        self.refuses("references", NO_LISTS)
        self.refuses("references", (["any"], ["default"]))
        self.refuses("freshness", (*NO_TEXTS, None, "Any"))
        self.refuses(
            "measurements", (*NO_DICTIONARIES, {"mr_td": HASH}, {"mrtd": []}, {"mr_td": [HASH]}, {"mr_td": [7]})
        )
        self.refuses("confirmation", (*NO_TEXTS, None))
        self.refuses("max_age", NO_NUMBERS)
        self.refuses("timeout", (*NO_NUMBERS, 0))

    def test_what_is_right(self):
        functions = {"nonce": lambda scope: "n", "client_key": lambda scope: None, "clock": lambda: 0}
        lists = {"policies": (HASH,), "references": [f"sha256:{HASH}"], "minimum": {"hardware": "warning"}}
        AttestationRequired(None, SERVICE, max_age=0, timeout=0.5, audience="a", **functions, **lists)
        AttestationRequired(None, SERVICE, nonce=None, minimum=None, audience=None, policies=None, references=None)


class Checker(unittest.TestCase):
    def setUp(self):
        try:
            from assay_token import Checker, TokenRefused
        except ImportError as error:
            self.skipTest(f"{error.name} is not installed: the Python checker is not asked")
        self.checker, self.refused = Checker, TokenRefused

    def refuses(self, name, values):
        for value in values:
            with self.subTest(f"{name}={value!r}"), self.assertRaises(ValueError):
                self.checker("https://assay.example", keys=[]).check("a.b.c", **{name: value})

    def test_demands(self):
        for name in ("nonce", "audience", "confirmation"):
            self.refuses(name, NO_TEXTS)
        self.refuses("minimum_status", (*NO_TEXTS, None))
        self.refuses("minimum", NO_DICTIONARIES)
        self.refuses("policies", NO_LISTS)
        self.refuses("references", NO_LISTS)
        self.refuses("freshness", (*NO_TEXTS, None, "Any"))
        self.refuses(
            "measurements", (*NO_DICTIONARIES, {"mr_td": HASH}, {"mrtd": []}, {"mr_td": [HASH]}, {"mr_td": [7]})
        )
        self.refuses("skew", (*NO_NUMBERS, 1.5))
        self.refuses("status_list", ("", "false", None, 0, 1, [], {}))

    def test_means(self):
        for name, values in (
            ("issuer", (*NO_TEXTS, None)),
            ("keys", ("", {}, 0, False, "x")),
            ("key_set_url", NO_TEXTS),
            ("default_policies", NO_LISTS),
            *((name, (*NO_FUNCTIONS, None)) for name in ("load", "fetch", "clock")),
        ):
            for value in values:
                with self.subTest(f"{name}={value!r}"), self.assertRaises(ValueError):
                    self.checker(**{"issuer": "https://assay.example", name: value})

    def test_program(self):
        program = [sys.executable, str(INTEGRATIONS / "python/assay_token.py"), "--issuer", "http://127.0.0.1:9"]
        for others, status in ((["executables=none"], 2), (["hardware=none"], 1)):
            tiers = [part for each in ["executables=affirming", *others] for part in ("--minimum", each)]
            result = subprocess.run(program + tiers, input=b"a.b.c", stderr=subprocess.PIPE)
            self.assertEqual(result.returncode, status, result.stderr)

    def test_nothing_demanded(self):
        names = ("nonce", "audience", "minimum", "policies", "references", "confirmation")
        with self.assertRaises(self.refused):
            self.checker("https://assay.example", keys=[]).check("a.b.c", **dict.fromkeys(names))


if __name__ == "__main__":
    unittest.main(verbosity=2)
