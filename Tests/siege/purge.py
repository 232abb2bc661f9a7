"""Evidence that goes gives its room back to the disk, and not only to the database: under the running service, and on a disk that
is full."""

import clock
from given import member
from honest import address
from loopback import Client
from table import Row, megabytes
from world import Failure, eventually

ERASED = "evidence is erased"
PURGED = "old evidence is purged on a full disk"
LARGE = 20
# Of what the evidence took; pages that other rows share stay.
SHARE = 0.7


def send_large(service, evidence):
    """Verdicts with 2 MB of event log each, each of another caller: their names, and what they took on the disk."""
    before, names = service.disk.used, []
    for number in range(LARGE):
        client = Client(service.target, timeout=60)
        headers = {"Content-Type": "application/json", "X-Forwarded-For": address(number)}
        answer = client.ask("POST", "/v1/verdicts", evidence.good_large(), headers)
        client.close()
        if answer.status == 200:
            names.append(member(answer.body, "id"))
    return names, before


def erased_row(world, evidence):
    row = Row(ERASED)
    service = world.service("erased")
    try:
        service.start()
        names, before = send_large(service, evidence)
        statuses = [service.administer("DELETE", f"/admin/v1/evidence/{name}").status for name in names]
        row.want(f"{LARGE} verdicts, each erased", len(names) == LARGE and set(statuses) <= {200, 204})
        service.administer("POST", "/admin/v1/evidence/purge")
        # What is written ahead is not counted, so that what was there can be counted only when it is written.
        taken = LARGE * 2_000_000

        def is_smaller():
            return service.disk.used - before < (1 - SHARE) * taken

        try:
            eventually("the room is given back", is_smaller, 30)
        except Failure:
            pass
        row.figures.append(f"{megabytes(service.disk.used - before)} left of {megabytes(taken)}, while it runs")
        row.want("seven tenths given back", is_smaller())
        service.stop()
        end(row, service)
    finally:
        service.remove()
    return row


def purged_row(world, evidence):
    row = Row(PURGED)
    if not clock.library():
        row.skipped = "faketime is not installed (make setup-tests), and evidence must be older than a day"
        return row
    service = world.service("purged")
    try:
        if not service.disk.is_mounted:
            row.skipped = service.disk.why_not
            return row
        ago = clock.FalseClock(world.folder / "days-ago")
        ago.set("-3d")
        service.start(environment=ago.environment)
        names, _ = send_large(service, evidence)
        row.want(f"{LARGE} verdicts", len(names) == LARGE)
        service.stop()
        # Three days in a moment: what an operator says who has set a clock right.
        world.run("assay", "recover", "--clock", *service.flags())
        taken = LARGE * 2_000_000
        service.disk.fill()
        flags = [*service.flags(), "--set", "audit.retention_days=1"]
        purged = world.run("assay", "evidence", "purge", *flags, text=True)
        free = service.disk.free
        row.figures.append(f"exit {purged.returncode} at 0 bytes free, then {megabytes(free)} free")
        row.figures += [] if purged.returncode == 0 else [(purged.stderr or purged.stdout)[-160:].strip()]
        row.want("`assay evidence purge` ends with 0", purged.returncode == 0)
        row.want("seven tenths given back", free > SHARE * taken)
        service.disk.release()
        service.start()
        service.stop()
        end(row, service)
    finally:
        service.remove()
    return row


def end(row, service):
    findings = service.log_findings()
    row.figures += [findings] if findings else []
    row.want("the log verifies", not findings)
