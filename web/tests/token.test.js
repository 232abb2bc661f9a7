// Tokens: each of a relying party's checks passed, failed and not performed, and the ways in which peers were fooled.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { assay } from './built.js';
import { Checker, program } from './checker.js';
import { ALGORITHMS, signer, utf8 } from './signing.js';

const issuer = 'https://attest.example', time = 1_800_000_000, policy = 'ab'.repeat(32), jkt = 'J'.repeat(43);
const nonce = assay.toBase64URL(utf8('a nonce of the caller'));
const CLAIMS = {
  eat_profile: 'tag:ietf.org,2026:rats/ear#04', iss: issuer, aud: 'https://chat.example', iat: time, nbf: time,
    exp: time + 300,
  jti: '0190', eat_nonce: nonce, ear_status: 'affirming', cnf: { jkt },
  submods: {
    tdx: {
      ear_status: 'affirming', ear_trustworthiness_vector: { hardware: 2, configuration: 3, executables: 3,
        'runtime-opaque': 2 },
      ear_appraisal_policy_ids: [`ni:///sha-256;${assay.toBase64URL(assay.fromHex(policy))}`],
      ear_verifier_claims: { reasons: [] },
    },
  },
};
const WANTED = { issuer, audience: 'https://chat.example', nonce, policies: [policy], confirmation: jkt, time };

const es256 = await signer('ES256'), attacker = await signer('ES256');
const keys = [es256.key];
const outcomes = ({ checks }) =>
  Object.fromEntries(checks.map(({ id, outcome }) => [id.replace('token.', ''), outcome]));

async function refused(token, check, wanted = {}) {
  const result = await assay.verifyToken(token, { keys, ...WANTED, ...wanted });
  assert.equal(result.acceptable, false);
  assert.equal(outcomes(result)[check], 'failed', JSON.stringify(result.checks));
  assert.equal(result.checks.length, 17);
  assert.deepEqual(result.checks.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id), [`token.${check}`]);
  // Nobody reads what nobody signed.
  if (['form', 'type', 'key', 'signature'].includes(check)) assert.equal(result.claims, null);
}

test('Every algorithm that is allowed', async () => {
  for (const alg of Object.keys(ALGORITHMS)) {
    const { key, sign } = await signer(alg), result = await assay.verifyToken(await sign(CLAIMS),
      { keys: [key], ...WANTED });
    assert.equal(result.acceptable, true, `${alg}: ${JSON.stringify(result.checks)}`);
    assert.deepEqual(result.claims, CLAIMS);
    const names = Object.entries(outcomes(result));
    assert.deepEqual(names.filter(([, outcome]) => outcome === 'not_performed').map(([id]) => id),
      ['references', 'measurements', 'inclusion', 'revocation']);
    assert.equal(names.filter(([, outcome]) => outcome === 'passed').length, 13);
  }
});

test('What is not demanded is not performed, and is no pass', async () => {
  const result = await assay.verifyToken(await es256.sign(CLAIMS), { keys, time, freshness: 'any', policies: ['any'] });
  assert.equal(result.acceptable, true);
  assert.deepEqual(Object.entries(outcomes(result)).filter(([, outcome]) => outcome === 'not_performed').map(([id]) =>
    id),
    ['issuer', 'audience', 'nonce', 'freshness', 'policy', 'references', 'measurements', 'confirmation', 'inclusion',
      'revocation']);
  assert.ok(result.checks.every(({ outcome, reason }) => (outcome === 'not_performed') === !!reason));
});

