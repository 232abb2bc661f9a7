#!/usr/bin/env python3
"""A quote endpoint for a confidential VM: quotes over the caller's nonce and this server's TLS key. Standard library only.

    python3 quote_server.py --certificate fullchain.pem [--listen 127.0.0.1:8446]

`GET /quote?nonce=BASE64URL` gives JSON: the quote, and what is bound into its report_data in the scheme `assay`:
SHA-512("assay-v2" ‖ length of the nonce ‖ nonce ‖ length of the thumbprint ‖ RFC 7638 thumbprint of the certificate's
key), each length one byte. Whoever talks TLS to the holder of that key knows that it is *this* machine that the quote speaks
of. Put it behind the same TLS front as the model server. A TD that runs this must give out quotes in no other way: whoever
may choose report_data elsewhere can choose what would be made here for a key of his own.

Quotes come from Linux's configfs-tsm `report` interface (kernel 6.7 or newer); where that is not there, /dev/tdx_guest
gives the report and the host's quote generation service, over vsock, makes the quote of it.
"""

import argparse
import base64
import binascii
import errno
import fcntl
import hashlib
import http.server
import json
import os
import secrets
import socket
import ssl
import struct
import sys
import threading
import urllib.parse

TSM = "/sys/kernel/config/tsm/report"
DEVICE = "/dev/tdx_guest"
EVENT_LOG = "/sys/firmware/acpi/tables/data/CCEL"
QUOTE_LIMIT = 65_536
EVENT_LOG_LIMIT = 1 << 20


class QuoteError(Exception):
    """Why there is no quote, for the operator."""


# report_data


def report_data(nonce, thumbprint=None):
    """The scheme `assay` (assay-v2): 64 bytes. A nonce has 16 to 64 bytes, a thumbprint 32; without a key there is none.

    Every length is hashed too: a nonce that ends like a thumbprint is not the same as a nonce and a thumbprint.
    """
    thumbprint = b"" if thumbprint is None else thumbprint
    if not 16 <= len(nonce) <= 64:
        raise ValueError(f"a nonce of {len(nonce)} bytes, wanted 16 to 64")
    if len(thumbprint) not in (0, 32):
        raise ValueError(f"a thumbprint of {len(thumbprint)} bytes, wanted 32")
    parts = (bytes([len(part)]) + part for part in (nonce, thumbprint))
    return hashlib.sha512(b"assay-v2" + b"".join(parts)).digest()


def element(data, at):
    """One DER element: `(tag, content, end)`."""
    tag, length, at = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(data[at : at + count], "big"), at + count
    if at + length > len(data):
        raise ValueError("a DER element is cut")
    return tag, data[at : at + length], at + length


def elements(data):
    found, at = [], 0
    while at < len(data):
        tag, content, at = element(data, at)
        found.append((tag, content))
    return found


def key_thumbprint(certificate):
    """RFC 7638 thumbprint of the public key in a DER certificate."""
    to_be_signed = elements(elements(element(certificate, 0)[1])[0][1])
    # An explicit version comes first in every certificate of today; the key is the seventh member, with it.
    fields = to_be_signed[1:] if to_be_signed[0][0] == 0xA0 else to_be_signed
    algorithm, key = elements(fields[5][1])
    names = [content for tag, content in elements(algorithm[1]) if tag == 0x06]
    bits = key[1][1:]
    encode = lambda value: base64.urlsafe_b64encode(value).rstrip(b"=").decode()
    if names[0] == bytes.fromhex("2a8648ce3d0201"):
        curves = {bytes.fromhex("2a8648ce3d030107"): ("P-256", 32), bytes.fromhex("2b81040022"): ("P-384", 48)}
        if names[1] not in curves or bits[0] != 4:
            raise ValueError("an EC key on another curve than P-256 or P-384, or compressed")
        curve, size = curves[names[1]]
        key = {"crv": curve, "kty": "EC", "x": encode(bits[1 : 1 + size]), "y": encode(bits[1 + size :])}
    elif names[0] == bytes.fromhex("2a864886f70d010101"):
        modulus, exponent = (content.lstrip(b"\0") for _, content in elements(element(bits, 0)[1]))
        key = {"e": encode(exponent), "kty": "RSA", "n": encode(modulus)}
    elif names[0] == bytes.fromhex("2b6570"):
        key = {"crv": "Ed25519", "kty": "OKP", "x": encode(bits)}
    else:
        raise ValueError("a key that is neither EC, RSA nor Ed25519")
    return hashlib.sha256(json.dumps(key, sort_keys=True, separators=(",", ":")).encode()).digest()


