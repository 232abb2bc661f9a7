// The page "Log": the checkpoint held against the last one this browser saw, the timeline, entries, one entry's proof.
import { fromHex, followCheckpoint, leafHash, openCheckpoint, toHex, verifyInclusion } from '/assay.js';
import { alarm, ask, copyButton, drawn, el, mark, start, store, t } from './page.js';
import { drawTimeline, loadTimeline } from './timeline.js';

const $ = (id) => document.getElementById(id);
const FILTERS = ['kind', 'verdict', 'tee', 'policy_id', 'tcb_status', 'fmspc', 'measurement', 'advisory', 'evidence_sha256', 'from_ms', 'to_ms'];
/** Members of an entry that a filter exists for: their values are links. */
const LINKED = { fmspc: 'fmspc', measurement: 'measurement', policy_id: 'policy_id', tcb_status: 'tcb_status', tee: 'tee', verdict: 'verdict', kind: 'kind', evidence_sha256: 'evidence_sha256' };
const PAGE = 50;

const query = new URLSearchParams(location.search);
const state = { shard: undefined, checkpoint: undefined, entry: undefined, page: undefined, timeline: undefined };

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

const problem = (answer) => answer.value?.detail ?? answer.value?.code ?? `${answer.status}`;

// The checkpoint

/** The log's key: what the service names now must be what it named when this browser first saw it. */
async function loadKey() {
  const answer = await ask('/log/v1/keys');
  const shard = answer.ok ? answer.value.shards?.find((each) => each.state === 'active') ?? answer.value.shards?.at(-1) : undefined;
  if (!shard) return { outcome: 'absent', why: problem(answer) };
  const name = `assay.key ${shard.origin}`;
  const known = store.get(name);
  if (known && known !== shard.vkey) return { outcome: 'key', known, found: shard.vkey };
  store.set(name, shard.vkey);
  state.shard = shard;
  return undefined;
}

const trust = () => ({ keys: [state.shard.vkey] });

async function consistency(from, to) {
  const answer = await ask(`/audit/v1/consistency?from=${from}&to=${to}`);
  if (!answer.ok) throw new Error(problem(answer));
  return answer.value.path.map((hash) => fromHex(hash) ?? new Uint8Array());
}

/** What this browser has kept of the log. */
const kept = { getItem: (name) => store.get(name), setItem: (name, value) => store.set(name, value) };

/** Holds a note against the last one seen here. What it comes to is said, and a fork is proof of misbehaviour. */
async function follow(note) {
  let result;
  try {
    result = await followCheckpoint(note, trust(), kept, consistency);
  } catch (error) {
    // A signature that does not hold is no accident; a proof that cannot be had may be one.
    const isForged = /^(NOTE|CHECKPOINT|VKEY)_/.test(error.code ?? '');
    return { outcome: isForged ? 'forged' : 'unproven', why: error.message, note };
  }
  return { ...result, note };
}

async function loadCheckpoint() {
  const failure = await loadKey();
  if (failure) return failure;
  const path = new URL(`${state.shard.prefix}checkpoint`).pathname;
  let note;
  try {
    const answer = await fetch(path, { cache: 'no-store', credentials: 'omit' });
    if (!answer.ok) return { outcome: 'absent', why: `${answer.status}` };
    note = await answer.text();
  } catch {
    return { outcome: 'absent', why: t('verdict.unreachable') };
  }
  return follow(note);
}

const tones = { first: 'green', same: 'green', grown: 'green', older: 'amber', unproven: 'amber', absent: 'grey', fork: 'red', forged: 'red', key: 'red' };
const marks = { green: 'passed', amber: 'open', red: 'failed', grey: 'none', none: 'none' };

