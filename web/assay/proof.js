// Proofs (transparency-log 6.1)

import { must } from './errors.js';
import { fromBase64 } from './bytes.js';
import { isPath, leafHash, verifyInclusion } from './tree.js';
import { decimal, openCheckpoint } from './checkpoint.js';

/** The text form of a proof (transparency-log 6.1), taken apart. @param {string} proof */
export function parseProof(proof) {
  const hold = (condition, field) => must(condition, 'PROOF_INVALID', field), split = proof.indexOf('\n\n');
  const [header, ...lines] = proof.slice(0, Math.max(split, 0)).split('\n');
  hold(header === 'c2sp.org/tlog-proof@v1', 'header');
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift().slice(6)) : undefined, line = lines.shift()
    ?? '';
  hold(extra !== null, 'extra');
  const index = line.startsWith('index ') ? decimal(line.slice(6)) : null, path = lines.map((each) => fromBase64(each));
  hold(index !== null, 'index');
  hold(isPath(path), 'path');
  return { extra, index, path, checkpoint: proof.slice(split + 2) };
}

/**
 * A proof, whole: form, checkpoint, path. Refuses with the step that failed.
 * @param {string} proof @param {LogTrust} trust @param {Bytes} [leaf] the holder's own copy, which then counts
 */
export async function verifyProof(proof, trust, leaf) {
  const { extra, index, path, checkpoint: note } = parseProof(proof), held = leaf ?? extra,
    checkpoint = await openCheckpoint(note, trust);
  must(held, 'ENTRY_MISSING', 'extra');
  const hash = await leafHash(held);
  must(await verifyInclusion(hash, index, checkpoint.size, path, checkpoint.root), 'INCLUSION_FAILED', 'path');
  return { ...checkpoint, index, leaf: held, leafHash: hash };
}
