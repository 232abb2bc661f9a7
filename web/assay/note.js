// C2SP notes

import { fail, must } from './errors.js';
import { big, fromBase64, text, toHex, utf8 } from './bytes.js';
import { JSON_BYTES } from './json.js';
import { sha256, subtle } from './crypto.js';
import { isText } from './demands.js';

/** `<name>+<key id>+<base64 of type and key>`. @param {string} vkey */
export async function parseVerifierKey(vkey) {
  must(isText(vkey), 'VKEY_INVALID', 'vkey', typeof vkey);
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [], bytes = fromBase64(encoded ?? '');
  const wanted = bytes?.length ? toHex(await sha256(utf8(`${name}\n`), bytes)).slice(0, 8) : '';
  must(id && wanted === id, 'VKEY_INVALID', 'vkey', vkey.slice(0, 100), wanted);
  return { vkey, name, id, type: bytes[0], key: bytes.subarray(1) };
}

async function verifyEd25519(raw, signature, message) {
  try {
    const key = await subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
    return await subtle.verify({ name: 'Ed25519' }, key, signature, message);
  } catch (error) {
    return error.name !== 'DataError' && fail('ED25519_MISSING', 'crypto', 'no Ed25519', 'a newer browser');
  }
}

/**
 * Reads a signed note, and checks every signature whose key is known: at least one, and none of them bad.
 * @param {Bytes | string} note @param {string[]} vkeys @returns {Promise<{text: string, signers: string[]}>}
 */
export async function openNote(note, vkeys) {
  const hold = (condition, field) => must(condition, 'NOTE_INVALID', field), bytes = typeof note === 'string'
    ? utf8(note) : note;
  const whole = text(bytes) ?? '', split = whole.lastIndexOf('\n\n'), message = whole.slice(0, split + 1), signers = [];
  hold(bytes.length <= JSON_BYTES && split > 0 && whole.endsWith('\n') && !/[\0-\x09\x0b-\x1f]/.test(whole), 'note');
  const known = await Promise.all(vkeys.map(parseVerifierKey));
  for (const line of whole.slice(split + 2, -1).split('\n')) {
    const [, name, encoded] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? [], raw = fromBase64(encoded ?? '');
    hold(raw?.length > 4, 'signature');
    const id = toHex(raw.subarray(0, 4)), found = known.find((each) => each.name === name && each.id === id);
    if (!found) continue;
    // 1 signs the text, 4 a time and the text.
    const skip = { 1: 4, 4: 12 }[found.type], time = found.type === 4 && raw.length === 76 ? big(raw.subarray(4, 12))
      : null;
    const signed = utf8(time === null ? message : `cosignature/v1\ntime ${time}\n${message}`);
    hold(raw.length === skip + 64 && await verifyEd25519(found.key, raw.subarray(skip), signed),
      `signature by ${name}`);
    signers.push(found.vkey);
  }
  hold(signers.length, 'signature by a known key');
  return { text: message, signers };
}
