// Draws a verdict: the card, the two opinions, the path, the facts and what proves them.
import { copyButton, duration, el, language, mark, t } from './page.js';
import { base64 } from './evidence.js';
import { headline, stages, verdictOf } from './stages.js';
import * as texts from '/assay-texts.js';

const tones = { green: 'passed', amber: 'open', red: 'failed', grey: 'none', none: 'none' };

/** What is to be done about `code`: in the reader's language where there are words for it, else as the service says. */
function remedy(code, fallback) {
  const own = t(`code.${code}`, {}, undefined);
  if (own) return own;
  // Problems of requests are in English; everything about quotes is in both.
  if (fallback && (language() === 'en' || !/^(POLICY|QUOTE|QE|PCK|CRL|TCB|COLLATERAL|CERT|NO_REF|NOT_FRESH)/.test(code))) return fallback;
  return texts.remedy(code, language());
}

function reasonList(answer, verdict) {
  const problem = answer.ok ? undefined : answer.value;
  const found = new Map();
  for (const rule of verdict?.policy?.rules ?? []) if (rule.code) found.set(rule.code, rule);
  if (verdict?.failure) found.set(verdict.failure.code, verdict.failure);
  const codes = verdict?.reasons?.length ? verdict.reasons : problem?.code ? [problem.code] : [];
  if (codes.length === 0) return null;
  return el(
    'ul',
    { class: 'reasons' },
    codes.map((code) => {
      const source = found.get(code) ?? (problem?.code === code ? problem : {});
      const fix = remedy(code, source.fix);
      const detail = source.found ? `${t('found')}: ${source.found}` : problem?.detail;
      return el('li', {}, el('code', {}, code), detail ? el('span', { class: 'found' }, detail) : null, fix ? el('p', {}, fix) : null);
    }),
  );
}

export function drawVerdict(place, state, retry) {
  const { phase, answer, opinion } = state;
  let name = 'none';
  let tone = 'none';
  let note = t('verdict.none.text');
  if (phase === 'busy') {
    name = 'busy';
    note = state.seconds < 1 ? t('verdict.busy.text') : t('verdict.busy.slow', { n: state.seconds });
  } else if (phase === 'done') {
    ({ name, tone } = headline(answer, opinion));
    note = t(`verdict.${name}.text`, { why: opinion?.lenient?.join(', ') });
    if (opinion?.disagrees) {
      name = 'alarm';
      tone = 'red';
      note = t('verdict.alarm.text');
    }
  }
  place.dataset.tone = tone;
  place.dataset.name = name;
  place.classList.toggle('busy', phase === 'busy');
  const verdict = verdictOf(answer);
  const children = [
    el('p', { class: 'headline' }, mark(tones[tone]), el('strong', {}, t(`verdict.${name}`))),
    el('p', {}, note),
  ];
  if (phase === 'done') {
    children.push(reasonList(answer, verdict));
    if (verdict?.time) {
      const values = { tee: (verdict.tee ?? '').toUpperCase(), policy: verdict.policy?.id, time: verdict.time };
      children.push(el('p', { class: 'hint' }, t('verdict.at', values)));
    }
    if (answer.status === 0 || answer.value?.retryable) {
      children.push(el('button', { type: 'button', class: 'button small', onclick: retry }, t('verdict.retry')));
    }
  }
  place.replaceChildren(...children.filter(Boolean));
}

export function drawOpinions(place, { phase, answer, opinion }) {
  const verdict = verdictOf(answer);
  const done = phase === 'done' && verdict;
  const rows = [
    ['server', done ? verdict.verdict : undefined, ''],
    ['browser', done ? (opinion?.verdict ?? (opinion ? undefined : 'waiting')) : undefined, opinion ? opinionNote(opinion) : ''],
  ];
  place.dataset.state = opinion?.disagrees ? 'different' : opinion?.verdict ? 'same' : 'open';
  place.replaceChildren(
    ...rows.map(([who, what, note]) =>
      el('div', { class: 'opinion', 'data-who': who, 'data-verdict': what ?? 'none' },
        el('span', { class: 'who' }, t(`opinion.${who}`)),
        el('strong', {}, t(`opinion.${what ?? 'none'}`)),
        el('span', { class: 'note' }, note)),
    ),
  );
}