test('Form: no other algorithm, no key from the header, nothing malformed', async () => {
  const good = await es256.sign(CLAIMS), [header, payload, signature] = good.split('.');
  const head = (members) => assay.toBase64URL(utf8(JSON.stringify({ typ: 'JWT', ...members })));
  for (const token of [
    '', 'a', 'a.b', `${good}.`, `${good}=`, good.replace('.', '..'), `${header}.${payload}`,
      `.${payload}.${signature}`, `${header}..${signature}`,
    `${head({ alg: 'none' })}.${payload}.`, `${head({ alg: 'HS256', kid: 'one' })}.${payload}.${signature}`,
    `${head({ alg: 'toString' })}.${payload}.${signature}`, `${head({ kid: 'one' })}.${payload}.${signature}`,
    `${head({ alg: 'ES256', crit: ['exp'] })}.${payload}.${signature}`, `${assay.toBase64URL(utf8('[]'))}.${payload}.${signature}`,
    `${assay.toBase64URL(utf8('{"alg":"ES256","alg":"none"}'))}.${payload}.${signature}`,
    `${header}.${assay.toBase64URL(utf8('{"a":1,"a":2}'))}.${signature}`, 'A'.repeat(70_000),
    await es256.sign(CLAIMS, { jku: 'https://evil.example/keys' }), await es256.sign(CLAIMS, { jku: null }),
  ]) await refused(token, 'form');
  const keySetURL = `${issuer}/jwks.json`;
  assert.equal((await assay.verifyToken(await es256.sign(CLAIMS, { jku: keySetURL }),
    { keys, keySetURL, ...WANTED })).acceptable, true);
});

test('Key and signature: only the keys that were given, each for its own algorithm', async () => {
  const { key: own } = attacker, good = await es256.sign(CLAIMS), [header, payload, signature] = good.split('.');
  await refused(await attacker.sign(CLAIMS), 'signature');
  await refused(await attacker.sign(CLAIMS, { jwk: own }), 'signature');
  await refused(await attacker.sign(CLAIMS, { x5c: ['AAAA'] }), 'signature');
  await refused(await attacker.sign(CLAIMS, { kid: 'two', jwk: own }), 'key');
  await refused(`${header}.${payload}.${signature.slice(0, -2)}AA`, 'signature');
  await refused(`${header}.${payload}.`, 'signature');
  await refused(`${header}.${assay.toBase64URL(utf8(JSON.stringify({ ...CLAIMS, jti: '1' })))}.${signature}`,
    'signature');
  const rsa = await signer('RS256'), weak = await signer('RS256', 'one', 1_024);
  await refused(await rsa.sign(CLAIMS), 'key');
  await refused(await weak.sign(CLAIMS), 'key', { keys: [weak.key] });
  await refused(await rsa.sign(CLAIMS), 'key', { keys: [{ ...rsa.key, alg: 'PS384' }] });
  await refused(await rsa.sign(CLAIMS), 'key', { keys: [{ ...rsa.key, use: 'enc' }] });
  await refused(await es256.sign(CLAIMS, { alg: 'RS256' }), 'key');
  for (const key of [null, {}, { kty: 'EC' }, { ...es256.key, x: 'AA' }, { ...es256.key, crv: 'P-384' }]) {
    await refused(good, 'key', { keys: [key] });
  }
  await refused(good, 'signature', { keys: [{ ...es256.key, y: es256.key.x }] });
  const without = await es256.sign(CLAIMS, { kid: undefined });
  await refused(without, 'key', { keys: [own, es256.key] });
  assert.equal((await assay.verifyToken(without, { keys, ...WANTED })).acceptable, true);
});

