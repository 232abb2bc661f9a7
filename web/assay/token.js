// Tokens (wire-formats 3.7)

import { must } from './errors.js';
import { fromBase64URL, NONE, text, toBase64URL } from './bytes.js';
import { secondsOf } from './time.js';
import { plain } from './json.js';
import { ANY, demand, isBytes, isPlain, isText, isTexts, known, options, SECONDS, TEXT, TEXTS } from './demands.js';
import { compact, outcome, shown } from './checks.js';
import { isInTime, isSigned, pasted, readToken, signers } from './jws.js';
import { accepted, CATEGORIES, hashes, measured, measurements, named, staleness, statusFault, TIERS } from './claims.js';
import { standing } from './status-list.js';
import { readTrust } from './checkpoint.js';
import { verifyProof } from './proof.js';
import { checkTokenEntry } from './token-entry.js';

const TOKEN_CHECKS = `form type key signature issuer time audience profile nonce status freshness policy references
  measurements confirmation inclusion revocation`.split(/\s+/);

const PROFILES = [
  'tag:ietf.org,2026:rats/ear#04', 'tag:github.com,2024:confidential-containers/Trustee',
  'https://www.alibabacloud.com/help/en/ecs/user-guide/eat-profile',
];

/**
 * Every check of a relying party, in its order; what is not demanded is reported as not performed. A demand that is not
 * understood is an `AssayError`, before the token is looked at.
 * @param {string} token
 * @param {{keys: any[], keySetURL?: string, issuer?: string, audience?: string, nonce?: Bytes | string,
 *   profiles?: string[], minimumStatus?: string, minimum?: Record<string, string>, freshness?: string,
 *   policies?: string[], defaultPolicies?: string[], references?: string[],
 *   measurements?: Record<string, string[]>, confirmation?: string, log?: LogTrust, proof?: string,
 *   statusList?: (uri: string) => Promise<string>, skewSeconds?: number, time?: Date | number | string}} wants what
 *   `discoverKeys` found, and more; `minimum` by AR4SI category; `freshness` `require`, which is meant where it is left out,
 *   or `any` for quotes that may be old; `policies` and `references`, the reference sets whose values you accept, by
 *   SHA-256 in hex: the former alone trust the service with the values. Among policies the word `default` is the
 *   service's own, `defaultPolicies`, and is meant where there is no list; `any` alone takes any; `measurements` the
 *   values in hex by name: mr_td, rtmr0 to rtmr3, mr_enclave, mr_signer; `confirmation` an
 *   RFC 7638 thumbprint; with `log`, inclusion is demanded
 * @returns {Promise<{acceptable: boolean, checks: Check[], claims: any}>} claims only where the signature holds
 */
