// Signed tokens

import { fail, must } from './errors.js';
import { fromBase64URL, utf8 } from './bytes.js';
import { parseJSON } from './json.js';
import { subtle } from './crypto.js';

/** The token in what people paste: with white space, quotes or `Bearer`, or a whole answer with a member `token`. */
export function pasted(pasted) {
  const refuse = (found) => fail('TOKEN_MALFORMED', 'token', found, 'a token');
  let token = pasted.trim();
  if (token[0] === '{') {
    const { members } = parseJSON(utf8(token)), inside = members.get('token');
    token = members.has('keys') ? refuse('a key set') : inside?.kind === 'string' ? inside.value
      : refuse('an answer without one');
  }
  token = token.replace(/^["'\s]+|["'\s]+$/g, '').replace(/^Bearer\s/, '').replace(/\s/g, '');
  return /^((0x)?0[345]000200|[AB][wAQ]AAC)/.test(token) ? refuse('a quote: have it judged') : token;
}

/** A compact JWS, taken apart; nothing in it is believed. @param {string} token */
export function readToken(token) {
  const parts = token.split('.'), [header, payload, signature] = parts.map(fromBase64URL);
  must(token.length <= 65_536 && parts.length === 3 && header && payload && signature, 'TOKEN_MALFORMED', 'token',
    `${parts.length} parts`, 'three parts in base64url');
  const [head, claims] = [header, payload].map((part) => parseJSON(part));
  must(head.kind === 'object' && claims.kind === 'object', 'TOKEN_MALFORMED', 'token');
  return { header: head.members, claims, signature, input: utf8(`${parts[0]}.${parts[1]}`) };
}

const RSA = 'RSASSA-PKCS1-v1_5';

const ALGORITHMS = {
  ES256: ['EC', { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }], EdDSA: ['OKP', { name: 'Ed25519' }],
  RS256: ['RSA', { name: RSA, hash: 'SHA-256' }], RS384: ['RSA', { name: RSA, hash: 'SHA-384' }],
  PS384: ['RSA', { name: 'RSA-PSS', hash: 'SHA-384', saltLength: 48 }],
};

function allows(key, name) {
  const size = (member) => fromBase64URL(`${key[member]}`)?.length, [kind] = ALGORITHMS[name];
  return key?.kty === kind && (key.use ?? 'sig') === 'sig' && (key.alg ?? name) === name
    && (kind === 'RSA' ? size('n') >= 256
    : key.crv === (kind === 'EC' ? 'P-256' : 'Ed25519') && size('x') === 32 && (kind === 'OKP' || size('y') === 32));
}

/** The algorithm of a token, and the key it means, if there is one; those in the header are never looked at. */
export function signers({ header }, { keys, keySetURL }) {
  const [name, kid, jku] = ['alg', 'kid', 'jku'].map((member) => header.get(member)?.value);
  must(Object.hasOwn(ALGORITHMS, name), 'TOKEN_MALFORMED', 'alg', `${name}`.slice(0, 16),
    Object.keys(ALGORITHMS).join(', '));
  for (const each of ['crit', 'b64']) must(!header.has(each), 'TOKEN_MALFORMED', each);
  must(!header.has('jku') || (jku && jku === keySetURL), 'TOKEN_MALFORMED', 'jku', `${jku}`, keySetURL);
  // Without a name it can only be the one that there is.
  const named = !header.has('kid') ? (keys.length === 1 ? keys : [])
    : header.get('kid').kind === 'string' ? keys.filter((key) => key?.kid === kid) : [];
  const fitting = named.filter((key) => allows(key, name));
  return { name, kid, keys: fitting.length === 1 ? fitting : [] };
}

/** Null where this WebCrypto lacks the algorithm. */
export async function isSigned(keys, name, signature, input) {
  const [kty, algorithm] = ALGORITHMS[name];
  let result = false;
  for (const { crv, x, y, n, e } of keys) {
    try {
      const key = await subtle.importKey('jwk', { kty, crv, x, y, n, e }, algorithm, false, ['verify']);
      if (await subtle.verify(algorithm, key, signature, input)) return true;
    } catch (error) {
      if (error.name === 'NotSupportedError') result = null;
    }
  }
  return result;
}

export function isInTime({ iat, exp, nbf = iat }, time, skew) {
  return [iat, exp, nbf].every((each) => Number.isSafeInteger(each) && each >= 0) && exp > iat
    && Math.max(iat, nbf) <= time + skew && time - skew <= exp;
}
