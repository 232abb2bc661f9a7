// The log: every vector of the specification's appendices A to C, and what must be refused.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { assay, tiles } from './built.js';

const { followCheckpoint, merkleRoot, parseBundle, tilePath, tileProofs } = tiles;

const vectors = JSON.parse(await readFile(new URL('log-vectors.json', import.meta.url), 'utf8'));
const { reference, worked } = vectors;
const utf8 = (text) => new TextEncoder().encode(text);
const hashes = (list) => list.map(assay.fromHex);
const rejects = (promise, code) => assert.rejects(promise, (error) => error instanceof assay.AssayError
  && error.code === code);
const trust = { keys: [worked.vkey] };

test('A: leaf hashes, nodes and roots', async () => {
  const leaves = await Promise.all(hashes(reference.leaves_hex).map(assay.leafHash));
  assert.deepEqual(leaves.map(assay.toHex), reference.leaf_hashes);
  for (const [size, root] of Object.entries(reference.roots)) {
    assert.equal(assay.toHex(await merkleRoot(leaves.slice(0, size))), root);
  }
  for (const [range, hash] of Object.entries(reference.nodes)) {
    assert.equal(assay.toHex(await merkleRoot(leaves.slice(...range.split(',')))), hash);
  }
});

test('A: 36 inclusion proofs, and none of them changed, cut, lengthened or moved', async () => {
  let count = 0;
  for (const [name, list] of Object.entries(reference.inclusion)) {
    const [index, size] = name.split('/').map(Number), path = hashes(list);
    const leaf = assay.fromHex(reference.leaf_hashes[index]), root = assay.fromHex(reference.roots[size]);
    assert.equal(await assay.verifyInclusion(leaf, index, size, path, root), true, name);
    assert.equal(await assay.verifyInclusion(leaf, BigInt(index), BigInt(size), path, root), true, name);
    for (const changed of mutations(path)) {
      assert.equal(await assay.verifyInclusion(leaf, index, size, changed, root), false, `${name} changed`);
    }
    for (const [at, total] of [[index + 1, size], [index - 1, size], [size, size], [-1, size], [index, 2 ** 60],
      [0.5, size], [null, size]]) {
      if (size > 1 || at !== 0) {
        assert.equal(await assay.verifyInclusion(leaf, at, total, path, root), false, `${name} as ${at}/${total}`);
      }
    }
    assert.equal(await assay.verifyInclusion(leaf.subarray(1), index, size, path, root), false);
    count += 1;
  }
  assert.equal(count, 36);
});

test('A: 36 consistency proofs, and none of them changed', async () => {
  let count = 0;
  for (const [name, list] of Object.entries(reference.consistency)) {
    const [from, to] = name.split('->').map(Number), path = hashes(list);
    const [old, now] = [from, to].map((size) => assay.fromHex(reference.roots[size]));
    assert.equal(await assay.verifyConsistency(from, to, path, old, now), true, name);
    for (const changed of mutations(path)) assert.equal(await assay.verifyConsistency(from, to, changed, old, now),
      false, name);
    if (from !== to) assert.equal(await assay.verifyConsistency(to, from, path, now, old), false, name);
    assert.equal(await assay.verifyConsistency(from, to, path, now, now), from === to, name);
    count += 1;
  }
  assert.equal(count, 36);
  const empty = assay.fromHex(reference.roots[0]), eight = assay.fromHex(reference.roots[8]);
  assert.equal(await assay.verifyConsistency(0, 8, [], empty, eight), true);
  assert.equal(await assay.verifyConsistency(0, 0, [], empty, empty), true);
  assert.equal(await assay.verifyConsistency(0, 8, [], eight, eight), false);
  assert.equal(await assay.verifyConsistency(0, 8, [empty], empty, eight), false);
});

function* mutations(path) {
  for (const at of path.keys()) {
    const changed = path.map((hash) => hash.slice());
    changed[at][at % 32] ^= 1;
    yield changed;
    yield path.toSpliced(at, 1);
    yield path.toSpliced(at, 1, path[at].subarray(1));
  }
  yield [...path, new Uint8Array(32)];
  yield [new Uint8Array(32), ...path];
  yield Array(64).fill(new Uint8Array(32));
  yield null;
}

