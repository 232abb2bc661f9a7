/**
 * Verifies Intel SGX and TDX quotes, attestation tokens and the verdict log, in browsers and in Node from version 20
 * on, by the service's own rules: so that a page can disagree with the server it came from.
 *
 * Quotes     verifyQuote, parseQuote, quoteDocument, readQuote, readCollateral, expectedReportData, STRICT_POLICY,
 *            CHECKS
 * Freshness  randomNonce, fetchChallenge
 * Tokens     discoverKeys, verifyToken, readToken, claimsDigest, checkTokenEntry
 * Log        leafHash, nodeHash, verifyInclusion, verifyConsistency, parseVerifierKey, openNote, parseCheckpoint,
 *            openCheckpoint, parseProof, verifyProof
 * Bytes      toHex, fromHex, toBase64, fromBase64, toBase64URL, fromBase64URL, parseJSON, canonicalJSON, AssayError
 *
 * What a function cannot use it refuses with an `AssayError`. Times are whole seconds since 1970.
 *
 * @typedef {Uint8Array} Bytes
 * @typedef {{id: string, outcome: 'passed' | 'failed' | 'not_performed', reason?: string, found?: string,
 *   wanted?: string, code?: string}} Check
 * @typedef {{verdict: 'accept' | 'reject' | 'error', status: string, reasons: string[], checks: Check[], failure?: any,
 *   tcb?: any}} Verdict
 */

export const VERSION = '0.1.0';

/** The one error: a stable code, what is at fault and at which byte, what was found and what wanted. */
export class AssayError extends Error {
  constructor(code, field = '', found = '', wanted = '', offset) {
    super(`${code}: ${field}${found && `: found ${found}`}${wanted && `, wanted ${wanted}`}`);
    Object.assign(this, { name: 'AssayError', code, field, offset, found, wanted });
  }
}

function fail(...fault) {
  throw new AssayError(...fault);
}

function must(condition, ...fault) {
  if (!condition) fail(...fault);
}

/** A defect whose code depends on where it stands. */
class Malformed extends Error {
  constructor(offset, isContent = false) {
    super('malformed');
    this.offset = offset;
    this.isContent = isContent;
  }
}

function reading(read, refuse) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) refuse(error);
    throw error;
  }
}

// Bytes and text

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8 = (text) => new TextEncoder().encode(text);
const NONE = new Uint8Array();

