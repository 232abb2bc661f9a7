// What a verdict rests on, and what proves it: facts, token, receipt, and how to do it again.
import { copyButton, copyable, duration, el, t } from './page.js';
import { toProgram, toService } from './commands.js';
import { verdictOf } from './stages.js';

function factRows({ tcb, platform, collateral, quote }) {
  const rows = [];
  if (tcb) {
    const level = { status: tcb.status, date: tcb.date?.slice(0, 10), n: tcb.evaluation_number };
    rows.push([t('fact.tcb'), t('fact.tcb.text', level)]);
    rows.push([t('fact.advisories'), tcb.advisory_ids?.join(', ') || t('fact.none')]);
    for (const item of tcb.out_of_date ?? []) rows.push([t('fact.outofdate'), t('fact.outofdate.item', item)]);
    if (tcb.forecast) rows.push([t('fact.forecast'), tcb.forecast.status]);
  }
  if (platform) rows.push([t('fact.platform'), platform.fmspc, true]);
  if (collateral) {
    const date = collateral.expires;
    rows.push([t('fact.collateral'), collateral.expired ? t('fact.expired', { date }) : date]);
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
  const column = (name) => el('th', { scope: 'col' }, t(name));
  const row = ([name, value, isHex]) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, name, about(name)),
      el('td', { class: isHex ? 'hex' : null }, value),
      el('td', {}, isHex ? copyButton(() => value, name) : null),
    );
  const head = el('tr', {}, column('fact.name'), column('fact.value'), el('td', {}));
  return el(
    'div',
    { class: 'scroll' },
    el(
      'table',
      { class: 'facts' },
      el('thead', { class: 'visually-hidden' }, head),
      el('tbody', {}, rows.map(row)),
    ),
  );
}

function about(name) {
  const text = t(`fact.about.${name}`, {}, '');
  return text ? hint(text) : null;
}

const hint = (text) => el('span', { class: 'hint' }, text);

/** A titled part: what is `null` is left out. */
const part = (title, ...children) => el('section', { class: 'block' }, el('h3', {}, title), ...children);

function token(verdict, opinion) {
  if (!verdict.token) return null;
  const checked = opinion?.token;
  const seconds = checked?.lifetime;
  const note = checked?.ok ? t('evidence.token.ok') : checked ? t('evidence.token.unchecked', checked) : '';
  return part(
    t('evidence.token'),
    seconds ? el('p', {}, hint(t('evidence.token.note', { n: duration(seconds) }))) : null,
    copyable(verdict.token, t('evidence.token')),
    el('p', { class: 'hint', id: 'token-check' }, note),
  );
}

function receipt({ log }, opinion) {
  if (!log) return part(t('evidence.receipt'), el('p', {}, hint(t('evidence.receipt.none'))));
  return part(
    t('evidence.receipt'),
    el('p', {}, hint(t('evidence.receipt.note', log))),
    copyable(log.proof ?? log.leaf_hash ?? '', t('evidence.receipt')),
    el('p', { class: 'hint', id: 'receipt-check' }, receiptNote(opinion?.receipt)),
    el('p', {}, el('a', { href: `/log?index=${log.index}` }, t('evidence.receipt.show'))),
  );
}

function receiptNote(checked) {
  if (!checked) return '';
  return checked.ok ? t('evidence.receipt.ok') : t('evidence.token.unchecked', checked);
}

function again({ request, link, query }, verdict) {
  const name = t('evidence.again.link');
  const shared = link && el('p', {}, el('a', { href: link, id: 'again' }, name), ' ', copyButton(() => link, name));
  return part(
    t('evidence.again'),
    shared,
    el('p', {}, hint(t('evidence.again.curl'))),
    copyable(toService(request, query, location.origin), 'curl'),
    el('p', {}, hint(t('evidence.again.offline'))),
    copyable(toProgram(request, verdict, location.origin), 'assay verify'),
  );
}

export function drawDetails(section, factsPlace, evidencePlace, state) {
  const verdict = state.phase === 'done' ? verdictOf(state.answer) : undefined;
  section.hidden = !verdict;
  if (!verdict) return;
  factsPlace.replaceChildren(...[facts(verdict)].filter(Boolean));
  const whole = t('evidence.json');
  const json = el(
    'details',
    { class: 'json' },
    el('summary', {}, whole),
    copyable(JSON.stringify(verdict, null, 2), whole),
  );
  const parts = [token(verdict, state.opinion), receipt(verdict, state.opinion), again(state, verdict), json];
  evidencePlace.replaceChildren(...parts.filter(Boolean));
}
