#!/usr/bin/env python3
"""Reads a transparency log as a stranger would, and says whether it holds together.

Written from the C2SP documents signed-note, tlog-checkpoint, tlog-tiles, tlog-proof and tlog-cosignature, and from
RFC 6962, not from the Swift code beside it: two implementations that share nothing but the documents must agree.

    read_log.py check   LOCATION VKEY [--old CHECKPOINT]   everything: signature, tiles, entries, root, growth
    read_log.py proof   FILE LEAF VKEY                     a .tlog-proof file for the leaf in a file
    read_log.py include LOCATION VKEY INDEX                an inclusion proof made from tiles, and verified

LOCATION is a folder or a URL below which `checkpoint` and `tile/...` lie. Exit 0: verified. 1: not. 77: no Ed25519 here.
"""

import argparse
import base64
import gzip
import hashlib
import json
import pathlib
import sys
import urllib.request

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("the Python package cryptography is not installed", file=sys.stderr)
    sys.exit(77)

WIDTH = 256


class Wrong(Exception):
    """What was read cannot be true, or is not in the format."""


def require(condition, sentence):
    if not condition:
        raise Wrong(sentence)


# --- RFC 6962 -------------------------------------------------------------------------------------------------------


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_hash(hashes):
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(tree_hash(hashes[:split]), tree_hash(hashes[split:]))


def root_from_inclusion(index, size, leaf, path):
    """RFC 9162 2.1.3.2, by recursion on the shape instead of on bits."""
    if size == 1:
        require(not path, "the inclusion path is too long")
        return leaf
    require(path, "the inclusion path is too short")
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return node_hash(root_from_inclusion(index, split, leaf, path[:-1]), path[-1])
    return node_hash(path[-1], root_from_inclusion(index - split, size - split, leaf, path[:-1]))


def roots_from_consistency(old, new, path, old_root, whole=True):
    """Both roots that a consistency path leads to."""
    if old == new:
        if whole:
            require(not path, "the consistency path is too long")
            return old_root, old_root
        require(len(path) == 1, "the consistency path has the wrong length")
        return path[0], path[0]
    require(path, "the consistency path is too short")
    split = 1 << (new - 1).bit_length() - 1
    if old <= split:
        before, after = roots_from_consistency(old, split, path[:-1], old_root, whole)
        return before, node_hash(after, path[-1])
    before, after = roots_from_consistency(old - split, new - split, path[:-1], old_root, False)
    return node_hash(path[-1], before), node_hash(path[-1], after)


# --- signed notes, checkpoints --------------------------------------------------------------------------------------


def strict_base64(text):
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data) == text, "base64 that is not canonical")
    return data


def decimal(text):
    require(text.isdigit() and text.isascii() and (text == b"0" or text[:1] != b"0"), "a number with another form")
    return int(text)


