// Where the checks of a verdict stand on the page's path from the root to the software.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stages } from '../pages/stages.js';

/** A verdict's path under these rules: where a rule stands, and what becomes of its stage. */
function place(id, rules, more = {}) {
  const checks = [{ id: 'quote.format', outcome: 'passed' }];
  const path = stages({ verdict: 'accept', status: 'warning', tee: 'tdx', checks, policy: { rules }, ...more });
  const found = path.filter((stage) => stage.checks.some((check) => check.id === id));
  assert.equal(found.length, 1, id);
  return [found[0].name, found[0].outcome];
}

const debug = { id: 'debug', outcome: 'passed' }, status = { id: 'tcb.status', outcome: 'passed' };
const mute = { id: 'td.service_td', outcome: 'not_performed', reason: 'this body cannot say' };

test('A body that cannot name a service TD: that stands with the machine, and breaks nothing', () => {
  assert.deepEqual(place('td.service_td', [status, debug, mute]), ['td', 'passed']);
  assert.deepEqual(place('td.service_td', [{ ...mute, outcome: 'passed' }]), ['td', 'passed']);
  assert.deepEqual(place('td.service_td', [{ ...mute, outcome: 'failed' }]), ['td', 'failed']);
});

test('What nobody asked for, and what an enclave does not have, stands with the policy', () => {
  for (const id of ['td.mr_seam', 'td.xfam', 'event_log', 'platform.id']) {
    assert.deepEqual(place(id, [status, { id, outcome: 'not_performed', reason: 'not asked' }]), ['policy', 'open'], id);
  }
  assert.deepEqual(place('td.service_td', [mute], { tee: 'sgx' }), ['policy', 'none']);
});

test('Behind a terminal failure a stage that was not reached says so', () => {
  const checks = [{ id: 'quote.format', outcome: 'passed' }, { id: 'quote.signature', outcome: 'not_performed' }];
  const path = stages({ verdict: 'reject', failure: {}, checks });
  assert.equal(path.find(({ name }) => name === 'td').outcome, 'not_performed');
  assert.equal(path.find(({ name }) => name === 'policy').outcome, 'not_performed');
});
