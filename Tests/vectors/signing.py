"""Fixed test keys and signatures in plain Python, so that the vectors come out the same wherever they are made.

Never use any of this for anything but test vectors: the keys follow from their names, and nothing runs in constant time.
"""

import base64
import functools
import hashlib
import hmac
import json
import math


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(label):
    return int.from_bytes(hashlib.sha256(b"assay test vectors: " + label.encode()).digest(), "big")


def thumbprint(members):
    """RFC 7638."""
    return base64url(hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).digest())


class Key:
    """`public` is the key as a JSON Web Key, without `alg` and `use`; `kid` its thumbprint."""

    def published(self, **more):
        return {**self.public, "use": "sig", "alg": self.algorithm, "kid": self.kid, **more}


class P256(Key):
    """ECDSA with the nonce of RFC 6979."""

    algorithm = "ES256"
    P = 2**256 - 2**224 + 2**192 + 2**96 - 1
    N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    G = (
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    )

    def __init__(self, label):
        self.secret = number(label) % (self.N - 1) + 1
        x, y = self.times(self.secret, self.G)
        self.point = x.to_bytes(32, "big") + y.to_bytes(32, "big")
        self.public = {"crv": "P-256", "kty": "EC", "x": base64url(self.point[:32]), "y": base64url(self.point[32:])}
        self.kid = thumbprint(self.public)

    @classmethod
    def add(cls, left, right):
        if left is None or right is None:
            return left or right
        if left[0] == right[0]:
            if (left[1] + right[1]) % cls.P == 0:
                return None
            slope = (3 * left[0] ** 2 - 3) * pow(2 * left[1], -1, cls.P)
        else:
            slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, cls.P)
        x = (slope**2 - left[0] - right[0]) % cls.P
        return x, (slope * (left[0] - x) - left[1]) % cls.P

    @classmethod
    @functools.cache
    def doubled(cls, point):
        """The point times 1, 2, 4 … 2^255."""
        points = [point]
        for _ in range(255):
            points.append(cls.add(points[-1], points[-1]))
        return points

    @classmethod
    def times(cls, factor, point):
        total = None
        for at, each in enumerate(cls.doubled(point)):
            if factor >> at & 1:
                total = cls.add(total, each)
        return total

    def numbers(self, data):
        digest = hashlib.sha256(data).digest()
        secret = self.secret.to_bytes(32, "big")
        reduced = (int.from_bytes(digest, "big") % self.N).to_bytes(32, "big")
        key, value = bytes(32), b"\x01" * 32
        for mark in (b"\x00", b"\x01"):
            key = hmac.digest(key, value + mark + secret + reduced, "sha256")
            value = hmac.digest(key, value, "sha256")
        value = hmac.digest(key, value, "sha256")
        nonce = int.from_bytes(value, "big")
        assert 0 < nonce < self.N
        r = self.times(nonce, self.G)[0] % self.N
        s = pow(nonce, -1, self.N) * (int.from_bytes(digest, "big") + r * self.secret) % self.N
        return r, s

    def sign(self, data):
        r, s = self.numbers(data)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Ed25519(Key):
    """RFC 8032."""

    algorithm = "EdDSA"
    P = 2**255 - 19
    L = 2**252 + 27742317777372353535851937790883648493
    D = -121665 * pow(121666, -1, P) % P
    G = (
        15112221349535400772501151409588531511454012693041857206046113283949847762202,
        46316835694926478169428394003475163141307993866256225615783033603165251855960,
    )

    def __init__(self, label):
        seed = number(label).to_bytes(32, "big")
        self.half = hashlib.sha512(seed).digest()
        scalar = int.from_bytes(self.half[:32], "little")
        self.scalar = scalar & (2**254 - 8) | 2**254
        self.raw = self.encoded(self.times(self.scalar, self.G))
        self.public = {"crv": "Ed25519", "kty": "OKP", "x": base64url(self.raw)}
        self.kid = thumbprint(self.public)

    @classmethod
    def times(cls, factor, point):
        total = (0, 1)
        while factor:
            if factor & 1:
                total = cls.add(total, point)
            point, factor = cls.add(point, point), factor >> 1
        return total

    @classmethod
    def add(cls, left, right):
        product = cls.D * left[0] * right[0] * left[1] * right[1]
        x = (left[0] * right[1] + right[0] * left[1]) * pow(1 + product, -1, cls.P)
        y = (left[1] * right[1] + left[0] * right[0]) * pow(1 - product, -1, cls.P)
        return x % cls.P, y % cls.P

    @staticmethod
    def encoded(point):
        return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")

    def sign(self, data):
        def scalar(*parts):
            return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % self.L

        r = scalar(self.half[32:], data)
        point = self.encoded(self.times(r, self.G))
        s = (r + scalar(point, self.raw, data) * self.scalar) % self.L
        return point + s.to_bytes(32, "little")