test('B: the worked log: leaves, roots, notes, proofs', async () => {
  const leaves = await Promise.all(worked.leaves.map((leaf) => assay.leafHash(utf8(leaf))));
  assert.deepEqual(leaves.map(assay.toHex), worked.leaf_hashes);
  for (const [at, root] of worked.roots.entries()) assert.equal(
    assay.toHex(await merkleRoot(leaves.slice(0, at + 1))), root);
  for (const leaf of worked.leaves) assert.equal(assay.canonicalJSON(assay.parseJSON(utf8(leaf))), leaf);
  for (const size of [5, 8]) {
    const checkpoint = await assay.openCheckpoint(worked[`checkpoint_${size}`], trust);
    assert.equal(checkpoint.origin, worked.origin);
    assert.equal(checkpoint.size, BigInt(size));
    assert.equal(assay.toHex(checkpoint.root), worked.roots[size - 1]);
  }
  const path = worked.consistency_5_8.map((hash) => assay.fromBase64(hash));
  assert.equal(await assay.verifyConsistency(5, 8, path, ...[4, 7].map((at) => assay.fromHex(worked.roots[at]))), true);
  const cosigned = { ...trust, witnesses: [worked.witness], quorum: 1 };
  const entry = await assay.verifyProof(worked.proof_5, cosigned);
  assert.equal(new TextDecoder().decode(entry.leaf), worked.leaves[5]);
  assert.equal(entry.index, 5n);
  await rejects(assay.verifyProof(worked.proof_5_without_leaf, trust), 'ENTRY_MISSING');
  await assay.verifyProof(worked.proof_5_without_leaf, trust, utf8(worked.leaves[5]));
  await rejects(assay.verifyProof(worked.proof_5, trust, utf8(worked.leaves[6])), 'INCLUSION_FAILED');
  await rejects(assay.verifyProof(worked.checkpoint_8, trust), 'PROOF_INVALID');
  await rejects(assay.openCheckpoint(worked.checkpoint_8, cosigned), 'CHECKPOINT_UNTRUSTED');
});

test('B.7: the token of entry 5 is the logged one, and no other is', async () => {
  const header = assay.toBase64URL(utf8('{"alg":"ES256","kid":"tok-2026-01"}'));
  const token = (claims, head = header) => assay.readToken(`${head}.${assay.toBase64URL(utf8(claims))}.AAAA`);
  const entry = await assay.verifyProof(worked.proof_5, trust);
  const whole = worked.claims.replace(/}$/, `,"log":${worked.log_claim}}`);
  await rejects(assay.checkTokenEntry(token(worked.claims), entry), 'ENTRY_MISMATCH');
  await assay.checkTokenEntry(token(whole), entry);
  // Order and white space are no part of the canonical form.
  await assay.checkTokenEntry(token(whole.replaceAll(',', ' ,\n ')), entry);
  const digest = await assay.claimsDigest(assay.parseJSON(utf8(whole)));
  assert.equal(assay.toHex(digest), 'ceaa32883c62f5c697cf6f5b6f8a5dbf12e17754612d3c0c356e1d4f63248654');
  for (const [from, to] of [
    ['UpToDate', 'OutOfDate'], ['"iat":1768469400', '"iat":1768469401'], ['"verdict":"accept"', '"verdict":"reject"'],
    ['"jti":"01', '"jti":"02'], ['"index":5', '"index":4'], ['"leaf":"w', '"leaf":"x'], ['log/2026', 'log/2025'],
    ['"sub":"tdx",', ''], ['"sub":"tdx"', '"sub":"tdx","more":1'],
  ]) {
    assert.ok(whole.includes(from));
    await rejects(assay.checkTokenEntry(token(whole.replace(from, to)), entry), 'ENTRY_MISMATCH');
  }
  await rejects(assay.checkTokenEntry(token(whole, assay.toBase64URL(utf8('{"alg":"ES256","kid":"other"}'))), entry),
    'ENTRY_MISMATCH');
  await rejects(assay.checkTokenEntry(token(whole.replace('1768469700', '1.5')), entry), 'JSON');
  const other = { ...entry, leaf: utf8(worked.leaves[6]) };
  await rejects(assay.checkTokenEntry(token(whole), other), 'ENTRY_MISMATCH');
});