function text(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function latin1(bytes) {
  let result = '';
  for (let at = 0; at < bytes.length; at += 8_192) result += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return result;
}

const octets = (characters) => Uint8Array.from(characters, (character) => character.charCodeAt(0));

function join(...parts) {
  const bytes = new Uint8Array(parts.reduce((count, part) => count + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const same = (left, right) => left.length === right.length && left.every((byte, at) => byte === right[at]);
const isZero = (bytes) => bytes.every((byte) => byte === 0);
const little = (bytes) => bytes.reduceRight((value, byte) => value * 256 + byte, 0);
const big = (bytes) => BigInt(`0x${toHex(bytes) || 0}`);

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
const standard = (characters) =>
  characters.replace(/-/g, '+').replace(/_/g, '/') + '='.repeat((4 - (characters.length % 4)) % 4);

/** Without padding. @param {string} characters @returns {Bytes | null} */
export const fromBase64URL = (characters) =>
  (/^[A-Za-z0-9_-]*$/.test(characters) ? fromBase64(standard(characters)) : null);

/** Seconds of exactly `YYYY-MM-DDThh:mm:ssZ`, a date that exists; else null. */
function instant(date) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(date);
  if (!parts) return null;
  const [, year, month, day, ...clock] = parts.map(Number), moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  const seconds = moment.setUTCHours(...clock) / 1_000;
  return dateText(seconds) === date ? seconds : null;
}

const dateText = (seconds) => (seconds >= -62_167_219_200 && seconds <= 253_402_300_799
  ? `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z` : `${seconds}s`);

function secondsOf(time = new Date()) {
  if (time instanceof Date) return Math.floor(time.getTime() / 1_000);
  return typeof time === 'string' ? instant(time) ?? NaN : time;
}

const subtle = globalThis.crypto?.subtle;

async function digest(algorithm, ...parts) {
  must(subtle, 'INTERNAL', 'crypto', 'no WebCrypto', 'a page served over https or from this machine');
  return new Uint8Array(await subtle.digest(algorithm, join(...parts)));
}
const sha256 = (...parts) => digest('SHA-256', ...parts);

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The P-256 key at x ‖ y, or null: not every WebCrypto refuses what lies off the curve. */
async function p256Key(point) {
  const x = big(point.subarray(0, 32)), y = big(point.subarray(32));
  if (x >= P || y >= P || (y * y - x * x * x + 3n * x - B) % P) return null;
  return subtle.importKey('raw', join([4], point), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
}

/** r ‖ s over SHA-256. Out of 1 ..< n it never verifies; a high s does. */
async function verifyRaw(key, signature, message) {
  const isInRange = [0, 32].every((at) => {
    const value = big(signature.subarray(at, at + 32));
    return value > 0n && value < N;
  });
  return isInRange && subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, message);
}

/** DER `ECDSA-Sig-Value`: two minimal, non-negative INTEGERs and nothing else. */
async function verifyDER(key, signature, message) {
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

// JSON, strict: no duplicate names, numbers and bytes as they stand

const JSON_BYTES = 1_048_576, JSON_DEPTH = 16, TOKEN = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[^\s,:[\]{}"]+|[,:[\]{}])/y;

/**
 * @typedef {{kind: string, bytes: Bytes, offset: number, members: Map<string, Value>, elements: Value[], value: any,
 *   plain?: string}} Value `plain` where a string has no escapes; the `value` of a number is its text
 */
function readJSON(bytes, limit = JSON_BYTES) {
  const source = latin1(bytes);
  let at = 0;
  const next = () => {
    TOKEN.lastIndex = at;
    const [, token] = TOKEN.exec(source);
    at = TOKEN.lastIndex;
    return token;
  };
  const read = (depth, token = next()) => {
    const offset = at - token.length, first = token[0], value = { offset, members: new Map(), elements: [] };
    if (first === '{' || first === '[') {
      if (depth > JSON_DEPTH) throw new Malformed(offset);
      value.kind = first === '{' ? 'object' : 'array';
      for (let item = next(); !'}]'.includes(item); item = next()) {
        if (item === ',') item = next();
        if (first === '[') {
          value.elements.push(read(depth + 1, item));
          continue;
        }
        const name = read(depth, item).value;
        if (value.members.has(name)) throw new Malformed(at);
        next();
        value.members.set(name, read(depth + 1));
      }
    } else if (/[-\d]/.test(first)) {
      Object.assign(value, { kind: 'number', value: token });
    } else {
      value.value = JSON.parse(text(bytes.subarray(offset, at)));
      value.kind = value.value === null ? 'null' : typeof value.value;
      if (first === '"' && !token.includes('\\')) value.plain = value.value;
      // A surrogate without its other half stands for nothing.
      if (/[\ud800-\udfff]/u.test(token.includes('\\') ? value.value : '')) throw new Malformed(offset);
    }
    value.bytes = bytes.subarray(offset, at);
    return value;
  };
  try {
    // The grammar is RFC 8259's; what it lets pass is judged by the second reading.
    if (bytes.length > limit) throw new Malformed(limit);
    JSON.parse(decoder.decode(bytes));
    return read(1);
  } catch (error) {
    throw error instanceof Malformed ? error : new Malformed(0);
  }
}

/** One JSON value, UTF-8 without BOM. @param {Bytes} bytes @returns {Value} */
export const parseJSON = (bytes, limit = JSON_BYTES) =>
  reading(() => readJSON(bytes, limit), ({ offset }) => fail('JSON', 'document', 'no strict JSON', '', offset));

/** RFC 8785 for values without fractions: of a value that was read, or of a plain one. @returns {string} */
export function canonicalJSON(value, depth = 1) {
  must(depth <= JSON_DEPTH, 'JSON', 'document', 'nesting above the depth limit');
  const isRead = value?.members instanceof Map;
  const kind = isRead ? value.kind : value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (kind === 'object') {
    const members = isRead ? value.members : new Map(Object.entries(value));
    return `{${[...members.keys()].sort().map((name) =>
      `${JSON.stringify(name)}:${canonicalJSON(members.get(name), depth + 1)}`)}}`;
  }
  if (kind === 'array') return `[${(isRead ? value.elements : value).map((each) => canonicalJSON(each, depth + 1))}]`;
  const content = isRead ? value.value : value;
  if (kind !== 'number') return JSON.stringify(content);
  must(/^(0|-?[1-9]\d*)$/.test(content) && Number.isSafeInteger(+content), 'JSON', 'document',
    String(content).slice(0, 40), 'an integer below 2^53');
  return String(content);
}

/** Numbers that are no exact integers stay texts. */
function plain(value) {
  if (value.kind === 'object') return Object.fromEntries([...value.members].map(([name, each]) => [name, plain(each)]));
  if (value.kind === 'array') return value.elements.map(plain);
  return value.kind === 'number' && /^(0|-?[1-9]\d*)$/.test(value.value) && Number.isSafeInteger(+value.value)
    ? +value.value : value.value;
}

// DER: definite, minimal lengths and low tag numbers only

const unsigned = (number) => (number.length > 1 && number[0] === 0 ? number.subarray(1) : number);

class DER {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end });
  }

  get isAtEnd() {
    return this.at >= this.end;
  }

  get next() {
    return this.isAtEnd ? -1 : this.bytes[this.at];
  }

  bad(at = this.at) {
    throw new Malformed(at);
  }

  hold(condition, at) {
    if (!condition) this.bad(at);
  }

  element(tag) {
    const start = this.at, { bytes, end } = this;
    this.hold(end - start >= 2 && (tag === undefined || bytes[start] === tag) && (bytes[start] & 0x1f) !== 0x1f);
    let from = start + 2, length = bytes[start + 1];
    if (length > 0x7f) {
      const count = length & 0x7f;
      this.hold(count > 0 && count < 5 && end - from >= count && bytes[from]);
      length = bytes.subarray(from, from + count).reduce((value, octet) => value * 256 + octet, 0);
      this.hold(length > 0x7f);
      from += count;
    }
    this.hold(end - from >= length);
    this.at = from + length;
    return { tag: bytes[start], encoding: bytes.subarray(start, this.at), content: bytes.subarray(from, this.at),
      from };
  }

  enter(tag = 0x30) {
    const { from } = this.element(tag);
    return new DER(this.bytes, from, this.at);
  }

  finish() {
    this.hold(this.at === this.end);
  }

  only() {
    const inner = this.enter();
    this.finish();
    return inner;
  }

  explicit(tag, read, absent) {
    if (this.next !== tag) return absent;
    const inner = this.enter(tag), value = read(inner);
    inner.finish();
    return value;
  }

  integer(tag = 0x02) {
    const { content, from } = this.element(tag), [first, second = 0] = content;
    this.hold(content.length && (content.length < 2
      || !((first === 0 && second < 0x80) || (first === 0xff && second > 0x7f))), from);
    return content;
  }

  small(maximum, tag) {
    const content = this.integer(tag), value = content.length > 3 ? Infinity : Number(big(content));
    this.hold(content[0] < 0x80 && value <= maximum, this.at - content.length);
    return value;
  }

  boolean() {
    const { content, from } = this.element(0x01);
    this.hold(content.length === 1 && (content[0] === 0 || content[0] === 0xff), from);
    return content[0] === 0xff;
  }

  bits() {
    const { content, from } = this.element(0x03);
    this.hold(content[0] === 0, from);
    return content.subarray(1);
  }

  octets(count) {
    const { content, from } = this.element(0x04);
    this.hold(count === undefined || content.length === count, from);
    return content;
  }

  /** UTCTime or GeneralizedTime in whole seconds with Z; two-digit years from 50 on mean 19xx. */
  time() {
    const { tag, content, from } = this.element();
    let digits = latin1(content);
    if (tag === 0x17 && digits.length === 13) digits = (digits >= '50' ? '19' : '20') + digits;
    else this.hold(tag === 0x18, from);
    return instant(digits.replace(/^(....)(..)(..)(..)(..)(..Z)$/s, '$1-$2-$3T$4:$5:$6')) ?? this.bad(from);
  }
}

/** The DER of every PEM block. Between blocks only white space may stand. */
function pemBlocks(bytes, label) {
  const characters = latin1(bytes), blocks = [], space = /[ \t\n\r]*/y;
  const skip = (from) => {
    space.lastIndex = from;
    space.exec(characters);
    return space.lastIndex;
  };
  let at = skip(0);
  while (at < characters.length) {
    if (blocks.length === 8) throw new Malformed(at, true);
    const labelEnd = characters.indexOf('-----', at + 11), found = characters.slice(at + 11, labelEnd);
    const end = labelEnd < 0 ? -1 : characters.indexOf('-----', labelEnd + 5), trailer = `-----END ${found}-----`;
    if (!characters.startsWith('-----BEGIN ', at) || end < 0 || !characters.startsWith(trailer,
      end)) throw new Malformed(at);
    if (found !== label) throw new Malformed(at, true);
    blocks.push(fromBase64(characters.slice(labelEnd + 5, end), true) ?? new DER(bytes).bad(labelEnd + 5));
    at = skip(end + trailer.length);
  }
  if (!blocks.length) throw new Malformed(0);
  return blocks;
}

// X.509: what is written, then what it is good for

const OID = {
  authorityKeyIdentifier: '551d23', cRLDistributionPoints: '551d1f', subjectKeyIdentifier: '551d0e', keyUsage: '551d0f',
  basicConstraints: '551d13', cRLNumber: '551d14', intelSGX: '2a864886f84d010d01',
};
const REQUIRED = ['authorityKeyIdentifier', 'cRLDistributionPoints', 'subjectKeyIdentifier', 'keyUsage',
  'basicConstraints'];
const ECDSA_SHA256 = '300a06082a8648ce3d040302';
const P256_INFO = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';

function extensionList(reader) {
  const sequence = reader.enter(), list = [];
  do {
    const one = sequence.enter(), oid = toHex(one.element(0x06).content), at = one.at;
    const critical = one.next === 0x01 && one.boolean();
    // DER leaves out a default value.
    one.hold(critical || one.at === at, at);
    list.push({ oid, critical, value: one.octets() });
    one.finish();
  } while (!sequence.isAtEnd);
  return list;
}

function envelope(der, limit, read) {
  if (der.length > limit) throw new Malformed(0);
  const outer = new DER(der).only(), tbs = outer.element(0x30), fields = new DER(der, tbs.from, outer.at);
  const members = read(fields);
  fields.finish();
  const algorithms = [toHex(members.algorithm), toHex(outer.element(0x30).encoding)], signature = outer.bits();
  outer.finish();
  return { der, tbs: tbs.encoding, ...members, algorithms, signature };
}

const encoding = (fields) => fields.element(0x30).encoding;

const parseCertificate = (der) => envelope(der, 16_384, (fields) => {
  const version = fields.explicit(0xa0, (inner) => inner.small(2) + 1, 1), serial = toHex(unsigned(fields.integer()));
  const algorithm = encoding(fields), issuer = encoding(fields);
  const validity = fields.enter(), notBefore = validity.time(), notAfter = validity.time();
  validity.finish();
  const subject = encoding(fields), info = encoding(fields);
  for (const tag of [0x81, 0x82]) if (fields.next === tag) fields.element();
  const extensions = fields.explicit(0xa3, extensionList, []);
  return { version, serial, algorithm, issuer, notBefore, notAfter, subject, info, extensions };
});

const parseRevocationList = (der) => envelope(der, 8 * 1_048_576, (fields) => {
  const version = fields.next === 0x02 ? fields.small(1) + 1 : 1, algorithm = encoding(fields),
    issuer = encoding(fields);
  const issued = fields.time(), expires = fields.next === 0x17 || fields.next === 0x18 ? fields.time() : null;
  const revoked = new Set(), entries = fields.next === 0x30 ? fields.enter() : new DER(NONE);
  let hasCriticalEntry = false;
  while (!entries.isAtEnd) {
    const entry = entries.enter();
    revoked.add(toHex(unsigned(entry.integer())));
    entry.time();
    if (!entry.isAtEnd && extensionList(entry).some(({ critical }) => critical)) hasCriticalEntry = true;
    entry.finish();
  }
  return { version, algorithm, issuer, issued, expires, revoked, hasCriticalEntry,
    extensions: fields.explicit(0xa0, extensionList, []) };
});

/** DER, PEM, or hex of DER, told apart by content. */
function decodeCRL(input) {
  if (input[0] === 0x30) return input;
  const characters = latin1(input).replace(/^[ \t-\r]+|[ \t-\r]+$/g, '');
  if (!characters.startsWith('-----BEGIN')) return characters ? fromHex(characters) : null;
  try {
    const blocks = pemBlocks(input.subarray(input.indexOf(0x2d)), 'X509 CRL');
    return blocks.length === 1 ? blocks[0] : null;
  } catch {
    return null;
  }
}

const LABELS = { '550403': 'CN', '55040a': 'O', '550407': 'L', '550408': 'ST', '550406': 'C' };

function parseName(name) {
  try {
    const sequence = new DER(name).only(), names = [];
    while (!sequence.isAtEnd) {
      const set = sequence.enter(0x31), attributes = [];
      do {
        const pair = set.enter(), type = toHex(pair.element(0x06).content), { tag, content } = pair.element();
        pair.finish();
        pair.hold(tag === 0x0c || tag === 0x13);
        attributes.push([LABELS[type] ?? type, decoder.decode(content)]);
      } while (!set.isAtEnd);
      names.push(attributes);
    }
    return names;
  } catch {
    return null;
  }
}

const nameText = (name) => parseName(name)?.map((set) => set.map((pair) => pair.join('=')).join(' + ')).join(', ')
  ?? 'unreadable';

const ROLES = {
  root: 'Intel SGX Root CA', platform: 'Intel SGX PCK Platform CA', processor: 'Intel SGX PCK Processor CA',
  leaf: 'Intel SGX PCK Certificate', signing: 'Intel SGX TCB Signing',
};

function roleOf({ subject }) {
  const names = (parseName(subject) ?? []).flat().filter(([type]) => type === 'CN');
  return names.length === 1 ? Object.keys(ROLES).find((role) => ROLES[role] === names[0][1]) : undefined;
}

const p256 = ({ info }) => (info.length === 91 && toHex(info.subarray(0, 27)) === P256_INFO ? info.subarray(27) : null);

function extension({ extensions }, name, read) {
  try {
    const value = new DER(extensions.find(({ oid }) => oid === OID[name]).value), result = read(value);
    return value.isAtEnd ? result : null;
  } catch {
    return null;
  }
}

/** The rules of a role, then the issuer's signature (dcap 2.5). */
async function judgeCertificate(certificate, issuer, issuerKey, role, code, name) {
  const hold = (condition, field, found, wanted) => must(condition, code, `${name}.${field}`, found, wanted);
  const isCA = role !== 'leaf' && role !== 'signing', { subject, extensions } = certificate;
  hold(certificate.version === 3, 'version');
  hold(certificate.algorithms.every((each) => each === ECDSA_SHA256), 'signatureAlgorithm');
  const raw = p256(certificate), key = raw && await p256Key(raw);
  hold(key, 'subjectPublicKeyInfo');
  const wanted = [['CN', ROLES[role]], ['O', 'Intel Corporation'], ['L', 'Santa Clara'], ['ST', 'CA'], ['C', 'US']];
  hold(JSON.stringify(parseName(subject)) === JSON.stringify(wanted.map((each) => [each])), 'subject',
    nameText(subject), ROLES[role]);
  hold(same(certificate.issuer, issuer.subject), 'issuer', nameText(certificate.issuer), nameText(issuer.subject));
  const count = (wanted) => extensions.filter(({ oid }) => oid === wanted).length;
  for (const { oid, critical } of extensions) {
    hold(oid === OID.intelSGX || REQUIRED.some((each) => OID[each] === oid) || (!critical && count(oid) === 1),
      'extensions', oid);
  }
  for (const each of REQUIRED) hold(count(OID[each]) === 1, `extensions.${each}`);
  const authority = extension(certificate, 'authorityKeyIdentifier', (value) => value.enter().element(0x80).content);
  const identifier = extension(issuer, 'subjectKeyIdentifier', (value) => value.octets());
  hold(!authority || !identifier || same(authority, identifier), 'authorityKeyIdentifier');
  hold(isCA === extension(certificate, 'basicConstraints', (value) => {
    const sequence = value.enter(), flag = sequence.next === 0x01 && sequence.boolean();
    if (sequence.next === 0x02) sequence.integer();
    sequence.finish();
    return flag;
  }), 'basicConstraints');
  hold(extension(certificate, 'keyUsage', (value) => value.element(0x03).content)?.[1] & (isCA ? 0x04 : 0x80),
    'keyUsage');
  hold(await verifyDER(issuerKey, certificate.signature, certificate.tbs), 'signature');
  return key;
}

/** PEM → certificates: `textCode` for defects of the text, `code` for defects of what it contains (dcap 2.4). */
function certificates(chain, count, textCode, code, field) {
  const blocks = reading(() => pemBlocks(chain, 'CERTIFICATE'), ({ isContent, offset }) =>
    fail(isContent && !chain.includes(0) ? code : textCode, field, '', '', offset));
  must(blocks.length === count, code, field, `${blocks.length} certificates`, `${count}`);
  must(new Set(blocks.map(toHex)).size === count, code, field, 'a certificate twice');
  return blocks.map((block, at) => reading(() => parseCertificate(block),
    ({ offset }) => fail(code, `${field}[${at}]`, '', '', offset)));
}

function parsePCKExtension(content) {
  const list = (reader, parent, most, read) => {
    const values = [];
    while (!reader.isAtEnd) {
      const entry = reader.enter(), { content: arcs, from } = entry.element(0x06), oid = toHex(arcs),
        last = arcs[arcs.length - 1];
      entry.hold(oid.length === parent.length + 2 && oid.startsWith(parent) && last && last <= most
        && !(last in values), from);
      values[last] = read(entry, last);
      entry.finish();
    }
    return values;
  };
  const outer = new DER(content).only();
  const found = list(outer, OID.intelSGX, 7, (entry, last) => {
    if (last === 2) {
      return list(entry.enter(), `${OID.intelSGX}02`, 18, (item, last) =>
        (last === 17 ? item.small(0xffff) : last === 18 ? item.octets(16) : item.small(0xff)));
    }
    if (last === 7) return list(entry.enter(), `${OID.intelSGX}07`, 3, (item) => item.boolean());
    return last === 5 ? entry.small(2, 0x0a) : entry.octets([, 16, , 2, 6, , 16][last]);
  });
  const [, ppid, tcb, pceID, fmspc, sgxType, instance, configuration] = found, present = Object.keys(tcb ?? []);
  outer.hold(ppid && present.length === 18 && pceID && fmspc && sgxType !== undefined && !instance === !configuration);
  return { components: Uint8Array.from(tcb.slice(1, 17)), pceSVN: tcb[17], pceID, fmspc, sgxType,
    hasInstance: !!instance, configuration };
}

// Quotes: structure checked, nothing believed (dcap 1.10)

const layout = (fields) => fields.split(/\s+/).map((each) => each.split(':'));
const SGX = layout(`cpuSvn:16 miscSelect:4 [reserved1]:12 isvExtProdId:16 attributes:16 mrEnclave:32 [reserved2]:32
  mrSigner:32 [reserved3]:32 configId:64 isvProdId:2 isvSvn:2 configSvn:2 [reserved4]:42 isvFamilyId:16 reportData:64`);
const TD = layout(`teeTcbSvn:16 mrSeam:48 mrSignerSeam:48 seamAttributes:8 tdAttributes:8 xfam:8 mrTd:48 mrConfigId:48
  mrOwner:48 mrOwnerConfig:48 rtmr0:48 rtmr1:48 rtmr2:48 rtmr3:48 reportData:64 teeTcbSvn2:16 mrServiceTd:48 vmId:1
  tdId:32 devInfo:48 initServTdHash:48 initServTdAttr:8 initCpuSvn:16 initTeeTcbSvn:16 initTeeFmspc:12 curServTdHash:48
  curServTdAttr:8`);
/** By the body types of version 5, which versions 3 and 4 imply. */
const BODIES = [, SGX, TD.slice(0, 15), TD.slice(0, 17), TD];
const INTEGERS = ['isvProdId', 'isvSvn', 'configSvn', 'vmId'], INTEL_VENDOR = '939a7233f79c4ca9940a0db3957f0607';

class Reader {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end });
  }

  take(count, field) {
    const left = this.end - this.at;
    must(count <= left, 'QUOTE_TRUNCATED', field, `${left} bytes left`, `${count}`, this.at);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  integer(count, field) {
    return little(this.take(count, field));
  }

  nested(field, counter) {
    const count = this.integer(4, field + counter);
    this.take(count, field);
    return new Reader(this.bytes, this.at - count, this.at);
  }

  finish(field) {
    must(this.at === this.end, 'QUOTE_TRAILING_DATA', field, `${this.end - this.at} bytes left over`, '', this.at);
  }

  report(fields) {
    const report = {};
    for (const [name, size] of fields) {
      const start = this.at, bytes = this.take(+size, name);
      if (name[0] !== '[') report[name] = bytes;
      else if (!report.nonzero && !isZero(bytes)) {
        report.nonzero = [name.slice(1, -1), start + bytes.findIndex((byte) => byte)];
      }
    }
    return report;
  }
}

