// Keys made for a test, and tokens signed by them.

import { assay } from './built.js';

export const utf8 = (text) => new TextEncoder().encode(text);

export const ALGORITHMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }, EdDSA: { name: 'Ed25519' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  PS384: { name: 'RSA-PSS', hash: 'SHA-384', saltLength: 48 },
};

export async function signer(alg, kid = 'one', bits = 2_048) {
  const algorithm = ALGORITHMS[alg];
  const pair = await crypto.subtle.generateKey(
    { ...algorithm, modulusLength: bits, publicExponent: Uint8Array.of(1, 0, 1) }, true, ['sign', 'verify']);
  const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const sign = async (payload, header = {}) => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const input = [JSON.stringify({ alg, kid, typ: 'eat+jwt', ...header }),
      text].map((part) => assay.toBase64URL(utf8(part))).join('.');
    return `${input}.${assay.toBase64URL(new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, utf8(input))))}`;
  };
  return { key: JSON.parse(JSON.stringify({ kty, crv, x, y, n, e, kid, alg, use: 'sig' })), sign };
}
