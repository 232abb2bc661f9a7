// The same answers from a browser's WebCrypto as from Node's: a sample of the cases, judged in a headless Chromium.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, browser, noBrowser } from './browser.js';
import { assay } from './built.js';
import { cases, skip } from './cases.js';

const { verifyQuote } = assay;

const PAGE = `<!doctype html><title>cases</title><pre id="out"></pre><script type="module">
import { fromBase64, verifyQuote } from '/assay.js';
const bytes = (value) => (typeof value === 'string' ? fromBase64(value) : value);
const documents = [];
for (const { quote, collateral, options } of await (await fetch('/cases')).json()) {
  const files = typeof collateral === 'string' ? fromBase64(collateral)
    : Object.fromEntries(Object.entries(collateral).map(([name, value]) => [name, fromBase64(value)]));
  documents.push(await verifyQuote(fromBase64(quote), files, { ...options, trustRoot: bytes(options.trustRoot) }));
}
document.getElementById('out').textContent = JSON.stringify(documents);
</script>`;

test('Chromium and Node agree', { skip: skip || noBrowser, timeout: 120_000 }, async () => {
  const sample = [], ours = [], base64 = (bytes) => Buffer.from(bytes).toString('base64');
  let at = 0;
  for await (const { quote, collateral, options } of cases()) {
    // Every seventeenth; times beyond 2^53 are no JSON numbers.
    if ((at += 1) % 17 || quote.length > 60_000) continue;
    sample.push({
      quote: base64(quote), options: { ...options, trustRoot: options.trustRoot && base64(options.trustRoot) },
      collateral: collateral instanceof Uint8Array ? base64(collateral)
        : Object.fromEntries(Object.entries(collateral).map(([name, bytes]) => [name, base64(bytes)])),
    });
    ours.push(await verifyQuote(quote, collateral, options));
  }
  const { said } = await browse(PAGE, { '/cases': JSON.stringify(sample) });
  const theirs = JSON.parse(said);
  assert.deepEqual(theirs, JSON.parse(JSON.stringify(ours)));
  assert.ok(theirs.some(({ verdict }) => verdict === 'accept') && theirs.some(({ verdict }) => verdict === 'reject'));
  console.log(`${browser} and Node agree on ${theirs.length} of ${sample.length} cases`);
});