/** Reads a quote, versions 3 to 5. Says what is written, whoever wrote it. @param {Bytes} input */
export function parseQuote(input) {
  must(input instanceof Uint8Array, 'INTERNAL', 'quote', typeof input, 'a Uint8Array');
  const size = input.length, short = `${size} bytes`;
  must(size, 'QUOTE_EMPTY', 'quote');
  must(size <= 65_536, 'QUOTE_TOO_LARGE', 'quote', short, 'at most 65536');
  const reader = new Reader(input), version = size > 1 ? reader.integer(2, 'header.version') : 3;
  must(version >= 3 && version <= 5, 'QUOTE_VERSION_UNSUPPORTED', 'header.version', `${version}`, '3, 4 or 5', 0);
  must(size >= 1_020, 'QUOTE_TRUNCATED', 'quote', short, 'at least 1020', size);
  const keyType = reader.integer(2), teeType = reader.integer(4), tee = teeType ? 'tdx' : 'sgx';
  must(keyType === 2, 'QUOTE_KEY_TYPE_UNSUPPORTED', 'header.attestationKeyType', `${keyType}`, '2', 2);
  must(teeType === 0 || (teeType === 0x81 && version > 3), 'QUOTE_TEE_TYPE_UNSUPPORTED', 'header.teeType',
    `${teeType}`, '0 or 129', 4);
  const qeSVN = reader.integer(2), pceSVN = reader.integer(2), vendor = toHex(reader.take(16));
  must(vendor === INTEL_VENDOR, 'QUOTE_VENDOR_UNKNOWN', 'header.qeVendorId', vendor, INTEL_VENDOR, 12);
  reader.take(20);
  let bodyType = teeType ? 2 : 1;
  if (version === 5) {
    bodyType = reader.integer(2);
    const found = reader.integer(4), wanted = BODIES[bodyType]?.reduce((sum, [, count]) => sum + +count, 0);
    must(wanted, 'QUOTE_BODY_TYPE_UNSUPPORTED', 'bodyType', `${bodyType}`, '1 to 4', 48);
    must(found === wanted, 'QUOTE_BODY_SIZE_INVALID', 'bodySize', `${found}`, `${wanted}`, 50);
    must((bodyType > 1) === (teeType > 0), 'QUOTE_TEE_BODY_MISMATCH', 'bodyType', `${bodyType} in a quote of ${tee}`,
      '', 48);
  }
  const body = reader.report(BODIES[bodyType]), signed = input.subarray(0, reader.at),
    data = reader.nested('signatureData', 'Length');
  const quoteSignature = data.take(64, 'quoteSignature'), keyOffset = data.at,
    attestationKey = data.take(64, 'attestationKey');
  const certificationType = (from, wanted, field) => {
    const found = from.integer(2, field);
    must(found === wanted, 'QUOTE_CERT_TYPE_UNSUPPORTED', field, `${found}`, `${wanted}`, from.at - 2);
  };
  const isNested = version > 3;
  if (isNested) certificationType(data, 6, 'outerCertificationDataType');
  const inner = isNested ? data.nested('outerCertificationData', 'Size') : data, reportOffset = inner.at,
    qeReport = inner.report(SGX);
  const qeReportBytes = input.subarray(reportOffset, inner.at), qeReportSignature = inner.take(64, 'qeReportSignature');
  const authentication = inner.take(inner.integer(2, 'qeAuthenticationDataLength'), 'qeAuthenticationData');
  certificationType(inner, 5, 'certificationDataType');
  const chain = inner.take(inner.integer(4, 'certificationDataSize'), 'certificationData');
  inner.finish(isNested ? 'outerCertificationData' : 'signatureData');
  data.finish('signatureData');
  const padding = input.subarray(reader.at), stray = padding.findIndex((byte) => byte);
  must(stray < 0, 'QUOTE_TRAILING_DATA', 'quote', '', '', reader.at + stray);
  for (const [name, { nonzero }] of [['body', body], ['qeReport', qeReport]]) {
    if (nonzero) fail('QUOTE_RESERVED_NONZERO', `${name}.${nonzero[0]}`, '', '', nonzero[1]);
  }
  return {
    bytes: input.subarray(0, reader.at), version, tee, bodyType, qeSVN, pceSVN, body, signed, quoteSignature, keyOffset,
    attestationKey, qeReport, qeReportBytes, reportOffset, qeReportSignature, authentication, chain,
    padding: padding.length,
  };
}

const PROFILING = 0x70n, RESERVED = 0x3fff_ffff_0780_ff8en;
const tdAttributes = ({ body }, mask) => big(body.tdAttributes.slice().reverse()) & mask;
const isDebug = ({ tee, body }) => (tee === 'sgx' ? body.attributes[0] & 2 : body.tdAttributes[0] & 1) !== 0;

