// The clause of a check as a place in the specifications: for every clause that the program names.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { clausePath } from '../pages/clause.js';

const repository = new URL('../../', import.meta.url);

test('A clause is a place; of several the last, of its steps the first', () => {
  const rows = [
    ['dcap 5.2', '/docs/spec/dcap#5.2'],
    ['dcap 5.2 B1–B8', '/docs/spec/dcap#B1'],
    ['dcap 2.4, 5.2 B1–B2', '/docs/spec/dcap#B1'],
    ['dcap 1.10, 1.11', '/docs/spec/dcap#1.11'],
    ['dcap 5.7 B9, C13, D11, E11', '/docs/spec/dcap#B9'],
    ['dcap 5.2 B1, 5.3', '/docs/spec/dcap#5.3'],
    ['dcap 6.7, wire-formats 2.9', '/docs/spec/wire-formats#2.9'],
    ['wire-formats 3.7 (4)', '/docs/spec/wire-formats#3.7'],
    ['event-logs 2.2', '/docs/spec/event-logs#2.2'],
    ['transparency-log 18.6', '/docs/spec/transparency-log#18.6'],
    ['dcap 6.7, elsewhere 5.3', '/docs/spec/dcap#6.7'],
    ['dcap', undefined], ['5.2', undefined], ['B1', undefined], ['dcap 5.2x', undefined], ['__proto__ 1.1', undefined],
    ['dcap #"><b 5', '/docs/spec/dcap#5'], ['', undefined], [undefined, undefined], [null, undefined], [7, undefined],
  ];
  for (const [clause, path] of rows) assert.equal(clausePath(clause), path, `${clause}`);
});

/** The clauses in a Swift file's string literals. */
async function clauses(file) {
  const text = await readFile(new URL(file, repository), 'utf8');
  return [...text.matchAll(/"((?:dcap|event-logs|wire-formats|transparency-log) \d[^"\\]*)/g)].map(([, clause]) => clause);
}

test('Every clause that a check names stands in its specification', async () => {
  const files = ['DCAPVerification/Result/VerificationStep.swift', 'Appraisal/Text/RuleText.swift',
    'Appraisal/Text/Explanation.swift', 'Appraisal/Report/EventLogCheck.swift', 'Appraisal/Rules/RootFinding.swift',
    'assay/TokenReport.swift'];
  for (const file of files) {
    const found = await clauses(`Sources/${file}`);
    assert.ok(found.length > 0, `no clause in ${file}`);
    for (const clause of found) {
      const [, name, anchor] = /^\/docs\/spec\/([a-z-]+)#([A-Z\d.]+)$/.exec(clausePath(clause));
      for (const [word] of clause.matchAll(/[a-z-]+(?= \d)/g)) {
        assert.ok(existsSync(new URL(`docs/spec/${word}.md`, repository)), `${file}: ${clause}`);
      }
      const text = await readFile(new URL(`docs/spec/${name}.md`, repository), 'utf8');
      assert.ok(text.includes(`<a id="${anchor}"></a>`), `${file}: ${clause}`);
    }
  }
});
