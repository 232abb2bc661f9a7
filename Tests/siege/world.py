"""The simulated world of a siege: a caching service, quotes, and the service that is besieged, in its cage on its disk."""

import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time

from cage import Cage
from disk import Disk
from loopback import HOST, Client, Target, free_port

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
ADMINISTRATOR = "an administrator of the siege"
AUDITOR = "an auditor of the siege"
# What a debug build on a busy machine may take until it answers.
PATIENCE = 120


class Failure(Exception):
    """Something that a siege rests on did not work; not a row that did not hold."""


def eventually(what, look, seconds=PATIENCE):
    """Looks until something named holds, and returns what was found."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failure(f"not within {seconds} seconds: {what}")
        time.sleep(0.02)


def end_in_order():
    """Whoever ends this program with SIGTERM leaves no service, no cgroup and no file behind."""

    def leave(*_):
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, leave)


def raise_files(wanted=16_384):
    """As many open files as a siege needs: how many there are now."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if os.geteuid() == 0 and hard != resource.RLIM_INFINITY and hard < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return wanted
        except (OSError, ValueError):
            pass
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft


class World:
    """Ends what it started, and leaves nothing behind."""

    def __init__(self, programs):
        self.programs = pathlib.Path(programs).resolve()
        for name in ("assay", "assay-sim"):
            if not os.access(self.programs / name, os.X_OK):
                raise Failure(f"{self.programs / name} is not there; `make build` makes it, or name --binary-dir")
        self.scratch = tempfile.TemporaryDirectory(prefix="assay-siege-")
        self.folder = pathlib.Path(self.scratch.name)
        # The documents of a simulated world are of one day, which may end during the siege.
        self.day = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())
        self.root = self.folder / "root.pem"
        self.pccs = None
        self.services = []
        unit = (REPOSITORY / "deploy/assay.service").read_text()
        # As the unit starts it; what is set for this program itself is no setting of the service.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
        for line in re.findall(r"(?m)^Environment=(.*)$", unit):
            self.environment.update(pair.split("=", 1) for pair in line.split())
        for name, scope, token in [
            ("administrators", "admin", ADMINISTRATOR),
            ("auditors", "audit:read,audit:evidence", AUDITOR),
        ]:
            digest = hashlib.sha256(token.encode()).hexdigest()
            file = self.folder / name
            file.write_text(f"siege {scope} {digest}\n")
            file.chmod(0o600)

    def __enter__(self):
        arguments = ["pccs", "--at", self.day, "--trust-root", str(self.root)]
        self.pccs = subprocess.Popen(
            [self.programs / "assay-sim", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.url = self.pccs.stdout.readline().strip()
        if not self.url.startswith("http://127.0.0.1"):
            raise Failure(f"assay-sim pccs said {self.url!r}")
        return self

    def __exit__(self, *_):
        for service in list(self.services):
            service.remove()
        self.pccs.terminate()
        self.pccs.wait(10)
        self.scratch.cleanup()

    def simulate(self, *arguments):
        """A quote of this world."""
        return self.run("assay-sim", "quote", "--at", self.day, *arguments, "--out", "-", check=True).stdout

    def run(self, name, *arguments, check=False, seconds=PATIENCE, text=False):
        """Runs a program to its end."""
        result = subprocess.run(
            [self.programs / name, *map(str, arguments)],
            capture_output=True,
            timeout=seconds,
            env=self.environment,
            cwd=self.folder,
            text=text,
        )
        if check and result.returncode != 0:
            raise Failure(f"{name} {' '.join(map(str, arguments))}: exit {result.returncode}: {result.stderr!r}")
        return result

    def certificate(self):
        """A key and a certificate for TLS on loopback: their files, or nothing where there is no openssl."""
        key, chain = self.folder / "tls.key", self.folder / "tls.pem"
        if not key.exists():
            if not shutil.which("openssl"):
                return None
            command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
            command += ["-subj", f"/CN={HOST}", "-days", "2", "-keyout", key, "-out", chain]
            subprocess.run(command, check=True, capture_output=True)
        return [f"tls.cert={chain}", f"tls.key={key}"]

    def service(self, name, *settings, tls=False, size=None):
        """A service with a cage and a disk of its own. It does not run yet."""
        made = Service(self, name, list(settings), tls, *([size] if size else []))
        self.services.append(made)
        return made


class Service:
    """`assay serve` on one data folder, over any number of starts."""

    def __init__(self, world, name, settings, tls, *size):
        self.world = world
        self.disk = Disk(world.folder / name, *size)
        self.cage = Cage()
        self.target = Target(free_port(), tls=tls)
        self.admin = Target(free_port(), tls=False)
        self.errors = world.folder / f"{name}.log"
        self.process = None
        self.settings = [
            f"pccs={world.url}",
            "pccs_allow_http=true",
            f"trust_root={world.root}",
            f"trusted_proxies={HOST}",
            "log.level=warning",
            f"audit.origin={HOST}:{self.target.port}/log/siege",
            f"admin.listen={HOST}:{self.admin.port}",
            f"admin.tokens_file={world.folder / 'administrators'}",
            f"audit.tokens_file={world.folder / 'auditors'}",
            *settings,
            *((world.certificate() or []) if tls else []),
        ]

    @property
    def base(self):
        return f"http{'s' if self.target.tls else ''}://{HOST}:{self.target.port}"

    def flags(self):
        """The settings, as every command takes them that works on a service."""
        settings = [f"listen={HOST}:{self.target.port}", f"data={self.disk.data}", *self.settings]
        return [flag for setting in settings for flag in ("--set", setting)]

    def launch(self, environment=None):
        """Starts it, and does not wait."""
        command = [self.world.programs / "assay", "serve", *self.flags()]
        if environment:
            # The library for false clocks sets variables as it is loaded, and a Swift program that sees that happen loses its
            # arguments: so a program that does not mind is loaded first, and becomes the service.
            command = ["env", *command]
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=self.world.folder,
                env={**self.world.environment, **(environment or {})},
                preexec_fn=self.cage.enter,
            )

    def start(self, path="/readyz", environment=None, patience=PATIENCE):
        """Starts it, and waits until it answers 200 on a path: /healthz where it cannot be ready."""
        self.launch(environment)

        def answers():
            if not self.is_running:
                raise Failure(f"the service ended with {self.process.returncode}: {self.last_words}")
            try:
                return Client(self.target, timeout=5).ask("GET", path).status == 200
            except Exception:
                return False

        eventually(f"the service answers 200 on {path}", answers, patience)
        return self

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def last_words(self):
        return self.errors.read_text(errors="replace")[-600:].strip() if self.errors.exists() else ""

    def stop(self, seconds=60):
        """Asks it to end, and ends it where it does not: the exit code."""
        if self.process is None:
            return None
        if self.is_running:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return -signal.SIGKILL

    def kill(self):
        self.process.kill()
        self.process.wait()

    def remove(self):
        self.stop()
        self.cage.remove()
        self.disk.remove()
        self.world.services.remove(self)

    def administer(self, method, path, body=None):
        """An act on the admin listener."""
        client = Client(self.admin, timeout=60, headers={"Authorization": f"Bearer {ADMINISTRATOR}"})
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            return client.ask(method, path, data, {"Content-Type": "application/json"} if data else {})
        finally:
            client.close()

    def trust_policy(self):
        """The log's own key, as a file for `assay audit`. Nobody else's is here to compare it with."""
        client = Client(self.target, timeout=30)
        key = json.loads(client.ask("GET", "/log/v1/keys").body)
        client.close()
        vkey = re.search(r'"([^"]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)"', json.dumps(key)).group(1)
        file = self.disk.path.parent / f"{self.disk.path.name}.trust"
        file.write_text(f"log {vkey}\nquorum none\n")
        return file

    def log_findings(self, database=None):
        """What `assay audit fsck` finds wrong in the log of a service that has ended: nothing, or a text."""
        result = self.world.run("assay", "audit", "fsck", "--db", database or self.disk.data / "log.db", text=True)
        return "" if result.returncode == 0 else (result.stdout + result.stderr)[:400].strip()
