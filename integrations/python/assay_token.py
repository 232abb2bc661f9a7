#!/usr/bin/env python3
"""Checks an Assay attestation token without asking the service about it: signature, issuer, time, nonce, status, policy;
and by the service's status list, which is about many tokens at once, that it was not withdrawn.

    python3 assay_token.py --issuer https://assay.example [--nonce BASE64URL] < token

    from assay_token import Checker
    claims = Checker("https://assay.example").check(token, nonce=mine)      # raises TokenRefused

One file; needs `cryptography`. Checks run in this order: form, type, key, signature, issuer, time, audience, profile,
nonce, status, freshness, policy, references, measurements, confirmation, revocation. The key set is fetched once and again only for a key that is
not in it; a status list when its `ttl` is over. A list that cannot be had refuses; `--no-status-list` and
`status_list=False` do without. A demand that is not understood is a `ValueError` before the token is looked at.

Unless told otherwise, a token is refused that rests on a quote which may be old (its reasons have `NOT_FRESH`), and so is
one under a policy that is not the service's default: whoever asks for a token chooses its policy. `freshness="any"` and
`policies=["any"]` do without; a list of policies takes their SHA-256, and the word `default` for the service's own.

`policies` alone says which rules were applied and trusts the service with the values that they compare; `references` are
the reference sets whose values you accept, and `measurements` the values themselves. `confirmation` is the thumbprint of the key at the other end of your
connection: where there is one, give it, or a token that was made for another machine is as good.
"""

import argparse
import base64
import binascii
import json
import re
import sys
import time
import urllib.request
import zlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

PROFILES = (
    "tag:ietf.org,2026:rats/ear#04",
    "tag:github.com,2024:confidential-containers/Trustee",
    "https://www.alibabacloud.com/help/en/ecs/user-guide/eat-profile",
)
TYPES = ("eat+jwt", "jwt")
RANK = {"affirming": 0, "warning": 1, "contraindicated": 2, "none": 3}
CATEGORIES = (
    *("instance-identity", "configuration", "executables", "file-system"),
    *("hardware", "runtime-opaque", "storage-opaque", "sourced-data"),
)
FRESHNESS = ("require", "any")
# Each measurement with its count of bytes, its name in our tokens, and its path in those of Trustee and Alibaba.
MEASUREMENTS = {
    "mr_td": (48, "tdx_mrtd", "tdx.quote.body.mr_td"),
    **{f"rtmr{at}": (48, f"tdx_rtmr{at}", f"tdx.quote.body.rtmr_{at}") for at in range(4)},
    "mr_enclave": (32, "sgx_mrenclave", "sgx.body.mr_enclave"),
    "mr_signer": (32, "sgx_mrsigner", "sgx.body.mr_signer"),
}
LIMIT = 65_536
DEPTH = 16
# A status list inflated: 64 KiB of zlib data can claim a thousand times as much.
LIST_LIMIT = 1_048_576
# Seconds after which the service is asked again what its default policy is.
DISCOVERY_AGE = 300


class TokenRefused(Exception):
    """`check` names the check that failed; the text says what was found and what was wanted."""

    def __init__(self, check, found, wanted):
        super().__init__(f"token.{check}: found {found}, wanted {wanted}")
        self.check = f"token.{check}"


def _base64url(text, check):
    try:
        bytes_ = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenRefused(check, "characters that are not base64url", "base64url without padding") from None
    if base64.urlsafe_b64encode(bytes_).rstrip(b"=").decode() != text:
        raise TokenRefused(check, "another spelling of the same bytes", "base64url without padding")
    return bytes_


def _object(data, check):
    """A JSON object, strictly: what other readers hide, such as a member twice, decides here."""

    def unique(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            raise TokenRefused(check, "a member twice", "each member once")
        return dict(pairs)

    def integer(digits):
        return -0.0 if digits == "-0" else int(digits)

    def constant(name):
        raise ValueError(name)

    def levels(value):
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return 0 if inner is None else 1 + max(map(levels, inner), default=0)

    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=unique, parse_int=integer, parse_constant=constant)
        # Half a surrogate pair stands for nothing.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
        if levels(value) > DEPTH:
            value = None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise TokenRefused(check, "no JSON object", "a JSON object")
    return value


