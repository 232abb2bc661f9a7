/**
 * assay-tiles.js: for whoever reads the log itself. Proofs made from its tiles, and the leaves of its bundles.
 *
 * @module assay-tiles
 */

import { AssayError, merkleRoot, nodeHash, tilePath } from './assay.js';

/** @typedef {Uint8Array} Bytes */

/** The largest power of two below `length`. */
const half = (length) => {
  let size = 1n;
  while (size * 2n < length) size *= 2n;
  return size;
};

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
