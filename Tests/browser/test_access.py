#!/usr/bin/env python3
"""Accessibility of every page and state, as far as axe can tell: no serious and no critical fault."""

import pathlib
import unittest

from browsing import BrowserTest
from mocklog import MockLog

try:
    import axe_core_python

    AXE = next(pathlib.Path(axe_core_python.__file__).parent.rglob("axe.min.js"))
except (ImportError, StopIteration):
    AXE = None


@unittest.skipUnless(AXE, "PyPI's axe-core-python is not installed: accessibility is not checked")
class Access(BrowserTest):
    def faults(self, page):
        # Evaluated by the debugger: the page itself may load nothing but our files.
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            f"{each['impact']} {each['id']}: {node['html'][:160]}"
            for each in found
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]

    def each_look(self):
        for scheme, locale, width in (("light", "en-US", 1280), ("dark", "zh-CN", 1280), ("dark", "en-US", 320)):
            yield self.open_page(color_scheme=scheme, locale=locale, viewport={"width": width, "height": 900})

    def test_verify(self):
        for page in self.each_look():
            page.goto(self.faulty.url + "/")
            page.wait_for_selector("#theme")
            page.click("#more > summary")
            self.assertEqual(self.faults(page), [])
            for name in ("good", "forged", "debug"):
                page.click("#sample-" + name)
                page.wait_for_selector("#opinions[data-state=same]")
                self.assertEqual(self.faults(page), [], name)

    def test_alarm(self):
        def accept(answer):
            answer.json = {**answer.json, "verdict": "accept", "status": "affirming", "failure": None}

        self.faulty.changes["/v1/verdicts"] = accept
        for page in self.each_look():
            page.goto(self.faulty.url + "/")
            page.click("#sample-forged")
            page.wait_for_selector("html[data-alarm]")
            self.assertEqual(self.faults(page), [])

    def test_log_and_status(self):
        log = MockLog(self.faulty.url, count=20)
        again = {"kind": "reappraisal", "verdict": "reject", "first": 4, "changed": ["policy"]}
        log.entries.append({**log.entries[4], **again})
        log.serve(self.faulty)
        for page in self.each_look():
            for query in ("?index=5&verdict=reject", "?index=20"):
                page.goto(self.faulty.url + "/log" + query)
                page.wait_for_selector("#timeline svg")
                self.assertEqual(self.faults(page), [], query)
            page.goto(self.faulty.url + "/status")
            page.wait_for_selector("#state[data-tone=green]")
            self.assertEqual(self.faults(page), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
