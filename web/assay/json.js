// JSON, strict: no duplicate names, numbers and bytes as they stand

import { fail, Malformed, must, reading } from './errors.js';
import { decoder, latin1, text } from './bytes.js';

export const JSON_BYTES = 1_048_576;
const JSON_DEPTH = 16;
const TOKEN = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[^\s,:[\]{}"]+|[,:[\]{}])/y;

/**
 * @typedef {{kind: string, bytes: Bytes, offset: number, members: Map<string, Value>, elements: Value[], value: any,
 *   plain?: string}} Value `plain` where a string has no escapes; the `value` of a number is its text
 */
export function readJSON(bytes, limit = JSON_BYTES) {
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
export function plain(value) {
  if (value.kind === 'object') return Object.fromEntries([...value.members].map(([name, each]) => [name, plain(each)]));
  if (value.kind === 'array') return value.elements.map(plain);
  return value.kind === 'number' && /^(0|-?[1-9]\d*)$/.test(value.value) && Number.isSafeInteger(+value.value)
    ? +value.value : value.value;
}
