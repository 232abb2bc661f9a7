// The drop-in for Node: what it asks for and keeps, and what it throws. The checks themselves are those of assay.js, on
// which the table of tokens holds both to the same answers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { Checker, TokenRefused } from './checker.js';
import { signer } from './signing.js';

const issuer = 'https://attest.example', time = 1_800_000_000, set = `${issuer}/jwks.json`, uri = `${issuer}/list`;
const policy = 'ab'.repeat(32), other = 'cd'.repeat(32), under = (hash) => ({ 'evaluation-reports': [{ 'policy-hash': hash }] });
const CLAIMS = { eat_profile: 'tag:ietf.org,2026:rats/ear#04', iss: issuer, iat: time, exp: time + 300,
  ear_status: 'affirming', reasons: [], ...under(policy) };
const PLACED = { ...CLAIMS, status: { status_list: { idx: 9, uri } } };
const own = await signer('ES256'), stranger = await signer('ES256', 'two');
const good = await own.sign(CLAIMS), placed = await own.sign(PLACED);
const discovery = `${issuer}/.well-known/openid-configuration`;
const known = { [discovery]: { issuer, jwks_uri: set, default_policy_sha256: policy }, [set]: { keys: [own.key] } };

/** A Status List Token in which the given places are withdrawn. */
async function list(withdrawn = [], claims = {}) {
  const places = new Uint8Array(16);
  for (const index of withdrawn) places[index >> 3] |= 1 << (index & 7);
  const content = { bits: 1, lst: deflateSync(places).toString('base64url') };
  const all = { iss: issuer, sub: uri, iat: time, exp: time + 300, ttl: 60, status_list: content, ...claims };
  return own.sign(JSON.parse(JSON.stringify(all)), { typ: 'statuslist+jwt' });
}

/** A checker in a world of these documents, and what it has asked for; what is not there does not answer. */
function world(documents, means = {}) {
  const asked = [];
  const load = async (url) => {
    asked.push(url);
    if (documents[url] === undefined) throw new Error(`${url}: status 503`);
    return typeof documents[url] === 'string' ? documents[url] : JSON.stringify(documents[url]);
  };
  return { asked, documents, checker: new Checker(issuer, { load, clock: () => time + 0.9, ...means }) };
}

const refused = (checker, token, check, wanted) =>
  assert.rejects(checker.check(token, wanted), (error) => error instanceof TokenRefused && error.check === check);
const unreachable = (checker, token, wanted) => assert.rejects(checker.check(token, wanted), (error) =>
  !(error instanceof TokenRefused) && !(error instanceof TypeError) && /status 503/.test(error.message));

test('Keys are asked for once, and a kid that nobody knows does not have them asked for again', async () => {
  const { checker, asked } = world(known), pair = Object.keys(known);
  assert.deepEqual(await checker.check(good), CLAIMS);
  assert.deepEqual(asked, pair);
  await checker.check(`"${good}"\n`);
  await refused(checker, await stranger.sign(CLAIMS), 'token.key');
  assert.deepEqual(asked, pair);
});

test('New keys are found after the patience of ten seconds', async (context) => {
  const { checker, asked, documents } = world({ ...known }), { performance } = globalThis, start = performance.now();
  await checker.check(good);
  documents[set] = { keys: [own.key, stranger.key] };
  const token = await stranger.sign(CLAIMS);
  await refused(checker, token, 'token.key');
  context.mock.method(performance, 'now', () => start + 20_000);
  assert.deepEqual(await checker.check(token), CLAIMS);
  assert.equal(asked.length, 4);
});

test('Keys that were given are never asked for', async () => {
  const { checker, asked } = world({}, { keys: [own.key], keySetURL: set, defaultPolicies: [policy] });
  assert.deepEqual(await checker.check(await own.sign(CLAIMS, { jku: set })), CLAIMS);
  await refused(checker, await own.sign(CLAIMS, { jku: `${set}x` }), 'token.form');
  await refused(checker, await stranger.sign(CLAIMS), 'token.key');
  await refused(world({}, { keys: [own.key] }).checker, await own.sign(CLAIMS, { jku: set }), 'token.form');
  assert.deepEqual(asked, []);
});

