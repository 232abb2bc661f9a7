// assay.js as a file: its size, its names, what it asks for, and that it is its modules. And the readers below all else.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as modules from '../assay/assay.js';
import { assay, file } from './built.js';

const utf8 = (text) => new TextEncoder().encode(text);

test('assay.js is below 38 KB compressed, and needs nothing', async () => {
  const source = await readFile(file('assay.js')), size = gzipSync(source, { level: 9 }).length;
  console.log(`assay.js: ${source.length} bytes, ${size} with gzip -9`);
  assert.ok(size < 38_000, `${size} bytes`);
  assert.doesNotMatch(source.toString(),
    /^\s*import\b|\bimport\(|\brequire\(|\beval\(|new Function|https?:\/\/(?!www\.alibabacloud\.com)/m);
});

test('Every export is named at the top of the file', async () => {
  const source = await readFile(file('assay.js'), 'utf8'), [top] = source.split('*/');
  for (const name of Object.keys(assay)) if (name !== 'VERSION') assert.match(top, new RegExp(`\\b${name}\\b`), name);
  const listed = top.match(/^ \* (?:Quotes|Freshness|Tokens|Log|Bytes| {10}) .*$/gm).join(' ').match(
    /\b[A-Za-z_]+(?=,|$| \*)/g);
  for (const name of listed) if (!['Quotes', 'Freshness', 'Tokens', 'Log',
    'Bytes'].includes(name)) assert.ok(name in assay, name);
});

test('assay.js is its modules: every line of each, and no other', async () => {
  const lines = (source) => source.split('\n').filter((line) => line && !/^(import|export) \{.*\} from /.test(line))
    .map((line) => line.replace(/^export /, ''));
  const folder = new URL('../assay/', import.meta.url), joined = lines(await readFile(file('assay.js'), 'utf8'));
  let count = 0;
  for (const name of await readdir(folder)) {
    const own = lines(await readFile(new URL(name, folder), 'utf8'));
    assert.ok(`\n${joined.join('\n')}\n`.includes(`\n${own.join('\n')}\n`), `${name} has changed: run make web`);
    count += own.length;
  }
  assert.equal(joined.length, count);
  assert.deepEqual(Object.keys(assay), Object.keys(modules));
});

test('JSON: what RFC 8259 allows and nothing else', () => {
  const reads = (text, value) => assert.deepEqual(assay.parseJSON(utf8(text)).value, value, text);
  reads(' "a\\u00e9\\ud83d\\ude00\\n" ', 'aé😀\n');
  reads('"é😀"', 'é😀');
  reads('-0.5e+7', '-0.5e+7');
  reads('true', true);
  reads('null', null);
  const text = ' {"a" : [1, {"b":"é"}] , "c":{}} ', value = assay.parseJSON(utf8(text));
  assert.equal(new TextDecoder().decode(value.members.get('a').bytes), '[1, {"b":"é"}]');
  assert.equal(value.members.get('a').elements[1].members.get('b').plain, 'é');
  assert.equal(value.offset, 1);
  for (const bad of [
    '', ' ', '{', '[', '"', '{"a":1,}', '[1,]', '{a:1}', "{'a':1}", '01', '-', '1.', '.5', '1e', '+1', 'NaN', 'tru',
      'truer', '1 2', '{}{}',
    '"\\x"', '"\\u12"', '"\\ud800"', '"\\udc00\\ud800"', '"\\ud800x"', '"\t"', '"\n"', '\ufeff{}', '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
    '[{"b":1,"b":1}]', `${'['.repeat(17)}${']'.repeat(17)}`, '/**/1', '{"a":1}x', '\u00a01',
  ]) assert.throws(() => assay.parseJSON(utf8(bad)), { name: 'AssayError', code: 'JSON' }, bad);
  assay.parseJSON(utf8(`${'['.repeat(16)}${']'.repeat(16)}`));
  for (const bytes of [[0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]]) {
    assert.throws(() => assay.parseJSON(Uint8Array.from(bytes)), { code: 'JSON' });
  }
  assert.throws(() => assay.parseJSON(utf8(`"${'a'.repeat(2 ** 20)}"`)), { code: 'JSON' });
});

test('Canonical JSON: RFC 8785 without fractions', () => {
  for (const [text, canonical] of [
    ['{"b":1,"a":[true,null,"\\u0000\\u001f\\/é"]}', '{"a":[true,null,"\\u0000\\u001f/é"],"b":1}'],
    ['{"\\ufb33":1,"\\ud83d\\ude00":2}', '{"😀":2,"\ufb33":1}'], ['9007199254740991', '9007199254740991'], ['-1', '-1'],
      ['0', '0'],
    ['"\\b\\t\\n\\f\\r\\"\\\\"', '"\\b\\t\\n\\f\\r\\"\\\\"'],
  ]) assert.equal(assay.canonicalJSON(assay.parseJSON(utf8(text))), canonical);
  for (const text of ['1.0', '1e2', '-0', '9007199254740992', '[0.5]']) {
    assert.throws(() => assay.canonicalJSON(assay.parseJSON(utf8(text))), { code: 'JSON' }, text);
  }
  assert.equal(assay.canonicalJSON({ b: 1, a: ['x', false] }), '{"a":["x",false],"b":1}');
  for (const value of [0.5, NaN, -0.1, 2 ** 53]) assert.throws(() => assay.canonicalJSON(value), { code: 'JSON' });
});

test('Base64 and hex: one text for one byte string', () => {
  for (const bytes of [[], [0], [255, 254], [1, 2, 3], [...Array(70).keys()]].map((list) => Uint8Array.from(list))) {
    assert.deepEqual(assay.fromBase64(assay.toBase64(bytes)), bytes);
    assert.deepEqual(assay.fromBase64URL(assay.toBase64URL(bytes)), bytes);
    assert.deepEqual(assay.fromHex(assay.toHex(bytes).toUpperCase()), bytes);
  }
  for (const bad of ['A', 'AA', 'AAA', 'AA=', 'AB==', 'AAB=', 'A===', '====', 'AAAA====', 'AA==AA==', 'AA A', 'AA-_',
    'AAAA\n', 'é===', 'AAA\0']) {
    assert.equal(assay.fromBase64(bad), null, bad);
  }
  assert.deepEqual(assay.fromBase64('AA\r\nA\nA', true), new Uint8Array(3));
  for (const bad of ['AA\rAA', 'AA=\n=', 'AA ==']) assert.equal(assay.fromBase64(bad, true), null, bad);
  for (const bad of ['A', 'AB', 'AA==', 'AA+/', 'AA\n']) assert.equal(assay.fromBase64URL(bad), null, bad);
  for (const bad of ['a', 'gg', '0x', ' 00', '0é']) assert.equal(assay.fromHex(bad), null, bad);
});
