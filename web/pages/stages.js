// A verdict's checks as a path from the root to the software: one stage after the other, each with its outcome.

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

/** `passed`, `failed`, `not_performed`, or `none` where there was nothing to look at. */
function outcomeOf(checks, isStopped) {
  // Rules that a policy does not ask for say nothing about a stage.
  const asked = checks.filter((check) => !(check.isRule && check.outcome === 'not_performed'));
  if (asked.some((check) => check.outcome === 'failed')) return 'failed';
  if (isStopped && asked.some((check) => check.outcome === 'not_performed')) return 'not_performed';
  return asked.some((check) => check.outcome === 'passed') ? 'passed' : isStopped ? 'not_performed' : 'none';
}

/** The stages of a verdict, in order: `{ name, outcome, checks }`. */
export function stages(verdict) {
  const rules = (verdict?.policy?.rules ?? []).map((rule) => ({ ...rule, isRule: true }));
  const sorted = new Map(stageNames.map((name) => [name, []]));
  for (const check of [...(verdict?.checks ?? []), ...rules]) {
    // What nobody asked for belongs to the policy that did not ask. Every policy asks about a TD's service TD: where the
    // body cannot say, that is the machine's.
    const isMute = check.id === 'td.service_td' && verdict.tee === 'tdx';
    const isUnasked = check.isRule && check.outcome === 'not_performed' && !isMute;
    sorted.get(isUnasked ? 'policy' : stageOf(check.id)).push(check);
  }
  // After a terminal failure the policy was never asked.
  const isStopped = Boolean(verdict?.failure);
  return stageNames.map((name) => {
    const checks = sorted.get(name);
    const outcome = outcomeOf(checks, isStopped);
    // Every rule holds, and yet something that a person would assume was not established.
    const isOpen = name === 'policy' && outcome === 'passed' && verdict?.status !== 'affirming';
    return { name, checks, outcome: isOpen ? 'open' : outcome };
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
