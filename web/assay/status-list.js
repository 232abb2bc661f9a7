// Status lists (draft-ietf-oauth-status-list)

import { must } from './errors.js';
import { fromBase64URL, join, NONE } from './bytes.js';
import { JSON_BYTES, plain } from './json.js';
import { shown } from './checks.js';
import { isInTime, isSigned, readToken, signers } from './jws.js';

async function inflate(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')).getReader(), parts = [];
  for (let size = 0, part; (part = (await reader.read()).value); parts.push(part)) {
    must((size += part.length) <= JSON_BYTES, 'STATUS_LIST_INVALID', 'lst', 'more', `${JSON_BYTES} bytes`);
  }
  return join(...parts);
}

/** What the issuer's status list says of a token; 0 is one that stands (draft-ietf-oauth-status-list 8.3). */
export async function standing({ iss, status }, wants, time, skew) {
  const hold = (condition, field, found) => must(condition, 'STATUS_LIST_INVALID', field, `${found}`);
  const { uri, idx } = status?.status_list ?? {};
  hold(shown(uri).startsWith(`${iss}/`) && Number.isSafeInteger(idx) && idx >= 0, 'uri', shown(uri));
  if (!wants.statusList) return undefined;
  const token = readToken(await wants.statusList(uri)), { claims } = token, { name, keys } = signers(token, wants);
  const list = plain(claims), { ttl = 1 } = list, { bits, lst } = list.status_list ?? {};
  const type = token.header.get('typ')?.value;
  hold(type === 'statuslist+jwt', 'typ', type);
  hold(await isSigned(keys, name, token.signature, token.input), 'signature', 'none by the issuer');
  hold(list.sub === uri, 'sub', list.sub);
  hold((list.iss ?? iss) === iss, 'iss', list.iss);
  hold(isInTime(list, time, skew), 'time', `${list.iat} to ${list.exp}`);
  hold(Number.isSafeInteger(ttl) && ttl > 0, 'ttl', ttl);
  hold([1, 2, 4, 8].includes(bits), 'bits', bits);
  const packed = fromBase64URL(`${lst}`) ?? NONE, bytes = await inflate(packed);
  // Not every DecompressionStream refuses what stands behind the end; without its last byte a whole one is cut off.
  hold(await inflate(packed.subarray(0, -1)).catch(() => 0) === 0, 'lst', 'data behind its end');
  const byte = bytes[Math.floor(idx * bits / 8)];
  hold(byte !== undefined, 'idx', `place ${idx} in ${bytes.length} bytes`);
  return `status ${byte >> idx * bits % 8 & (1 << bits) - 1}`;
}
