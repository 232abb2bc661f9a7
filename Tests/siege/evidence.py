"""What is sent: quotes of the simulated world, good and forged, and event logs as large as the service takes them."""

import base64
import hashlib
import json
import os
import struct

# As Sources/Wire/Limits.swift has them.
EVENT_LOG_BYTES = 2 << 20
EVENT_LOG_EVENTS = 8_192
BODY_BYTES = 4 << 20


def log_header():
    """TCG_PCClientPCREvent with TCG_EfiSpecIdEvent, one algorithm: SHA-384."""
    specification = b"Spec ID Event03\0" + struct.pack("<I4BIHHB", 0, 0, 2, 0, 2, 1, 0x000C, 48, 0)
    return struct.pack("<II20xI", 1, 3, len(specification)) + specification


def event_log(contents):
    """A well-formed log of so many events of RTMR3, which leads to nobody's register."""
    parts = [log_header()]
    for content in contents:
        parts.append(struct.pack("<IIIH", 4, 0x0D, 1, 0x000C) + hashlib.sha384(content).digest())
        parts.append(struct.pack("<I", len(content)) + content)
    return b"".join(parts)


def large_log():
    """2 MB that no compression makes smaller."""
    return event_log([os.urandom(250_000) for _ in range(8)])


def long_log():
    """As many events as a log may have, but two."""
    return event_log([b"siege %d" % number for number in range(EVENT_LOG_EVENTS - 2)])


class Varied:
    """A request whose event log is another each time, in bytes that no rule looks at: what is kept once for all who send the same
    would hide what a stranger can make a service keep."""

    def __init__(self, body):
        start, end = body.index(b'"event_log": "') + 14, body.rindex(b'"}')
        # Whole groups of base64, before the padding.
        middle = start + (end - start - 128) // 4 * 4
        self.before, self.after = body[:middle], body[middle + 16 :]

    def __call__(self):
        return self.before + base64.b64encode(os.urandom(12)) + self.after


class Evidence:
    """Made once; who attacks takes from it and makes nothing."""

    def __init__(self, simulate):
        """`simulate` runs `assay-sim quote` with what it is given and returns the bytes."""
        self.good = simulate()
        self.forged = simulate("--mutation", "48")
        self.large_log = large_log()
        self.long_log = long_log()
        self.forged_large = Varied(self.request(self.forged, self.large_log))
        self.good_large = Varied(self.request(self.good, self.large_log))
        self.good_long = self.request(self.good, self.long_log)

    @staticmethod
    def request(quote, log=None, **members):
        """The body of POST /v1/verdicts."""
        body = {"quote": base64.b64encode(quote).decode(), **members}
        if log is not None:
            body["event_log"] = base64.b64encode(log).decode()
        return json.dumps(body).encode()
