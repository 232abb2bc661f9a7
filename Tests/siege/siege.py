"""One row of the siege: a fresh service, honest clients, one attack or several, and what came of it."""

import multiprocessing
import os
import signal
import threading
import time

from attack import Front, besiege
from honest import percentile, serve_honestly, watch_health
from loopback import Client
from table import Row, megabytes, milliseconds

# No thread of this process is copied: it has none.
processes = multiprocessing.get_context("fork")
HEALTH_SECONDS = 0.05


class Crowd:
    """Processes beside the service, each with its report. All of them end when it is over, and when this process does."""

    def __init__(self):
        self.members = []
        # Nobody ever writes to it: its end is the sign.
        self.waiting, self.held = os.pipe()

    def add(self, work, *arguments):
        """Starts a member; its place among the reports."""
        mine, theirs = processes.Pipe(False)
        member = processes.Process(target=self.enter, args=(work, arguments, theirs), daemon=True)
        member.start()
        theirs.close()
        self.members.append((member, mine))
        return len(self.members) - 1

    def enter(self, work, arguments, report):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(self.held)
        is_over = threading.Event()

        def wait():
            os.read(self.waiting, 1)
            is_over.set()

        threading.Thread(target=wait, daemon=True).start()
        work(*arguments, is_over, report)
        # Without a wait for threads that hang on a connection.
        report.close()
        os._exit(0)

    def end(self, patience=20):
        """What each reported, in their order; nothing of one that did not end in time and was ended."""
        os.close(self.held)
        deadline = time.monotonic() + patience
        reports = []
        for member, report in self.members:
            try:
                reports.append(report.recv() if report.poll(max(0.1, deadline - time.monotonic())) else None)
            except EOFError:
                reports.append(None)
            member.join(1)
            if member.is_alive():
                member.kill()
                member.join()
        os.close(self.waiting)
        return reports


