// Quotes that are broken at random: refused with a typed code or a verdict, never accepted, never anything else thrown.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { assay } from './built.js';
import { firstCase, skip } from './cases.js';

/** Healthy evidence: row 10 of the checklist adds a zero byte, which is padding. */
const KINDS = ['sgx-v3', 'tdx-v4', 'tdx15-v5'];
const healthy = (kind) => firstCase(`simulated 10 ${kind} `);

for (const kind of KINDS) {
  test(`${kind}: accepted as it is, at every cut refused`, { skip }, async () => {
    const { quote, collateral, options } = await healthy(kind);
    const verdict = await assay.verifyQuote(quote, collateral, options);
    assert.equal(verdict.verdict, 'accept');
    const { bytes } = assay.parseQuote(quote);
    for (let length = 0; length < bytes.length; length += 1) {
      assert.throws(() => assay.parseQuote(bytes.subarray(0, length)),
        (error) => error instanceof assay.AssayError && error.code.startsWith('QUOTE_'), `${length} bytes`);
    }
    for (const length of [0, 1, 47, 1_019, 1_020, bytes.length - 1]) {
      const cut = await assay.verifyQuote(bytes.subarray(0, length), collateral, options);
      assert.equal(cut.verdict, 'reject');
      assert.equal(cut.checks[0].outcome, 'failed');
    }
  });

  test(`${kind}: no byte can be changed unnoticed`, { skip }, async () => {
    const { quote, collateral, options } = await healthy(kind), { bytes, chain } = assay.parseQuote(quote);
    // A line break of PEM may become other white space; nothing else may change.
    const start = chain.byteOffset - bytes.byteOffset, codes = new Set();
    // Of the chain, whose every byte is under some signature, one byte in eleven; of the older kinds one in three.
    const stride = kind === 'tdx15-v5' ? 1 : 3;
    for (let at = 0; at < bytes.length; at += at >= start && at < start + chain.length - 11 ? 11 : stride) {
      const changed = bytes.slice();
      changed[at] ^= [0x01, 0x80, 0xff][at % 3];
      const { verdict, failure, reasons } = await assay.verifyQuote(changed, collateral, options);
      const isLineBreak = at >= start && at < start + chain.length && bytes[at] <= 0x20;
      assert.ok(verdict === 'reject' || (isLineBreak && changed[at] <= 0x20), `byte ${at} changed, and ${verdict}`);
      assert.ok(verdict !== 'reject' || failure, `byte ${at}: ${reasons}`);
      if (failure) codes.add(failure.code);
    }
    assert.ok(codes.size > 8, [...codes].join());
  });
}

test('Collateral that is broken at random decides nothing, or refuses', { skip }, async () => {
  const { quote, collateral, options } = await healthy('tdx15-v5'), text = new TextDecoder().decode(collateral);
  const bundle = JSON.parse(text);
  for (const [name, value] of Object.entries(bundle)) {
    for (const broken of ['', value.slice(0, -9), value.slice(0, 40), `${value.slice(0, 90)}\0${value.slice(91)}`, 7,
      null, {}]) {
      const verdict = await assay.verifyQuote(quote, { ...bundle, [name]: broken }, options);
      const isOptional = name === 'pck_crl_issuer_chain' && (broken === '' || broken === null);
      assert.equal(verdict.verdict === 'accept', isOptional, `${name}: ${JSON.stringify(broken)?.slice(0, 60)}`);
    }
  }
  for (const broken of [null, undefined, 7, '', '[]', 'null', '{', text.slice(1), new Uint8Array(), {}, []]) {
    const { verdict, status, failure } = await assay.verifyQuote(quote, broken, options);
    assert.deepEqual([verdict, status], ['error', 'none'], JSON.stringify(broken));
    assert.ok(failure.code.startsWith('COLLATERAL_') && failure.check === 'collateral.available');
  }
});

test('The time is an argument, and a bad one decides nothing', { skip }, async () => {
  const { quote, collateral, options } = await healthy('tdx15-v5');
  for (const time of [0, -1, 2 ** 40 + 1, NaN, Infinity, 1.5, 'yesterday', '2026-02-30T00:00:00Z', new Date(NaN)]) {
    const verdict = await assay.verifyQuote(quote, collateral, { ...options, time });
    assert.equal(verdict.verdict, 'error', String(time));
    assert.equal(verdict.failure.code, 'INTERNAL');
  }
  for (const time of [options.time, new Date(options.time * 1_000),
    new Date(options.time * 1_000).toISOString().replace('.000', '')]) {
    assert.equal((await assay.verifyQuote(quote, collateral, { ...options, time })).verdict, 'accept');
  }
  const late = await assay.verifyQuote(quote, collateral, { ...options, time: options.time + 400 * 86_400 });
  assert.deepEqual(late.reasons, ['POLICY_COLLATERAL_EXPIRED']);
});

