#!/usr/bin/env python3
"""Checks an Assay attestation token without asking the service about it: signature, issuer, time, nonce, status, policy;
and by the service's status list, which is about many tokens at once, that it was not withdrawn.

    python3 assay_token.py --issuer https://assay.example [--nonce BASE64URL] < token

    from assay_token import Checker
    claims = Checker("https://assay.example").check(token, nonce=mine)      # raises TokenRefused

One file; needs `cryptography`. Checks run in the order of docs: form, key, signature, issuer, time, audience, profile,
nonce, status, policy, confirmation, revocation. The key set is fetched once and again only for a key that is not in it; a
status list when its `ttl` is over. A list that cannot be had refuses; `--no-status-list` and `status_list=False` do without.
"""

import argparse
import base64
import binascii
import json
import sys
import time
import urllib.request
import zlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

PROFILES = ("tag:ietf.org,2026:rats/ear#04",)
RANK = {"affirming": 0, "warning": 1, "contraindicated": 2}
LIMIT = 65_536
# A status list inflated: 64 KiB of zlib data can claim a thousand times as much.
LIST_LIMIT = 1_048_576


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
    def unique(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            raise TokenRefused(check, "a member twice", "each member once")
        return dict(pairs)

    try:
        value = json.loads(data, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise TokenRefused(check, "no JSON object", "a JSON object")
    return value


def _fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read(1 << 20)


def _load(url):
    return _object(_fetch(url), "key")


def _number(key, name):
    return int.from_bytes(_base64url(key.get(name, ""), "key"), "big")


def _verify(algorithm, key, signature, signed):
    """The algorithm must be one that fits the key: the header alone never decides."""
    kind = (algorithm, key.get("kty"), key.get("crv"))
    if kind == ("ES256", "EC", "P-256"):
        numbers = ec.EllipticCurvePublicNumbers(_number(key, "x"), _number(key, "y"), ec.SECP256R1())
        if len(signature) != 64:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        numbers.public_key().verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    elif kind == ("EdDSA", "OKP", "Ed25519"):
        ed25519.Ed25519PublicKey.from_public_bytes(_base64url(key["x"], "key")).verify(signature, signed)
    elif kind == ("RS256", "RSA", None):
        public = rsa.RSAPublicNumbers(_number(key, "e"), _number(key, "n")).public_key()
        if public.key_size < 2048:
            raise TokenRefused("key", f"{public.key_size} bits", "2048 or more")
        public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise TokenRefused("form", f"alg {algorithm}", f"one that fits a {key.get('kty')} key")


class Checker:
    def __init__(self, issuer, keys=None, load=_load, fetch=_fetch):
        self.issuer, self.keys, self.load, self.fetch, self.fetched = issuer, keys, load, fetch, 0.0
        self.lists = {}

    def key(self, identifier):
        found = [key for key in self.keys or [] if key.get("kid") == identifier]
        # A stranger's kid must not make us ask for the keys all day.
        if not found and time.monotonic() - self.fetched > 10 or self.keys is None:
            self.fetched = time.monotonic()
            discovery = self.load(self.issuer + "/.well-known/openid-configuration")
            if discovery.get("issuer") != self.issuer:
                raise TokenRefused("issuer", discovery.get("issuer"), self.issuer)
            self.keys = self.load(discovery["jwks_uri"]).get("keys", [])
            found = [key for key in self.keys if key.get("kid") == identifier]
        if len(found) != 1:
            raise TokenRefused("key", f"kid {identifier}", "a published key")
        return found[0]

    def check(
        self,
        token,
        *,
        nonce=None,
        audience=None,
        minimum_status="affirming",
        policies=None,
        confirmation=None,
        skew=60,
        status_list=True,
    ):
        """The claims of a good token. `nonce` and `confirmation` in base64url, `policies` SHA-256 in hex."""
        _, claims = self._opened(token)
        self._require("issuer", claims.get("iss"), self.issuer)
        self._times(claims, skew)
        if audience is not None:
            self._require("audience", claims.get("aud"), audience)
        if claims.get("eat_profile") not in PROFILES:
            raise TokenRefused("profile", claims.get("eat_profile"), " or ".join(PROFILES))
        if nonce is not None:
            self._require("nonce", claims.get("eat_nonce"), nonce)
        if RANK.get(claims.get("ear_status"), 9) > RANK[minimum_status]:
            raise TokenRefused("status", claims.get("ear_status"), f"{minimum_status} or better")
        if policies is not None:
            self._policies(claims, policies)
        if confirmation is not None:
            self._require("confirmation", (claims.get("cnf") or {}).get("jkt"), confirmation)
        if status_list and "status" in claims:
            self._standing(claims["status"], skew)
        return claims

    def _opened(self, token):
        """Header and claims of what the issuer signed."""
        parts = token.strip().split(".")
        if len(parts) != 3 or len(token) > LIMIT:
            raise TokenRefused("form", f"{len(parts)} parts", "header.payload.signature")
        header = _object(_base64url(parts[0], "form"), "form")
        if "crit" in header:
            raise TokenRefused("form", "crit", "no critical members")
        key = self.key(header.get("kid"))
        try:
            signature = _base64url(parts[2], "signature")
            _verify(header.get("alg"), key, signature, f"{parts[0]}.{parts[1]}".encode())
        except InvalidSignature:
            raise TokenRefused("signature", "one that does not verify", "one by the published key") from None
        return header, _object(_base64url(parts[1], "form"), "form")

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
            header, claims = self._opened(self.fetch(uri).decode("ascii", "replace"))
            if header.get("typ") != "statuslist+jwt":
                raise TokenRefused("revocation", f"typ {header.get('typ')}", "statuslist+jwt")
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
        self.lists[uri] = (time.monotonic() + min(ttl, claims["exp"] - time.time()), bits, data)
        return bits, data

    @staticmethod
    def _inflated(data):
        inflater = zlib.decompressobj()
        try:
            text = inflater.decompress(data, LIST_LIMIT)
        except zlib.error as error:
            raise TokenRefused("revocation", str(error), "zlib data") from None
        if not inflater.eof or inflater.unused_data:
            raise TokenRefused("revocation", "data that go on or are cut off", f"at most {LIST_LIMIT} bytes of zlib data")
        return text

    @staticmethod
    def _require(check, found, wanted):
        if found != wanted:
            raise TokenRefused(check, found if found is not None else "nothing", wanted)

    @staticmethod
    def _times(claims, skew):
        now = time.time()
        issued, ends = claims.get("iat"), claims.get("exp")
        begins = claims.get("nbf", issued)
        if not all(type(each) is int for each in (issued, ends, begins)):
            raise TokenRefused("time", "no integers", "iat, exp and nbf as integers")
        if not (max(issued, begins) <= now + skew and now - skew < ends and issued < ends):
            raise TokenRefused("time", f"issued {issued}, ends {ends}", f"now, {int(now)}, between them")

    @staticmethod
    def _policies(claims, wanted):
        names = [n for each in (claims.get("submods") or {}).values() for n in each.get("ear_appraisal_policy_ids", [])]
        prefix = "ni:///sha-256;"
        found = [_base64url(n[len(prefix) :], "policy").hex() for n in names if n.startswith(prefix)]
        if not found or len(found) != len(names) or not set(found) <= set(wanted):
            raise TokenRefused("policy", ", ".join(found) or "nothing", " or ".join(wanted))


def main():
    parser = argparse.ArgumentParser(description="Checks an attestation token from standard input.")
    parser.add_argument("--issuer", required=True)
    parser.add_argument("--nonce")
    parser.add_argument("--audience")
    parser.add_argument("--status", default="affirming", choices=list(RANK)[:2])
    parser.add_argument("--policy", action="append", metavar="SHA256")
    parser.add_argument("--no-status-list", action="store_true", help="do not ask whether the token was withdrawn")
    options = parser.parse_args()
    try:
        claims = Checker(options.issuer.rstrip("/")).check(
            sys.stdin.read(),
            nonce=options.nonce,
            audience=options.audience,
            minimum_status=options.status,
            policies=options.policy,
            status_list=not options.no_status_list,
        )
    except TokenRefused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 1
    except (OSError, KeyError) as error:
        print(f"the keys or the status list of {options.issuer} cannot be had: {error}", file=sys.stderr)
        return 2
    print(json.dumps(claims, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