function opinionNote(opinion) {
  if (opinion.absent) return t('opinion.absent', { why: opinion.detail ?? t(`opinion.absent.${opinion.absent}`, opinion) });
  if (opinion.verdict === 'genuine') return t('opinion.policy', opinion);
  if (!opinion.disagrees) return t('opinion.same');
  return [t('opinion.different'), opinion.reasons?.join(', ')].filter(Boolean).join(': ');
}

function checkItem(check) {
  const known = texts.title(check.id, language());
  const title = known === check.id ? (check.detail ?? check.title ?? check.id) : known;
  const values = [];
  if (check.found) values.push(el('span', { class: 'found' }, `${t('found')}: ${check.found}`));
  if (check.outcome === 'failed' && check.wanted) values.push(el('span', { class: 'found' }, `${t('wanted')}: ${check.wanted}`));
  if (check.outcome === 'not_performed' && check.reason) values.push(el('span', { class: 'found' }, check.reason));
  const fix = check.outcome === 'failed' ? remedy(check.code, check.fix) : undefined;
  return el(
    'li',
    { class: check.outcome },
    mark(check.outcome === 'not_performed' ? 'not_performed' : check.outcome),
    el('div', {},
      el('span', { class: 'visually-hidden' }, `${check.outcome}: `),
      el('span', { class: 'title' }, title),
      el('code', { class: 'id', title: check.clause ?? check.id }, check.id),
      values,
      fix ? el('p', { class: 'fix' }, el('b', {}, `${t('fix')}: `), fix) : null),
  );
}

export function drawPath(place, { phase, answer }) {
  const verdict = phase === 'done' ? verdictOf(answer) : undefined;
  const opened = new Set([...place.querySelectorAll('details[open]')].map((details) => details.dataset.stage));
  place.replaceChildren(
    ...stages(verdict).map(({ name, outcome, checks }) => {
      const shown = verdict ? outcome : 'idle';
      const values = { n: checks.filter((check) => check.outcome === 'passed').length, all: checks.length };
      const isPartial = shown === 'not_performed' && values.n > 0;
      const words = shown === 'none' ? t('path.nothing') : t(`path.${isPartial ? 'passed' : shown}`, values);
      const head = [
        mark(shown === 'idle' ? 'none' : shown),
        el('span', { class: 'stage' }, t(`stage.${name}`)),
        el('span', { class: 'result' }, words),
      ];
      if (checks.length === 0) return el('li', { class: shown, 'data-stage': name }, el('div', { class: 'head' }, head));
      const isOpen = shown === 'failed' || opened.has(name);
      return el('li', { class: shown, 'data-stage': name },
        el('details', { open: isOpen, 'data-stage': name },
          el('summary', { class: 'head' }, head),
          el('ul', { class: 'checks' }, checks.map(checkItem))));
    }),
  );
}

function factRows(verdict) {
  const { tcb, platform, collateral, quote } = verdict;
  const rows = [];
  if (tcb) {
    rows.push([t('fact.tcb'), t('fact.tcb.text', { status: tcb.status, date: tcb.date?.slice(0, 10), n: tcb.evaluation_number })]);
    rows.push([t('fact.advisories'), tcb.advisory_ids?.join(', ') || t('fact.none')]);
    for (const item of tcb.out_of_date ?? []) rows.push([t('fact.outofdate'), t('fact.outofdate.item', item)]);
    if (tcb.forecast) rows.push([t('fact.forecast'), tcb.forecast.status]);
  }
  if (platform) rows.push([t('fact.platform'), platform.fmspc, true]);
  if (collateral) {
    rows.push([t('fact.collateral'), collateral.expired ? t('fact.expired', { date: collateral.expires }) : collateral.expires]);
    if (collateral.source) rows.push([t('fact.source'), collateral.source]);
  }
  for (const [name, value] of Object.entries(quote?.body ?? {})) {
    if (typeof value !== 'string' || !/^[0-9a-f]{16,}$/.test(value)) continue;
    if (/^0+$/.test(value)) rows.push([name, t('fact.zero', { n: value.length / 2 })]);
    else rows.push([name, value, true]);
  }
  return rows;
}

