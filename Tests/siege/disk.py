"""A small disk of one's own: a tmpfs where one may be mounted, else a folder, which says that it is none."""

import os
import pathlib
import shutil
import subprocess

GIGABYTE = 1_000_000_000


class Disk:
    """Files of a service, on a file system that nobody else fills."""

    def __init__(self, path, size=GIGABYTE):
        self.path = pathlib.Path(path)
        self.path.mkdir(parents=True)
        self.size = size
        self.why_not = None
        self.is_mounted = False
        if os.geteuid() != 0:
            self.why_not = "only root may mount a tmpfs"
            return
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "assay-siege", str(self.path)],
            capture_output=True,
            text=True,
        )
        self.is_mounted = mounted.returncode == 0
        if not self.is_mounted:
            self.why_not = "a tmpfs cannot be mounted here: " + mounted.stderr.strip()

    @property
    def data(self):
        return self.path / "data"

    @property
    def filler(self):
        return self.path / "filler"

    @property
    def free(self):
        answer = os.statvfs(self.path)
        return answer.f_bavail * answer.f_frsize

    @property
    def used(self):
        """Bytes that the service's files take on the disk, for good."""
        total = 0
        for file in self.data.rglob("*"):
            # What a database writes ahead has the same size for a long time, and none when the service has ended.
            if file.name.endswith(("-wal", "-shm")):
                continue
            try:
                total += file.stat().st_blocks * 512
            except OSError:
                # Files of a database come and go.
                continue
        return total

    def fill(self):
        """Writes until no byte is left. Never on a disk of others."""
        if not self.is_mounted:
            raise RuntimeError("this disk is not ours to fill")
        block = b"\xa5" * (1 << 20)
        with open(self.filler, "ab", buffering=0) as file:
            while len(block) > 0:
                try:
                    if file.write(block) < len(block):
                        block = block[: len(block) // 2]
                except OSError:
                    block = block[: len(block) // 2]

    def release(self):
        """Gives back what `fill` took."""
        self.filler.unlink(missing_ok=True)

    def remount(self, option):
        """`ro` or `rw`."""
        subprocess.run(["mount", "-o", f"remount,{option}", str(self.path)], check=True, capture_output=True)

    def remove(self):
        if self.is_mounted:
            # Lazily: what has just ended may hold a file for another moment.
            subprocess.run(["umount", "-l", str(self.path)], capture_output=True)
        shutil.rmtree(self.path, ignore_errors=True)


def own_mounts(arguments):
    """Starts this program again with mounts of its own, so that none outlives it, whatever ends it. Root alone may."""
    if os.geteuid() != 0 or os.environ.get("SIEGE_OWN_MOUNTS") or not shutil.which("unshare"):
        return
    os.environ["SIEGE_OWN_MOUNTS"] = "1"
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", *arguments])