/** Every field, byte strings in memory-order hex. @param {ReturnType<typeof parseQuote>} quote */
export function quoteDocument(quote) {
  const body = {}, { mrServiceTd: service, attributes } = quote.body;
  for (const [name, value] of Object.entries(quote.body)) {
    body[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = INTEGERS.includes(name) ? little(value)
      : toHex(value);
  }
  Object.assign(body, quote.tee === 'sgx' ? { debug: isDebug(quote), kss: (attributes[0] & 0x80) !== 0 } : {
    td_debug: isDebug(quote), td_profiling: tdAttributes(quote, PROFILING) > 0,
    td_reserved_bits: tdAttributes(quote, RESERVED) > 0, servtd_bound: !!service && !isZero(service),
  });
  return {
    version: quote.version, tee: quote.tee, body_type: quote.bodyType, byte_count: quote.bytes.length,
    padding_count: quote.padding,
    header: { attestation_key_type: 2, qe_svn: quote.qeSVN, pce_svn: quote.pceSVN, qe_vendor_id: INTEL_VENDOR }, body,
  };
}

/**
 * A quote as people keep it: raw, hex or base64, told apart by content. @param {Bytes | string} input @returns {Bytes}
 */
export function readQuote(input) {
  const bytes = typeof input === 'string' ? utf8(input) : input, characters = latin1(bytes).replace(/[ \t\n\r]/g, '');
  if (!characters || bytes[1] === 0) return bytes;
  return fromHex(characters.replace(/^0x/, '')) ?? fromBase64(standard(characters)) ?? bytes;
}

// Collateral, as it came

/**
 * A bundle (JSON text, or the object), or raw PCS responses: an object of `pckcrl`, `rootcacrl`, `tcb`, `qe_identity`
 * and, percent-encoded, `pckcrl.issuer-chain`, `tcb.issuer-chain` and `qe_identity.issuer-chain`.
 * @param {Bytes | string | Record<string, any>} input
 */
export function readCollateral(input) {
  const bad = (member) => fail('COLLATERAL_BAD_RESPONSE', `collateral.${member}`, '',
    'a bundle, or responses of a PCS');
  const isText = typeof input === 'string' || input instanceof Uint8Array;
  const members = isText
    ? plain(reading(() => readJSON(typeof input === 'string' ? utf8(input) : input, 24 * 1_048_576), () =>
    bad('bundle'))) : input;
  const member = (name, isOptional) => {
    const value = members?.[name];
    if (isOptional && (value ?? '') === '') return null;
    return typeof value === 'string' ? utf8(value) : value instanceof Uint8Array ? value : bad(name);
  };
  if (Object.hasOwn(members ?? {}, 'pckcrl')) {
    const chain = (name, isOptional) => {
      const value = member(`${name}.issuer-chain`, isOptional), characters = latin1(value ?? NONE);
      if (characters.length > 65_536 || /%(?![0-9a-fA-F]{2})/.test(characters)) bad(`${name}.issuer-chain`);
      return value && octets(characters.replace(/%(..)/g, (_, digits) => String.fromCharCode(parseInt(digits, 16))));
    };
    const response = (name) => ({ bytes: member(name), chain: chain(name) });
    return {
      pckCRL: member('pckcrl'), pckCRLChain: chain('pckcrl', true), rootCRL: member('rootcacrl'),
      tcbInfo: response('tcb'), qeIdentity: response('qe_identity'),
    };
  }
  const signed = (name, outer) => {
    const bytes = member(name);
    let isComplete = false;
    try {
      isComplete = readJSON(bytes).members.has(outer);
    } catch {}
    return { bytes, signature: isComplete ? null : member(`${name}_signature`), chain: member(`${name}_issuer_chain`) };
  };
  return {
    pckCRL: member('pck_crl'), pckCRLChain: member('pck_crl_issuer_chain', true), rootCRL: member('root_ca_crl'),
    tcbInfo: signed('tcb_info', 'tcbInfo'), qeIdentity: signed('qe_identity', 'enclaveIdentity'),
  };
}

/** One object of a signed document: missing or of another type is its format, out of range its value (dcap 4.1). */
class Section {
  constructor(value, path, prefix) {
    Object.assign(this, { value, path, prefix });
    if (value.kind !== 'object') this.refuse('UNSUPPORTED_FORMAT', path, value);
  }

  refuse(kind, field, value, wanted, found = text(value?.bytes.subarray(0, 80) ?? NONE) ?? '') {
    fail(`${this.prefix}_${kind}`, field, found, wanted, value?.offset);
  }

  invalid(name, found, wanted) {
    this.refuse('INVALID', `${this.path}.${name}`, this.value.members.get(name), wanted, found);
  }

  required(name) {
    return this.value.members.get(name) ?? this.refuse('UNSUPPORTED_FORMAT', `${this.path}.${name}`, this.value, '',
      'nothing');
  }

  object(name) {
    return new Section(this.required(name), `${this.path}.${name}`, this.prefix);
  }

  integer(name, maximum, range = 'INVALID') {
    const value = this.required(name), field = `${this.path}.${name}`, wanted = `an integer up to ${maximum}`;
    if (value.kind !== 'number' || !/^-?\d+$/.test(value.value)) this.refuse('UNSUPPORTED_FORMAT', field, value,
      wanted);
    if (value.value[0] === '-' || value.value > maximum) this.refuse(range, field, value, wanted);
    return +value.value;
  }

  text(name) {
    const value = this.required(name), field = `${this.path}.${name}`;
    if (value.kind !== 'string') this.refuse('UNSUPPORTED_FORMAT', field, value);
    return value.plain ?? this.refuse('INVALID', field, value);
  }

  hex(name, count) {
    const bytes = fromHex(this.text(name));
    return bytes?.length === count ? bytes : this.invalid(name, undefined, `${count * 2} hexadecimal digits`);
  }

  date(name) {
    return instant(this.text(name)) ?? this.invalid(name, undefined, 'YYYY-MM-DDThh:mm:ssZ');
  }

  /** One by one: the first defect in the document's order is the one that counts. */
  * objects(name) {
    const array = this.required(name), field = `${this.path}.${name}`;
    if (array.kind !== 'array') this.refuse('UNSUPPORTED_FORMAT', field, array);
    for (const [at, element] of array.elements.entries()) yield new Section(element, `${field}[${at}]`, this.prefix);
  }

  strings(name) {
    const array = this.value.members.get(name), field = `${this.path}.${name}`;
    if (array && array.kind !== 'array') this.refuse('UNSUPPORTED_FORMAT', field, array);
    return (array?.elements ?? []).map((element, at) =>
      (element.kind === 'string' ? element.value : this.refuse('UNSUPPORTED_FORMAT', `${field}[${at}]`, element)));
  }

  published() {
    return { date: this.date('tcbDate'), status: this.text('tcbStatus'), advisories: this.strings('advisoryIDs') };
  }

  issue() {
    const issued = this.date('issueDate'), expires = this.date('nextUpdate');
    if (expires <= issued) this.invalid('nextUpdate', dateText(expires), `later than ${dateText(issued)}`);
    return { issued, expires };
  }
}

function openDocument({ bytes, signature: apart }, member, prefix) {
  const format = (field, offset) => fail(`${prefix}_UNSUPPORTED_FORMAT`, field, '', '', offset);
  const root = reading(() => readJSON(bytes), ({ offset }) => format(member, offset));
  const { members } = root, value = apart ? root : members.get(member), signature = members.get('signature');
  if (!apart && (members.size !== 2 || !value || !signature)) format(member, root.offset);
  const raw = fromHex((apart ? latin1(apart) : signature.plain) ?? '');
  if (raw?.length !== 64) format(apart ? `${member}Signature` : 'signature', apart ? 0 : signature.offset);
  if (value.kind !== 'object') format(member, value.offset);
  return [value, raw];
}

const COMPONENT = ['UpToDate', 'OutOfDate', 'Revoked'];
const STATUSES = [...COMPONENT, 'SWHardeningNeeded', 'ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded',
  'OutOfDateConfigurationNeeded'];
const isOutOfDate = (status) => status.startsWith('OutOfDate');
const isGood = ({ status }) => STATUSES.includes(status) && !isOutOfDate(status) && status !== 'Revoked';

function componentLevels(section) {
  const levels = [];
  for (const level of section.objects('tcbLevels')) {
    const svn = level.object('tcb').integer('isvsvn', 0xffff);
    if (levels.some((each) => each.svn === svn)) level.invalid('tcb', `isvsvn ${svn} again`);
    levels.push({ svn, ...level.published() });
  }
  if (!levels.length) section.invalid('tcbLevels', 'no level');
  return levels.sort((left, right) => right.svn - left.svn);
}

/** Platform levels, highest first by SGX components, PCESVN, TDX components; each once. */
function platformLevels(section, isTDX, isVersion2) {
  const components = (tcb, name) => {
    const values = Array.from(tcb.objects(name), (component) => component.integer('svn', 0xff));
    if (values.length !== 16) tcb.invalid(name, `${values.length} components`, '16');
    return values;
  };
  const levels = [], difference = (left, right) => left.key.map((svn, at) => right.key[at] - svn).find(Boolean) ?? 0;
  for (const level of section.objects('tcbLevels')) {
    const tcb = level.object('tcb');
    const sgx = isVersion2 ? Array.from({ length: 16 },
      (_, at) => tcb.integer(`sgxtcbcomp${`${at + 1}`.padStart(2, 0)}svn`, 0xff))
      : components(tcb, 'sgxtcbcomponents');
    const pceSVN = tcb.integer('pcesvn', 0xffff), tdx = isTDX ? components(tcb, 'tdxtcbcomponents') : [];
    levels.push({ sgx, pceSVN, tdx, key: [...sgx, pceSVN, ...tdx], ...level.published() });
  }
  if (!levels.length) section.invalid('tcbLevels', 'no level');
  levels.sort(difference);
  if (levels.some((level, at) => at && !difference(levels[at - 1], level))) section.invalid('tcbLevels',
    'a level twice');
  return levels;
}

function readTCBInfo(value, acceptsVersion2) {
  const section = new Section(value, 'tcbInfo', 'TCB_INFO'), version = section.integer('version', 2 ** 32 - 1,
    'UNSUPPORTED_VERSION');
  if (version !== 3 && !(version === 2 && acceptsVersion2)) section.refuse('UNSUPPORTED_VERSION', 'tcbInfo.version',
    undefined, '3', `${version}`);
  const id = version === 2 ? 'SGX' : section.text('id'), isTDX = id === 'TDX';
  if (!isTDX && id !== 'SGX') section.invalid('id', id.slice(0, 20), 'SGX or TDX');
  const dates = section.issue(), fmspc = section.hex('fmspc', 6), pceID = section.hex('pceId', 2);
  if (section.integer('tcbType', 2 ** 32 - 1)) section.invalid('tcbType', undefined, '0');
  const evaluation = section.integer('tcbEvaluationDataNumber', 2 ** 32 - 1);
  const readModule = (from) => [from.hex('mrsigner', 48), from.hex('attributes', 8), from.hex('attributesMask', 8)];
  const module = isTDX && readModule(section.object('tdxModule'));
  const identities = isTDX && value.members.has('tdxModuleIdentities') ? new Map() : null;
  for (const identity of identities ? section.objects('tdxModuleIdentities') : []) {
    const name = identity.text('id'), major = parseInt(/^(?:TDX|tdx)_([0-9a-fA-F]{2})$/.exec(name)?.[1], 16);
    if (Number.isNaN(major) || identities.has(major)) identity.invalid('id', name.slice(0, 20),
      'TDX_ and two digits, once');
    identities.set(major, { module: readModule(identity), levels: componentLevels(identity) });
  }
  return { ...dates, tee: id.toLowerCase(), fmspc, pceID, evaluation, module, identities, value,
    levels: platformLevels(section, isTDX, version === 2) };
}

function readQEIdentity(value) {
  const section = new Section(value, 'enclaveIdentity', 'QE_IDENTITY'),
    version = section.integer('version', 2 ** 32 - 1, 'UNSUPPORTED_VERSION');
  if (version !== 2) section.refuse('UNSUPPORTED_VERSION', 'enclaveIdentity.version', undefined, '2', `${version}`);
  const id = section.text('id');
  if (!['QE', 'TD_QE', 'QVE', 'QAE'].includes(id)) section.invalid('id', id.slice(0, 20), 'QE, TD_QE, QVE or QAE');
  const identity = {
    id, ...section.issue(), evaluation: section.integer('tcbEvaluationDataNumber', 2 ** 32 - 1),
    miscSelect: section.hex('miscselect', 4), miscSelectMask: section.hex('miscselectMask', 4),
    attributes: section.hex('attributes', 16), attributesMask: section.hex('attributesMask', 16),
    mrSigner: section.hex('mrsigner', 32), isvProdId: section.integer('isvprodid', 0xffff),
    levels: componentLevels(section),
  };
  if (!identity.levels.every(({ status }) => COMPONENT.includes(status))) section.invalid('tcbLevels',
    'another status', COMPONENT.join(', '));
  return identity;
}

// Verification (dcap 5): phases in order, the first failure wins

const INTEL_KEY = '0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5'
  + '67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394';

export const CHECKS = `quote.format verification.time pck.certificates pck.root pck.intermediate pck.leaf pck.extension
pck.validity collateral.available root_crl pck_crl pck.revocation tcb_info.issuer tcb_info.signature tcb_info.content
qe_identity.issuer qe_identity.signature qe_identity.content tcb_info.match qe_identity.match tdx_module
qe_report.signature qe_report.binding qe_report.identity attestation_key quote.signature tcb.launch tcb.current
tcb.result collateral.freshness`.split(/\s/);

async function readAnchor(input) {
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

class Verification {
  constructor(anchor, time, { skewSeconds = 300, acceptTCBInfoV2 = false }) {
    // `step` is the check that runs, and the one that refuses if anything does.
    Object.assign(this, { anchor, time, latest: time + skewSeconds, acceptTCBInfoV2, step: 'quote.format' });
  }

  begun(start, code, field) {
    must(start <= this.latest, code, field, dateText(start), `not after ${dateText(this.latest)}`);
  }

  async root(root, untrusted, invalid, name) {
    const raw = p256(root), key = raw && toHex(raw) === this.anchor.publicKey && await p256Key(raw);
    must(key, untrusted, `${name}.subjectPublicKeyInfo`, 'another key', this.anchor.isIntel ? "Intel's"
      : 'the named one');
    return this.anchor.der && same(root.der, this.anchor.der) ? key
      : judgeCertificate(root, root, key, 'root', invalid, name);
  }

  async chain({ chain: pem }) {
    this.step = 'verification.time';
    must(this.time > 0 && this.time <= 2 ** 40 && Number.isInteger(this.time), 'INTERNAL', 'time', `${this.time}`,
      'seconds since 1970, from 1 to 2^40');
    this.step = 'pck.certificates';
    // Intel's generator ends the text with one NUL; white space after it is allowed.
    const end = /\0[ \t\n\r]*$/.exec(latin1(pem))?.index ?? pem.length, roles = {};
    let authority;
    for (const certificate of certificates(pem.subarray(0, end), 3, 'QUOTE_CERT_DATA_INVALID', 'PCK_CHAIN_INVALID',
      'certificationData')) {
      const role = roleOf(certificate), isCA = role === 'platform' || role === 'processor', slot = isCA
        ? 'intermediate' : role;
      must(role && role !== 'signing' && !roles[slot], 'PCK_CHAIN_INVALID', 'certificationData',
        nameText(certificate.subject));
      if (isCA) authority = role;
      roles[slot] = certificate;
    }
    const { root, intermediate, leaf } = roles;
    this.step = 'pck.root';
    const rootKey = await this.root(root, 'PCK_ROOT_UNTRUSTED', 'PCK_ROOT_INVALID', 'pck.root');
    this.step = 'pck.intermediate';
    const intermediateKey = await judgeCertificate(intermediate, root, rootKey, authority, 'PCK_INTERMEDIATE_INVALID',
      'pck.intermediate');
    this.step = 'pck.leaf';
    const leafKey = await judgeCertificate(leaf, intermediate, intermediateKey, 'leaf', 'PCK_LEAF_INVALID', 'pck.leaf');
    this.step = 'pck.extension';
    const extension = ['PCK_EXTENSION_INVALID', 'pck.leaf.sgxExtension'],
      found = leaf.extensions.filter(({ oid }) => oid === OID.intelSGX);
    must(found.length === 1, ...extension, `${found.length} of them`);
    const platform = reading(() => parsePCKExtension(found[0].value), ({ offset }) =>
      fail(...extension, '', '', found[0].value.byteOffset - leaf.der.byteOffset + offset));
    must(platform.hasInstance === (authority === 'platform'), ...extension,
      `other entries than of the ${authority} CA`);
    this.step = 'pck.validity';
    for (const [name, { notBefore }] of Object.entries({ leaf, intermediate, root })) {
      this.begun(notBefore, 'CERT_NOT_YET_VALID', `pck.${name}.notBefore`);
    }
    return { root, rootKey, intermediate, intermediateKey, leaf, leafKey, authority, platform };
  }

  async list(input, name, issuer, chain, key) {
    const der = decodeCRL(input), hold = (condition, kind, field, ...more) => must(condition, `CRL_${kind}`,
      `${name}${field}`, ...more);
    hold(der, 'UNSUPPORTED_FORMAT', '');
    const list = reading(() => parseRevocationList(der), ({ offset }) => fail('CRL_UNSUPPORTED_FORMAT', name, '', '',
      offset));
    hold(list.version === 2 && list.algorithms.every((each) => each === ECDSA_SHA256), 'UNSUPPORTED_FORMAT',
      '.signatureAlgorithm');
    hold(list.expires !== null, 'UNSUPPORTED_FORMAT', '.nextUpdate');
    hold(same(list.issuer, issuer.subject), 'ISSUER_UNKNOWN', '.issuer', nameText(list.issuer),
      nameText(issuer.subject));
    if (chain) {
      // No trust input, but it must not contradict.
      const code = 'CRL_ISSUER_UNKNOWN', two = certificates(chain, 2, code, code, `${name}IssuerChain`),
        roles = two.map(roleOf);
      const ca = two[roles.findIndex((role) => role === 'platform' || role === 'processor')];
      const supplied = ca && p256(ca), wanted = p256(issuer);
      hold(roles.includes('root') && supplied && wanted && same(supplied, wanted), 'ISSUER_UNKNOWN', 'IssuerChain');
    }
    const required = [OID.authorityKeyIdentifier, OID.cRLNumber], seen = new Set();
    for (const { oid, critical } of list.extensions) {
      hold(!seen.has(oid) && (!critical || required.includes(oid)), 'INVALID_EXTENSIONS', '.extensions', oid);
      seen.add(oid);
    }
    hold(required.every((oid) => seen.has(oid)), 'INVALID_EXTENSIONS', '.extensions');
    hold(!list.hasCriticalEntry, 'INVALID_EXTENSIONS', '.revokedCertificates');
    hold(await verifyDER(key, list.signature, list.tbs), 'SIGNATURE_INVALID', '.signature');
    this.begun(list.issued, 'CRL_NOT_YET_VALID', `${name}.thisUpdate`);
    return list;
  }

  async signer(chain, prefix, name, revoked) {
    const invalid = `${prefix}_SIGNING_CHAIN_INVALID`, two = certificates(chain, 2, invalid, invalid, name);
    const root = two.find((each) => roleOf(each) === 'root'), signer = two.find((each) => roleOf(each) === 'signing');
    must(root && signer, invalid, name, two.map(({ subject }) => nameText(subject)).join('; '));
    const rootKey = await this.root(root, `${prefix}_SIGNING_CHAIN_UNTRUSTED`, invalid, `${name}.root`);
    const key = await judgeCertificate(signer, root, rootKey, 'signing', invalid, `${name}.signer`);
    must(!revoked.has(signer.serial), 'SIGNING_CERT_REVOKED', `${name}.signer.serialNumber`, signer.serial);
    this.begun(signer.notBefore, 'CERT_NOT_YET_VALID', `${name}.signer.notBefore`);
    this.begun(root.notBefore, 'CERT_NOT_YET_VALID', `${name}.root.notBefore`);
    return { root, signer, key };
  }

  /** Phases D and E. The signature, over the bytes as received, before any field is interpreted. */
  async document(source, names, signer, read) {
    const [check, member, prefix] = names;
    this.step = `${check}.issuer`;
    const by = await signer();
    this.step = `${check}.signature`;
    const [value, signature] = openDocument(source, member, prefix);
    must(await verifyRaw(by.key, signature, value.bytes), `${prefix}_SIGNATURE_INVALID`, `${member}.signature`);
    this.step = `${check}.content`;
    const document = { ...read(value), signed: source.signature ? source.bytes : value.bytes };
    this.begun(document.issued, `${prefix}_NOT_YET_VALID`, `${member}.issueDate`);
    return [document, by];
  }

  async run(quote, input) {
    const chain = await this.chain(quote), { platform, root, intermediate, leaf } = chain;
    this.step = 'collateral.available';
    must(input, 'COLLATERAL_UNAVAILABLE', 'collateral');
    const source = readCollateral(input);
    this.step = 'root_crl';
    const rootCRL = await this.list(source.rootCRL, 'rootCRL', root, null, chain.rootKey);
    this.step = 'pck_crl';
    const pckCRL = await this.list(source.pckCRL, 'pckCRL', intermediate, source.pckCRLChain, chain.intermediateKey);
    this.step = 'pck.revocation';
    must(!rootCRL.revoked.has(intermediate.serial), 'INTERMEDIATE_REVOKED', 'pck.intermediate.serialNumber',
      intermediate.serial);
    must(!pckCRL.revoked.has(leaf.serial), 'PCK_REVOKED', 'pck.leaf.serialNumber');
    const [tcbInfo, tcbSigner] = await this.document(source.tcbInfo, ['tcb_info', 'tcbInfo', 'TCB_INFO'],
      () => this.signer(source.tcbInfo.chain, 'TCB', 'tcbInfoIssuerChain', rootCRL.revoked),
      (value) => readTCBInfo(value, this.acceptTCBInfoV2));
    const [qeIdentity, qeSigner] = await this.document(source.qeIdentity,
      ['qe_identity', 'enclaveIdentity', 'QE_IDENTITY'],
      () => (same(source.qeIdentity.chain, source.tcbInfo.chain) ? tcbSigner
        : this.signer(source.qeIdentity.chain, 'QE', 'qeIdentityIssuerChain', rootCRL.revoked)), readQEIdentity);
    this.matches(quote, platform, tcbInfo, qeIdentity);
    await this.evidence(quote, chain.leafKey, qeIdentity);
    const tcb = this.evaluate(quote, platform, tcbInfo, qeIdentity), digests = {};
    const items = Object.entries({
      pck_leaf: leaf, pck_intermediate: intermediate, pck_root: root, root_crl: rootCRL, pck_crl: pckCRL,
      tcb_signing: tcbSigner.signer, tcb_signing_root: tcbSigner.root, tcb_info: tcbInfo, qe_signing: qeSigner.signer,
      qe_signing_root: qeSigner.root, qe_identity: qeIdentity,
    }).map(([name, each]) => ({ name, issued: each.issued ?? each.notBefore, expires: each.expires ?? each.notAfter }));
    for (const [name, bytes] of Object.entries({
      tcb_info: tcbInfo.signed, qe_identity: qeIdentity.signed, pck_crl: pckCRL.der, root_crl: rootCRL.der,
      tcb_info_issuer_chain: source.tcbInfo.chain, qe_identity_issuer_chain: source.qeIdentity.chain,
    })) digests[name] = `sha256:${toHex(await sha256(bytes))}`;
    return {
      quote, digests, tcb, items, platform, authority: chain.authority, tcbInfo, qeIdentity,
      expired: items.filter(({ expires }) => expires <= this.time),
      earliest: Math.min(...items.map(({ expires }) => expires)),
    };
  }

  matches({ tee, body }, platform, tcbInfo, qeIdentity) {
    this.step = 'tcb_info.match';
    const code = 'TCB_INFO_MISMATCH', isTDX = tee === 'tdx', wanted = isTDX ? 'TD_QE' : 'QE';
    must(tcbInfo.tee === tee, code, 'tcbInfo.id', tcbInfo.tee, tee);
    must(same(tcbInfo.fmspc, platform.fmspc), code, 'tcbInfo.fmspc', toHex(tcbInfo.fmspc), toHex(platform.fmspc));
    must(same(tcbInfo.pceID, platform.pceID), code, 'tcbInfo.pceId', toHex(tcbInfo.pceID), toHex(platform.pceID));
    this.step = 'qe_identity.match';
    must(qeIdentity.id === wanted, 'QE_IDENTITY_MISMATCH', 'id', qeIdentity.id, wanted);
    if (!isTDX) return;
    this.step = 'tdx_module';
    const major = body.teeTcbSvn[1], other = 'TDX_MODULE_MISMATCH';
    must(!major || tcbInfo.identities, code, 'tcbInfo.tdxModuleIdentities', '', `TDX_${major}`);
    const [mrsigner, attributes] = (major ? tcbInfo.identities.get(major)?.module : tcbInfo.module) ?? [];
    must(mrsigner, other, 'teeTcbSvn[1]', `module version ${major}`);
    must(same(body.mrSignerSeam, mrsigner), other, 'mrSignerSeam', toHex(body.mrSignerSeam), toHex(mrsigner));
    must(isZero(body.seamAttributes) && isZero(attributes), other, 'seamAttributes', toHex(body.seamAttributes),
      toHex(attributes));
  }

  async evidence(quote, platformKey, identity) {
    const { qeReport: report, reportOffset } = quote, code = 'QE_IDENTITY_MISMATCH';
    this.step = 'qe_report.signature';
    must(await verifyRaw(platformKey, quote.qeReportSignature, quote.qeReportBytes), 'QE_REPORT_SIGNATURE_INVALID',
      'qeReportSignature', '', '', reportOffset + 384);
    this.step = 'qe_report.binding';
    const bound = join(await sha256(quote.attestationKey, quote.authentication), new Uint8Array(32));
    must(same(report.reportData, bound), 'QE_REPORT_DATA_MISMATCH', 'qeReport.reportData', toHex(report.reportData),
      toHex(bound), reportOffset + 320);
    this.step = 'qe_report.identity';
    // The identity's value is not masked again: bits outside the mask can never match.
    for (const [name, found, wanted, mask] of [
      ['miscselect', report.miscSelect, identity.miscSelect, identity.miscSelectMask],
      ['attributes', report.attributes, identity.attributes, identity.attributesMask],
      ['mrsigner', report.mrSigner, identity.mrSigner],
    ]) must(same(mask ? found.map((byte, at) => byte & mask[at]) : found, wanted), code, name, toHex(found),
      toHex(wanted));
    must(little(report.isvProdId) === identity.isvProdId, code, 'isvprodid', `${little(report.isvProdId)}`,
      `${identity.isvProdId}`);
    must(!(report.attributes[0] & 2), code, 'attributes', 'a debug enclave');
    this.step = 'attestation_key';
    const key = await p256Key(quote.attestationKey);
    must(key, 'ATTESTATION_KEY_INVALID', 'attestationKey', '', '', quote.keyOffset);
    this.step = 'quote.signature';
    must(await verifyRaw(key, quote.quoteSignature, quote.signed), 'QUOTE_SIGNATURE_INVALID', 'quoteSignature', '', '',
      quote.keyOffset - 64);
  }

  evaluate({ body, qeReport }, platform, tcbInfo, qeIdentity) {
    const { teeTcbSvn: first, teeTcbSvn2: now } = body, match = new LevelMatch(platform, tcbInfo, qeIdentity,
      little(qeReport.isvSvn));
    this.step = 'tcb.launch';
    const launch = match.evaluate(first, 'launch');
    this.step = 'tcb.current';
    const current = now && !same(now, first) ? match.evaluate(now, 'current') : launch;
    const isConfigured = [launch, current].some(({ status }) => status.includes('Configuration'));
    const status = now && isOutOfDate(launch.status) && isGood(current)
      ? `TDRelaunchAdvised${isConfigured ? 'ConfigurationNeeded' : ''}` : launch.status;
    this.step = 'tcb.result';
    must(status !== 'Revoked', 'TCB_REVOKED', 'tcb');
    const isRegression = !!now && first[1] === now[1] && (now[0] < first[0] || now[2] < first[2]);
    return { status, launch, current, isRegression, outOfDate: isOutOfDate(launch.status)
      ? match.lacking(launch, first) : [] };
  }
}

/** Which published levels the platform, its TDX module and its quoting enclave reach. `svn` is undefined for SGX. */
class LevelMatch {
  constructor(platform, tcbInfo, qeIdentity, qeSVN) {
    Object.assign(this, { platform, tcbInfo, qeIdentity, qeSVN });
  }

  evaluate(svn, label) {
    const unsupported = (field, found) => fail('TCB_NOT_SUPPORTED', field, `${label} ${found}`);
    const known = (level, field, allowed) => {
      must(allowed.includes(level.status), 'TCB_UNRECOGNIZED_STATUS', field, level.status, allowed.join(', '));
      return level;
    };
    const reached = (levels, value, field) => levels.find((each) => value >= each.svn)
      ?? unsupported(field, `isvsvn ${value}`);
    const platform = known(this.tcbInfo.levels.find((each) => !this.shortfall(each, svn).length)
      ?? unsupported('platform', 'below every level'), 'tcbInfo.tcbLevels', STATUSES);
    let module;
    if (svn?.[1]) {
      const identity = this.tcbInfo.identities?.get(svn[1]) ?? unsupported('module', `module version ${svn[1]}`);
      module = known(reached(identity.levels, svn[0], 'module'), 'tdxModuleIdentities', COMPONENT);
    }
    const qe = known(reached(this.qeIdentity.levels, this.qeSVN, 'qe'), 'enclaveIdentity.tcbLevels', COMPONENT);
    const matched = [platform, qe, ...module ? [module] : []], is = (status, levels) =>
      levels.some((each) => each.status === status);
    // A table and not a maximum: ConfigurationNeeded with an out-of-date component is OutOfDateConfigurationNeeded.
    const status = is('Revoked', matched) ? 'Revoked' : !is('OutOfDate', matched.slice(1)) ? platform.status
      : platform.status.includes('Configuration') ? 'OutOfDateConfigurationNeeded' : 'OutOfDate';
    return {
      status, platform: platform.status, module: module?.status ?? null, qe: qe.status,
      date: Math.min(...matched.map(({ date }) => date)),
      advisories: [...new Set(matched.flatMap(({ advisories }) => advisories))].sort(),
    };
  }

  shortfall(level, svn) {
    const { components, pceSVN } = this.platform, lacking = [];
    const compare = (tee, found, wanted, from) => wanted.forEach((each, at) => {
      if (at >= from && found[at] < each) lacking.push({ component: `${tee}[${at}]`, found: found[at], wanted: each });
    });
    compare('sgx', components, level.sgx, 0);
    if (pceSVN < level.pceSVN) lacking.push({ component: 'pcesvn', found: pceSVN, wanted: level.pceSVN });
    // Components 0 and 1 describe the module, which has levels of its own once it has a major version.
    if (svn) compare('tdx', svn, level.tdx, svn[1] ? 2 : 0);
    return lacking;
  }

  /** What an out-of-date platform lacks for the lowest level that is not out of date. */
  lacking(level, svn) {
    const { tcbInfo, qeIdentity, qeSVN } = this, lacking = [], lowest = (levels) => levels.filter(isGood).pop();
    const platform = isOutOfDate(level.platform) && lowest(tcbInfo.levels);
    const module = level.module === 'OutOfDate' && lowest(tcbInfo.identities.get(svn[1]).levels);
    const qe = level.qe === 'OutOfDate' && lowest(qeIdentity.levels),
      tcb = tcbInfo.value.members.get('tcbLevels').elements[0].members.get('tcb');
    for (const each of platform ? this.shortfall(platform, svn) : []) {
      const [, tee, at] = /(...)\[(\d+)/.exec(each.component) ?? [];
      const type = tcb.members.get(`${tee}tcbcomponents`)?.elements[at]?.members.get('type');
      lacking.push({ ...each, component: each.component + (type?.kind === 'string' ? ` ${type.value}` : '') });
    }
    if (module) lacking.push({ component: `TDX_${toHex(svn.subarray(1, 2)).toUpperCase()} isvsvn`, found: svn[0],
      wanted: module.svn });
    if (qe) lacking.push({ component: `${qeIdentity.id} isvsvn`, found: qeSVN, wanted: qe.svn });
    return lacking;
  }
}

// Appraisal: is what is genuine also acceptable

export const STRICT_POLICY = Object.freeze({
  id: 'strict', accepted_tcb_statuses: Object.freeze(['UpToDate']), accept_relaunch_advised: false,
  collateral_grace_seconds: 0,
  allow_debug: false, allow_td_profiling: false, allow_td_reserved_bits: false, allow_service_td: false,
});

const isText = (value) => typeof value === 'string' && value !== '';
const isTexts = (value) => Array.isArray(value) && Array.from(value).every(isText);
const isBytes = (value) => value instanceof Uint8Array;
/** An object of members and nothing else: a map, a list or a number has none, and would demand nothing. */
const isPlain = (value) => {
  const above = value && typeof value === 'object' && Object.getPrototypeOf(value);
  return above === null ? value !== null : !!above && Object.getPrototypeOf(above) === null
    && Object.hasOwn(above, 'isPrototypeOf');
};
const isFlag = (value) => typeof value === 'boolean';
const isCount = (most) => (value) => Number.isSafeInteger(value) && value >= 0 && value <= most;
const isHex = (count) => (value) => isText(value) && fromHex(value)?.length === count;
const isList = (holds) => (value) => Array.isArray(value) && value.length > 0 && value.every(holds)
  && new Set(value).size === value.length;
const isMask = (count) => (value) => `${Object.keys(value ?? {}).sort()}` === 'mask,value'
  && Object.values(value).every(isHex(count))
  && !fromHex(value.value).some((byte, at) => byte & ~fromHex(value.mask)[at]) && /[^0]/.test(value.mask);

/** The members of a policy that are judged by here, and their values. A policy with any other is not judged at all. */
const MEMBERS = {
  $schema: isText, id: isText, version: isCount(2 ** 53), description: isText, notes: isList(isText),
  accepted_tcb_statuses: (value) => isList((each) => STATUSES.includes(each) && each !== 'Revoked')(value)
    && value.includes('UpToDate'),
  accept_relaunch_advised: isFlag, collateral_grace_seconds: isCount(315_360_000), allow_debug: isFlag,
  allow_td_profiling: isFlag, allow_td_reserved_bits: isFlag, td_attributes: isMask(8), xfam: isMask(8),
  allow_service_td: isFlag, accepted_service_tds: isList(isHex(48)), require_report_data: isFlag,
  report_data_schemes: isList((each) => isText(each) && Object.hasOwn(SCHEMES, each)),
};
/** These say nothing while they are `false`. */
const OFF = ['require_event_log', 'allow_event_log_mismatch', 'require_all_registers_replayed', 'require_challenge'];

/** What each reserved id means; null where a document with that id is judged by the service alone. */
const BUILT_IN = {
  'strict': STRICT_POLICY,
  'tdx-cloud': {
    ...STRICT_POLICY, id: 'tdx-cloud', collateral_grace_seconds: 86_400,
    td_attributes: { value: '0000001000000000', mask: '0000003000000000' },
  },
  'sgx-production': null, 'degraded-read-only': null, 'gn8v-tee-llm': null, 'gn8v-tee-llm-gpu': null,
};

/** What a policy judges by; that something is not wanted may be left out. */
const substance = ({ $schema, description, notes, version = 1, ...rest }) => canonicalJSON({ version,
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== false)) });

/** A policy with the values of `strict` for what it leaves out; refused where a part of it would be passed over. */
function readPolicy(given) {
  must(isPlain(given), 'POLICY_INVALID', 'policy');
  const policy = { ...given };
  must(isText(policy.id), 'POLICY_INVALID', 'policy.id');
  for (const [name, value] of Object.entries(policy)) {
    if (OFF.includes(name) && value === false) continue;
    must(Object.hasOwn(MEMBERS, name), 'POLICY_UNSUPPORTED', `policy.${name}`, '', 'a member that assay.js judges by');
    must(MEMBERS[name](value), 'POLICY_INVALID', `policy.${name}`, JSON.stringify(value)?.slice(0, 80));
  }
  const { allow_service_td: any, accepted_service_tds: listed } = policy;
  must(!any || !listed, 'POLICY_INVALID', 'policy.accepted_service_tds', '', 'no list where any is allowed');
  const read = { ...STRICT_POLICY, ...policy }, { id } = read;
  const own = Object.hasOwn(BUILT_IN, id) ? BUILT_IN[id] : read;
  must(own && substance(read) === substance(own), 'POLICY_ID_RESERVED', 'policy.id', id,
    'the built-in document, or another id');
  return read;
}

/** Refuses a word or a name that nobody here knows: a typo must not be the laxest of demands. */
function known(field, word, words) {
  demand(words.includes(word), field, word, words.join(', '));
}

function demand(holds, field, found, wanted) {
  must(holds, 'DEMAND_UNKNOWN', field, isPlain(found) || Array.isArray(found) || typeof found === 'string'
    ? JSON.stringify(found) : String(found), wanted);
}

/** Refuses options that are none, and values that would demand less than they say. `undefined` demands nothing. */
function options(given, kinds, field = 'options') {
  demand(isPlain(given), field, given, 'an object');
  for (const [name, value] of Object.entries(given)) {
    known('option', name, Object.keys(kinds));
    const [holds, wanted] = kinds[name];
    demand(value === undefined || holds(value), name, value, wanted);
  }
}

const TEXT = [isText, 'some text'], TEXTS = [isTexts, 'a list of texts'], ANY = [() => true, ''];
const SECONDS = [isCount(2 ** 53), 'whole seconds'];

const SCHEMES = { raw: 'nd', sha256: 'nd', sha384: 'nd', sha512: 'nd', ita: 'ndi', maa: 'd', spki: 'k', assay: 'nk' };

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

function rules({ quote, tcb, expired, earliest }, policy, expected, time) {
  const { body, tee } = quote, { status } = tcb, current = tcb.current.status,
    isRelaunch = status.startsWith('TDRelaunch');
  const list = [], accepted = policy.accepted_tcb_statuses,
    grace = policy.collateral_grace_seconds;
  const rule = (id, holds, code, tier, found) => list.push({ id, holds, code: `POLICY_${code}`, tier, found });
  const skip = (id, reason, found = '') => list.push({ id, reason, found });
  if (isRelaunch) skip('tcb.status', 'judged by tcb.relaunch', status);
  else rule('tcb.status', accepted.includes(status), 'TCB_STATUS', 1, status);
  rule('tcb.relaunch', !isRelaunch || (policy.accept_relaunch_advised
    && (status === 'TDRelaunchAdvised' || accepted.includes('ConfigurationNeeded'))), 'RELAUNCH', 1, status);
  rule('tcb.current', current !== 'Revoked' && (!isOutOfDate(current) || accepted.includes(current)), 'CURRENT_TCB',
    current === 'Revoked' ? 2 : 1, current);
  rule('collateral.expiry', !expired.length || (grace > 0 && earliest + grace >= time), 'COLLATERAL_EXPIRED', 1,
    expired.map(({ name, expires }) => `${name} ended ${dateText(expires)}`).join(', ')
      || `first end ${dateText(earliest)}`);
  rule('debug', policy.allow_debug || !isDebug(quote), 'DEBUG', 2, isDebug(quote)
    ? 'debug bit set: the host can read the memory' : 'debug bit clear');
  for (const [id, mask, isAllowed, code] of [
    ['td.profiling', PROFILING, policy.allow_td_profiling, 'TD_PROFILING'],
    ['td.reserved_bits', RESERVED, policy.allow_td_reserved_bits, 'TD_RESERVED'],
  ]) {
    const found = tee === 'tdx' && tdAttributes(quote, mask);
    if (found === false) skip(id, 'the quote is of SGX');
    else rule(id, isAllowed || !found, code, 2, `0x${found.toString(16)}`);
  }
  for (const [id, name, code] of [['td.attributes', 'td_attributes', 'TD_ATTRIBUTES'], ['td.xfam', 'xfam', 'XFAM']]) {
    const wanted = policy[name], found = name === 'xfam' ? body.xfam : body.tdAttributes;
    if (!wanted) continue;
    const mask = fromHex(wanted.mask), bytes = found?.map((byte, at) => byte & mask[at]);
    rule(id, !!found && same(bytes, fromHex(wanted.value)), code, 1, found ? toHex(found) : 'the quote is of SGX');
  }
  serviceTD(quote, policy, skip, (holds, found) =>
    rule('td.service_td', policy.allow_service_td || holds, 'SERVICE_TD', 2, found));
  const data = body.reportData, none = 'nothing to compare with was given';
  if (!expected && policy.require_report_data) rule('report_data', false, 'REPORT_DATA', 1, none);
  else if (!expected) skip('report_data', none + (isZero(data) ? ', and report_data is all zero' : ''), toHex(data));
  else if (!(policy.report_data_schemes ?? [expected.scheme]).includes(expected.scheme)) {
    rule('report_data', false, 'REPORT_DATA', 1, `scheme ${expected.scheme}`);
  } else {
    const isHeld = expected.candidates.some((each) => same(each, data.subarray(0, each.length)));
    rule('report_data', isHeld, 'REPORT_DATA', 2, toHex(data) + (isHeld ? expected.said ?? '' : ''));
  }
  return list;
}

/** What a report says of a service TD (dcap 5.9): what a body cannot say is no absence. */
function serviceTD({ tee, body }, { allow_service_td: isAllowed, accepted_service_tds: accepted }, skip, rule) {
  const { mrServiceTd: service, initServTdHash: first = NONE, curServTdHash: now = NONE } = body;
  const named = [service, first, now].filter((each) => each && !isZero(each)).map(toHex), names = named.join(', ');
  const isListed = !!accepted && named.every((each) => accepted.some((one) => one.toLowerCase() === each));
  const cannot = 'this body cannot say: TDX 1.0 has no field for a service TD';
  const isMigratable = body.tdAttributes?.[3] & 0x20;
  if (tee === 'sgx') skip('td.service_td', 'the quote is of SGX');
  else if (!service) {
    if (isAllowed || !(isMigratable || accepted)) skip('td.service_td', cannot);
    else rule(false, cannot + (isMigratable ? ', and MIGRATABLE is set' : ''));
  } else if (!named.length) rule(true, toHex(service));
  else if (isZero(service)) rule(isListed, `no service TD named, and the hash of one: ${names}`);
  else if (same(first, now)) rule(!!accepted?.some((one) => one.toLowerCase() === toHex(service)), toHex(service));
  else rule(isListed, `not the service TD it began with: ${names}`);
}

const compact = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => (value ?? '') !== ''));
const outcome = ({ reason, holds }) => (reason ? 'not_performed' : holds ? 'passed' : 'failed');

