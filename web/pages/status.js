// The page "Status": what the service holds of Intel's documents, from /readyz.
import { ask, drawn, duration, el, mark, start, t } from './page.js';

const state = { answer: undefined, at: undefined };
const $ = (id) => document.getElementById(id);

function readiness() {
  const value = state.answer?.value;
  if (!state.answer) return { tone: 'none', text: '…' };
  if (!Array.isArray(value?.collateral)) return { tone: 'red', text: t('status.unreachable') };
  if (value.status === 'ready') return { tone: 'green', text: t('status.ready') };
  const why = t(value.signing_key === false ? 'status.notready.key' : 'status.notready.other');
  return { tone: 'red', text: t('status.notready', { why }) };
}

const marks = { green: 'passed', red: 'failed', none: 'none' };

function draw() {
  const { tone, text } = readiness();
  const time = state.at ? `${state.at.toISOString().slice(0, 19)}Z` : '';
  $('state').dataset.tone = tone;
  $('state').replaceChildren(
    el('p', { class: 'headline' }, mark(marks[tone]), el('strong', {}, text)),
    el('p', { class: 'hint' }, time && t('status.checked', { time })),
  );
  const sets = state.answer?.value?.collateral;
  if (!Array.isArray(sets)) return $('sets').replaceChildren();
  if (sets.length === 0) return $('sets').replaceChildren(el('p', { class: 'hint' }, t('status.empty')));
  const soonest = [...sets].sort((one, other) => one.next_update.localeCompare(other.next_update));
  const head = el('tr', {}, COLUMNS.map((name) => el('th', { scope: 'col' }, t(`status.col.${name}`))));
  const table = el('table', { class: 'cards' }, el('thead', {}, head), el('tbody', {}, soonest.map(row)));
  $('sets').replaceChildren(el('div', { class: 'scroll' }, table));
}

const COLUMNS = ['platform', 'source', 'age', 'evaluation', 'drift', 'expires'];

function row(set) {
  const end = (Date.parse(set.next_update) - state.at.getTime()) / 1000;
  const isOver = set.expired || end <= 0;
  const left = isOver ? t('status.expired', { age: duration(-end) }) : t('status.left', { age: duration(end) });
  const kind = ` ${set.tee.toUpperCase()}, ${t('status.ca', { ca: set.ca })}`;
  const cell = (name, attributes, ...children) =>
    el('td', { 'data-name': t(`status.col.${name}`), ...attributes }, children);
  return el(
    'tr',
    { class: isOver ? 'expired' : null, 'data-fmspc': set.fmspc },
    el('th', { scope: 'row' }, el('span', { class: 'hex' }, set.fmspc), el('span', { class: 'hint' }, kind)),
    cell('source', { class: 'wrap' }, set.service),
    cell('age', {}, el('time', { datetime: set.fetched }, t('status.age', { age: duration(set.age_seconds) }))),
    cell('evaluation', {}, String(set.evaluation_number)),
    cell('drift', {}, drift(set)),
    cell(
      'expires',
      {},
      el('time', { datetime: set.next_update }, set.next_update.slice(0, 10)),
      ' ',
      el('span', { class: isOver ? 'bad' : 'hint' }, left),
    ),
  );
}

function drift(set) {
  if (set.early_evaluation_number === undefined) return t('status.drift.unknown');
  const by = set.early_evaluation_number - set.evaluation_number;
  if (by <= 0) return t('status.drift.none');
  return el('b', {}, t('status.drift.ahead', { n: set.early_evaluation_number, by }));
}

async function refresh() {
  state.answer = await ask('/readyz');
  state.at = new Date();
  draw();
}

drawn(draw);
await start();
await refresh();
setInterval(refresh, 30000);