test('Claims: each one wrong, alone', async () => {
  const without = (name) => Object.fromEntries(Object.entries(CLAIMS).filter(([each]) => each !== name));
  const tdx = (members) => ({ ...CLAIMS, submods: { tdx: { ...CLAIMS.submods.tdx, ...members } } });
  for (const [check, claims, wanted] of [
    ['issuer', { ...CLAIMS, iss: 'https://attest.example/' }], ['issuer', without('iss')],
    ['time', without('exp')], ['time', without('iat')], ['time',
      { ...CLAIMS, exp: time - 61, iat: time - 400, nbf: time - 400 }],
    ['time', { ...CLAIMS, iat: time + 61 }], ['time', { ...CLAIMS, nbf: time + 61 }],
      ['time', { ...CLAIMS, exp: time }],
    ['time', { ...CLAIMS, exp: `${time + 300}` }], ['time', { ...CLAIMS, exp: time + 300.5 }],
      ['time', { ...CLAIMS, nbf: null }],
    ['time', JSON.stringify(CLAIMS).replace(`"exp":${time + 300}`, `"exp":${time + 300}.0`)],
      ['time', { ...CLAIMS, exp: -1 }],
    ['time', JSON.stringify(CLAIMS).replace(`"exp":${time + 300}`, '"exp":1.8000003e9')],
    ['audience', without('aud')], ['audience', { ...CLAIMS, aud: [] }],
      ['audience', { ...CLAIMS, aud: 'https://other.example' }],
    ['profile', without('eat_profile')], ['profile', { ...CLAIMS, eat_profile: 'tag:other' }],
    ['nonce', without('eat_nonce')], ['nonce', { ...CLAIMS, eat_nonce: '' }],
      ['nonce', { ...CLAIMS, eat_nonce: `${nonce}=` }],
    ['nonce', { ...CLAIMS, eat_nonce: [nonce, 'other'] }],
    ['status', without('ear_status')], ['status', { ...CLAIMS, ear_status: 'warning' }],
      ['status', { ...CLAIMS, ear_status: 'none' }],
    ['status', { ...CLAIMS, ear_status: 'contraindicated' }, { minimumStatus: 'warning' }],
      ['status', { ...CLAIMS, ear_status: 'fine' }],
    ['status', CLAIMS, { minimum: { 'file-system': 'affirming' } }],
      ['status', tdx({ ear_trustworthiness_vector: { hardware: 32 } }), { minimum: { hardware: 'affirming' } }],
    ['status', tdx({ ear_trustworthiness_vector: { hardware: 99 } }), { minimum: { hardware: 'warning' } }],
    ['status', tdx({ ear_trustworthiness_vector: { hardware: -1 } }), { minimum: { hardware: 'contraindicated' } }],
    ['policy', tdx({ ear_appraisal_policy_ids: [] })], ['policy', tdx({ ear_appraisal_policy_ids: ['default'] })],
    ['policy',
      tdx({ ear_appraisal_policy_ids: [...CLAIMS.submods.tdx.ear_appraisal_policy_ids, 'ni:///sha-256;AAAA'] })],
    ['policy', CLAIMS, { policies: [] }], ['policy', CLAIMS, { policies: undefined }],
    ['policy', CLAIMS, { policies: undefined, defaultPolicies: ['cd'.repeat(32)] }],
    ['freshness', tdx({ ear_verifier_claims: { reasons: ['NOT_FRESH'] } })], ['freshness', tdx({ ear_verifier_claims: {} })],
    ['measurements', CLAIMS, { measurements: { mr_td: ['ab'.repeat(48)] } }],
    ['confirmation', without('cnf')], ['confirmation', { ...CLAIMS, cnf: { jkt: 'K'.repeat(43) } }],
      ['confirmation', { ...CLAIMS, cnf: null }],
  ]) await refused(await es256.sign(claims), check, wanted);
});

test('What is good enough, is', async () => {
  for (const [claims, wanted] of [
    [{ ...CLAIMS, ear_status: 'warning' }, { minimumStatus: 'warning' }],
      [{ ...CLAIMS, aud: ['a', 'https://chat.example'] }, {}],
    [CLAIMS, { minimum: { hardware: 'affirming', executables: 'affirming' } }],
      [CLAIMS, { nonce: assay.fromBase64URL(nonce) }],
    [{ ...CLAIMS, exp: time - 59, iat: time - 400, nbf: time - 400 }, {}],
    [{ ...CLAIMS, iat: time + 60, nbf: undefined }, {}],
  ]) {
    const result = await assay.verifyToken(await es256.sign(claims), { keys, ...WANTED, ...wanted });
    assert.equal(result.acceptable, true, JSON.stringify(result.checks));
  }
});

