#!/usr/bin/env python3
"""The guest's quote endpoint, on a fake configfs tree and a fake host."""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "integrations/guest"))

import quote_server as guest  # noqa: E402


class FakeTSM(guest.TSMReport):
    """What the kernel does: an entry has its files at once, counts writes, and makes the quote when it is read."""

    def __init__(self, root, provider=b"tdx_guest\n", writes=1):
        super().__init__(root)
        self.provider, self.writes = provider, writes
        self.quote_of = lambda data: b"quote over " + data
        self.made = []

    def quote(self, data):
        make = os.mkdir

        def mkdir(path):
            make(path)
            for name, content in (
                ("provider", self.provider),
                ("generation", b"0\n"),
                ("inblob", b""),
                ("outblob", b""),
            ):
                pathlib.Path(path, name).write_bytes(content)
            self.made.append(path)

        os.mkdir = mkdir
        try:
            return super().quote(data)
        finally:
            os.mkdir = make

    def write(self, entry, name, data):
        super().write(entry, name, data)
        pathlib.Path(entry, "generation").write_text(f"{self.writes}\n")
        pathlib.Path(entry, "outblob").write_bytes(self.quote_of(data))

    @staticmethod
    def remove(entry):
        # configfs lets an entry go with its files in it.
        shutil.rmtree(entry)