function drawCheckpoint() {
  const found = state.checkpoint;
  const tone = found ? tones[found.outcome] : 'none';
  const place = $('checkpoint');
  place.dataset.tone = tone;
  place.dataset.outcome = found?.outcome ?? 'none';
  if (!found) return place.replaceChildren(el('p', { class: 'headline' }, mark('none'), el('strong', {}, t('log.checking'))));
  const size = found.checkpoint?.size;
  const lines = [
    el('p', { class: 'headline' }, mark(marks[tone]), el('strong', {}, t(`checkpoint.${found.outcome}`))),
    el('p', {}, t(`checkpoint.${found.outcome}.text`, { why: found.why ?? '', size: size ?? '' })),
  ];
  if (found.checkpoint) {
    lines.push(el('p', { class: 'hint' }, t('checkpoint.facts', { origin: found.checkpoint.origin, size, root: toHex(found.checkpoint.root).slice(0, 16) })));
  }
  if (found.note) lines.push(notes(found));
  place.replaceChildren(...lines);
}

function notes(found) {
  const isFork = found.outcome === 'fork';
  const text = isFork ? `${found.note}\n----\n${found.kept}` : found.note;
  return el('details', { open: isFork }, el('summary', {}, t(isFork ? 'checkpoint.both' : 'checkpoint.note')),
    el('div', { class: 'code' }, el('pre', { tabindex: 0, role: 'region', 'aria-label': t('checkpoint.note') }, text), copyButton(() => text, t('checkpoint.note'))));
}

// One entry

async function loadEntry(index) {
  const answer = await ask(`/audit/v1/entries/${index}`);
  if (!answer.ok) return { failure: problem(answer), status: answer.status };
  const { leaf, proof } = answer.value;
  const entry = { index, leaf, checks: [] };
  const check = (id, outcome, found = '') => entry.checks.push({ id, outcome: outcome ? 'passed' : 'failed', found });
  try {
    entry.value = JSON.parse(leaf);
  } catch {
    entry.value = {};
  }
  try {
    const checkpoint = await openCheckpoint(proof.checkpoint, trust());
    check('signature', true, `${checkpoint.origin}, ${checkpoint.size}`);
    const hash = await leafHash(new TextEncoder().encode(leaf));
    const path = proof.path.map((each) => fromHex(each) ?? new Uint8Array());
    entry.hash = toHex(hash);
    check('inclusion', await verifyInclusion(hash, Number(index), checkpoint.size, path, checkpoint.root), entry.hash);
    const followed = await follow(proof.checkpoint);
    entry.followed = followed;
    check('consistency', ['first', 'same', 'grown', 'older'].includes(followed.outcome), t(`checkpoint.${followed.outcome}`));
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
  place.dataset.proven = String(entry.checks.length === 3 && entry.checks.every((each) => each.outcome === 'passed'));
  const index = Number(entry.index);
  const around = el('p', { class: 'pager' },
    index > 0 ? el('a', { href: `/log?index=${index - 1}` }, t('entry.before')) : null,
    el('a', { href: `/log?index=${index + 1}` }, t('entry.after')),
    el('a', { href: `/audit/v1/proof?index=${index}`, download: `entry-${index}.tlog-proof` }, t('entry.proof')));
  const rows = Object.entries(entry.value).map(([name, value]) => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    const shown = name.endsWith('_ms') ? `${text} (${new Date(value).toISOString()})` : text;
    const isLong = text.length >= 32;
    return el('tr', {}, el('th', { scope: 'row' }, name),
      el('td', { class: isLong ? 'hex' : null }, LINKED[name] ? el('a', { href: link({ [LINKED[name]]: text }) }, shown) : shown),
      el('td', {}, isLong ? copyButton(() => text, name) : null));
  });
  place.replaceChildren(title, el('ul', { class: 'checks flat' }, entry.checks.map((each) =>
    el('li', { class: each.outcome, 'data-check': each.id }, mark(each.outcome), el('div', {}, el('span', {}, t(`entry.${each.id}.${each.outcome}`)),
      each.found ? el('span', { class: 'found' }, each.found) : null)))), around,
    el('div', { class: 'scroll' }, el('table', { class: 'facts' }, el('tbody', {}, rows))),
    el('details', { class: 'json' }, el('summary', {}, t('entry.leaf')),
      el('div', { class: 'code' }, el('pre', { tabindex: 0, role: 'region', 'aria-label': t('entry.leaf') }, entry.leaf), copyButton(() => entry.leaf, t('entry.leaf')))));
}

