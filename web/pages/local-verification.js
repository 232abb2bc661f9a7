// Verifies in the browser what the service judged: the same quote, with what Intel signed (the service relays it and
// cannot forge it), by assay.js. Where the two answers differ, somebody lies.
import { STRICT_POLICY, discoverKeys, expectedReportData, fromBase64, toHex, verifyQuote, verifyToken } from '/assay.js';
import { checkReceipt } from './logtrust.js';
import { verdictOf } from './stages.js';

/** How far the service's clock may be from ours and still be believed, in seconds. */
const CLOCK = 300;
const PATIENCE = 20000;

/** What the service holds of Intel's documents for this quote's platform; `null` where it gives none. */
async function relayed(quote) {
  try {
    const answer = await fetch('/v1/collateral', {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: quote,
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE),
    });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** The root that a service without Intel's trusts: at the end of the chain beside the PCK CRL. It proves nothing. */
function foreignRoot(bundle) {
  try {
    const chain = JSON.parse(bundle).pck_crl_issuer_chain;
    const blocks = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    return blocks.at(-1);
  } catch {
    return undefined;
  }
}

/** SHA-256 of a certificate's DER, as `openssl x509 -fingerprint -sha256` prints it, in lower case and without colons. */
async function fingerprint(pem) {
  const der = fromBase64(pem.replace(/-----[^-]+-----|\s/g, '')) ?? new Uint8Array();
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', der)));
}

/** The service's instant, so that both judge the same; our own where the two clocks are too far apart. */
function instant(verdict) {
  const claimed = Date.parse(verdict.time) / 1000;
  const own = Math.floor(Date.now() / 1000);
  return Math.abs(claimed - own) <= CLOCK ? claimed : own;
}

const isGenuine = (verdict) => verdict.verdict !== 'error' && !verdict.failure;

/** What the service says the quote says, where the browser reads something else. */
function contradictions(server, own) {
  const found = [];
  const compare = (name, theirs, ours) => {
    if (theirs === undefined || ours === undefined) return;
    if (JSON.stringify(theirs) !== JSON.stringify(ours)) found.push(name);
  };
  for (const [name, value] of Object.entries(own.quote?.body ?? {})) compare(name, server.quote?.body?.[name], value);
  compare('tcb.status', server.tcb?.status, own.tcb?.status);
  compare('platform.fmspc', server.platform?.fmspc, own.platform?.fmspc);
  return found;
}

async function expectation(request) {
  return request.nonce ? expectedReportData({ scheme: request.scheme, nonce: request.nonce }) : undefined;
}

/** Whether the token is the service's own and tells the same as the verdict beside it. */
async function checkToken(verdict, request) {
  if (!verdict.token) return undefined;
  let keys;
  try {
    keys = await discoverKeys(location.origin);
  } catch (error) {
    return { ok: false, why: error.message };
  }
  const checked = await verifyToken(verdict.token, {
    ...keys,
    minimumStatus: 'contraindicated',
    // The verdict beside it tells of both; here the question is whether the token tells the same.
    freshness: 'any',
    policies: ['any'],
    nonce: request.nonce ?? undefined,
  });
  const failed = checked.checks.find((check) => check.outcome === 'failed');
  // The service's own, but it has withdrawn it: an answer that was kept and played back.
  const isWithdrawn = failed?.id === 'token.revocation' && /^status \d/.test(failed.found);
  const alarm = isWithdrawn ? 'alarm.revoked' : 'alarm.token';
  if (failed) return { ok: false, alarm, why: `${failed.id}: ${failed.found ?? ''}` };
  const { claims } = checked;
  const isSame = claims.jti === verdict.id && claims.ear_status === verdict.status;
  if (!isSame) return { ok: false, alarm: 'alarm.token', why: 'jti, ear_status' };
  return { ok: true, lifetime: claims.exp - claims.iat };
}

/**
 * @param {{quote: Uint8Array, nonce?: Uint8Array, scheme?: string}} request
 * @returns {Promise<{verdict?: string, reasons?: string[], disagrees?: boolean, alarm?: string, absent?: string,
 *   token?: {ok: boolean, why?: string, lifetime?: number}, receipt?: {ok: boolean, why?: string, index?: string},
 *   root?: string}>} `root`: the fingerprint of the root that was believed, where it is not Intel's
 */
export async function verifyLocally(request, answer) {
  const server = verdictOf(answer);
  if (!server) return { absent: 'collateral' };
  const bundle = await relayed(request.quote);
  const trustRoot = server.trust_root?.intel === true ? undefined : bundle && foreignRoot(bundle);
  let own;
  try {
    own = await verifyQuote(request.quote, bundle, {
      time: instant(server),
      reportData: await expectation(request),
      ...(trustRoot ? { trustRoot } : {}),
    });
  } catch (error) {
    return { absent: 'error', detail: error.message };
  }
  const [token, receipt] = await Promise.all([checkToken(server, request), checkReceipt(server)]);
  const opinion = own.verdict === 'error' ? { absent: 'collateral' } : compare(server, own);
  // Whose root it was: what holds under another than Intel's proves something to the operator alone.
  const proofs = { token, receipt, root: trustRoot ? await fingerprint(trustRoot) : undefined };
  if (token?.alarm) return { ...opinion, ...proofs, disagrees: true, alarm: token.alarm };
  if (receipt?.isForged) return { ...opinion, ...proofs, disagrees: true, alarm: 'alarm.receipt' };
  return { ...opinion, ...proofs };
}

/** What the strict policy refuses for, as far as a browser judges it: event logs and references are the service's. */
const STRICT_CODES = new Set(
  [
    ...['TCB_STATUS', 'RELAUNCH', 'CURRENT_TCB', 'COLLATERAL_EXPIRED'],
    ...['DEBUG', 'TD_PROFILING', 'TD_RESERVED', 'SERVICE_TD', 'REPORT_DATA'],
  ].map((code) => `POLICY_${code}`),
);

function compare(server, own) {
  const { verdict, reasons } = own;
  const different = contradictions(server, own);
  const alarming = (why) => ({ verdict, reasons: why, disagrees: true, alarm: 'alarm.text' });
  if (different.length > 0) return alarming(different);
  if (server.verdict === 'error') return { verdict, reasons };
  if (isGenuine(server) !== isGenuine(own)) return alarming(reasons);
  if (!isGenuine(own)) return { verdict, reasons };
  const isStrict = (server.policies ?? [server.policy]).some((policy) => policy?.id === STRICT_POLICY.id);
  if (server.verdict === 'accept' && verdict === 'reject') {
    // "strict" means the same everywhere; another policy may allow more, and the reader is told what.
    return isStrict ? alarming(reasons) : { verdict: 'genuine', reasons, lenient: reasons, policy: server.policy?.id };
  }
  if (server.verdict === 'reject' && verdict === 'accept') {
    const isOurs = isStrict && server.reasons.every((code) => STRICT_CODES.has(code));
    return isOurs ? alarming(reasons) : { verdict: 'genuine', reasons: [], policy: server.policy?.id };
  }
  return { verdict, reasons };
}