/**
 * Judges a quote: everything Intel signed about it, then a policy. Whatever is given of evidence, there is a verdict.
 * @param {Bytes} input the quote, raw (`readQuote` takes the other forms)
 * @param {Bytes | string | Record<string, any> | null} collateral see `readCollateral`; whoever relays it, Intel signed
 * @param {{time?: Date | number | string, trustRoot?: Bytes | string, policy?: Record<string, any>, source?: string,
 *   reportData?: Bytes | Awaited<ReturnType<typeof expectedReportData>>, acceptTCBInfoV2?: boolean,
 *   skewSeconds?: number}} [wants] the time of every check, now by default; a root instead of Intel's; a policy's
 *   document, refused by name where a member of it is not judged by here: event logs and claims are the service's
 * @returns {Promise<Verdict>} the object of `assay verify --format json`; `explain` of assay-texts.js adds the words
 */
export async function verifyQuote(input, collateral, wants = {}) {
  options(wants, { time: ANY, trustRoot: ANY, policy: ANY, source: TEXT, reportData: ANY,
    acceptTCBInfoV2: [isFlag, 'true or false'], skewSeconds: SECONDS });
  const time = secondsOf(wants.time), { policy: chosen = STRICT_POLICY, reportData } = wants,
    policy = readPolicy(chosen), anchor = await readAnchor(wants.trustRoot);
  const expected = isBytes(reportData)
    ? await expectedReportData({ runtimeData: reportData }) : reportData ?? null;
  const { scheme, candidates } = expected ?? {}, isWhole = (each) => isBytes(each) && each.length > 31;
  must(expected === null || (isText(scheme) && Array.isArray(candidates) && candidates.length
    && Array.from(candidates).every(isWhole)), 'BINDING_INVALID', 'reportData', '',
  'bytes, or what expectedReportData gives');
  const verification = new Verification(anchor, time, wants);
  let quote, facts, failure;
  try {
    quote = parseQuote(input);
    facts = await verification.run(quote, collateral);
  } catch (error) {
    // What nobody foresaw decides nothing.
    failure = error instanceof AssayError ? error : new AssayError('INTERNAL', 'verification', `${error}`);
  }
  const results = facts ? rules(facts, policy, expected, time) : [];
  return {
    ...facts ? judged(facts, results, expected, wants.source) : refused(failure, verification.step, quote),
    trust_root: { name: anchor.isIntel ? 'Intel SGX Root CA' : "named by the operator, not Intel's",
      intel: anchor.isIntel },
    checks: checkList(quote, facts, failure, verification.step, anchor),
    policy: {
      id: policy.id,
      rules: results.map(({ id, reason, holds, code, found }) =>
        compact({ id, outcome: outcome({ reason, holds }), code: reason || holds ? '' : code, reason, found })),
    },
    binding: { scheme: expected?.scheme ?? 'none', outcome: outcome(results[results.length - 1]
      ?? { reason: 'refused' }) },
    time: dateText(time), verifier: { name: 'assay.js', version: VERSION, ruleset: 2 },
  };
}

