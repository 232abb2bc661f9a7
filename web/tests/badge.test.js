// The badge: what it concludes, in Node; how it behaves, in a headless Chromium where there is one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, browser, noBrowser } from './browser.js';
import { badge } from './built.js';

const { badgeState } = badge;

const now = Date.parse('2026-01-15T00:01:30Z') / 1_000;
const VERDICT = {
  verdict: 'accept', status: 'affirming', reasons: [], time: '2026-01-15T00:00:00Z', trust_root: { intel: true },
  checks: [{ id: 'quote.format', outcome: 'passed' }, { id: 'tdx_module', outcome: 'not_performed',
    reason: 'the quote is of SGX' }],
};
const TOKEN = { acceptable: true, checks: [{ id: 'token.form', outcome: 'passed' }],
  claims: { ear_status: 'affirming', iat: now - 5 } };
const forged = {
  ...VERDICT, verdict: 'reject', status: 'contraindicated', reasons: ['QUOTE_SIGNATURE_INVALID'],
  checks: [{ id: 'quote.signature', outcome: 'failed' }],
};

test('The colour is the worst that was found', () => {
  for (const [state, results, code] of [
    ['grey', {}], ['grey', { claimed: VERDICT }], ['green', { verdict: VERDICT }],
      ['green', { verdict: VERDICT, claimed: VERDICT, token: TOKEN }],
    ['amber', { verdict: { ...VERDICT, status: 'warning', reasons: ['NOT_FRESH'] } }, 'NOT_FRESH'],
    ['amber', { verdict: { ...VERDICT, trust_root: { intel: false } } }, 'TRUST_ROOT'],
      ['amber', { verdict: { ...VERDICT, trust_root: undefined } }, 'TRUST_ROOT'],
    ['amber', { verdict: { ...VERDICT, time: '2026-01-14T00:00:00Z' } }, 'STALE'],
    ['red', { verdict: forged }, 'QUOTE_SIGNATURE_INVALID'],
    // A server that says accept for a forged quote.
    ['red', { verdict: forged, claimed: VERDICT }, 'DISAGREES'], ['red', { verdict: VERDICT, claimed: forged },
      'DISAGREES'],
    ['grey', { verdict: { ...VERDICT, verdict: 'error', status: 'none', reasons: ['COLLATERAL_UNAVAILABLE'] },
      claimed: VERDICT }, 'COLLATERAL_UNAVAILABLE'],
    ['grey', { verdict: { ...VERDICT, verdict: 'something' } }], ['green', { token: TOKEN }],
      ['amber', { token: { ...TOKEN, claims: { ear_status: 'warning' } } }],
    ['red', { token: { acceptable: false, checks: [{ id: 'token.nonce', outcome: 'failed' }], claims: null } },
      'TOKEN'],
    ['red', { verdict: VERDICT, token: { acceptable: false, checks: [], claims: null } }, 'TOKEN'],
    ['red', { verdict: VERDICT, token: { ...TOKEN, acceptable: false,
      checks: [{ id: 'token.revocation', outcome: 'failed', found: 'status 1' }] } }, 'TOKEN_REVOKED'],
    ['red', { token: { ...TOKEN, acceptable: false,
      checks: [{ id: 'token.revocation', outcome: 'failed', found: 'STATUS_LIST_INVALID: sub' }] } }, 'TOKEN'],
  ]) {
    const shown = badgeState(results, now);
    assert.equal(shown.state, state, JSON.stringify(results));
    if (code) assert.ok(shown.reasons.some((each) => each.code === code && each.text), JSON.stringify(shown));
  }
});

test('Words, ages and failures in both languages', () => {
  const shown = badgeState({ verdict: forged }, now, 'en-GB'), chinese = badgeState({ verdict: forged }, now, 'zh-CN');
  assert.deepEqual([shown.label, shown.age, shown.failed], ['Not verified', '1 minute ago',
    ['Did the attestation key sign the quote?']]);
  assert.deepEqual([chinese.label, chinese.age, chinese.failed],
    ['未通过验证', '1 分钟前', ['quote 是否由证明密钥签名？']]);
  assert.match(chinese.reasons[0].text, /不要信任/);
  for (const [seconds, age] of [[0, '0 seconds ago'], [1, '1 second ago'], [7_200, '2 hours ago'],
    [90_000, '1 day ago']]) {
    assert.equal(badgeState({ verdict: VERDICT }, Date.parse(VERDICT.time) / 1_000 + seconds).age, age);
  }
  assert.equal(badgeState({ verdict: VERDICT }, now).checks, '1 of 1 checks passed');
});

const PAGE = `<!doctype html><html lang="en"><title>badge</title><assay-badge></assay-badge><pre id="out"></pre>
<script type="module">
import '/assay-badge.js';
const out = [], badge = document.querySelector('assay-badge'), { shadowRoot: root } = badge;
const button = root.querySelector('button'), panel = root.querySelector('.panel');
const note = (name, value) => out.push(name + '=' + value);
const verdict = ${JSON.stringify(VERDICT)}, forged = ${JSON.stringify(forged)};
verdict.time = forged.time = new Date().toISOString();
note('start', badge.getAttribute('state'));
let told = 0;
badge.addEventListener('assay-state', () => { told += 1; });
badge.verdict = verdict;
note('good', badge.getAttribute('state') + ' ' + button.getAttribute('aria-label'));
badge.verdict = forged;
badge.claimed = verdict;
note('forged', badge.getAttribute('state') + ' ' + root.querySelector('.live').textContent + ' ' + told);
note('closed', panel.hidden + ' ' + button.getAttribute('aria-expanded'));
button.focus();
note('focus', panel.hidden + ' ' + button.getAttribute('aria-expanded')
  + ' ' + panel.textContent.includes('DISAGREES'));
button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }));
note('escape', panel.hidden);
badge.dispatchEvent(new PointerEvent('pointerenter'));
note('hover', panel.hidden);
badge.dispatchEvent(new PointerEvent('pointerleave'));
note('leave', panel.hidden);
button.click();
note('click', panel.hidden);
document.documentElement.lang = 'zh-CN';
badge.verdict = forged;
note('zh', root.querySelector('.label').textContent);
note('markup', !panel.querySelector('script, img, link'));
const { verifyQuote } = await import('/assay.js');
note('verify', (await verifyQuote(new Uint8Array(2000), null)).reasons);
const key = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']).then(() => 'yes',
  () => 'no');
note('ed25519', key);
document.getElementById('out').textContent = out.join('\\n');
</script></html>`;

test('In a browser: colours, hover, focus, Escape, both languages, strict CSP, no request but for the modules',
  { skip: noBrowser, timeout: 120_000 }, async () => {
    const { said, asked } = await browse(PAGE);
    const { ed25519, ...rest } = Object.fromEntries(said.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
    assert.deepEqual(rest, {
      start: 'grey', good: 'green Verified, 0 seconds ago', forged: 'red Not verified 2', closed: 'true false',
      focus: 'false true true', escape: 'true', hover: 'false', leave: 'true', click: 'false', zh: '未通过验证',
        markup: 'true',
      verify: 'QUOTE_VERSION_UNSUPPORTED',
    });
    console.log(`${browser}: Ed25519 in WebCrypto: ${ed25519}`);
    assert.deepEqual(asked.sort(), ['/', '/assay-badge.js', '/assay-texts.js', '/assay.js']);
  });
