// The page "Log": the checkpoint held against the last one this browser saw, the timeline, entries, one entry's proof.
import { fromHex, leafHash, openCheckpoint, toHex, verifyInclusion } from '/assay.js';
import { findLog, follow, isMisbehaviour, problem } from './logtrust.js';
import { alarm, ask, copyButton, copyable, drawn, el, mark, start, t } from './page.js';
import { drawTimeline, loadTimeline } from './timeline.js';

const $ = (id) => document.getElementById(id);
const FILTERS = [
  ...['kind', 'verdict', 'tee', 'policy_id', 'tcb_status', 'fmspc', 'measurement', 'advisory', 'evidence_sha256', 'jti'],
  ...['from_ms', 'to_ms'],
];
/** Members of an entry that a filter of the same name exists for: their values are links. */
const LINKED = new Set(FILTERS.filter((name) => !name.endsWith('_ms')));
const PAGE = 50;

const query = new URLSearchParams(location.search);
const state = { shard: undefined, trust: undefined, checkpoint: undefined, entry: undefined, page: undefined, timeline: undefined };

/** A link to this page with one filter set, or without it. */
function link(changes) {
  const next = new URLSearchParams(query);
  next.delete('index');
  next.delete('cursor');
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text ? `/log?${text}` : '/log';
}

// The checkpoint

async function loadCheckpoint() {
  const log = await findLog();
  if (!log.shard) return log;
  Object.assign(state, { shard: log.shard, trust: log.trust });
  const path = new URL(`${state.shard.prefix}checkpoint`).pathname;
  let note;
  try {
    const answer = await fetch(path, { cache: 'no-store', credentials: 'omit' });
    if (!answer.ok) return { outcome: 'absent', why: `${answer.status}` };
    note = await answer.text();
  } catch {
    return { outcome: 'absent', why: t('verdict.unreachable') };
  }
  return follow(note, state.trust);
}

const tones = {
  ...{ first: 'green', same: 'green', grown: 'green' },
  ...{ older: 'amber', unproven: 'amber', absent: 'grey' },
  ...{ fork: 'red', forged: 'red', key: 'red' },
};
const marks = { green: 'passed', amber: 'open', red: 'failed', grey: 'none', none: 'none' };

function drawCheckpoint() {
  const found = state.checkpoint;
  const tone = found ? tones[found.outcome] : 'none';
  const place = $('checkpoint');
  place.dataset.tone = tone;
  place.dataset.outcome = found?.outcome ?? 'none';
  const head = (text) => el('p', { class: 'headline' }, mark(marks[tone]), el('strong', {}, text));
  if (!found) return place.replaceChildren(head(t('log.checking')));
  const size = found.checkpoint?.size;
  const lines = [
    head(t(`checkpoint.${found.outcome}`)),
    el('p', {}, t(`checkpoint.${found.outcome}.text`, { why: found.why ?? '', size: size ?? '' })),
  ];
  if (found.checkpoint) {
    const values = { origin: found.checkpoint.origin, size, root: toHex(found.checkpoint.root).slice(0, 16) };
    lines.push(el('p', { class: 'hint' }, t('checkpoint.facts', values)));
  }
  if (found.note) lines.push(notes(found));
  place.replaceChildren(...lines);
}

function notes(found) {
  const isFork = found.outcome === 'fork';
  const text = isFork ? `${found.note}\n----\n${found.kept}` : found.note;
  const name = t(isFork ? 'checkpoint.both' : 'checkpoint.note');
  return el('details', { open: isFork }, el('summary', {}, name), copyable(text, name));
}

// One entry

async function loadEntry(index) {
  const answer = await ask(`/audit/v1/entries/${index}`);
  if (!answer.ok) return { failure: problem(answer), status: answer.status };
  const { leaf, proof } = answer.value;
  const entry = { index, leaf, value: decoded(leaf), checks: [] };
  const check = (id, holds, found = '') => entry.checks.push({ id, outcome: holds ? 'passed' : 'failed', found });
  try {
    const checkpoint = await openCheckpoint(proof.checkpoint, state.trust);
    check('signature', true, `${checkpoint.origin}, ${checkpoint.size}`);
    const hash = await leafHash(new TextEncoder().encode(leaf));
    const path = proof.path.map((each) => fromHex(each) ?? new Uint8Array());
    entry.hash = toHex(hash);
    check('inclusion', await verifyInclusion(hash, Number(index), checkpoint.size, path, checkpoint.root), entry.hash);
    const followed = await follow(proof.checkpoint, state.trust);
    entry.followed = followed;
    const isContinued = ['first', 'same', 'grown', 'older'].includes(followed.outcome);
    check('consistency', isContinued, t(`checkpoint.${followed.outcome}`));
  } catch (error) {
    check('signature', false, error.message);
  }
  return entry;
}

