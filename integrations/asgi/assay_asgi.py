"""ASGI middleware: a request without a good, fresh attestation token does not reach the application.

    from assay_asgi import AttestationRequired
    app = AttestationRequired(app, service="https://assay.example")

For vLLM: `vllm serve … --middleware` takes a class without arguments; make one:

    class Attested(AttestationRequired):
        def __init__(self, app):
            super().__init__(app, service="https://assay.example")

Every request asks the service (RFC 7662), which knows more than a signature: a token that a newer TCB or policy would
refuse is no longer active. Standard library only; a service that does not answer refuses.
"""

import asyncio
import json
import time
import urllib.error
import urllib.parse
import urllib.request

__all__ = ["AttestationRequired"]

_RANK = {"affirming": 0, "warning": 1}
_LIMIT = 65_536


class AttestationRequired:
    def __init__(
        self,
        app,
        service,
        *,
        minimum_status="warning",
        audience=None,
        nonce=None,
        max_age=300,
        open_paths=("/health", "/healthz", "/ping"),
        timeout=5.0,
    ):
        """`nonce`: function of the ASGI scope that gives the nonce the token must answer, in base64url; None for none."""
        if minimum_status not in _RANK:
            raise ValueError(f"minimum_status {minimum_status!r}: wanted affirming or warning")
        self.app = app
        self.endpoint = service.rstrip("/") + "/v1/tokens/introspect"
        self.minimum_status, self.audience, self.nonce = minimum_status, audience, nonce
        self.max_age, self.open_paths, self.timeout = max_age, frozenset(open_paths), timeout

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan" or scope.get("path") in self.open_paths:
            return await self.app(scope, receive, send)
        status, reason = await self.refusal(scope)
        if reason is None:
            return await self.app(scope, receive, send)
        if scope["type"] == "websocket":
            await receive()
            return await send({"type": "websocket.close", "code": 4401, "reason": reason[:120]})
        await self.refuse(send, status, reason)

    async def refusal(self, scope):
        """`(status, reason)`; no reason: let it through."""
        values = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
        if len(values) != 1 or values[0][:7].lower() != b"bearer ":
            return 401, "send one Authorization header: Bearer and an attestation token"
        token = values[0][7:].strip()
        if not token or len(token) > _LIMIT or not token.isascii():
            return 401, "the token is not a compact JWS"
        try:
            claims = await asyncio.to_thread(self.introspect, token.decode("ascii"))
        except (OSError, ValueError):
            return 503, "the attestation service does not answer, so nothing is let through"
        return self.judge(claims, scope)

    def introspect(self, token):
        body = urllib.parse.urlencode({"token": token}).encode("ascii")
        request = urllib.request.Request(
            self.endpoint, body, {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                value = json.loads(answer.read(4 * _LIMIT))
        except urllib.error.HTTPError as error:
            raise OSError(f"status {error.code}") from error
        if not isinstance(value, dict):
            raise ValueError("no object")
        return value

    def judge(self, claims, scope):
        # `is True`: a string, a 1 or an absent member is no yes.
        if claims.get("active") is not True:
            return 401, f"the token is not active: {claims.get('reason', 'no reason given')}"
        if _RANK.get(claims.get("ear_status"), 9) > _RANK[self.minimum_status]:
            return 403, f"ear_status: found {claims.get('ear_status')}, wanted {self.minimum_status}"
        if self.audience is not None and claims.get("aud") != self.audience:
            return 403, f"aud: found {claims.get('aud')}, wanted {self.audience}"
        issued = claims.get("iat")
        if not isinstance(issued, int) or time.time() - issued > self.max_age:
            return 401, f"the token is older than {self.max_age} s"
        if self.nonce is not None:
            wanted = self.nonce(scope)
            # Absent is a failure, not a pass.
            if not wanted or claims.get("eat_nonce") != wanted:
                return 401, f"eat_nonce: found {claims.get('eat_nonce')}, wanted {wanted}"
        return 200, None

    @staticmethod
    async def refuse(send, status, reason):
        plain = "".join(c if " " <= c <= "~" and c not in '"\\' else "?" for c in reason)
        body = json.dumps({"error": {"type": "attestation_required", "message": reason}}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        if status == 401:
            challenge = f'Bearer realm="assay", error="invalid_token", error_description="{plain}"'
            headers.append((b"www-authenticate", challenge.encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