class RSA(Key):
    """RFC 8017, with primes searched from a name; PSS with a salt that is no secret."""

    SIZES = {"RS256": "sha256", "RS384": "sha384", "PS384": "sha384"}
    PREFIX = {
        "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
        "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    }

    def __init__(self, label, algorithm, bits=2048):
        p, q = (self.prime(f"{label} {name}", bits // 2) for name in "pq")
        self.modulus, self.count = p * q, bits // 8
        self.secret = pow(65_537, -1, (p - 1) * (q - 1))
        self.algorithm = algorithm
        self.public = {"e": "AQAB", "kty": "RSA", "n": base64url(self.modulus.to_bytes(self.count, "big"))}
        self.kid = thumbprint(self.public)

    @staticmethod
    @functools.cache
    def prime(label, bits):
        small = math.prod(
            each for each in range(3, 2_000, 2) if all(each % other for other in range(3, 45, 2) if other < each)
        )

        def is_prime(candidate):
            if math.gcd(candidate, small) > 1:
                return False
            odd, power = candidate - 1, 0
            while odd % 2 == 0:
                odd, power = odd // 2, power + 1
            for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
                value = pow(base, odd, candidate)
                if value in (1, candidate - 1):
                    continue
                for _ in range(power - 1):
                    value = value * value % candidate
                    if value == candidate - 1:
                        break
                else:
                    return False
            return True

        candidate = 0
        for part in range(bits // 256):
            candidate = candidate << 256 | number(f"{label} {part}")
        # The two highest bits are set, so that the product has its full length.
        candidate = candidate % 2**bits | 3 << (bits - 2) | 1
        while candidate % 65_537 == 1 or not is_prime(candidate):
            candidate += 2
        return candidate

    def sign(self, data):
        name = self.SIZES[self.algorithm]
        digest = hashlib.new(name, data).digest()
        if self.algorithm == "PS384":
            block = self.masked(digest, name)
        else:
            tail = self.PREFIX[name] + digest
            block = b"\x00\x01" + b"\xff" * (self.count - 3 - len(tail)) + b"\x00" + tail
        return pow(int.from_bytes(block, "big"), self.secret, self.modulus).to_bytes(self.count, "big")

    def masked(self, digest, name):
        salt = hashlib.new(name, b"salt" + digest).digest()
        inner = hashlib.new(name, bytes(8) + digest + salt).digest()
        data = bytes(self.count - 2 * len(inner) - 2) + b"\x01" + salt
        mask = b"".join(hashlib.new(name, inner + count.to_bytes(4, "big")).digest() for count in range(8))
        masked = bytes(left ^ right for left, right in zip(data, mask))
        return bytes([masked[0] & 0x7F]) + masked[1:] + inner + b"\xbc"


@functools.cache
def signed(header, payload, key):
    """A compact JWS over texts as they stand; `key` is none where the signature is empty."""
    header, payload = (part if isinstance(part, bytes) else part.encode() for part in (header, payload))
    text = f"{base64url(header)}.{base64url(payload)}"
    return f"{text}.{base64url(key.sign(text.encode())) if key else ''}"