function drawEntry() {
  const { entry } = state;
  const place = $('entry');
  place.hidden = !entry;
  if (!entry) return;
  const title = el('h2', { id: 'entry-title' }, t('entry.title', { index: entry.index ?? query.get('index') }));
  if (entry.failure) return place.replaceChildren(title, el('p', {}, entry.failure));
  const isProven = entry.checks.length === 3 && entry.checks.every((each) => each.outcome === 'passed');
  place.dataset.proven = String(isProven);
  const leaf = t('entry.leaf');
  const members = el('tbody', {}, Object.entries(entry.value).map(member));
  place.replaceChildren(
    title,
    el('ul', { class: 'checks flat' }, entry.checks.map(entryCheck)),
    again(entry.value) ?? '',
    neighbours(Number(entry.index)),
    el('div', { class: 'scroll' }, el('table', { class: 'facts' }, members)),
    el('details', { class: 'json' }, el('summary', {}, leaf), copyable(entry.leaf, leaf)),
  );
}

const isAgain = (value) => value.kind === 'reappraisal' && ['accept', 'reject'].includes(value.verdict);

/** A re-appraisal in words: what it was, what it is now, why, and what becomes of the token. */
function again(value) {
  if (!isAgain(value)) return null;
  const causes = Array.isArray(value.changed) ? value.changed : [];
  const why = causes.map((cause) => t(`again.changed.${cause}`, {}, cause)).join(t('again.and'));
  return el(
    'div',
    { class: `again ${value.verdict}` },
    el('p', {}, el('strong', { class: `what ${value.verdict}` }, t(`again.${value.verdict}`))),
    el('p', {}, why ? t('again.because', { why }) : t('again.time')),
    value.reasons?.length ? el('p', {}, t('again.reasons'), el('code', {}, value.reasons.join(', '))) : null,
    el('p', {}, el('a', { href: `/log?index=${value.first}` }, t('again.first', { index: value.first }))),
  );
}

function entryCheck({ id, outcome, found }) {
  const text = el('span', {}, t(`entry.${id}.${outcome}`));
  const detail = found ? el('span', { class: 'found' }, found) : null;
  return el('li', { class: outcome, 'data-check': id }, mark(outcome), el('div', {}, text, detail));
}

function neighbours(index) {
  const proof = { href: `/audit/v1/proof?index=${index}`, download: `entry-${index}.tlog-proof` };
  return el(
    'p',
    { class: 'pager' },
    index > 0 ? el('a', { href: `/log?index=${index - 1}` }, t('entry.before')) : null,
    el('a', { href: `/log?index=${index + 1}` }, t('entry.after')),
    el('a', proof, t('entry.proof')),
  );
}

function member([name, value]) {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const shown = name.endsWith('_ms') ? `${text} (${new Date(value).toISOString()})` : text;
  const isLong = text.length >= 32;
  const content = LINKED.has(name) ? el('a', { href: link({ [name]: text }) }, shown) : shown;
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, name),
    el('td', { class: isLong ? 'hex' : null }, content),
    el('td', {}, isLong ? copyButton(() => text, name) : null),
  );
}

// Entries

async function loadEntries() {
  const wanted = new URLSearchParams({ order: 'desc', limit: String(PAGE) });
  for (const name of FILTERS) for (const value of query.getAll(name)) wanted.append(name, value);
  if (query.get('cursor')) wanted.set('cursor', query.get('cursor'));
  return ask(`/audit/v1/entries?${wanted}`);
}

function chips() {
  const active = FILTERS.flatMap((name) => query.getAll(name).map((value) => [name, value]));
  return active.map(([name, value]) => {
    const date = name.endsWith('_ms') && new Date(Number(value));
    const long = value.length > 24 ? `${value.slice(0, 24)}…` : value;
    const shown = date && !Number.isNaN(date.getTime()) ? date.toISOString().slice(0, 16) : long;
    const text = `${t(`filter.${name}`, {}, name)}: ${shown} ×`;
    return el('a', { class: 'chip', href: link({ [name]: null }), title: t('filter.remove') }, text);
  });
}

/** One filter as links: all, or one of its values. */
function choice(name, values) {
  const current = query.get(name) ?? null;
  return el(
    'div',
    { class: 'choices', role: 'group', 'aria-label': t(`filter.${name}`) },
    el('span', { class: 'hint' }, t(`filter.${name}`)),
    [null, ...values].map((value) => {
      const text = value === null ? t('filter.all') : t(`filter.value.${value}`, {}, value);
      const attributes = { href: link({ [name]: value }), class: 'chip' };
      return el('a', { ...attributes, 'aria-current': current === value ? 'true' : null }, text);
    }),
  );
}

