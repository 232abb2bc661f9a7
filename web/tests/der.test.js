// The readers of DER and PEM, which assay.js keeps to itself: every form that is refused, and where.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../assay/bytes.js';
import { DER } from '../assay/der.js';
import { Malformed } from '../assay/errors.js';
import { pemBlocks } from '../assay/pem.js';

const reader = (hex) => new DER(fromHex(hex));
const refused = (read, at, what) =>
  assert.throws(read, (error) => error instanceof Malformed && error.offset === at, what);

test('Lengths are definite and minimal, and what is announced is there', () => {
  for (const [hex, content] of [['0400', ''], ['0401ff', 'ff'], [`04817f${'aa'.repeat(127)}`, null],
    [`048180${'aa'.repeat(128)}`, 'aa'.repeat(128)], [`04820100${'aa'.repeat(256)}`, 'aa'.repeat(256)]]) {
    if (content === null) refused(() => reader(hex).octets(), 0, 'a long form for 127');
    else assert.equal(toHex(reader(hex).octets()), content);
  }
  for (const hex of ['', '04', '0480', '0402aa', `04820080${'aa'.repeat(128)}`, '048500000000', '0484ffffffff',
    '1f00', '0500']) {
    refused(() => reader(hex).element(0x04), 0, hex);
  }
});

test('Integers are minimal', () => {
  for (const hex of ['020100', '02017f', '02020080', '0201ff', '0202ff7f']) {
    assert.equal(toHex(reader(hex).integer()), hex.slice(4));
  }
  for (const hex of ['0200', '02020000', '0202007f', '0202ffff', '0202ff80']) {
    refused(() => reader(hex).integer(), 2, hex);
  }
  assert.equal(reader('02020100').small(256), 256);
  for (const hex of ['02020101', '0201ff', '020400ffffff']) refused(() => reader(hex).small(256), 2, hex);
});

test('Booleans, bit strings and octet strings', () => {
  assert.deepEqual(['010100', '0101ff'].map((hex) => reader(hex).boolean()), [false, true]);
  for (const hex of ['010101', '0100', '01020000']) refused(() => reader(hex).boolean(), 2, hex);
  assert.equal(toHex(reader('030200aa').bits()), 'aa');
  for (const hex of ['030107', '0300', '030201aa']) refused(() => reader(hex).bits(), 2, hex);
  refused(() => reader('0402aabb').octets(3), 2);
});

test('Times: UTCTime and GeneralizedTime, to the second, with Z, on days that exist', () => {
  const time = (tag, text) =>
    reader(tag + (text.length).toString(16).padStart(2, 0) + Buffer.from(text).toString('hex')).time();
  for (const [tag, text, date] of [
    ['17', '500101000000Z', '1950-01-01T00:00:00Z'], ['17', '491231235959Z', '2049-12-31T23:59:59Z'],
    ['18', '20500229000000Z', null], ['18', '20480229000000Z', '2048-02-29T00:00:00Z'],
  ]) {
    if (date) assert.equal(time(tag, text), Date.parse(date) / 1_000);
    else refused(() => time(tag, text), 2, text);
  }
  for (const [tag, text] of [
    ['17', '2601010000Z'], ['17', '260101000000+0000'], ['18', '260101000000Z'], ['18', '20260101000000.5Z'],
    ['18', '20261301000000Z'], ['18', '20260101240000Z'], ['16', '260101000000Z'],
    ['18', '20260101000000'],
  ]) {
    refused(() => time(tag, text), 2, text);
  }
});

test('Nothing is left over', () => {
  const inner = reader('3003020101').enter();
  refused(() => inner.finish(), 2);
  assert.equal(inner.small(9), 1);
  inner.finish();
  refused(() => reader('300002').only(), 2);
  assert.equal(reader('a003020105').explicit(0xa0, (value) => value.small(9)), 5);
  refused(() => reader('a006020105020106').explicit(0xa0, (value) => value.small(9)), 5);
  assert.equal(reader('020105').explicit(0xa0, () => 1, 'absent'), 'absent');
});

test('PEM: whole blocks of one label, and between them only white space', () => {
  const block = (label = 'X', body = 'AAEC') => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`;
  const read = (text) => pemBlocks(Buffer.from(text), 'X').map((each) => toHex(new Uint8Array(each)));
  assert.deepEqual(read(`\n ${block()}\r\n\t${block('X', 'AA\nEC')}\n`), ['000102', '000102']);
  assert.equal(read(block().repeat(8)).length, 8);
  for (const text of [
    '', ' ', 'x', `${block()}x`, `x${block()}`, block().slice(0, -1), block().replace('END X', 'END Y'),
    block('X', 'AAE'), block('X', 'AA EC'), block('X', 'AB=='),
  ]) {
    assert.throws(() => read(text), (error) => error instanceof Malformed && !error.isContent, text);
  }
  for (const text of [block('Y'), block().repeat(9)]) {
    assert.throws(() => read(text), (error) => error instanceof Malformed && error.isContent, text);
  }
});
