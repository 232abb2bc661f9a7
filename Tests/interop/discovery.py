#!/usr/bin/env python3
"""A relying party that knows the issuer's URL and a JWT library, and nothing else of the service.

    discovery.py ISSUER LIBRARY QUOTE FORGED ALGORITHM

Gets a token of every shape for QUOTE, finds the keys by discovery alone, and verifies with LIBRARY (pyjwt or joserfc; with
the latter authlib, which rests on it, reads the metadata as well).
ALGORITHM is the one the service is configured to sign its native tokens with. FORGED must get no token at all. A challenge
of the service is no result for LIBRARY, under any of its keys and algorithms, with no look at type or audience.
"""

import base64
import json
import sys
import urllib.error
import urllib.request


def fetch(url, body=None, content_type=None):
    request = urllib.request.Request(url, data=body, headers={"Content-Type": content_type} if content_type else {})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def evidence(quote):
    return base64url(json.dumps({"quote": base64.b64encode(quote).decode()}).encode())


def native(issuer, quote):
    answer = json.loads(fetch(f"{issuer}/v1/verdicts", quote, "application/octet-stream"))
    return answer.get("token")


def dotted(issuer, quote):
    body = {"verification_requests": [{"tee": "tdx", "evidence": evidence(quote)}], "policy_ids": ["default"]}
    return fetch(f"{issuer}/attestation", json.dumps(body).encode(), "application/json").decode()


def simple(issuer, quote):
    body = {"tee": "tdx", "evidence": evidence(quote), "policy_ids": []}
    return fetch(f"{issuer}/v1/attestation", json.dumps(body).encode(), "application/json").decode()


class Refused(Exception):
    """The library does not accept the token."""


class PyJWT:
    def __init__(self, key_set):
        import jwt

        self.jwt = jwt
        self.keys = jwt.PyJWKSet.from_dict(key_set)

    def takes(self, token, algorithms, issuer):
        """Whether any published key verifies it: what a program does that looks at signature, issuer and time."""
        for key in self.keys.keys:
            for secret in (key.key, json.dumps(key._jwk_data).encode()):
                try:
                    self.jwt.decode(token, secret, algorithms=algorithms, issuer=issuer, options={"verify_aud": False})
                    return True
                except (self.jwt.PyJWTError, TypeError, ValueError, AttributeError):
                    continue
        return False

    def verify(self, token, algorithm, issuer, audience):
        try:
            key = self.keys[self.jwt.get_unverified_header(token)["kid"]]
            assert key.algorithm_name == algorithm, f"published for {key.algorithm_name}, used for {algorithm}"
            options = {"require": ["iss", "iat", "exp", "jti"], "verify_aud": audience is not None}
            return self.jwt.decode(
                token, key.key, algorithms=[algorithm], issuer=issuer, audience=audience, options=options
            )
        except self.jwt.PyJWTError as error:
            raise Refused(error) from error


class JoseRFC:
    def __init__(self, key_set):
        from joserfc import errors, jwk, jwt

        self.jwt = jwt
        self.error = errors.JoseError
        self.keys = jwk.KeySet.import_key_set(key_set)

    def takes(self, token, algorithms, issuer):
        try:
            decoded = self.jwt.decode(token, self.keys, algorithms=algorithms)
            self.jwt.JWTClaimsRegistry(iss={"essential": True, "value": issuer}).validate(decoded.claims)
            return True
        except (self.error, ValueError):
            return False

    def verify(self, token, algorithm, issuer, audience):
        try:
            decoded = self.jwt.decode(token, self.keys, algorithms=[algorithm])
            wanted = {"iss": {"essential": True, "value": issuer}, "exp": {"essential": True}}
            if audience is not None:
                wanted["aud"] = {"essential": True, "value": audience}
            self.jwt.JWTClaimsRegistry(**wanted).validate(decoded.claims)
            return decoded.claims
        except (self.error, ValueError) as error:
            raise Refused(error) from error


def check_metadata(discovered):
    """Whether authlib takes the document for metadata of an OpenID provider. It wants https, as a public service has."""
    from authlib.oidc.discovery import OpenIDProviderMetadata

    def secure(value):
        return value.replace("http://", "https://", 1) if isinstance(value, str) else value

    OpenIDProviderMetadata({name: secure(value) for name, value in discovered.items()}).validate()


def tampered(token):
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["exp"] += 1
    return ".".join([header, base64url(json.dumps(claims, separators=(",", ":")).encode()), signature])


def main():
    issuer, library, quote_file, forged_file, algorithm = sys.argv[1:]
    with open(quote_file, "rb") as file:
        quote = file.read()
    with open(forged_file, "rb") as file:
        forged = file.read()
    discovered = json.loads(fetch(f"{issuer}/.well-known/openid-configuration"))
    assert discovered["issuer"] == issuer, discovered["issuer"]
    assert algorithm in discovered["id_token_signing_alg_values_supported"], discovered
    if library == "joserfc":
        check_metadata(discovered)
    key_set = json.loads(fetch(discovered["jwks_uri"]))
    assert len({key["kid"] for key in key_set["keys"]}) == len(key_set["keys"]), "two keys of one name"
    verifier = {"pyjwt": PyJWT, "joserfc": JoseRFC}[library](key_set)

    challenge = json.loads(fetch(f"{issuer}/v1/challenges", b"{}", "application/json"))["challenge"]
    algorithms = ["ES256", "RS256", "PS384", "EdDSA", "HS256", "HS384"]
    assert verifier.takes(native(issuer, quote), algorithms, issuer), f"{library}: a result is refused"
    assert not verifier.takes(challenge, algorithms, issuer), f"{library}: a challenge passes for a result"

    shapes = [
        ("ear", native, algorithm, None, lambda claims: claims["submods"]["tdx"]["ear_status"]),
        ("dotted", dotted, "ES256", None, lambda claims: claims["submods"]["cpu0"]["ear.status"]),
        ("simple", simple, "RS256", issuer, lambda claims: claims["ear_status"]),
    ]
    for name, get, wanted, audience, status in shapes:
        token = get(issuer, quote)
        claims = verifier.verify(token, wanted, issuer, audience)
        assert status(claims) == "warning", (name, status(claims))
        if name == "simple":
            assert len(json.loads(claims["tcb-status"])["tdx.quote.body.mr_td"]) == 96
        for reason, bad, expected_issuer in [
            ("changed claims", tampered(token), issuer),
            ("another issuer", token, "https://attest.example.org"),
        ]:
            try:
                verifier.verify(bad, wanted, expected_issuer, audience)
            except Refused:
                continue
            raise AssertionError(f"{name}: {library} accepts {reason}")
        try:
            assert get(issuer, forged) is None, f"{name}: a token for a forged quote"
        except urllib.error.HTTPError as error:
            assert error.code == 422, (name, error.code)
        print(f"{library}: {name}, {wanted}: verified by discovery; tampering is seen; no token for a forged quote")


if __name__ == "__main__":
    main()
