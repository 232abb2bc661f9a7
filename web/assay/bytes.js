// Bytes and text

export const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export const utf8 = (text) => new TextEncoder().encode(text);
export const NONE = new Uint8Array();

export function text(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

export function latin1(bytes) {
  let result = '';
  for (let at = 0; at < bytes.length; at += 8_192) result += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return result;
}

export const octets = (characters) => Uint8Array.from(characters, (character) => character.charCodeAt(0));

export function join(...parts) {
  const bytes = new Uint8Array(parts.reduce((count, part) => count + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const same = (left, right) => left.length === right.length && left.every((byte, at) => byte === right[at]);
export const isZero = (bytes) => bytes.every((byte) => byte === 0);
export const little = (bytes) => bytes.reduceRight((value, byte) => value * 256 + byte, 0);
export const big = (bytes) => BigInt(`0x${toHex(bytes) || 0}`);

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Null for anything but an even number of hexadecimal digits. @param {string} digits @returns {Bytes | null} */
export function fromHex(digits) {
  if (digits.length % 2 || /[^0-9a-fA-F]/.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Canonical base64, broken by LF or CRLF where `lines`. @param {string} characters @returns {Bytes | null} */
export function fromBase64(characters, lines = false) {
  if (lines) characters = /=\r?\n=/.test(characters) ? '?' : characters.replace(/\r?\n/g, '');
  if (characters.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(characters)) return null;
  const bytes = octets(atob(characters));
  return characters.endsWith('=') && toBase64(bytes) !== characters ? null : bytes;
}

export const toBase64 = (bytes) => btoa(latin1(bytes));

export const toBase64URL = (bytes) =>
  toBase64(bytes).replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_');

export const standard = (characters) =>
  characters.replace(/-/g, '+').replace(/_/g, '/') + '='.repeat((4 - (characters.length % 4)) % 4);

/** Without padding. @param {string} characters @returns {Bytes | null} */
export const fromBase64URL = (characters) =>
  (/^[A-Za-z0-9_-]*$/.test(characters) ? fromBase64(standard(characters)) : null);