test('Inclusion: proven beside the token or in it, and a demand where the log is named', async () => {
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']),
    name = 'attest.example/log/2026';
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const id = new Uint8Array(await crypto.subtle.digest('SHA-256',
    new Uint8Array([...utf8(`${name}\n`), 1, ...raw]))).subarray(0, 4);
  const log = { keys: [`${name}+${assay.toHex(id)}+${assay.toBase64(new Uint8Array([1, ...raw]))}`] };
  const digest = assay.toHex(await assay.claimsDigest(assay.parseJSON(utf8(JSON.stringify(CLAIMS)))));
  const leaf = utf8(assay.canonicalJSON({ v: 1, kind: 'verdict', verdict: 'accept', jti: CLAIMS.jti, kid: 'one',
    claims_sha256: digest, reasons: [] }));
  const hash = await assay.leafHash(leaf), other = await assay.leafHash(utf8('{}')),
    root = await assay.nodeHash(other, hash);
  const text = `${name}\n2\n${assay.toBase64(root)}\n`,
    signature = new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, pair.privateKey, utf8(text)));
  const proof = `c2sp.org/tlog-proof@v1\nextra ${assay.toBase64(leaf)}\nindex 1\n${assay.toBase64(other)}\n\n${text}\n`
    + `— ${name} ${assay.toBase64(new Uint8Array([...id, ...signature]))}\n`;
  const pointer = { origin: name, index: 1, leaf: assay.toBase64URL(hash) };
  const outside = await es256.sign({ ...CLAIMS, log: pointer }),
    inside = await es256.sign({ ...CLAIMS, log: { ...pointer, proof: assay.toBase64URL(utf8(proof)) } });
  for (const [token, wanted] of [[outside, { log, proof }], [inside, { log }]]) {
    const result = await assay.verifyToken(token, { keys, ...WANTED, ...wanted });
    assert.equal(outcomes(result).inclusion, 'passed', JSON.stringify(result.checks));
    assert.equal(result.acceptable, true);
  }
  await refused(outside, 'inclusion', { log });
  await refused(await es256.sign(CLAIMS), 'inclusion', { log, proof });
  await refused(await es256.sign({ ...CLAIMS, jti: '2' }), 'inclusion', { log, proof });
  await refused(await es256.sign({ ...CLAIMS, log: { ...pointer, index: 0 } }), 'inclusion', { log, proof });
  await refused(await es256.sign({ ...CLAIMS, log: { ...pointer, proof: 'x' } }), 'inclusion', { log });
  await refused(outside, 'inclusion', { log, proof: proof.replace('index 1', 'index 0') });
  await refused(outside, 'inclusion', { log: { keys: [] }, proof });
});

const uri = `${issuer}/v1/status-list/x`, place = 131_071;
const PLACED = { ...CLAIMS, status: { status_list: { idx: place, uri } } };
const LIST = { iss: issuer, sub: uri, iat: time, exp: time + 300, ttl: 60 };
const TYPE = { typ: 'statuslist+jwt' };
const zlib = (bytes) => deflateSync(bytes).toString('base64url');

/** A Status List Token; `withdrawn` places have their bit. */
async function list(withdrawn = [], { claims = {}, header = {}, by = es256, content } = {}) {
  const bytes = new Uint8Array(16_384);
  for (const index of withdrawn) bytes[index >> 3] |= 1 << (index & 7);
  const made = { ...LIST, status_list: content ?? { bits: 1, lst: zlib(bytes) }, ...claims };
  return by.sign(JSON.parse(JSON.stringify(made)), { ...TYPE, ...header });
}

async function revocation(claims, statusList) {
  const result = await assay.verifyToken(await es256.sign(claims), { keys, ...WANTED, ...statusList && { statusList } });
  return { ...result.checks.find(({ id }) => id === 'token.revocation'), acceptable: result.acceptable };
}

