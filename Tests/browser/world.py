"""The simulated world for browser tests: a PCCS, a service that trusts the simulator's root, and quotes."""

import json
import os
import pathlib
import random
import re
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("ASSAY_PROGRAMS", REPOSITORY / ".build/debug"))


def free_port():
    """A port that is this process's until it ends: below those that the kernel gives to who asks for any, and with a name
    that only one process of the machine can hold (TestPort.swift and this share the names)."""
    for port in random.sample(range(10_000, 20_000), 1_000):
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0assay-test-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            name.close()
            continue
        # Held until the process ends, by nobody in particular.
        name.detach()
        return port
    raise RuntimeError("no port is free")


def eventually(what, look, seconds=120):
    """Looks until something named holds, and returns what was found. A busy machine is given two minutes."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} seconds: {what}")
        time.sleep(0.02)


class World:
    """Programs started here end with it; nothing outlives the `with`."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="assay-browser-")
        self.path = pathlib.Path(self.folder.name)
        self.processes = []
        self.services = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.folder.cleanup()

    def program(self, name):
        return str(PROGRAMS / name)

    def start(self, *arguments, **options):
        # What is set for the tests themselves is no setting of the service.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
        process = subprocess.Popen(
            arguments,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=self.path,
            env=environment,
            **options,
        )
        self.processes.append(process)
        return process

    def pccs(self, *arguments, at="now"):
        """Starts a simulated PCCS: its base URL. The root certificate is `root.pem`."""
        process = self.start(self.program("assay-sim"), "pccs", "--at", at, "--trust-root", "root.pem", *arguments)
        line = process.stdout.readline()
        found = re.search(r"https?://\S+", line)
        if not found:
            raise RuntimeError(f"assay-sim pccs said {line!r}")
        return found.group()

    def service(self, pccs, *settings, root=True):
        """Starts `assay serve`: its base URL."""
        port = free_port()
        name = f"data-{port}"
        arguments = ["--listen", f"127.0.0.1:{port}", "--data", name, "--set", f"pccs={pccs}"]
        arguments += ["--set", "pccs_allow_http=true", "--set", "limits.caller_per_minute=0", "--set", "limits.repeats=0"]
        if root:
            arguments += ["--set", "trust_root=root.pem"]
        for setting in settings:
            arguments += ["--set", setting]
        base = f"http://127.0.0.1:{port}"
        self.services[base] = (arguments, self.start(self.program("assay"), "serve", *arguments))
        return self.wait_for_service(base)

    def restart(self, base):
        """The same service as another process: its settings, its data, its port."""
        arguments, process = self.services[base]
        process.terminate()
        process.wait(30)
        self.services[base] = (arguments, self.start(self.program("assay"), "serve", *arguments))
        return self.wait_for_service(base)

    def revocable(self, pccs, *settings):
        """A service whose tokens are good for an hour, and what makes those worthless that it has given by then."""
        folder = self.path / f"policies-{free_port()}"
        folder.mkdir()

        def write(**rules):
            policy = {"id": "site", "version": 1, "description": "of this test", **rules}
            (folder / "site.json").write_text(json.dumps(policy))

        write()
        base = self.service(pccs, f"policies={folder}", "policy=site", "token.lifetime=3600", *settings)

        def revoke(token):
            """The reason, when introspection knows it."""
            write(require_report_data=True)
            self.restart(base)
            def reason():
                asked = urllib.request.urlopen(
                    base + "/v1/tokens/introspect", urllib.parse.urlencode({"token": token}).encode(), timeout=60
                )
                answer = json.load(asked)
                return None if answer["active"] else answer["reason"]

            return eventually("the token is revoked", reason)

        return base, revoke

    def wait_for_service(self, base):
        process = self.services[base][1]

        def answers():
            if process.poll() is not None:
                raise RuntimeError(f"assay serve ended with {process.returncode}")
            try:
                return bool(urllib.request.urlopen(base + "/healthz", timeout=10).read())
            except OSError:
                return False

        eventually("assay serve answers", answers)
        return base

    def quote(self, mutation=None, kind="tdx15-v5", at=None):
        """A simulated quote's bytes."""
        arguments = [self.program("assay-sim"), "quote", "--kind", kind, "--out", "-"]
        if mutation:
            arguments += ["--mutation", str(mutation)]
        if at:
            arguments += ["--at", at]
        return subprocess.run(
            arguments, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self.path
        ).stdout
