"""A small transparency log for browser tests: RFC 6962 tree, signed notes, the routes that the explorer asks.

It can misbehave on purpose, with a good signature under everything: rewrite an entry, go back, change its key.
"""

import base64
import hashlib
import json
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from faulty import Answer


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()


def split(size):
    """The largest power of two below `size`."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def root(hashes):
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = split(len(hashes))
    return node(root(hashes[:middle]), root(hashes[middle:]))


def inclusion(index, hashes):
    if len(hashes) == 1:
        return []
    middle = split(len(hashes))
    if index < middle:
        return inclusion(index, hashes[:middle]) + [root(hashes[middle:])]
    return inclusion(index - middle, hashes[middle:]) + [root(hashes[:middle])]


def consistency(size, hashes, is_whole=True):
    if size == len(hashes):
        return [] if is_whole else [root(hashes)]
    middle = split(len(hashes))
    if size <= middle:
        return consistency(size, hashes[:middle], is_whole) + [root(hashes[middle:])]
    return consistency(size - middle, hashes[middle:], False) + [root(hashes[:middle])]


class MockLog:
    def __init__(self, base, count=9, origin="mock.example/log/2026"):
        self.base, self.origin = base, origin
        self.key = ed25519.Ed25519PrivateKey.generate()
        now = int(time.time() * 1000)
        self.entries = [{"kind": "genesis", "origin": origin, "time_ms": now - 7_200_000, "v": 1}]
        for index in range(1, count):
            self.entries.append(self.verdict(index, now - index * 600_000))

    @staticmethod
    def verdict(index, time_ms, **more):
        verdict = ("accept", "reject", "accept", "error")[index % 4]
        reasons = {"accept": ["NOT_FRESH"], "reject": ["POLICY_DEBUG"], "error": ["COLLATERAL_UNAVAILABLE"]}[verdict]
        return {
            "advisories": [],
            "evidence_sha256": hashlib.sha256(str(index).encode()).hexdigest(),
            "fmspc": "90c06f000000",
            "jti": f"0191{index:04x}-0000-7000-8000-000000000000",
            "kind": "verdict",
            "measurement": hashlib.sha384(b"image").hexdigest(),
            "policy_id": "strict",
            "policy_sha256": hashlib.sha256(b"policy").hexdigest(),
            "reasons": reasons,
            "tcb_status": "UpToDate",
            "tee": "tdx",
            "time_ms": time_ms,
            "v": 1,
            "verdict": verdict,
            "verifier_sha256": hashlib.sha256(b"verifier").hexdigest(),
            **more,
        }

    def leaves(self):
        return [json.dumps(e, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for e in self.entries]

    def hashes(self):
        return [leaf_hash(leaf.encode()) for leaf in self.leaves()]

    @property
    def vkey(self):
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        typed = b"\x01" + raw
        self.key_id = hashlib.sha256(self.origin.encode() + b"\n" + typed).digest()[:4]
        return f"{self.origin}+{self.key_id.hex()}+{base64.b64encode(typed).decode()}"

    def note(self, size=None):
        hashes = self.hashes()[: len(self.entries) if size is None else size]
        text = f"{self.origin}\n{len(hashes)}\n{base64.b64encode(root(hashes)).decode()}\n"
        self.vkey
        signature = base64.b64encode(self.key_id + self.key.sign(text.encode())).decode()
        return f"{text}\n\u2014 {self.origin} {signature}\n"

    def serve(self, faulty):
        """Answers in place of the service behind `faulty`."""
        faulty.served.update(
            {
                "/log/v1/keys": self.keys,
                "/log/2026/checkpoint": lambda *_: Answer(200, {"Content-Type": "text/plain"}, self.note().encode()),
                "/audit/v1/consistency": self.consistency_answer,
                "/audit/v1/stats": self.stats,
                "/audit/v1/entries": self.page,
                "/audit/v1/entries/*": self.entry,
            }
        )

    @staticmethod
    def json(value, status=200):
        answer = Answer(status, {}, b"")
        answer.json = value
        return answer

    def keys(self, *_):
        shard = {
            "origin": self.origin,
            "prefix": self.base + "/log/2026/",
            "vkey": self.vkey,
            "first": 0,
            "size": len(self.entries),
            "state": "active",
        }
        return self.json({"shards": [shard], "witnesses": []})

    def consistency_answer(self, _path, query, _body):
        first, last = int(query["from"]), int(query["to"])
        hashes = self.hashes()
        if not 0 < first <= last <= len(hashes):
            return self.json({"code": "INVALID_PARAMETER", "detail": "no such sizes"}, 400)
        return self.json(
            {
                "from": first,
                "to": last,
                "from_root": root(hashes[:first]).hex(),
                "to_root": root(hashes[:last]).hex(),
                "path": [h.hex() for h in consistency(first, hashes[:last])],
            }
        )

    def fits(self, entry, query):
        for name, wanted in query.items():
            if name in ("decode", "order", "limit", "by", "cursor"):
                continue
            if name == "from_ms" and entry["time_ms"] < int(wanted):
                return False
            if name == "to_ms" and entry["time_ms"] >= int(wanted):
                return False
            if name not in ("from_ms", "to_ms") and entry.get(name) != wanted:
                return False
        return True

    def stats(self, _path, query, _body):
        counts = {}
        for entry in self.entries:
            if entry["kind"] == "verdict" and self.fits(entry, query):
                counts[entry["verdict"]] = counts.get(entry["verdict"], 0) + 1
        return self.json({"by": "verdict", "completeness": "unproven", "counts": counts})

    def page(self, _path, query, _body):
        found = [
            {"index": index, "leaf": leaf, "entry": entry}
            for index, (leaf, entry) in enumerate(zip(self.leaves(), self.entries))
            if self.fits(entry, query)
        ]
        as_of = {"size": len(self.entries), "root": root(self.hashes()).hex()}
        return self.json({"as_of": as_of, "completeness": "unproven", "entries": found[::-1]})

    def entry(self, path, *_):
        index = int(path.rsplit("/", 1)[1])
        if index >= len(self.entries):
            return self.json({"code": "NOT_FOUND", "detail": "there is no such entry"}, 404)
        hashes = self.hashes()
        proof = {
            "index": index,
            "size": len(hashes),
            "leaf_hash": hashes[index].hex(),
            "path": [h.hex() for h in inclusion(index, hashes)],
            "checkpoint": self.note(),
        }
        return self.json({"index": index, "leaf": self.leaves()[index], "entry": self.entries[index], "proof": proof})
