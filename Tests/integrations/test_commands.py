#!/usr/bin/env python3
"""The commands that the page Verify shows beside a verdict, run as they stand: by a shell, against a real service and with a
real program, in a folder that holds nothing but what they say must be brought."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "browser")]

from world import PROGRAMS, World  # noqa: E402

PAGES = HERE.parents[1] / "web/pages"
REPORT_DATA = slice(48 + 6 + 520, 48 + 6 + 584)
SCRIPT = """
import { toProgram, toService } from '%s';
const { request, verdict, query, origin } = JSON.parse(await new Response(process.stdin).text());
for (const name of ['quote', 'eventLog', 'nonce']) if (request[name]) request[name] = Buffer.from(request[name], 'base64');
console.log(JSON.stringify([toService(request, query, origin), toProgram(request, verdict, origin)]));
"""


@unittest.skipUnless(
    all(map(shutil.which, ("node", "bash", "curl", "jq"))), "node, bash, curl or jq is not installed: no command is run"
)
class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.__exit__)
        cls.pccs = cls.world.pccs()
        cls.folder = cls.world.path / "policies"
        cls.folder.mkdir()
        (cls.folder / "site.json").write_text('{"id":"site","version":1,"require_report_data":true}')
        cls.service = cls.world.service(cls.pccs, f"policies={cls.folder}")

    def both(self, quote, log=None, nonce=None, **members):
        """The service's verdict, and what each command makes of the same request: an answer, and an exit status."""
        request = {"quote": base64.b64encode(quote).decode(), **members}
        if nonce:
            request["nonce"] = base64.urlsafe_b64encode(nonce).rstrip(b"=").decode()
        query = {name: value for name, value in request.items() if name != "quote"}
        if log:
            request["event_log"] = base64.b64encode(log).decode()
        asked = urllib.request.Request(
            self.service + "/v1/verdicts", json.dumps(request).encode(), {"Content-Type": "application/json"}
        )
        verdict = json.load(urllib.request.urlopen(asked, timeout=60))
        page = {**members, "quote": request["quote"], "eventLog": request.get("event_log")}
        page["nonce"] = base64.b64encode(nonce).decode() if nonce else None
        given = {"request": page, "verdict": verdict, "origin": self.service}
        given["query"] = urllib.parse.urlencode(query)
        script = SCRIPT % (PAGES / "commands.js").as_uri()
        made = subprocess.run(
            ["node", "--experimental-default-type=module", "--input-type=module", "-e", script],
            input=json.dumps(given).encode(),
            check=True,
            stdout=subprocess.PIPE,
        )
        to_service, to_program = json.loads(made.stdout)
        with tempfile.TemporaryDirectory() as folder:
            if log:
                (pathlib.Path(folder) / "event-log.bin").write_bytes(log)
            answer = json.loads(self.shell(to_service, folder).stdout)
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("root.pem", to_program)
            shutil.copy(self.world.path / "root.pem", folder)
            if log:
                (pathlib.Path(folder) / "event-log.bin").write_bytes(log)
            if members.get("policy") == "site":
                shutil.copy(self.folder / "site.json", folder)
            return verdict, answer, self.shell(to_program, folder)

    def shell(self, command, folder):
        environment = {**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
        return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)

    def test_same(self):
        quote = self.world.quote()
        data = quote[REPORT_DATA]
        for name, quote, more, status in (
            ("nothing", quote, {}, 0),
            ("a nonce", quote, {"nonce": data, "scheme": "raw"}, 0),
            ("another nonce", quote, {"nonce": bytes([0xFB]) + data[1:], "scheme": "raw"}, 1),
            ("another policy", quote, {"policy": "tdx-cloud"}, 0),
            ("the operator's policy", quote, {"policy": "site"}, 1),
            ("the operator's policy and a nonce", quote, {"policy": "site", "nonce": data, "scheme": "raw"}, 0),
            ("a policy with reference sets", quote, {"policy": "gn8v-tee-llm"}, 1),
            ("a debug TD", self.world.quote(196), {}, 1),
            ("an event log", quote, {"log": b"[]"}, None),
            ("an event log and a nonce", quote, {"log": b"[]" * 100_000, "nonce": data, "scheme": "raw"}, None),
        ):
            with self.subTest(name):
                verdict, answer, program = self.both(quote, **more)
                self.assertEqual(answer["reasons"], verdict["reasons"])
                self.assertEqual(answer["verdict"], verdict["verdict"])
                wanted = {"accept": 0, "reject": 1}[verdict["verdict"]]
                self.assertEqual(program.returncode, wanted, f"{program.stdout}{program.stderr}")
                if status is not None:
                    self.assertEqual(wanted, status, verdict["reasons"])
                for reason in verdict["reasons"]:
                    self.assertIn(reason, program.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