function drawFilters() {
  $('filters').replaceChildren(
    choice('verdict', ['accept', 'reject', 'error']),
    choice('tee', ['tdx', 'sgx']),
    choice('kind', ['verdict', 'reappraisal', 'policy', 'key', 'restart']),
    el('p', { class: 'chips' }, chips()),
    el('p', {}, el('a', { class: 'button small', href: exportLink(), download: 'log.ndjson' }, t('log.export'))),
  );
}

function exportLink() {
  const wanted = new URLSearchParams({ format: 'ndjson' });
  const filters = FILTERS.filter((name) => query.has(name));
  for (const name of filters) for (const value of query.getAll(name)) wanted.append(name, value);
  return `/audit/v1/export?${wanted}`;
}

function drawEntries() {
  drawFilters();
  const answer = state.page;
  const place = $('entries');
  if (!answer) return place.replaceChildren(el('p', { class: 'hint' }, t('log.loading')));
  if (!answer.ok) {
    const text = answer.status === 401 ? t('log.auditors') : t('log.failed', { why: problem(answer) });
    return place.replaceChildren(el('p', { class: 'bad' }, text));
  }
  const { entries, next, as_of: size } = answer.value;
  if (entries.length === 0) return place.replaceChildren(el('p', { class: 'hint' }, t('log.empty')));
  const head = el('tr', {}, COLUMNS.map((name) => el('th', { scope: 'col' }, t(`log.col.${name}`))));
  const table = el('table', { class: 'cards' }, el('thead', {}, head), el('tbody', {}, entries.map(entryRow)));
  place.replaceChildren(
    el('p', { class: 'hint' }, t('log.asof', { size: size?.size ?? '' })),
    el('div', { class: 'scroll' }, table),
    next ? el('p', { class: 'pager' }, el('a', { href: link({ cursor: next }) }, t('log.older'))) : '',
  );
}

const WRAPPED = new Set(['what', 'reasons']);
const COLUMNS = ['index', 'time', 'what', 'tee', 'policy', 'status', 'reasons'];

/** The leaf, decoded here and not by the service; an entry that is no JSON has no members. */
function decoded(leaf) {
  try {
    return JSON.parse(leaf);
  } catch {
    return {};
  }
}

/** Codes may be broken after an underscore, and nowhere else. */
const breakable = (text) => text.split(/(?<=_)/).flatMap((part, at) => (at > 0 ? [el('wbr'), part] : [part]));

function entryRow({ index, leaf }) {
  const value = decoded(leaf);
  const what = value.verdict ?? value.kind;
  const words = isAgain(value) ? 'again.short' : 'filter.value';
  const cell = (name, ...children) =>
    el('td', { 'data-name': t(`log.col.${name}`), class: WRAPPED.has(name) ? 'wrap' : null }, ...children);
  return el(
    'tr',
    { 'data-index': index },
    el('th', { scope: 'row' }, el('a', { href: `/log?index=${index}` }, String(index))),
    cell('time', value.time_ms ? new Date(value.time_ms).toISOString().slice(0, 19).replace('T', ' ') : ''),
    cell('what', el('span', { class: `what ${what}` }, t(`${words}.${what}`, {}, what))),
    cell('tee', value.tee ?? ''),
    cell('policy', value.policy_id ?? ''),
    cell('status', value.tcb_status ?? ''),
    cell('reasons', breakable((value.reasons ?? []).join(', '))),
  );
}

function react(found) {
  if (isMisbehaviour(found)) alarm(t(`checkpoint.${found.outcome}.text`, { why: found.why ?? '' }));
}

drawn(drawCheckpoint);
drawn(drawEntry);
drawn(drawEntries);
drawn(() => drawTimeline($('timeline'), state.timeline, link));
await start();
// The checkpoint first: what follows is held against it.
state.checkpoint = await loadCheckpoint();
drawCheckpoint();
react(state.checkpoint);
const index = query.get('index');
if (index !== null && /^\d{1,16}$/.test(index) && state.shard) {
  state.entry = await loadEntry(index);
  drawEntry();
  react(state.entry.followed);
  if (state.entry.checks?.some((check) => check.outcome === 'failed')) alarm(t('entry.alarm', { index }));
  $('entry').focus({ preventScroll: true });
}
state.page = await loadEntries();
drawEntries();
state.timeline = await loadTimeline(query);
drawTimeline($('timeline'), state.timeline, link);
