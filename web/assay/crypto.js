// Hashes, and ECDSA over P-256

import { must } from './errors.js';
import { big, join } from './bytes.js';
import { DER, unsigned } from './der.js';

export const subtle = globalThis.crypto?.subtle;

export async function digest(algorithm, ...parts) {
  must(subtle, 'INTERNAL', 'crypto', 'no WebCrypto', 'a page served over https or from this machine');
  return new Uint8Array(await subtle.digest(algorithm, join(...parts)));
}

export const sha256 = (...parts) => digest('SHA-256', ...parts);

/** Of P-256: the field's prime, the curve's b, the order of its base point. */
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The P-256 key at x ‖ y, or null: not every WebCrypto refuses what lies off the curve. */
export async function p256Key(point) {
  const x = big(point.subarray(0, 32)), y = big(point.subarray(32));
  if (x >= P || y >= P || (y * y - x * x * x + 3n * x - B) % P) return null;
  return subtle.importKey('raw', join([4], point), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
}

/** r ‖ s over SHA-256. Out of 1 ..< n it never verifies; a high s does. */
export async function verifyRaw(key, signature, message) {
  const isInRange = [0, 32].every((at) => {
    const value = big(signature.subarray(at, at + 32));
    return value > 0n && value < N;
  });
  return isInRange && subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, message);
}

/** DER `ECDSA-Sig-Value`: two minimal, non-negative INTEGERs and nothing else. */
export async function verifyDER(key, signature, message) {
  const raw = new Uint8Array(64);
  try {
    const pair = new DER(signature).only();
    for (const end of [32, 64]) {
      const number = pair.integer(), value = unsigned(number);
      if (number[0] > 0x7f || value.length > 32) return false;
      raw.set(value, end - value.length);
    }
    pair.finish();
  } catch {
    return false;
  }
  return verifyRaw(key, raw, message);
}
