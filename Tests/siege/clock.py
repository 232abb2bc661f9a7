"""The clock is set 20 days ahead for two requests, and back: the service answers again at once, and its log holds nothing of a
time that has not come."""

import glob
import time

from full import finish
from given import Given, member, read_log
from table import Row
from world import Failure

NAME = "the clock jumps 20 days ahead, and back"
LIBRARIES = ["/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/local/lib/faketime/libfaketimeMT.so.1"]


def library():
    return next((path for pattern in LIBRARIES for path in glob.glob(pattern)), None)


class FalseClock:
    """The time of day that a program sees. How much time passes stays true, as in a machine whose clock is set."""

    def __init__(self, file):
        self.file = file
        self.set("+0")

    @property
    def environment(self):
        return {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    def set(self, offset):
        other = self.file.with_suffix(".new")
        other.write_text(offset + "\n")
        other.replace(self.file)


def clock_row(world, evidence):
    row = Row(NAME)
    if not library():
        row.skipped = "faketime is not installed (make setup-tests)"
        return row
    clock = FalseClock(world.folder / "time-of-day")
    service = world.service("clock", "log.level=info")
    given = Given()
    try:
        service.start(environment=clock.environment)
        for _ in range(5):
            given.ask(service.target, evidence.good)
        row.want("answers before", len(given.verdicts) == 5)
        clock.set("+20d")
        # Whatever these two are told counts for nothing, but must not stay.
        other = Given("ahead")
        ahead = [other.ask(service.target, evidence.good) for _ in range(2)]
        row.figures.append(
            "20 days ahead: " + ", ".join(f"{a.status} {member(a.body, 'code') or ''}".strip() if a else "none" for a in ahead)
        )
        clock.set("+0")
        began = time.monotonic()
        after = [given.ask(service.target, evidence.good) for _ in range(5)]
        row.figures.append("back: " + ", ".join(f"{answer.status if answer else 'none'}" for answer in after))
        row.want("answers again at once", all(answer is not None and answer.status == 200 for answer in after))
        row.figures.append(f"in {time.monotonic() - began:.1f} s")
        row.want("the service runs", service.is_running)
        if not service.is_running:
            return row
        finish(row, service, given)
        now = time.time() * 1000
        late = [number for number, entry in enumerate(read_log(service.disk.data / "log.db")) if entry["time_ms"] > now]
        row.want("nothing of the future in the log", not late)
        row.figures.append(f"{len(late)} entries of the future")
        try:
            service.start()
            answer = given.ask(service.target, evidence.good)
        except Failure as failure:
            answer = None
            row.figures.append(str(failure)[-160:])
        row.want("and answers after a restart", answer is not None and answer.status == 200)
    finally:
        service.remove()
    return row
