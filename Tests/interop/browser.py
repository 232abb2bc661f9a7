#!/usr/bin/env python3
"""Confidential Computing Zoo's page in a real browser, from another origin than the service.

    browser.py SERVICE GOOD FORGED MR_TD [SCREENSHOTS]

Green with the quote's measurement for GOOD, red with the reason for FORGED.
"""

import functools
import http.server
import pathlib
import shutil
import sys
import threading

from playwright.sync_api import sync_playwright

BROWSERS = ["chromium", "chromium-browser", "google-chrome"]


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Keeps the output to what was found."""


def main():
    service, good, forged, measurement = sys.argv[1:5]
    screenshots = pathlib.Path(sys.argv[5]) if len(sys.argv) > 5 else None
    handler = functools.partial(Handler, directory=pathlib.Path(__file__).parent)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://localhost:{server.server_port}"
    executable = next(path for path in map(shutil.which, BROWSERS) if path)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for name, path, color in [("good", good, "green"), ("forged", forged, "red")]:
            page = browser.new_page(viewport={"width": 1000, "height": 560})
            page.set_default_timeout(120_000)
            page.goto(f"{origin}/page.html")
            page.evaluate("([service, quote]) => attest(service, quote)", [service, pathlib.Path(path).read_bytes().hex()])
            assert page.get_attribute("#light", "class") == color, (name, page.inner_text("body"))
            if color == "green":
                assert page.inner_text("#mr_td") == measurement, page.inner_text("#mr_td")
                assert page.inner_text("#tee") == "tdx"
            else:
                assert "QUOTE_SIGNATURE_INVALID" in page.inner_text("#reason"), page.inner_text("#reason")
            if screenshots:
                page.screenshot(path=screenshots / f"{name}.png")
            print(f"browser: the {name} quote is {color}, asked from {origin}")
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
