#!/usr/bin/env node
/**
 * Checks an Assay attestation token without asking the service about it; and by the service's status list, which is
 * about many tokens at once, that it was not withdrawn. A list that cannot be had refuses; `--no-status-list` and
 * `statusList: false` do without. Node 20 or newer.
 *
 * The checks are those of assay.js. Copy it once, from the service (`GET /assay.js`) or from `make web`, and keep it
 * beside this file as assay.mjs: by that name Node takes it for a module. A program that loads it anew each time lets
 * the service choose who checks it.
 *
 *     curl -o assay.mjs https://assay.example/assay.js
 *     node assay-token.mjs --issuer https://assay.example [--nonce BASE64URL] < token
 *
 *     import { Checker } from './assay-token.mjs';
 *     const claims = await new Checker('https://assay.example').check(token, { nonce });   // throws TokenRefused
 *
 * A demand that is not understood is a `TypeError` before the token is looked at. Unless told otherwise, a token is refused
 * that rests on a quote which may be old (its reasons have `NOT_FRESH`), and so is one under a policy that is not the
 * service's default: whoever asks for a token chooses its policy. `freshness: 'any'` and `policies: ['any']` do without;
 * a list of policies takes their SHA-256, and the word `default` for the service's own. `policies` alone says which rules
 * were applied, and trusts the service with the values that they compare; `references` are the reference sets whose values
 * you accept, and `measurements` the values themselves. Where the sender of a token is at the other end of a TLS connection with a client certificate, demand its
 * key: `confirmation: thumbprintOf(request.socket)`. A token without it is as good in the hands of a thief.
 */
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { discoverKeys, readToken, verifyToken } from './assay.mjs';

const DEMANDS = [
  ...['nonce', 'audience', 'minimumStatus', 'minimum', 'freshness', 'policies', 'references', 'measurements'],
  ...['confirmation', 'skewSeconds', 'statusList'],
];
/** Milliseconds before keys are asked for again: a stranger's kid must not make us ask all day. */
const PATIENCE = 10000;
/** Milliseconds after which the service is asked again what its default policy is. */
const DISCOVERY_AGE = 300000;

/** `check` names the check that failed; the message says what was found and what was wanted. */
export class TokenRefused extends Error {
  constructor({ id, found, wanted, reason }) {
    const said = [found && `found ${`${found}`.slice(0, 200)}`, wanted && `wanted ${wanted}`, reason];
    super(`${id}: ${said.filter(Boolean).join(', ') || 'found nothing'}`);
    this.name = 'TokenRefused';
    this.check = id;
  }
}

/** An object of members and nothing else: a map or a list of one has none, and would demand nothing. */
function isPlain(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const above = Object.getPrototypeOf(value);
  return above === null || (Object.getPrototypeOf(above) === null && Object.hasOwn(above, 'isPrototypeOf'));
}

/** Refuses a member that has no such name: a typo would leave the laxer demand. */
function members(what, value, names) {
  if (!isPlain(value)) throw new TypeError(`${what}: wanted an object`);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`${what} ${unknown}: wanted one of ${names.join(', ')}`);
}

/** What `assay.js` finds by these demands, or a `TypeError`. `means` is what is not the caller's to say. */
async function verify(token, wanted, means) {
  members('the demand', wanted, DEMANDS);
  const { statusList: isAsked = true, ...demands } = wanted;
  if (typeof isAsked !== 'boolean') throw new TypeError('the demand statusList: wanted true or false');
  const { statusList, ...rest } = means;
  try {
    return await verifyToken(token, { ...demands, ...rest, ...(isAsked && { statusList }) });
  } catch (error) {
    throw error.code === 'DEMAND_UNKNOWN' ? new TypeError(error.message) : error;
  }
}

/**
 * RFC 7638 thumbprint of a key, a certificate, or the certificate at the other end of a TLS socket: what `cnf.jkt` of
 * its token is. `undefined` where the other end showed none: then there is nothing to compare, and a token proves only that
 * somebody has it. Decide what you do then; nothing here decides it for you.
 */