test('Notes: the format\'s own example, and every way to get one wrong', async () => {
  const { vkey, text, signature } = vectors.note, note = `${text}\n${signature}`;
  assert.deepEqual(await assay.openNote(note, [vkey]), { text, signers: [vkey] });
  // Unknown signers are passed over, known ones must be right.
  const stranger = `— example.net/x ${assay.toBase64(new Uint8Array(68))}\n`;
  assert.deepEqual((await assay.openNote(note + stranger, [vkey])).signers, [vkey]);
  const forged = signature.replace(/.{6}=\n$/, 'AAAAAA=\n');
  for (const bad of [
    '', text, note.slice(0, -1), note + '\n', note.replace('example message', 'example massage'), `${text}\n${forged}`,
    note + forged, note.replace('—', '-'), note.replace('— ', '—  '), `${text}\n`, `${text}${signature}`,
      note.replace('\n', '\r\n'),
    note.replace('example message', 'example\tmessage'), `${text}\n${stranger}`, note.replace('foo U', 'fo+o U'),
    note.replace('aQM=', 'aQN='), `${text}\n— example.com/foo Uw2Q\n`,
  ]) await rejects(assay.openNote(bad, [vkey]), 'NOTE_INVALID');
  await rejects(assay.openNote(new Uint8Array([...utf8(text), 0xff, ...utf8(`\n\n${signature}`)]), [vkey]),
    'NOTE_INVALID');
  for (const bad of ['', 'a+b', vkey.replace('530d903a', '530d903b'), vkey.replace('+Aek', '+Aet'), ` ${vkey}`,
    'a+530d903a+', 'x+00000000+AA==']) {
    await rejects(assay.parseVerifierKey(bad), 'VKEY_INVALID');
  }
});

test('Checkpoints: another origin, size or root is none of this log\'s', async () => {
  const [text] = worked.checkpoint_8.split('\n\n');
  for (const bad of ['', 'a\n1\n', `${text}\n\nmore\n`, text, `${text}\n`.replace('\n8\n', '\n08\n'),
    `${text}\n`.replace('\n8\n', '\n-1\n'),
    `${text}\n`.replace('\n8\n', '\n9223372036854775808\n'), `${text}\n`.replace('iLI=', 'iLJ=')]) {
    assert.throws(() => assay.parseCheckpoint(bad), { code: 'CHECKPOINT_INVALID' }, JSON.stringify(bad));
  }
  assert.equal(assay.parseCheckpoint(`${text}\nan extension\n`).size, 8n);
  await rejects(assay.openCheckpoint(worked.checkpoint_8, { keys: [vectors.note.vkey] }), 'NOTE_INVALID');
  await rejects(assay.openCheckpoint(worked.proof_5.slice(worked.proof_5.indexOf('\n\n') + 2),
    { keys: [worked.witness] }), 'CHECKPOINT_UNTRUSTED');
});

test('Proof files: strict in every line', async () => {
  for (const [from, to] of [
    ['@v1', '@v2'], ['index 5', 'index 05'], ['index 5', 'index -5'], ['index 5', 'index 5 '], ['index 5\n', ''],
      ['extra ', 'extra  '],
    ['eCjS', 'eCj'], ['\neCjS', '\n\neCjS'], ['XY=\n', 'XZ=\n'], ['index 5', 'index 9223372036854775808'],
  ]) {
    assert.ok(worked.proof_5.includes(from), from);
    await assert.rejects(assay.verifyProof(worked.proof_5.replace(from, to), trust), assay.AssayError,
      `${from} → ${to}`);
  }
  for (const [from, to] of [['index 5', 'index 4'], ['eCjS', 'eCjT'], ['extra eyJ', 'extra eyK']]) {
    await rejects(assay.verifyProof(worked.proof_5.replace(from, to), trust), 'INCLUSION_FAILED');
  }
});

