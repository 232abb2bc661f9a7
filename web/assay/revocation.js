// Revocation lists: what is written

import { fromHex, latin1, NONE, toHex } from './bytes.js';
import { DER, unsigned } from './der.js';
import { pemBlocks } from './pem.js';
import { encoding, envelope, extensionList } from './certificate.js';

export const parseRevocationList = (der) => envelope(der, 8 * 1_048_576, (fields) => {
  const version = fields.next === 0x02 ? fields.small(1) + 1 : 1, algorithm = encoding(fields),
    issuer = encoding(fields);
  const issued = fields.time(), expires = fields.next === 0x17 || fields.next === 0x18 ? fields.time() : null;
  const revoked = new Set(), entries = fields.next === 0x30 ? fields.enter() : new DER(NONE);
  let hasCriticalEntry = false;
  while (!entries.isAtEnd) {
    const entry = entries.enter();
    revoked.add(toHex(unsigned(entry.integer())));
    entry.time();
    if (!entry.isAtEnd && extensionList(entry).some(({ critical }) => critical)) hasCriticalEntry = true;
    entry.finish();
  }
  return { version, algorithm, issuer, issued, expires, revoked, hasCriticalEntry,
    extensions: fields.explicit(0xa0, extensionList, []) };
});

/** DER, PEM, or hex of DER, told apart by content. */
export function decodeCRL(input) {
  if (input[0] === 0x30) return input;
  const characters = latin1(input).replace(/^[ \t-\r]+|[ \t-\r]+$/g, '');
  if (!characters.startsWith('-----BEGIN')) return characters ? fromHex(characters) : null;
  try {
    const blocks = pemBlocks(input.subarray(input.indexOf(0x2d)), 'X509 CRL');
    return blocks.length === 1 ? blocks[0] : null;
  } catch {
    return null;
  }
}