class Guest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def serve(self, source, thumbprint=b"\x07" * 32, log=lambda: None):
        handler = guest.make_handler(source, thumbprint, log=log)
        handler.log_message = lambda *_: None
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_address[1]}"

    def get(self, url):
        try:
            answer = urllib.request.urlopen(url, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, json.load(answer)

    def test_binds_nonce_and_key(self):
        source = FakeTSM(self.root)
        nonce = bytes(range(32))
        url = self.serve(source, log=lambda: b"events")
        for text in (nonce.hex(), base64.urlsafe_b64encode(nonce).decode().rstrip("=")):
            status, value = self.get(f"{url}/quote?nonce={text}")
            self.assertEqual(status, 200)
            wanted = hashlib.sha512(b"assay-v2\x20" + nonce + b"\x20" + b"\x07" * 32).digest()
            self.assertEqual(base64.b64decode(value["quote"]), b"quote over " + wanted)
            self.assertEqual(value["scheme"], "assay")
            self.assertEqual(base64.b64decode(value["event_log"]), b"events")
        self.assertEqual(len(source.made), 2)
        self.assertEqual(os.listdir(self.root), [], "entries are left in configfs")

    def test_vectors(self):
        file = pathlib.Path(__file__).resolve().parents[1] / "vectors/assay-v2.json"
        vectors = json.loads(file.read_text())
        given = lambda each: (bytes.fromhex(each["nonce"]), bytes.fromhex(each["key"]) or None)
        self.assertEqual([each["name"] for each in vectors["vectors"]], [f"B{number}" for number in range(1, 8)])
        for each in vectors["vectors"]:
            with self.subTest(each["name"]):
                self.assertEqual(guest.report_data(*given(each)).hex(), each["report_data"])
                self.assertNotEqual(each["report_data"], vectors["replaced"])
        self.assertEqual(len(vectors["refused"]), 12)
        for each in vectors["refused"]:
            with self.subTest(each), self.assertRaises(ValueError):
                guest.report_data(*given(each))

    def test_nonces(self):
        url = self.serve(FakeTSM(self.root))
        for query in (
            "",
            "?nonce=",
            "?nonce=00",
            "?nonce=" + "00" * 15,
            "?nonce=" + "00" * 65,
            "?nonce=%25%25%25%25%25%25%25%25%25",
            "?nonce=a&nonce=b",
        ):
            with self.subTest(query):
                status, value = self.get(url + "/quote" + query)
                self.assertEqual((status, value["code"]), (400, "NONCE_INVALID"))
        self.assertEqual(self.get(url + "/other")[0], 404)

    def test_refusals(self):
        cases = {
            "not a TD": (FakeTSM(self.root, provider=b"sev_guest\n"), "tdx_guest"),
            "another writer": (FakeTSM(self.root, writes=2), "another process"),
        }
        empty = FakeTSM(self.root)
        empty.quote_of = lambda data: b""
        cases["no quote"] = (empty, "empty")
        large = FakeTSM(self.root)
        large.quote_of = lambda data: b"x" * (guest.QUOTE_LIMIT + 1)
        cases["too large"] = (large, "larger")
        for name, (source, words) in cases.items():
            with self.subTest(name):
                status, value = self.get(self.serve(source) + "/quote?nonce=" + "00" * 16)
                self.assertEqual((status, value["code"]), (503, "QUOTE_UNAVAILABLE"))
                self.assertIn(words, value["detail"])
                self.assertEqual(os.listdir(self.root), [], "an entry is left")

    def device(self, answer):
        """/dev/tdx_guest and the host's service, both faked."""
        path = os.path.join(self.root, "tdx_guest")
        pathlib.Path(path).touch()
        seen = {}

        def ioctl(_, request, buffer, mutate):
            seen["request"] = request
            buffer[64:] = hashlib.sha512(bytes(buffer[:64])).digest() * 16

        def connect():
            ours, theirs = socket.socketpair()

            def host():
                with theirs:
                    (length,) = struct.unpack(">I", guest.GuestDevice.exactly(theirs, 4))
                    seen["message"] = guest.GuestDevice.exactly(theirs, length)
                    theirs.sendall(answer)

            threading.Thread(target=host, daemon=True).start()
            return ours

        return guest.GuestDevice(path, ioctl=ioctl, connect=connect), seen

    @staticmethod
    def reply(quote, kind=1, code=0, size=None):
        size = len(quote) if size is None else size
        body = struct.pack("<HHIII", 1, 0, kind, 24 + len(quote), code) + struct.pack("<II", 0, size) + quote
        return struct.pack(">I", len(body)) + body

    def test_device(self):
        source, seen = self.device(self.reply(b"a quote"))
        self.assertEqual(source.quote(b"\x01" * 64), b"a quote")
        self.assertEqual(seen["request"], 0xC4405401, "TDX_CMD_GET_REPORT0")
        self.assertEqual(seen["message"][24:], hashlib.sha512(b"\x01" * 64).digest() * 16)
        for name, answer in {
            "an error": self.reply(b"", code=0x12001),
            "cut": self.reply(b"a quote", size=100),
            "another kind": self.reply(b"a quote", kind=5),
            "too long": struct.pack(">I", 1 << 30),
            "closed": b"\x00\x00",
        }.items():
            with self.subTest(name), self.assertRaises(guest.QuoteError):
                self.device(answer)[0].quote(b"\x01" * 64)

    def test_thumbprint(self):
        openssl = shutil.which("openssl")
        if not openssl:
            self.skipTest("openssl is not installed: thumbprints are not compared")
        try:
            from cryptography import x509
        except ImportError:
            self.skipTest("cryptography is not installed: thumbprints are not compared")
        kinds = {"EC": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "RSA": ["rsa:2048"], "Ed25519": ["ed25519"]}
        for name, kind in kinds.items():
            with self.subTest(name):
                files = [os.path.join(self.root, name + end) for end in (".key", ".pem")]
                subprocess.run(
                    [openssl, "req", "-x509", "-newkey", *kind, "-nodes", "-keyout", files[0], "-out", files[1]]
                    + ["-days", "1", "-subj", "/CN=test"],
                    check=True,
                    stderr=subprocess.DEVNULL,
                )
                text = pathlib.Path(files[1]).read_text()
                key = x509.load_pem_x509_certificate(text.encode()).public_key()
                self.assertEqual(guest.key_thumbprint(ssl.PEM_cert_to_DER_cert(text)), self.other_way(name, key))

    @staticmethod
    def other_way(name, key):
        from cryptography.hazmat.primitives import serialization

        encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
        number = lambda value: encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))
        if name == "EC":
            n = key.public_numbers()
            jwk = {
                "crv": "P-256",
                "kty": "EC",
                "x": encode(n.x.to_bytes(32, "big")),
                "y": encode(n.y.to_bytes(32, "big")),
            }
        elif name == "RSA":
            n = key.public_numbers()
            jwk = {"e": number(n.e), "kty": "RSA", "n": number(n.n)}
        else:
            raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            jwk = {"crv": "Ed25519", "kty": "OKP", "x": encode(raw)}
        return hashlib.sha256(json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()).digest()


if __name__ == "__main__":
    unittest.main(verbosity=2)