test('A status list: what stands passes, what was withdrawn fails, and only that', async () => {
  const asked = [];
  const good = await revocation(PLACED, async (url) => {
    asked.push(url);
    return list([0, 7, place - 1]);
  });
  assert.deepEqual([good.outcome, good.acceptable, asked], ['passed', true, [uri]]);
  const bad = await revocation(PLACED, () => list([place]));
  assert.deepEqual([bad.outcome, bad.found, bad.wanted, bad.acceptable], ['failed', 'status 1', 'status 0', false]);
  // The draft's own example (4.1), in every width.
  const widths = { 1: [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1], 2: [1, 2, 3, 2, 3, 0, 2, 2], 4: [9, 11, 3, 10],
    8: [0xb9, 0xa3] };
  for (const [bits, statuses] of Object.entries(widths)) {
    for (const [idx, status] of statuses.entries()) {
      const claims = { ...CLAIMS, status: { status_list: { idx, uri } } };
      const found = await revocation(claims, () => list([], { content: { bits: +bits, lst: 'eNrbuRgAAhcBXQ' } }));
      assert.deepEqual([found.found, found.outcome], [`status ${status}`, status ? 'failed' : 'passed']);
    }
  }
  for (const claims of [{ iss: undefined }, { ttl: undefined }, { iat: time + 60 }, { exp: time - 59, iat: time - 90 }]) {
    assert.equal((await revocation(PLACED, () => list([], { claims }))).outcome, 'passed', JSON.stringify(claims));
  }
});

test('A status list that cannot be believed is no pass', async () => {
  const other = { ...es256.key, kid: 'two' }, [head, , signature] = (await list()).split('.');
  for (const [name, made] of Object.entries({
    nothing: '', page: '<html>', long: 'a'.repeat(70_000), none: list([], { header: { alg: 'none' } }),
    crit: list([], { header: { crit: ['exp'] } }), jku: list([], { header: { jku: 'https://evil.example' } }),
    kind: list([], { header: { typ: 'eat+jwt' } }), untyped: list([], { header: { typ: undefined } }),
    stranger: list([], { by: attacker }), kid: list([], { header: { kid: other.kid } }),
    payload: `${head}.${(await list([place])).split('.')[1]}.${signature}`,
    subject: list([], { claims: { sub: `${uri}y` } }), nobody: list([], { claims: { sub: undefined } }),
    issuer: list([], { claims: { iss: 'https://evil.example' } }),
    expired: list([], { claims: { exp: time - 61, iat: time - 90 } }), endless: list([], { claims: { exp: undefined } }),
    text: list([], { claims: { exp: `${time + 300}` } }), fraction: list([], { claims: { exp: time + 0.5 } }),
    future: list([], { claims: { iat: time + 61 } }), begun: list([], { claims: { iat: undefined } }),
    ttl: list([], { claims: { ttl: 0 } }), words: list([], { claims: { ttl: 'x' } }), digits: list([], { claims: { ttl: '60' } }),
    null: list([], { claims: { ttl: null } }), half: list([], { claims: { ttl: 0.5 } }),
    empty: list([], { claims: { status_list: undefined } }), bits: list([], { content: { bits: 3, lst: zlib(Buffer.alloc(99)) } }),
    padding: list([], { content: { bits: 1, lst: `${zlib(Buffer.alloc(16_384))}==` } }),
    outside: list([], { content: { bits: 1, lst: 'eNrbuRgAAhcBXQ' } }),
    raw: list([], { content: { bits: 1, lst: 'AAAAAAAAAAAA' } }),
    checksum: list([], { content: { bits: 8, lst: 'eNrbuRgAAhcBXA' } }),
    cut: list([], { content: { bits: 1, lst: zlib(Buffer.alloc(16_384)).slice(0, -8) } }),
    behind: list([], { content: { bits: 1, lst: Buffer.concat([deflateSync(Buffer.alloc(16_384)), Buffer.of(0)]).toString('base64url') } }),
    bomb: list([], { content: { bits: 1, lst: zlib(Buffer.alloc(2 ** 20 + 1)) } }),
  })) {
    const found = await revocation(PLACED, () => made);
    assert.deepEqual([found.outcome, found.acceptable], ['failed', false], `${name}: ${JSON.stringify(found)}`);
    assert.ok(found.found, name);
  }
  const most = await revocation(PLACED, () => list([], { content: { bits: 1, lst: zlib(Buffer.alloc(2 ** 20)) } }));
  assert.equal(most.outcome, 'passed');
});