def _pasted(text):
    """The token in what people paste: with white space, quotes or `Bearer`, or a whole answer with a member `token`."""
    text = text.strip()
    if text[:1] == "{":
        value = _object(text.encode("utf-8", "replace"), "form")
        if "keys" in value:
            raise TokenRefused("form", "a key set", "a token that one of its keys signed")
        text = value.get("token")
        if not isinstance(text, str):
            raise TokenRefused("form", "an answer without a token", "header.payload.signature")
    text = "".join(text.strip("\"' \t\r\n").removeprefix("Bearer ").split())
    if re.match("(0x)?0[345]000200|[AB][wAQ]AAC", text):
        raise TokenRefused("form", "a quote", "a token: have the service judge it")
    return text


def _tier(value):
    """The rank of a value of the trustworthiness vector; no assertion, or one about the verifier itself, is the worst."""
    size = -value - 1 if value < 0 else value
    return 3 if size < 2 else 0 if size < 32 else 1 if size < 96 else 2


def _hashes(name, values):
    """SHA-256 in hex, of policies or reference sets: a name would be compared with nothing, for ever."""
    if values is None:
        return None
    if not isinstance(values, (list, tuple, set, frozenset)):
        raise ValueError(f"{name} {values!r}: wanted a list")
    found = [value.lower().removeprefix("sha256:") if isinstance(value, str) else "" for value in values]
    if not all(re.fullmatch("[0-9a-f]{64}", value) for value in found):
        raise ValueError(f"{name} {values!r}: wanted SHA-256 in hex")
    return found


def _policies(values):
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
        _known("measurement", name, MEASUREMENTS)
        digits = 2 * MEASUREMENTS[name][0]
        if not isinstance(wanted, (list, tuple, set, frozenset)) or not all(
            isinstance(each, str) and re.fullmatch(f"[0-9a-fA-F]{{{digits}}}", each) for each in wanted
        ):
            raise ValueError(f"{name} {wanted!r}: wanted a list of values of {digits} hex digits")
    return {name: [each.lower() for each in wanted] for name, wanted in values.items()}


def _known(name, word, words):
    if not isinstance(word, str) or word not in words:
        raise ValueError(f"{name} {word!r}: wanted one of {', '.join(words)}")


def _minimum(minimum):
    if minimum is None:
        return {}
    if not isinstance(minimum, dict):
        raise ValueError(f"minimum {minimum!r}: wanted a dictionary of categories")
    for category, tier in minimum.items():
        _known("category", category, CATEGORIES)
        _known(f"minimum of {category}", tier, RANK)
    return dict(minimum)


def _given(**texts):
    for name, text in texts.items():
        if text is not None and (not isinstance(text, str) or not text):
            raise ValueError(f"{name} {text!r}: wanted a text that is not empty")


def _fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read(1 << 20)


def _load(url):
    return _object(_fetch(url), "key")


def _number(key, name):
    return int.from_bytes(_base64url(key.get(name, ""), "key"), "big")


def _fits(algorithm, key):
    """Whether a header may choose this key: the algorithm must be one of it, and the header alone never decides."""
    kinds = {"ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519")}
    if not isinstance(key, dict) or key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    try:
        if algorithm not in kinds:
            return key.get("kty") == "RSA" and _number(key, "n").bit_length() >= 2048
        sizes = [len(_base64url(key.get(name, ""), "key")) for name in ("x", "y")]
    except (TokenRefused, TypeError):
        return False
    return (key.get("kty"), key.get("crv")) == kinds[algorithm] and sizes == [32, 32 if algorithm == "ES256" else 0]


def _verify(algorithm, key, signature, signed):
    if algorithm == "ES256":
        numbers = ec.EllipticCurvePublicNumbers(_number(key, "x"), _number(key, "y"), ec.SECP256R1())
        if len(signature) != 64:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        numbers.public_key().verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    elif algorithm == "EdDSA":
        ed25519.Ed25519PublicKey.from_public_bytes(_base64url(key["x"], "key")).verify(signature, signed)
    else:
        public = rsa.RSAPublicNumbers(_number(key, "e"), _number(key, "n")).public_key()
        digest = hashes.SHA256() if algorithm == "RS256" else hashes.SHA384()
        scheme = padding.PSS(padding.MGF1(digest), 48) if algorithm == "PS384" else padding.PKCS1v15()
        public.verify(signature, signed, scheme, digest)


