"""The attacks over HTTP/1.1, each against what a service keeps: memory, connections, disk, the processor."""

from attack import Attack, flood, hold
from evidence import BODY_BYTES
from http2 import HTTP2

JSON = {"Content-Type": "application/json"}
BYTES = {"Content-Type": "application/octet-stream"}


def large_headers(front):
    """9,000 distinct headers of 70 kB: whoever keeps something for each caller by what it calls itself keeps 630 MB."""
    filling = "x" * 70_000

    def request(number):
        return "POST", "/v1/verdicts", b"{}", {**JSON, "Authorization": f"Bearer {number:08}{filling}"}

    flood(front, request, most=front.scaled(9_000))


def unfinished_bodies(front):
    """250 bodies of 4 MB whose last byte never comes."""
    # Of all that takes a body, Trustee's shape takes the largest.
    head = "POST /attestation HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\n"
    body = b'{"tee":"' + b"A" * (BODY_BYTES - 9)
    hold(front, front.scaled(250), f"{head}Content-Length: {BODY_BYTES}\r\n\r\n".encode() + body)


def unfinished_heads(front):
    """4,000 requests whose head never ends."""
    hold(front, front.scaled(4_000), b"GET /v1/policies HTTP/1.1\r\nHost: siege\r\nX-Siege: " + b"x" * 4_000)


def slow_connections(front):
    """4,200 connections, more than the service takes, on which a byte comes each second."""
    hold(front, front.scaled(4_200), b"GET /healthz HTTP/1.1\r\nHost: siege\r\nX-Siege: ", drip=b"x")


def kept_answers(front):
    """150 answers that are to be kept for their Idempotency-Key, each of a large event log, and half of them asked for again."""
    most = front.scaled(150)

    def request(number):
        key = number % most
        body = front.evidence.good_long if key % 2 else front.evidence.good_large()
        return "POST", "/v1/verdicts", body, {**JSON, "Idempotency-Key": f"siege-{key}"}

    flood(front, request, clients=4)


def forged_quotes(front):
    """Quotes with a broken signature, each with 2 MB of event log that nobody has to read or keep."""
    flood(front, lambda number: ("POST", "/v1/verdicts", front.evidence.forged_large(), JSON), clients=4)


def repeated_evidence(front):
    """The same good quote again and again, from one caller."""
    flood(front, lambda number: ("POST", "/v1/verdicts", front.evidence.good, BYTES))


def long_logs(front):
    """Good quotes with event logs of 8,190 events: as much to parse, replay and tell as a log may hold."""
    flood(front, lambda number: ("POST", "/v1/verdicts", front.evidence.good_long, JSON), clients=4)


def event_streams(front):
    """Readers of server-sent events who never read."""
    hold(front, front.scaled(2_000), b"GET /v1/events HTTP/1.1\r\nHost: siege\r\nAccept: text/event-stream\r\n\r\n")


def log_readers(front):
    """The most expensive questions about the log."""
    paths = ["/audit/v1/export", "/audit/v1/entries?limit=1000", "/audit/v1/consistency?from=1", "/audit/v1/stats?by=tee"]
    flood(front, lambda number: ("GET", paths[number % len(paths)], b"", {}))


def unread_bodies(front):
    """4 MB sent to where nothing is read."""
    body = bytes(BODY_BYTES)
    flood(front, lambda number: ("POST", "/healthz", body, BYTES), clients=4)


def challenges(front):
    """Challenges that nobody redeems: a service that remembers each has a memory that grows."""
    flood(front, lambda number: ("POST", "/v1/challenges", b"", {}))


# 64 KiB is the largest quote that is taken at all; what was no accept need leave no more than that. A verdict on a quote that is
# there already leaves its entry, what finds it, and what its token said.
HTTP1 = [
    Attack("9,000 distinct headers of 70 kB", large_headers),
    Attack("250 unfinished bodies of 4 MB", unfinished_bodies),
    Attack("4,000 unfinished heads", unfinished_heads),
    Attack("4,200 slow connections", slow_connections),
    Attack("150 kept answers with large event logs", kept_answers),
    Attack("forged quotes with 2 MB of event log", forged_quotes, durable=65_536),
    Attack("the same good evidence repeated", repeated_evidence, durable=8_192),
    Attack("event logs of 8,190 events", long_logs),
    Attack("2,000 event streams that nobody reads", event_streams),
    Attack("a flood of log reads", log_readers),
    Attack("bodies of 4 MB that nobody reads", unread_bodies),
    Attack("challenges that nobody redeems", challenges),
]
ALL = HTTP1 + HTTP2
