// A verdict's checks as a path from Intel's root to the software: one stage after the other, each with its outcome.

export const stageNames = ['root', 'certificates', 'collateral', 'platform', 'tcb', 'td', 'events', 'policy'];

const byCheck = {
  'pck.root': 'root',
  'pck.certificates': 'certificates',
  'pck.intermediate': 'certificates',
  'pck.leaf': 'certificates',
  'pck.extension': 'certificates',
  'pck.validity': 'certificates',
  'verification.time': 'certificates',
  'pck.revocation': 'collateral',
  'collateral.available': 'collateral',
  'collateral.freshness': 'collateral',
  attestation_key: 'platform',
  tdx_module: 'tcb',
  'tcb.launch': 'tcb',
  'tcb.current': 'tcb',
  'tcb.result': 'tcb',
  'quote.format': 'td',
  'quote.signature': 'td',
  debug: 'td',
};

const byPrefix = [
  [/^(root_crl|pck_crl|tcb_info\.|qe_identity\.)/, 'collateral'],
  [/^qe_report\./, 'platform'],
  [/^td\./, 'td'],
  [/^(event|rtmr|boot)/, 'events'],
];

export function stageOf(id) {
  return byCheck[id] ?? byPrefix.find(([pattern]) => pattern.test(id))?.[1] ?? 'policy';
}

/** What the registers' replay came to, as checks (event_log in the verdict). */
function eventChecks(log) {
  return (log?.rtmr ?? []).map((outcome, index) => ({
    id: `rtmr${index}`,
    title: `RTMR${index}`,
    outcome: outcome === 'replayed' ? 'passed' : outcome === 'mismatch' || outcome === 'failed' ? 'failed' : 'not_performed',
    reason: outcome === 'replayed' ? undefined : outcome,
  }));
}

/** `passed`, `failed`, `open` (something a person may want was not established), `not_performed`, `none`. */
function outcomeOf(checks, isStopped) {
  if (checks.length === 0) return 'none';
  if (checks.some((check) => check.outcome === 'failed')) return 'failed';
  if (checks.every((check) => check.outcome === 'passed')) return 'passed';
  return isStopped ? 'not_performed' : 'open';
}

/** The stages of a verdict, in order: `{ name, outcome, checks }`. */
export function stages(verdict) {
  const all = [...(verdict?.checks ?? []), ...(verdict?.policy?.rules ?? [])];
  const logged = all.some((check) => stageOf(check.id) === 'events') ? [] : eventChecks(verdict?.event_log);
  const sorted = new Map(stageNames.map((name) => [name, []]));
  for (const check of all) sorted.get(stageOf(check.id)).push(check);
  sorted.get('events').push(...logged);
  // After a terminal failure the policy was never asked.
  const isStopped = Boolean(verdict?.failure);
  return stageNames.map((name) => {
    const checks = sorted.get(name);
    const outcome = outcomeOf(checks, isStopped);
    return { name, checks, outcome: outcome === 'none' && isStopped ? 'not_performed' : outcome };
  });
}

/** The verdict in an answer, if there is one: the answer itself, or a problem's member. */
export const verdictOf = (answer) =>
  answer?.value?.verdict?.verdict ? answer.value.verdict : answer?.value?.checks && answer.value;

/** What kind of answer this is: the name of its words, and its colour. */
export function headline(answer, opinion) {
  const { status, value } = answer;
  if (status === 0) return { name: 'unreachable', tone: 'grey' };
  const verdict = value?.verdict?.verdict ? value.verdict : value;
  if (verdict?.verdict === 'reject') return { name: verdict.failure ? 'refused' : 'denied', tone: 'red' };
  if (answer.ok && verdict?.verdict === 'accept') {
    if (verdict.status === 'contraindicated' || verdict.status === 'none') return { name: 'denied', tone: 'red' };
    if (verdict.trust_root?.intel !== true) return { name: 'other-root', tone: 'amber' };
    // Green takes two: whoever answers for the service cannot answer for the browser.
    if (verdict.status === 'affirming' && !opinion) return { name: 'checking', tone: 'grey' };
    if (opinion?.absent) return { name: 'unchecked', tone: 'amber' };
    if (opinion?.lenient) return { name: 'lenient', tone: 'amber' };
    if (verdict.status === 'affirming') return { name: 'affirming', tone: 'green' };
    return { name: 'warning', tone: 'amber' };
  }
  if (status >= 500 || verdict?.verdict === 'error') return { name: 'undecided', tone: 'grey' };
  if (/^(QUOTE_|ATTESTATION_)/.test(value?.code ?? '')) return { name: 'malformed', tone: 'red' };
  return { name: 'wrong', tone: 'grey' };
}
