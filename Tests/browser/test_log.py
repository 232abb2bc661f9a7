#!/usr/bin/env python3
"""The page "Log": a log that behaves, and one that does not, with good signatures under everything."""

import json
import unittest
import urllib.request

from playwright.sync_api import expect

from browsing import BrowserTest
from faulty import Answer
from mocklog import MockLog


class Log(BrowserTest):
    def setUp(self):
        super().setUp()
        self.log = MockLog(self.faulty.url)
        self.log.serve(self.faulty)

    def open(self, query=""):
        self.page.goto(self.faulty.url + "/log" + query)
        self.page.wait_for_selector("#checkpoint[data-outcome]:not([data-outcome=none])")
        return self.page.get_attribute("#checkpoint", "data-outcome")

    @property
    def is_red(self):
        return self.page.get_attribute("html", "data-alarm") is not None

    def test_first_same_grown(self):
        self.assertEqual(self.open(), "first")
        self.assertEqual(self.open(), "same")
        self.log.entries.append(self.log.verdict(40, self.log.entries[1]["time_ms"]))
        self.assertEqual(self.open(), "grown")
        self.assertFalse(self.is_red)

    def test_older(self):
        self.open()
        full = self.log.entries
        self.log.entries = full[:5]
        self.faulty.served["/audit/v1/consistency"] = lambda *arguments: self.whole(full, *arguments)
        self.assertEqual(self.open(), "older")
        self.assertFalse(self.is_red)

    def whole(self, entries, *arguments):
        short, self.log.entries = self.log.entries, entries
        try:
            return self.log.consistency_answer(*arguments)
        finally:
            self.log.entries = short

    def test_fork(self):
        """An entry this browser has seen committed is rewritten, the log grows, and signs it all."""
        self.open()
        self.log.entries[2] = {**self.log.entries[2], "verdict": "accept", "reasons": []}
        self.log.entries.append(self.log.verdict(41, self.log.entries[1]["time_ms"]))
        self.assertEqual(self.open(), "fork")
        self.assertTrue(self.is_red)
        both = self.page.inner_text("#checkpoint pre")
        self.assertEqual(both.count("\u2014 mock.example"), 2, "both notes are the proof")
        # The page does not forget: the checkpoint that contradicts stays.
        self.assertEqual(self.open(), "fork")

    def test_fork_of_same_size(self):
        self.open()
        self.log.entries[3] = {**self.log.entries[3], "verdict": "accept"}
        self.assertEqual(self.open(), "fork")
        self.assertTrue(self.is_red)

    def test_forged_signature(self):
        def forge(answer):
            answer.body = answer.body.replace(b"\n9\n", b"\n8\n")

        self.faulty.changes["/log/2026/checkpoint"] = forge
        self.assertEqual(self.open(), "forged")
        self.assertTrue(self.is_red)

    def test_changed_key(self):
        self.open()
        other = MockLog(self.faulty.url)
        other.serve(self.faulty)
        self.assertEqual(self.open(), "key")
        self.assertTrue(self.is_red)

    def test_new_name(self):
        """A history under a new name and key, and the one that this browser knows is gone."""
        self.open()
        MockLog(self.faulty.url, origin="mock.example/log/2027").serve(self.faulty)
        self.assertEqual(self.open(), "key")
        self.assertTrue(self.is_red)

    def test_no_proof(self):
        self.allow("503")
        self.open()
        self.log.entries.append(self.log.verdict(42, self.log.entries[1]["time_ms"]))
        self.faulty.served["/audit/v1/consistency"] = lambda *_: MockLog.json({"code": "OVERLOADED"}, 503)
        self.assertEqual(self.open(), "unproven")
        self.assertEqual(self.page.get_attribute("#checkpoint", "data-tone"), "amber")

    def test_entry(self):
        self.open("?index=5")
        self.page.wait_for_selector("#entry[data-proven=true]")
        text = self.page.inner_text("#entry")
        self.assertIn("in the tree", text)
        self.assertIn(self.log.entries[5]["jti"], text)
        self.assertEqual(self.page.locator("#entry .checks li.passed").count(), 3)

    def test_reappraisal(self):
        """A verdict judged again is told as that: from what to what, why, and of which entry; in both languages."""
        first = self.log.entries[4]
        again = {**first, "kind": "reappraisal", "verdict": "reject", "first": 4, "reasons": ["POLICY_TCB_STATUS"]}
        for changed in (["collateral", "policy"], [], ["reference_set"]):
            self.log.entries.append({**again, "changed": changed})
        self.log.entries.append({**again, "verdict": "accept", "changed": ["policy"], "reasons": []})
        self.open("?index=9")
        self.page.wait_for_selector("#entry[data-proven=true]")
        text = self.page.inner_text("#entry")
        self.assertIn("it was accepted, and is rejected now", text)
        self.assertIn("Changed since the last time: the signed documents about its platform and the policy.", text)
        self.assertIn("Reasons: POLICY_TCB_STATUS", text)
        self.assertEqual(self.page.locator("#entry a", has_text="entry 4").get_attribute("href"), "/log?index=4")
        self.assertEqual(self.page.inner_text("#entries tr[data-index='9'] .what"), "judged again: rejected")
        self.assertIn("POLICY_TCB_STATUS", self.page.inner_text("#entries tr[data-index='9']"))
        self.page.click("#language")
        self.assertIn("此前为接受，现为拒绝", self.page.inner_text("#entry"))
        self.assertIn("关于其平台的签名文件、策略", self.page.inner_text("#entry"))
        self.page.click("#language")
        self.open("?index=10")
        self.assertIn("only time has passed", self.page.inner_text("#entry"))
        self.open("?index=12")
        self.assertIn("it was rejected, and is accepted now", self.page.inner_text("#entry"))
        self.assertNotIn("Reasons", self.page.inner_text("#entry .again"))
        # Everything about one verdict, by its identifier.
        self.page.click(f"#entry a[href='/log?jti={first['jti']}']")
        self.page.wait_for_selector("#entries tr[data-index='12']")
        found = self.page.locator("#entries tbody tr").evaluate_all("rows => rows.map((row) => row.dataset.index)")
        self.assertEqual(found, ["12", "11", "10", "9", "4"])
        self.open("?kind=reappraisal")
        self.page.wait_for_selector("#entries tr[data-index='9']")
        self.assertEqual(self.page.locator("#entries tbody tr").count(), 4)

    def test_false_entry(self):
        """The service shows another leaf than the one in the tree."""

        def change(answer):
            value = answer.json
            value["leaf"] = value["leaf"].replace('"verdict":"reject"', '"verdict":"accept"')
            answer.json = value

        self.faulty.changes["/audit/v1/entries/5"] = change
        self.open("?index=5")
        self.page.wait_for_selector("#entry[data-proven=false]")
        self.assertEqual(self.page.locator("#entry li[data-check=inclusion].failed").count(), 1)
        self.assertTrue(self.is_red)

    def test_entry_of_another_history(self):
        """The checkpoint is the old one, and the entry comes with a proof against a rewritten tree."""
        self.open()
        honest = self.log.note()
        self.faulty.served["/log/2026/checkpoint"] = lambda *_: _text(honest)
        self.log.entries[1] = {**self.log.entries[1], "verdict": "accept"}
        self.open("?index=1")
        self.page.wait_for_selector("#entry[data-proven=false]")
        self.assertEqual(self.page.locator("#entry li[data-check=inclusion].passed").count(), 1)
        self.assertEqual(self.page.locator("#entry li[data-check=consistency].failed").count(), 1)
        self.assertTrue(self.is_red)

    def test_filters_are_links(self):
        self.open()
        self.page.wait_for_selector("#entries tr[data-index]")
        self.assertEqual(self.page.locator("#entries tbody tr").count(), 9)
        self.page.click("#filters >> text=rejected")
        self.page.wait_for_selector("#entries tr[data-index]")
        self.assertIn("verdict=reject", self.page.url)
        self.assertEqual(self.page.locator("#entries tbody tr").count(), 2)
        self.assertIn("verdict=reject", self.page.get_attribute("text=Export", "href"))
        self.page.click(".chips .chip")
        self.page.wait_for_selector("#entries tr[data-index]")
        self.assertNotIn("verdict=", self.page.url)

    def test_timeline(self):
        self.open()
        self.page.wait_for_selector("#timeline svg")
        counts = {
            verdict: int(self.page.get_attribute(f"#timeline [data-verdict={verdict}]", "data-count"))
            for verdict in ("accept", "reject", "error")
        }
        self.assertEqual(counts, {"accept": 4, "reject": 2, "error": 2})
        self.assertEqual(self.page.locator("#timeline svg a").count(), 24)
        self.page.locator("#timeline svg a").last.focus()
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**from_ms=*")

    def test_for_auditors_only(self):
        self.allow("401")
        refuse = lambda *_: MockLog.json({"code": "CREDENTIALS_MISSING", "detail": "no token"}, 401)
        for path in ("/audit/v1/entries", "/audit/v1/stats"):
            self.faulty.served[path] = refuse
        self.assertEqual(self.open(), "first")
        expect(self.page.locator("#entries")).to_contain_text("auditors")

    def test_no_log(self):
        self.allow("404", "503")
        self.faulty.served["/log/v1/keys"] = lambda *_: MockLog.json({"code": "NOT_FOUND", "detail": "nothing"}, 404)
        self.assertEqual(self.open(), "absent")

    def test_widths_and_chinese(self):
        for width in (320, 768, 1280):
            with self.subTest(width):
                page = self.open_page(viewport={"width": width, "height": 900}, locale="zh-CN", color_scheme="dark")
                page.goto(self.faulty.url + "/log?index=5")
                page.wait_for_selector("#entry[data-proven=true]")
                page.wait_for_selector("#timeline svg")
                self.assertIn("日志", page.title())
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                self.assertLessEqual(wide, 0, "the page scrolls sideways")