// Entries

async function loadEntries() {
  const wanted = new URLSearchParams({ decode: '1', order: 'desc', limit: String(PAGE) });
  for (const name of FILTERS) for (const value of query.getAll(name)) wanted.append(name, value);
  if (query.get('cursor')) wanted.set('cursor', query.get('cursor'));
  return ask(`/audit/v1/entries?${wanted}`);
}

function chips() {
  const active = FILTERS.flatMap((name) => query.getAll(name).map((value) => [name, value]));
  return active.map(([name, value]) => {
    const shown = name.endsWith('_ms') ? new Date(Number(value)).toISOString().slice(0, 16) : value.length > 24 ? `${value.slice(0, 24)}…` : value;
    return el('a', { class: 'chip', href: link({ [name]: null }), title: t('filter.remove') }, `${t(`filter.${name}`, {}, name)}: ${shown} ×`);
  });
}

function drawFilters() {
  const choice = (name, values) => el('div', { class: 'choices', role: 'group', 'aria-label': t(`filter.${name}`) },
    el('span', { class: 'hint' }, t(`filter.${name}`)),
    [null, ...values].map((value) => el('a', { href: link({ [name]: value }), class: 'chip', 'aria-current': (query.get(name) ?? null) === value ? 'true' : null },
      value === null ? t('filter.all') : t(`filter.value.${value}`, {}, value))));
  $('filters').replaceChildren(
    choice('verdict', ['accept', 'reject', 'error']),
    choice('tee', ['tdx', 'sgx']),
    choice('kind', ['verdict', 'policy', 'key', 'restart']),
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
  if (!answer.ok) return place.replaceChildren(el('p', { class: 'bad' }, answer.status === 401 ? t('log.auditors') : t('log.failed', { why: problem(answer) })));
  const { entries, next, as_of: size } = answer.value;
  if (entries.length === 0) return place.replaceChildren(el('p', { class: 'hint' }, t('log.empty')));
  const columns = ['index', 'time', 'what', 'tee', 'policy', 'status', 'reasons'];
  const cell = (name, ...children) => el('td', { 'data-name': t(`log.col.${name}`), class: name === 'reasons' ? 'wrap' : null }, children);
  place.replaceChildren(
    el('p', { class: 'hint' }, t('log.asof', { size: size?.size ?? '' })),
    el('div', { class: 'scroll' }, el('table', { class: 'cards' },
      el('thead', {}, el('tr', {}, columns.map((name) => el('th', { scope: 'col' }, t(`log.col.${name}`))))),
      el('tbody', {}, entries.map(({ index, entry, leaf }) => {
        const value = entry ?? JSON.parse(leaf);
        const what = value.verdict ?? value.kind;
        return el('tr', { 'data-index': index },
          el('th', { scope: 'row' }, el('a', { href: `/log?index=${index}` }, String(index))),
          cell('time', new Date(value.time_ms).toISOString().slice(0, 19).replace('T', ' ')),
          cell('what', el('span', { class: `what ${what}` }, t(`filter.value.${what}`, {}, what))),
          cell('tee', value.tee ?? ''), cell('policy', value.policy_id ?? ''), cell('status', value.tcb_status ?? ''),
          cell('reasons', (value.reasons ?? []).join(', ')));
      })))),
    next ? el('p', { class: 'pager' }, el('a', { href: `${link({})}${link({}).includes('?') ? '&' : '?'}cursor=${encodeURIComponent(next)}` }, t('log.older'))) : '');
}

function react(found) {
  if (found && tones[found.outcome] === 'red') alarm(t(`checkpoint.${found.outcome}.text`, { why: found.why ?? '' }));
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
