#!/usr/bin/env python3
"""Ends the service at random moments, and makes its disk or its files worse before it comes back.

    python3 Tests/siege/kills.py [KILLS] [--state NAME …] [--binary-dir FOLDER]     KILLS in the environment does as well; 40 by default

Clients ask for verdicts all the time, and a policy is replaced again and again. Then SIGKILL, and one of these in turn: nothing
else; the disk is full; the disk is read-only; state.db is lost. After each the service comes back as docs/operations.md says, and:
no wrong verdict was given, no token without its entry in the log, and what is in force is what was put in force. Exit: 0, 1 for a
finding, 2 where the test itself did not work. The disk needs root; without it those two states are left out, and named.
"""

import argparse
import json
import os
import pathlib
import random
import sys
import threading
import time

import policies
from disk import own_mounts
from given import Given, member, read_log
from world import REPOSITORY, Failure, World, end_in_order, eventually

STATES = ["killed", "full disk", "read-only disk", "lost state.db"]
# A service of its own for so many, because each makes the log longer.
PER_SERVICE = 60


class Clients:
    """Four who ask for verdicts on good quotes, and now and then on a forged one, until they are told to stop."""

    def __init__(self, service, evidence, given, forged):
        self.is_over = threading.Event()
        self.threads = [
            threading.Thread(target=self.ask, args=(service, evidence, given, forged), daemon=True) for _ in range(4)
        ]
        for thread in self.threads:
            thread.start()

    def ask(self, service, evidence, given, forged):
        number = 0
        while not self.is_over.is_set():
            number += 1
            if number % 5 == 0:
                forged.ask(service.target, evidence["forged"])
            elif given.ask(service.target, evidence["good"], policy=policies.ID) is None:
                time.sleep(0.01)

    def end(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(15)


class KillTest:
    def __init__(self, world, service, evidence):
        self.world, self.service, self.evidence = world, service, evidence
        self.given, self.forged = Given(), Given("forged")
        self.checked = 0
        self.findings = []
        self.service.start()
        answer = self.given.ask(service.target, evidence["good"])
        self.facts = policies.facts_of(evidence["good"], json.loads(answer.body))
        self.version = 0
        # What may be in force: one, unless the service was killed while the next was on its way.
        self.candidates = []
        self.replace_policy()

    def replace_policy(self):
        self.version += 1
        self.candidates.append(policies.document(self.version))
        policies.enforce(self.service, self.facts, self.candidates[-1])
        self.candidates = self.candidates[-1:]

    def replace_policy_meanwhile(self):
        """While the service is killed: what comes of it, the log says."""

        def replace():
            try:
                self.replace_policy()
            except Exception:
                # The answer that did not come is the point.
                pass

        thread = threading.Thread(target=replace, daemon=True)
        thread.start()
        return thread

    def find(self, state, sentence):
        self.findings.append(f"{state}: {sentence}")

    def round(self, state):
        """Load, a kill, the state, and back."""
        enough = len(self.given.verdicts) + random.randint(1, 20)
        clients = Clients(self.service, self.evidence, self.given, self.forged)
        meanwhile = None
        try:
            luck = random.random()
            if luck < 0.3:
                self.replace_policy()
            eventually("verdicts are given", lambda: len(self.given.verdicts) >= enough or not self.service.is_running)
            if state == "full disk":
                self.service.disk.fill()
                time.sleep(random.random() * 0.3)
            elif luck > 0.6:
                meanwhile = self.replace_policy_meanwhile()
                time.sleep(random.random() * 0.1)
            self.service.kill()
        finally:
            clients.end()
            if meanwhile:
                meanwhile.join(15)
        {"killed": self.start, "full disk": self.full, "read-only disk": self.read_only, "lost state.db": self.lost}[state]()
        self.check(state)

    def start(self):
        self.service.start()

    def may_start(self, state):
        """A start in a state in which nothing can be recorded: refused with words, or to read. No verdict is given."""
        try:
            self.service.start("/healthz", patience=60)
        except Failure as failure:
            if self.service.process.returncode in (None, 0) or len(self.service.last_words) < 20:
                self.find(state, f"ended without a reason: {failure}")
            return
        before = len(self.given.verdicts)
        answer = self.given.ask(self.service.target, self.evidence["good"])
        if len(self.given.verdicts) != before:
            self.find(state, "a verdict that could not be recorded")
        elif answer is not None and not member(answer.body, "detail"):
            self.find(state, f"{answer.status} without words")

    def full(self):
        self.may_start("full disk")
        self.service.disk.release()
        if not self.service.is_running:
            return self.start()

        def is_back():
            answer = self.given.ask(self.service.target, self.evidence["good"])
            return answer is not None and answer.status == 200

        eventually("verdicts are given again when there is room", is_back)

    def read_only(self):
        self.service.disk.remount("ro")
        try:
            self.may_start("read-only disk")
            # A file system with a file that is open for writing cannot be made read-only, nor would it be asked twice.
            self.service.stop()
        finally:
            self.service.disk.remount("rw")
        self.start()

    def lost(self):
        for file in self.service.disk.data.glob("state.db*"):
            file.unlink()
        try:
            self.service.start(patience=60)
            self.find("lost state.db", "the start was not refused")
            return
        except Failure as failure:
            if not self.service.process.returncode or "state.db" not in self.service.last_words.splitlines()[-1]:
                self.find("lost state.db", f"the refusal does not name it: {failure}")
        self.recover()
        self.start()

    def recover(self):
        """As the log says; with the documents in hand where the service has lost them."""
        tries = [[]]
        for number, document in enumerate(self.candidates):
            file = self.world.folder / f"policy-{number}.json"
            file.write_bytes(document)
            tries.append(["--document", file])
        for documents in tries:
            result = self.world.run("assay", "recover", "--state", *documents, *self.service.flags(), text=True)
            if result.returncode == 0:
                return
        raise Failure(f"assay recover: exit {result.returncode}: {(result.stdout + result.stderr)[-400:]}")

    def check(self, state):
        """What must be true after every start."""
        for lost in self.given.lost(self.service.target, self.checked)[:3]:
            self.find(state, f"lost: {lost}")
        self.checked = len(self.given.verdicts)
        served = policies.served(self.service)
        wanted = {policies.digest(document): document for document in self.candidates}
        found = served.get(policies.ID)
        if found in wanted:
            self.candidates = [wanted[found]]
        else:
            self.find(state, f"in force is {found}, and {' or '.join(wanted)} was put in force")
        logged = policies.logged(read_log(self.service.disk.data / "log.db"))
        if served != logged:
            self.find(state, f"served are {served}, and the log says {logged}")
        self.find_wrong(state)

    def find_wrong(self, state):
        for name in self.given.wrong()[:3]:
            self.find(state, f"a wrong verdict: {name} {self.given.verdicts[name]}")
        for name, (verdict, token, _) in self.forged.verdicts.items():
            if verdict != "reject" or token:
                self.find(state, f"a forged quote: {name} {verdict}")

    def end(self):
        """Everything that was ever given, and the whole log, by programs that are not the service."""
        for lost in self.given.lost(self.service.target)[:3]:
            self.find("at the end", f"lost: {lost}")
        self.service.stop()
        for name in self.given.unlogged(self.service.disk.data / "log.db")[:3]:
            self.find("at the end", f"a token without its entry: {name}")
        if found := self.service.log_findings():
            self.find("at the end", found)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", type=int, nargs="?", default=int(os.environ.get("KILLS") or 40))
    parser.add_argument("--binary-dir", type=pathlib.Path, default=REPOSITORY / ".build/debug")
    parser.add_argument("--state", action="append", choices=STATES, help="these states alone")
    options = parser.parse_args()
    if not 1 <= options.kills <= 100_000:
        parser.error("KILLS: give 1 to 100000")
    return options


def main():
    options = arguments()
    own_mounts([sys.executable, *sys.argv])
    end_in_order()
    done, findings, given = {}, [], 0
    try:
        with World(options.binary_dir) as world:
            evidence = {"good": world.simulate(), "forged": world.simulate("--mutation", "48")}
            while sum(done.values()) < options.kills:
                service = world.service("killed")
                wanted = options.state or STATES
                states = [state for state in wanted if service.disk.is_mounted or "disk" not in state]
                if not states:
                    raise Failure(service.disk.why_not)
                if len(states) < len(wanted) and not done:
                    print(f"kill-test: no full and no read-only disk, because {service.disk.why_not}")
                test = KillTest(world, service, evidence)
                for _ in range(min(PER_SERVICE, options.kills - sum(done.values()))):
                    state = states[sum(done.values()) % len(states)]
                    test.round(state)
                    done[state] = done.get(state, 0) + 1
                    if test.findings:
                        break
                test.end()
                given += len(test.given.verdicts) + len(test.forged.verdicts)
                findings += test.findings
                service.remove()
                if findings:
                    break
    except Failure as failure:
        print(f"kill-test: {failure}", file=sys.stderr)
        return 2
    text = ", ".join(f"{count} {state}" for state, count in done.items())
    print(f"kill-test: {sum(done.values())} kills ({text}), {given} verdicts given, {len(findings)} findings")
    for finding in findings:
        print(f"kill-test: {finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