function refused({ code, field, offset, found, wanted }, check, quote) {
  const isWorld = code === 'INTERNAL' || code.startsWith('COLLATERAL_');
  return compact({
    verdict: isWorld ? 'error' : 'reject', status: isWorld ? 'none' : 'contraindicated', reasons: [code],
    tee: quote?.tee, failure: compact({ code, check, field, offset, found, wanted }),
  });
}

function judged({ quote, tcb, platform, tcbInfo, qeIdentity, items, expired, ...facts }, results, expected,
  source = 'supplied') {
  const failed = results.filter((each) => outcome(each) === 'failed'), { launch, current } = tcb;
  const flag = (entry) => platform.configuration?.[entry] ?? 'undefined', issued = items.map((each) => each.issued);
  return {
    verdict: failed.length ? 'reject' : 'accept',
    status: isDebug(quote) || failed.some(({ tier }) => tier > 1) ? 'contraindicated' : 'warning',
    reasons: failed.length ? failed.map(({ code }) => code) : ['NO_REFERENCE_VALUES',
      ...expected?.fresh === true ? [] : ['NOT_FRESH']],
    tee: quote.tee, quote: quoteDocument(quote),
    tcb: {
      status: tcb.status, platform: launch.platform, qe: launch.qe, module: launch.module, launch: launch.status,
      current: current.status, date: dateText(launch.date), date_current: dateText(current.date),
      evaluation_number: Math.min(tcbInfo.evaluation, qeIdentity.evaluation),
      tcb_info_evaluation_number: tcbInfo.evaluation, qe_identity_evaluation_number: qeIdentity.evaluation,
      advisory_ids: launch.advisories, advisory_ids_current: current.advisories, out_of_date: tcb.outOfDate,
      svn_regression: tcb.isRegression,
    },
    platform: {
      fmspc: toHex(platform.fmspc), pce_id: toHex(platform.pceID), ca: facts.authority,
      sgx_type: ['Standard', 'Scalable', 'ScalableWithIntegrity'][platform.sgxType], pce_svn: platform.pceSVN,
      component_svns: toHex(platform.components), dynamic_platform: flag(1), cached_keys: flag(2), smt_enabled: flag(3),
    },
    collateral: {
      expired: expired.length > 0,
      expired_items: expired.map(({ name, expires }) => ({ item: name, expired: dateText(expires) })),
      expires: dateText(facts.earliest), earliest_issue: dateText(Math.min(...issued)),
      latest_issue: dateText(Math.max(...issued)), items: facts.digests, source,
    },
  };
}

