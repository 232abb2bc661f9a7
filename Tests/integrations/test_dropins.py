#!/usr/bin/env python3
"""The drop-ins against real servers: a real service, nginx, uvicorn, Python and Node checkers."""

import asyncio
import base64
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "browser"), str(HERE.parents[1] / "integrations/asgi")]
sys.path.append(str(HERE.parents[1] / "integrations/python"))

from world import World, eventually, free_port  # noqa: E402

INTEGRATIONS = HERE.parents[1] / "integrations"
REPORT_DATA = slice(48 + 6 + 520, 48 + 6 + 584)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def request(url, token=None, headers=None):
    """`(status, headers, body)`, whatever the status."""
    headers = dict(headers or {})
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers, answer.read()


def wait_for(url):
    def answers():
        try:
            urllib.request.urlopen(url, timeout=10).read()
        except urllib.error.HTTPError:
            pass
        except OSError:
            return False
        return True

    eventually(f"{url} answers", answers)


class DropIns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.__exit__)
        cls.pccs = cls.world.pccs()
        cls.service = cls.world.service(cls.pccs)
        cls.stranger = cls.world.service(cls.pccs)
        cls.quote = quote = cls.world.quote()
        cls.nonce = base64url(quote[REPORT_DATA])
        # Fresh, as every one that a drop-in takes; and one that is not.
        cls.token = cls.issue(cls.service, quote, f"?nonce={cls.nonce}")
        cls.old = cls.issue(cls.service, quote)
        cls.fresh = cls.issue(cls.service, quote, f"?nonce={cls.nonce}&audience=models")
        cls.foreign = cls.issue(cls.stranger, quote)
        head, body, signature = cls.token.split(".")
        cls.tampered = f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        claims["ear_status"] = "affirming"
        cls.raised = f"{head}.{base64url(json.dumps(claims).encode())}.{signature}"
        unsigned = base64url(b'{"alg":"none","typ":"eat+jwt"}')
        cls.unsigned = f"{unsigned}.{body}."

    @staticmethod
    def issue(service, quote, query=""):
        headers = {"Content-Type": "application/octet-stream"}
        answer = urllib.request.urlopen(
            urllib.request.Request(service + "/v1/verdicts" + query, quote, headers), timeout=60
        )
        return json.load(answer)["token"]

    def bad_tokens(self):
        return {
            "of another service": self.foreign,
            "tampered": self.tampered,
            "raised to affirming": self.raised,
            "unsigned": self.unsigned,
            "no token at all": "x.y.z",
        }

    # The service's own gate

    def test_gate(self):
        check = self.service + "/v1/tokens/check"
        self.assertEqual(request(check, self.token)[0], 204)
        status, headers, body = request(check)
        self.assertEqual(status, 401)
        self.assertIn("no bearer token", headers["WWW-Authenticate"])
        for name, token in self.bad_tokens().items():
            with self.subTest(name):
                status, headers, body = request(check, token)
                self.assertEqual(status, 401)
                self.assertIn("invalid_token", headers["WWW-Authenticate"])
                self.assertTrue(json.loads(body)["detail"])
        # What may be old is refused unless told otherwise, and so is a policy that is not the service's own.
        self.assertEqual(request(check + "?freshness=any", self.old)[0], 204)
        status, _, body = request(check, self.old)
        self.assertEqual((status, "token.freshness" in json.loads(body)["detail"]), (401, True))
        lax = self.issue(self.service, self.quote, f"?nonce={self.nonce}&policy=tdx-cloud")
        self.assertEqual(request(check + "?policy=default&policy=tdx-cloud", lax)[0], 204)
        status, _, body = request(check, lax)
        self.assertEqual((status, "token.policy" in json.loads(body)["detail"]), (401, True))
        for demand, wanted in (
            (f"?nonce={base64url(bytes(32))}", "eat_nonce"),
            ("?audience=models", "aud"),
            ("?status=affirming", "ear_status"),
        ):
            with self.subTest(demand):
                status, _, body = request(check + demand, self.token)
                self.assertEqual(status, 401)
                self.assertIn(wanted, json.loads(body)["detail"])
        good = f"?nonce={self.nonce}&audience=models&status=warning&max_age=300"
        self.assertEqual(request(check + good, self.fresh)[0], 204)
        measured = json.loads(base64.urlsafe_b64decode(self.fresh.split(".")[1] + "=="))["submods"]["tdx"][
            "ear_attester_claims"
        ]
        self.assertEqual(request(f"{check}?mr_td={measured['tdx_mrtd']}", self.fresh)[0], 204)
        self.assertEqual(request(f"{check}?mr_td={'ab' * 48}", self.fresh)[0], 401)
        # A demand that is not understood must not be passed over, whether there is a token or not.
        wrong = (
            "nounce=x",
            "status=Affirming",
            "status=",
            "minimum=executable:affirming",
            "max_age=soon",
            "max_age=-1",
        )
        for demand in wrong:
            for token in (self.fresh, None):
                with self.subTest(demand):
                    self.assertEqual(request(f"{check}?{demand}", token)[0], 400)

    # A verdict that does not hold any more

    def revocable(self):
        """A service, a token of it that is good for an hour, and what makes that token worthless."""
        service, withdraw = self.world.revocable(self.pccs)
        token = self.issue(service, self.quote)

        def revoke():
            withdraw(token)
            return request(service + "/v1/tokens/check?freshness=any", token)[1]["WWW-Authenticate"]

        self.assertEqual(request(service + "/v1/tokens/check?freshness=any", token)[0], 204)
        return service, token, revoke

    def test_gate_revoked(self):
        service, token, revoke = self.revocable()
        reason = revoke()
        self.assertIn("revoked by re-appraisal", reason)
        self.assertIn("POLICY_REPORT_DATA", reason)
        # Whoever has what the stricter policy wants gets another.
        better = self.issue(service, self.quote, f"?nonce={self.nonce}")
        self.assertEqual(request(service + "/v1/tokens/check", better)[0], 204)

    def test_nginx_revoked(self):
        port, seen = self.model()
        service, token, revoke = self.revocable()
        gateway = self.nginx(port, service=service, demands="freshness=any")
        self.assertEqual(request(gateway + "/api/tags", token)[0], 200)
        revoke()
        status, headers, body = request(gateway + "/api/tags", token)
        self.assertEqual(status, 401)
        self.assertIn("revoked by re-appraisal", headers["WWW-Authenticate"])
        self.assertIn("POLICY_REPORT_DATA", headers["WWW-Authenticate"])
        self.assertIn("attestation_required", body.decode())
        self.assertEqual(len(seen), 1, "a refused request reached the model")

    def test_asgi_revoked(self):
        service, token, revoke = self.revocable()
        url = self.asgi(service=service, freshness="any") + "/v1/models"
        self.assertEqual(request(url, token)[0], 200)
        revoke()
        status, headers, body = request(url, token)
        self.assertEqual(status, 401)
        for text in (headers["WWW-Authenticate"], json.loads(body)["error"]["message"]):
            self.assertIn("revoked by re-appraisal", text)
            self.assertIn("POLICY_REPORT_DATA", text)

    # nginx

    def nginx(self, model, service=None, demands=None, tls=None):
        program = shutil.which("nginx") or ("/usr/sbin/nginx" if os.path.exists("/usr/sbin/nginx") else None)
        if not program:
            self.skipTest("nginx is not installed: auth_request is not tested")
        port = free_port()
        folder = pathlib.Path(self.world.path) / f"nginx-{port}"
        folder.mkdir()
        upstreams = (INTEGRATIONS / "nginx/assay-upstreams.conf").read_text()
        # In this order: a service may have the model's port in the file, and no model has the service's.
        upstreams = upstreams.replace("127.0.0.1:11434", f"127.0.0.1:{model}")
        upstreams = upstreams.replace("127.0.0.1:8080", (service or self.service).split("//")[1])
        server = (INTEGRATIONS / "nginx/assay.conf").read_text()
        if demands:
            server = server.replace("max_age=300&status=warning", demands)
        (folder / "assay-upstreams.conf").write_text(upstreams)
        (folder / "assay.conf").write_text(server)
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
            "events {}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
            f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
            f"include assay-upstreams.conf; server {{ listen 127.0.0.1:{port}{' ssl' if tls else ''}; {tls or ''}\n"
            "include assay.conf; } }\n"
        )
        self.world.start(program, "-c", f"{folder}/nginx.conf", "-p", f"{folder}/", "-e", f"{folder}/error.log")
        # To TLS, plain HTTP is a bad request, and an answer.
        wait_for(f"http://127.0.0.1:{port}/")
        return f"{'https' if tls else 'http'}://127.0.0.1:{port}"

    def model(self):
        """Something that answers as a model server does, and remembers what reached it."""
        import http.server

        seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append(dict(self.headers))
                body = b'{"models":[]}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1], seen

    def test_nginx(self):
        port, seen = self.model()
        gateway = self.nginx(port)
        url = gateway + "/api/tags"
        status, headers, body = request(url)
        self.assertEqual(status, 401)
        self.assertIn("no bearer token", headers["WWW-Authenticate"])
        self.assertIn("attestation_required", body.decode())
        for name, token in self.bad_tokens().items():
            with self.subTest(name):
                status, headers, _ = request(url, token)
                self.assertEqual(status, 401)
                self.assertIn("error_description", headers["WWW-Authenticate"])
        self.assertEqual(seen, [], "a refused request reached the model")
        status, headers, _ = request(url, self.old)
        self.assertEqual((status, "NOT_FRESH" in headers["WWW-Authenticate"]), (401, True))
        self.assertEqual(seen, [], "a refused request reached the model")
        self.assertEqual(request(url, self.token)[::2], (200, b'{"models":[]}'))
        self.assertEqual(len(seen), 1)
        self.assertNotIn("Authorization", seen[0], "the token was handed to the model server")
        self.assertEqual(request(gateway + "/.assay/check", self.token)[0], 404, "the internal location is open")

    def certificate(self, name):
        """A client's key and certificate of its own, and the thumbprint of the key."""
        folder = pathlib.Path(self.world.path)
        key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
        arguments = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", f"/CN={name}", "-days", "2"]
        command = ["openssl", "req", "-x509", "-nodes", "-keyout", str(key), "-out", str(certificate), *arguments]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        from assay_asgi import certificate_thumbprint

        return key, certificate, certificate_thumbprint(certificate.read_text())

    def confirming(self, thumbprint):
        """A token that confirms a key: bound by the simulated guest in scheme assay."""
        nonce = bytes(range(32))
        bound = self.binding(nonce, base64.urlsafe_b64decode(thumbprint + "="))
        quote = subprocess.run(
            [
                self.world.program("assay-sim"),
                "quote",
                "--kind",
                "tdx15-v5",
                "--report-data",
                bound.hex(),
                "--at",
                "now",
                "--out",
                "-",
            ],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.world.path,
        ).stdout
        body = {
            "quote": base64.b64encode(quote).decode(),
            "nonce": base64url(nonce),
            "scheme": "assay",
            "key": thumbprint,
        }
        headers = {"Content-Type": "application/json"}
        answer = urllib.request.urlopen(
            urllib.request.Request(self.service + "/v1/verdicts", json.dumps(body).encode(), headers), timeout=60
        )
        return json.load(answer)["token"]

    @staticmethod
    def binding(nonce, key):
        """report_data of assay-v2 (wire-formats 2.9)."""
        import hashlib

        lengths = bytes([len(nonce), len(key)])
        return hashlib.sha512(b"assay-v2" + lengths[:1] + nonce + lengths[1:] + key).digest()

    def test_nginx_confirmation(self):
        """Where the client shows a certificate, the token must confirm its key; where it shows none, nobody is held to one."""
        if not shutil.which("openssl"):
            self.skipTest("openssl is not installed: there is no client certificate")
        import ssl

        port, seen = self.model()
        key, certificate, thumbprint = self.certificate("client")
        other_key, other, _ = self.certificate("other")
        confirmed = self.confirming(thumbprint)

        def ask(gateway, token, *chain):
            context = ssl.create_default_context(cafile=str(certificate))
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            if chain:
                context.load_cert_chain(*map(str, chain))
            headers = {"Authorization": f"Bearer {token}"}
            try:
                answer = urllib.request.urlopen(
                    urllib.request.Request(gateway + "/", headers=headers), timeout=60, context=context
                )
            except urllib.error.HTTPError as error:
                answer = error
            return answer.status, answer.headers.get("WWW-Authenticate") or ""

        tls = f"ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_verify_client optional_no_ca;"
        for demands, rows in (
            (
                "max_age=300&status=warning",
                [
                    (confirmed, (certificate, key), 200),
                    (confirmed, (other, other_key), 401),
                    (confirmed, (), 200),
                    (self.token, (certificate, key), 401),
                    (self.token, (), 200),
                ],
            ),
            (
                "status=warning&confirmation=require",
                [
                    (confirmed, (certificate, key), 200),
                    (confirmed, (), 401),
                    (self.token, (certificate, key), 401),
                ],
            ),
            ("status=warning&confirmation=off", [(confirmed, (other, other_key), 200)]),
        ):
            gateway = self.nginx(port, demands=demands, tls=tls)
            for token, chain, wanted in rows:
                with self.subTest(f"{demands} {chain} {wanted}"):
                    status, reason = ask(gateway, token, *chain)
                    self.assertEqual(status, wanted, reason)
                    if wanted == 401:
                        self.assertIn("cnf", reason)

    def test_asgi_confirmation(self):
        """The same over the ASGI extension for TLS, as a server gives it."""
        if not shutil.which("openssl"):
            self.skipTest("openssl is not installed: there is no client certificate")
        from assay_asgi import AttestationRequired

        _, certificate, thumbprint = self.certificate("asgi")
        _, other, _ = self.certificate("asgi-other")
        confirmed = self.confirming(thumbprint)
        own, another = ({"tls": {"client_cert_chain": [each.read_text()]}} for each in (certificate, other))
        unread = {"tls": {"client_cert_chain": ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]}}
        table = [
            ("when-present", own, confirmed, True),
            ("when-present", another, confirmed, False),
            ("when-present", {}, confirmed, True),
            ("when-present", own, self.token, False),
            ("when-present", unread, confirmed, False),
            ("require", own, confirmed, True),
            ("require", {}, confirmed, False),
            ("require", {"tls": {"client_cert_chain": []}}, confirmed, False),
            ("off", another, confirmed, True),
        ]
        for mode, extensions, token, is_good in table:
            with self.subTest(f"{mode} {is_good}"):
                scope = {"extensions": extensions, "headers": [(b"authorization", f"Bearer {token}".encode())]}
                is_said = mode == "off" or mode == "when-present" and not extensions
                with self.assertLogs("assay") if is_said else contextlib.nullcontext():
                    gate = AttestationRequired(None, self.service, confirmation=mode)
                    _, reason = asyncio.run(gate.refusal(scope))
                self.assertEqual(reason is None, is_good, reason)
                if reason:
                    self.assertIn("cnf", reason)

    def test_node_thumbprint(self):
        """The checker for Node finds the same thumbprint of the certificate at the other end."""
        if not shutil.which("openssl") or not shutil.which("node"):
            self.skipTest("openssl or node is not installed")
        _, certificate, thumbprint = self.certificate("node")
        path = self.node_checker().as_uri()
        program = (
            f"import {{ thumbprintOf }} from '{path}'; import {{ X509Certificate }} from 'node:crypto';\n"
            "import { readFileSync } from 'node:fs'; const found = new X509Certificate(readFileSync(process.argv.at(-1)));\n"
            "console.log(thumbprintOf({ getPeerX509Certificate: () => found }), thumbprintOf({ getPeerX509Certificate() {} }));"
        )
        result = subprocess.run(
            ["node", "--input-type=module", "-e", program, str(certificate)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        self.assertEqual(result.stdout.split(), [thumbprint, "undefined"])

    def test_nginx_in_front(self):
        """deploy/nginx.conf: verdicts are counted, and what is read beside them is not lost by it."""
        program = shutil.which("nginx") or ("/usr/sbin/nginx" if os.path.exists("/usr/sbin/nginx") else None)
        if not program or not shutil.which("openssl"):
            self.skipTest("nginx or openssl is not installed: deploy/nginx.conf is not tested")
        import ssl

        key, certificate, _ = self.certificate("front")
        port = free_port()
        folder = pathlib.Path(self.world.path) / f"front-{port}"
        folder.mkdir()
        server = (HERE.parents[1] / "deploy/nginx.conf").read_text()
        for old, new in (
            ("127.0.0.1:8080", self.service.split("//")[1]),
            ("/etc/ssl/attest.example.cn/fullchain.pem", str(certificate)),
            ("/etc/ssl/attest.example.cn/privkey.pem", str(key)),
            ("listen 443 ssl http2", f"listen 127.0.0.1:{port} ssl http2"),
            ("    listen [::]:443 ssl http2;\n", ""),
            # So that a slow machine asks too fast as well.
            ("zone=assay_verdicts:10m rate=20r/s", "zone=assay_verdicts:10m rate=1r/s"),
        ):
            self.assertIn(old, server)
            server = server.replace(old, new)
        (folder / "site.conf").write_text(server)
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
            f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
            "include site.conf; }\n"
        )
        self.world.start(program, "-c", f"{folder}/nginx.conf", "-p", f"{folder}/", "-e", f"{folder}/error.log")
        wait_for(f"http://127.0.0.1:{port}/")
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

        def ask(path, body=None):
            headers = {"Content-Type": "application/octet-stream"} if body else {}
            request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", body, headers)
            try:
                return urllib.request.urlopen(request, timeout=60, context=context).status
            except urllib.error.HTTPError as error:
                return error.code

        self.assertEqual(ask("/v1/verdicts", self.quote), 200)
        codes = [ask("/v1/verdicts", b"no quote") for _ in range(300)]
        self.assertEqual(set(codes), {400, 429})
        for path in ("/", "/assay.js", "/healthz", "/readyz", "/.well-known/openid-configuration"):
            self.assertEqual(ask(path), 200, path)
        self.assertEqual({ask("/healthz") for _ in range(300)}, {200})
        self.assertEqual(ask("/v1/tokens/check"), 401)
        self.assertEqual(ask("/metrics"), 200)

    def test_nginx_nonce(self):
        port, seen = self.model()
        gateway = self.nginx(port, demands=f"nonce={self.nonce}")
        status, headers, _ = request(gateway + "/", self.old)
        self.assertEqual(status, 401)
        self.assertIn("eat_nonce", headers["WWW-Authenticate"])
        self.assertEqual(request(gateway + "/", self.fresh)[0], 200)

    def test_nginx_old(self):
        port, seen = self.model()
        gateway = self.nginx(port, demands="max_age=1")
        issued = json.loads(base64.urlsafe_b64decode(self.token.split(".")[1] + "=="))["iat"]
        eventually("the token is older than a second", lambda: time.time() >= issued + 2)
        status, headers, _ = request(gateway + "/", self.token)
        self.assertEqual(status, 401)
        self.assertIn("older", headers["WWW-Authenticate"])
        self.assertEqual(seen, [])

    def test_nginx_without_service(self):
        port, seen = self.model()
        gateway = self.nginx(port, service=f"http://127.0.0.1:{free_port()}")
        self.assertEqual(request(gateway + "/", self.token)[0], 500)
        self.assertEqual(seen, [])

    # ASGI

    def asgi(self, **options):
        try:
            import uvicorn
            from starlette.applications import Starlette
            from starlette.responses import PlainTextResponse
            from starlette.routing import Route
        except ImportError as error:
            self.skipTest(f"{error.name} is not installed: the ASGI middleware is not tested")
        from assay_asgi import AttestationRequired

        async def answer(_):
            return PlainTextResponse("answered")

        app = Starlette(routes=[Route("/v1/models", answer), Route("/health", answer)])
        app = AttestationRequired(app, **{"service": self.service, **options})
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        thread.start()

        def stop():
            server.should_exit = True
            thread.join(10)

        self.addCleanup(stop)
        wait_for(f"http://127.0.0.1:{port}/health")
        return f"http://127.0.0.1:{port}"

    def test_asgi(self):
        server = self.asgi()
        url = server + "/v1/models"
        self.assertEqual(request(server + "/health")[0], 200)
        status, headers, body = request(url)
        self.assertEqual(status, 401)
        self.assertIn("Authorization", json.loads(body)["error"]["message"])
        for name, token in self.bad_tokens().items():
            with self.subTest(name):
                status, headers, body = request(url, token)
                self.assertEqual(status, 401)
                self.assertIn("not active", json.loads(body)["error"]["message"])
                self.assertIn("invalid_token", headers["WWW-Authenticate"])
        self.assertEqual(request(url, self.token)[::2], (200, b"answered"))
        status, _, body = request(url, self.old)
        self.assertEqual((status, "NOT_FRESH" in body.decode()), (403, True))

    def test_asgi_policies(self):
        lax = self.issue(self.service, self.quote, f"?nonce={self.nonce}&policy=tdx-cloud")
        status, _, body = request(self.asgi() + "/v1/models", lax)
        self.assertEqual((status, "policy: found" in body.decode()), (403, True))
        self.assertEqual(request(self.asgi(policies=["any"]) + "/v1/models", lax)[0], 200)
        self.assertEqual(request(self.asgi(freshness="any") + "/v1/models", self.old)[0], 200)

    def test_asgi_demands(self):
        server = self.asgi(nonce=lambda scope: self.nonce, audience="models")
        self.assertEqual(request(server + "/v1/models", self.fresh)[0], 200)
        status, _, body = request(server + "/v1/models", self.token)
        self.assertIn((status, "aud" in body.decode()), ((403, True),))
        server = self.asgi(nonce=lambda scope: "another")
        status, _, body = request(server + "/v1/models", self.fresh)
        self.assertEqual((status, "eat_nonce" in body.decode()), (401, True))
        server = self.asgi(minimum_status="affirming")
        self.assertEqual(request(server + "/v1/models", self.token)[0], 403)
        server = self.asgi(max_age=5, clock=lambda: time.time() + 60)
        self.assertEqual(request(server + "/v1/models", self.token)[0], 401)

    def test_asgi_without_service(self):
        server = self.asgi(service=f"http://127.0.0.1:{free_port()}")
        status, _, body = request(server + "/v1/models", self.token)
        self.assertEqual(status, 503)
        self.assertIn("does not answer", body.decode())

    # Checkers

    def copy_assay(self, file):
        """As the README of the drop-ins says: from the service, once."""
        file.write_bytes(urllib.request.urlopen(self.service + "/assay.js", timeout=60).read())

    def node_checker(self):
        """The checker for Node, with assay.js beside it."""
        folder = pathlib.Path(self.world.path) / "node"
        if not folder.exists():
            shutil.copytree(INTEGRATIONS / "node", folder)
            self.copy_assay(folder / "assay.mjs")
        return folder / "assay-token.mjs"

    def checkers(self):
        try:
            import cryptography  # noqa: F401
        except ImportError:
            self.skipTest("cryptography is not installed: the checkers are not tested")
        if not shutil.which("node"):
            self.skipTest("node is not installed: the checkers are not tested")
        return {
            "Python": [sys.executable, str(INTEGRATIONS / "python/assay_token.py")],
            "Node": ["node", str(self.node_checker())],
        }

    def test_checkers(self):
        good = [
            (self.token, ["--status", "warning"]),
            (self.token, ["--status", "warning", "--policy", "default", "--policy", "00" * 32]),
            (self.old, ["--status", "warning", "--freshness", "any"]),
            (self.fresh, ["--status", "warning", "--nonce", self.nonce, "--audience", "models"]),
        ]
        bad = [
            (self.token, [], "token.status"),
            (self.old, ["--status", "warning", "--nonce", self.nonce], "token.nonce"),
            (self.old, ["--status", "warning"], "token.freshness"),
            (self.token, ["--status", "warning", "--measurement", "mr_td=" + "ab" * 48], "token.measurements"),
            (self.fresh, ["--status", "warning", "--nonce", "AAAA", "--audience", "models"], "token.nonce"),
            (self.token, ["--status", "warning", "--audience", "models"], "token.audience"),
            (self.token, ["--status", "warning", "--policy", "00" * 32], "token.policy"),
            (self.foreign, ["--status", "warning"], "token.key"),
            (self.tampered, ["--status", "warning"], "token.signature"),
            (self.raised, [], "token.signature"),
            (self.unsigned, ["--status", "warning"], "token.form"),
            ("x.y.z", [], "token.form"),
            (self.token + "=", ["--status", "warning"], "token.form"),
        ]
        for name, command in self.checkers().items():
            issuer = ["--issuer", self.service]
            for token, options in good:
                with self.subTest(f"{name} {options}"):
                    result = self.run_checker(command + issuer + options, token)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    self.assertEqual(json.loads(result.stdout)["iss"], self.service)
            for token, options, check in bad:
                with self.subTest(f"{name} {check} {options}"):
                    result = self.run_checker(command + issuer + options, token)
                    self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                    self.assertIn(check, result.stderr)
            with self.subTest(f"{name}, no service"):
                away = ["--issuer", f"http://127.0.0.1:{free_port()}"]
                self.assertEqual(self.run_checker(command + away, self.token).returncode, 2)

    def issuers(self):
        """An issuer that says what a test wants, and a stranger."""
        from issuer import SimulatedIssuer

        found = SimulatedIssuer(), SimulatedIssuer()
        for each in found:
            self.addCleanup(each.close)
        return found

    def test_status_list(self):
        """What was withdrawn is refused, and so is every token whose list cannot be believed."""
        checkers = self.checkers()
        issuer, stranger = self.issuers()
        now = int(time.time())
        outside = {"data": zlib.compress(bytes(1))}
        table = [
            ("stands", issuer.status_list([8, 10]), None),
            ("two bits", issuer.status_list(bits=2), None),
            ("withdrawn", issuer.status_list([9]), "status 1"),
            ("suspended", issuer.status_list([19], bits=2), "status 2"),
            ("by a stranger", issuer.status_list(by=stranger), "signature: found"),
            ("a token", issuer.status_list(typ="eat+jwt"), "eat+jwt"),
            ("of another list", issuer.status_list(sub=issuer.url + "/other"), "/other"),
            ("of another issuer", issuer.status_list(iss=stranger.url), stranger.url),
            ("expired", issuer.status_list(iat=now - 500, exp=now - 61), "time: found"),
            ("endless", issuer.status_list(exp=None), "time: found"),
            ("of tomorrow", issuer.status_list(iat=now + 86_400, exp=now + 86_500), "time: found"),
            ("ttl in words", issuer.status_list(ttl="60"), "ttl"),
            ("three bits", issuer.status_list(bits=3), "bits"),
            ("no list", issuer.status_list(status_list=None), "bits"),
            ("place outside", issuer.status_list(**outside), "place 9"),
            ("no zlib data", issuer.status_list(data=b"nothing at all"), "token.revocation"),
            ("cut off", issuer.status_list(data=zlib.compress(bytes(16_384))[:-5]), "token.revocation"),
            ("goes on", issuer.status_list(data=zlib.compress(bytes(16_384)) + b"x"), "token.revocation"),
            ("too much", issuer.status_list(data=zlib.compress(bytes((1 << 20) + 1))), "1048576"),
            ("a page", "<html>", "1 parts"),
        ]
        for name, command in checkers.items():
            command = command + ["--issuer", issuer.url]
            for what, answer, refusal in table:
                with self.subTest(f"{name}: {what}"):
                    issuer.list = answer
                    result = self.run_checker(command, issuer.token())
                    self.assertEqual(result.returncode, 1 if refusal else 0, result.stdout + result.stderr)
                    if refusal:
                        self.assertIn("refused: token.revocation", result.stderr)
                        self.assertIn(refusal, result.stderr)
            with self.subTest(f"{name}: no answer"):
                issuer.list = None
                self.assertEqual(self.run_checker(command, issuer.token()).returncode, 2)
                self.assertEqual(self.run_checker(command + ["--no-status-list"], issuer.token()).returncode, 0)
                # Without a place there is nothing to ask.
                placeless = issuer.sign(self.claims(issuer), "eat+jwt")
                self.assertEqual(self.run_checker(command, placeless).returncode, 0)
            count = issuer.requests
            places = ((-1, issuer.url), (9, stranger.url), ("9", issuer.url), (None, issuer.url))
            lists = [{"status_list": {"idx": index, "uri": url + "/list"}} for index, url in places]
            for status in ("valid", {}, *lists):
                with self.subTest(f"{name}: {status}"):
                    result = self.run_checker(command, issuer.token(status=status))
                    self.assertEqual((result.returncode, "token.revocation" in result.stderr), (1, True), result.stderr)
            self.assertEqual((issuer.requests, stranger.requests), (count, 0), "somebody was asked")

    @staticmethod
    def claims(issuer):
        now = int(time.time())
        profile = {"eat_profile": "tag:ietf.org,2026:rats/ear#04", **issuer.verdict()}
        return {**profile, "iss": issuer.url, "iat": now, "exp": now + 300}

    def test_status_list_is_kept(self):
        """One list serves for its ttl, and not longer; one that has none serves once."""
        self.checkers()
        issuer, _ = self.issuers()
        import assay_token

        for ttl, wanted in ((60, 1), (None, 3)):
            issuer.list, issuer.requests = issuer.status_list(ttl=ttl), 0
            checker = assay_token.Checker(issuer.url)
            for _ in range(3):
                checker.check(issuer.token())
            self.assertEqual(issuer.requests, wanted)
            issuer.requests = 0
            path = self.node_checker().as_uri()
            program = (
                f"import {{ Checker }} from '{path}';\n"
                "const [issuer, token] = process.argv.slice(-2); const checker = new Checker(issuer);\n"
                "for (let count = 0; count < 3; count++) await checker.check(token);"
            )
            arguments = ["node", "--input-type=module", "-e", program, issuer.url, issuer.token()]
            subprocess.run(arguments, check=True, timeout=60)
            self.assertEqual(issuer.requests, wanted)

    def test_default_policy_of_today(self):
        """The checker in Python asks what the default policy is, and asks again when it may have changed."""
        self.checkers()
        issuer, _ = self.issuers()
        import assay_token

        issuer.list = issuer.status_list()
        checker, old = assay_token.Checker(issuer.url), issuer.token()

        def refused(token):
            with self.assertRaises(assay_token.TokenRefused) as found:
                checker.check(token)
            self.assertEqual(found.exception.check, "token.policy")

        checker.check(old)
        issuer.default_policy = "cd" * 32
        new = issuer.token()
        # A stranger's token must not make it ask all day.
        refused(new)
        checker.check(old)
        checker.fetched -= 11
        checker.check(new)
        refused(old)
        issuer.default_policy = "ab" * 32
        checker.fetched -= assay_token.DISCOVERY_AGE + 1
        refused(new)
        checker.check(new, policies=["any"])

    def test_checkers_revoked(self):
        service, token, revoke = self.revocable()
        wanted = ["--issuer", service, "--status", "warning", "--freshness", "any", "--policy", "any"]
        commands = {name: command + wanted for name, command in self.checkers().items()}
        for name, command in commands.items():
            self.assertEqual(self.run_checker(command, token).returncode, 0, name)
        revoke()
        for name, command in commands.items():
            result = self.run_checker(command, token)
            self.assertEqual(result.returncode, 1, name)
            self.assertIn("token.revocation: found status 1", result.stderr)

    def test_expired(self):
        """A token is good until its last second, and not after."""
        short = self.world.service(self.pccs, "token.lifetime=60")
        token = self.issue(short, self.quote, f"?nonce={self.nonce}")
        faketime = {
            "Python": [sys.executable, "-c", self.later("python")],
            "Node": ["node", "--input-type=module", "-e", self.later("node")],
        }
        for name in self.checkers():
            with self.subTest(name):
                result = subprocess.run(
                    faketime[name] + [short, token],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    timeout=60,
                )
                self.assertIn("good now", result.stdout)
                self.assertIn("token.time", result.stdout)

    def later(self, language):
        """A program that checks a token twice: now, and with its clock two minutes on."""
        if language == "python":
            return (
                f"import sys, time; sys.path.append({str(INTEGRATIONS / 'python')!r})\n"
                "import assay_token as module\n"
                "checker = module.Checker(sys.argv[1]); now = time.time\n"
                "checker.check(sys.argv[2], minimum_status='warning'); print('good now')\n"
                "checker.clock = lambda: now() + 121\n"
                "try: checker.check(sys.argv[2], minimum_status='warning')\n"
                "except module.TokenRefused as refusal: print(refusal)\n"
            )
        path = self.node_checker().as_uri()
        return (
            f"import {{ Checker }} from '{path}';\n"
            "const [issuer, token] = process.argv.slice(-2); const checker = new Checker(issuer);\n"
            "await checker.check(token, { minimumStatus: 'warning' }); console.log('good now');\n"
            "const now = Date.now; Date.now = () => now() + 121000;\n"
            "await checker.check(token, { minimumStatus: 'warning' }).catch((error) => console.log(error.message));\n"
        )

    # Open WebUI

    def client(self, program, service=None):
        """Runs a few lines with the replacement of acs-attest-client: what they print."""
        node = shutil.which("node")
        if not node:
            self.skipTest("node is not installed: the Open WebUI client is not tested")
        folder = pathlib.Path(self.world.path) / "acs-attest-client"
        if not folder.exists():
            shutil.copytree(INTEGRATIONS / "open-webui/acs-attest-client", folder)
            self.copy_assay(folder / "assay.js")
        (folder / "program.mjs").write_text(
            "import * as client from './index.js'; import { readFileSync } from 'node:fs';\n"
            f"client.configure({{ service: {(service or self.service)!r}, trustRoot: readFileSync('../root.pem', 'utf8') }});\n"
            "const [quote, nonce] = process.argv.slice(2);\n"
            "try { " + program + " } catch (error) { console.log(error.code, error.message); }\n"
        )
        quote = self.quote.hex()
        arguments = [node, "program.mjs", quote, self.nonce]
        result = subprocess.run(
            arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60
        )
        return result.stdout

    def test_replayed_quote_old_and_new(self):
        """The page's flow without a nonce: the old client's way ends in a good signature, ours says why it does not."""
        quote = {"quote": base64.b64encode(self.quote).decode(), "aa_eventlog": None, "cc_eventlog": None}
        body = {"policy_ids": [], "tee": "tdx", "evidence": base64url(json.dumps(quote).encode())}
        answer = urllib.request.urlopen(
            urllib.request.Request(
                self.service + "/v1/attestation", json.dumps(body).encode(), {"Content-Type": "application/json"}
            )
        )
        self.assertEqual(answer.read().count(b"."), 2, "the old client shows green for any signed token")
        said = self.client("await client.verify_apprasial_token(await client.attest(quote)); console.log('green');")
        self.assertIn("NOT_FRESH", said)
        self.assertNotIn("green", said)

    def test_open_webui_client(self):
        bound = "{ nonce, scheme: 'raw' }"
        flow = "const claims = await client.verify_apprasial_token(await client.attest(quote, %s)); console.log('green', claims.ear_status);"
        self.assertIn("green warning", self.client(flow % bound))
        self.assertIn("POLICY_REPORT_DATA", self.client(flow % "{ nonce: 'AQEBAQEBAQEBAQEBAQEBAQ', scheme: 'raw' }"))
        self.assertIn("minimumStaus", self.client("client.configure({ minimumStaus: 'affirming' })"))
        self.assertIn("QUOTE_UNREADABLE", self.client("await client.attest('!!!')"))
        decoded = self.client(
            "console.log((await client.decode_apprasial_token(await client.attest(quote))).ear_status)"
        )
        self.assertIn("warning", decoded)
        forged = "const other = quote.slice(0, 480) + (quote[480] === '0' ? '1' : '0') + quote.slice(481);"
        self.assertIn("QUOTE_SIGNATURE_INVALID", self.client(forged + flow.replace("quote,", "other,") % bound))

    def test_open_webui_client_and_a_lying_service(self):
        from faulty import FaultyServer

        with FaultyServer(self.service) as liar:
            kept = []
            liar.changes["/v1/verdicts"] = lambda answer: kept.append(answer.json)
            self.client("await client.attest(quote);", service=liar.url)

            def lie(answer):
                answer.status, answer.json = 200, kept[0]

            liar.changes["/v1/verdicts"] = lie
            forged = "const other = quote.slice(0, 480) + (quote[480] === '0' ? '1' : '0') + quote.slice(481);"
            said = self.client(forged + "await client.attest(other); console.log('green');", service=liar.url)
        self.assertIn("QUOTE_SIGNATURE_INVALID", said)
        self.assertNotIn("green", said)

    @staticmethod
    def run_checker(command, token):
        return subprocess.run(
            command, input=token, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60
        )


if __name__ == "__main__":
    unittest.main(verbosity=2)
