// Checkpoints, and whom to believe

import { must } from './errors.js';
import { fromBase64 } from './bytes.js';
import { demand, isCount, options, TEXTS } from './demands.js';
import { count, isHash } from './tree.js';
import { openNote } from './note.js';

export const decimal = (digits) => (/^(0|[1-9]\d{0,18})$/.test(digits) ? count(BigInt(digits)) : null);

/** Origin, size and root. @param {string} note the text of a note */
export function parseCheckpoint(note) {
  const [origin, digits, encoded, ...more] = note.split('\n'), root = fromBase64(encoded ?? ''), size = decimal(digits);
  must(origin && size !== null && isHash(root) && more.pop() === '' && more.every(Boolean), 'CHECKPOINT_INVALID',
    'checkpoint');
  return { origin, size, root };
}

/**
 * Whom to believe: keys of logs; of witnesses, and how many of these must have cosigned.
 * @typedef {{keys: string[], witnesses?: string[], quorum?: number}} LogTrust
 */
export function readTrust(trust) {
  const list = [Array.isArray, TEXTS[1]];
  options(trust, { keys: list, witnesses: list, quorum: [isCount(2 ** 53), 'a number of witnesses'] }, 'log');
  demand(trust.keys, 'keys', trust.keys, TEXTS[1]);
  return trust;
}

/** A checkpoint that its log signed, and witnesses. @param {Bytes | string} note @param {LogTrust} trust */
export async function openCheckpoint(note, trust) {
  const { keys, witnesses = [], quorum = 0 } = readTrust(trust);
  const { text: message, signers } = await openNote(note, [...keys, ...witnesses]),
    checkpoint = parseCheckpoint(message);
  const cosigned = new Set(signers.filter((each) => witnesses.includes(each))).size, { origin } = checkpoint;
  must(signers.some((each) => keys.includes(each) && each.startsWith(`${origin}+`)), 'CHECKPOINT_UNTRUSTED', 'origin',
    origin);
  must(cosigned >= quorum, 'CHECKPOINT_UNTRUSTED', 'quorum', `${cosigned} witnesses`, `${quorum}`);
  return checkpoint;
}