function checkList(quote, facts, failure, step, anchor) {
  const failed = facts ? CHECKS.length : CHECKS.indexOf(step);
  return CHECKS.map((id, at) => {
    let reason = at > failed ? `${step} failed` : '', holds = at < failed
      && !(id === 'collateral.freshness' && facts?.expired.length);
    if (quote?.tee === 'sgx' && at !== failed && (id === 'tdx_module'
      || (facts && id === 'tcb.current'))) reason = 'the quote is of SGX';
    else if (facts && id === 'tcb.current'
      && !quote.body.teeTcbSvn2) reason = 'a TDX 1.0 body does not say which module runs now';
    const { found, wanted } = at === failed ? failure
      : { found: id === 'pck.root' && !anchor.isIntel && holds ? "a root that is NOT Intel's, named by the operator"
        : '' };
    return compact({ id, outcome: outcome({ reason, holds }), reason, found, wanted });
  });
}

// Freshness

/** @returns {Bytes} */
export const randomNonce = (count = 32) => crypto.getRandomValues(new Uint8Array(count));

async function loadBytes(url, load, options) {
  try {
    const response = await load(url, { credentials: 'omit', cache: 'no-store', redirect: 'error', ...options });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    fail('UNREACHABLE', url, `${error}`);
  }
}

async function loadJSON(url, ...how) {
  const value = parseJSON(await loadBytes(url, ...how));
  must(value.kind === 'object', 'UNREACHABLE', url, value.kind);
  return plain(value);
}

/** A nonce from POST /v1/challenges, which `take` hands out once and in its time. @param {string} issuer */
export async function fetchChallenge(issuer, load = fetch) {
  const { nonce, challenge, expires } = await loadJSON(`${issuer}/v1/challenges`, load, { method: 'POST' });
  const bytes = fromBase64URL(`${nonce}`), end = instant(`${expires}`);
  must(bytes?.length && typeof challenge === 'string' && end, 'CHALLENGE_INVALID', 'challenge');
  let isTaken = false;
  return {
    expires: end,
    take(now = secondsOf()) {
      must(!isTaken, 'CHALLENGE_SPENT', 'challenge');
      must(now < end, 'CHALLENGE_EXPIRED', 'challenge', dateText(end));
      isTaken = true;
      return { nonce: bytes, challenge };
    },
  };
}

// Tokens (wire-formats 3.7)

/** A verifier's keys, by openid-configuration, and what fetches status lists. @param {string} issuer as in tokens */
export async function discoverKeys(issuer, load = fetch) {
  const { issuer: found, jwks_uri: keySetURL } = await loadJSON(`${issuer}/.well-known/openid-configuration`, load);
  must(found === issuer, 'ISSUER_MISMATCH', 'issuer', `${found}`, issuer);
  must(`${keySetURL}`.startsWith(issuer.startsWith('https:') ? 'https:' : 'http'), 'ISSUER_MISMATCH', 'jwks_uri',
    `${keySetURL}`);
  const { keys } = await loadJSON(keySetURL, load);
  must(Array.isArray(keys), 'ISSUER_MISMATCH', 'keys');
  return { issuer, keySetURL, keys, statusList: async (uri) => latin1(await loadBytes(uri, load)) };
}

const RSA = 'RSASSA-PKCS1-v1_5';
const ALGORITHMS = {
  ES256: ['EC', { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }], EdDSA: ['OKP', { name: 'Ed25519' }],
  RS256: ['RSA', { name: RSA, hash: 'SHA-256' }], RS384: ['RSA', { name: RSA, hash: 'SHA-384' }],
  PS384: ['RSA', { name: 'RSA-PSS', hash: 'SHA-384', saltLength: 48 }],
};
const TOKEN_CHECKS = `form type key signature issuer time audience profile nonce status policy references confirmation
inclusion revocation`.split(/\s/);
const PROFILES = [
  'tag:ietf.org,2026:rats/ear#04', 'tag:github.com,2024:confidential-containers/Trustee',
  'https://www.alibabacloud.com/help/en/ecs/user-guide/eat-profile',
];
const TIERS = ['affirming', 'warning', 'contraindicated', 'none'];
const rank = (tier) => TIERS.indexOf(tier);
const CATEGORIES = ['instance-identity', 'configuration', 'executables', 'file-system', 'hardware', 'runtime-opaque',
  'storage-opaque', 'sourced-data'];
/** The rank of an AR4SI value; no assertion, or one about the verifier itself, is the worst. */
const rankOf = (value) => {
  const size = value < 0 ? -value - 1 : value;
  return size < 2 ? 3 : size < 32 ? 0 : size < 96 ? 1 : 2;
};
const isObject = (value) => !!value && typeof value === 'object' && !Array.isArray(value);
const shown = (value) => (value === undefined ? 'absent' : typeof value === 'string' ? value : JSON.stringify(value));

