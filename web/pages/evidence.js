// What people give, as bytes: a file or text, raw, hex, base64 or inside JSON. Reads form only; nothing is judged here.

const text = (bytes) => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function base64(bytes) {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

export const base64URL = (bytes) => base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

function unhex(digits) {
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

function unbase64(characters) {
  const plain = characters.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  if (plain.length % 4 === 1) return undefined;
  try {
    return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Hex or base64 (either alphabet), white space anywhere: `{ bytes, form }` or `undefined`. */
export function readText(given) {
  const dense = given.replace(/\s+/g, '').replace(/^0x/i, '');
  if (dense === '') return undefined;
  if (/^[0-9a-f]+$/i.test(dense)) return dense.length % 2 === 0 ? { bytes: unhex(dense), form: 'hex' } : undefined;
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(dense)) return undefined;
  const bytes = unbase64(dense);
  return bytes && { bytes, form: 'base64' };
}

function readJSON(given) {
  let value;
  try {
    value = JSON.parse(given);
  } catch {
    return undefined;
  }
  // What services answer with: {"quote": "…"}.
  const inner = typeof value === 'string' ? value : (value?.quote ?? value?.raw_quote_data ?? value?.evidence?.quote);
  const read = typeof inner === 'string' ? readText(inner) : undefined;
  return read && { bytes: read.bytes, form: 'json' };
}

/** A quote out of whatever file or text holds it: `{ bytes, form }` or `undefined`. */
export function readQuote(given) {
  if (typeof given === 'string') return readJSON(given) ?? readText(given);
  // A quote's first two bytes are its version; text never begins with 0x03 0x00.
  if (given.length > 2 && given[0] >= 3 && given[0] <= 5 && given[1] === 0) return { bytes: given, form: 'raw' };
  const asText = text(given);
  return asText === undefined ? undefined : readQuote(asText);
}

async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** The part of a link that holds a quote. It stays behind `#`, so no server ever sees it. */
export async function toFragment(quote, parameters) {
  const packed = await through(new CompressionStream('deflate-raw'), quote);
  return `#${new URLSearchParams({ q: base64URL(packed), ...parameters })}`;
}

/** `{ quote, parameters }`, or `undefined` where the fragment holds none. */
export async function fromFragment(fragment, limit = 65536) {
  const parameters = Object.fromEntries(new URLSearchParams(fragment.replace(/^#/, '')));
  const packed = parameters.q && unbase64(parameters.q);
  if (!packed || packed.length > limit) return undefined;
  delete parameters.q;
  try {
    const quote = await inflate(packed, limit);
    return { quote, parameters };
  } catch {
    return undefined;
  }
}

/** Stops at `limit`, so that a small link cannot become a large quote. */
async function inflate(packed, limit) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > limit) throw new RangeError('too large');
    parts.push(part.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