class Key:
    def __init__(self, text):
        name, key_id, material = text.encode().split(b"+", 2)
        material = strict_base64(material)
        self.name, self.type, self.public = name, material[0], material[1:]
        self.id = hashlib.sha256(name + b"\n" + material).digest()[:4]
        require(self.id.hex().encode() == key_id, "the key id is not that of the key")
        require(self.type in (1, 4), "a key type that is not Ed25519")

    def verify(self, payload, text):
        message, signature = text, payload
        if self.type == 4:
            time = int.from_bytes(payload[:8], "big")
            message = b"cosignature/v1\ntime %d\n" % time + text
            signature = payload[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise Wrong("the signature of %s does not verify" % self.name.decode()) from None


def open_note(note, key):
    require(note.endswith(b"\n"), "a note without newline at its end")
    text, blank, signatures = note[:-1].rpartition(b"\n\n")
    require(blank, "a note without signatures")
    text += b"\n"
    seen = False
    for line in signatures.split(b"\n"):
        require(line.startswith("— ".encode()), "a signature line that is none")
        name, encoded = line[len("— ".encode()) :].split(b" ")
        payload = strict_base64(encoded)
        if name == key.name and payload[:4] == key.id:
            key.verify(payload[4:], text)
            seen = True
    require(seen, "no signature by the key")
    return text


def open_checkpoint(note, key):
    lines = open_note(note, key).split(b"\n")
    require(len(lines) >= 4 and lines[-1] == b"", "a checkpoint with fewer than three lines")
    require(lines[0] == key.name, "the origin is not the name of the key")
    root = strict_base64(lines[2])
    require(len(root) == 32, "a root that is not 32 bytes")
    return decimal(lines[1]), root


# --- tiles ----------------------------------------------------------------------------------------------------------


class Log:
    def __init__(self, location):
        self.location = location if location.endswith("/") else location + "/"
        self.cache = {}

    def get(self, path):
        if path not in self.cache:
            if self.location.startswith(("http://", "https://")):
                request = urllib.request.Request(self.location + path, headers={"Accept-Encoding": "gzip"})
                with urllib.request.urlopen(request, timeout=10) as response:
                    body = response.read()
                    if response.headers.get("Content-Encoding") == "gzip":
                        body = gzip.decompress(body)
            else:
                body = (pathlib.Path(self.location) / path).read_bytes()
            self.cache[path] = body
        return self.cache[path]

    @staticmethod
    def path(level, number, width):
        digits = str(number)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        path = "tile/%s/%s" % (level, "/".join(["x" + group for group in groups[:-1]] + groups[-1:]))
        return path if width == WIDTH else "%s.p/%d" % (path, width)

    def tile(self, level, number, size):
        count = size // WIDTH**level
        width = min(WIDTH, count - number * WIDTH)
        body = self.get(self.path(level, number, width))
        require(len(body) == 32 * width, "%s has not %d hashes" % (self.path(level, number, width), width))
        return [body[i : i + 32] for i in range(0, len(body), 32)]

    def entries(self, number, size):
        width = min(WIDTH, size - number * WIDTH)
        body = self.get(self.path("entries", number, width))
        found, position = [], 0
        while position < len(body):
            length = int.from_bytes(body[position : position + 2], "big")
            entry = body[position + 2 : position + 2 + length]
            require(len(entry) == length, "an entry that is cut")
            found.append(entry)
            position += 2 + length
        require(len(found) == width, "a bundle with another number of entries")
        return found

    def subtree(self, low, high, size):
        """MTH(D[low:high]) for a range as it occurs in proofs."""
        length = high - low
        if length & (length - 1) == 0 and low % length == 0:
            level, span = 0, 1
            while span * WIDTH <= length:
                level, span = level + 1, span * WIDTH
            first, count = low // span, length // span
            return tree_hash(self.tile(level, first // WIDTH, size)[first % WIDTH : first % WIDTH + count])
        split = 1 << (length - 1).bit_length() - 1
        return node_hash(self.subtree(low, low + split, size), self.subtree(low + split, high, size))


def inclusion(log, index, low, high, size):
    if high - low == 1:
        return []
    split = low + (1 << (high - low - 1).bit_length() - 1)
    if index < split:
        return inclusion(log, index, low, split, size) + [log.subtree(split, high, size)]
    return inclusion(log, index, split, high, size) + [log.subtree(low, split, size)]


def consistency(log, old, low, high, size, whole=True):
    if old == high:
        return [] if whole else [log.subtree(low, high, size)]
    split = low + (1 << (high - low - 1).bit_length() - 1)
    if old <= split:
        return consistency(log, old, low, split, size, whole) + [log.subtree(split, high, size)]
    return consistency(log, old, split, high, size, False) + [log.subtree(low, split, size)]


# --- what is asked --------------------------------------------------------------------------------------------------


def check(arguments):
    key, log = Key(arguments.vkey), Log(arguments.location)
    size, root = open_checkpoint(log.get("checkpoint"), key)
    leaves = []
    for number in range(-(-size // WIDTH)):
        entries = log.entries(number, size)
        hashes = [leaf_hash(entry) for entry in entries]
        require(hashes == log.tile(0, number, size), "a tile that is not the hashes of its entries")
        for entry in entries:
            json.loads(entry)
        leaves += hashes
    require(tree_hash(leaves) == root, "the root in the checkpoint is not that of the entries")
    level = leaves
    for height in range(1, 8):
        level = [tree_hash(level[i : i + WIDTH]) for i in range(0, len(level) - WIDTH + 1, WIDTH)]
        for number in range(-(-len(level) // WIDTH)):
            require(
                log.tile(height, number, size) == level[number * WIDTH : (number + 1) * WIDTH],
                "a tile of level %d that is not made of the tiles below" % height,
            )
    if arguments.old:
        old_size, old_root = open_checkpoint(pathlib.Path(arguments.old).read_bytes(), key)
        require(old_size <= size, "the log has become smaller")
        if old_size > 0:
            path = consistency(log, old_size, 0, size, size)
            before, after = roots_from_consistency(old_size, size, path, old_root)
            require(before == old_root and after == root, "the log is not an extension of the older checkpoint")
    print("%d entries, root %s" % (size, root.hex()))


def proof(arguments):
    key = Key(arguments.vkey)
    head, _, checkpoint = pathlib.Path(arguments.file).read_bytes().partition(b"\n\n")
    lines = head.split(b"\n")
    require(lines.pop(0) == b"c2sp.org/tlog-proof@v1", "another first line")
    leaf = pathlib.Path(arguments.leaf).read_bytes()
    if lines[0].startswith(b"extra "):
        require(strict_base64(lines.pop(0)[6:]) == leaf, "the leaf in the file is another one")
    require(lines[0].startswith(b"index "), "no index line")
    index = decimal(lines.pop(0)[6:])
    path = [strict_base64(line) for line in lines]
    require(all(len(hash) == 32 for hash in path), "a path line that is no hash")
    size, root = open_checkpoint(checkpoint, key)
    require(index < size, "an index beyond the tree")
    require(root_from_inclusion(index, size, leaf_hash(leaf), path) == root, "the leaf is not in the tree")
    print("entry %d of %d" % (index, size))


def include(arguments):
    key, log = Key(arguments.vkey), Log(arguments.location)
    size, root = open_checkpoint(log.get("checkpoint"), key)
    index = arguments.index
    require(index < size, "an index beyond the tree")
    entry = log.entries(index // WIDTH, size)[index % WIDTH]
    path = inclusion(log, index, 0, size, size)
    require(root_from_inclusion(index, size, leaf_hash(entry), path) == root, "the entry is not in the tree")
    print(" ".join(hash.hex() for hash in path))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("check")
    command.add_argument("location")
    command.add_argument("vkey")
    command.add_argument("--old")
    command.set_defaults(run=check)
    command = commands.add_parser("proof")
    command.add_argument("file")
    command.add_argument("leaf")
    command.add_argument("vkey")
    command.set_defaults(run=proof)
    command = commands.add_parser("include")
    command.add_argument("location")
    command.add_argument("vkey")
    command.add_argument("index", type=int)
    command.set_defaults(run=include)
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except (Wrong, ValueError, OSError, RecursionError) as error:
        print("not verified: %s" % error, file=sys.stderr)
        sys.exit(1)


main()
