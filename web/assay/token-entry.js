// A token and its entry in the log (transparency-log 2.5)

import { must } from './errors.js';
import { NONE, text, toBase64URL, toHex, utf8 } from './bytes.js';
import { canonicalJSON, parseJSON, plain } from './json.js';
import { sha256 } from './crypto.js';

/**
 * SHA-256 of the canonical claims without `log`: what the log's entry holds. @param {Value} claims a payload, as read
 */
export const claimsDigest = (claims) =>
  sha256(utf8(canonicalJSON({ ...claims, members: new Map([...claims.members].filter(([name]) => name !== 'log')) })));

/**
 * Refuses unless the log's entry names this token (transparency-log 2.5).
 * @param {ReturnType<typeof readToken>} token @param {Awaited<ReturnType<typeof verifyProof>>} entry
 */
export async function checkTokenEntry({ header, claims }, { leaf, leafHash: hash, index, origin }) {
  const read = parseJSON(leaf), entry = plain(read), token = plain(claims), log = token.log ?? {};
  for (const [field, found, wanted] of [
    ['leaf', canonicalJSON(read), text(leaf)], ['kind', entry.kind, 'verdict'], ['jti', token.jti ?? NONE, entry.jti],
    ['claims_sha256', entry.claims_sha256, toHex(await claimsDigest(claims))],
    ['kid', header.get('kid')?.value, entry.kid],
    // Only an accept has a token; shapes that state the verdict must state the same.
    ['verdict', token.verdict ?? 'accept', entry.verdict], ['log.index', `${log.index ?? index}`, `${index}`],
    ['log.origin', log.origin, origin], ['log.leaf', log.leaf, toBase64URL(hash)],
  ]) must(found === wanted, 'ENTRY_MISMATCH', field, `${found}`.slice(0, 200), `${wanted}`.slice(0, 200));
}
