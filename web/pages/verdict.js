// Draws a verdict: the card, the two opinions, the path from the root to the software.
import { clausePath } from './clause.js';
import { el, language, mark, t } from './page.js';
import { headline, stages, verdictOf } from './stages.js';
import * as texts from '/assay-texts.js';

const tones = { green: 'passed', amber: 'open', red: 'failed', grey: 'none', none: 'none' };

/** What is to be done about `code`: in the reader's language where there are words for it, else as the service says. */
function remedy(code, fallback) {
  const own = t(`code.${code}`, {}, null);
  if (own) return own;
  // Problems of requests are in English; everything about quotes is in both.
  const isAboutQuotes = /^(POLICY|QUOTE|QE|PCK|CRL|TCB|COLLATERAL|CERT|NO_REF|REFERENCE_|EVENT_LOG_INC|ROOT_UN|NOT_FRESH)/.test(code ?? '');
  // What the service says of this very failure, where that is in the reader's language.
  const isReaders = /\p{Script=Han}/u.test(fallback ?? '') === (language() === 'zh');
  if (fallback && (isReaders || !isAboutQuotes)) return fallback;
  return code ? texts.remedy(code, language()) : undefined;
}

const found = (text) => el('span', { class: 'found' }, text);

function reasonList(answer, verdict) {
  const problem = answer.ok ? undefined : answer.value;
  const sources = new Map();
  // The first rule of a code: what follows is often its consequence.
  for (const rule of verdict?.policy?.rules ?? []) if (rule.code && !sources.has(rule.code)) sources.set(rule.code, rule);
  if (verdict?.failure) sources.set(verdict.failure.code, verdict.failure);
  const codes = verdict?.reasons?.length ? verdict.reasons : problem?.code ? [problem.code] : [];
  if (codes.length === 0) return null;
  return el(
    'ul',
    { class: 'reasons' },
    codes.map((code) => {
      const source = sources.get(code) ?? (problem?.code === code ? problem : {});
      const fix = remedy(code, source.fix);
      const detail = source.found ? `${t('found')}: ${source.found}` : problem?.detail;
      return el('li', {}, el('code', {}, code), detail ? found(detail) : null, fix ? el('p', {}, fix) : null);
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
  const verdict = phase === 'done' ? verdictOf(answer) : undefined;
  const own = opinion ? opinion.verdict : 'waiting';
  const rows = [
    ['server', verdict?.verdict, ''],
    ['browser', verdict && own, opinion ? opinionNote(opinion) : ''],
  ];
  place.dataset.state = opinion?.disagrees ? 'different' : opinion?.verdict ? 'same' : 'open';
  place.replaceChildren(
    ...rows.map(([who, what, note]) =>
      el(
        'div',
        { class: 'opinion', 'data-who': who, 'data-verdict': what ?? 'none' },
        el('span', { class: 'who' }, t(`opinion.${who}`)),
        el('strong', {}, t(`opinion.${what ?? 'none'}`)),
        el('span', { class: 'note' }, note),
      ),
    ),
  );
}

export function opinionNote(opinion) {
  if (opinion.absent) {
    const why = opinion.detail ?? t(`opinion.absent.${opinion.absent}`, opinion);
    return t('opinion.absent', { why });
  }
  if (opinion.disagrees) return [t('opinion.different'), opinion.reasons?.join(', ')].filter(Boolean).join(': ');
  if (opinion.verdict === 'genuine') return t('opinion.policy', opinion);
  return opinion.root ? t('opinion.same.other', { root: opinion.root.slice(0, 16) }) : t('opinion.same');
}

function checkItem(check) {
  const known = texts.title(check.id, language());
  const title = known === check.id ? (check.detail ?? check.title ?? check.id) : known;
  const values = [];
  if (check.found) values.push(found(`${t('found')}: ${check.found}`));
  if (check.outcome === 'failed' && check.wanted) values.push(found(`${t('wanted')}: ${check.wanted}`));
  if (check.outcome === 'not_performed' && check.reason) values.push(found(check.reason));
  const fix = check.outcome === 'failed' ? remedy(check.code, check.fix) : undefined;
  const place = clausePath(check.clause);
  return el(
    'li',
    { class: check.outcome },
    mark(check.outcome === 'not_performed' ? 'not_performed' : check.outcome),
    el(
      'div',
      {},
      el('span', { class: 'visually-hidden' }, `${t(`path.${check.outcome}.word`)}: `),
      el('span', { class: 'title' }, title),
      el('code', { class: 'id', title: check.clause ?? check.id }, place ? el('a', { href: place }, check.id) : check.id),
      values,
      fix ? el('p', { class: 'fix' }, el('b', {}, `${t('fix')}: `), fix) : null,
    ),
  );
}

export function drawPath(place, { phase, answer }) {
  const verdict = phase === 'done' ? verdictOf(answer) : undefined;
  // Only what is known to be Intel's is called so.
  const isOther = verdict?.trust_root?.intel === false;
  const nameOf = (name) => (isOther && t(`stage.${name}.other`, {}, null)) || t(`stage.${name}`);
  const title = document.getElementById('path-title');
  title.dataset.t = isOther ? 'path.title.other' : 'path.title';
  title.textContent = t(title.dataset.t);
  const opened = new Set([...place.querySelectorAll('details[open]')].map((details) => details.dataset.stage));
  place.replaceChildren(
    ...stages(verdict).map(({ name, outcome, checks }) => {
      const shown = verdict ? outcome : 'idle';
      const values = { n: checks.filter((check) => check.outcome === 'passed').length, all: checks.length };
      const isPartial = shown === 'not_performed' && values.n > 0;
      const words = shown === 'none' ? t('path.nothing') : t(`path.${isPartial ? 'passed' : shown}`, values);
      const head = [
        mark(shown === 'idle' ? 'none' : shown),
        el('span', { class: 'stage' }, nameOf(name)),
        el('span', { class: 'result' }, words),
      ];
      const item = (...children) => el('li', { class: shown, 'data-stage': name }, ...children);
      if (checks.length === 0) return item(el('div', { class: 'head' }, head));
      const isOpen = shown === 'failed' || opened.has(name);
      const list = el('ul', { class: 'checks' }, checks.map(checkItem));
      return item(el('details', { open: isOpen, 'data-stage': name }, el('summary', { class: 'head' }, head), list));
    }),
  );
}
