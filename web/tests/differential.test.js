// Every case that the Swift tests wrote down (ASSAY_CASES, one JSON object a line), judged here: the documents must
// agree.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as modules from '../assay/assay.js';
import { assay, texts } from './built.js';
import { cases, skip } from './cases.js';

const { verifyQuote } = assay, { explain } = texts;

/** Event logs are not read here: their checks are the service's alone. */
const checksOf = ({ checks }) => checks.filter(({ id }) => !id.startsWith('event_log.'));

/** What both must say. Texts for people may differ, and so do the names of the two verifiers. */
function comparable(document) {
  return {
    verdict: document.verdict, status: document.status, reasons: document.reasons, tee: document.tee,
    quote: document.quote, tcb: document.tcb, platform: document.platform, collateral: document.collateral,
    failure: document.failure && {
      code: document.failure.code, check: document.failure.check, field: document.failure.field,
      // Where in the quote; where in a document is a courtesy that differs.
      offset: document.failure.code.startsWith('QUOTE_') ? document.failure.offset : undefined,
    },
    // Beyond 2^53 JSON's readers here lose the last digits of a time.
    trustRoot: document.trust_root, time: document.time.length > 18 ? 'never' : document.time,
      binding: document.binding,
    ruleset: document.verifier.ruleset,
    checks: checksOf(document).map(({ id, outcome }) => `${id} ${outcome}`),
  };
}

/** The words that assay-texts.js adds. */
const words = (document) => [document.failure?.fix,
  ...checksOf(document).map(({ id, clause, detail, fix }) => ({ id, clause, detail, fix }))];

/** Rules by name: a policy here says no less than there, and none of it differently. */
function comparableRules(document) {
  return Object.fromEntries(document.policy.rules.map(({ id, outcome, code, found, fix }) => [id,
    { outcome, code, found, fix }]));
}

test('the answers of assay verify', { skip }, async () => {
  const counts = new Map(), failures = [], kinds = new Map();
  let total = 0;
  for await (const { name, quote, collateral, options, document } of cases()) {
    total += 1;
    const [kind] = name.split(' ');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const ours = await verifyQuote(quote, collateral, options);
    // A module that forgets an import finds the name all the same once it is joined.
    if (total % 17 === 0) assert.deepEqual(await modules.verifyQuote(quote, collateral, options), ours, name);
    const word = ours.failure?.code ?? (ours.collateral.expired ? 'expired' : ours.tcb.status);
    counts.set(word, (counts.get(word) ?? 0) + 1);
    try {
      assert.deepEqual(comparable(ours), comparable(document));
      const theirs = comparableRules(document), explained = explain(ours);
      assert.deepEqual(words(explained), words(document));
      for (const [id, rule] of Object.entries(comparableRules(explained))) assert.deepEqual({ [id]: rule },
        { [id]: theirs[id] });
    } catch (error) {
      failures.push(`${name}: ${error.message}`);
    }
  }
  for (const [word, count] of [...counts].sort()) console.log(`${count} × ${word}`);
  console.log(
    `${total - failures.length} of ${total} cases agree (${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')})`);
  assert.ok(total > 0, 'there is no case in the file');
  assert.deepEqual(failures.slice(0, 5), [], `${failures.length} differ`);
});
