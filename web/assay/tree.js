// The log: RFC 6962 trees

import { same } from './bytes.js';
import { sha256 } from './crypto.js';

export const leafHash = (leaf) => sha256([0], leaf);
export const nodeHash = (left, right) => sha256([1], left, right);

export const isHash = (hash) => hash instanceof Uint8Array && hash.length === 32;
export const isPath = (path, ...hashes) =>
  Array.isArray(path) && path.length < 64 && [...path, ...hashes].every(isHash);

export const count = (value) =>
  ((Number.isSafeInteger(value) || typeof value === 'bigint') && value >= 0 && value < 2n ** 63n ? BigInt(value) : null);

/** `step` combines, and is told whether the sibling is to the left. */
async function climb(at, last, path, step) {
  for (const sibling of path) {
    if (last === 0n) return false;
    const isLeft = at & 1n || at === last;
    await step(sibling, isLeft);
    while (isLeft && !(at & 1n) && at) [at, last] = [at >> 1n, last >> 1n];
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n;
}

/**
 * @param {Bytes} hash of the leaf @param {number | bigint} index @param {number | bigint} size @param {Bytes[]} path
 * @param {Bytes} root
 */
export async function verifyInclusion(hash, index, size, path, root) {
  const at = count(index), total = count(size);
  if (at === null || total === null || at >= total || !isPath(path, hash, root)) return false;
  return await climb(at, total - 1n, path, async (sibling, isLeft) => {
    hash = await (isLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling));
  }) && same(hash, root);
}

/**
 * @param {number | bigint} from @param {number | bigint} to sizes
 * @param {Bytes[]} path @param {Bytes} fromRoot @param {Bytes} toRoot
 */
export async function verifyConsistency(from, to, path, fromRoot, toRoot) {
  const older = count(from), newer = count(to);
  if (older === null || newer === null || older > newer || !isPath(path, fromRoot, toRoot)) return false;
  if (older === newer || older === 0n) return !path.length && same(fromRoot, older ? toRoot : await sha256())
    && (older < newer || same(fromRoot, toRoot));
  if (!path.length) return false;
  const [first, ...rest] = older & (older - 1n) ? path : [fromRoot, ...path];
  let at = older - 1n, last = newer - 1n, left = first, right = first;
  while (at & 1n) [at, last] = [at >> 1n, last >> 1n];
  return await climb(at, last, rest, async (sibling, isLeft) => {
    if (isLeft) left = await nodeHash(sibling, left);
    right = await (isLeft ? nodeHash(sibling, right) : nodeHash(right, sibling));
  }) && same(left, fromRoot) && same(right, toRoot);
}