def watch(service, seconds, while_true=lambda: True):
    """Looks at the service's memory until the time is over, or the service is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and service.is_running and while_true():
        service.cage.watch(service.process)
        time.sleep(0.05)


def judge_honest(row, reports):
    """Figures of the honest, and what everybody wants for them."""
    honest, health = reports
    for name, report in (("honest", honest), ("/healthz", health)):
        if report is None:
            row.want(f"{name} clients end", False)
            continue
        p99 = percentile(report["latencies"], 0.99)
        row.figures.append(f"{name} p99 {milliseconds(p99)} of {len(report['latencies'])}, {report['errors']} errors")
        row.figures += [f"first: {text}" for text in report["first"][:1]]
        row.want(f"{name} errors 0", report["errors"] == 0 and report["latencies"])
        if name == "/healthz":
            row.want("/healthz p99 < 50 ms", p99 is not None and p99 < HEALTH_SECONDS)


def judge_service(row, service):
    """Whether the one that was besieged is still there, and its log whole."""
    answers = False
    if service.is_running:
        try:
            answers = Client(service.target, timeout=10).ask("GET", "/healthz").status == 200
        except Exception as error:
            row.figures.append(f"afterwards: {type(error).__name__} {error}")
    row.figures.append(f"RSS at most {megabytes(service.cage.peak_rss)}")
    row.want("OOM kills 0", service.cage.kills == 0)
    row.want("the same process answers afterwards", answers)
    service.stop()
    findings = service.log_findings()
    if findings:
        row.figures.append(findings)
    row.want("the log verifies", not findings)


def tell(name, tally):
    """What an attacker counted, in one text."""
    numbers = {key: value for key, value in tally.items() if key != "bytes sent"}
    text = ", ".join(f"{value} {key}" for key, value in sorted(numbers.items(), key=lambda item: -item[1])[:6])
    return text + (f", {megabytes(tally['bytes sent'])} sent" if "bytes sent" in tally else "")


def answered(tally):
    """How many requests had an answer, and how many of them a verdict."""
    return sum(value for key, value in tally.items() if key.startswith("answered"))


def attack_row(world, evidence, attacks, seconds, scale=1.0, addresses=1, name=None, per_verdict=0):
    """One attack, or several at once."""
    row = Row(name or attacks[0].name)
    is_tls = any(attack.tls for attack in attacks)
    if is_tls and not world.certificate():
        row.skipped = "openssl is not installed, and HTTP/2 needs a certificate"
        return row
    service = world.service("besieged", "shutdown.grace=5", tls=is_tls)
    try:
        service.start()
        before = service.disk.used
        crowd = Crowd()
        for attacked, attack in enumerate(attacks):
            front = Front(service.target, attacked, evidence, seconds, scale, addresses)
            crowd.add(besiege, attack, front)
        first = crowd.add(serve_honestly, service.target, evidence.good)
        crowd.add(watch_health, service.target)
        watch(service, seconds)
        reports = crowd.end()
        for attack, report in zip(attacks, reports):
            if report is None:
                row.want(f"the attacker {attack.name!r} ends", False)
                continue
            row.figures.append((f"{attack.name}: " if len(attacks) > 1 else "") + tell(attack.name, report))
            row.want(
                "the attack took place" if len(attacks) == 1 else f"{attack.name!r} took place",
                any(key.startswith(("answered", "opened", "ended", "bytes", "closed", "connections")) for key in report),
            )
        judge_honest(row, reports[first:])
        judge_service(row, service)
        growth = service.disk.used - before
        row.figures.append(f"{megabytes(growth)} durable")
        if attacks[0].durable is not None and len(attacks) == 1 and reports[0]:
            judge_growth(row, attacks[0], reports[0], growth, reports[first], per_verdict)
    finally:
        service.remove()
    return row


def judge_growth(row, attack, report, growth, honest, per_verdict):
    """What a request of the attacker left on the disk, without what the honest left."""
    count = answered(report)
    own = max(0, growth - per_verdict * len(honest["latencies"] if honest else []))
    each = own / count if count else 0
    row.figures.append(f"{each / 1000:.1f} kB of it for each of {count} answers")
    row.want(f"at most {attack.durable // 1024} KiB durable for each answer", count and each <= attack.durable)


def calm_row(world, evidence, seconds):
    """Honest clients alone: what the service is at rest, and what one verdict leaves on the disk."""
    row = Row("honest clients alone")
    service = world.service("calm")
    per_verdict = 0
    try:
        service.start()
        if service.cage.why_not:
            row.figures.append(service.cage.why_not + f"; RSS is held against {megabytes(service.cage.limit)} here")
        if service.disk.why_not:
            row.figures.append(service.disk.why_not + "; the data folder lies on a common disk")
        time.sleep(2)
        rest = service.cage.watch(service.process)
        row.figures.append(f"RSS at rest {megabytes(rest)}")
        row.want("RSS at rest ≤ 60 MB", rest <= 60e6)
        before = service.disk.used
        crowd = Crowd()
        crowd.add(serve_honestly, service.target, evidence.good)
        crowd.add(watch_health, service.target)
        watch(service, seconds)
        reports = crowd.end()
        judge_honest(row, reports)
        judge_service(row, service)
        # When it has ended: what a database has written ahead of itself is then where it belongs.
        count = len(reports[0]["latencies"]) if reports[0] else 0
        per_verdict = max(0, service.disk.used - before) / count if count else 0
        row.figures.append(f"{per_verdict / 1000:.1f} kB durable for each verdict")
    finally:
        service.remove()
    return row, per_verdict


def many_row(world, evidence, seconds, count):
    """So many honest connections at once, each of a caller of its own, in turn with a verdict."""
    row = Row(f"{count:,} connections")
    service = world.service("many")
    try:
        service.start()
        crowd = Crowd()
        crowd.add(use_connections, service.target, evidence.good, count)
        crowd.add(serve_honestly, service.target, evidence.good)
        crowd.add(watch_health, service.target)
        watch(service, seconds)
        reports = crowd.end()
        own = reports[0] or {"open": 0, "answers": 0, "errors": 1, "first": ["they did not end"]}
        row.figures.append(f"{own['open']} open at once, {own['answers']} verdicts on them, {own['errors']} errors")
        row.figures += own["first"][:1]
        row.want(f"{count:,} open at once", own["open"] == count)
        row.want("errors on them 0", own["errors"] == 0)
        row.want("RSS ≤ 120 MB", service.cage.peak_rss <= 120e6)
        judge_honest(row, reports[1:])
        judge_service(row, service)
    finally:
        service.remove()
    return row


def use_connections(target, quote, count, is_over, report):
    """Opens them all, then asks on one after the other. One that was closed in its idle time is opened again, as clients do."""
    clients, answers, errors = [], 0, []
    number = 0
    while not is_over.is_set():
        index = number % count
        if index == len(clients):
            clients.append(Client(target, timeout=10))
        opening = len(clients) < count
        headers = {"X-Forwarded-For": f"198.18.{index // 250}.{index % 250 + 1}"}
        question = ("GET", "/healthz", b"") if opening else ("POST", f"/v1/verdicts?audience=many-{number}", quote)
        headers |= {} if opening else {"Content-Type": "application/octet-stream"}
        try:
            was_open = clients[index].connection is not None
            try:
                answer = clients[index].ask(*question, headers)
            except ConnectionError:
                if not was_open:
                    raise
                answer = clients[index].ask(*question, headers)
            answers += not opening
            if answer.status != 200:
                errors.append(f"{answer.status} {answer.body[:120].decode(errors='replace')}")
        except Exception as error:
            errors.append(f"{type(error).__name__} {error}")
        number += 1
    report.send(
        {
            "open": sum(client.connection is not None for client in clients),
            "answers": answers,
            "errors": len(errors),
            "first": errors[:2],
        }
    )
    for client in clients:
        client.close()
