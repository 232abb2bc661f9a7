// The root that is trusted

import { fail, must, reading } from './errors.js';
import { NONE, toHex, utf8 } from './bytes.js';
import { pemBlocks } from './pem.js';
import { p256Key } from './crypto.js';
import { p256, parseCertificate } from './certificate.js';
import { judgeCertificate } from './chain.js';
import { isBytes } from './demands.js';

const INTEL_KEY = '0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5'
  + '67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394';

export async function readAnchor(input) {
  if (input === undefined) return { publicKey: INTEL_KEY, isIntel: true };
  const bytes = typeof input === 'string' ? utf8(input) : input, code = 'PCK_ROOT_INVALID';
  must(isBytes(bytes), code, 'trustRoot', typeof input, 'a certificate');
  const root = reading(() => {
    const blocks = bytes[0] === 0x30 ? [bytes] : pemBlocks(bytes, 'CERTIFICATE');
    must(blocks.length === 1, code, 'trustRoot', `${blocks.length} certificates`, 'one');
    return parseCertificate(blocks[0]);
  }, () => fail(code, 'trustRoot'));
  const raw = p256(root), key = raw && await p256Key(raw), publicKey = toHex(raw ?? NONE);
  must(key, code, 'trustRoot.subjectPublicKeyInfo');
  await judgeCertificate(root, root, key, 'root', code, 'trustRoot');
  return { publicKey, der: root.der, isIntel: publicKey === INTEL_KEY };
}