test('Only the issuer is asked about a token; who is asked nothing, or does not answer, is no verdict', async () => {
  const never = () => assert.fail('nobody may be asked');
  for (const status of [
    {}, 'valid', { status_list: {} }, { status_list: { idx: -1, uri } }, { status_list: { idx: '1', uri } },
    { status_list: { idx: 1.5, uri } }, { status_list: { idx: 1 } }, { status_list: { idx: 1, uri: 7 } },
    ...['https://evil.example/x', issuer, `${issuer}.evil.example/x`, `${issuer}@evil.example/x`, `${issuer}:8443/x`].map(
      (elsewhere) => ({ status_list: { idx: 1, uri: elsewhere } })),
  ]) {
    const found = await revocation({ ...CLAIMS, status }, never);
    assert.deepEqual([found.outcome, found.acceptable], ['failed', false], JSON.stringify(status));
  }
  for (const [claims, statusList, reason] of [
    [CLAIMS, never, /no place/], [PLACED, undefined, /no status list was given/],
    [PLACED, async () => { throw new assay.AssayError('UNREACHABLE', uri, 'status 503'); }, /UNREACHABLE.*status 503/],
  ]) {
    const found = await revocation(claims, statusList);
    assert.deepEqual([found.outcome, found.acceptable], ['not_performed', true]);
    assert.match(found.reason, reason);
  }
});

test('Discovery: the issuer must be the one that was asked, over https', async () => {
  const serve = (documents) => async (url, options) => {
    assert.equal(options.credentials, 'omit');
    if (!(url in documents)) return new Response('', { status: 404 });
    return new Response(typeof documents[url] === 'string' ? documents[url] : JSON.stringify(documents[url]));
  };
  const configuration = `${issuer}/.well-known/openid-configuration`, set = `${issuer}/jwks.json`;
  const found = await assay.discoverKeys(issuer,
    serve({ [configuration]: { issuer, jwks_uri: set, default_policy_sha256: policy }, [set]: { keys } }));
  const { statusList, ...rest } = found;
  assert.deepEqual(rest, { issuer, keySetURL: set, keys, defaultPolicies: [policy] });
  await assert.rejects(statusList(`${issuer}/list`), { code: 'UNREACHABLE' });
  assert.equal((await assay.verifyToken(await es256.sign(CLAIMS), { ...WANTED, ...found })).acceptable, true);
  for (const [documents, code] of [
    [{}, 'UNREACHABLE'], [{ [configuration]: { issuer: `${issuer}/`, jwks_uri: set } }, 'ISSUER_MISMATCH'],
    [{ [configuration]: { issuer, jwks_uri: 'http://attest.example/jwks.json' } }, 'ISSUER_MISMATCH'],
    [{ [configuration]: { issuer } }, 'ISSUER_MISMATCH'], [{ [configuration]: '<html>' }, 'JSON'],
    [{ [configuration]: '{"issuer":"a","issuer":"b"}' }, 'JSON'],
      [{ [configuration]: { issuer, jwks_uri: set } }, 'UNREACHABLE'],
  ]) await assert.rejects(assay.discoverKeys(issuer, serve(documents)), { name: 'AssayError', code });
  await assert.rejects(assay.discoverKeys(issuer, async () => { throw new TypeError('no network'); }),
    { code: 'UNREACHABLE' });
});

