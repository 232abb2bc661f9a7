// The verdict on a quote

import { AssayError, must } from './errors.js';
import { toHex } from './bytes.js';
import { dateText, secondsOf } from './time.js';
import { parseQuote } from './quote.js';
import { isDebug, quoteDocument } from './quote-document.js';
import { ANY, isBytes, isFlag, isText, options, SECONDS, TEXT } from './demands.js';
import { readAnchor } from './anchor.js';
import { CHECKS, Verification } from './verification.js';
import { expectedReportData } from './binding.js';
import { readPolicy, STRICT_POLICY } from './policy.js';
import { rules } from './rules.js';
import { compact, outcome } from './checks.js';

export const VERSION = '0.1.0';

/**
 * Judges a quote: everything Intel signed about it, then a policy. Whatever is given of evidence, there is a verdict.
 * @param {Bytes} input the quote, raw (`readQuote` takes the other forms)
 * @param {Bytes | string | Record<string, any> | null} collateral see `readCollateral`; whoever relays it, Intel signed
 * @param {{time?: Date | number | string, trustRoot?: Bytes | string, policy?: Record<string, any>, source?: string,
 *   reportData?: Bytes | Awaited<ReturnType<typeof expectedReportData>>, acceptTCBInfoV2?: boolean,
 *   skewSeconds?: number}} [wants] the time of every check, now by default; a root instead of Intel's; a policy's
 *   document, refused by name where a member of it is not judged by here: event logs and claims are the service's
 * @returns {Promise<Verdict>} the object of `assay verify --format json`; `explain` of assay-texts.js adds the words
 */
export async function verifyQuote(input, collateral, wants = {}) {
  options(wants, { time: ANY, trustRoot: ANY, policy: ANY, source: TEXT, reportData: ANY,
    acceptTCBInfoV2: [isFlag, 'true or false'], skewSeconds: SECONDS });
  const time = secondsOf(wants.time), { policy: chosen = STRICT_POLICY, reportData } = wants,
    policy = readPolicy(chosen), anchor = await readAnchor(wants.trustRoot);
  const expected = isBytes(reportData)
    ? await expectedReportData({ runtimeData: reportData }) : reportData ?? null;
  const { scheme, candidates } = expected ?? {}, isWhole = (each) => isBytes(each) && each.length > 31;
  must(expected === null || (isText(scheme) && Array.isArray(candidates) && candidates.length
    && Array.from(candidates).every(isWhole)), 'BINDING_INVALID', 'reportData', '',
  'bytes, or what expectedReportData gives');
  const verification = new Verification(anchor, time, wants);
  let quote, facts, failure;
  try {
    quote = parseQuote(input);
    facts = await verification.run(quote, collateral);
  } catch (error) {
    // What nobody foresaw decides nothing.
    failure = error instanceof AssayError ? error : new AssayError('INTERNAL', 'verification', `${error}`);
  }
  const results = facts ? rules(facts, policy, expected, time) : [];
  return {
    ...facts ? judged(facts, results, expected, wants.source) : refused(failure, verification.step, quote),
    trust_root: { name: anchor.isIntel ? 'Intel SGX Root CA' : "named by the operator, not Intel's",
      intel: anchor.isIntel },
    checks: checkList(quote, facts, failure, verification.step, anchor),
    policy: {
      id: policy.id,
      rules: results.map(({ id, reason, holds, code, found }) =>
        compact({ id, outcome: outcome({ reason, holds }), code: reason || holds ? '' : code, reason, found })),
    },
    binding: { scheme: expected?.scheme ?? 'none', outcome: outcome(results[results.length - 1]
      ?? { reason: 'refused' }) },
    time: dateText(time), verifier: { name: 'assay.js', version: VERSION, ruleset: 2 },
  };
}

function refused({ code, field, offset, found, wanted }, check, quote) {
  const isWorld = code === 'INTERNAL' || code.startsWith('COLLATERAL_');
  return compact({
    verdict: isWorld ? 'error' : 'reject', status: isWorld ? 'none' : 'contraindicated', reasons: [code],
    tee: quote?.tee, failure: compact({ code, check, field, offset, found, wanted }),
  });
}

function judged({ quote, tcb, platform, tcbInfo, qeIdentity, items, expired, ...facts }, results, expected,
  source = 'supplied') {
  const failed = results.filter((each) => outcome(each) === 'failed'), { launch, current } = tcb;
  const flag = (entry) => platform.configuration?.[entry] ?? 'undefined', issued = items.map((each) => each.issued);
  return {
    verdict: failed.length ? 'reject' : 'accept',
    status: isDebug(quote) || failed.some(({ tier }) => tier > 1) ? 'contraindicated' : 'warning',
    reasons: failed.length ? failed.map(({ code }) => code) : ['NO_REFERENCE_VALUES',
      ...expected?.fresh === true ? [] : ['NOT_FRESH']],
    tee: quote.tee, quote: quoteDocument(quote),
    tcb: {
      status: tcb.status, platform: launch.platform, qe: launch.qe, module: launch.module, launch: launch.status,
      current: current.status, date: dateText(launch.date), date_current: dateText(current.date),
      evaluation_number: Math.min(tcbInfo.evaluation, qeIdentity.evaluation),
      tcb_info_evaluation_number: tcbInfo.evaluation, qe_identity_evaluation_number: qeIdentity.evaluation,
      advisory_ids: launch.advisories, advisory_ids_current: current.advisories, out_of_date: tcb.outOfDate,
      svn_regression: tcb.isRegression,
    },
    platform: {
      fmspc: toHex(platform.fmspc), pce_id: toHex(platform.pceID), ca: facts.authority,
      sgx_type: ['Standard', 'Scalable', 'ScalableWithIntegrity'][platform.sgxType], pce_svn: platform.pceSVN,
      component_svns: toHex(platform.components), dynamic_platform: flag(1), cached_keys: flag(2), smt_enabled: flag(3),
    },
    collateral: {
      expired: expired.length > 0,
      expired_items: expired.map(({ name, expires }) => ({ item: name, expired: dateText(expires) })),
      expires: dateText(facts.earliest), earliest_issue: dateText(Math.min(...issued)),
      latest_issue: dateText(Math.max(...issued)), items: facts.digests, source,
    },
  };
}

function checkList(quote, facts, failure, step, anchor) {
  const failed = facts ? CHECKS.length : CHECKS.indexOf(step);
  return CHECKS.map((id, at) => {
    let reason = at > failed ? `${step} failed` : '', holds = at < failed
      && !(id === 'collateral.freshness' && facts?.expired.length);
    if (quote?.tee === 'sgx' && at !== failed && (id === 'tdx_module'
      || (facts && id === 'tcb.current'))) reason = 'the quote is of SGX';
    else if (facts && id === 'tcb.current'
      && !quote.body.teeTcbSvn2) reason = 'a TDX 1.0 body does not say which module runs now';
    const { found, wanted } = at === failed ? failure
      : { found: id === 'pck.root' && !anchor.isIntel && holds ? "a root that is NOT Intel's, named by the operator"
        : '' };
    return compact({ id, outcome: outcome({ reason, holds }), reason, found, wanted });
  });
}
