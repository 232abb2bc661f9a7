/**
 * assay-tiles.js: for whoever reads the log itself. Proofs made from its tiles, the leaves of its bundles, and whether
 * a checkpoint goes on from the one before.
 *
 * @module assay-tiles
 */

import { AssayError, nodeHash, openCheckpoint, verifyConsistency } from './assay.js';

/** @typedef {Uint8Array} Bytes @typedef {import('./assay.js').LogTrust} LogTrust */

/** The largest power of two below `length`. */
const half = (length) => {
  let size = 1n;
  while (size * 2n < length) size *= 2n;
  return size;
};

/** `tile/<L>/<N>[.p/<W>]`. @param {number | 'entries'} level @param {number | bigint} number */
export function tilePath(level, number, width = 256) {
  const groups = `${number}`.padStart(Math.ceil(`${number}`.length / 3) * 3, '0').match(/.../g);
  const path = groups.join('/x').replace(/^(?=.*\/)/, 'x').replace(/x(?=[^/]*$)/, '');
  return `tile/${level}/${path}${width < 256 ? `.p/${width}` : ''}`;
}

/** The root over leaf hashes. @param {Bytes[]} hashes @returns {Promise<Bytes>} */
export async function merkleRoot(hashes) {
  if (hashes.length < 2) return hashes[0] ?? new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array()));
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(await merkleRoot(hashes.slice(0, split)), await merkleRoot(hashes.slice(split)));
}

/** The leaves of an entry bundle. @param {Bytes} bundle */
export function parseBundle(bundle) {
  const leaves = [];
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 + bundle[at] * 256 + bundle[at + 1];
    if (end === at + 2 || !(end <= bundle.length)) throw new AssayError('BUNDLE_INVALID', 'bundle', 'a cut entry', '',
      at);
    leaves.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return leaves;
}

/**
 * Proofs made from tiles; a wrong tile gives a proof that does not verify against the signed root.
 * @param {number | bigint} size of the tree @param {(path: string) => Promise<Bytes>} load gets a tile by its path
 */
export function tileProofs(size, load) {
  const total = BigInt(size);
  /** Complete subtrees, largest first, folded from the right. */
  const range = async (from, to) => {
    let width = 1n, level = 0;
    while (from % (width * 2n) === 0n && from + width * 2n <= to) width *= 2n;
    while (256n ** BigInt(level + 1) <= width) level++;
    const scale = 256n ** BigInt(level), number = from / scale / 256n, held = total / scale - number * 256n,
      at = Number(from / scale % 256n);
    const tile = await load(tilePath(level, number, held < 256n ? Number(held) : 256));
    const hashes = Array.from({ length: Number(width / scale) }, (_, each) => tile.subarray((at + each) * 32,
      (at + each + 1) * 32));
    const left = await merkleRoot(hashes);
    return from + width === to ? left : nodeHash(left, await range(from + width, to));
  };
  const path = async (index, from, to) => {
    if (to - from === 1n) return [];
    const middle = from + half(to - from), isLeft = index < middle;
    return [...await (isLeft ? path(index, from, middle) : path(index, middle, to)),
      await (isLeft ? range(middle, to) : range(from, middle))];
  };
  const subproof = async (end, from, to, isWhole) => {
    if (end === to) return isWhole ? [] : [await range(from, to)];
    const middle = from + half(to - from), isLeft = end <= middle;
    return [...await (isLeft ? subproof(end, from, middle, isWhole) : subproof(end, middle, to, false)),
      await (isLeft ? range(middle, to) : range(from, middle))];
  };
  return {
    /** @returns {Promise<Bytes[]>} */
    inclusion: (index) => path(BigInt(index), 0n, total),
    /** @returns {Promise<Bytes[]>} */
    consistency: async (from) => (BigInt(from) ? subproof(BigInt(from), 0n, total, true) : []),
  };
}

/**
 * Holds a checkpoint against the last one kept for its origin, and keeps the larger. Two signed checkpoints that
 * cannot both be true are a fork: proof that the log misbehaved.
 * @param {string} note @param {LogTrust} trust
 * @param {{getItem(key: string): string | null, setItem(key: string, value: string): void}} store such as localStorage
 * @param {(from: bigint, to: bigint) => Promise<Bytes[]>} consistency gets a proof
 * @returns {Promise<{outcome: 'first' | 'same' | 'grown' | 'older' | 'fork', checkpoint: any, kept: string | null}>}
 */
export async function followCheckpoint(note, trust, store, consistency) {
  const checkpoint = await openCheckpoint(note, trust), key = `assay.checkpoint ${checkpoint.origin}`,
    kept = store.getItem(key);
  const known = kept ? await openCheckpoint(kept, trust) : { size: -1n }, isGrown = checkpoint.size > known.size;
  const [older, newer] = isGrown ? [known, checkpoint] : [checkpoint, known];
  let outcome = kept ? isGrown ? 'grown' : older.size === newer.size ? 'same' : 'older' : 'first';
  if (kept) {
    const path = older.size === newer.size || !older.size ? [] : await consistency(older.size, newer.size);
    if (!await verifyConsistency(older.size, newer.size, path, older.root, newer.root)) outcome = 'fork';
  }
  if (outcome === 'first' || outcome === 'grown') store.setItem(key, note);
  return { outcome, checkpoint, kept };
}