test('A challenge is taken once, in its time', async () => {
  const expires = new Date((Math.floor(Date.now() / 1_000) + 120) * 1_000).toISOString().replace('.000', '');
  const answer = { nonce: assay.toBase64URL(new Uint8Array(32).fill(5)), challenge: 'a.b.c', expires };
  const load = (body) => async (url, { method }) => {
    assert.deepEqual([url, method], [`${issuer}/v1/challenges`, 'POST']);
    return new Response(JSON.stringify(body), { status: 201 });
  };
  const challenge = await assay.fetchChallenge(issuer, load(answer));
  assert.deepEqual(challenge.take(), { nonce: new Uint8Array(32).fill(5), challenge: 'a.b.c' });
  assert.throws(() => challenge.take(), { name: 'AssayError', code: 'CHALLENGE_SPENT' });
  const late = await assay.fetchChallenge(issuer, load(answer));
  assert.throws(() => late.take(late.expires), { code: 'CHALLENGE_EXPIRED' });
  for (const broken of [{}, { ...answer, nonce: '!' }, { ...answer, challenge: 7 }, { ...answer, expires: 'soon' },
    null, []]) {
    await assert.rejects(assay.fetchChallenge(issuer, load(broken)), { name: 'AssayError' });
  }
  assert.equal(assay.randomNonce().length, 32);
  assert.notDeepEqual(assay.randomNonce(), assay.randomNonce());
});

test('A whole challenge, status list or key set is named, and what was wanted', async () => {
  for (const [token, found] of [
    [await es256.sign(CLAIMS, { typ: 'assay-challenge+jwt' }), 'typ assay-challenge+jwt'], [await list(), 'typ statuslist+jwt'],
    [await es256.sign(CLAIMS, { typ: undefined }), 'no typ'],
  ]) {
    const { checks } = await assay.verifyToken(token, { keys, ...WANTED }), type = checks.find(({ id }) => id === 'token.type');
    assert.deepEqual([type.outcome, type.found, type.wanted], ['failed', found, 'typ eat+jwt or JWT']);
  }
  for (const [token, found] of [[JSON.stringify({ keys }), /a key set/], ['0400020081000000', /a quote/], ['{}', /without one/]]) {
    const { checks: [form] } = await assay.verifyToken(token, { keys, ...WANTED });
    assert.deepEqual([form.id, form.outcome], ['token.form', 'failed']);
    assert.match(form.found, found);
  }
});

test('A demand that nobody knows throws before the token is looked at', async () => {
  for (const wanted of [
    { minimumStatus: 'Affirming' }, { minimumStatus: 'warn' }, { minimumStatus: '' }, { minimumStatus: null },
    { minimum: { executables: 'Affirming' } }, { minimum: { executable: 'affirming' } }, { minimumStaus: 'affirming' },
    { policies: 'ab' }, { policies: ['strict'] }, { references: [policy.slice(1)] }, { nonce: '' }, { nonce: new Uint8Array() },
    { audience: '' }, { nounce: 'x' },
  ]) {
    await assert.rejects(assay.verifyToken({}, { keys, ...WANTED, ...wanted }), { name: 'AssayError', code: 'DEMAND_UNKNOWN' },
      JSON.stringify(wanted));
  }
});

/** What is no object of members: whatever it was meant to demand, it has nothing to look through. */
const NO_OBJECTS = [null, 5, 0, true, false, '', 'x', [], new Map([['hardware', 'affirming']]), new Set(['hardware']),
  new (class { hardware = 'affirming'; })(), Object.create({ hardware: 'affirming' }), () => {}];
const NO_TEXTS = [null, 0, 5, true, false, '', [], [undefined], ['x'], {}, new Map()];
const NO_SECONDS = ['60', '', null, -1, 1.5, NaN, Infinity, 2 ** 53, true, [60], {}];
const NO_HASHES = [null, '', false, 0, {}, new Set([policy]), [null], [[policy]], Array(2), [policy, , policy]];
const each = (name, values) => values.map((value) => ({ [name]: value }));

