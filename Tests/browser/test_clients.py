#!/usr/bin/env python3
"""Confidential Computing Zoo's flow in a browser, from another origin: the old client beside the one that verifies."""

import base64
import unittest
import urllib.request

from browsing import BrowserTest
from faulty import Answer
from world import REPOSITORY

CLIENT = REPOSITORY / "integrations/open-webui/acs-attest-client/index.js"
REPORT_DATA = slice(48 + 6 + 520, 48 + 6 + 584)


class Clients(BrowserTest):
    PAGE = b"""<!doctype html><html lang=en><title>A chat page</title><link rel=icon href="data:,"><script type=module>
        import * as ours from '/client/index.js';
        window.flow = async (service, trustRoot, quote, bound) => {
          ours.configure({ service, trustRoot });
          try {
            const claims = await ours.verify_apprasial_token(await ours.attest(quote, bound));
            return ['green', claims.ear_status];
          } catch (error) {
            return ['red', error.code ?? `${error}`];
          }
        };
    </script></html>"""

    def setUp(self):
        super().setUp()
        # As its README says: copied once, from the service.
        assay = urllib.request.urlopen(f"{self.service}/assay.js", timeout=60)
        for path, kind, body in (
            ("/client/index.js", "text/javascript", CLIENT.read_bytes()),
            ("/client/assay.js", "text/javascript", assay.read()),
            ("/new", "text/html", self.PAGE),
            ("/old", "text/html", (REPOSITORY / "Tests/interop/page.html").read_bytes()),
            ("/favicon.ico", "image/x-icon", b""),
        ):
            self.faulty.served[path] = lambda *_, kind=kind, body=body: Answer(200, {"Content-Type": kind}, body)

    def new(self, service, quote, bound=None):
        """What the page shows, and the status or the code beside it."""
        root = (self.world.path / "root.pem").read_text()
        self.page.goto(self.faulty.url + "/new")
        self.page.wait_for_function("window.flow")
        arguments = [service, root, quote.hex(), bound or {}]
        return self.page.evaluate("(given) => flow(...given)", arguments)

    def old(self, service, quote):
        self.page.goto(self.faulty.url + "/old")
        self.page.evaluate("([service, quote]) => attest(service, quote)", [service, quote.hex()])
        return self.page.get_attribute("#light", "class")

    def test_replayed_quote(self):
        """A quote without a nonce is good for whoever has recorded it: the old client is green, ours says why it is not."""
        service = self.world.service(self.pccs)
        quote = self.world.quote()
        for _ in range(2):
            self.assertEqual(self.old(service, quote), "green")
            self.assertEqual(self.new(service, quote), ["red", "NOT_FRESH"])
        nonce = base64.urlsafe_b64encode(quote[REPORT_DATA]).rstrip(b"=").decode()
        self.assertEqual(self.new(service, quote, {"nonce": nonce, "scheme": "raw"}), ["green", "warning"])
        bound = {"nonce": "AQEBAQEBAQEBAQEBAQEBAQ", "scheme": "raw"}
        self.assertEqual(self.new(service, quote, bound), ["red", "POLICY_REPORT_DATA"])

    def test_forged_quote(self):
        service = self.world.service(self.pccs)
        forged = self.world.quote(mutation=48)
        self.allow("the server responded with a status")
        self.assertEqual(self.new(service, forged), ["red", "QUOTE_SIGNATURE_INVALID"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
