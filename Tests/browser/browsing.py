"""What every browser test needs: one Chromium, pages that are watched, one simulated world."""

import os
import unittest
import urllib.parse

from playwright.sync_api import expect, sync_playwright

from faulty import FaultyServer
from world import World

# For everything that a page is to show: a busy machine takes its time.
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)


class BrowserTest(unittest.TestCase):
    """Each test gets a page of its own. What the page says on its console, and whom it asks, is looked at when it ends."""

    viewport = {"width": 1280, "height": 900}

    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.__exit__)
        cls.pccs = cls.world.pccs()
        # In front, as a reverse proxy is: the service's tokens name it as their issuer.
        cls.faulty = FaultyServer(pages=os.environ.get("PAGES_FROM"))
        cls.addClassCleanup(cls.faulty.__exit__)
        cls.service = cls.world.service(cls.pccs, f"issuer={cls.faulty.url}")
        cls.faulty.upstream = cls.service
        playwright = sync_playwright().start()
        cls.addClassCleanup(playwright.stop)
        cls.chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        cls.addClassCleanup(cls.chromium.close)

    def setUp(self):
        self.faulty.reset()
        self.faulty.upstream = self.service
        self.allowed = []
        self.said = []
        self.hosts = set()
        self.under_way = set()
        self.page = self.open_page()

    def open_page(self, **options):
        context = self.chromium.new_context(**{"viewport": self.viewport, "locale": "en-US", **options})
        self.addCleanup(context.close)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(f"exception: {error}"))
        page.on("request", lambda request: self.hosts.add(urllib.parse.urlsplit(request.url).netloc))
        page.on("request", lambda request: self.under_way.add(request))
        page.on("requestfinished", lambda request: self.under_way.discard(request))
        page.on("requestfailed", lambda request: self.under_way.discard(request))
        return page

    def quiet(self):
        """Until the page waits for nothing more: a service may then go away."""
        for _ in range(PATIENCE_MS // 50):
            if not self.under_way:
                return
            self.page.wait_for_timeout(50)
        self.fail(f"still under way: {[request.url for request in self.under_way]}")

    def allow(self, *texts):
        """The browser itself writes a line for each answer that is no success; a test that wants one says so."""
        self.allowed += texts

    def tearDown(self):
        unexpected = [text for text in self.said if not any(allowed in text for allowed in self.allowed)]
        self.assertEqual(unexpected, [], "the console is not clean")
        self.assertLessEqual({host.split(":")[0] for host in self.hosts}, {"127.0.0.1", ""}, "an external request")