# Where quotes come from


class TSMReport:
    """Linux's `configfs-tsm`: an entry is made, given the report data, read, and removed."""

    def __init__(self, root=TSM):
        self.root = root

    @property
    def is_there(self):
        return os.path.isdir(self.root)

    def quote(self, data):
        entry = os.path.join(self.root, "assay-" + secrets.token_hex(8))
        os.mkdir(entry)
        try:
            provider = self.read(entry, "provider", 64).decode("ascii", "replace").strip()
            if provider != "tdx_guest":
                raise QuoteError(f"the report provider is {provider!r}, not tdx_guest: this is no TD")
            before = int(self.read(entry, "generation", 32))
            self.write(entry, "inblob", data)
            quote = self.read(entry, "outblob", QUOTE_LIMIT)
            # Each write counts one up: another writer would have given us a quote over somebody else's data.
            if int(self.read(entry, "generation", 32)) != before + 1:
                raise QuoteError("another process wrote into the report entry")
        except OSError as error:
            words = {errno.EBUSY: "busy", errno.ETIMEDOUT: "the host did not answer", errno.EPERM: "not allowed"}
            raise QuoteError(f"{entry}: {words.get(error.errno, os.strerror(error.errno or 0))}") from error
        finally:
            self.remove(entry)
        if not quote:
            raise QuoteError("the host gave an empty quote; is its quote generation service up?")
        return quote

    @staticmethod
    def read(entry, name, limit):
        with open(os.path.join(entry, name), "rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise QuoteError(f"{name} is larger than {limit} bytes")
        return content

    @staticmethod
    def write(entry, name, data):
        # One write: the interface takes the whole value at once.
        descriptor = os.open(os.path.join(entry, name), os.O_WRONLY)
        try:
            if os.write(descriptor, data) != len(data):
                raise QuoteError(f"{name} was not taken whole")
        finally:
            os.close(descriptor)

    @staticmethod
    def remove(entry):
        os.rmdir(entry)


class GuestDevice:
    """/dev/tdx_guest for the report, the host's quote generation service for the quote (vsock, CID 2)."""

    REPORT_SIZE = 1024
    # _IOWR('T', 1, struct tdx_report_req): 64 bytes in, 1,024 out.
    GET_REPORT = (3 << 30) | ((64 + REPORT_SIZE) << 16) | (ord("T") << 8) | 1
    HEADER = struct.Struct("<HHIII")
    REQUEST, RESPONSE = 0, 1

    def __init__(self, path=DEVICE, port=4050, ioctl=fcntl.ioctl, connect=None):
        self.path, self.port, self.ioctl = path, port, ioctl
        self.connect = connect or self.vsock

    @property
    def is_there(self):
        return os.path.exists(self.path)

    def vsock(self):
        connection = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
        connection.settimeout(30)
        connection.connect((socket.VMADDR_CID_HOST, self.port))
        return connection

    def quote(self, data):
        try:
            report = self.report(data)
            with self.connect() as connection:
                return self.ask(connection, report)
        except OSError as error:
            raise QuoteError(f"{self.path}: {error.strerror or error}") from error

    def report(self, data):
        buffer = bytearray(data) + bytearray(self.REPORT_SIZE)
        descriptor = os.open(self.path, os.O_RDWR)
        try:
            self.ioctl(descriptor, self.GET_REPORT, buffer, True)
        finally:
            os.close(descriptor)
        return bytes(buffer[64:])

    def ask(self, connection, report):
        size = self.HEADER.size + 8 + len(report)
        message = self.HEADER.pack(1, 0, self.REQUEST, size, 0) + struct.pack("<II", len(report), 0) + report
        connection.sendall(struct.pack(">I", len(message)) + message)
        (length,) = struct.unpack(">I", self.exactly(connection, 4))
        if not self.HEADER.size + 8 <= length <= QUOTE_LIMIT + 1024:
            raise QuoteError(f"the host's answer has {length} bytes")
        answer = self.exactly(connection, length)
        _, _, kind, _, code = self.HEADER.unpack_from(answer)
        if kind != self.RESPONSE or code != 0:
            raise QuoteError(f"the host's quote generation service says error 0x{code:x}")
        identifier, size = struct.unpack_from("<II", answer, self.HEADER.size)
        begin = self.HEADER.size + 8 + identifier
        quote = answer[begin : begin + size]
        if not size or len(quote) != size:
            raise QuoteError("the host's answer is cut")
        return quote

    @staticmethod
    def exactly(connection, count):
        received = b""
        while len(received) < count:
            part = connection.recv(count - len(received))
            if not part:
                raise QuoteError("the host closed the connection")
            received += part
        return received


# The server


def parse_nonce(text):
    """16 to 64 bytes in hex or base64url, or None."""
    try:
        if len(text) % 2 == 0 and all(c in "0123456789abcdefABCDEF" for c in text):
            nonce = bytes.fromhex(text)
        else:
            nonce = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return nonce if 16 <= len(nonce) <= 64 else None


def event_log(path=EVENT_LOG):
    try:
        with open(path, "rb") as file:
            return file.read(EVENT_LOG_LIMIT)
    except OSError:
        return None


def make_handler(source, thumbprint, origin="*", log=event_log):
    # One quote at a time: the host makes them slowly, and a flood must not stand in a queue of threads.
    turn = threading.BoundedSemaphore(1)

    class Handler(http.server.BaseHTTPRequestHandler):
        server_version = "assay-guest"
        sys_version = ""
        timeout = 30

        def do_GET(self):
            target = urllib.parse.urlsplit(self.path)
            if target.path != "/quote":
                return self.answer(404, {"code": "NOT_FOUND", "detail": "wanted /quote?nonce="})
            values = urllib.parse.parse_qs(target.query).get("nonce", [])
            nonce = parse_nonce(values[0]) if len(values) == 1 else None
            if nonce is None:
                fix = "Give your own random nonce: a quote without one can be shown again by anybody."
                return self.answer(
                    400, {"code": "NONCE_INVALID", "detail": "wanted 16 to 64 bytes in hex or base64url", "fix": fix}
                )
            if not turn.acquire(timeout=20):
                return self.answer(503, {"code": "OVERLOADED", "detail": "another quote is being made"})
            try:
                quote = source.quote(report_data(nonce, thumbprint))
            except QuoteError as error:
                self.log_message("%s", error)
                return self.answer(503, {"code": "QUOTE_UNAVAILABLE", "detail": str(error)})
            finally:
                turn.release()
            encode = lambda value: base64.urlsafe_b64encode(value).rstrip(b"=").decode()
            value = {"quote": base64.b64encode(quote).decode(), "nonce": encode(nonce), "scheme": "assay"}
            if thumbprint:
                value["key"] = encode(thumbprint)
            events = log()
            if events:
                value["event_log"] = base64.b64encode(events).decode()
            self.answer(200, value)

        def answer(self, status, value):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Access-Control-Allow-Origin", origin)
            self.end_headers()
            self.wfile.write(body)

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--listen", default="127.0.0.1:8446", metavar="ADDRESS:PORT")
    parser.add_argument("--certificate", metavar="PEM", help="the TLS certificate that callers see; binds its key")
    parser.add_argument("--origin", default="*", help="Access-Control-Allow-Origin")
    parser.add_argument("--tsm", default=TSM, help=argparse.SUPPRESS)
    options = parser.parse_args()
    thumbprint = None
    if options.certificate:
        with open(options.certificate, encoding="ascii") as file:
            text = file.read()
        end = "-----END CERTIFICATE-----"
        # The first of a chain is the server's own.
        thumbprint = key_thumbprint(ssl.PEM_cert_to_DER_cert(text[: text.index(end) + len(end)]))
    source = next((each for each in (TSMReport(options.tsm), GuestDevice()) if each.is_there), None)
    if source is None:
        print(f"neither {options.tsm} nor {DEVICE} is there: this is no TD, or its kernel is too old", file=sys.stderr)
        return 1
    host, port = options.listen.rsplit(":", 1)
    handler = make_handler(source, thumbprint, options.origin)
    with http.server.ThreadingHTTPServer((host, int(port)), handler) as server:
        print(f"quotes at http://{host}:{server.server_address[1]}/quote", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
