// The page "Verify": reads what a person gives, asks the service, asks the browser, and shows both.
import { alarm, announce, ask, calm, drawn, language, start, t } from './page.js';
import { base64, base64URL, fromFragment, hex, readQuote, readText, toFragment } from './evidence.js';
import { headline } from './stages.js';
import { drawDetails } from './proof.js';
import { drawOpinions, drawPath, drawVerdict, opinionNote } from './verdict.js';
import { verifyLocally } from './local-verification.js';

const QUOTE_LIMIT = 65536;

const $ = (id) => document.getElementById(id);

/** Everything the page shows; `draw` shows it. */
const state = {
  /** `{ bytes, form }` of a file or a link; text is read from its field when it is needed. */
  given: undefined,
  note: undefined,
  /** 'idle', 'busy' or 'done' */
  phase: 'idle',
  seconds: 0,
  answer: undefined,
  request: undefined,
  opinion: undefined,
  link: undefined,
};
let round = 0;

function draw() {
  $('input-note').textContent = state.note ? t(state.note.key, noteValues(state.note)) : '\u00a0';
  $('input-note').classList.toggle('bad', state.note?.isBad === true);
  $('verify').disabled = state.phase === 'busy';
  $('form').setAttribute('aria-busy', String(state.phase === 'busy'));
  drawVerdict($('verdict'), state, retry);
  drawOpinions($('opinions'), state);
  drawPath($('path'), state);
  drawDetails($('details'), $('facts'), $('evidence'), state);
}

const noteValues = (note) => ({ n: note.bytes?.length, form: note.form && t(`form.${note.form}`) });

function say(key, extra = {}) {
  state.note = { key, ...extra };
  draw();
}

/** Takes a file's bytes or a text as the quote; says what it was read as. */
function take(given) {
  const read = readQuote(given);
  state.given = read;
  if (read && read.bytes.length > 0) say('input.read', read);
  else say('input.unreadable', { isBad: true });
  return read;
}

async function takeFile(file) {
  // Base64 in JSON takes the most room; what is larger is no quote.
  if (!file || file.size > 4 * QUOTE_LIMIT) return say('input.unreadable', { isBad: true });
  $('paste').value = '';
  take(new Uint8Array(await file.arrayBuffer()));
}

/** The nonce field: bytes, `null` where it is empty, `undefined` where it cannot be read. */
function nonce() {
  const text = $('nonce').value.trim();
  if (text === '') return null;
  const read = readText(text);
  return read && read.bytes.length >= 16 && read.bytes.length <= 64 ? read.bytes : undefined;
}

async function submit(event) {
  event?.preventDefault();
  if (state.phase === 'busy') return;
  const read = state.given ?? ($('paste').value.trim() === '' ? undefined : take($('paste').value));
  if (!read) {
    if (!state.note?.isBad) say('input.empty', { isBad: true });
    $('paste').focus();
    return;
  }
  const bound = nonce();
  $('nonce-note').textContent = t(bound === undefined ? 'input.nonce.bad' : 'input.nonce.hint');
  $('nonce').toggleAttribute('aria-invalid', bound === undefined);
  if (bound === undefined) {
    $('more').open = true;
    $('nonce').focus();
    return;
  }
  const request = { quote: read.bytes, nonce: bound, scheme: bound ? $('scheme').value : undefined };
  if ($('policy').value.trim() !== '') request.policy = $('policy').value.trim();
  const log = $('event-log').files[0];
  if (log) request.eventLog = new Uint8Array(await log.arrayBuffer());
  await run(request);
}

/** A request as the body of `POST /v1/verdicts`. */
function body(request) {
  const members = { quote: base64(request.quote) };
  if (request.nonce) Object.assign(members, { nonce: base64URL(request.nonce), scheme: request.scheme });
  if (request.policy) members.policy = request.policy;
  if (request.eventLog) members.event_log = base64(request.eventLog);
  return JSON.stringify(members);
}