def _text(note):
    return Answer(200, {"Content-Type": "text/plain"}, note.encode())


class RealLog(BrowserTest):
    """The service's own log, as it grows under verdicts."""

    def judge(self, name, tone):
        self.page.goto(self.faulty.url + "/")
        self.page.click("#sample-" + name)
        self.page.wait_for_selector(f"#verdict[data-tone={tone}]")
        self.page.wait_for_selector("#opinions[data-state=same]")

    def test_receipt_to_entry(self):
        self.judge("good", "amber")
        expect(self.page.locator("#receipt-check")).to_contain_text("found the verdict")
        self.page.click("text=Show it in the log")
        self.page.wait_for_selector("#entry[data-proven=true]")
        self.assertIn("accept", self.page.inner_text("#entry"))
        self.assertIn(self.page.get_attribute("#checkpoint", "data-outcome"), ("same", "grown"))
        self.judge("debug", "red")
        self.page.goto(self.faulty.url + "/log?verdict=reject")
        self.page.wait_for_selector("#entries tr[data-index]")
        self.assertEqual(self.page.get_attribute("#checkpoint", "data-outcome"), "same")
        self.assertIn("POLICY_DEBUG", self.page.inner_text("#entries"))
        self.page.wait_for_selector("#timeline svg")
        self.assertGreaterEqual(int(self.page.get_attribute("#timeline [data-verdict=reject]", "data-count")), 1)

    def test_export(self):
        self.judge("good", "amber")
        self.page.goto(self.faulty.url + "/log")
        self.page.wait_for_selector("#entries tr[data-index]")
        with self.page.expect_download() as download:
            self.page.click("text=Export")
        lines = [json.loads(line) for line in open(download.value.path(), encoding="utf-8")]
        self.assertEqual((lines[0]["kind"], lines[-1]["kind"]), ("header", "trailer"))
        self.assertEqual(lines[-1]["count"], len(lines) - 2)

    def test_reappraisal_of_a_real_log(self):
        service, revoke = self.world.revocable(self.pccs, f"issuer={self.faulty.url}")
        self.faulty.upstream = service
        headers = {"Content-Type": "application/octet-stream"}
        request = urllib.request.Request(service + "/v1/verdicts", self.world.quote(), headers)
        given = json.load(urllib.request.urlopen(request, timeout=60))
        revoke(given["token"])
        self.page.goto(self.faulty.url + "/log?kind=reappraisal")
        self.page.click("#entries tr[data-index] a")
        self.page.wait_for_selector("#entry[data-proven=true]")
        text = self.page.inner_text("#entry")
        self.assertIn("it was accepted, and is rejected now", text)
        self.assertIn("Changed since the last time: the policy.", text)
        self.assertIn("POLICY_REPORT_DATA", text)
        self.page.click(f"#entry a[href='/log?jti={given['id']}']")
        self.page.wait_for_selector("#entries tr[data-index]")
        self.assertEqual(self.page.locator("#entries tbody tr").count(), 2)

    def test_receipt_of_another(self):
        """A receipt that holds, of another verdict."""
        kept = []

        def replace(answer):
            value = answer.json
            kept.append(value["log"])
            value["log"] = kept[0]
            answer.json = value

        self.faulty.changes["/v1/verdicts"] = replace
        self.judge("good", "amber")
        self.page.goto(self.faulty.url + "/")
        self.page.click("#sample-good")
        self.page.wait_for_selector("html[data-alarm]")
        self.assertIn("receipt", self.page.inner_text("#alarm"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
