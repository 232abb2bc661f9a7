"""What an attack is, and the two shapes that most have: to ask without end, and to hold what is never finished."""

import collections
import os
import selectors
import threading
import time
from dataclasses import dataclass
from typing import Callable

from loopback import Client

# Nobody attacks faster than this, whatever the clock says.
MOST_REQUESTS = 200_000


@dataclass(frozen=True)
class Attack:
    name: str
    # Works until front.is_over, and counts in front.tally.
    run: Callable
    # Needs TLS, because HTTP/2 does.
    tls: bool = False
    # What one answered request may leave on the disk, in bytes; not looked at where there is no number.
    durable: int | None = None


class Front:
    """What an attacker has: one target, an address, evidence, and an end."""

    def __init__(self, target, number, evidence, seconds, scale=1.0, addresses=1):
        self.target = target
        self.number = number
        self.evidence = evidence
        self.seconds = seconds
        self.deadline = time.monotonic() + seconds
        self.scale = scale
        self.addresses = addresses
        self.tally = collections.Counter()
        self.lock = threading.Lock()

    @property
    def is_over(self):
        return time.monotonic() >= self.deadline

    def source(self, index=0):
        """An address of the attacker's own, by which the service may tell it from others."""
        return f"127.0.{self.number % 250 + 1}.{index % self.addresses + 2}"

    def count(self, what, by=1):
        with self.lock:
            self.tally[what] += by

    def scaled(self, count):
        """As many as the attack is defined with; fewer in a short form."""
        return max(10, int(count * self.scale))


def flood(front, request, most=MOST_REQUESTS, clients=8):
    """Asks on a few connections as fast as there are answers. `request` makes the number-th: method, path, body, headers."""
    numbers = iter(range(most))

    def work(index):
        client = Client(front.target, front.source(index), timeout=5)
        while not front.is_over:
            with front.lock:
                number = next(numbers, None)
            if number is None:
                break
            try:
                answer = client.ask(*request(number))
                front.count(f"answered {answer.status}")
            except Exception as error:
                front.count("ended" if isinstance(error, (ConnectionError, TimeoutError)) else type(error).__name__)
                client.close()
                time.sleep(0.01)
        client.close()

    threads = [threading.Thread(target=work, args=(index,), daemon=True) for index in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        # A request that is under way may end after the attack.
        thread.join(max(0.1, front.deadline - time.monotonic()) + 6)


class Held:
    """One connection that is never finished."""

    def __init__(self, connection, rest):
        self.connection = connection
        self.rest = memoryview(rest)


def hold(front, count, opening, drip=None, pause=1.0):
    """Opens so many connections, sends the opening on each, then a drip now and then, and never an end. What the service
    closes is opened again, all of them once in five seconds at most."""
    selector = selectors.DefaultSelector()
    alive, next_drip = {}, time.monotonic() + pause
    budget = count * max(2, int(front.seconds / 5))
    most = 0
    try:
        while not front.is_over:
            opened = 0
            while len(alive) < count and budget > 0 and opened < 64 and not front.is_over:
                budget -= 1
                opened += 1
                try:
                    connection = front.target.connect(front.source(budget), timeout=2, buffer=65_536)
                except OSError as error:
                    front.count(f"not opened ({os.strerror(error.errno) if error.errno else 'in time'})")
                    break
                connection.setblocking(False)
                held = alive[connection.fileno()] = Held(connection, opening)
                front.count("opened")
                selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE, held)
            most = max(most, len(alive))
            for key, events in selector.select(0.05):
                step(front, selector, alive, key, events)
            if drip and time.monotonic() >= next_drip:
                next_drip = time.monotonic() + pause
                for held in list(alive.values()):
                    if not held.rest:
                        held.rest = memoryview(drip)
                        selector.modify(held.connection, selectors.EVENT_READ | selectors.EVENT_WRITE, held)
    finally:
        front.count("held at once", most)
        front.count("held at the end", len(alive))
        for held in alive.values():
            held.connection.close()


def step(front, selector, alive, key, events):
    """One connection that can be written or read."""
    held = key.data
    try:
        if events & selectors.EVENT_WRITE:
            if held.rest:
                sent = held.connection.send(held.rest[:262_144])
                front.count("bytes sent", sent)
                held.rest = held.rest[sent:]
            if not held.rest:
                selector.modify(held.connection, selectors.EVENT_READ, held)
        if events & selectors.EVENT_READ:
            answer = held.connection.recv(4_096)
            if answer.startswith(b"HTTP/1.1 "):
                front.count("answered " + answer[9:12].decode(errors="replace"))
            if not answer:
                raise ConnectionResetError
    except BlockingIOError:
        return
    except OSError:
        front.count("closed by the service")
        selector.unregister(held.connection)
        alive.pop(held.connection.fileno(), None)
        held.connection.close()


def besiege(attack, front, is_over, report):
    """The attacker's process: as unimportant as a process can be, so that what is measured is the service."""
    os.nice(15)
    # Ends with the siege, even before its own time is over.
    def end():
        is_over.wait()
        front.deadline = min(front.deadline, time.monotonic())

    threading.Thread(target=end, daemon=True).start()
    try:
        attack.run(front)
    except Exception as error:
        front.count(f"the attacker failed: {type(error).__name__} {error}")
    with front.lock:
        report.send(dict(front.tally))
