"""ASGI middleware: a request without a good, fresh attestation token does not reach the application.

    from assay_asgi import AttestationRequired
    app = AttestationRequired(app, service="https://assay.example")

For vLLM: `vllm serve … --middleware` takes a class without arguments; make one:

    class Attested(AttestationRequired):
        def __init__(self, app):
            super().__init__(app, service="https://assay.example")

Every request asks the service (RFC 7662), which knows more than a signature: a token that a newer TCB or policy would
refuse is no longer active. Standard library only; a service that does not answer refuses. An option that is not understood
is an error when the middleware is made.

Unless told otherwise, a token is refused that rests on a quote which may be old (its reasons have `NOT_FRESH`), and so is
one under a policy that is not the service's default: whoever asks for a token chooses its policy. `freshness="any"` and
`policies=["any"]` do without; a list of policies takes their SHA-256, and the word `default` for the service's own.

`policies` alone says which rules were applied and trusts the service with the values that they compare; `references` are
the reference sets whose values you accept, and `measurements` the values themselves.

A token that confirms a key (`cnf`) is worth something only in the hands of who has that key. `confirmation` says what is
done about it:

    "when-present"  the default: where the connection has a client certificate, the token must confirm its key; where it has
                    none there is nothing to compare, whoever has the token is let in, and the log says so
    "require"       no connection without a client certificate
    "off"           not compared

The certificate is that of the ASGI extension `tls`, which the server must offer (uvicorn does not; hypercorn does). Behind
a proxy that ends TLS, give `client_key`: a function of the scope that gives the thumbprint (RFC 7638) of the client's key,
from a header that the proxy sets and never passes on, or None.
"""

import asyncio
import base64
import hashlib
import json
import logging
import math
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

__all__ = ["AttestationRequired", "certificate_thumbprint"]

_RANK = {"affirming": 0, "warning": 1, "contraindicated": 2, "none": 3}
_CATEGORIES = (
    *("instance-identity", "configuration", "executables", "file-system"),
    *("hardware", "runtime-opaque", "storage-opaque", "sourced-data"),
)
_CONFIRMATIONS = ("when-present", "require", "off")
_FRESHNESS = ("require", "any")
# Each measurement with its count of bytes, its name in our tokens, and its path in those of Trustee and Alibaba.
_MEASUREMENTS = {
    "mr_td": (48, "tdx_mrtd", "tdx.quote.body.mr_td"),
    **{f"rtmr{at}": (48, f"tdx_rtmr{at}", f"tdx.quote.body.rtmr_{at}") for at in range(4)},
    "mr_enclave": (32, "sgx_mrenclave", "sgx.body.mr_enclave"),
    "mr_signer": (32, "sgx_mrsigner", "sgx.body.mr_signer"),
}
_LIMIT = 65_536
_log = logging.getLogger("assay")


def _known(name, word, words):
    if not isinstance(word, str) or word not in words:
        raise ValueError(f"{name} {word!r}: wanted one of {', '.join(words)}")


def _hashes(name, values):
    """SHA-256 in hex, of policies or reference sets: a name would be compared with nothing, for ever."""
    if values is None:
        return None
    is_list = isinstance(values, (list, tuple, set, frozenset))
    found = [f"{value}".lower().removeprefix("sha256:") for value in values] if is_list else [""]
    if not all(re.fullmatch("[0-9a-f]{64}", value) for value in found):
        raise ValueError(f"{name} {values!r}: wanted a list of SHA-256 in hex")
    return found


def _accepted(values):
    """The hashes and words of a list of policies; None for any."""
    if values is None:
        return ["default"]
    if not isinstance(values, (list, tuple, set, frozenset)):
        raise ValueError(f"policies {values!r}: wanted a list")
    if "any" in values:
        if len(values) > 1:
            raise ValueError(f"policies {values!r}: wanted any alone, or a list without it")
        return None
    words = ["default"] if "default" in values else []
    return _hashes("policies", [each for each in values if each != "default"]) + words


