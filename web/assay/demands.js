// Demands: what is not understood is refused

import { must } from './errors.js';
import { fromHex } from './bytes.js';

export const isText = (value) => typeof value === 'string' && value !== '';
export const isTexts = (value) => Array.isArray(value) && Array.from(value).every(isText);
export const isBytes = (value) => value instanceof Uint8Array;

/** An object of members and nothing else: a map, a list or a number has none, and would demand nothing. */
export const isPlain = (value) => {
  const above = value && typeof value === 'object' && Object.getPrototypeOf(value);
  return above === null ? value !== null : !!above && Object.getPrototypeOf(above) === null
    && Object.hasOwn(above, 'isPrototypeOf');
};

export const isFlag = (value) => typeof value === 'boolean';
export const isCount = (most) => (value) => Number.isSafeInteger(value) && value >= 0 && value <= most;
export const isHex = (count) => (value) => isText(value) && fromHex(value)?.length === count;

/** Refuses a word or a name that nobody here knows: a typo must not be the laxest of demands. */
export function known(field, word, words) {
  demand(words.includes(word), field, word, words.join(', '));
}

export function demand(holds, field, found, wanted) {
  must(holds, 'DEMAND_UNKNOWN', field, isPlain(found) || Array.isArray(found) || typeof found === 'string'
    ? JSON.stringify(found) : String(found), wanted);
}

/** Refuses options that are none, and values that would demand less than they say. `undefined` demands nothing. */
export function options(given, kinds, field = 'options') {
  demand(isPlain(given), field, given, 'an object');
  for (const [name, value] of Object.entries(given)) {
    known('option', name, Object.keys(kinds));
    const [holds, wanted] = kinds[name];
    demand(value === undefined || holds(value), name, value, wanted);
  }
}

export const TEXT = [isText, 'some text'];
export const TEXTS = [isTexts, 'a list of texts'];
export const ANY = [() => true, ''];
export const SECONDS = [isCount(2 ** 53), 'whole seconds'];
