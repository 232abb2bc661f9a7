#!/usr/bin/env python3
"""Makes the pictures in docs/images: `python3 Tests/browser/screenshots.py [FOLDER]`. Needs Pillow, to make them small."""

import io
import pathlib
import sys

from PIL import Image

from browsing import BrowserTest
from mocklog import MockLog
from world import REPOSITORY

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else REPOSITORY / "docs/images")


class Pictures(BrowserTest):
    def look(self, width, height, scheme="light", locale="en-US"):
        return self.open_page(viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)

    def keep(self, page, name):
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        image.quantize(128, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)

    def sample(self, page, name):
        page.goto(self.faulty.url + "/")
        page.click("#sample-" + name)
        page.wait_for_selector("#opinions[data-state=same], #opinions[data-state=different]")
        page.evaluate("scrollTo(0, 0)")

    def make(self):
        for name, sample, look in (
            ("verify-accept", "good", (1280, 860)),
            ("verify-forged", "forged", (1280, 900, "dark", "zh-CN")),
            ("verify-debug", "debug", (768, 1100, "dark")),
        ):
            page = self.look(*look)
            self.sample(page, sample)
            self.keep(page, name)
        page = self.look(320, 900, "light", "zh-CN")
        self.sample(page, "good")
        page.evaluate("document.getElementById('verdict').scrollIntoView()")
        self.keep(page, "verify-phone")

        def lie(answer):
            answer.json = {**self.honest, "time": answer.json["time"]}

        answers = []
        self.faulty.changes["/v1/verdicts"] = lambda answer: answers.append(answer.json)
        page = self.look(1280, 800)
        self.sample(page, "good")
        self.honest = answers[0]
        self.faulty.changes["/v1/verdicts"] = lie
        self.sample(page, "forged")
        self.keep(page, "verify-lying-server")
        self.faulty.reset()

        log = MockLog(self.faulty.url, count=60)
        log.serve(self.faulty)
        page = self.look(1280, 1000)
        page.goto(self.faulty.url + "/log?verdict=reject")
        page.wait_for_selector("#timeline svg")
        page.wait_for_selector("#entries tr[data-index]")
        self.keep(page, "log")
        log.entries[5] = {**log.entries[5], "verdict": "accept"}
        page.set_viewport_size({"width": 768, "height": 620})
        page.goto(self.faulty.url + "/log")
        page.wait_for_selector("#timeline svg")
        self.keep(page, "log-fork")
        page = self.look(1280, 480, "dark")
        page.goto(self.faulty.url + "/status")
        page.wait_for_selector("#sets tr[data-fmspc]")
        self.keep(page, "status")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    pictures = Pictures("make")
    Pictures.setUpClass()
    try:
        pictures.setUp()
        pictures.make()
    finally:
        pictures.doCleanups()
        Pictures.doClassCleanups()


if __name__ == "__main__":
    main()
