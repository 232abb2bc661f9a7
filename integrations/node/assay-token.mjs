#!/usr/bin/env node
/**
 * Checks an Assay attestation token without asking the service about it; and by the service's status list, which is about
 * many tokens at once, that it was not withdrawn. A list that cannot be had refuses; `--no-status-list` and
 * `statusList: false` do without. One file, Node 20 or newer, no dependencies.
 *
 *     node assay-token.mjs --issuer https://assay.example [--nonce BASE64URL] < token
 *
 *     import { Checker } from './assay-token.mjs';
 *     const claims = await new Checker('https://assay.example').check(token, { nonce });   // throws TokenRefused
 *
 * A demand that is not understood is a `TypeError` before the token is looked at. `policies` alone says which rules were
 * applied, and trusts the service with the values that they compare; `references` are the reference sets whose values you
 * accept. Where whoever sent the token is at the other end of a TLS connection with a client certificate, demand its key:
 * `confirmation: thumbprintOf(request.socket)`; a token without it is as good in the hands of a thief.
 */
import { createHash, createPublicKey, verify, constants } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';

const PROFILES = [
  'tag:ietf.org,2026:rats/ear#04',
  'tag:github.com,2024:confidential-containers/Trustee',
  'https://www.alibabacloud.com/help/en/ecs/user-guide/eat-profile',
];
const TYPES = ['eat+jwt', 'jwt'];
const WORDS = ['affirming', 'warning', 'contraindicated', 'none'];
const CATEGORIES = [
  ...['instance-identity', 'configuration', 'executables', 'file-system'],
  ...['hardware', 'runtime-opaque', 'storage-opaque', 'sourced-data'],
];
const OPTIONS = [
  ...['nonce', 'audience', 'minimumStatus', 'minimum', 'policies', 'references', 'confirmation'],
  ...['skewSeconds', 'statusList'],
];
const LIMIT = 65536;
const DEPTH = 16;
/** A status list inflated: 64 KiB of zlib data can claim a thousand times as much. */
const LIST_LIMIT = 1048576;

/** A value of a token, for a message: objects of tokens have no `toString`. */
const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value) ?? 'nothing').slice(0, 200);

/** `check` names the check that failed; the message says what was found and what was wanted. */
export class TokenRefused extends Error {
  constructor(check, found, wanted) {
    super(`token.${check}: found ${shown(found)}, wanted ${wanted}`);
    this.name = 'TokenRefused';
    this.check = `token.${check}`;
  }
}

function bytes(text, check) {
  const decoded = Buffer.from(text, 'base64url');
  // Node skips what it cannot read: compare, so that a token has one spelling.
  if (decoded.toString('base64url') !== text) {
    throw new TokenRefused(check, 'other characters', 'base64url without padding');
  }
  return decoded;
}

const WORD = /[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*"|[^\s,:[\]{}"]+|[,:[\]{}])/y;

