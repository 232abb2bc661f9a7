/**
 * assay-badge.js: `<assay-badge>`, which shows what this browser itself found out. It asks nobody for anything: a page
 * hands it results.
 *
 *     badge.verdict = await verifyQuote(quote, collateral);   // what was verified here
 *     badge.claimed = answer;                                 // what the server says: it must not differ
 *     badge.token = await verifyToken(token, wanted);         // where there is a token
 *
 * Attributes: `lang` (en, zh; else the page's), `max-age` (seconds until green turns amber, 300). The attribute `state`
 * is
 * its colour, `green`, `amber`, `red` or `grey`; the event `assay-state` tells of a change. Colours can be set from
 * outside
 * by `--assay-green`, `--assay-amber`, `--assay-red`, `--assay-grey`, `--assay-surface`, `--assay-text`.
 *
 * @module assay-badge
 */

import { remedy, title } from './assay-texts.js';

const WORDS = {
  en: {
    green: 'Verified', amber: 'Verified, with reservations', red: 'Not verified', grey: 'Not decided',
      pending: 'Nothing was verified yet',
    checks: (passed, all) => `${passed} of ${all} checks passed`, failed: 'Failed',
      root: 'Under a root that is not Intel\'s',
    DISAGREES: 'The server says otherwise than this browser found. Trust neither the page nor the server.',
    STALE: 'This was verified some time ago. Verify again.', TOKEN: 'The token does not hold.', details: 'Details',
    TOKEN_REVOKED: 'The service has withdrawn this token: what it said does not hold any more.',
    age: (count, unit) =>
      `${count} ${{ s: 'second', min: 'minute', h: 'hour', d: 'day' }[unit]}${count === 1 ? '' : 's'} ago`,
  },
  zh: {
    green: '已验证', amber: '已验证，但有保留', red: '未通过验证', grey: '未判定', pending: '尚未验证',
    checks: (passed, all) => `${all} 项检查中 ${passed} 项通过`, failed: '未通过', root: '所用根证书并非英特尔的',
    DISAGREES: '服务器的说法与本浏览器的验证结果不一致。请勿信任该页面与服务器。',
    STALE: '此结果验证已有一段时间，请重新验证。', TOKEN: '令牌不成立。', details: '详情',
    TOKEN_REVOKED: '服务已撤回此令牌：其结论不再成立。',
    age: (count, unit) => `${count} ${{ s: '秒', min: '分钟', h: '小时', d: '天' }[unit]}前`,
  },
};
const ORDER = ['green', 'amber', 'grey', 'red'];
const isChinese = (language) => /^zh\b/i.test(language ?? '');

function ageText(seconds, words) {
  const [size, unit] = [[86_400, 'd'], [3_600, 'h'], [60, 'min'], [1, 's']].find(([size]) => seconds >= size)
    ?? [1, 's'];
  return words.age(Math.max(0, Math.floor(seconds / size)), unit);
}

/**
 * What a badge shows, as a pure function: the worst that any of the results says, and never better than was found here.
 * @param {{verdict?: any, claimed?: any, token?: any}} results @param {number} now seconds since 1970
 * @returns {{state: 'green' | 'amber' | 'red' | 'grey', label: string, age: string, reasons: {code: string, text:
 *   string}[],
 *   checks: string, failed: string[]}}
 */