def _measurements(values):
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ValueError(f"measurements {values!r}: wanted a dictionary of lists")
    for name, wanted in values.items():
        _known("measurement", name, _MEASUREMENTS)
        digits = 2 * _MEASUREMENTS[name][0]
        if not isinstance(wanted, (list, tuple, set, frozenset)) or not all(
            isinstance(each, str) and re.fullmatch(f"[0-9a-fA-F]{{{digits}}}", each) for each in wanted
        ):
            raise ValueError(f"{name} {wanted!r}: wanted a list of values of {digits} hex digits")
    return {name: [each.lower() for each in wanted] for name, wanted in values.items()}


def _minimum(minimum):
    if minimum is None:
        return {}
    if not isinstance(minimum, dict):
        raise ValueError(f"minimum {minimum!r}: wanted a dictionary of categories")
    for category, tier in minimum.items():
        _known("category", category, _CATEGORIES)
        _known(f"minimum of {category}", tier, _RANK)
    return dict(minimum)


def _paths(paths):
    """A text alone is a list of its characters to Python, and one of them is the path of everything's first page."""
    is_list = isinstance(paths, (list, tuple, set, frozenset))
    if not is_list or not all(isinstance(path, str) and path.startswith("/") for path in paths):
        raise ValueError(f"open_paths {paths!r}: wanted a list of paths that begin with /")
    return frozenset(paths)


def _seconds(name, value, least):
    """A number that comparisons can fail: nothing is older than no number."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value < least:
        raise ValueError(f"{name} {value!r}: wanted a number of seconds")
    return value


def _function(name, value):
    if not callable(value):
        raise ValueError(f"{name} {value!r}: wanted a function")
    return value


def _tier(value):
    size = -value - 1 if value < 0 else value
    return 3 if size < 2 else 0 if size < 32 else 1 if size < 96 else 2


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _elements(der):
    """Tag and content of each DER element."""
    while der:
        count, start = der[1], 2
        if count > 127:
            start = 2 + (count & 127)
            count = int.from_bytes(der[2:start], "big")
        yield der[0], der[start : start + count], der[: start + count]
        der = der[start + count :]


def certificate_thumbprint(pem):
    """RFC 7638 thumbprint of a certificate's key: P-256, Ed25519 or RSA; None for another kind."""
    tbs = next(_elements(next(_elements(ssl.PEM_cert_to_DER_cert(pem)))[1]))[1]
    # Version, where it is there, then serial, algorithm, issuer, validity, subject, and the key.
    fields = [each for each in _elements(tbs) if each[0] != 0xA0]
    info = fields[5][2]
    if info.hex().startswith("3059301306072a8648ce3d020106082a8648ce3d03010703420004") and len(info) == 91:
        members = {"crv": "P-256", "kty": "EC", "x": _base64url(info[27:59]), "y": _base64url(info[59:])}
    elif info.hex().startswith("302a300506032b6570032100") and len(info) == 44:
        members = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(info[12:])}
    elif bytes.fromhex("06092a864886f70d010101") in info[:30]:
        bits = list(_elements(fields[5][1]))[1][1]
        n, e = (each[1].lstrip(b"\x00") for each in _elements(next(_elements(bits[1:]))[1]))
        members = {"e": _base64url(e), "kty": "RSA", "n": _base64url(n)}
    else:
        return None
    return _base64url(hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).digest())


def _client_key(scope):
    """The thumbprint of the client's key; None where the connection has none, "" where it is of a kind not compared."""
    chain = ((scope.get("extensions") or {}).get("tls") or {}).get("client_cert_chain")
    if not chain:
        return None
    try:
        return certificate_thumbprint(next(iter(chain))) or ""
    except (ValueError, IndexError, StopIteration):
        return ""


def _entries(holder, name):
    """The elements of a member; one that nobody reads, where it is no array."""
    if not isinstance(holder, dict) or name not in holder:
        return []
    return holder[name] if isinstance(holder[name], list) else [None]