/** Parameters for a link or a command line: what belongs to the quote, but for the event log, which is too large. */
function parameters(request) {
  const values = {};
  if (request.policy) values.policy = request.policy;
  if (request.nonce) Object.assign(values, { nonce: base64URL(request.nonce), scheme: request.scheme });
  return values;
}

async function run(request) {
  const mine = ++round;
  calm();
  Object.assign(state, { phase: 'busy', seconds: 0, answer: undefined, opinion: undefined, request, link: undefined });
  draw();
  const clock = setInterval(() => {
    state.seconds += 1;
    drawVerdict($('verdict'), state, retry);
  }, 1000);
  const answer = await ask('/v1/verdicts', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Language': language() },
    body: body(request),
  });
  clearInterval(clock);
  if (mine !== round) return;
  const values = parameters(request);
  const link = request.eventLog ? undefined : `${location.origin}/${await toFragment(request.quote, values)}`;
  Object.assign(state, { phase: 'done', answer, link, query: new URLSearchParams(values).toString() });
  draw();
  $('verdict').focus({ preventScroll: true });
  if (matchMedia('(max-width: 60rem)').matches) $('verdict').scrollIntoView({ block: 'center' });
  // Whatever the service says of bytes that are a quote, the browser looks for itself.
  if (answer.status === 0 || headline(answer).name === 'malformed' || headline(answer).name === 'wrong') return;
  const opinion = await verifyLocally(request, answer);
  if (mine !== round) return;
  state.opinion = opinion;
  if (opinion.disagrees) alarm(t(opinion.alarm));
  draw();
  announce(opinion.disagrees ? t('verdict.alarm') : `${t('opinion.browser')}: ${opinionNote(opinion)}`);
}

const retry = () => state.request && run(state.request);

const samples = { good: 'sample-good.hex', forged: 'sample-good.hex', debug: 'sample-debug.hex' };

async function loadSample(name) {
  const answer = await fetch(`/pages/${samples[name]}`);
  const { bytes } = readText(await answer.text());
  // The forged one is the healthy one with one bit of its measurement changed.
  if (name === 'forged') bytes[240] ^= 1;
  $('form').reset();
  $('paste').value = hex(bytes);
  state.given = { bytes, form: 'hex' };
  say('input.read', state.given);
  await run({ quote: bytes });
}

function listen() {
  $('form').addEventListener('submit', submit);
  $('form').addEventListener('reset', () => {
    round += 1;
    calm();
    Object.assign(state, { given: undefined, note: undefined, phase: 'idle', answer: undefined, opinion: undefined });
    history.replaceState(null, '', location.pathname);
    draw();
  });
  for (const name of Object.keys(samples)) $(`sample-${name}`).addEventListener('click', () => loadSample(name));
  $('file').addEventListener('change', () => takeFile($('file').files[0]));
  $('paste').addEventListener('input', () => {
    state.given = undefined;
    if ($('paste').value.trim() === '') {
      state.note = undefined;
      draw();
    } else take($('paste').value);
  });
  const drop = $('drop');
  for (const name of ['dragenter', 'dragover']) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', async (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const file = event.dataTransfer.files[0];
    if (file) await takeFile(file);
    else {
      $('paste').value = event.dataTransfer.getData('text');
      take($('paste').value);
    }
  });
}

listen();
drawn(draw);
const readiness = await start();
if (readiness?.trust_root_intel === false) {
  $('samples-note').dataset.t = 'samples.trusted';
  $('samples-note').textContent = t('samples.trusted');
}
const linked = await fromFragment(location.hash);
if (linked) {
  const { nonce: bound, scheme, policy } = linked.parameters;
  state.given = { bytes: linked.quote, form: 'link' };
  $('paste').value = hex(linked.quote);
  if (bound) $('nonce').value = bound;
  if ([...$('scheme').options].some((option) => option.value === scheme)) $('scheme').value = scheme;
  if (policy) $('policy').value = policy;
  say('input.read', state.given);
  await submit();
}