/** JSON, strictly: no member twice, no half of a surrogate pair; what is no exact integer is `NaN`. */
function strict(source) {
  JSON.parse(source);
  let at = 0;
  const next = () => {
    WORD.lastIndex = at;
    const [, word] = WORD.exec(source);
    at = WORD.lastIndex;
    return word;
  };
  const must = (holds) => {
    if (!holds) throw new SyntaxError('no strict JSON');
  };
  const read = (word, depth) => {
    if (word === '{' || word === '[') {
      must(depth <= DEPTH);
      const value = word === '{' ? Object.create(null) : [];
      for (let item = next(); item !== '}' && item !== ']'; item = next()) {
        if (item === ',') item = next();
        if (word === '[') {
          value.push(read(item, depth + 1));
          continue;
        }
        const name = read(item, depth);
        must(!(name in value));
        next();
        value[name] = read(next(), depth + 1);
      }
      return value;
    }
    const value = JSON.parse(word);
    must(typeof value !== 'string' || !/[\ud800-\udfff]/u.test(value));
    return typeof value !== 'number' || (/^-?[1-9]\d*$|^0$/.test(word) && Number.isSafeInteger(value)) ? value : NaN;
  };
  return read(next(), 1);
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
/** An object of members and nothing else: a map or a list of one has none, and would demand nothing. */
const isPlain = (value) => {
  if (!isObject(value)) return false;
  const above = Object.getPrototypeOf(value);
  return above === null || (Object.getPrototypeOf(above) === null && Object.hasOwn(above, 'isPrototypeOf'));
};

function object(data, check) {
  let value;
  try {
    value = strict(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data));
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw new TokenRefused(check, 'no JSON object', 'a JSON object');
  return value;
}

/** The token in what people paste: with white space, quotes or `Bearer`, or a whole answer with a member `token`. */
function pasted(text) {
  text = text.trim();
  if (text.startsWith('{')) {
    const value = object(Buffer.from(text), 'form');
    if ('keys' in value) throw new TokenRefused('form', 'a key set', 'a token that one of its keys signed');
    text = value.token;
    if (typeof text !== 'string') throw new TokenRefused('form', 'an answer without a token', 'one');
  }
  text = text.replace(/^["'\s]+|["'\s]+$/g, '').replace(/^Bearer\s/, '').replace(/\s/g, '');
  if (/^((0x)?0[345]000200|[AB][wAQ]AAC)/.test(text)) {
    throw new TokenRefused('form', 'a quote', 'a token: have the service judge it');
  }
  return text;
}

/** The rank of a value of the trustworthiness vector; no assertion, or one about the verifier itself, is the worst. */
function tierOf(value) {
  const size = value < 0 ? -value - 1 : value;
  return size < 2 ? 3 : size < 32 ? 0 : size < 96 ? 1 : 2;
}

function known(name, word, words) {
  if (!words.includes(word)) throw new TypeError(`${name} ${JSON.stringify(word)}: wanted one of ${words.join(', ')}`);
}

/** SHA-256 in hex, of policies or reference sets: a name would be compared with nothing, for ever. */
function hashes(name, values) {
  if (values === undefined) return undefined;
  // A gap in a list is no element to `map`, and is one to `includes`.
  const found = (Array.isArray(values) ? Array.from(values) : ['']).map((each) =>
    typeof each === 'string' ? each.toLowerCase().replace(/^sha256:/, '') : '');
  if (!found.every((each) => /^[0-9a-f]{64}$/.test(each))) {
    throw new TypeError(`${name} ${JSON.stringify(values)}: wanted a list of SHA-256 in hex`);
  }
  return found;
}

function given(texts) {
  for (const [name, text] of Object.entries(texts)) {
    if (text !== undefined && (typeof text !== 'string' || text === '')) {
      throw new TypeError(`${name} ${JSON.stringify(text)}: wanted a text that is not empty`);
    }
  }
}

/** Refuses a value of another kind: most of them would demand less than they say. `undefined` demands nothing. */
function of(name, value, holds, wanted) {
  if (value !== undefined && !holds(value)) throw new TypeError(`${name} ${shown(value)}: wanted ${wanted}`);
}

const isFunction = (value) => typeof value === 'function';
const isSeconds = (value) => Number.isSafeInteger(value) && value >= 0;

/** What is demanded, understood; or a `TypeError`. */
function demands(wanted) {
  if (!isPlain(wanted)) throw new TypeError('the demands: wanted an object');
  for (const name of Object.keys(wanted)) known('option', name, OPTIONS);
  const { nonce, audience, confirmation, minimumStatus = 'affirming', minimum = {} } = wanted;
  given({ nonce, audience, confirmation });
  known('minimumStatus', minimumStatus, WORDS);
  of('minimum', minimum, isPlain, 'an object of categories');
  of('skewSeconds', wanted.skewSeconds, isSeconds, 'whole seconds');
  of('statusList', wanted.statusList, (value) => typeof value === 'boolean', 'true or false');
  for (const [category, tier] of Object.entries(minimum)) {
    known('category', category, CATEGORIES);
    known(`minimum of ${category}`, tier, WORDS);
  }
  const [policies, references] = ['policies', 'references'].map((name) => hashes(name, wanted[name]));
  const { skewSeconds = 60, statusList = true } = wanted;
  return { ...wanted, minimumStatus, minimum, policies, references, skewSeconds, statusList };
}

/**
 * RFC 7638 thumbprint of a key, a certificate, or the certificate at the other end of a TLS socket: what `cnf.jkt` of its
 * token is. `undefined` where the other end showed none: then there is nothing to compare, and a token proves only that
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

function inflated(data) {
  try {
    const { buffer, engine } = inflateSync(data, { maxOutputLength: LIST_LIMIT, info: true });
    if (engine.bytesWritten === data.length) return buffer;
  } catch {
    // Said below, as for data that go on after their end.
  }
  throw new TokenRefused('revocation', 'other data', `at most ${LIST_LIMIT} bytes of zlib data`);
}

const KINDS = { ES256: ['EC', 'P-256'], EdDSA: ['OKP', 'Ed25519'] };
const RSA = { RS256: 'sha256', RS384: 'sha384', PS384: 'sha384' };

/** Whether a header may choose this key: the algorithm must be one of it, and the header alone never decides. */
function fits(algorithm, jwk) {
  if (!isObject(jwk) || (jwk.use ?? 'sig') !== 'sig' || (jwk.alg ?? algorithm) !== algorithm) return false;
  const size = (name) => Buffer.from(`${jwk[name] ?? ''}`, 'base64url').length;
  if (Object.hasOwn(RSA, algorithm)) return jwk.kty === 'RSA' && size('n') >= 256;
  const [kty, crv] = KINDS[algorithm];
  return jwk.kty === kty && jwk.crv === crv && size('x') === 32 && (kty === 'OKP' || size('y') === 32);
}

function isSigned(algorithm, { kty, crv, x, y, n, e }, signature, signed) {
  try {
    const key = createPublicKey({ key: { kty, crv, x, y, n, e }, format: 'jwk' });
    if (algorithm === 'ES256') {
      return signature.length === 64 && verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
    }
    if (algorithm === 'EdDSA') return verify(null, signed, key, signature);
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
    return verify(RSA[algorithm], signed, { key, ...(algorithm === 'PS384' && pss) }, signature);
  } catch {
    return false;
  }
}

export class Checker {
  #keys;
  #isFixed;
  #keySetURL;
  #load;
  #clock;
  #fetched = -Infinity;
  #lists = new Map();

  /**
   * @param {string} issuer
   * @param {{keys?: object[], keySetURL?: string, load?: (url: string) => Promise<string>, clock?: () => number}} [means]
   *   keys that are not to be fetched, and where a `jku` may point; what fetches; seconds since 1970
   */
  constructor(issuer, means = {}) {
    if (!isPlain(means)) throw new TypeError('the means: wanted an object');
    for (const name of Object.keys(means)) known('option', name, ['keys', 'keySetURL', 'load', 'clock']);
    if (issuer === undefined) throw new TypeError('issuer: wanted the one that tokens must name');
    given({ issuer, keySetURL: means.keySetURL });
    of('keys', means.keys, Array.isArray, 'a list of keys');
    of('load', means.load, isFunction, 'a function');
    of('clock', means.clock, isFunction, 'a function');
    this.issuer = issuer;
    this.#keys = means.keys;
    this.#isFixed = means.keys !== undefined;
    this.#keySetURL = means.keySetURL;
    this.#load = means.load ?? load;
    this.#clock = means.clock ?? (() => Date.now() / 1000);
  }

  async #key(header, algorithm) {
    const isNamed = 'kid' in header;
    const candidates = () => {
      const keys = this.#keys ?? [];
      // Without a name it can only be the one that there is.
      if (!isNamed) return keys.length === 1 ? keys : [];
      return typeof header.kid === 'string' ? keys.filter((key) => key?.kid === header.kid) : [];
    };
    // A stranger's kid must not make us ask for the keys all day.
    if (!this.#isFixed && candidates().length === 0 && performance.now() - this.#fetched > 10000) {
      this.#fetched = performance.now();
      const discovery = JSON.parse(await this.#load(`${this.issuer}/.well-known/openid-configuration`));
      if (discovery.issuer !== this.issuer) throw new TokenRefused('issuer', discovery.issuer, this.issuer);
      this.#keySetURL = discovery.jwks_uri;
      this.#keys = JSON.parse(await this.#load(discovery.jwks_uri)).keys ?? [];
    }
    const found = candidates().filter((key) => fits(algorithm, key));
    if (found.length !== 1) {
      throw new TokenRefused('key', `kid ${shown(header.kid)}, ${algorithm}`, 'one published key of that algorithm');
    }
    return found[0];
  }

  /**
   * The claims of a good token.
   * @param {string} token
   * @param {{nonce?: string, audience?: string, minimumStatus?: string, minimum?: Record<string, string>,
   *   policies?: string[], references?: string[], confirmation?: string, skewSeconds?: number, statusList?: boolean}}
   *   [wanted] nonce and confirmation in base64url; policies and references as SHA-256 in hex; minimum: the worst tier by
   *   category of the trustworthiness vector
   */
  async check(token, wanted = {}) {
    const { nonce, audience, confirmation, policies, references, skewSeconds, ...demanded } = demands(wanted);
    const { claims, payload } = await this.#opened(pasted(token), TYPES);
    const same = (check, found, value) => {
      if (value !== undefined && found !== value) throw new TokenRefused(check, found, value);
    };
    same('issuer', claims.iss, this.issuer);
    this.#times(claims, skewSeconds);
    if (!Array.isArray(claims.aud)) same('audience', claims.aud, audience);
    else if (audience !== undefined && !claims.aud.includes(audience)) {
      throw new TokenRefused('audience', claims.aud, audience);
    }
    if (!PROFILES.includes(claims.eat_profile)) {
      throw new TokenRefused('profile', claims.eat_profile, PROFILES.join(' or '));
    }
    same('nonce', claims.eat_nonce, nonce);
    this.#status(claims, demanded);
    if (policies) listed('policy', policiesOf(claims), policies);
    if (references) listed('references', referencesOf(claims), references);
    same('confirmation', claims.cnf?.jkt, confirmation);
    if (demanded.statusList && 'status' in claims) await this.#standing(claims.status?.status_list ?? {}, skewSeconds);
    return JSON.parse(payload);
  }

  /** Header and claims of what the issuer signed, of one of these types. */
  async #opened(token, types) {
    const parts = token.split('.');
    if (parts.length !== 3 || token.length > LIMIT) {
      throw new TokenRefused('form', `${parts.length} parts of ${token.length} characters`, 'header.payload.signature');
    }
    const [head, payload, signature] = parts.map((part) => bytes(part, 'form'));
    const [header, claims] = [head, payload].map((part) => object(part, 'form'));
    const { typ, alg } = header;
    if (!types.includes(`${typeof typ === 'string' && typ}`.toLowerCase().replace(/^application\//, ''))) {
      throw new TokenRefused('type', 'typ' in header ? `typ ${shown(typ)}` : 'no typ', `typ ${types.join(' or ')}`);
    }
    if (typeof alg !== 'string' || !Object.hasOwn({ ...KINDS, ...RSA }, alg)) {
      throw new TokenRefused('form', `alg ${shown(alg)}`, 'an algorithm that is allowed');
    }
    for (const member of ['crit', 'b64']) {
      if (member in header) throw new TokenRefused('form', member, 'no critical members');
    }
    const key = await this.#key(header, alg);
    if ('jku' in header && (typeof header.jku !== 'string' || header.jku !== this.#keySetURL)) {
      throw new TokenRefused('form', `jku ${shown(header.jku)}`, this.#keySetURL);
    }
    if (!isSigned(alg, key, signature, Buffer.from(`${parts[0]}.${parts[1]}`))) {
      throw new TokenRefused('signature', 'one that does not verify', 'one by the published key');
    }
    return { header, claims, payload: payload.toString() };
  }

  /** Known words, no status better than what it rests on, and good enough. */
  #status(claims, { minimumStatus, minimum }) {
    const must = (holds, found, wanted) => {
      if (!holds) throw new TokenRefused('status', found, wanted);
    };
    const { submods = {} } = claims;
    must(isObject(submods) && Object.values(submods).every(isObject), 'submods', 'objects');
    const rank = (word) => WORDS.indexOf(word);
    const overall = 'ear_status' in claims ? claims.ear_status : submods.cpu0?.['ear.status'];
    must(rank(overall) >= 0, overall, `one of ${WORDS.join(', ')}`);
    for (const [name, submod] of Object.entries(submods)) {
      const status = 'ear_status' in submod ? submod.ear_status : submod['ear.status'];
      const long = 'ear_trustworthiness_vector';
      const vector = (long in submod ? submod[long] : submod['ear.trustworthiness-vector']) ?? {};
      must(rank(status) >= 0, `${name} ${shown(status)}`, `one of ${WORDS.join(', ')}`);
      const isRead = isObject(vector) && Object.values(vector).every((each) => each === (each << 24) >> 24);
      must(isRead, `${name} with another vector`, 'integers of eight bits');
      const worst = Math.max(0, ...Object.values(vector).map((each) => tierOf(each) % 3));
      const isHonest = rank(status) >= worst && rank(overall) >= rank(status);
      must(isHonest, `${overall} over ${name} ${status}`, 'none better than its worst part');
      for (const [category, tier] of Object.entries(minimum)) {
        const found = vector[category] ?? 0;
        must(tierOf(found) <= rank(tier), `${name} ${category} ${found}`, `${category} ${tier} or better`);
      }
    }
    const categories = Object.keys(minimum);
    must(Object.keys(submods).length > 0 || categories.length === 0, 'no submods', categories.join(', '));
    must(rank(overall) <= rank(minimumStatus), overall, `${minimumStatus} or better`);
  }

  /** Refuses a token that its issuer has withdrawn (draft-ietf-oauth-status-list 8.3). */
  async #standing({ idx, uri }, skew) {
    if (!Number.isSafeInteger(idx) || idx < 0 || !shown(uri).startsWith(`${this.issuer}/`)) {
      const found = `place ${shown(idx)} of ${shown(uri)}`;
      throw new TokenRefused('revocation', found, `an index, and a list of ${this.issuer}`);
    }
    const { bits, data } = await this.#list(uri, skew);
    const byte = data[Math.floor((idx * bits) / 8)];
    if (byte === undefined) {
      throw new TokenRefused('revocation', `place ${idx}`, `one in a list of ${(data.length * 8) / bits}`);
    }
    const found = (byte >> (idx * bits) % 8) & ((1 << bits) - 1);
    if (found !== 0) throw new TokenRefused('revocation', `status ${found}, withdrawn`, 'status 0');
  }

  /** Bits a place, and the places; kept until the list itself says that it is to be asked for again. */
  async #list(uri, skew) {
    const kept = this.#lists.get(uri);
    if (kept && performance.now() < kept.until) return kept;
    const text = (await this.#load(uri)).trim();
    const must = (holds, found, value) => {
      if (!holds) throw new TokenRefused('revocation', `a status list with ${found}`, value);
    };
    let opened;
    try {
      opened = await this.#opened(text, ['statuslist+jwt']);
      this.#times(opened.claims, skew);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      must(false, error.message, 'a good one');
    }
    const { claims } = opened;
    must(claims.sub === uri, `sub ${shown(claims.sub)}`, uri);
    must((claims.iss ?? this.issuer) === this.issuer, `iss ${shown(claims.iss)}`, this.issuer);
    const { bits, lst } = claims.status_list ?? {};
    const ttl = claims.ttl ?? 0;
    must([1, 2, 4, 8].includes(bits) && Number.isInteger(ttl) && ttl >= 0, 'other members', 'bits, lst and ttl');
    const data = inflated(bytes(shown(lst), 'revocation'));
    const seconds = Math.min(ttl, claims.exp - this.#clock());
    const list = { bits, data, until: performance.now() + seconds * 1000 };
    if (this.#lists.size >= 64) this.#lists.clear();
    this.#lists.set(uri, list);
    return list;
  }

  #times({ iat, exp, nbf = iat }, skew) {
    const now = Math.floor(this.#clock());
    if (![iat, exp, nbf].every((each) => Number.isSafeInteger(each) && each >= 0)) {
      throw new TokenRefused('time', 'no integers', 'iat, exp and nbf as integers below 2^53');
    }
    if (!(Math.max(iat, nbf) <= now + skew && now - skew <= exp && iat < exp)) {
      throw new TokenRefused('time', `issued ${iat}, ends ${exp}`, `now, ${now}, between them`);
    }
  }
}

/** Every one that was found is in the list; what cannot be read is in none. */
function listed(check, found, wanted) {
  if (found.length === 0 || !found.every((each) => wanted.includes(each))) {
    throw new TokenRefused(check, found.length ? found.map(shown).join(', ') : undefined, wanted.join(' or '));
  }
}

/** The elements of a member; one that nobody reads, where it is no array. */
function entries(holder, name) {
  if (!isObject(holder) || !(name in holder)) return [];
  return Array.isArray(holder[name]) ? holder[name] : [null];
}

const submodsOf = ({ submods }) => (isObject(submods) ? Object.values(submods) : []);

function policiesOf(claims) {
  const found = submodsOf(claims).flatMap((submod) => {
    const names = entries(submod, 'ear_appraisal_policy_ids').map((name) => {
      const [, hash] = /^ni:\/\/\/sha-256;([A-Za-z0-9_-]{43})$/.exec(typeof name === 'string' ? name : '') ?? [];
      return hash ? bytes(hash, 'policy').toString('hex') : `${shown(name)}, which names no hash`;
    });
    const peers = submod['ear.veraison.policy-claims'];
    return isObject(peers) && 'policy_sha256' in peers ? [...names, peers.policy_sha256] : names;
  });
  return [...found, ...entries(claims, 'evaluation-reports').map((each) => each?.['policy-hash'])];
}

function referencesOf(claims) {
  const holders = submodsOf(claims).flatMap((each) => [each.ear_verifier_claims, each['ear.veraison.policy-claims']]);
  return [claims, ...holders].flatMap((holder) => entries(holder, 'references')).map((name) => {
    const [, hash] = /^sha256:([0-9a-f]{64})$/.exec(typeof name === 'string' ? name : '') ?? [];
    return hash ?? `${shown(name)}, which names no hash`;
  });
}

async function main() {
  const { parseArgs } = await import('node:util');
  const usage = (reason) => {
    console.error(`${reason}
usage: assay-token.mjs --issuer URL [--nonce N] [--audience A] [--status S] [--minimum CATEGORY=TIER]
  [--policy SHA256] [--reference-set SHA256] [--key-thumbprint JKT] [--no-status-list] < token`);
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
        ...{ 'reference-set': many, 'key-thumbprint': text, 'no-status-list': { type: 'boolean' } },
      },
    });
    checker = new Checker(values.issuer?.replace(/\/$/, ''));
    const { nonce, audience, status: minimumStatus, policy: policies, 'reference-set': references } = values;
    const minimum = Object.fromEntries((values.minimum ?? []).map((each) => each.split(/=(.*)/s).slice(0, 2)));
    if (Object.keys(minimum).length < (values.minimum ?? []).length) {
      throw new TypeError('minimum: wanted one tier of each category');
    }
    const confirmation = values['key-thumbprint'];
    wanted = { nonce, audience, minimumStatus, minimum, policies, references, confirmation };
    wanted.statusList = !values['no-status-list'];
    demands(wanted);
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