function facts(verdict) {
  const rows = factRows(verdict);
  if (rows.length === 0) return null;
  return el('div', { class: 'scroll' },
    el('table', { class: 'facts' },
      el('thead', { class: 'visually-hidden' }, el('tr', {}, el('th', { scope: 'col' }, t('fact.name')), el('th', { scope: 'col' }, t('fact.value')), el('td', {}))),
      el('tbody', {}, rows.map(([name, value, isHex]) =>
        el('tr', {},
          el('th', { scope: 'row' }, name, about(name)),
          el('td', { class: isHex ? 'hex' : null }, value),
          el('td', {}, isHex ? copyButton(() => value, name) : null))))));
}

function about(name) {
  const text = t(`fact.about.${name}`, {}, '');
  return text ? el('span', { class: 'hint' }, text) : null;
}

/** A titled block of text to be copied. */
function block(title, note, text, name, extra = null) {
  return el('section', { class: 'block' }, el('h3', {}, title), note ? el('p', { class: 'hint' }, note) : null,
    el('div', { class: 'code' }, el('pre', { tabindex: 0, role: 'region', 'aria-label': title }, text), copyButton(() => text, name)), extra);
}

function tokenBlock(verdict, opinion) {
  if (!verdict.token) return null;
  let note = '';
  if (opinion?.token?.ok) note = t('evidence.token.ok');
  else if (opinion?.token) note = t('evidence.token.unchecked', { why: opinion.token.why });
  const lifetime = opinion?.token?.lifetime;
  const about = lifetime ? t('evidence.token.note', { n: duration(lifetime) }) : null;
  return block(t('evidence.token'), about, verdict.token, t('evidence.token'), el('p', { class: 'hint', id: 'token-check' }, note));
}

function receiptBlock(verdict) {
  if (!verdict.log) {
    return el('section', { class: 'block' }, el('h3', {}, t('evidence.receipt')), el('p', { class: 'hint' }, t('evidence.receipt.none')));
  }
  const link = el('a', { href: `/log?index=${verdict.log.index}` }, t('evidence.receipt.show'));
  return block(t('evidence.receipt'), t('evidence.receipt.note', verdict.log), verdict.log.proof ?? verdict.log.leaf_hash ?? '',
    t('evidence.receipt'), el('p', {}, link));
}

function againBlock({ request, link, query }) {
  const here = location.origin;
  const encoded = base64(request.quote);
  const curl = request.eventLog
    ? `# quote.bin and event-log.bin are the files you gave\njq -n --arg q "$(base64 -w0 quote.bin)" --arg e "$(base64 -w0 event-log.bin)" '{quote: $q, event_log: $e}' |\n  curl --silent --json @- '${here}/v1/verdicts'`
    : `base64 -d <<< '${encoded}' |\n  curl --silent --data-binary @- -H 'Content-Type: application/octet-stream' \\\n  '${here}/v1/verdicts${query ? `?${query}` : ''}'`;
  const collateral = 'assay verify quote.bin --collateral collateral.json';
  return el('section', { class: 'block' }, el('h3', {}, t('evidence.again')),
    link ? el('p', { class: 'linkline' }, el('a', { href: link, id: 'again' }, t('evidence.again.link')), ' ', copyButton(() => link, t('evidence.again.link'))) : null,
    el('p', { class: 'hint' }, t('evidence.again.curl')),
    el('div', { class: 'code' }, el('pre', { tabindex: 0, role: 'region', 'aria-label': 'curl' }, curl), copyButton(() => curl, 'curl')),
    el('p', { class: 'hint' }, t('evidence.again.offline')),
    el('div', { class: 'code' }, el('pre', { tabindex: 0, role: 'region', 'aria-label': 'assay verify' }, collateral), copyButton(() => collateral, 'assay verify')));
}

export function drawDetails(section, factsPlace, evidencePlace, state) {
  const verdict = state.phase === 'done' ? verdictOf(state.answer) : undefined;
  section.hidden = !verdict;
  if (!verdict) return;
  factsPlace.replaceChildren(...[facts(verdict)].filter(Boolean));
  const text = JSON.stringify(verdict, null, 2);
  const json = el('details', { class: 'json' }, el('summary', {}, t('evidence.json')),
    el('div', { class: 'code' }, el('pre', { tabindex: 0, role: 'region', 'aria-label': t('evidence.json') }, text), copyButton(() => text, 'JSON')));
  evidencePlace.replaceChildren(...[tokenBlock(verdict, state.opinion), receiptBlock(verdict), againBlock(state), json].filter(Boolean));
}