class Checker:
    """`keys`, `key_set_url` and `default_policies` (SHA-256 in hex) where they are not to be fetched; `clock` gives seconds
    since 1970."""

    def __init__(
        self, issuer, keys=None, load=_load, fetch=_fetch, clock=time.time, key_set_url=None, default_policies=None
    ):
        _given(issuer=issuer)
        if issuer is None:
            raise ValueError("issuer: wanted the one that tokens must name")
        _given(key_set_url=key_set_url)
        if keys is not None and not isinstance(keys, (list, tuple)):
            raise ValueError("keys: wanted a list")
        for name, function in (("load", load), ("fetch", fetch), ("clock", clock)):
            if not callable(function):
                raise ValueError(f"{name} {function!r}: wanted a function")
        self.issuer, self.keys, self.load, self.fetch, self.fetched = issuer, keys, load, fetch, 0.0
        self.is_fixed, self.key_set_url, self.clock = keys is not None, key_set_url, clock
        self.defaults = _hashes("default_policies", default_policies) or []
        self.lists = {}

    def key(self, header, algorithm):
        named = "kid" in header

        def found():
            keys = self.keys or []
            # Without a name it can only be the one that there is.
            chosen = (
                [each for each in keys if isinstance(each, dict) and each.get("kid") == header["kid"]]
                if named
                else keys
            )
            return chosen if len(keys) == 1 or named else []

        # A stranger's kid must not make us ask for the keys all day.
        if not self.is_fixed and (not found() and time.monotonic() - self.fetched > 10 or self.keys is None):
            self.discover()
        fitting = [key for key in found() if _fits(algorithm, key)]
        if named and not isinstance(header["kid"], str) or len(fitting) != 1:
            raise TokenRefused(
                "key", f"kid {header.get('kid', 'absent')}, {algorithm}", "one published key of that algorithm"
            )
        return fitting[0]

    def discover(self):
        self.fetched = time.monotonic()
        discovery = self.load(self.issuer + "/.well-known/openid-configuration")
        if discovery.get("issuer") != self.issuer:
            raise TokenRefused("issuer", discovery.get("issuer"), self.issuer)
        self.key_set_url = discovery["jwks_uri"]
        self.keys = self.load(self.key_set_url).get("keys", [])
        default = discovery.get("default_policy_sha256")
        self.defaults = [default] if isinstance(default, str) and re.fullmatch("[0-9a-f]{64}", default) else []

    def accepted(self, policies, found):
        """The hashes that a list of policies stands for. What the service's default is, it says itself, and may change."""
        if "default" not in policies:
            return policies

        def wanted():
            return self.defaults + [each for each in policies if each != "default"]

        age = time.monotonic() - self.fetched
        is_outside = not found or not all(each in wanted() for each in found)
        if not self.is_fixed and (age > DISCOVERY_AGE or is_outside and age > 10):
            self.discover()
        return wanted()

    def check(
        self,
        token,
        *,
        nonce=None,
        audience=None,
        minimum_status="affirming",
        minimum=None,
        freshness="require",
        policies=None,
        references=None,
        measurements=None,
        confirmation=None,
        skew=60,
        status_list=True,
    ):
        """The claims of a good token.

        `nonce` and `confirmation` in base64url; `minimum` the worst tier by category of the trustworthiness vector;
        `freshness` `require`, or `any` for quotes that may be old; `policies` as SHA-256 in hex, the word `default` (which
        is meant where there is no list), or `any` alone; `references` as SHA-256 in hex; `measurements` the values in hex
        that are accepted, by name: mr_td, rtmr0 to rtmr3, mr_enclave, mr_signer.
        """
        _given(nonce=nonce, audience=audience, confirmation=confirmation)
        _known("minimum_status", minimum_status, RANK)
        minimum = _minimum(minimum)
        if type(skew) is not int or skew < 0:
            raise ValueError(f"skew {skew!r}: wanted whole seconds")
        if type(status_list) is not bool:
            raise ValueError(f"status_list {status_list!r}: wanted True or False")
        _known("freshness", freshness, FRESHNESS)
        policies, references = _policies(policies), _hashes("references", references)
        measurements = _measurements(measurements)
        _, claims = self._opened(_pasted(token), TYPES)
        self._require("issuer", claims.get("iss"), self.issuer)
        self._times(claims, skew)
        if audience is not None:
            found = claims.get("aud")
            if not (audience in found if isinstance(found, list) else found == audience):
                raise TokenRefused("audience", found, audience)
        if claims.get("eat_profile") not in PROFILES:
            raise TokenRefused("profile", claims.get("eat_profile"), " or ".join(PROFILES))
        if nonce is not None:
            self._require("nonce", claims.get("eat_nonce"), nonce)
        self._status(claims, minimum_status, minimum)
        if freshness == "require":
            self._fresh(claims)
        if policies is not None:
            found = self._policies(claims)
            self._listed("policy", found, self.accepted(policies, found))
        if references is not None:
            self._listed("references", self._references(claims), references)
        for name, wanted in measurements.items():
            self._listed("measurements", self._measured(claims, name), wanted)
        if confirmation is not None:
            proven = claims.get("cnf")
            self._require("confirmation", proven.get("jkt") if isinstance(proven, dict) else None, confirmation)
        if status_list and "status" in claims:
            self._standing(claims["status"], skew)
        return claims

    def _opened(self, token, types):
        """Header and claims of what the issuer signed, of one of these types."""
        parts = token.split(".")
        if len(parts) != 3 or len(token) > LIMIT or not token.isascii():
            raise TokenRefused("form", f"{len(parts)} parts of {len(token)} characters", "header.payload.signature")
        head, payload, signature = (_base64url(part, "form") for part in parts)
        header, claims = _object(head, "form"), _object(payload, "form")
        typ = header.get("typ")
        if not isinstance(typ, str) or typ.lower().removeprefix("application/") not in types:
            raise TokenRefused("type", f"typ {typ}" if "typ" in header else "no typ", f"typ {' or '.join(types)}")
        algorithm = header.get("alg")
        if algorithm not in ("ES256", "EdDSA", "RS256", "RS384", "PS384"):
            raise TokenRefused("form", f"alg {algorithm}", "an algorithm that is allowed")
        for member in ("crit", "b64"):
            if member in header:
                raise TokenRefused("form", member, "no critical members")
        key = self.key(header, algorithm)
        if "jku" in header and (header["jku"] is None or header["jku"] != self.key_set_url):
            raise TokenRefused("form", f"jku {header['jku']}", self.key_set_url)
        try:
            _verify(algorithm, key, signature, f"{parts[0]}.{parts[1]}".encode())
        except (InvalidSignature, ValueError):
            raise TokenRefused("signature", "one that does not verify", "one by the published key") from None
        return header, claims

    def _status(self, claims, least, minimum):
        """Known words, no status better than what it rests on, and good enough."""

        def must(holds, found, wanted):
            if not holds:
                raise TokenRefused("status", found, wanted)

        submods = claims.get("submods", {})
        must(
            isinstance(submods, dict) and all(isinstance(each, dict) for each in submods.values()), "submods", "objects"
        )
        dotted = submods.get("cpu0", {}).get("ear.status")
        overall = claims.get("ear_status", dotted)
        must(isinstance(overall, str) and overall in RANK, overall, f"one of {', '.join(RANK)}")
        for name, submod in submods.items():
            status = submod.get("ear_status", submod.get("ear.status"))
            vector = submod.get("ear_trustworthiness_vector", submod.get("ear.trustworthiness-vector", {}))
            must(isinstance(status, str) and status in RANK, f"{name} {status}", f"one of {', '.join(RANK)}")
            is_read = isinstance(vector, dict) and all(
                type(each) is int and -128 <= each < 128 for each in vector.values()
            )
            must(is_read, f"{name} with another vector", "integers of eight bits")
            worst = max((_tier(each) % 3 for each in vector.values()), default=0)
            must(
                RANK[overall] >= RANK[status] >= worst,
                f"{overall} over {name} {status}",
                "none better than its worst part",
            )
            for category, tier in minimum.items():
                found = vector.get(category, 0)
                must(_tier(found) <= RANK[tier], f"{name} {category} {found}", f"{category} {tier} or better")
        must(submods or not minimum, "no submods", ", ".join(minimum))
        must(RANK[overall] <= RANK[least], overall, f"{least} or better")

    def _standing(self, status, skew):
        """Refuses a token that its issuer has withdrawn (draft-ietf-oauth-status-list 8.3)."""
        place = status.get("status_list") if isinstance(status, dict) else None
        index, uri = (place.get("idx"), place.get("uri")) if isinstance(place, dict) else (None, None)
        if type(index) is not int or index < 0 or not isinstance(uri, str) or not uri.startswith(self.issuer + "/"):
            raise TokenRefused("revocation", f"the place {place}", f"an index, and a list of {self.issuer}")
        bits, data = self._list(uri, skew)
        byte = index * bits // 8
        if byte >= len(data):
            raise TokenRefused("revocation", f"place {index}", f"one in a list of {len(data) * 8 // bits}")
        found = data[byte] >> index * bits % 8 & (1 << bits) - 1
        if found:
            raise TokenRefused("revocation", f"status {found}, withdrawn", "status 0")

    def _list(self, uri, skew):
        """Bits a place, and the places; kept until the list itself says that it is to be asked for again."""
        kept = self.lists.get(uri)
        if kept and time.monotonic() < kept[0]:
            return kept[1:]
        try:
            _, claims = self._opened(self.fetch(uri).decode("ascii", "replace").strip(), ("statuslist+jwt",))
            self._require("revocation", claims.get("sub"), uri)
            self._require("revocation", claims.get("iss", self.issuer), self.issuer)
            self._times(claims, skew)
        except TokenRefused as refusal:
            raise TokenRefused("revocation", f"a status list with {refusal}", "a good one") from None
        content, ttl = claims.get("status_list"), claims.get("ttl", 0)
        bits = content.get("bits") if isinstance(content, dict) else None
        if type(bits) is not int or bits not in (1, 2, 4, 8) or type(ttl) is not int or ttl < 0:
            raise TokenRefused("revocation", "no status list", "bits, lst and ttl")
        data = self._inflated(_base64url(str(content.get("lst")), "revocation"))
        if len(self.lists) >= 64:
            self.lists.clear()
        self.lists[uri] = (time.monotonic() + min(ttl, claims["exp"] - self.clock()), bits, data)
        return bits, data

    @staticmethod
    def _inflated(data):
        inflater = zlib.decompressobj()
        try:
            text = inflater.decompress(data, LIST_LIMIT)
        except zlib.error as error:
            raise TokenRefused("revocation", str(error), "zlib data") from None
        if not inflater.eof or inflater.unused_data:
            raise TokenRefused(
                "revocation", "data that go on or are cut off", f"at most {LIST_LIMIT} bytes of zlib data"
            )
        return text

    @staticmethod
    def _require(check, found, wanted):
        if found != wanted:
            raise TokenRefused(check, found if found is not None else "nothing", wanted)

    def _times(self, claims, skew):
        now = int(self.clock())
        issued, ends = claims.get("iat"), claims.get("exp")
        begins = claims.get("nbf", issued)
        if not all(type(each) is int and 0 <= each < 2**53 for each in (issued, ends, begins)):
            raise TokenRefused("time", "no integers", "iat, exp and nbf as integers below 2^53")
        if not (max(issued, begins) <= now + skew and now - skew <= ends and issued < ends):
            raise TokenRefused("time", f"issued {issued}, ends {ends}", f"now, {now}, between them")

    @staticmethod
    def _listed(check, found, wanted):
        """Every one that was found is in the list; what cannot be read is in none."""
        if not found or not all(each in wanted for each in found):
            none = "the default policy, which is not known" if check == "policy" else "nothing"
            raise TokenRefused(check, ", ".join(map(str, found)) or "nothing", " or ".join(wanted) or none)

    @staticmethod
    def _entries(holder, name):
        """The elements of a member; one that nobody reads, where it is no array."""
        if not isinstance(holder, dict) or name not in holder:
            return []
        return holder[name] if isinstance(holder[name], list) else [None]

    @staticmethod
    def _submods(claims):
        submods = claims.get("submods")
        return list(submods.values()) if isinstance(submods, dict) else []

    def _holders(self, claims):
        """Where a token says what its verifier found."""
        holders = [claims]
        for submod in self._submods(claims):
            holders += [submod.get("ear_verifier_claims"), submod.get("ear.veraison.policy-claims")]
        return holders

    def _fresh(self, claims):
        """Refuses a quote that may be old; a token that does not say is no better."""
        holders = [each for each in self._holders(claims) if isinstance(each, dict) and "reasons" in each]
        found = [each for holder in holders for each in self._entries(holder, "reasons")]
        if not holders or not all(isinstance(each, str) and each != "NOT_FRESH" for each in found):
            what = ", ".join(map(str, found)) if holders else "no reasons"
            raise TokenRefused("freshness", what, "reasons without NOT_FRESH: a quote over a nonce")

    @staticmethod
    def _at(holder, path):
        """What stands at a path: nothing where a member is absent, what nobody reads where one is of another kind."""
        for name in path:
            if not isinstance(holder, dict):
                return [None]
            if name not in holder:
                return []
            holder = holder[name]
        return [holder if isinstance(holder, str) else None]

    def _measured(self, claims, name):
        _, own, path = MEASUREMENTS[name]
        found = []
        for submod in self._submods(claims):
            found += self._at(submod, ("ear_attester_claims", own))
            found += self._at(submod, ("ear.veraison.annotated-evidence", *path.split(".")))
        if "tcb-status" in claims:
            flat = claims["tcb-status"]
            text = flat.encode("utf-8", "replace") if isinstance(flat, str) else b""
            found += self._at(_object(text, "measurements"), (path,))
        return found

    def _policies(self, claims):
        found = []
        for submod in self._submods(claims):
            for name in self._entries(submod, "ear_appraisal_policy_ids"):
                match = re.fullmatch("ni:///sha-256;([A-Za-z0-9_-]{43})", name) if isinstance(name, str) else None
                found.append(_base64url(match[1], "policy").hex() if match else f"{name}, which names no hash")
            peers = submod.get("ear.veraison.policy-claims")
            found += [peers["policy_sha256"]] if isinstance(peers, dict) and "policy_sha256" in peers else []
        for report in self._entries(claims, "evaluation-reports"):
            found.append(report.get("policy-hash") if isinstance(report, dict) else None)
        return found

    def _references(self, claims):
        found = [each for holder in self._holders(claims) for each in self._entries(holder, "references")]
        names = [re.fullmatch("sha256:([0-9a-f]{64})", each) if isinstance(each, str) else None for each in found]
        return [name[1] if name else f"{each}, which names no hash" for name, each in zip(names, found)]