export async function verifyToken(token, wants) {
  options(wants, {
    keys: [Array.isArray, 'a list'], keySetURL: TEXT, issuer: TEXT, audience: TEXT, confirmation: TEXT, proof: TEXT,
    nonce: [(value) => isText(value) || (isBytes(value) && value.length), 'some text or bytes'],
    profiles: [(value) => isTexts(value) && value.length, TEXTS[1]], minimumStatus: ANY,
    minimum: [isPlain, 'an object'], freshness: ANY, policies: TEXTS, defaultPolicies: TEXTS, references: TEXTS,
    measurements: [isPlain, 'an object'], log: [isPlain, 'whom to believe'],
    statusList: [(value) => typeof value === 'function', 'a function'], skewSeconds: SECONDS, time: ANY,
  });
  const { minimumStatus: least = 'affirming', minimum = {}, freshness = 'require' } = wants;
  demand(wants.keys, 'keys', wants.keys, 'a list');
  for (const each of wants.log ? Object.values(readTrust(wants.log)).filter(Array.isArray) : []) {
    demand(isTexts(each), 'log', each, TEXTS[1]);
  }
  known('minimumStatus', least, TIERS);
  known('freshness', freshness, ['require', 'any']);
  for (const [category, tier] of Object.entries(minimum)) {
    known('minimum', category, CATEGORIES);
    known(category, tier, TIERS);
  }
  const policies = accepted(wants.policies, hashes('defaultPolicies', wants.defaultPolicies ?? []));
  const references = wants.references && hashes('references', wants.references);
  const values = measurements(wants.measurements ?? {});
  const time = secondsOf(wants.time), skew = wants.skewSeconds ?? 60, checks = [];
  demand(Number.isFinite(time), 'time', wants.time, 'an instant');
  const put = (id, holds, found, reason, wanted) =>
    checks.push(compact({ id: `token.${id}`, outcome: outcome({ reason, holds }), reason, found, wanted }));
  const end = (claims = null) => {
    const { id: last } = checks[checks.length - 1];
    for (const id of TOKEN_CHECKS.slice(checks.length)) put(id, false, '', `${last} did not hold`);
    return { acceptable: !!claims && checks.every((each) => each.outcome !== 'failed'), checks, claims };
  };
  let parsed, name, kid, keys, type;
  try {
    parsed = readToken(pasted(token));
    type = parsed.header.get('typ');
    if (type?.kind !== 'string' || !/^(application\/)?(eat\+)?jwt$/i.test(type.value)) {
      put('form', true);
      put('type', false, type ? `typ ${type.value}` : 'no typ', '', 'typ eat+jwt or JWT');
      return end();
    }
    ({ name, kid, keys } = signers(parsed, wants));
  } catch (error) {
    put('form', false, error.message);
    return end();
  }
  put('form', true, name);
  put('type', true, type.value);
  put('key', keys.length, `${kid ?? 'no kid'}`, '', keys.length ? '' : 'one key of the given key set');
  if (!keys.length) return end();
  const isValid = await isSigned(keys, name, parsed.signature, parsed.input);
  put('signature', isValid, '', isValid === null ? `this browser has no ${name}` : '');
  if (!isValid) return end();
  const claims = plain(parsed.claims), none = 'nothing to compare with was given';
  const compare = (id, found, wanted) => {
    const all = [wanted].flat();
    put(id, all.includes(found), shown(found), wanted === undefined ? none : '', all.join(' or '));
  };
  const isWithin = (found, wanted) => found.length && found.every((each) => wanted.includes(each));
  const within = (id, found, wanted) =>
    put(id, wanted && isWithin(found, wanted),
      found.map(shown).join(', ') || 'absent', wanted ? '' : none, wanted && (wanted.join(' or ') || 'one that is named'));
  compare('issuer', claims.iss, wants.issuer);
  put('time', isInTime(claims, time, skew), `${shown(claims.iat)} to ${shown(claims.exp)}`, '',
    `integers around ${time}, give or take ${skew} s`);
  compare('audience', Array.isArray(claims.aud) ? claims.aud.find((each) => each === wants.audience) ?? claims.aud
    : claims.aud, wants.audience);
  compare('profile', claims.eat_profile, wants.profiles ?? PROFILES);
  compare('nonce', claims.eat_nonce, wants.nonce instanceof Uint8Array ? toBase64URL(wants.nonce) : wants.nonce);
  const fault = statusFault(claims, least, minimum);
  put('status', fault === undefined, fault ?? claims.ear_status, '', `${least} or better`);
  const stale = staleness(claims);
  put('freshness', !stale, stale, freshness === 'any' ? 'any will do' : '',
    stale && 'reasons without NOT_FRESH: a quote over a nonce');
  within('policy', named.policies(claims), policies);
  within('references', named.references(claims), references);
  const other = values.find(([name, list]) => !isWithin(measured(claims, name), list)) ?? values[0];
  within('measurements', other ? measured(claims, other[0]) : [], other?.[1]);
  compare('confirmation', claims.cnf?.jkt, wants.confirmation);
  const proof = wants.proof ?? (claims.log?.proof && text(fromBase64URL(`${claims.log.proof}`) ?? NONE));
  if (!wants.log) put('inclusion', false, '', 'nobody to believe about the log was given');
  else {
    try {
      must(proof, 'PROOF_MISSING', 'log');
      const entry = await verifyProof(proof, wants.log);
      await checkTokenEntry(parsed, entry);
      put('inclusion', true, `entry ${entry.index} of ${entry.origin}`);
    } catch (error) {
      put('inclusion', false, '', error.code === 'ED25519_MISSING' ? error.message : '', error.message);
    }
  }
  let reason = !('status' in claims) ? 'no place in a status list' : '', found;
  try {
    if (!reason) found = await standing(claims, wants, time, skew);
    if (found === undefined) reason ||= 'no status list was given';
  } catch (error) {
    found = error.message;
    if (error.code === 'UNREACHABLE') reason = found;
  }
  put('revocation', found === 'status 0', found, reason, 'status 0');
  return end(claims);
}