def _policies(claims, submods):
    found = []
    for submod in submods.values():
        for name in _entries(submod, "ear_appraisal_policy_ids"):
            match = re.fullmatch("ni:///sha-256;([A-Za-z0-9_-]{43})", name) if isinstance(name, str) else None
            found.append(base64.urlsafe_b64decode(match[1] + "=").hex() if match else f"{name}, which names no hash")
        peers = submod.get("ear.veraison.policy-claims")
        found += [peers["policy_sha256"]] if isinstance(peers, dict) and "policy_sha256" in peers else []
    reports = _entries(claims, "evaluation-reports")
    return found + [each.get("policy-hash") if isinstance(each, dict) else None for each in reports]


def _holders(claims, submods):
    """Where a token says what its verifier found."""
    holders = [claims]
    for submod in submods.values():
        holders += [submod.get("ear_verifier_claims"), submod.get("ear.veraison.policy-claims")]
    return holders


def _staleness(claims, submods):
    """What is found where a quote may be old; None for a fresh one. A token that does not say is no better."""
    holders = [each for each in _holders(claims, submods) if isinstance(each, dict) and "reasons" in each]
    found = [each for holder in holders for each in _entries(holder, "reasons")]
    if holders and all(isinstance(each, str) and each != "NOT_FRESH" for each in found):
        return None
    return ", ".join(map(str, found)) if holders else "no reasons"


def _at(holder, path):
    """What stands at a path: nothing where a member is absent, what nobody reads where one is of another kind."""
    for name in path:
        if not isinstance(holder, dict):
            return [None]
        if name not in holder:
            return []
        holder = holder[name]
    return [holder if isinstance(holder, str) else None]


def _flat(text):
    """The object in a text; None where there is none, or one with a member twice."""

    def unique(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a member twice")
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=unique)
    except (TypeError, ValueError, RecursionError):
        return None


def _measured(claims, submods, name):
    _, own, path = _MEASUREMENTS[name]
    found = []
    for submod in submods.values():
        found += _at(submod, ("ear_attester_claims", own))
        found += _at(submod, ("ear.veraison.annotated-evidence", *path.split(".")))
    return found + (_at(_flat(claims["tcb-status"]), (path,)) if "tcb-status" in claims else [])


def _references(claims, submods):
    found = [each for holder in _holders(claims, submods) for each in _entries(holder, "references")]
    names = [re.fullmatch("sha256:([0-9a-f]{64})", each) if isinstance(each, str) else None for each in found]
    return [name[1] if name else f"{each}, which names no hash" for name, each in zip(names, found)]


