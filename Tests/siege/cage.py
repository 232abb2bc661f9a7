"""What holds a service's memory down, and what looks at it: a memory cgroup where one can be made, /proc everywhere."""

import os
import pathlib
import time

LIMIT = 512 << 20


class Cage:
    """A memory cgroup of 512 MiB, of version 1 or 2. Where none can be made `why_not` says so, and `watch` ends what grows
    beyond the limit in the kernel's place."""

    def __init__(self, limit=LIMIT):
        self.limit = limit
        self.folder = None
        self.why_not = None
        self.kills_by_hand = 0
        self.peak_rss = 0
        name = f"assay-siege-{os.getpid()}-{time.monotonic_ns()}"
        reasons = []
        for root, file in self.places():
            try:
                folder = root / name
                folder.mkdir()
                try:
                    (folder / file).write_text(str(limit))
                except OSError:
                    folder.rmdir()
                    raise
                # No way around it by swapping, where the kernel counts that.
                for other, value in [("memory.swap.max", "0"), ("memory.memsw.limit_in_bytes", str(limit))]:
                    try:
                        (folder / other).write_text(value)
                    except OSError:
                        pass
                self.folder = folder
                return
            except OSError as error:
                reasons.append(f"{root}: {error.strerror}")
        self.why_not = "no memory cgroup can be made here (" + "; ".join(reasons or ["no such file system"]) + ")"

    @staticmethod
    def places():
        """Folders in which a cgroup may be made, with the name of the file that takes the limit."""
        base = pathlib.Path("/sys/fs/cgroup")
        if (base / "memory").is_dir():
            yield base / "memory", "memory.limit_in_bytes"
        for root in (base, base / "unified"):
            try:
                if "memory" in (root / "cgroup.subtree_control").read_text().split():
                    yield root, "memory.max"
            except OSError:
                continue

    def enter(self):
        """For the process that is to be caged, before it becomes the service."""
        if self.folder:
            (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def watch(self, process):
        """One look at the memory of a running process; it is ended here where no kernel does it."""
        rss = resident_bytes(process.pid)
        self.peak_rss = max(self.peak_rss, rss)
        if not self.folder and rss > self.limit:
            self.kills_by_hand += 1
            process.kill()
        return rss

    @property
    def kills(self):
        """How often somebody in the cage was ended for its memory."""
        if not self.folder:
            return self.kills_by_hand
        for file in ("memory.events", "memory.oom_control"):
            try:
                for line in (self.folder / file).read_text().splitlines():
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
            except OSError:
                continue
        return 0

    def remove(self):
        if not self.folder:
            return
        for _ in range(50):
            try:
                self.folder.rmdir()
                return
            except OSError:
                # A process that has just ended is a moment in leaving.
                time.sleep(0.1)


def resident_bytes(identifier):
    """VmRSS of a process: 0 where it has ended."""
    try:
        for line in pathlib.Path(f"/proc/{identifier}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
