// Two of the seven checkers of tokens on the one table that all of them pass: assay.js, and the drop-in for Node.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as modules from '../assay/assay.js';
import { assay } from './built.js';
import { Checker, TokenRefused } from './checker.js';
import { disagreements, table } from './tokens.js';

/** What is demanded, in the names of JavaScript; what is not demanded stays away, and nothing else does. */
function options({ demand: { minimum_status: minimumStatus, skew: skewSeconds, ...demand }, options: more }, means) {
  for (const name of [...means, 'default_policies']) delete demand[name];
  return JSON.parse(JSON.stringify({ minimumStatus, skewSeconds, ...demand, ...more }));
}

/** What discovery says of the service's default. */
const defaults = ({ demand }) => demand.default_policies ?? [table.default_policy.sha256];

async function ask({ AssayError, verifyToken }, row) {
  const { time, key_sets: sets } = table, { key_set_url: keySetURL, status_list: list } = row.demand;
  const more = { ...keySetURL && { keySetURL }, ...list !== undefined && { statusList: async () => list } };
  try {
    const wanted = { keys: sets[row.keys].keys, time, defaultPolicies: defaults(row), ...more, ...options(row, ['key_set_url', 'status_list']) };
    const { acceptable, checks, claims } = await verifyToken(row.token, wanted);
    const failed = checks.find(({ outcome }) => outcome === 'failed');
    assert.equal(acceptable, !failed);
    assert.equal(claims === null, ['form', 'type', 'key', 'signature'].some((id) => failed?.id === `token.${id}`));
    return failed?.id ?? 'accepted';
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return 'throws';
  }
}

test('assay.js agrees with the table of tokens', async () => {
  assert.deepEqual(await disagreements('assay.js', (row) => ask(assay, row)), []);
});

test('So do its modules, as they are', async () => {
  assert.deepEqual(await disagreements('assay.js', (row) => ask(modules, row)), []);
});

test('The drop-in for Node agrees with the table of tokens', async () => {
  const { time, key_sets: sets } = table;
  assert.deepEqual(await disagreements('node', async (row) => {
    const { issuer, key_set_url: keySetURL, status_list: list } = row.demand;
    const means = { keys: sets[row.keys].keys, keySetURL, defaultPolicies: defaults(row), clock: () => time + 0.9,
      load: async () => list };
    try {
      await new Checker(issuer, means).check(row.token, options(row, ['issuer', 'key_set_url', 'status_list']));
      return 'accepted';
    } catch (error) {
      if (error instanceof TokenRefused) return error.check;
      if (error instanceof TypeError) return 'throws';
      throw error;
    }
  }), []);
});