test('The default policy is the one that the service names today', async (context) => {
  const { checker, asked, documents } = world({ ...known }), { performance } = globalThis, start = performance.now();
  const changed = await own.sign({ ...CLAIMS, ...under(other) });
  const pass = (milliseconds) => context.mock.method(performance, 'now', () => start + milliseconds);
  await refused(checker, changed, 'token.policy');
  assert.deepEqual(await checker.check(changed, { policies: [other] }), { ...CLAIMS, ...under(other) });
  assert.deepEqual(await checker.check(changed, { policies: ['any'] }), { ...CLAIMS, ...under(other) });
  await checker.check(good, { policies: [other, 'default'] });
  assert.equal(asked.length, 2);
  documents[discovery] = { ...documents[discovery], default_policy_sha256: other };
  // A stranger's token must not make us ask all day.
  await refused(checker, changed, 'token.policy');
  assert.equal(asked.length, 2);
  pass(20_000);
  assert.deepEqual(await checker.check(changed), { ...CLAIMS, ...under(other) });
  await refused(checker, good, 'token.policy');
  documents[discovery] = { ...documents[discovery], default_policy_sha256: policy };
  pass(330_000);
  await refused(checker, changed, 'token.policy');
  documents[discovery] = { issuer, jwks_uri: set };
  pass(700_000);
  await refused(checker, good, 'token.policy');
});

test('The first token of all may say where the keys are, if it is right', async () => {
  const { checker } = world(known);
  assert.deepEqual(await checker.check(await own.sign(CLAIMS, { jku: set })), CLAIMS);
  await refused(world(known).checker, await own.sign(CLAIMS, { jku: 'https://evil.example/keys' }), 'token.form');
});

test('Without keys there is no yes, and no verdict', async () => {
  const { checker } = world({});
  await unreachable(checker, good);
  // Asked for again after ten seconds at the earliest.
  await refused(checker, good, 'token.key');
  await refused(world({}).checker, 'x.y.z', 'token.form');
  const [configuration] = Object.keys(known), other = { issuer: 'https://evil.example', jwks_uri: set };
  await refused(world({ ...known, [configuration]: other }).checker, good, 'token.issuer');
  await refused(world({ ...known, [set]: {} }).checker, good, 'token.issuer');
});

test('A demand is looked at before the token, and before anything is asked for', async () => {
  const { checker, asked } = world(known);
  const others = [{ nounce: 'x' }, { issuer }, { keys: [] }, { time }, { log: {} }];
  for (const wanted of [{ minimumStatus: 'Affirming' }, ...others]) {
    await assert.rejects(checker.check('x.y.z', wanted), TypeError, JSON.stringify(wanted));
  }
  assert.deepEqual(asked, []);
});

test('A status list is kept for its ttl and no longer, and only one that was verified', async (context) => {
  const { checker, asked, documents } = world({ ...known, [uri]: await list() }), start = performance.now();
  const count = () => asked.filter((url) => url === uri).length;
  for (let turn = 0; turn < 3; turn += 1) assert.deepEqual(await checker.check(placed), PLACED);
  assert.equal(count(), 1);
  documents[uri] = await list([9]);
  const clock = context.mock.method(performance, 'now', () => start + 55_000);
  await checker.check(placed);
  clock.mock.mockImplementation(() => start + 65_000);
  await refused(checker, placed, 'token.revocation');
  assert.equal(count(), 2);
  for (const content of [await list([], { ttl: undefined }), `${await list()}x`]) {
    const again = world({ ...known, [uri]: content });
    for (let turn = 0; turn < 3; turn += 1) await again.checker.check(placed).catch(() => {});
    assert.equal(again.asked.filter((url) => url === uri).length, 3);
  }
});

test('What was withdrawn is refused; a list that cannot be had is no verdict', async () => {
  await refused(world({ ...known, [uri]: await list([9]) }).checker, placed, 'token.revocation');
  await refused(world({ ...known, [uri]: '<html>' }).checker, placed, 'token.revocation');
  await unreachable(world(known).checker, placed);
  // What is refused anyway is refused.
  await refused(world(known).checker, placed, 'token.nonce', { nonce: 'x' });
  const { checker, asked } = world(known), elsewhere = { status_list: { idx: 9, uri: 'https://evil.example/list' } };
  for (const status of [elsewhere, {}, 'valid', null]) {
    const claims = { ...CLAIMS, status }, token = await own.sign(claims);
    await refused(checker, token, 'token.revocation');
    assert.deepEqual(await checker.check(token, { statusList: false }), claims);
  }
  assert.deepEqual(await checker.check(placed, { statusList: false }), PLACED);
  assert.deepEqual(asked, Object.keys(known));
});

test('A signature that this Node cannot check is none', async (context) => {
  const { checker } = world({}, { keys: [own.key] });
  context.mock.method(crypto.subtle, 'importKey', async () => { throw new DOMException('', 'NotSupportedError'); });
  await refused(checker, good, 'token.signature');
});

test('What is said: the check, what was found and what was wanted', async () => {
  const { checker } = world({ ...known, [uri]: await list([9]) });
  for (const [token, wanted, message] of [
    [good, { nonce: 'AAAA' }, 'token.nonce: found absent, wanted AAAA'],
    [placed, {}, 'token.revocation: found status 1, wanted status 0'],
    [await stranger.sign(CLAIMS), {}, 'token.key: found two, wanted one key of the given key set'],
  ]) await assert.rejects(checker.check(token, wanted), { name: 'TokenRefused', message });
});