test('A simulated root is trusted only where it is named, and then said', { skip }, async () => {
  const { quote, collateral, options } = await healthy('tdx15-v5');
  const stranger = await assay.verifyQuote(quote, collateral, { ...options, trustRoot: undefined });
  assert.deepEqual(stranger.reasons, ['PCK_ROOT_UNTRUSTED']);
  const named = await assay.verifyQuote(quote, collateral, options);
  assert.equal(named.trust_root.intel, false);
  assert.match(named.checks.find(({ id }) => id === 'pck.root').found, /NOT Intel's/);
  for (const trustRoot of ['', 'x', new Uint8Array([0x30, 0]), collateral]) {
    await assert.rejects(assay.verifyQuote(quote, collateral, { ...options, trustRoot }),
      { name: 'AssayError', code: 'PCK_ROOT_INVALID' });
  }
});

test('report_data: each scheme holds over what was bound, and over nothing else', async () => {
  const bytes = (text) => new TextEncoder().encode(text), nonce = bytes('a nonce of ours!'), runtimeData = bytes('data');
  const key = new Uint8Array(32).fill(7), nonceIssued = bytes('now');
  const hash = async (size, ...parts) =>
    assay.toHex(new Uint8Array(await crypto.subtle.digest(`SHA-${size}`, Buffer.concat(parts.map(Buffer.from)))));
  for (const [chosen, scheme, ...wanted] of [
    [{ nonce }, 'raw', assay.toHex(nonce)], [{ nonce, runtimeData }, 'raw',
      assay.toHex(Buffer.concat([nonce, runtimeData]))],
    [{ scheme: 'sha256', nonce, runtimeData }, 'sha256', await hash(256, nonce, runtimeData)],
    [{ scheme: 'sha384', runtimeData }, 'sha384', await hash(384, runtimeData)],
    [{ scheme: 'sha512', nonce }, 'sha512', await hash(512, nonce)],
    [{ scheme: 'ita', nonce, nonceIssued, runtimeData }, 'ita', await hash(512, nonce, nonceIssued, runtimeData)],
    [{ scheme: 'maa', runtimeData }, 'maa', await hash(256, runtimeData)],
    [{ key }, 'spki', await hash(256, key), await hash(512, bytes('ratls-cert:'), key)],
    [{ nonce, key }, 'assay', await hash(512, bytes('assay-v2'), [16], nonce, [32], key)],
    [{ scheme: 'assay', nonce }, 'assay', await hash(512, bytes('assay-v2'), [16], nonce, [0])],
  ]) {
    const expected = await assay.expectedReportData(chosen);
    assert.equal(expected.scheme, scheme);
    const size = scheme === 'maa' ? 64 : 128;
    assert.deepEqual(expected.candidates.map(assay.toHex), wanted.map((hex) => hex.padEnd(size, '0')));
  }
  for (const chosen of [
    {}, { scheme: 'raw' }, { scheme: 'other', nonce }, { nonce: new Uint8Array(64) }, { nonce: bytes('fifteen bytes..') },
      { nonce: new Uint8Array(65).fill(1) }, { nonce: new Uint8Array() }, { nonce, runtimeData: new Uint8Array() },
    ...['raw', 'sha256', 'sha384', 'sha512', 'maa'].map((scheme) => ({ scheme, runtimeData: new Uint8Array() })),
    { scheme: 'spki', key: new Uint8Array() }, { scheme: 'assay', nonce, key: new Uint8Array() },
    { runtimeData: new Uint8Array(65).fill(1) }, { scheme: 'maa', nonce }, { scheme: 'spki', nonce, key },
      { scheme: 'sha256', key }, { scheme: 'ita', nonce },
    { scheme: 'assay', key }, { scheme: 'assay', nonce, key: key.subarray(1) }, { scheme: 'raw', nonce, nonceIssued },
      { scheme: 'assay', nonce, runtimeData },
    { nonce: '' }, { nonce: null }, { nonce: 0, runtimeData }, { runtimeData: false, nonce }, { nonce: 'sixteen bytes...' },
      { key: '', nonce }, { nonce: Array(16).fill(1) }, { scheme: ['sha256'], nonce },
    { scheme: 'toString', nonce }, { scheme: 'ita', runtimeData, nonceIssued }, { scheme: 'sha256' }, { scheme: 'maa' },
  ]) await assert.rejects(assay.expectedReportData(chosen), { name: 'AssayError', code: 'BINDING_INVALID' },
    JSON.stringify(chosen));
});

test('assay-v2: the vectors that every implementation reads, and lengths that are refused', async () => {
  const file = new URL('../../Tests/vectors/assay-v2.json', import.meta.url);
  const { vectors, refused, replaced } = JSON.parse(await readFile(file, 'utf8'));
  const given = ({ nonce, key }) => ({ scheme: 'assay', nonce: assay.fromHex(nonce), key: key ? assay.fromHex(key)
    : undefined });
  assert.deepEqual(vectors.map(({ name }) => name), ['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7']);
  for (const vector of vectors) {
    const { candidates, fresh } = await assay.expectedReportData(given(vector));
    assert.deepEqual(candidates.map(assay.toHex), [vector.report_data], vector.name);
    assert.ok(fresh && vector.report_data !== replaced);
  }
  assert.equal(new Set(vectors.map(({ report_data }) => report_data)).size, vectors.length, 'B6 is not B3');
  assert.equal(refused.length, 12);
  for (const each of refused) await assert.rejects(assay.expectedReportData(given(each)), { code: 'BINDING_INVALID' },
    JSON.stringify(each));
});

test('What cannot have been chosen for this answer makes nothing fresh', async () => {
  const bytes = (text) => new TextEncoder().encode(text), of = (...parts) => new Uint8Array(parts.flat());
  const count = (size) => Array.from({ length: size }, (_, at) => at + 1);
  const spki = of(...Buffer.from('302a300506032b6570032100', 'hex'), count(32));
  const point = of(...Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'), 4, count(64));
  const jwk = '{"crv":"P-256","kty":"EC","x":"AAAA","y":"AAAA"}', pem = '-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----';
  for (const [name, value, fresh] of [
    ['15 bytes', of(count(15)), false], ['16 bytes', of(count(16)), true], ['Ed25519', spki, false],
    ['P-256 (row 267c)', point, false], ['a key and a byte', of(...spki, 1), true], ['PEM', bytes(`${pem}\n`), false],
    ['PEM and more', bytes(`${pem}nonce`), true], ['a JWK', bytes(jwk), false],
    ['a JWK set', bytes(`{"keys":[${jwk}]}`), false], ['a key in an object', bytes(` {"k":${jwk}}`), false],
    ['a JWK as text in an object', bytes(JSON.stringify({ 'tee-pubkey': jwk })), false],
    ['a JWK set as text', bytes(JSON.stringify({ keys: `{"keys":[${jwk}]}` })), false],
    ['a JWK as text in a text', bytes(JSON.stringify({ k: JSON.stringify({ 'tee-pubkey': jwk }) })), false],
    ['PEM and a JWK as texts', bytes(JSON.stringify({ a: pem, b: jwk })), false],
    ['a JWK as text, and a NUL in it', bytes(JSON.stringify({ 'tee-pubkey': `${jwk}\0` })), false],
    ['a JWK as text and a nonce', bytes(JSON.stringify({ nonce: 'n', 'tee-pubkey': jwk })), true],
    ['a text that only begins as a JWK', bytes(JSON.stringify({ 'tee-pubkey': `${jwk}n` })), true],
    ['a text of no key in an object', bytes('{"tee-pubkey":"sixteen bytes or more"}'), true],
    ['a PEM key in an object', bytes(JSON.stringify({ k: pem })), false],
    ['a key and a nonce', bytes(`{"k":${jwk},"nonce":"n"}`), true],
    ['a JWK with a member of its own', bytes(jwk.replace('{', '{"nonce":"of its own",')), false],
    ['what a KBS client sends', bytes(`{"nonce":"","tee-pubkey":${jwk}}`), false],
    ['and null, and nothing', bytes(`{"nonce":null,"tee-pubkey":${jwk},"extra":{},"more":[]}`), false],
    ['nothing but empty members', bytes('{"nonce":"","tee-pubkey":null}'), true],
    ['a number and a key', bytes(`{"nonce":0,"tee-pubkey":${jwk}}`), true],
    ['a key and NULs', of(...spki, 0, 0, 0), false], ['PEM and NULs', bytes(`${pem}\0\0`), false],
    ['a JWK behind a byte order mark', bytes(`\ufeff${jwk}`), false], ['a JWK and NULs', bytes(`${jwk}\0`), false],
    ['PEM behind a byte order mark', bytes(`\ufeff${pem}`), false],
  ]) {
    for (const scheme of ['sha256', 'sha384', 'sha512', 'maa']) {
      assert.equal((await assay.expectedReportData({ scheme, runtimeData: value })).fresh, fresh, `${scheme}: ${name}`);
    }
    assert.equal((await assay.expectedReportData({ key: value })).fresh, false, 'spki');
    if (value.length < 63) {
      assert.equal((await assay.expectedReportData({ runtimeData: value })).fresh, fresh, `raw: ${name}`);
    }
  }
  const zeros = of(...spki.subarray(0, 42), 0, 0);
  for (const size of [42, 43, 44, 64]) {
    const runtimeData = of(...zeros, ...Array(20).fill(0)).subarray(0, size);
    assert.equal((await assay.expectedReportData({ runtimeData })).fresh, false, `a key that ends in zeros, ${size} bytes`);
  }
  for (const [size, zeros, fresh] of [[8, 8, false], [8, 56, false], [9, 7, true], [9, 6, false], [16, 0, true]]) {
    const runtimeData = of(...count(size), ...Array(zeros).fill(0));
    assert.equal((await assay.expectedReportData({ runtimeData })).fresh, fresh, `${size} bytes and ${zeros} zeros`);
  }
});

test('report_data is held against the quote', { skip }, async () => {
  const { quote, collateral, options } = await healthy('tdx15-v5'), { reportData } = assay.parseQuote(quote).body;
  const held = await assay.verifyQuote(quote, collateral, { ...options, reportData });
  assert.deepEqual([held.verdict, held.status, held.reasons, held.binding],
    ['accept', 'warning', ['NO_REFERENCE_VALUES'], { scheme: 'raw', outcome: 'passed' }]);
  const replayed = await assay.verifyQuote(quote, collateral, { ...options, reportData: assay.randomNonce() });
  assert.deepEqual([replayed.verdict, replayed.status, replayed.reasons],
    ['reject', 'contraindicated', ['POLICY_REPORT_DATA']]);
  const unbound = await assay.verifyQuote(quote, collateral, options);
  assert.deepEqual([unbound.reasons, unbound.binding], [['NO_REFERENCE_VALUES', 'NOT_FRESH'],
    { scheme: 'none', outcome: 'not_performed' }]);
});

test('What a caller gets wrong is refused before anything is judged', async () => {
  for (const [options, code] of [
    [{ reportData: 'deadbeef' }, 'BINDING_INVALID'], [{ reportData: new Uint8Array(64) }, 'BINDING_INVALID'],
    ...['', 0, false, true, NaN, [], {}, new Uint8Array(), [1, 2], { candidates: [] }, { scheme: 'raw', candidates: [] },
      { scheme: 'raw', candidates: [new Uint8Array()] }, { scheme: 'raw', candidates: Array(1) },
      assay.expectedReportData({ nonce: new Uint8Array(16).fill(1) })].map((reportData) => [{ reportData }, 'BINDING_INVALID']),
    ...['60', -1, null, NaN, true].map((skewSeconds) => [{ skewSeconds }, 'DEMAND_UNKNOWN']),
    ...['false', 1, null].map((acceptTCBInfoV2) => [{ acceptTCBInfoV2 }, 'DEMAND_UNKNOWN']), [{ source: 5 }, 'DEMAND_UNKNOWN'],
    ...[null, 5, true, [], new Map()].map((all) => [all, 'DEMAND_UNKNOWN']),
    ...[null, 0, false, {}].map((trustRoot) => [{ trustRoot }, 'PCK_ROOT_INVALID']),
    ...[5, true, [], new Map([['id', 'mine']]), Object.create({ id: 'mine' }), new (class { id = 'mine'; })()]
      .map((policy) => [{ policy }, 'POLICY_INVALID']),
    [{ policy: {} }, 'POLICY_INVALID'], [{ policy: null }, 'POLICY_INVALID'], [{ polcy: assay.STRICT_POLICY }, 'DEMAND_UNKNOWN'],
    [{ trustRoot: 'no certificate' }, 'PCK_ROOT_INVALID'],
  ]) await assert.rejects(assay.verifyQuote(new Uint8Array(), null, options), { name: 'AssayError', code });
});

test('A quote as people keep it: raw, hex, base64', { skip }, async () => {
  const { quote } = await healthy('tdx-v4'), hex = assay.toHex(quote), base64 = assay.toBase64(quote);
  for (const form of [quote, hex, `0x${hex}`, hex.toUpperCase().replace(/^0X/, ''), base64,
    base64.replace(/(.{64})/g, '$1\n'), assay.toBase64URL(quote), ` ${hex}\n`]) {
    assert.deepEqual(assay.readQuote(form), quote);
  }
  for (const other of ['', 'no quote!', 'abc']) assert.throws(() => assay.parseQuote(assay.readQuote(other)),
    assay.AssayError);
});

test('A verdict names the rules of the service', async () => {
  const { verifier } = await assay.verifyQuote(new Uint8Array(), null);
  assert.deepEqual(verifier, { name: 'assay.js', version: assay.VERSION, ruleset: 2 });
});

/** A policy as the service has it. */
const shipped = async (name) =>
  JSON.parse(await readFile(new URL(`../../policies/${name}.json`, import.meta.url), 'utf8'));

test('A policy is judged by whole, or refused by the name of what is not', async () => {
  const unsupported = ['platform_grace_seconds', 'minimum_tcb_evaluation_number', 'minimum_tcb_date', 'rejected_advisory_ids',
    'allowed_advisory_ids', 'accepted_mr_seams', 'sgx_identity', 'td_identity', 'accepted_sgx_types', 'allow_dynamic_platform',
    'allow_cached_keys', 'allow_smt', 'accept_undefined_flags', 'accepted_fmspcs', 'accepted_ppid_sha256',
    'accepted_platform_instance_ids', 'claims', 'graces', 'allow_dbug', 'toString', '__proto__'];
  const never = 'require_event_log allow_event_log_mismatch require_all_registers_replayed require_challenge'.split(' ');
  for (const [field, value] of [...unsupported.map((name) => [name, false]), ...never.map((name) => [name, true]),
    ['require_challenge', 'service'], ['require_event_log', 'false'], ['claims', []]]) {
    const policy = JSON.parse(`{"id":"mine","${field}":${JSON.stringify(value)}}`);
    await assert.rejects(assay.verifyQuote(new Uint8Array(), null, { policy }),
      { name: 'AssayError', code: 'POLICY_UNSUPPORTED', field: `policy.${field}` }, `${field}: ${value}`);
  }
  for (const [field, value] of [
    ['accepted_tcb_statuses', ['UpToDate', 'uptodate']], ['accepted_tcb_statuses', ['OutOfDate']], ['accepted_tcb_statuses', 'UpToDate'],
    ['accepted_tcb_statuses', ['UpToDate', 'Revoked']], ['allow_debug', 'false'], ['allow_debug', 0], ['allow_service_td', null],
    ['collateral_grace_seconds', '86400'], ['collateral_grace_seconds', -1], ['td_attributes', { value: '00', mask: '00' }],
    ['td_attributes', { value: '0000001000000000', mask: '0000002000000000' }], ['xfam', {}], ['accepted_service_tds', ['00']],
    ['accepted_service_tds', []], ['report_data_schemes', ['Raw']], ['require_report_data', 'yes'], ['id', ''],
  ]) {
    await assert.rejects(assay.verifyQuote(new Uint8Array(), null, { policy: { id: 'mine', [field]: value } }),
      { name: 'AssayError', code: 'POLICY_INVALID' }, `${field}: ${JSON.stringify(value)}`);
  }
  for (const [name, field] of [['sgx-production', 'claims'], ['degraded-read-only', 'platform_grace_seconds'],
    ['gn8v-tee-llm', null]]) {
    await assert.rejects(assay.verifyQuote(new Uint8Array(), null, { policy: await shipped(name) }),
      { code: 'POLICY_UNSUPPORTED', ...field && { field: `policy.${field}` } }, name);
  }
  for (const name of ['strict', 'tdx-cloud']) {
    assert.equal((await assay.verifyQuote(new Uint8Array(), null, { policy: await shipped(name) })).verdict, 'reject');
  }
});

test('The name of a built-in policy is for its document', async () => {
  const judge = (policy) => assay.verifyQuote(new Uint8Array(), null, { policy });
  for (const name of ['strict', 'tdx-cloud']) {
    const document = await shipped(name);
    assert.equal((await judge(document)).policy.id, name);
    for (const change of [
      { allow_service_td: true }, { allow_debug: true }, { collateral_grace_seconds: 1 }, { require_report_data: true },
      { accepted_tcb_statuses: ['UpToDate', 'OutOfDate'] }, { td_attributes: { value: '00'.repeat(8), mask: 'ff'.repeat(8) } },
      { version: 9 }, { accept_relaunch_advised: true }, { report_data_schemes: ['raw'] },
    ]) {
      await assert.rejects(judge({ ...document, ...change }), { name: 'AssayError', code: 'POLICY_ID_RESERVED' },
        `${name}: ${JSON.stringify(change)}`);
      assert.equal((await judge({ ...document, ...change, id: 'mine' })).policy.id, 'mine');
    }
  }
  for (const id of ['tdx-cloud', 'sgx-production', 'degraded-read-only', 'gn8v-tee-llm', 'gn8v-tee-llm-gpu']) {
    await assert.rejects(judge({ ...assay.STRICT_POLICY, id }), { code: 'POLICY_ID_RESERVED' }, id);
  }
  assert.equal((await judge(assay.STRICT_POLICY)).policy.id, 'strict');
  await assert.rejects(judge({ ...assay.STRICT_POLICY, allow_service_td: true }), { code: 'POLICY_ID_RESERVED' });
  assert.throws(() => assay.STRICT_POLICY.accepted_tcb_statuses.push('OutOfDate'), TypeError);
});

test('Rules of other policies: attributes, extended features, report_data', { skip }, async () => {
  const { quote, collateral, options } = await healthy('tdx15-v5'), { body } = assay.parseQuote(quote);
  const sgx = await healthy('sgx-v3'), hex = (bytes) => assay.toHex(bytes), ones = 'ff'.repeat(8);
  const reasons = async (policy, reportData, of = { quote, collateral, options }) =>
    (await assay.verifyQuote(of.quote, of.collateral, { ...of.options, reportData, policy: { id: 'mine', ...policy } })).reasons;
  const open = ['NO_REFERENCE_VALUES', 'NOT_FRESH'];
  for (const [policy, found, reportData] of [
    [{ td_attributes: { value: hex(body.tdAttributes), mask: ones } }, open], [{ xfam: { value: hex(body.xfam), mask: ones } }, open],
    [{ td_attributes: { value: '0000002000000000', mask: '0000002000000000' } }, ['POLICY_TD_ATTRIBUTES']],
    [{ xfam: { value: '0000000000000080', mask: '0000000000000080' } }, ['POLICY_XFAM']],
    [{ require_report_data: true }, ['POLICY_REPORT_DATA']], [{ report_data_schemes: ['assay'] }, ['POLICY_REPORT_DATA'], body.reportData],
    [{ require_report_data: true, report_data_schemes: ['raw', 'assay'] }, ['NO_REFERENCE_VALUES'], body.reportData],
    [{ accepted_service_tds: ['ab'.repeat(48)] }, open],
  ]) assert.deepEqual(await reasons(policy, reportData), found, JSON.stringify(policy));
  const masks = { td_attributes: { value: '00'.repeat(8), mask: ones }, xfam: { value: '00'.repeat(8), mask: ones } };
  assert.deepEqual(await reasons(masks, undefined, sgx), ['POLICY_TD_ATTRIBUTES', 'POLICY_XFAM']);
});

const place = process.env.ASSAY_CORPUS ? `file://${process.env.ASSAY_CORPUS}/` : new URL('../../../shared/corpus/', import.meta.url);
const corpus = new URL('reports/yes-bindings/', place);
const absent = existsSync(corpus) ? false : 'the corpus is not beside the repository';

test('A TD that may migrate, in a body that cannot say by what: report yes-bindings 6 and 8', { skip: absent }, async () => {
  const read = (name) => readFile(new URL(name, corpus)), text = async (name) => (await read(name)).toString();
  const quote = new Uint8Array(await read('v4m.quote')), collateral = await text('collateral.json');
  const judge = async (policy) => (await assay.verifyQuote(quote, collateral,
    { time: '2026-01-15T00:00:00Z', trustRoot: await text('root.pem'), ...policy && { policy } })).reasons;
  assert.deepEqual(await judge(), ['POLICY_SERVICE_TD']);
  assert.deepEqual(await judge(JSON.parse(await text('svctd.json'))), ['POLICY_SERVICE_TD']);
  assert.ok((await judge(await shipped('tdx-cloud'))).includes('POLICY_SERVICE_TD'));
  assert.deepEqual(await judge({ id: 'mine', allow_service_td: true }), ['NO_REFERENCE_VALUES', 'NOT_FRESH']);
});
