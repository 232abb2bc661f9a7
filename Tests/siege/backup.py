"""A backup while honest clients run, the folder lost, the backup restored: the log goes on where it was, and an old copy of the
folder is refused."""

import os
import shutil
import time

from full import finish
from given import Given
from honest import serve_honestly, watch_health
from loopback import Client
from siege import Crowd, judge_honest, watch
from table import Row
from world import Failure

NAME = "backup and restore under load"


def backup_row(world, evidence, seconds):
    row = Row(NAME)
    service = world.service("kept")
    data = service.disk.data
    copied, lost, saved, checkpoint = (service.disk.path / name for name in ("copied", "lost", "saved", "checkpoint"))
    given = Given()
    try:
        service.start()
        for _ in range(5):
            given.ask(service.target, evidence.good)
        service.stop()
        # What somebody takes who copies files: whole, of a service that has ended, and soon old.
        shutil.copytree(data, copied, copy_function=shutil.copy2)
        service.start()
        saved_well = back_up(row, world, service, evidence, given, seconds, saved)
        # The service goes on and gives nothing any more: what the backup holds is the newest there is.
        trust = service.trust_policy()
        row.want("a checkpoint could be fetched", fetch_checkpoint(service, checkpoint))
        service.stop()
        if not saved_well:
            return row

        # The folder is gone, with its guard. Keys are kept apart from backups; what was signed, somebody else knows.
        os.rename(data, lost)
        data.mkdir(mode=0o700)
        shutil.copytree(lost / "keys", data / "keys")
        restored = world.run("assay", "restore", saved, "--newest", checkpoint, *service.flags(), text=True)
        row.figures.append(f"restore: exit {restored.returncode}")
        row.want("restore ends with 0", restored.returncode == 0)
        if restored.returncode != 0:
            row.figures.append((restored.stderr or restored.stdout)[-200:].strip())
            return row
        go_on(row, world, service, evidence, given, trust, checkpoint)
        refuse_copy(row, service, copied)
    finally:
        service.remove()
    return row


def back_up(row, world, service, evidence, given, seconds, saved):
    """`assay backup` in the midst of the honest; then what is given after the last of them is saved again, so that nothing is
    missing in what is restored."""
    crowd = Crowd()
    crowd.add(serve_honestly, service.target, evidence.good)
    crowd.add(watch_health, service.target)
    watch(service, min(2, seconds / 2))
    began = time.monotonic()
    first = world.run("assay", "backup", saved.with_name("saved-under-load"), *service.flags(), text=True)
    took = time.monotonic() - began
    watch(service, max(1, seconds - 2 - took))
    judge_honest(row, crowd.end())
    row.figures.append(f"backup under load: exit {first.returncode} in {took:.1f} s")
    row.want("a backup under load ends with 0", first.returncode == 0)
    if first.returncode != 0:
        row.figures.append((first.stderr or first.stdout)[-200:].strip())
        return False
    findings = service.log_findings(saved.with_name("saved-under-load") / "log.db")
    row.figures += [findings] if findings else []
    row.want("the log in it verifies", not findings)
    for _ in range(5):
        given.ask(service.target, evidence.good)
    second = world.run("assay", "backup", saved, *service.flags(), text=True)
    row.want("a second backup ends with 0", second.returncode == 0)
    return second.returncode == 0


def fetch_checkpoint(service, file):
    """The newest that the log has signed, as somebody outside keeps it."""
    client = Client(service.target)
    answer = client.ask("GET", "/log/siege/checkpoint")
    client.close()
    file.write_bytes(answer.body)
    return answer.status == 200


def go_on(row, world, service, evidence, given, trust, checkpoint):
    """The restored service: what was given is there, more is given, and its log is the one that others remember."""
    try:
        service.start()
    except Failure as failure:
        row.figures.append(str(failure)[-200:])
        row.want("the restored service starts", False)
        return
    answer = given.ask(service.target, evidence.good)
    row.want("the restored service gives verdicts", answer is not None and answer.status == 200)
    newer = checkpoint.with_name("newer-checkpoint")
    fetch_checkpoint(service, newer)
    arguments = ["audit", "consistency", checkpoint, newer, "--url", service.base, "--trust-policy", trust]
    grown = world.run("assay", *arguments, text=True)
    row.figures.append(f"consistency: exit {grown.returncode}")
    row.figures += [] if grown.returncode == 0 else [(grown.stdout + grown.stderr)[-160:].strip()]
    row.want("the log is consistent across the restore", grown.returncode == 0)
    finish(row, service, given)


def refuse_copy(row, service, copied):
    """The folder as it was copied before, in the place of the newer one."""
    shutil.rmtree(service.disk.data)
    os.rename(copied, service.disk.data)
    try:
        service.start()
        row.want("a folder that was copied back is refused", False)
    except Failure:
        row.figures.append(f"a copied folder: exit {service.process.returncode}")
        code = service.process.returncode
        row.want("a folder that was copied back is refused", code is not None and code > 0 and service.last_words)
