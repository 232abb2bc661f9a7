#!/usr/bin/env python3
"""The page "Verify" in every state."""

import base64
import hashlib
import json
import os
import pathlib
import re
import ssl
import threading
import time
import unittest
import urllib.request

from playwright.sync_api import expect

from browsing import BrowserTest
from faulty import Answer
from world import REPOSITORY


class Serving(BrowserTest):
    """How the files come: from memory, named by their content, under a policy."""

    def get(self, path, method="GET", **headers):
        request = urllib.request.Request(self.service + path, method=method, headers=headers)
        try:
            return urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            return error

    def test_documents(self):
        for path in ("/", "/status"):
            with self.subTest(path):
                answer = self.get(path)
                self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
                policy = answer.headers["Content-Security-Policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertIn("frame-ancestors 'none'", policy)
                self.assertNotIn("unsafe", policy)
                self.assertEqual(answer.headers["X-Frame-Options"], "DENY")
                body = answer.read()
                self.assertNotIn(b"style=", body)
                again = self.get(path, **{"If-None-Match": 'W/"other", W/' + answer.headers["ETag"]})
                self.assertEqual((again.status, again.read()), (304, b""))
                head = self.get(path, method="HEAD")
                self.assertEqual((head.headers["Content-Length"], head.read()), (str(len(body)), b""))
                self.assertEqual(self.get(path, method="POST").status, 405)

    def test_types(self):
        for name, kind in (("style.css", "text/css"), ("page.js", "text/javascript"), ("icon.svg", "image/svg+xml")):
            answer = self.get("/pages/" + name)
            self.assertTrue(answer.headers["Content-Type"].startswith(kind))
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.get("/pages/../Package.swift").status, 404)
        self.assertEqual(self.get("/pages/nothing.js").status, 404)