export function badgeState({ verdict, claimed, token }, now, language = 'en', maximumAge = 300) {
  const words = WORDS[isChinese(language) ? 'zh' : 'en'], reasons = [], failed = [];
  let state = 'green';
  const atLeast = (other) => {
    if (ORDER.indexOf(other) > ORDER.indexOf(state)) state = other;
  };
  const because = (code, text, colour) => {
    atLeast(colour);
    if (!reasons.some((each) => each.code === code)) reasons.push({ code, text });
  };
  if (!verdict && !token) return { state: 'grey', label: words.pending, age: '', reasons, checks: '', failed };
  if (verdict) {
    const colour = { accept: verdict.status === 'affirming' ? 'green' : 'amber', reject: 'red' }[verdict.verdict]
      ?? 'grey';
    atLeast(colour);
    for (const code of verdict.reasons) because(code, remedy(code, language), colour);
    if (verdict.trust_root?.intel !== true) because('TRUST_ROOT', words.root, 'amber');
    failed.push(...verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ id }) => title(id, language)));
    // What could not be decided here is no disagreement; a contrary answer is.
    const differs = claimed && (claimed.verdict !== verdict.verdict
      || (claimed.status === 'affirming' && verdict.status === 'contraindicated'));
    if (differs && verdict.verdict !== 'error' && claimed.verdict !== 'error') because('DISAGREES', words.DISAGREES,
      'red');
  }
  if (token) {
    // A list that cannot be believed withdraws nothing, and is no pass either.
    const isRevoked = token.checks.some(({ id, outcome, found }) =>
      id === 'token.revocation' && outcome === 'failed' && /^status \d/.test(found));
    const code = isRevoked ? 'TOKEN_REVOKED' : 'TOKEN';
    if (!token.acceptable) because(code, words[code], 'red');
    failed.push(...token.checks.filter(({ outcome }) => outcome === 'failed').map(({ id, found }) =>
      `${id}${found ? `: ${found}` : ''}`));
    if (token.acceptable && token.claims?.ear_status !== 'affirming' && !token.claims?.submods?.cpu0) atLeast('amber');
  }
  const since = verdict ? Date.parse(verdict.time) / 1_000 : token.claims?.iat, age = now - since;
  if (Number.isFinite(age) && age > maximumAge) because('STALE', words.STALE, 'amber');
  const checks = [...verdict?.checks ?? [], ...token?.checks ?? []].filter(({ outcome }) =>
    outcome !== 'not_performed');
  return {
    state, label: words[state], age: Number.isFinite(age) ? ageText(age, words) : '', reasons, failed,
    checks: words.checks(checks.filter(({ outcome }) => outcome === 'passed').length, checks.length),
  };
}

const STYLE = `
:host { display: inline-block; position: relative; font: 500 0.875rem/1.4 system-ui, sans-serif; }
:host([hidden]) { display: none; }
button { font: inherit; color: var(--assay-text, #1c1c1e); background: var(--assay-surface,
  #fff); border: 1px solid currentColor;
  border-radius: 1rem; padding: 0.2rem 0.75rem; display: inline-flex; gap: 0.5rem; align-items: center; cursor: pointer; }
button:focus-visible { outline: 3px solid #0a66d0; outline-offset: 2px; }
.mark { inline-size: 1.1em; block-size: 1.1em; border-radius: 50%; color: #fff; display: inline-grid; place-items: center;
  font-size: 0.8em; background: var(--assay-grey, #5a5a60); }
:host([state=green]) .mark { background: var(--assay-green, #0b6e37); }
:host([state=amber]) .mark { background: var(--assay-amber, #8a5200); }
:host([state=red]) .mark { background: var(--assay-red, #b3141c); }
.panel { position: absolute; inset-block-start: calc(
  100% + 0.35rem); inset-inline-start: 0; z-index: 10; inline-size: max-content;
  max-inline-size: min(24rem,
    90vw); padding: 0.75rem 1rem; border: 1px solid currentColor; border-radius: 0.5rem; font-weight: 400;
  color: var(--assay-text, #1c1c1e); background: var(--assay-surface, #fff); box-shadow: 0 4px 16px rgb(0 0 0 / 20%); }
.panel[hidden] { display: none; }
.panel p { margin: 0 0 0.35rem; }
.panel ul { margin: 0; padding-inline-start: 1.1rem; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  button, .panel { color: var(--assay-text, #f2f2f7); background: var(--assay-surface, #1c1c1e); }
}
@media (forced-colors: active) { .mark { forced-color-adjust: none; } }`;
const MARKS = { green: '✓', amber: '!', red: '✕', grey: '?' };