export function thumbprintOf(it) {
  const certificate = it?.getPeerX509Certificate ? it.getPeerX509Certificate() : it;
  if (certificate === undefined) return undefined;
  const { crv, e, kty, n, x, y } = (certificate.publicKey ?? certificate).export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url');
}

async function load(url) {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10000) });
  if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
  return answer.text();
}

export class Checker {
  #keys;
  #isFixed;
  #keySetURL;
  #defaultPolicies;
  #load;
  #clock;
  #fetched = -Infinity;
  #lists = new Map();

  /**
   * @param {string} issuer
   * @param {{keys?: object[], keySetURL?: string, defaultPolicies?: string[], load?: (url: string) => Promise<string>,
   *   clock?: () => number}} [means] keys that are not to be fetched, where a `jku` may point, and the service's default
   *   policy; what fetches; seconds since 1970
   */
  constructor(issuer, means = {}) {
    const isText = (value) => typeof value === 'string' && value !== '';
    const isFunction = (value) => typeof value === 'function';
    const isHashes = (value) => Array.isArray(value) && Array.from(value).every(isText);
    const kinds = { keys: Array.isArray, keySetURL: isText, defaultPolicies: isHashes, load: isFunction, clock: isFunction };
    members('the means', means, Object.keys(kinds));
    if (!isText(issuer)) throw new TypeError('issuer: wanted the one that tokens must name');
    for (const [name, holds] of Object.entries(kinds)) {
      if (means[name] !== undefined && !holds(means[name])) throw new TypeError(`${name}: a value of another kind`);
    }
    this.issuer = issuer;
    this.#keys = means.keys ?? [];
    this.#isFixed = means.keys !== undefined;
    this.#keySetURL = means.keySetURL;
    this.#defaultPolicies = means.defaultPolicies ?? [];
    this.#load = means.load ?? load;
    this.#clock = means.clock ?? (() => Date.now() / 1000);
  }