def main():
    parser = argparse.ArgumentParser(description="Checks an attestation token from standard input.")
    parser.add_argument("--issuer", required=True)
    parser.add_argument("--nonce")
    parser.add_argument("--audience")
    parser.add_argument("--status", default="affirming", choices=list(RANK), help="the worst that is good enough")
    parser.add_argument("--minimum", action="append", default=[], metavar="CATEGORY=TIER")
    parser.add_argument("--freshness", default="require", choices=FRESHNESS, help="any: quotes that may be old, too")
    parser.add_argument("--policy", action="append", metavar="SHA256|default|any", help="else the service's default")
    parser.add_argument("--reference-set", action="append", metavar="SHA256")
    parser.add_argument("--measurement", action="append", default=[], metavar="NAME=HEX")
    parser.add_argument("--key-thumbprint", metavar="JKT", help="of the key at the other end (RFC 7638)")
    parser.add_argument("--no-status-list", action="store_true", help="do not ask whether the token was withdrawn")
    options = parser.parse_args()
    minimum = dict(each.partition("=")[::2] for each in options.minimum)
    if len(minimum) < len(options.minimum):
        parser.error("--minimum: wanted one tier of each category")
    measurements = {}
    for name, _, value in (each.partition("=") for each in options.measurement):
        measurements.setdefault(name, []).append(value)
    try:
        claims = Checker(options.issuer.rstrip("/")).check(
            sys.stdin.read(),
            nonce=options.nonce,
            audience=options.audience,
            minimum_status=options.status,
            minimum=minimum,
            freshness=options.freshness,
            policies=options.policy,
            references=options.reference_set,
            measurements=measurements,
            confirmation=options.key_thumbprint,
            status_list=not options.no_status_list,
        )
    except TokenRefused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 1
    except (OSError, KeyError) as error:
        print(f"the keys or the status list of {options.issuer} cannot be had: {error}", file=sys.stderr)
        return 2
    except ValueError as error:
        parser.error(f"{error}")
    print(json.dumps(claims, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