/** The token in what people paste: with white space, quotes or `Bearer`, or a whole answer with a member `token`. */
function pasted(pasted) {
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

function allows(key, name) {
  const size = (member) => fromBase64URL(`${key[member]}`)?.length, [kind] = ALGORITHMS[name];
  return key?.kty === kind && (key.use ?? 'sig') === 'sig' && (key.alg ?? name) === name
    && (kind === 'RSA' ? size('n') >= 256
    : key.crv === (kind === 'EC' ? 'P-256' : 'Ed25519') && size('x') === 32 && (kind === 'OKP' || size('y') === 32));
}

/** The algorithm of a token, and the key it means, if there is one; those in the header are never looked at. */
function signers({ header }, { keys, keySetURL }) {
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
async function isSigned(keys, name, signature, input) {
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

function isInTime({ iat, exp, nbf = iat }, time, skew) {
  return [iat, exp, nbf].every((each) => Number.isSafeInteger(each) && each >= 0) && exp > iat
    && Math.max(iat, nbf) <= time + skew && time - skew <= exp;
}

async function inflate(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')).getReader(), parts = [];
  for (let size = 0, part; (part = (await reader.read()).value); parts.push(part)) {
    must((size += part.length) <= JSON_BYTES, 'STATUS_LIST_INVALID', 'lst', 'too large');
  }
  return join(...parts);
}

/** What the issuer's status list says of a token; 0 is one that stands (draft-ietf-oauth-status-list 8.3). */
async function standing({ iss, status }, wants, time, skew) {
  const hold = (condition, field, found) => must(condition, 'STATUS_LIST_INVALID', field, `${found}`);
  const { uri, idx } = status?.status_list ?? {};
  hold(shown(uri).startsWith(`${iss}/`) && Number.isSafeInteger(idx) && idx >= 0, 'uri', shown(uri));
  if (!wants.statusList) return undefined;
  const token = readToken(await wants.statusList(uri)), { claims } = token, { name, keys } = signers(token, wants);
  const list = plain(claims), { bits, lst } = list.status_list ?? {}, type = token.header.get('typ')?.value;
  hold(type === 'statuslist+jwt', 'typ', type);
  hold(await isSigned(keys, name, token.signature, token.input), 'signature', 'none by the issuer');
  hold(list.sub === uri && (list.iss ?? iss) === iss, 'sub', list.sub);
  hold(isInTime(list, time, skew) && (list.ttl ?? 1) > 0, 'time', `${list.iat} to ${list.exp}`);
  hold([1, 2, 4, 8].includes(bits), 'bits', bits);
  const bytes = await inflate(fromBase64URL(`${lst}`) ?? NONE), byte = bytes[Math.floor(idx * bits / 8)];
  hold(byte !== undefined, 'idx', `${idx} in ${bytes.length} bytes`);
  return `status ${byte >> idx * bits % 8 & (1 << bits) - 1}`;
}

/** What is wrong with the status: known words, none better than what it rests on, and good enough; or nothing. */
function statusFault({ ear_status: own, submods = {} }, least, minimum) {
  const parts = isObject(submods) ? Object.entries(submods) : [['submods']];
  const overall = own === undefined ? submods?.cpu0?.['ear.status'] : own, wanted = Object.entries(minimum);
  if (rank(overall) < 0) return shown(overall);
  for (const [name, part] of parts) {
    const status = part?.ear_status ?? part?.['ear.status'];
    const vector = part?.ear_trustworthiness_vector ?? part?.['ear.trustworthiness-vector'] ?? {};
    const values = Object.values(vector);
    const isRead = isObject(vector) && values.every((each) => each === (each << 24) >> 24);
    if (!isRead || rank(status) < Math.max(0, ...values.map((each) => rankOf(each) % 3))
      || rank(status) > rank(overall)) return `${overall}, ${name} ${shown(status)}`;
    for (const [category, tier] of wanted) {
      const found = vector[category] ?? 0;
      if (rankOf(found) > rank(tier)) return `${overall}, ${name} ${category} ${found}`;
    }
  }
  return rank(overall) > rank(least) || (wanted.length && !parts.length) ? overall : undefined;
}

/** The elements of a member; one that nobody reads, where it is no array. */
const entries = (holder, name) => (!isObject(holder) || holder[name] === undefined ? []
  : Array.isArray(holder[name]) ? holder[name] : [null]);
const submodsOf = ({ submods }) => Object.values(isObject(submods) ? submods : {}).filter(isObject);

/** The hashes of policies and of reference sets that a token names; what names none is shown, and in no list. */
const named = {
  policies: (claims) => [
    ...submodsOf(claims).flatMap((each) => [...entries(each, 'ear_appraisal_policy_ids').map((name) => {
      const hash = /^ni:\/\/\/sha-256;([\w-]{43})$/.exec(shown(name))?.[1], bytes = hash && fromBase64URL(hash);
      return bytes ? toHex(bytes) : `${shown(name)}, no name of a hash`;
    }), ...[each['ear.veraison.policy-claims']].filter((own) => isObject(own) && 'policy_sha256' in own)
      .map((own) => own.policy_sha256)]),
    ...entries(claims, 'evaluation-reports').map((each) => each?.['policy-hash']),
  ],
  references: (claims) => [claims, ...submodsOf(claims).flatMap((each) =>
    [each.ear_verifier_claims, each['ear.veraison.policy-claims']])]
    .flatMap((holder) => entries(holder, 'references')).map((name) => /^sha256:([0-9a-f]{64})$/.exec(shown(name))?.[1]),
};

/** SHA-256 in hex: a name would be compared with nothing, for ever. */
function hashes(field, values) {
  const found = isTexts(values) && values.map((each) => each.toLowerCase().replace(/^sha256:/, ''));
  demand(found && found.every(isHex(32)), field, values, 'a list of SHA-256 in hex');
  return found;
}

/**
 * Every check of a relying party, in its order; what is not demanded is reported as not performed. A demand that is not
 * understood is an `AssayError`, before the token is looked at.
 * @param {string} token
 * @param {{keys: any[], keySetURL?: string, issuer?: string, audience?: string, nonce?: Bytes | string,
 *   profiles?: string[], minimumStatus?: string, minimum?: Record<string, string>, policies?: string[],
 *   references?: string[], confirmation?: string, log?: LogTrust, proof?: string,
 *   statusList?: (uri: string) => Promise<string>, skewSeconds?: number, time?: Date | number | string}} wants what
 *   `discoverKeys` found, and more; `minimum` by AR4SI category; `policies` and `references`, the reference sets whose
 *   values you accept, by SHA-256 in hex: the former alone trust the service with the values; `confirmation` an
 *   RFC 7638 thumbprint; with `log`, inclusion is demanded
 * @returns {Promise<{acceptable: boolean, checks: Check[], claims: any}>} claims only where the signature holds
 */
export async function verifyToken(token, wants) {
  options(wants, {
    keys: [Array.isArray, 'a list'], keySetURL: TEXT, issuer: TEXT, audience: TEXT, confirmation: TEXT, proof: TEXT,
    nonce: [(value) => isText(value) || (isBytes(value) && value.length), 'some text or bytes'],
    profiles: [(value) => isTexts(value) && value.length, TEXTS[1]], minimumStatus: ANY,
    minimum: [isPlain, 'an object'], policies: TEXTS, references: TEXTS, log: [isPlain, 'whom to believe'],
    statusList: [(value) => typeof value === 'function', 'a function'], skewSeconds: SECONDS, time: ANY,
  });
  const { minimumStatus: least = 'affirming', minimum = {} } = wants;
  demand(wants.keys, 'keys', wants.keys, 'a list');
  for (const each of wants.log ? Object.values(readTrust(wants.log)).filter(Array.isArray) : []) {
    demand(isTexts(each), 'log', each, TEXTS[1]);
  }
  known('minimumStatus', least, TIERS);
  for (const [category, tier] of Object.entries(minimum)) {
    known('minimum', category, CATEGORIES);
    known(category, tier, TIERS);
  }
  const lists = ['policies', 'references'].map((each) => wants[each] && hashes(each, wants[each]));
  const time = secondsOf(wants.time), skew = wants.skewSeconds ?? 60, checks = [];
  demand(Number.isFinite(time), 'time', wants.time, 'an instant');
  const put = (id, holds, found, reason, wanted) =>
    checks.push(compact({ id: `token.${id}`, outcome: outcome({ reason, holds }), reason, found, wanted }));
  const end = (claims = null) => {
    const { id: last } = checks[checks.length - 1];
    for (const id of TOKEN_CHECKS.slice(checks.length)) put(id, false, '', `${last} did not hold`);
    return { acceptable: !!claims && checks.every((each) => each.outcome !== 'failed'), checks, claims };
  };
  let parsed, name, kid, keys, type;
  try {
    parsed = readToken(pasted(token));
    type = parsed.header.get('typ');
    if (type?.kind !== 'string' || !/^(application\/)?(eat\+)?jwt$/i.test(type.value)) {
      put('form', true);
      put('type', false, type ? `typ ${type.value}` : 'no typ', '', 'typ eat+jwt or JWT');
      return end();
    }
    ({ name, kid, keys } = signers(parsed, wants));
  } catch (error) {
    put('form', false, error.message);
    return end();
  }
  put('form', true, name);
  put('type', true, type.value);
  put('key', keys.length, `${kid ?? 'no kid'}`, '', keys.length ? '' : 'one key of the given key set');
  if (!keys.length) return end();
  const isValid = await isSigned(keys, name, parsed.signature, parsed.input);
  put('signature', isValid, '', isValid === null ? `this browser has no ${name}` : '');
  if (!isValid) return end();
  const claims = plain(parsed.claims), none = 'nothing to compare with was given';
  const compare = (id, found, wanted) => {
    const all = [wanted].flat();
    put(id, all.includes(found), shown(found), wanted === undefined ? none : '', all.join(' or '));
  };
  const within = (id, found, wanted) =>
    put(id, wanted && found.length && found.every((each) => wanted.includes(each)),
      found.map(shown).join(', ') || 'absent', wanted ? '' : none, wanted?.join(' or '));
  compare('issuer', claims.iss, wants.issuer);
  put('time', isInTime(claims, time, skew), `${shown(claims.iat)} to ${shown(claims.exp)}`, '',
    `integers around ${time}, give or take ${skew} s`);
  compare('audience', Array.isArray(claims.aud) ? claims.aud.find((each) => each === wants.audience) ?? claims.aud
    : claims.aud, wants.audience);
  compare('profile', claims.eat_profile, wants.profiles ?? PROFILES);
  compare('nonce', claims.eat_nonce, wants.nonce instanceof Uint8Array ? toBase64URL(wants.nonce) : wants.nonce);
  const fault = statusFault(claims, least, minimum);
  put('status', fault === undefined, fault ?? claims.ear_status, '', `${least} or better`);
  within('policy', named.policies(claims), lists[0]);
  within('references', named.references(claims), lists[1]);
  compare('confirmation', claims.cnf?.jkt, wants.confirmation);
  const proof = wants.proof ?? (claims.log?.proof && text(fromBase64URL(`${claims.log.proof}`) ?? NONE));
  if (!wants.log) put('inclusion', false, '', 'nobody to believe about the log was given');
  else {
    try {
      must(proof, 'PROOF_MISSING', 'log');
      const entry = await verifyProof(proof, wants.log);
      await checkTokenEntry(parsed, entry);
      put('inclusion', true, `entry ${entry.index} of ${entry.origin}`);
    } catch (error) {
      put('inclusion', false, '', error.code === 'ED25519_MISSING' ? error.message : '', error.message);
    }
  }
  let reason = !('status' in claims) ? 'no place in a status list' : '', found;
  try {
    if (!reason) found = await standing(claims, wants, time, skew);
    if (found === undefined) reason ||= 'no status list was given';
  } catch (error) {
    found = error.message;
    if (error.code === 'UNREACHABLE') reason = found;
  }
  put('revocation', found === 'status 0', found, reason, 'status 0');
  return end(claims);
}

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

// The log: RFC 6962 trees, C2SP notes and proofs

export const leafHash = (leaf) => sha256([0], leaf);
export const nodeHash = (left, right) => sha256([1], left, right);

const isHash = (hash) => hash instanceof Uint8Array && hash.length === 32;
const isPath = (path, ...hashes) => Array.isArray(path) && path.length < 64 && [...path, ...hashes].every(isHash);
const count = (value) => ((Number.isSafeInteger(value) || typeof value === 'bigint') && value >= 0 && value < 2n ** 63n
  ? BigInt(value) : null);

/** `step` combines, and is told whether the sibling is to the left. */
async function climb(at, last, path, step) {
  for (const sibling of path) {
    if (last === 0n) return false;
    const isLeft = at & 1n || at === last;
    await step(sibling, isLeft);
    while (isLeft && !(at & 1n) && at) [at, last] = [at >> 1n, last >> 1n];
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n;
}

/**
 * @param {Bytes} hash of the leaf @param {number | bigint} index @param {number | bigint} size @param {Bytes[]} path
 * @param {Bytes} root
 */
export async function verifyInclusion(hash, index, size, path, root) {
  const at = count(index), total = count(size);
  if (at === null || total === null || at >= total || !isPath(path, hash, root)) return false;
  return await climb(at, total - 1n, path, async (sibling, isLeft) => {
    hash = await (isLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling));
  }) && same(hash, root);
}

/**
 * @param {number | bigint} from @param {number | bigint} to sizes
 * @param {Bytes[]} path @param {Bytes} fromRoot @param {Bytes} toRoot
 */
export async function verifyConsistency(from, to, path, fromRoot, toRoot) {
  const older = count(from), newer = count(to);
  if (older === null || newer === null || older > newer || !isPath(path, fromRoot, toRoot)) return false;
  if (older === newer || older === 0n) return !path.length && same(fromRoot, older ? toRoot : await sha256())
    && (older < newer || same(fromRoot, toRoot));
  if (!path.length) return false;
  const [first, ...rest] = older & (older - 1n) ? path : [fromRoot, ...path];
  let at = older - 1n, last = newer - 1n, left = first, right = first;
  while (at & 1n) [at, last] = [at >> 1n, last >> 1n];
  return await climb(at, last, rest, async (sibling, isLeft) => {
    if (isLeft) left = await nodeHash(sibling, left);
    right = await (isLeft ? nodeHash(sibling, right) : nodeHash(right, sibling));
  }) && same(left, fromRoot) && same(right, toRoot);
}

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

const decimal = (digits) => (/^(0|[1-9]\d{0,18})$/.test(digits) ? count(BigInt(digits)) : null);

/** Origin, size and root. @param {string} note the text of a note */
export function parseCheckpoint(note) {
  const [origin, digits, encoded, ...more] = note.split('\n'), root = fromBase64(encoded ?? ''), size = decimal(digits);
  must(origin && size !== null && isHash(root) && more.pop() === '' && more.every(Boolean), 'CHECKPOINT_INVALID',
    'checkpoint');
  return { origin, size, root };
}

/**
 * Whom to believe: keys of logs; of witnesses, and how many of these must have cosigned.
 * @typedef {{keys: string[], witnesses?: string[], quorum?: number}} LogTrust
 */

function readTrust(trust) {
  const list = [Array.isArray, TEXTS[1]];
  options(trust, { keys: list, witnesses: list, quorum: [isCount(2 ** 53), 'a number of witnesses'] }, 'log');
  demand(trust.keys, 'keys', trust.keys, TEXTS[1]);
  return trust;
}

/** A checkpoint that its log signed, and witnesses. @param {Bytes | string} note @param {LogTrust} trust */
export async function openCheckpoint(note, trust) {
  const { keys, witnesses = [], quorum = 0 } = readTrust(trust);
  const { text: message, signers } = await openNote(note, [...keys, ...witnesses]),
    checkpoint = parseCheckpoint(message);
  const cosigned = new Set(signers.filter((each) => witnesses.includes(each))).size, { origin } = checkpoint;
  must(signers.some((each) => keys.includes(each) && each.startsWith(`${origin}+`)), 'CHECKPOINT_UNTRUSTED', 'origin',
    origin);
  must(cosigned >= quorum, 'CHECKPOINT_UNTRUSTED', 'quorum', `${cosigned} witnesses`, `${quorum}`);
  return checkpoint;
}

/** The text form of a proof (transparency-log 6.1), taken apart. @param {string} proof */
export function parseProof(proof) {
  const hold = (condition, field) => must(condition, 'PROOF_INVALID', field), split = proof.indexOf('\n\n');
  const [header, ...lines] = proof.slice(0, Math.max(split, 0)).split('\n');
  hold(header === 'c2sp.org/tlog-proof@v1', 'header');
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift().slice(6)) : undefined, line = lines.shift()
    ?? '';
  hold(extra !== null, 'extra');
  const index = line.startsWith('index ') ? decimal(line.slice(6)) : null, path = lines.map((each) => fromBase64(each));
  hold(index !== null, 'index');
  hold(isPath(path), 'path');
  return { extra, index, path, checkpoint: proof.slice(split + 2) };
}

/**
 * A proof, whole: form, checkpoint, path. Refuses with the step that failed.
 * @param {string} proof @param {LogTrust} trust @param {Bytes} [leaf] the holder's own copy, which then counts
 */
export async function verifyProof(proof, trust, leaf) {
  const { extra, index, path, checkpoint: note } = parseProof(proof), held = leaf ?? extra,
    checkpoint = await openCheckpoint(note, trust);
  must(held, 'ENTRY_MISSING', 'extra');
  const hash = await leafHash(held);
  must(await verifyInclusion(hash, index, checkpoint.size, path, checkpoint.root), 'INCLUSION_FAILED', 'path');
  return { ...checkpoint, index, leaf: held, leafHash: hash };
}