test('C: tiles, bundles, and proofs made from them', async () => {
  const trees = new Map();
  for (const size of [300, 70_000]) {
    const leaves = Array.from({ length: size }, (_, at) => utf8(String(at)));
    // Built with Node's own hash, so that nothing here is held against itself.
    const hash = (...parts) => new Uint8Array(parts.reduce((state, part) => state.update(part),
      createHash('sha256')).digest());
    const levels = [leaves.map((leaf) => hash(Uint8Array.of(0), leaf))];
    while (levels.at(-1).length >= 256) {
      let below = levels.at(-1).slice(0, Math.floor(levels.at(-1).length / 256) * 256);
      for (let height = 0; height < 8; height += 1) {
        below = Array.from({ length: below.length / 2 }, (_, at) => hash(Uint8Array.of(1), below[2 * at],
          below[2 * at + 1]));
      }
      levels.push(below);
    }
    trees.set(size, { leaves, levels });
  }
  const tile = (size, path) => {
    const [, level, groups, width = 256] = /^tile\/(\d+)\/(x?\d{3}(?:\/x?\d{3})*)(?:\.p\/(\d+))?$/.exec(path);
    const first = Number(groups.replace(/[x/]/g, '')) * 256, list = trees.get(size).levels[level].slice(first,
      first + Number(width));
    assert.equal(list.length, Number(width), path);
    return new Uint8Array(list.flatMap((hash) => [...hash]));
  };
  const sha256 = async (bytes) => assay.toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  for (const [path, length, digest] of vectors.tiles.resources) {
    if (path.startsWith('tile/entries')) {
      const first = path.includes('001') ? 256 : 0, leaves = trees.get(300).leaves.slice(first, first + 256);
      const bundle = new Uint8Array(leaves.flatMap((leaf) => [leaf.length >> 8, leaf.length & 255, ...leaf]));
      assert.equal(bundle.length, Number(length));
      assert.equal(await sha256(bundle), digest);
      assert.deepEqual(parseBundle(bundle), leaves);
      for (const cut of [1, 2, bundle.length - 1]) assert.throws(() => parseBundle(bundle.subarray(0, cut)),
        { code: 'BUNDLE_INVALID' });
    } else {
      const bytes = tile(300, path);
      assert.equal(bytes.length, Number(length));
      assert.equal(await sha256(bytes), digest);
    }
  }
  assert.equal(await sha256(tile(70_000, 'tile/1/001.p/17')), vectors.tiles.tile_1_1_p_17_sha256);
  assert.equal(assay.toHex(tile(70_000, 'tile/2/000.p/1')), vectors.tiles.tile_2_of_70000);
  let count = 0;
  for (const [name, wanted] of Object.entries(vectors.tiles.proofs)) {
    const [, kind, first, size] = /^(\w+) (\d+)(?:\/|->)(\d+)$/.exec(name).map((part) => (/^\d+$/.test(part)
      ? Number(part) : part));
    const path = await tileProofs(size, async (path) => tile(size, path))[kind](first);
    assert.deepEqual(path.map(assay.toHex), wanted, name);
    if (kind === 'inclusion') {
      const root = assay.fromHex(vectors.tiles.roots[size]);
      assert.equal(await assay.verifyInclusion(trees.get(size).levels[0][first], first, size, path, root), true, name);
    }
    count += 1;
  }
  assert.equal(count, 6);
});

test('Paths of tiles', () => {
  assert.equal(tilePath(0, 5), 'tile/0/005');
  assert.equal(tilePath(0, 1_234_067), 'tile/0/x001/x234/067');
  assert.equal(tilePath(1, 1n, 17), 'tile/1/001.p/17');
  assert.equal(tilePath('entries', 273, 112), 'tile/entries/273.p/112');
  assert.equal(tilePath(0, 1000), 'tile/0/x001/000');
});

test('A kept checkpoint: first, same, grown, older, and a fork', async () => {
  const kept = new Map(), store = { getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value) };
  const proof = async (from, to) => {
    assert.deepEqual([from, to], [5n, 8n]);
    return worked.consistency_5_8.map((hash) => assay.fromBase64(hash));
  };
  const follow = async (note, more = proof) => (await followCheckpoint(note, trust, store, more)).outcome;
  assert.equal(await follow(worked.checkpoint_5), 'first');
  assert.equal(await follow(worked.checkpoint_5), 'same');
  assert.equal(await follow(worked.checkpoint_8, async () => []), 'fork');
  assert.deepEqual([...kept.values()], [worked.checkpoint_5], 'a fork is not kept');
  assert.equal(await follow(worked.checkpoint_8), 'grown');
  assert.equal(await follow(worked.checkpoint_5), 'older');
  assert.deepEqual([...kept.values()], [worked.checkpoint_8], 'the larger one is kept');
  // Two roots of one size, both signed by the log: made here with a key of our own.
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
  const key = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)), name = 'example.org/log';
  const id = new Uint8Array(await crypto.subtle.digest('SHA-256',
    new Uint8Array([...utf8(`${name}\n`), 1, ...key]))).subarray(0, 4);
  const own = { keys: [`${name}+${assay.toHex(id)}+${assay.toBase64(new Uint8Array([1, ...key]))}`] };
  const sign = async (size, fill) => {
    const text = `${name}\n${size}\n${assay.toBase64(new Uint8Array(32).fill(fill))}\n`;
    const signature = new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, pair.privateKey, utf8(text)));
    return `${text}\n— ${name} ${assay.toBase64(new Uint8Array([...id, ...signature]))}\n`;
  };
  const one = await sign(7, 1), other = await sign(7, 2);
  assert.equal((await followCheckpoint(one, own, store, proof)).outcome, 'first');
  const fork = await followCheckpoint(other, own, store, proof);
  assert.equal(fork.outcome, 'fork');
  assert.equal(fork.kept, one);
});
