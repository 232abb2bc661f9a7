/**
 * Adds `<assay-badge>` to a page it knows nothing of. Asks the guest for a quote over a nonce made here, has the service
 * judge it, judges it here as well, and hands both to the badge. Again every four minutes, and when the page comes back.
 *
 * Lies in one folder with assay.js, assay-texts.js and assay-badge.js.
 */
import { expectedReportData, fromBase64, fromBase64URL, randomNonce, toBase64URL, verifyQuote } from './assay.js';
import './assay-badge.js';

const SERVICE = '/assay';
const AGAIN = 240000;

const badge = document.createElement('assay-badge');
badge.style.cssText = 'position:fixed;right:12px;bottom:12px;z-index:2147483000';
document.body.append(badge);

async function ask(path, options = {}) {
  const answer = await fetch(SERVICE + path, { cache: 'no-store', credentials: 'omit', ...options });
  if (!answer.ok && answer.status !== 502 && answer.status !== 503) throw new Error(`${path}: status ${answer.status}`);
  return answer;
}

const post = (path, type, body) => ask(path, { method: 'POST', headers: { 'Content-Type': type }, body });

/** What Intel signed, relayed by the service; `null` where it has nothing. */
async function collateral(quote) {
  try {
    return await (await post('/v1/collateral', 'application/octet-stream', quote)).text();
  } catch {
    return null;
  }
}

async function look() {
  const nonce = randomNonce();
  const evidence = await (await ask(`/quote?nonce=${toBase64URL(nonce)}`)).json();
  const quote = fromBase64(evidence.quote);
  const key = evidence.key && fromBase64URL(evidence.key);
  // Our own nonce, not the one that came back.
  const bound = { nonce: toBase64URL(nonce), scheme: 'assay', ...(key ? { key: evidence.key } : {}) };
  const request = JSON.stringify({ quote: evidence.quote, ...bound });
  const claimed = await (await post('/v1/verdicts', 'application/json', request)).json();
  const reportData = await expectedReportData({ scheme: 'assay', nonce, ...(key ? { key } : {}) });
  badge.verdict = await verifyQuote(quote, await collateral(quote), { reportData });
  badge.claimed = claimed.verdict?.verdict ? claimed.verdict : claimed;
}

/** What could not be looked at is shown as that, never as what it was before. */
async function refresh() {
  try {
    await look();
  } catch (error) {
    badge.claimed = undefined;
    const code = 'COLLATERAL_UNAVAILABLE';
    const failure = { code, found: error.message };
    badge.verdict = { verdict: 'error', status: 'none', reasons: [code], checks: [], failure };
  }
}

await refresh();
setInterval(refresh, AGAIN);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh();
});