/** Where there is a page: the element itself. */
const Base = globalThis.HTMLElement ?? class {};

export class AssayBadge extends Base {
  static observedAttributes = ['lang', 'max-age'];
  #results = {};
  #timer;
  #isPinned = false;
  #parts;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' }), make = (name, members) =>
      Object.assign(document.createElement(name), members);
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    const mark = make('span', { className: 'mark' }), label = make('span', { className: 'label' }),
      button = make('button', { type: 'button' });
    mark.setAttribute('aria-hidden', 'true');
    button.append(mark, label);
    button.setAttribute('aria-expanded', 'false');
    button.setAttribute('aria-controls', 'panel');
    const panel = make('div', { className: 'panel', id: 'panel', hidden: true });
    panel.setAttribute('role', 'group');
    const live = make('span', { className: 'live' });
    // Read aloud when it changes, seen by nobody.
    live.setAttribute('role', 'status');
    live.style.cssText = 'position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)';
    root.append(button, panel, live);
    this.#parts = { mark, label, button, panel, live, make };
    button.addEventListener('click', () => {
      this.#isPinned = !this.#isPinned;
      this.#show(this.#isPinned);
    });
    this.addEventListener('pointerenter', () => this.#show(true));
    this.addEventListener('pointerleave', () => this.#show(this.#isPinned));
    this.addEventListener('focusin', () => this.#show(true));
    this.addEventListener('focusout', () => {
      this.#isPinned = false;
      this.#show(false);
    });
    this.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      this.#isPinned = false;
      this.#show(false);
    });
  }

  get verdict() { return this.#results.verdict; }
  set verdict(value) { this.#set('verdict', value); }
  get claimed() { return this.#results.claimed; }
  set claimed(value) { this.#set('claimed', value); }
  get token() { return this.#results.token; }
  set token(value) { this.#set('token', value); }

  connectedCallback() {
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), 15_000);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#draw();
  }

  #set(name, value) {
    this.#results[name] = value;
    if (this.isConnected) this.#draw();
  }

  #show(isOpen) {
    this.#parts.panel.hidden = !isOpen;
    this.#parts.button.setAttribute('aria-expanded', String(isOpen));
  }

  #draw() {
    const language = this.closest('[lang]')?.lang || navigator.language,
      { mark, label, button, panel, live, make } = this.#parts;
    const maximumAge = Number(this.getAttribute('max-age') ?? 300), before = this.getAttribute('state');
    const shown = badgeState(this.#results, Date.now() / 1_000, language, Number.isFinite(maximumAge) ? maximumAge
      : 300);
    const words = WORDS[isChinese(language) ? 'zh' : 'en'], line = (text) => make('p', { textContent: text });
    mark.textContent = MARKS[shown.state];
    label.textContent = shown.label;
    panel.setAttribute('aria-label', words.details);
    button.setAttribute('aria-label', [shown.label, shown.age].filter(Boolean).join(', '));
    const reasons = make('ul'), item = (code, text) => {
      const entry = make('li');
      entry.append(...code ? [make('code', { textContent: code }), ' '] : [], text);
      return entry;
    };
    reasons.append(...shown.reasons.map(({ code, text }) => item(code, text)),
      ...shown.failed.map((text) => item('', `${words.failed}: ${text}`)));
    panel.replaceChildren(line([shown.label, shown.age].filter(Boolean).join(' · ')), ...shown.checks
      ? [line(shown.checks)] : [], reasons);
    if (before === shown.state) return;
    this.setAttribute('state', shown.state);
    live.textContent = shown.label;
    this.dispatchEvent(new CustomEvent('assay-state', { bubbles: true, detail: shown }));
  }
}

if (globalThis.customElements && !customElements.get('assay-badge')) customElements.define('assay-badge', AssayBadge);