class AttestationRequired:
    def __init__(
        self,
        app,
        service,
        *,
        minimum_status="warning",
        minimum=None,
        audience=None,
        nonce=None,
        freshness="require",
        policies=None,
        references=None,
        measurements=None,
        confirmation="when-present",
        client_key=_client_key,
        max_age=300,
        open_paths=("/health", "/healthz", "/ping"),
        timeout=5.0,
        clock=time.time,
    ):
        """`nonce`: function of the ASGI scope that gives the nonce the token must answer, in base64url; None for none.
        `minimum`: the worst tier by category of the trustworthiness vector. `freshness`: `require`, or `any` for quotes that
        may be old. `policies`: SHA-256 in hex, the word `default` (which is meant where there is no list), or `any` alone.
        `references`: SHA-256 in hex. `measurements`: the values in hex that are accepted, by name: mr_td, rtmr0 to rtmr3,
        mr_enclave, mr_signer."""
        _known("minimum_status", minimum_status, _RANK)
        _known("freshness", freshness, _FRESHNESS)
        _known("confirmation", confirmation, _CONFIRMATIONS)
        if audience is not None and (not isinstance(audience, str) or not audience):
            raise ValueError(f"audience {audience!r}: wanted a text that is not empty")
        if not isinstance(service, str) or not re.match("https?://[^/]", service):
            raise ValueError(f"service {service!r}: wanted the address of one")
        self.app = app
        self.endpoint = service.rstrip("/") + "/v1/tokens/introspect"
        self.minimum_status, self.minimum = minimum_status, _minimum(minimum)
        self.audience, self.nonce = audience, None if nonce is None else _function("nonce", nonce)
        self.policies, self.references = _accepted(policies), _hashes("references", references)
        self.freshness, self.measurements = freshness, _measurements(measurements)
        self.confirmation, self.client_key = confirmation, _function("client_key", client_key)
        self.is_said, self.open_paths = False, _paths(open_paths)
        self.max_age, self.timeout = _seconds("max_age", max_age, 0), _seconds("timeout", timeout, 0.001)
        self.clock = _function("clock", clock)
        if confirmation == "off":
            _log.warning("the key that a token confirms is not compared: whoever has a token is let in")

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
        status = claims.get("ear_status")
        if not isinstance(status, str) or _RANK.get(status, 9) > _RANK[self.minimum_status]:
            return 403, f"ear_status: found {status}, wanted {self.minimum_status} or better"
        audience = claims.get("aud")
        if self.audience is not None and self.audience not in (audience if isinstance(audience, list) else [audience]):
            return 403, f"aud: found {audience}, wanted {self.audience}"
        issued = claims.get("iat")
        if type(issued) is not int or self.clock() - issued > self.max_age:
            return 401, f"the token is older than {self.max_age} s"
        if self.nonce is not None:
            wanted = self.nonce(scope)
            # Absent is a failure, not a pass.
            if not wanted or claims.get("eat_nonce") != wanted:
                return 401, f"eat_nonce: found {claims.get('eat_nonce')}, wanted {wanted}"
        return self.judge_parts(claims) or self.judge_key(claims, scope) or (200, None)

    def judge_parts(self, claims):
        """What submods say: categories, freshness, policies, reference sets, measurements."""
        submods = claims.get("submods", {})
        # What cannot be read must not be passed over, with what is demanded of it.
        if not isinstance(submods, dict) or not all(isinstance(each, dict) for each in submods.values()):
            return 403, "submods: found one that is no object"
        if self.minimum and not submods:
            return 403, "no submods, of which a minimum is wanted"
        for name, submod in submods.items():
            vector = submod.get("ear_trustworthiness_vector", submod.get("ear.trustworthiness-vector", {}))
            values = vector.values() if isinstance(vector, dict) else [None]
            if not all(type(value) is int and -128 <= value < 128 for value in values):
                return 403, f"submods: the vector of {name} is no object of integers of eight bits"
            for category, tier in self.minimum.items():
                if _tier(vector.get(category, 0)) > _RANK[tier]:
                    return 403, f"{category}: found {vector.get(category)}, wanted {tier} or better"
        stale = _staleness(claims, submods)
        if self.freshness == "require" and stale is not None:
            return 403, f"freshness: found {stale}, wanted reasons without NOT_FRESH: a quote over a nonce"
        for name, found, wanted in (
            ("policy", _policies(claims, submods), self.accepted(claims)),
            ("references", _references(claims, submods), self.references),
            *((name, _measured(claims, submods, name), wanted) for name, wanted in self.measurements.items()),
        ):
            if wanted is not None and not (found and all(each in wanted for each in found)):
                one = " or ".join(wanted) or "the default policy, which the service does not tell"
                return 403, f"{name}: found {', '.join(map(str, found)) or 'nothing'}, wanted {one}"
        return None

    def accepted(self, claims):
        """The policies that are accepted, the service's default among them as it says itself; None for any."""
        if self.policies is None or "default" not in self.policies:
            return self.policies
        default = claims.get("default_policy_sha256")
        return [each for each in self.policies if each != "default"] + ([default] if isinstance(default, str) else [])

    def judge_key(self, claims, scope):
        """Whether the token speaks of the key at the other end."""
        if self.confirmation == "off":
            return None
        key, confirmed = self.client_key(scope), claims.get("cnf")
        if key is None:
            if self.confirmation == "require":
                return 401, "cnf: the connection has no client certificate, and one is wanted"
            if confirmed and not self.is_said:
                self.is_said = True
                _log.warning("a token confirms a key, and the connection has none to compare: whoever has it is let in")
            return None
        found = confirmed.get("jkt") if isinstance(confirmed, dict) else None
        return None if key and found == key else (401, f"cnf: found {found}, wanted the key of the connection")

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
