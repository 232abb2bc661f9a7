// What report_data binds (wire-formats 2.9)

import { must } from './errors.js';
import { isZero, join, latin1, NONE, same, utf8 } from './bytes.js';
import { readJSON } from './json.js';
import { DER } from './der.js';
import { digest } from './crypto.js';
import { ANY, isBytes, isText, options } from './demands.js';

/** What each scheme binds: a nonce, data, a key, the nonce's time of issue. */
export const SCHEMES = {
  raw: 'nd', sha256: 'nd', sha384: 'nd', sha512: 'nd', ita: 'ndi', maa: 'd', spki: 'k', assay: 'nk',
};

/** Whether bytes are nothing but public keys or certificates: as old as the key, they make nothing fresh. */
function isKeyMaterial(bytes) {
  // What stands around a key makes it no newer: NULs behind it, a byte order mark before it.
  let end = bytes.length;
  while (end && bytes[end - 1] === 0) end -= 1;
  return [bytes, bytes.subarray(same(bytes.subarray(0, 3), [0xef, 0xbb, 0xbf]) ? 3 : 0, end)].some(isKeys);
}

function isKeys(bytes) {
  if (/^[ \t\r\n]*-----BEGIN [^]*-[ \t\r\n]*$/.test(latin1(bytes))) return true;
  // A member that says nothing, such as a nonce that was left out.
  const isNothing = ({ kind, members, elements, value }) => kind === 'null' || value === ''
    || (kind === 'object' && !members.size) || (kind === 'array' && !elements.length);
  const isWebKeys = ({ kind, members, elements, value }) => {
    if (kind === 'string') return isKeyMaterial(utf8(value));
    // Whatever else a key carries, it is a key.
    if (kind === 'object' && members.has('kty')) return true;
    const inner = kind === 'object' ? [...members.values()].filter((each) => !isNothing(each)) : elements;
    return inner.length > 0 && inner.every(isWebKeys);
  };
  try {
    if (/^[ \t\r\n]*\{/.test(latin1(bytes))) return isWebKeys(readJSON(bytes));
    const reader = new DER(bytes);
    while (!reader.isAtEnd) {
      const members = reader.enter();
      members.element(0x30);
      if (members.next === 0x30) members.element();
      members.element(0x03);
      members.finish();
    }
    return bytes.length > 0;
  } catch {
    return false;
  }
}

/** What must be said beside a binding that holds (wire-formats 2.9 R2). */
function reservation(name, chosen) {
  let { length } = chosen;
  while (name === 'raw' && chosen[length - 1] === 0) length -= 1;
  if (name !== 'spki' && chosen.length < 16) return '; fewer than 16 bytes make nothing fresh';
  // Zeros at the end are the same report_data as none, and may be a key's own last bytes.
  const whole = new Uint8Array(name === 'raw' ? 64 : chosen.length);
  whole.set(chosen);
  let isKey = name === 'spki';
  for (let end = length; end <= whole.length && !isKey; end += 1) isKey = isKeyMaterial(whole.subarray(0, end));
  if (isKey) return '; a key or certificate is not a nonce';
  return name === 'raw' && length < 9 ? '; zeros behind the eighth byte are padding, not a nonce'
    : '; fresh if these bytes were chosen for this answer';
}

/**
 * What the attester must have bound into report_data (wire-formats 2.9). Where no scheme is named it is `raw`, or with
 * a key `assay` (and a nonce) or `spki`; `raw` and the digests take nonce ‖ runtimeData. Nothing empty binds anything.
 * @param {{scheme?: string, nonce?: Bytes, runtimeData?: Bytes, key?: Bytes, nonceIssued?: Bytes}} chosen `key`: DER of
 *   a SubjectPublicKeyInfo for `spki`, a 32-byte RFC 7638 thumbprint for `assay`
 */
export async function expectedReportData(chosen) {
  options(chosen, { scheme: ANY, nonce: ANY, runtimeData: ANY, key: ANY, nonceIssued: ANY });
  const { scheme, nonce, runtimeData, key, nonceIssued } = chosen, given = { n: nonce, d: runtimeData, k: key,
    i: nonceIssued };
  for (const each of Object.values(given)) must(each === undefined || (isBytes(each) && each.length), 'BINDING_INVALID',
    'value', '', 'bytes, and no empty ones');
  const name = scheme ?? (!key ? 'raw' : nonce ? 'assay' : 'spki'), used = isText(name)
    && Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : '';
  const wants = (condition, field, wanted) => must(condition, 'BINDING_INVALID', field, '', wanted);
  wants(used, 'scheme', Object.keys(SCHEMES).join(', '));
  for (const each in given) wants(!given[each] || used.includes(each), name, `only what it binds (${used})`);
  wants(!nonce || (nonce.length > 15 && nonce.length < 65), 'nonce', '16 to 64 bytes');
  const bound = join(nonce ?? NONE, nonceIssued ?? NONE, runtimeData ?? NONE, key ?? NONE), size = name === 'maa' ? 32
    : 64;
  wants(bound.length && (name !== 'raw' || (bound.length <= 64 && !isZero(bound))), name,
    'bytes to bind; raw takes 1 to 64, not all zero');
  wants(used.length === 1 || nonce || (runtimeData && name !== 'ita'), 'nonce', 'a nonce');
  wants(name !== 'ita' || nonceIssued, 'nonceIssued', 'its time of issue');
  wants(name !== 'assay' || !key || key.length === 32, 'key', '32 bytes');
  const candidates = name === 'raw' ? [bound] : name === 'assay' ? [await digest('SHA-512', utf8('assay-v2'),
    [nonce.length], nonce, [key?.length ?? 0], key ?? NONE)]
    : [await digest(`SHA-${{ sha384: 384, sha512: 512, ita: 512 }[name] ?? 256}`, bound)];
  if (name === 'spki') candidates.push(await digest('SHA-512', utf8('ratls-cert:'), bound));
  const said = reservation(name, 'ita assay'.includes(name) ? nonce : name === 'maa' ? runtimeData : bound);
  return { scheme: name, candidates: candidates.map((each) => join(each, new Uint8Array(size - each.length))),
    fresh: said.startsWith('; fresh'), said };
}
