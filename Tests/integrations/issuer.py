"""An issuer of tokens, with a key of its own, that says of its status lists what a test wants. Needs `cryptography`."""

import base64
import http.server
import json
import threading
import time
import zlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SimulatedIssuer:
    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        # What is answered for the list; `None` is a 503.
        self.list = None
        self.requests = 0
        self.default_policy = "ab" * 32
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = outer.answer(self.path)
                self.send_response(200 if body is not None else 503)
                self.end_headers()
                self.wfile.write((body or "").encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path):
        if path == "/list":
            self.requests += 1
            return self.list
        if path == "/jwks.json":
            point = self.key.public_key().public_numbers()
            x, y = (base64url(value.to_bytes(32, "big")) for value in (point.x, point.y))
            return json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "kid": "one", "alg": "ES256", "x": x, "y": y}]})
        discovery = {
            "issuer": self.url,
            "jwks_uri": self.url + "/jwks.json",
            "default_policy_sha256": self.default_policy,
        }
        return json.dumps(discovery)

    def sign(self, claims, typ, by=None, **header):
        head = {"alg": "ES256", "kid": "one", "typ": typ, **header}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        r, s = utils.decode_dss_signature((by or self).key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def token(self, **more):
        now = int(time.time())
        claims = {"eat_profile": "tag:ietf.org,2026:rats/ear#04", "iss": self.url, "iat": now, "exp": now + 300}
        place = {"status_list": {"idx": 9, "uri": self.url + "/list"}}
        return self.sign({**claims, **self.verdict(), "status": place, **more}, "eat+jwt")

    def verdict(self):
        """Claims of a fresh quote under the default policy."""
        reports = [{"policy-id": "default", "policy-hash": self.default_policy}]
        return {"ear_status": "affirming", "reasons": [], "evaluation-reports": reports}

    def status_list(self, withdrawn=(), typ="statuslist+jwt", by=None, data=None, bits=1, **more):
        """A Status List Token; each claim can be another, or with `None` none."""
        places = bytearray(16_384)
        for index in withdrawn:
            places[index // 8] |= 1 << index % 8
        now = int(time.time())
        content = {"bits": bits, "lst": base64url(zlib.compress(bytes(places)) if data is None else data)}
        claims = {"iss": self.url, "sub": self.url + "/list", "iat": now, "exp": now + 300, "ttl": 60}
        claims = {**claims, "status_list": content, **more}
        return self.sign({name: value for name, value in claims.items() if value is not None}, typ, by)