  /**
   * The claims of a good token.
   * @param {string} token
   * @param {{nonce?: string, audience?: string, minimumStatus?: string, minimum?: Record<string, string>,
   *   freshness?: string, policies?: string[], references?: string[], measurements?: Record<string, string[]>,
   *   confirmation?: string, skewSeconds?: number, statusList?: boolean}} [wanted] nonce and confirmation in base64url;
   *   minimum: the worst tier by category of the trustworthiness vector; freshness: `require`, or `any` for quotes that may
   *   be old; policies as SHA-256 in hex, the word `default` (which is meant where there is no list), or `any` alone;
   *   references as SHA-256 in hex; measurements: the values in hex that are accepted, by name: mr_td, rtmr0 to rtmr3,
   *   mr_enclave, mr_signer
   */
  async check(token, wanted = {}) {
    // What the service's default policy is, it says itself, and it may change.
    const isDefault = (wanted?.policies ?? ['default']).includes?.('default');
    const isKnown = this.#fetched !== -Infinity;
    if (!this.#isFixed && isKnown && isDefault && performance.now() - this.#fetched > DISCOVERY_AGE) await this.#discover();
    let { refusal, claims } = await this.#attempt(token, wanted);
    const { check } = refusal ?? {};
    // Whether a `jku` is good can be said once it is known where the keys are.
    const isOpen = check === 'token.key' || (check === 'token.form' && this.#keySetURL === undefined)
      || (check === 'token.policy' && isDefault);
    if (isOpen && !this.#isFixed && performance.now() - this.#fetched > PATIENCE) {
      try {
        await this.#discover();
      } catch (error) {
        throw check === 'token.form' ? refusal : error;
      }
      ({ refusal, claims } = await this.#attempt(token, wanted));
    }
    if (refusal) throw refusal;
    return claims;
  }

  /** One look at a token, with the keys that are known. */
  async #attempt(token, wanted) {
    let list;
    let failure;
    const statusList = async (uri) => {
      const kept = this.#lists.get(uri);
      if (kept && performance.now() < kept.until) return kept.text;
      try {
        list = { uri, text: (await this.#load(uri)).trim() };
      } catch (error) {
        failure = error;
        throw error;
      }
      return list.text;
    };
    const { issuer } = this;
    const [keys, keySetURL, defaultPolicies] = [this.#keys, this.#keySetURL, this.#defaultPolicies];
    const means = { issuer, keys, keySetURL, defaultPolicies, statusList, time: Math.floor(this.#clock()) };
    const { checks, claims } = await verify(token, wanted, means);
    const revocation = checks.find(({ id }) => id === 'token.revocation');
    if (list && /^status \d/.test(revocation.found)) this.#keep(list);
    const isWithout = wanted.statusList === false;
    const failed = checks.find((check) => check.outcome === 'failed' && !(isWithout && check === revocation));
    // A list that cannot be had says nothing about the token.
    if (failure && (!failed || failed === revocation)) throw failure;
    // Nothing failed, and there are no claims: this Node lacks the algorithm.
    const fault = failed ?? (claims ? undefined : checks.find(({ outcome }) => outcome !== 'passed'));
    return { claims, refusal: fault && new TokenRefused(fault) };
  }

  async #discover() {
    this.#fetched = performance.now();
    try {
      const found = await discoverKeys(this.issuer, async (url) => new Response(await this.#load(url)));
      this.#keys = found.keys;
      this.#keySetURL = found.keySetURL;
      this.#defaultPolicies = found.defaultPolicies;
    } catch (error) {
      throw error.code === 'ISSUER_MISMATCH' ? new TokenRefused({ id: 'token.issuer', reason: error.message }) : error;
    }
  }

  /** A list that was verified, until it says itself that it is to be asked for again. */
  #keep({ uri, text }) {
    const { members } = readToken(text).claims;
    const [ttl, end] = ['ttl', 'exp'].map((name) => Number(members.get(name)?.value ?? 0));
    if (this.#lists.size >= 64) this.#lists.clear();
    this.#lists.set(uri, { text, until: performance.now() + Math.min(ttl, end - this.#clock()) * 1000 });
  }
}

async function main() {
  const { parseArgs } = await import('node:util');
  const usage = (reason) => {
    console.error(`${reason}
usage: assay-token.mjs --issuer URL [--nonce N] [--audience A] [--status S] [--minimum CATEGORY=TIER]
  [--freshness require|any] [--policy SHA256|default|any] [--reference-set SHA256] [--measurement NAME=HEX]
  [--key-thumbprint JKT] [--no-status-list] < token`);
    process.exit(64);
  };
  let checker;
  let wanted;
  try {
    const text = { type: 'string' };
    const many = { type: 'string', multiple: true };
    const { values } = parseArgs({
      options: {
        ...{ issuer: text, nonce: text, audience: text, status: text, minimum: many, policy: many },
        ...{ freshness: text, measurement: many },
        ...{ 'reference-set': many, 'key-thumbprint': text, 'no-status-list': { type: 'boolean' } },
      },
    });
    checker = new Checker(values.issuer?.replace(/\/$/, ''));
    const { nonce, audience, status: minimumStatus, freshness, policy: policies, 'reference-set': references } = values;
    const minimum = Object.fromEntries((values.minimum ?? []).map((each) => each.split(/=(.*)/s).slice(0, 2)));
    if (Object.keys(minimum).length < (values.minimum ?? []).length) {
      throw new TypeError('minimum: wanted one tier of each category');
    }
    const confirmation = values['key-thumbprint'];
    const measurements = Object.create(null);
    for (const [name, value] of (values.measurement ?? []).map((each) => each.split(/=(.*)/s))) {
      (measurements[name] ??= []).push(value ?? '');
    }
    wanted = { nonce, audience, minimumStatus, minimum, freshness, policies, references, measurements, confirmation };
    wanted.statusList = !values['no-status-list'];
    // What is demanded is looked at before the token, even one that is none.
    await verify('', wanted, { keys: [] });
  } catch (error) {
    usage(error.message);
  }
  let token = '';
  for await (const part of process.stdin) token += part;
  try {
    console.log(JSON.stringify(await checker.check(token, wanted), null, 2));
  } catch (error) {
    const isRefused = error instanceof TokenRefused;
    const what = isRefused ? 'refused' : `no keys or no status list of ${checker.issuer}`;
    console.error(`${what}: ${error.message}`);
    process.exit(isRefused ? 1 : 2);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
