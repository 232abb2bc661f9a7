// What every page does: words in the reader's language, the switches, small builders. No page writes markup as text.
import { words } from './words.js';

/** A value kept in this browser; where storage is forbidden, nothing is kept. */
export const store = {
  get(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(name, value);
      return true;
    } catch {
      return false;
    }
  },
};

export const language = () => (document.documentElement.lang === 'zh' ? 'zh' : 'en');

/** The text for `key`, `{name}` replaced; `undefined` for a key that is in no list, where `fallback` is none. */
export function t(key, values = {}, fallback = key) {
  const pair = words[key];
  if (!pair) return fallback;
  return pair[language() === 'zh' ? 1 : 0].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/** An element: attributes by name, `on…` as listeners, children as nodes or text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

const marks = {
  passed: 'm5 10.5 3.5 3.5L15 6.5',
  failed: 'm6 6 8 8m0-8-8 8',
  open: 'M10 5v6.5m0 3v.1',
  not_performed: 'M6 10h8',
  none: '',
};

/** A mark that says by its shape, not only by its colour, what came out. */
export function mark(outcome) {
  return svg(
    'svg',
    { viewBox: '0 0 20 20', class: `mark ${outcome}`, 'aria-hidden': 'true' },
    svg('circle', { cx: 10, cy: 10, r: 9 }),
    svg('path', { d: marks[outcome] ?? '' }),
  );
}

/** A button that copies what `text` gives, and says so. */
export function copyButton(text, name) {
  const label = t('copy.of', { name });
  const button = el('button', { type: 'button', class: 'copy', 'aria-label': label }, t('copy'));
  button.addEventListener('click', async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      done = false;
    }
    button.textContent = done ? t('copied') : t('copy.failed');
    announce(button.textContent);
    setTimeout(() => {
      button.textContent = t('copy');
    }, 1500);
  });
  return button;
}

/** Text in a box of its own, with a button to copy it. */
export function copyable(text, name) {
  const box = el('pre', { tabindex: 0, role: 'region', 'aria-label': name }, text);
  return el('div', { class: 'code' }, box, copyButton(() => text, name));
}

/** Says something to screen readers alone. */
export function announce(text) {
  let region = document.getElementById('announcer');
  if (!region) {
    region = el('div', { id: 'announcer', class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
    document.body.append(region);
  }
  region.textContent = text;
}

/** Seconds in the reader's words. */
export function duration(seconds) {
  const units = [
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
  ];
  const unit = units.find(([, size]) => seconds >= 2 * size) ?? ['second', 1];
  return t(`unit.${unit[0]}`, { n: Math.floor(seconds / unit[1]) });
}

const redraws = [];

/** Calls `draw` now and whenever the language changes. */
export function drawn(draw) {
  redraws.push(draw);
  draw();
}

function translate() {
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll('[data-t-label]')) {
    node.setAttribute('aria-label', t(node.dataset.tLabel));
  }
  const heading = document.querySelector('h1');
  const pageName = document.querySelector('nav [aria-current]');
  document.title = `${pageName?.textContent ?? heading?.textContent} · Assay`;
}

const root = document.documentElement;
const isDark = () =>
  root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;

/** Each switch names what it switches to. */
function nameSwitches() {
  const other = language() === 'zh' ? 'en' : 'zh';
  const button = document.getElementById('language');
  button.lang = other;
  button.textContent = other === 'zh' ? '中文' : 'English';
  document.getElementById('theme').textContent = t(isDark() ? 'theme.light' : 'theme.dark');
}

function listenToSwitches() {
  document.getElementById('language').addEventListener('click', () => {
    root.lang = language() === 'zh' ? 'en' : 'zh';
    store.set('assay.language', root.lang);
    redraw();
  });
  document.getElementById('theme').addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    store.set('assay.theme', root.dataset.theme);
    nameSwitches();
  });
}

function redraw() {
  translate();
  nameSwitches();
  for (const draw of redraws) draw();
}

/** JSON from this service: the value, or what is to be said instead. Problems (RFC 9457) come back as values. */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: 'no-store', credentials: 'omit', ...options });
  } catch {
    return { ok: false, status: 0, value: { code: 'SERVICE_UNREACHABLE' } };
  }
  const text = await answer.text();
  try {
    return { ok: answer.ok, status: answer.status, value: JSON.parse(text) };
  } catch {
    const value = { code: 'SERVICE_ANSWER', detail: text.slice(0, 200) };
    return { ok: answer.ok, status: answer.status, value };
  }
}

/** Turns the whole page red: something that must be the same is not. */
export function alarm(text) {
  document.documentElement.dataset.alarm = '';
  let banner = document.getElementById('alarm');
  if (!banner) {
    banner = el('p', { id: 'alarm', class: 'banner alarm', role: 'alert' });
    document.querySelector('main').before(banner);
  }
  banner.textContent = text;
}

export function calm() {
  delete document.documentElement.dataset.alarm;
  document.getElementById('alarm')?.remove();
}

/** Starts the page: words, switches, and the warning under a root that is not Intel's. `undefined`: not reachable. */
export async function start() {
  listenToSwitches();
  redraw();
  document.documentElement.classList.remove('translating');
  const readiness = await ask('/readyz');
  const isOther = readiness.value?.trust_root_intel === false;
  const banner = document.getElementById('root-banner');
  drawn(() => {
    banner.hidden = !isOther;
    banner.textContent = isOther ? t('root.other') : '';
  });
  return readiness.value?.trust_root_intel === undefined ? undefined : readiness.value;
}
