"""What a service has given away and must stand by: each verdict with a token, looked up again in the log afterwards."""

import json
import sqlite3
import threading
import time

from honest import address
from loopback import Client


def member(body, *path):
    """A member of a JSON answer, or nothing."""
    try:
        value = json.loads(body)
        for name in path:
            value = value[name]
        return value
    except (ValueError, KeyError, TypeError):
        return None


class Given:
    """Verdicts that somebody holds."""

    def __init__(self, name="given"):
        # The same question of the same caller may have the same answer: each of these is another one.
        self.name = name
        self.verdicts = {}
        self.count = 0
        self.lock = threading.Lock()

    def ask(self, target, quote, timeout=10, policy=None):
        """One verdict; kept when it is one. The answer, or nothing where there is none."""
        with self.lock:
            self.count += 1
            count = self.count
        client = Client(target, timeout=timeout)
        try:
            answer = client.ask(
                "POST",
                f"/v1/verdicts?audience={self.name}-{count}" + (f"&policy={policy}" if policy else ""),
                quote,
                {"Content-Type": "application/octet-stream", "X-Forwarded-For": address(count)},
            )
        except Exception:
            return None
        finally:
            client.close()
        if answer.status == 200:
            # One step, whoever else asks at the same time.
            self.verdicts[member(answer.body, "id")] = (
                member(answer.body, "verdict"),
                member(answer.body, "token"),
                member(answer.body, "log", "index"),
            )
        return answer

    def wrong(self, wanted="accept"):
        """Verdicts that the quote does not deserve."""
        return [name for name, (verdict, token, _) in self.verdicts.items() if verdict != wanted or not token]

    def lost(self, target, since=0):
        """Those that a running service does not know any more, or not at their place; the first ones may be left out."""
        client = Client(target, timeout=30)
        lost = []
        for number, (name, (verdict, _, index)) in enumerate(list(self.verdicts.items())[since:]):
            # Whoever reads that much of a log is told to come back later, and does.
            for _ in range(100):
                answer = client.ask("GET", f"/v1/verdicts/{name}", headers={"X-Forwarded-For": address(number)})
                if answer.status != 429:
                    break
                time.sleep(0.1)
            found = (member(answer.body, "verdict"), member(answer.body, "log", "index"))
            if answer.status != 200 or found != (verdict, index):
                lost.append(f"{name}: {answer.status} {found}")
        client.close()
        return lost

    def unlogged(self, database):
        """Those whose entry is not in the log's own file, at their place and with the claims of their token; read by SQLite
        and not by the service."""
        missing = []
        entries = read_log(database)
        for name, (verdict, token, index) in self.verdicts.items():
            entry = entries[index] if index is not None and index < len(entries) else {}
            if entry.get("jti") != name or entry.get("verdict") != verdict or not entry.get("claims_sha256"):
                missing.append(f"{name} at {index}")
        return missing


def read_log(database):
    """Every entry of a log whose service has ended, as JSON."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return [json.loads(bytes(leaf)) for (leaf,) in connection.execute("SELECT leaf FROM entries ORDER BY idx")]
    finally:
        connection.close()
