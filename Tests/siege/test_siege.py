#!/usr/bin/env python3
"""The siege itself: that it reaches nobody else, that it can fail, and that a short one runs."""

import ast
import base64
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time
import unittest

import attacks
import clock
import policies
from cage import Cage
from disk import Disk
from evidence import EVENT_LOG_BYTES, EVENT_LOG_EVENTS, Evidence, Varied, large_log, long_log
from given import Given
from honest import percentile
from loopback import Client, NotLoopback, Target, require_loopback
from siege import Crowd, judge_honest
from table import Row, exit_code, markdown

FOLDER = pathlib.Path(__file__).resolve().parent
PROGRAMS = os.environ.get("ASSAY_PROGRAMS", FOLDER.parents[1] / ".build/debug")


class Loopback(unittest.TestCase):
    def test_no_other_machine_is_a_target(self):
        others = ["192.0.2.1", "10.0.0.1", "0.0.0.0", "::", "2001:db8::1", "::ffff:192.0.2.1", "169.254.169.254", "128.0.0.1"]
        # A name is another's to point where he likes.
        for host in others + ["localhost", "example.org", "", "127.0.0.1.example.org", "127.1", "2130706433"]:
            with self.subTest(host):
                self.assertRaises(NotLoopback, require_loopback, host)
                self.assertRaises(NotLoopback, Target, 80, host)
        for host in ["127.0.0.1", "127.0.9.9", "::1"]:
            self.assertEqual(require_loopback(host), host)

    def test_no_other_machine_is_a_source(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.assertRaises(NotLoopback, Target(server.getsockname()[1]).connect, "192.0.2.1")

    def test_there_is_one_way_out(self):
        """Nothing else here opens a connection: no other file may import what could."""
        for file in FOLDER.glob("*.py"):
            if file.name in ("loopback.py", "test_siege.py"):
                continue
            for node in ast.walk(ast.parse(file.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) else []
                for name in names:
                    self.assertNotIn(name.split(".")[0], ("socket", "http", "urllib", "asyncio", "ssl"), file.name)


class Table(unittest.TestCase):
    def row(self, *holds, skipped=None):
        row = Row("an attack", ["1 | 2"], skipped=skipped)
        for number, held in enumerate(holds):
            row.want(f"want {number}", held)
        return row

    def test_one_row_that_does_not_hold_fails(self):
        for rows, code in [
            ([self.row(True)], 0),
            ([self.row(True, False)], 1),
            ([self.row(True), self.row(False)], 1),
            # What wants nothing has shown nothing, and what was skipped is no success by itself.
            ([self.row()], 1),
            ([self.row(skipped="no tool")], 1),
            ([], 1),
            ([self.row(True), self.row(skipped="no tool")], 0),
        ]:
            self.assertEqual(exit_code(rows), code, rows)

    def test_markdown(self):
        text = markdown([self.row(True, False), self.row(skipped="no tool")])
        self.assertIn("| an attack | 1 \\| 2 | want 0; **want 1** | NO |", text)
        self.assertIn("| an attack | no tool |  | skipped |", text)

    def test_percentile(self):
        self.assertIsNone(percentile([], 0.99))
        self.assertEqual(percentile([3], 0.99), 3)
        self.assertEqual(percentile(list(range(100)), 0.99), 99)
        self.assertEqual(percentile(list(range(1_000)), 0.99), 990)

    def test_honest_errors_and_a_slow_healthz_do_not_hold(self):
        good = {"latencies": [0.01] * 100, "errors": 0, "first": []}
        for honest, health, holds in [
            (good, good, True),
            (good | {"errors": 1, "first": ["429"]}, good, False),
            (good, good | {"latencies": [0.06] * 100}, False),
            (good, good | {"latencies": [], "errors": 0}, False),
            (None, good, False),
        ]:
            row = Row("x")
            judge_honest(row, [honest, health])
            self.assertEqual(row.held, holds, row)


class Parts(unittest.TestCase):
    def test_event_logs_are_as_large_as_the_service_takes_them(self):
        self.assertLessEqual(len(large_log()), EVENT_LOG_BYTES)
        self.assertGreater(len(large_log()), EVENT_LOG_BYTES * 0.9)
        self.assertEqual(long_log().count(b"siege "), EVENT_LOG_EVENTS - 2)

    def test_a_varied_request_is_as_well_formed_as_the_one_it_is_of(self):
        for size in range(300, 306):
            log = os.urandom(size)
            make = Varied(Evidence.request(b"quote", log))
            one, other = (base64.b64decode(json.loads(make())["event_log"], validate=True) for _ in range(2))
            self.assertEqual((len(one), len(other)), (size, size))
            self.assertNotEqual(one, other)
            self.assertEqual(one[:100], log[:100])

    def test_policies_that_the_log_says_are_in_force(self):
        def entry(op, policy, digest):
            return {"kind": "policy", "op": op, "policy_id": policy, "policy_sha256": digest}

        acts = [entry("activate", "a", "1"), entry("activate", "b", "2"), entry("activate", "a", "3")]
        # Retired is what was replaced, not what replaced it.
        acts += [entry("retire", "a", "1"), {"kind": "verdict"}, entry("retire", "b", "2")]
        self.assertEqual(policies.logged(acts), {"a": "3"})
        # A process that ended between the announcement and the act.
        acts += [entry("activate", "a", "4"), entry("retire", "a", "4")]
        self.assertEqual(policies.logged(acts), {"a": "3"})

    def test_a_wrong_verdict_is_seen(self):
        given = Given()
        given.verdicts = {"a": ("accept", "t", 1), "b": ("reject", None, 2), "c": ("accept", None, 3)}
        self.assertEqual(given.wrong(), ["b", "c"])

    def test_a_cage_ends_what_grows(self):
        """Where the kernel does not: the same look, by hand."""
        cage = Cage(limit=8 << 20)
        program = "import time; held = bytearray(64 << 20); print('here', flush=True); time.sleep(60)"
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, preexec_fn=cage.enter)
        if not cage.folder:
            child.stdout.readline()
        deadline = time.monotonic() + 10
        while child.poll() is None and time.monotonic() < deadline:
            cage.watch(child)
            time.sleep(0.02)
        self.assertNotEqual(child.wait(5), 0)
        self.assertEqual(cage.kills, 1)
        child.stdout.close()
        cage.remove()

    def test_a_crowd_ends(self):
        def work(name, is_over, report):
            is_over.wait()
            # A thread that hangs keeps nobody.
            threading.Thread(target=time.sleep, args=(60,)).start()
            report.send(name)

        def hang(is_over, report):
            time.sleep(60)

        crowd = Crowd()
        crowd.add(work, "a")
        crowd.add(hang)
        crowd.add(work, "b")
        began = time.monotonic()
        self.assertEqual(crowd.end(1), ["a", None, "b"])
        self.assertLess(time.monotonic() - began, 10)

    def test_a_client_reads_an_answer_that_comes_early(self):
        """A service need not read what it refuses."""
        with socket.create_server(("127.0.0.1", 0)) as server:

            def refuse():
                connection, _ = server.accept()
                connection.recv(1_000)
                connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
                connection.recv(1 << 24)
                connection.close()

            threading.Thread(target=refuse, daemon=True).start()
            answer = Client(Target(server.getsockname()[1])).ask("POST", "/", bytes(200_000))
            self.assertEqual((answer.status, answer.body), (413, b"no"))

    def test_a_disk_that_is_not_ours_is_not_filled(self):
        disk = Disk.__new__(Disk)
        disk.is_mounted = False
        self.assertRaises(RuntimeError, disk.fill)

    def test_names(self):
        names = [attack.name for attack in attacks.ALL]
        self.assertEqual(len(set(names)), len(names))
        self.assertTrue(all(attack.run.__doc__ for attack in attacks.ALL))
        self.assertIn("+0", clock.FalseClock.__init__.__code__.co_consts)


class Short(unittest.TestCase):
    """The program as a person runs it. Whether a row holds on a busy machine is no matter here; that it says so is."""

    def run_siege(self, *arguments):
        return subprocess.run(
            [sys.executable, FOLDER, "--binary-dir", PROGRAMS, *arguments], capture_output=True, text=True, timeout=120
        )

    def test_a_short_siege(self):
        names = ["honest clients alone", "4,000 unfinished heads"]
        result = self.run_siege("--short", "--seconds", "1", *(flag for name in names for flag in ("--only", name)))
        rows = re.findall(r"(?m)^\| (?!attack|---)(.*?) \| .* \| (yes|NO|skipped) \|$", result.stdout)
        self.assertEqual([name for name, _ in rows], names, result.stdout + result.stderr)
        self.assertEqual(result.returncode, 1 if "NO" in dict(rows).values() else 0, result.stdout)
        for wanted in ["honest errors 0", "the same process answers afterwards", "the log verifies", "the attack took place"]:
            self.assertRegex(result.stdout, rf"(?m)^\|.*[;|] {wanted}(;| \|)", result.stdout)

    def test_it_needs_programs(self):
        result = self.run_siege("--binary-dir", "/nowhere", "--only", "alone")
        self.assertEqual(result.returncode, 2)
        self.assertIn("/nowhere/assay is not there; `make build` makes it", result.stderr)

    def test_it_takes_no_address(self):
        for flag in ("--host", "--url", "--target"):
            self.assertEqual(self.run_siege(flag, "192.0.2.1").returncode, 2)


if __name__ == "__main__":
    unittest.main()