class Verify(BrowserTest):
    def give(self, quote, name="quote.bin"):
        file = pathlib.Path(self.world.path) / name
        file.write_bytes(quote)
        self.page.goto(self.faulty.url + "/")
        self.page.set_input_files("#file", file)
        expect(self.page.locator("#input-note")).to_contain_text(re.compile("bytes|字节"))

    def verify(self, quote):
        self.give(quote)
        self.page.click("#verify")
        return self.verdict()

    def verdict(self):
        self.page.wait_for_selector("#verdict[data-name]:not([data-name=busy]):not([data-name=none])")
        return self.page.get_attribute("#verdict", "data-name"), self.page.get_attribute("#verdict", "data-tone")

    def stage(self, name):
        return self.page.get_attribute(f"#path > li[data-stage={name}]", "class")

    def test_good(self):
        self.assertEqual(self.verify(self.world.quote()), ("other-root", "amber"))
        self.assertIn("not trust Intel", self.page.inner_text("#root-banner"))
        # Whose signatures it was computed from is said, and that it is not Intel's.
        self.opinion()
        der = ssl.PEM_cert_to_DER_cert((self.world.path / "root.pem").read_text())
        root = hashlib.sha256(der).hexdigest()[:16]
        note = self.page.inner_text("#opinions [data-who=browser] .note")
        self.assertIn(f"under the root that the operator named (SHA-256 {root}…), which is not Intel’s", note)
        self.assertEqual(self.page.inner_text("#path-title"), "From the operator’s root to the software")
        self.assertIn("The operator’s root", self.page.inner_text("#path li[data-stage=root]"))
        for name in ("root", "certificates", "collateral", "platform", "tcb", "td"):
            self.assertEqual(self.stage(name), "passed", name)
        self.assertEqual(self.stage("policy"), "open")
        self.assertIn("NOT_FRESH", self.page.inner_text("#verdict"))
        self.assertIn("mr_td", self.page.inner_text("#facts"))

    def test_clauses(self):
        """The id of every check leads to the place in a specification that its clause names, in both languages."""
        for locale in ("en-US", "zh-CN"):
            with self.subTest(locale):
                answers = []
                self.faulty.changes["/v1/verdicts"] = lambda answer: answers.append(answer.json)
                self.page = self.open_page(locale=locale)
                self.verify(self.world.quote())
                links = self.page.eval_on_selector_all(
                    "#path .checks .id a", "all => all.map((each) => [each.textContent, each.getAttribute('href')])"
                )
                paths = dict(links)
                self.assertEqual(set(paths), {check["id"] for check in answers[0]["checks"]})
                self.assertEqual(paths["pck.root"], "/docs/spec/dcap#B3")
        for path in sorted(set(paths.values())):
            page, anchor = path.split("#")
            self.page.goto(f"{self.faulty.url}{page}#{anchor}")
            self.assertEqual(self.page.locator(f'[id="{anchor}"]').count(), 1, path)
            self.assertEqual(self.page.locator(":target").get_attribute("id"), anchor)

    @property
    def is_red(self):
        return self.page.get_attribute("html", "data-alarm") is not None

    def opinion(self):
        """The browser's own verdict, once it has one."""
        self.page.wait_for_selector("#opinions[data-state=same], #opinions[data-state=different]")
        return self.page.get_attribute("#opinions [data-who=browser]", "data-verdict")

    def test_two_opinions(self):
        for mutation, wanted in ((None, "accept"), (48, "reject"), (196, "reject"), ("status-OutOfDate", "reject")):
            with self.subTest(mutation):
                self.verify(self.world.quote(mutation))
                self.assertEqual(self.opinion(), wanted)
                self.assertEqual(self.page.get_attribute("#opinions", "data-state"), "same")
                self.assertFalse(self.is_red)

    def accept(self, answer):
        """What a server writes that lies as well as it can: the verdict of a good quote."""
        answer.status = 200
        answer.json = {**self.good, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}

    def test_lying_server(self):
        """The service says accept for what is forged, out of date or a debug TD: the page turns red."""
        answers = []
        self.faulty.changes["/v1/verdicts"] = lambda answer: answers.append(answer.json)
        self.verify(self.world.quote())
        self.opinion()
        self.good = answers[0]
        self.faulty.changes["/v1/verdicts"] = self.accept
        for mutation in (48, 53, 60, 66, 77, 196, "status-OutOfDate", "status-Revoked", 150):
            with self.subTest(mutation):
                self.verify(self.world.quote(mutation))
                self.page.wait_for_selector("html[data-alarm]")
                self.assertEqual(self.verdict(), ("alarm", "red"))
                self.assertIn("Do not trust", self.page.inner_text("#alarm"))

    def test_lying_about_the_root(self):
        """The simulator's quote, and a service that says it is Intel's: the browser knows Intel's key."""

        def claim(answer):
            value = answer.json
            value.update(status="affirming", trust_root={"name": "Intel SGX Root CA", "intel": True})
            answer.json = value

        self.faulty.changes["/v1/verdicts"] = claim
        self.verify(self.world.quote())
        self.page.wait_for_selector("html[data-alarm]")
        self.assertIn("PCK_ROOT_UNTRUSTED", self.page.inner_text("#opinions"))

    def test_lying_about_measurements(self):
        def change(answer):
            value = answer.json
            value["quote"]["body"]["mr_td"] = "ab" * 48
            answer.json = value

        self.faulty.changes["/v1/verdicts"] = change
        self.verify(self.world.quote())
        self.page.wait_for_selector("html[data-alarm]")
        self.assertIn("mr_td", self.page.inner_text("#opinions"))

    def test_rejecting_what_is_good(self):
        def refuse(answer):
            value = answer.json
            value.update(verdict="reject", status="contraindicated", reasons=["POLICY_DEBUG"])
            answer.json = value

        self.faulty.changes["/v1/verdicts"] = refuse
        self.verify(self.world.quote())
        self.page.wait_for_selector("html[data-alarm]")

    def test_withheld_collateral(self):
        """Who gives the browser nothing to check with gets no green."""
        self.allow("404")

        def affirm(answer):
            value = answer.json
            value.update(status="affirming", reasons=[], trust_root={"name": "Intel SGX Root CA", "intel": True})
            answer.json = value

        self.faulty.changes["/v1/verdicts"] = affirm
        self.faulty.changes["/v1/collateral"] = lambda answer: setattr(answer, "status", 404)
        self.verify(self.world.quote())
        self.page.wait_for_selector("#opinions [data-who=browser] .note:not(:empty)")
        self.assertNotEqual(self.page.get_attribute("#verdict", "data-tone"), "green")

    def test_tampered_token(self):
        def swap(answer):
            value = answer.json
            head, body, signature = value["token"].split(".")
            flipped = ("A" if signature[10] != "A" else "B") + signature[11:]
            value["token"] = f"{head}.{body}.{signature[:10]}{flipped}"
            answer.json = value

        self.verify(self.world.quote())
        self.opinion()
        expect(self.page.locator("#token-check")).to_contain_text("checked its signature")
        self.faulty.changes["/v1/verdicts"] = swap
        self.verify(self.world.quote())
        self.page.wait_for_selector("html[data-alarm]")
        self.assertIn("token", self.page.inner_text("#alarm"))

    BADGE = b"""<!doctype html><html lang=en><title>Elsewhere</title><link rel=icon href="data:,">
    <assay-badge></assay-badge><script type=module>
        const service = new URLSearchParams(location.search).get('service');
        const { discoverKeys, verifyToken } = await import(`${service}/assay.js`);
        await import(`${service}/assay-badge.js`);
        window.check = async (token) => {
          const found = await verifyToken(token, { ...await discoverKeys(service), minimumStatus: 'warning', freshness: 'any' });
          document.querySelector('assay-badge').token = found;
          return found.checks.find(({ id }) => id === 'token.revocation');
        };
    </script>"""

    def test_revoked_token_on_another_site(self):
        """The badge of a token that the service has withdrawn turns red and says why; a list kept back says nothing."""
        service, revoke = self.world.revocable(self.pccs)
        headers = {"Content-Type": "application/octet-stream"}
        request = urllib.request.Request(service + "/v1/verdicts", self.world.quote(), headers)
        token = json.load(urllib.request.urlopen(request, timeout=60))["token"]
        self.faulty.served["/elsewhere"] = lambda *_: Answer(200, {"Content-Type": "text/html"}, self.BADGE)
        self.page.goto(f"{self.faulty.url}/elsewhere?service={service}")
        self.page.wait_for_function("window.check")
        badge = self.page.locator("assay-badge")
        self.assertEqual(self.page.evaluate("check", token)["outcome"], "passed")
        expect(badge).to_have_attribute("state", "amber")
        revoke(token)
        check = self.page.evaluate("check", token)
        self.assertEqual((check["outcome"], check["found"]), ("failed", "status 1"))
        expect(badge).to_have_attribute("state", "red")
        badge.hover()
        expect(badge.locator(".panel")).to_contain_text("has withdrawn this token")
        # Kept back, the list says nothing; the check says that.
        self.page.route("**/v1/status-list/**", lambda route: route.abort())
        self.allow("net::ERR_FAILED")
        check = self.page.evaluate("check", token)
        self.assertEqual(check["outcome"], "not_performed")
        self.assertIn("UNREACHABLE", check["reason"])

    def test_answer_played_back(self):
        """An accept that was true once: its token has been withdrawn, and the page says so."""
        service, revoke = self.world.revocable(self.pccs, f"issuer={self.faulty.url}")
        self.faulty.upstream = service
        kept = []
        self.faulty.changes["/v1/verdicts"] = lambda answer: kept.append(answer.body)
        quote = self.world.quote()
        self.assertEqual(self.verify(quote), ("other-root", "amber"))
        # The service starts anew: what the page still asks of it would fail.
        self.opinion()
        self.quiet()
        revoke(json.loads(kept[0])["token"])

        def replay(answer):
            answer.status, answer.body = 200, kept[0]

        self.faulty.changes["/v1/verdicts"] = replay
        self.verify(quote)
        self.page.wait_for_selector("html[data-alarm]")
        self.assertIn("has withdrawn the token", self.page.inner_text("#alarm"))

    def test_token_of_another_verdict(self):
        kept = []

        def replace(answer):
            value = answer.json
            kept.append(value["token"])
            value["token"] = kept[0]
            answer.json = value

        self.faulty.changes["/v1/verdicts"] = replace
        self.verify(self.world.quote())
        self.opinion()
        self.assertFalse(self.is_red)
        self.verify(self.world.quote())
        self.page.wait_for_selector("html[data-alarm]")

    def test_never_green_under_another_root(self):
        def affirm(answer):
            answer.json = {**answer.json, "status": "affirming", "reasons": [], "token": None}

        self.faulty.changes["/v1/verdicts"] = affirm
        self.assertEqual(self.verify(self.world.quote()), ("other-root", "amber"))

    def test_rejects(self):
        cases = {
            "forged": (48, "refused", "QUOTE_SIGNATURE_INVALID", "td"),
            "debug": (196, "denied", "POLICY_DEBUG", "td"),
            "out of date": ("status-OutOfDate", "denied", "POLICY_TCB_STATUS", "policy"),
            "look-alike root": (66, "refused", "PCK_ROOT_UNTRUSTED", "root"),
            "of another platform": (60, "refused", "QE_REPORT_SIGNATURE_INVALID", "platform"),
        }
        for name, (mutation, headline, code, stage) in cases.items():
            with self.subTest(name):
                self.assertEqual(self.verify(self.world.quote(mutation)), (headline, "red"))
                self.assertIn(code, self.page.inner_text("#verdict"))
                self.assertEqual(self.stage(stage), "failed")
                self.assertNotIn("code.", self.page.inner_text("#verdict"), "a key in place of words")
                self.assertTrue(self.page.is_visible(f"#path li[data-stage={stage}] .fix"), "what to do is not shown")

    def test_forms(self):
        quote = self.world.quote()
        forms = {
            "hex": quote.hex(),
            "hex with breaks": "0x" + "\n".join(quote.hex()[at : at + 64] for at in range(0, len(quote) * 2, 64)),
            "base64": base64.encodebytes(quote).decode(),
            "base64url": base64.urlsafe_b64encode(quote).decode().rstrip("="),
            "JSON": '{"quote":"%s"}' % base64.b64encode(quote).decode(),
        }
        self.page.goto(self.faulty.url + "/")
        for name, text in forms.items():
            with self.subTest(name):
                self.page.fill("#paste", text)
                self.assertIn(f"{len(quote)} bytes", self.page.inner_text("#input-note"))
                self.page.click("#verify")
                self.assertEqual(self.verdict(), ("other-root", "amber"))
                self.page.click("#clear")

    def test_what_is_no_quote(self):
        self.page.goto(self.faulty.url + "/")
        self.page.click("#verify")
        self.assertIn("Give a quote", self.page.inner_text("#input-note"))
        self.page.fill("#paste", "this is not a quote!")
        self.page.click("#verify")
        self.assertIn("neither", self.page.inner_text("#input-note"))
        self.allow("400 (Bad Request)")
        self.page.fill("#paste", "00112233445566778899")
        self.page.click("#verify")
        self.assertEqual(self.verdict(), ("malformed", "red"))

    def test_nonce(self):
        quote = self.world.quote()
        self.give(quote)
        self.page.click("#more > summary")
        self.page.fill("#nonce", "zz")
        self.page.click("#verify")
        self.assertIn("16 to 64 bytes", self.page.inner_text("#nonce-note"))
        self.page.fill("#nonce", "00" * 31 + "01")
        self.page.click("#verify")
        self.assertEqual(self.verdict(), ("denied", "red"))
        self.assertIn("POLICY_REPORT_DATA", self.page.inner_text("#verdict"))
        # The quote's own report_data, all 64 bytes of it, is what `raw` compares.
        at = 48 + 6 + 520
        self.page.fill("#nonce", quote[at : at + 64].hex())
        self.page.click("#verify")
        self.page.wait_for_selector("#verdict[data-name=other-root]")
        self.assertNotIn("NOT_FRESH", self.page.inner_text("#verdict"))

    def test_unknown_policy(self):
        self.allow("400 (Bad Request)")
        self.give(self.world.quote())
        self.page.click("#more > summary")
        self.page.fill("#policy", "no-such-policy")
        self.page.click("#verify")
        self.assertEqual(self.verdict(), ("wrong", "grey"))
        self.assertIn("POLICY_UNKNOWN", self.page.inner_text("#verdict"))

    def test_link_reproduces(self):
        self.assertEqual(self.verify(self.world.quote(196)), ("denied", "red"))
        link = self.page.get_attribute("#again", "href")
        self.assertLess(len(link), 8_000)
        self.page.goto("about:blank")
        self.page.goto(link)
        self.assertEqual(self.verdict(), ("denied", "red"))

    def test_samples(self):
        self.page.goto(self.faulty.url + "/")
        for name, wanted in (("good", "other-root"), ("forged", "refused"), ("debug", "denied")):
            self.page.click("#sample-" + name)
            self.page.wait_for_selector(f"#verdict[data-name={wanted}]")

    def test_service_down(self):
        self.allow("ERR_", "Failed to load resource")
        self.faulty.changes["/v1/verdicts"] = lambda answer: setattr(answer, "status", 0)
        self.assertEqual(self.verify(self.world.quote()), ("unreachable", "grey"))
        self.faulty.reset()
        self.page.click("#verdict button")
        self.page.wait_for_selector("#verdict[data-name=other-root]")

    def test_collateral_unreachable(self):
        self.allow("503 (Service Unavailable)", "502 (Bad Gateway)", "404 (Not Found)")
        lost = self.world.service("http://127.0.0.1:9/sgx/certification/v4/")
        self.faulty.upstream = lost
        self.assertEqual(self.verify(self.world.quote()), ("undecided", "grey"))
        self.assertIn("COLLATERAL_UNAVAILABLE", self.page.inner_text("#verdict"))
        self.assertEqual(self.stage("collateral"), "failed")
        self.assertFalse(self.page.locator("#evidence pre").filter(has_text="eyJ").count(), "a token without a verdict")

    def test_expired_collateral(self):
        """A PCCS that has nothing newer than what ended long ago: the policy refuses, and so does the browser."""
        old = self.world.service(self.world.pccs(at="2026-01-15T00:00:00Z"), f"issuer={self.faulty.url}")
        self.faulty.upstream = old
        self.assertEqual(self.verify(self.world.quote()), ("denied", "red"))
        self.assertIn("POLICY_COLLATERAL_EXPIRED", self.page.inner_text("#verdict"))
        self.assertEqual(self.opinion(), "reject")
        self.assertFalse(self.is_red)
        self.page.goto(self.faulty.url + "/status")
        self.page.wait_for_selector("#sets tr.expired")

    def test_real_quote_under_intels_root(self):
        """A real platform and what Intel signed for it: both follow it to Intel's own root, and see that it has ended."""
        corpus = pathlib.Path(os.environ.get("ASSAY_CORPUS", REPOSITORY.parent / "shared/corpus"))
        quote = corpus / "quotes/tdx-v5-td15-90c06f000000-gotdx-cf77a6e9.bin"
        name = "collateral/bundles/assembled-tdx-v3-90c06f000000-20260316-ev18-e96b30/collateral.json"
        if not (corpus / name).is_file():
            self.skipTest(f"no public test data at {corpus}")
        pccs = self.world.pccs("--bundle", str(corpus / name))
        self.faulty.upstream = self.world.service(pccs, f"issuer={self.faulty.url}", root=False)
        self.assertEqual(self.verify(quote.read_bytes()), ("denied", "red"))
        self.assertIn("POLICY_COLLATERAL_EXPIRED", self.page.inner_text("#verdict"))
        self.assertEqual(self.stage("root"), "passed")
        self.assertEqual(self.opinion(), "reject")
        self.assertIn("signed under Intel’s root", self.page.inner_text("#opinions [data-who=browser] .note"))
        self.assertEqual(self.page.inner_text("#path-title"), "From Intel’s root to the software")
        self.assertFalse(self.is_red)
        self.assertTrue(self.page.is_hidden("#root-banner"))
        # The samples are nobody's but the simulator's: Intel's root refuses them.
        self.page.click("#sample-good")
        self.page.wait_for_selector("#verdict[data-name=refused]")
        self.assertIn("PCK_ROOT_UNTRUSTED", self.page.inner_text("#verdict"))

    def test_progress(self):
        seen = threading.Event()
        self.addCleanup(seen.set)
        self.faulty.changes["/v1/verdicts"] = lambda answer: seen.wait(120)
        self.give(self.world.quote())
        self.page.click("#verify")
        self.page.wait_for_selector("#verdict[data-name=busy]")
        self.assertTrue(self.page.is_disabled("#verify"))
        expect(self.page.locator("#verdict")).to_contain_text("being fetched")
        seen.set()
        self.page.wait_for_selector("#verdict[data-name=other-root]")

    def test_languages_and_themes(self):
        page = self.open_page(locale="zh-CN", color_scheme="dark")
        page.goto(self.faulty.url + "/")
        expect(page).to_have_title("验证 · Assay")
        self.assertEqual(page.get_attribute("html", "lang"), "zh")
        page.click("#sample-forged")
        page.wait_for_selector("#verdict[data-name=refused]")
        self.assertIn("不要信任", page.inner_text("#verdict"))
        # What was found, too, and not only the words around it.
        self.assertIn("实际: 无法验证的签名", page.inner_text("#verdict").replace("：", ": "))
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.click("#theme")
        self.assertNotEqual(page.evaluate("getComputedStyle(document.body).backgroundColor"), dark)
        page.click("#language")
        self.assertIn("Do not trust", page.inner_text("#verdict"))
        page.reload()
        expect(page).to_have_title("Verify · Assay")
        self.assertEqual(page.get_attribute("html", "lang"), "en")

    def test_no_overflow_and_no_jump(self):
        for width in (320, 768, 1280):
            with self.subTest(width):
                page = self.open_page(viewport={"width": width, "height": 900})
                page.add_init_script(
                    "window.shift = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())"
                    " if (!entry.hadRecentInput) shift += entry.value; }).observe({type: 'layout-shift', buffered: true});"
                )
                page.goto(self.faulty.url + "/")
                page.wait_for_selector("#samples button")
                page.wait_for_timeout(300)
                self.assertLess(page.evaluate("shift"), 0.05, "the page jumped while loading")
                page.click("#sample-forged")
                page.wait_for_selector("#details:not([hidden])")
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                self.assertLessEqual(wide, 0, "the page scrolls sideways")

    def test_keyboard(self):
        self.page.goto(self.faulty.url + "/")
        self.page.wait_for_selector("#samples button")
        self.page.keyboard.press("Tab")
        self.assertEqual(self.page.evaluate("document.activeElement.className"), "skip")
        reached = set()
        for _ in range(25):
            self.page.keyboard.press("Tab")
            reached.add(self.page.evaluate("document.activeElement.id"))
        self.assertLessEqual({"language", "theme", "file", "paste", "verify", "clear", "sample-good"}, reached)
        self.page.focus("#sample-forged")
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#verdict[data-name=refused]")
        expect(self.page.locator("#verdict")).to_be_focused()

    def test_status_page(self):
        self.assertEqual(self.verify(self.world.quote()), ("other-root", "amber"))
        self.page.goto(self.faulty.url + "/status")
        self.page.wait_for_selector("#sets tr[data-fmspc]")
        row = self.page.inner_text("#sets tr[data-fmspc]")
        self.assertIn("90c06f000000", row)
        self.assertIn("left", row)
        self.assertEqual(self.page.get_attribute("#state", "data-tone"), "green")

        def expire(answer):
            value = answer.json
            value["status"] = "not_ready"
            value["signing_key"] = False
            value["collateral"][0].update(expired=True, next_update="2020-01-01T00:00:00Z", early_evaluation_number=21)
            answer.json = value

        self.faulty.changes["/readyz"] = expire
        self.page.reload()
        self.page.wait_for_selector("#state[data-tone=red]")
        row = self.page.inner_text("#sets tr.expired")
        self.assertIn("expired", row)
        self.assertIn("ahead", row)


if __name__ == "__main__":
    unittest.main(verbosity=2)
