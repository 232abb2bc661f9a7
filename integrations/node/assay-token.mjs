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
 */
import { createPublicKey, verify } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';

const PROFILES = ['tag:ietf.org,2026:rats/ear#04'];
const RANK = { affirming: 0, warning: 1, contraindicated: 2 };
const LIMIT = 65536;
/** A status list inflated: 64 KiB of zlib data can claim a thousand times as much. */
const LIST_LIMIT = 1048576;

/** `check` names the check that failed; the message says what was found and what was wanted. */
export class TokenRefused extends Error {
  constructor(check, found, wanted) {
    super(`token.${check}: found ${found ?? 'nothing'}, wanted ${wanted}`);
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

function object(data, check) {
  let value;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    value = undefined;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new TokenRefused(check, 'no JSON object', 'a JSON object');
  }
  return value;
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

/** The algorithm must be one that fits the key: the header alone never decides. */
function isSigned(algorithm, jwk, signature, signed) {
  const kind = [algorithm, jwk.kty, jwk.crv].join(' ').trim();
  const { kty, crv, x, y, n, e } = jwk;
  const key = createPublicKey({ key: { kty, crv, x, y, n, e }, format: 'jwk' });
  switch (kind) {
    case 'ES256 EC P-256':
      return signature.length === 64 && verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'EdDSA OKP Ed25519':
      return verify(null, signed, key, signature);
    case 'RS256 RSA':
      return key.asymmetricKeyDetails.modulusLength >= 2048 && verify('sha256', signed, key, signature);
    default:
      throw new TokenRefused('form', `alg ${algorithm}`, `one that fits a ${jwk.kty} key`);
  }
}

export class Checker {
  #keys;
  #fetched = -Infinity;
  #lists = new Map();

  constructor(issuer, { keys } = {}) {
    this.issuer = issuer;
    this.#keys = keys;
  }

  async #key(identifier) {
    const named = () => (this.#keys ?? []).filter((key) => key.kid === identifier);
    // A stranger's kid must not make us ask for the keys all day.
    if (named().length === 0 && performance.now() - this.#fetched > 10000) {
      this.#fetched = performance.now();
      const discovery = JSON.parse(await load(`${this.issuer}/.well-known/openid-configuration`));
      if (discovery.issuer !== this.issuer) throw new TokenRefused('issuer', discovery.issuer, this.issuer);
      this.#keys = JSON.parse(await load(discovery.jwks_uri)).keys ?? [];
    }
    const found = named();
    if (found.length !== 1) throw new TokenRefused('key', `kid ${identifier}`, 'a published key');
    return found[0];
  }

  /**
   * The claims of a good token.
   * @param {string} token
   * @param {{nonce?: string, audience?: string, minimumStatus?: string, policies?: string[], confirmation?: string,
   *   skewSeconds?: number, statusList?: boolean}} [wanted] nonce and confirmation in base64url, policies as SHA-256 in hex
   */
  async check(token, wanted = {}) {
    const { claims } = await this.#opened(token);
    const same = (check, found, value) => {
      if (value !== undefined && found !== value) throw new TokenRefused(check, found, value);
    };
    same('issuer', claims.iss, this.issuer);
    this.#times(claims, wanted.skewSeconds ?? 60);
    same('audience', claims.aud, wanted.audience);
    if (!PROFILES.includes(claims.eat_profile)) {
      throw new TokenRefused('profile', claims.eat_profile, PROFILES.join(' or '));
    }
    same('nonce', claims.eat_nonce, wanted.nonce);
    const least = wanted.minimumStatus ?? 'affirming';
    if (!((RANK[claims.ear_status] ?? 9) <= RANK[least])) {
      throw new TokenRefused('status', claims.ear_status, `${least} or better`);
    }
    if (wanted.policies) this.#policies(claims, wanted.policies);
    same('confirmation', claims.cnf?.jkt, wanted.confirmation);
    if ((wanted.statusList ?? true) && 'status' in claims) {
      await this.#standing(claims.status?.status_list ?? {}, wanted.skewSeconds ?? 60);
    }
    return claims;
  }

  /** Header and claims of what the issuer signed. */
  async #opened(token) {
    const parts = token.trim().split('.');
    if (parts.length !== 3 || token.length > LIMIT) {
      throw new TokenRefused('form', `${parts.length} parts`, 'header.payload.signature');
    }
    const header = object(bytes(parts[0], 'form'), 'form');
    if ('crit' in header) throw new TokenRefused('form', 'crit', 'no critical members');
    const key = await this.#key(header.kid);
    const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
    if (!isSigned(header.alg, key, bytes(parts[2], 'signature'), signed)) {
      throw new TokenRefused('signature', 'one that does not verify', 'one by the published key');
    }
    return { header, claims: object(bytes(parts[1], 'form'), 'form') };
  }

  /** Refuses a token that its issuer has withdrawn (draft-ietf-oauth-status-list 8.3). */
  async #standing({ idx, uri }, skew) {
    if (!Number.isSafeInteger(idx) || idx < 0 || !`${uri}`.startsWith(`${this.issuer}/`)) {
      throw new TokenRefused('revocation', `place ${idx} of ${uri}`, `an index, and a list of ${this.issuer}`);
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
    const text = await load(uri);
    const must = (holds, found, value) => {
      if (!holds) throw new TokenRefused('revocation', `a status list with ${found}`, value);
    };
    let opened;
    try {
      opened = await this.#opened(text);
      this.#times(opened.claims, skew);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      must(false, error.message, 'a good one');
    }
    const { header, claims } = opened;
    must(header.typ === 'statuslist+jwt', `typ ${header.typ}`, 'statuslist+jwt');
    must(claims.sub === uri, `sub ${claims.sub}`, uri);
    must((claims.iss ?? this.issuer) === this.issuer, `iss ${claims.iss}`, this.issuer);
    const { bits, lst } = claims.status_list ?? {};
    const ttl = claims.ttl ?? 0;
    must([1, 2, 4, 8].includes(bits) && Number.isInteger(ttl) && ttl >= 0, 'other members', 'bits, lst and ttl');
    const data = inflated(bytes(`${lst}`, 'revocation'));
    const seconds = Math.min(ttl, claims.exp - Date.now() / 1000);
    const list = { bits, data, until: performance.now() + seconds * 1000 };
    if (this.#lists.size >= 64) this.#lists.clear();
    this.#lists.set(uri, list);
    return list;
  }

  #times({ iat, exp, nbf = iat }, skew) {
    const now = Date.now() / 1000;
    if (![iat, exp, nbf].every(Number.isInteger)) {
      throw new TokenRefused('time', 'no integers', 'iat, exp and nbf as integers');
    }
    if (!(Math.max(iat, nbf) <= now + skew && now - skew < exp && iat < exp)) {
      throw new TokenRefused('time', `issued ${iat}, ends ${exp}`, `now, ${Math.floor(now)}, between them`);
    }
  }

  #policies(claims, wanted) {
    const names = Object.values(claims.submods ?? {}).flatMap((each) => each.ear_appraisal_policy_ids ?? []);
    const found = names.map((name) => Buffer.from(name.replace('ni:///sha-256;', ''), 'base64url').toString('hex'));
    if (found.length === 0 || !found.every((each) => wanted.includes(each))) {
      throw new TokenRefused('policy', found.join(', ') || undefined, wanted.join(' or '));
    }
  }
}

async function main() {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({
    options: {
      issuer: { type: 'string' },
      nonce: { type: 'string' },
      audience: { type: 'string' },
      status: { type: 'string', default: 'affirming' },
      policy: { type: 'string', multiple: true },
      'no-status-list': { type: 'boolean' },
    },
  });
  if (!values.issuer || !(values.status in RANK)) {
    console.error(
      'usage: assay-token.mjs --issuer URL [--nonce N] [--audience A] [--status S] [--policy SHA256] [--no-status-list] < token',
    );
    process.exit(64);
  }
  let token = '';
  for await (const part of process.stdin) token += part;
  try {
    const checker = new Checker(values.issuer.replace(/\/$/, ''));
    const { nonce, audience, status: minimumStatus, policy: policies } = values;
    const wanted = { nonce, audience, minimumStatus, policies, statusList: !values['no-status-list'] };
    console.log(JSON.stringify(await checker.check(token, wanted), null, 2));
  } catch (error) {
    const isRefused = error instanceof TokenRefused;
    console.error(isRefused ? `refused: ${error.message}` : `no keys or no status list of ${values.issuer}: ${error.message}`);
    process.exit(isRefused ? 1 : 2);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
