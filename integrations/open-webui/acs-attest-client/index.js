/**
 * In place of CCZoo's `acs-attest-client`: the same three functions, and they verify.
 *
 *     attest(quote)                    → a token, or an error that says what is wrong with the quote
 *     verify_apprasial_token(token)    → claims, only of a token that an own, fresh quote earned
 *     decode_apprasial_token(token)    → claims as they are written; proves nothing
 *
 * The page's own flow, a quote without a nonce, turns green for a quote that anybody recorded. Here it does not: without a
 * nonce `verify_apprasial_token` refuses with NOT_FRESH. Give one, and have the guest's quote endpoint bind it:
 *
 *     const { quote, ...bound } = await freshQuote('https://chat.example/assay/quote');
 *     const token = await attest(quote, bound);
 *     const claims = await verify_apprasial_token(token);
 *
 * `assay.js` lies beside this file: copy it from Assay (`GET /assay.js`), and keep it with the page, so that a service
 * cannot choose who checks it.
 */
import { discoverKeys, verifyQuote, verifyToken, expectedReportData, randomNonce } from './assay.js';
import { fromBase64URL, fromHex, toBase64URL } from './assay.js';

const settings = {
  /** The service, as its tokens name it. */
  service: 'http://127.0.0.1:8080',
  /** `warning` accepts tokens with something open, but never one that is not fresh. */
  minimumStatus: 'warning',
  /** SHA-256 in hex of the policies that are accepted; the service's default where it is left undefined, `['any']`: all. */
  policies: undefined,
  /** SHA-256 in hex of the reference sets that are accepted; all where it is left undefined. */
  references: undefined,
  /** The values in hex that are accepted, by name: mr_td, rtmr0 to rtmr3. */
  measurements: undefined,
  /** A root certificate (PEM) in place of Intel's: for simulators only. */
  trustRoot: undefined,
};

/** What was demanded of the quote behind each token, so that the token can be held to it. */
const expectations = new Map();
const REMEMBERED = 100;

/** Sets the service, and what is good enough. A setting that nobody knows throws: a typo would leave the laxer one. */
export function configure(changes) {
  for (const name of Object.keys(changes)) {
    if (!Object.hasOwn(settings, name)) throw new TypeError(`${name}: wanted one of ${Object.keys(settings).join(', ')}`);
  }
  Object.assign(settings, changes);
}

/** An error with a stable code, for programs, and a sentence, for people. */
export class AttestationError extends Error {
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.name = 'AttestationError';
    this.code = code;
  }
}

/** Bytes of whatever the page has: hex (as its backend sends it), base64, or bytes. */
function quoteBytes(quote) {
  if (typeof quote !== 'string') return Uint8Array.from(quote);
  const bytes = fromHex(quote) ?? fromBase64URL(quote.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
  if (!bytes) throw new AttestationError('QUOTE_UNREADABLE', 'the quote is neither hex nor base64');
  return bytes;
}

/** A quote over a nonce that was made here, just now. @param {string} endpoint the guest's quote endpoint */
export async function freshQuote(endpoint) {
  const nonce = toBase64URL(randomNonce());
  const answer = await fetch(`${endpoint}?nonce=${nonce}`, { cache: 'no-store' });
  if (!answer.ok) throw new AttestationError('QUOTE_UNAVAILABLE', `the quote endpoint answers ${answer.status}`);
  const { quote, scheme, key } = await answer.json();
  // Our own nonce, not the one that came back.
  return { quote, nonce, scheme, key };
}

async function post(path, type, body) {
  try {
    const headers = { 'Content-Type': type };
    const options = { method: 'POST', headers, body, cache: 'no-store', credentials: 'omit' };
    return await fetch(settings.service + path, options);
  } catch {
    throw new AttestationError('SERVICE_UNREACHABLE', `${settings.service} does not answer`);
  }
}

/** The same quote, judged here with what Intel signed: who says otherwise is not believed. */
async function judgeHere(bytes, expected) {
  const answer = await post('/v1/collateral', 'application/octet-stream', bytes);
  const verdict = await verifyQuote(bytes, answer.ok ? await answer.text() : null, {
    reportData: expected,
    ...(settings.trustRoot ? { trustRoot: settings.trustRoot } : {}),
  });
  if (verdict.failure) throw new AttestationError(verdict.failure.code, 'the service accepts what does not verify here');
  return verdict;
}

/**
 * Has a quote judged, by the service and here.
 * @param {string | ArrayLike<number>} quote
 * @param {{nonce?: string, scheme?: string, key?: string}} [bound] what its report_data must answer; base64url
 * @returns {Promise<string>} the token
 */
export async function attest(quote, bound = {}) {
  const bytes = quoteBytes(quote);
  const { nonce, scheme, key } = bound;
  const body = { quote: toBase64URL(bytes), ...(nonce ? { nonce, scheme } : {}), ...(nonce && key ? { key } : {}) };
  const answer = await post('/v1/verdicts', 'application/json', JSON.stringify(body));
  const verdict = await answer.json();
  if (!answer.ok) {
    throw new AttestationError(verdict.code ?? 'SERVICE_ANSWER', verdict.detail ?? `status ${answer.status}`);
  }
  if (verdict.verdict !== 'accept' || typeof verdict.token !== 'string') {
    const fixes = [verdict.failure, ...(verdict.policy?.rules ?? [])].map((each) => each?.fix).filter(Boolean);
    throw new AttestationError(verdict.reasons?.[0] ?? 'REJECTED', fixes[0] ?? 'the service rejects the quote');
  }
  const expected = nonce
    ? await expectedReportData({ scheme, nonce: fromBase64URL(nonce), ...(key ? { key: fromBase64URL(key) } : {}) })
    : undefined;
  await judgeHere(bytes, expected);
  if (expectations.size >= REMEMBERED) expectations.clear();
  expectations.set(verdict.token, nonce ?? null);
  return verdict.token;
}

/** What a token says, whoever wrote it. */
export async function decode_apprasial_token(token) {
  return JSON.parse(new TextDecoder().decode(fromBase64URL(token.split('.')[1])));
}

/** The claims of a token that holds: the service's signature and issuer, in time, good enough, and over our own nonce. */
export async function verify_apprasial_token(token) {
  const nonce = expectations.get(token);
  if (!nonce) {
    throw new AttestationError('NOT_FRESH', 'no nonce was bound, so this quote may have been recorded and shown again');
  }
  const keys = await discoverKeys(settings.service);
  const { minimumStatus, policies, references, measurements } = settings;
  const wanted = { ...keys, nonce, minimumStatus, policies, references, measurements };
  const { acceptable, checks, claims } = await verifyToken(token, wanted);
  if (!acceptable) {
    const failed = checks.find((check) => check.outcome === 'failed');
    const code = failed.id.toUpperCase().replace('.', '_');
    throw new AttestationError(code, `found ${failed.found ?? 'nothing'}, wanted ${failed.wanted ?? 'another'}`);
  }
  return claims;
}