test('A demand of another kind throws: it would demand less than it says', async () => {
  const lists = [undefined, 'x', {}, [undefined], [''], Array(1)], log = (more) => ({ log: { keys: [], ...more } });
  const demands = [
    ...each('minimum', NO_OBJECTS), ...each('skewSeconds', NO_SECONDS), ...each('policies', NO_HASHES),
    ...each('references', NO_HASHES), ...['issuer', 'audience', 'confirmation', 'keySetURL', 'proof'].flatMap((name) =>
      each(name, NO_TEXTS)),
    ...each('nonce', [...NO_TEXTS, new Uint8Array(), [1, 2]]), ...each('profiles', ['x', null, [], [undefined], Array(1), {}]),
    ...each('statusList', [null, '', false, true, 'list', {}]), ...each('log', NO_OBJECTS), { log: {} },
    ...each('keys', [null, {}, 'x', undefined]), ...each('time', ['soon', null, [time], true, new Date(NaN), `${time}`]),
    ...lists.map((list) => ({ log: { keys: list } })), ...lists.slice(1).map((list) => log({ witnesses: list })),
    ...['2', null, -1, [], 0.5].map((quorum) => log({ quorum })), log({ quorom: 2 }),
  ];
  for (const wanted of demands) {
    await assert.rejects(assay.verifyToken({}, { keys, ...WANTED, ...wanted }), { name: 'AssayError', code: 'DEMAND_UNKNOWN' },
      `${Object.keys(wanted)}: ${String(Object.values(wanted)[0]?.keys ?? typeof Object.values(wanted)[0])}`);
  }
  for (const wanted of [...NO_OBJECTS, undefined]) {
    await assert.rejects(assay.verifyToken({}, wanted), { name: 'AssayError', code: 'DEMAND_UNKNOWN' });
  }
  const undemanded = Object.fromEntries('nonce audience minimum policies references measurements confirmation log statusList skewSeconds'
    .split(' ').map((name) => [name, undefined]));
  const { acceptable } = await assay.verifyToken(await es256.sign(CLAIMS),
    { keys, time, defaultPolicies: [policy], ...undemanded });
  assert.equal(acceptable, true);
});

test('The drop-in for Node throws on the same', async () => {
  const checker = new Checker(issuer, { keys, defaultPolicies: [policy], clock: () => time }), token = await es256.sign(CLAIMS);
  for (const wanted of [
    ...each('minimum', NO_OBJECTS), ...each('skewSeconds', NO_SECONDS), ...each('policies', NO_HASHES),
    ...each('references', NO_HASHES), ...['nonce', 'audience', 'confirmation'].flatMap((name) => each(name, NO_TEXTS)),
    ...each('statusList', [null, '', 0, 1, 'false', {}, () => {}]), ...NO_OBJECTS,
  ]) await assert.rejects(checker.check(token, wanted), TypeError, `${typeof wanted} ${Object.keys(wanted ?? {})}`);
  for (const means of [
    ...NO_OBJECTS, ...each('keys', [null, {}, 'x']), ...each('clock', [null, 5, time]), ...each('load', [null, 'x']),
    ...each('keySetURL', NO_TEXTS),
  ]) assert.throws(() => new Checker(issuer, means), TypeError, `${typeof means} ${Object.keys(means ?? {})}`);
  for (const other of NO_TEXTS) assert.throws(() => new Checker(other, { keys }), TypeError);
  assert.deepEqual(await checker.check(token, { nonce: undefined, minimum: undefined, statusList: undefined }), CLAIMS);
});

test('The drop-in for Node as a program: two tiers of one category are a mistake of the command line', () => {
  const run = (...minimum) => spawnSync(process.execPath,
    [program, '--issuer', 'http://127.0.0.1:9', ...minimum.flatMap((each) => ['--minimum', each])], { input: 'a.b.c' });
  assert.equal(run('executables=affirming', 'executables=none').status, 64);
  assert.equal(run('executables=affirming', 'hardware=none').status, 1);
});
