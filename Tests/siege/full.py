"""The disk fills up to its last byte while the service runs: it says so, gives nothing that it cannot record, and comes back by
itself when there is room."""

import time

from given import Given, member
from loopback import Client
from table import Row
from world import Failure, eventually

NAME = "the disk is full"


def refusal(answer):
    """What is wrong with how a full disk is told: nothing, or a sentence."""
    if answer is None:
        return "there was no answer"
    if answer.status != 503:
        return f"it was {answer.status}"
    if not (member(answer.body, "code") and len(member(answer.body, "detail") or "") > 20):
        return f"503 without words: {answer.body[:120]!r}"
    if not any(name.lower() == "retry-after" for name in answer.headers):
        return "503 without Retry-After"
    return None


def first_refusal(service, evidence, given):
    """Asks until one is not answered 200: what is given until then is kept, and must be there afterwards."""

    def refused():
        answer = given.ask(service.target, evidence.good)
        return None if answer is not None and answer.status == 200 else (refusal(answer) or "told", answer)

    return eventually("a verdict is refused on a full disk", refused, 60)


def reads(service):
    """Whether everything that needs no room is still answered: what is not, by its path."""
    client = Client(service.target, timeout=10)
    missing = []
    for path in ("/healthz", "/jwks.json", "/audit/v1/entries?limit=1", "/audit/v1/consistency?from=1", "/v1/policies"):
        try:
            status = client.ask("GET", path).status
        except Exception as error:
            status = type(error).__name__
        if status != 200:
            missing.append(f"{path}: {status}")
    client.close()
    return missing


def starts_full(row, service, evidence, given):
    """A start with no byte to write."""
    try:
        service.start("/healthz", patience=30)
        said = refusal(given.ask(service.target, evidence.good))
        missing = reads(service)
        row.figures += ([said] if said else []) + missing[:2]
    except Failure as failure:
        row.figures.append(str(failure)[-200:])
        missing = ["everything"]
        said = None
    row.want("starts at 0 bytes free, to read", not said and not missing)


def comes_back(row, service, evidence, given, sentence):
    """Whether a verdict is given again with no help, within two minutes."""
    began = time.monotonic()

    def is_back():
        answer = given.ask(service.target, evidence.good)
        return answer is not None and answer.status == 200

    try:
        eventually("a verdict is given again", is_back)
        row.figures.append(f"back after {time.monotonic() - began:.1f} s")
        row.want(sentence, True)
    except Failure:
        row.want(sentence, False)


def full_row(world, evidence):
    row = Row(NAME)
    service = world.service("full")
    given = Given()
    try:
        if not service.disk.is_mounted:
            row.skipped = service.disk.why_not
            return row
        service.start()
        for _ in range(20):
            given.ask(service.target, evidence.good)
        service.disk.fill()
        row.figures.append(f"{service.disk.free} bytes free")
        process = service.process.pid
        said, answer = first_refusal(service, evidence, given)
        row.figures.append(f"{answer.status if answer else 'no'} {member(answer.body, 'code') if answer else ''}".strip())
        row.want("a full disk is told: 503, with words and Retry-After", said == "told")
        if said != "told":
            row.figures.append(said)
        missing = reads(service) if service.is_running else ["the service has ended: " + service.last_words]
        row.figures += missing[:2]
        row.want("reads go on", not missing)
        row.want("the same process", service.is_running and service.process.pid == process)

        service.disk.release()
        comes_back(row, service, evidence, given, "comes back by itself")

        service.disk.fill()
        first_refusal(service, evidence, given)
        row.figures.append(f"stopped with {service.stop()}")
        starts_full(row, service, evidence, given)
        service.disk.release()
        if service.is_running:
            comes_back(row, service, evidence, given, "comes back by itself after such a start")
        else:
            service.start()
        finish(row, service, given)
    finally:
        service.remove()
    return row


def finish(row, service, given):
    """Nothing lost, nothing wrong, and a log that verifies."""
    lost = given.lost(service.target)
    service.stop()
    unlogged = given.unlogged(service.disk.data / "log.db")
    findings = service.log_findings()
    row.figures += [f"{len(given.verdicts)} verdicts given", *lost[:1], *unlogged[:1], *([findings] if findings else [])]
    row.want("nothing lost, no token without its entry", not lost and not unlogged)
    row.want("no wrong verdict", not given.wrong())
    row.want("OOM kills 0", service.cage.kills == 0)
    row.want("the log verifies", not findings)
