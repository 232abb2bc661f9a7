#!/usr/bin/env python3
"""Answers of a service in another shape than they should have, put to the ASGI middleware: refused, never passed over."""

import asyncio
import pathlib
import sys
import unittest

INTEGRATIONS = pathlib.Path(__file__).resolve().parents[2] / "integrations"
sys.path[:0] = [str(INTEGRATIONS / "asgi")]

from assay_asgi import AttestationRequired  # noqa: E402

GOOD = {"ear_status": "affirming", "ear_trustworthiness_vector": {"hardware": 2}}
FRESH = {"reasons": [], "evaluation-reports": [{"policy-hash": "ab" * 32}], "default_policy_sha256": "ab" * 32}
NO_OBJECTS = ("a.b.c", 7, None, True, [GOOD], ["a"], 2.5)
NO_VECTORS = ("a", 7, None, True, [2], {"hardware": "2"}, {"hardware": None}, {"hardware": 2.0}, {"hardware": True})


class Answers(unittest.TestCase):
    def said(self, answer, **demands):
        """The status that the middleware refuses with; 200 where the application is reached."""
        gate = AttestationRequired(self.application, "https://assay.example", clock=lambda: 1000, **demands)
        gate.introspect = lambda _: {"active": True, "ear_status": "affirming", "iat": 1000, **FRESH, **answer}
        said = []

        async def send(message):
            said.append(message.get("status"))

        scope = {"type": "http", "path": "/", "headers": [(b"authorization", b"Bearer a.b.c")]}
        asyncio.run(gate(scope, None, send))
        return said[0]

    @staticmethod
    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})

    def test_submods(self):
        for demands in ({}, {"minimum": {"hardware": "affirming"}}, {"minimum": {"hardware": "none"}}):
            self.assertEqual(self.said({"submods": {"tdx": GOOD}}, **demands), 200)
            for other in NO_OBJECTS:
                with self.subTest(f"{other!r} under {demands}"):
                    self.assertEqual(self.said({"submods": other}, **demands), 403)
                    self.assertEqual(self.said({"submods": {"tdx": GOOD, "gpu_0": other}}, **demands), 403)
            for vector in (*NO_VECTORS, {"hardware": 258}):
                for name in ("ear_trustworthiness_vector", "ear.trustworthiness-vector"):
                    with self.subTest(f"{name} {vector!r} under {demands}"):
                        self.assertEqual(self.said({"submods": {"tdx": GOOD, "gpu_0": {name: vector}}}, **demands), 403)

    def test_no_submods(self):
        self.assertEqual(self.said({}), 200)
        self.assertEqual(self.said({}, minimum={"hardware": "none"}), 403)

    def test_freshness_and_policy(self):
        for answer in (
            {"reasons": ["NOT_FRESH"]},
            {"reasons": None},
            {"reasons": "NONE"},
            {"default_policy_sha256": "cd" * 32},
            {"default_policy_sha256": None},
            {"default_policy_sha256": ["ab" * 32]},
            {"evaluation-reports": []},
        ):
            with self.subTest(f"{answer}"):
                self.assertEqual(self.said(answer), 403)
                self.assertEqual(self.said(answer, freshness="any", policies=["any"]), 200)

    def test_others(self):
        for answer in (
            {"iat": True},
            {"iat": "1000"},
            {"iat": 1000.0},
            {"ear_status": ["affirming"]},
            {"active": "true"},
        ):
            with self.subTest(f"{answer}"):
                self.assertIn(self.said(answer), (401, 403))


if __name__ == "__main__":
    unittest.main(verbosity=2)
