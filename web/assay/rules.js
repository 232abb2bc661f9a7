// Appraisal: is what is genuine also acceptable

import { fromHex, isZero, NONE, same, toHex } from './bytes.js';
import { dateText } from './time.js';
import { isDebug, PROFILING, RESERVED, tdAttributes } from './quote-document.js';
import { isOutOfDate } from './levels.js';

export function rules({ quote, tcb, expired, earliest }, policy, expected, time) {
  const { body, tee } = quote, { status } = tcb, current = tcb.current.status,
    isRelaunch = status.startsWith('TDRelaunch');
  const list = [], accepted = policy.accepted_tcb_statuses,
    grace = policy.collateral_grace_seconds;
  const rule = (id, holds, code, tier, found) => list.push({ id, holds, code: `POLICY_${code}`, tier, found });
  const skip = (id, reason, found = '') => list.push({ id, reason, found });
  if (isRelaunch) skip('tcb.status', 'judged by tcb.relaunch', status);
  else rule('tcb.status', accepted.includes(status), 'TCB_STATUS', 1, status);
  rule('tcb.relaunch', !isRelaunch || (policy.accept_relaunch_advised
    && (status === 'TDRelaunchAdvised' || accepted.includes('ConfigurationNeeded'))), 'RELAUNCH', 1, status);
  rule('tcb.current', current !== 'Revoked' && (!isOutOfDate(current) || accepted.includes(current)), 'CURRENT_TCB',
    current === 'Revoked' ? 2 : 1, current);
  rule('collateral.expiry', !expired.length || (grace > 0 && earliest + grace >= time), 'COLLATERAL_EXPIRED', 1,
    expired.map(({ name, expires }) => `${name} ended ${dateText(expires)}`).join(', ')
      || `first end ${dateText(earliest)}`);
  rule('debug', policy.allow_debug || !isDebug(quote), 'DEBUG', 2, isDebug(quote)
    ? 'debug bit set: the host can read the memory' : 'debug bit clear');
  for (const [id, mask, isAllowed, code] of [
    ['td.profiling', PROFILING, policy.allow_td_profiling, 'TD_PROFILING'],
    ['td.reserved_bits', RESERVED, policy.allow_td_reserved_bits, 'TD_RESERVED'],
  ]) {
    const found = tee === 'tdx' && tdAttributes(quote, mask);
    if (found === false) skip(id, 'the quote is of SGX');
    else rule(id, isAllowed || !found, code, 2, `0x${found.toString(16)}`);
  }
  for (const [id, name, code] of [['td.attributes', 'td_attributes', 'TD_ATTRIBUTES'], ['td.xfam', 'xfam', 'XFAM']]) {
    const wanted = policy[name], found = name === 'xfam' ? body.xfam : body.tdAttributes;
    if (!wanted) continue;
    const mask = fromHex(wanted.mask), bytes = found?.map((byte, at) => byte & mask[at]);
    rule(id, !!found && same(bytes, fromHex(wanted.value)), code, 1, found ? toHex(found) : 'the quote is of SGX');
  }
  serviceTD(quote, policy, skip, (holds, found) =>
    rule('td.service_td', policy.allow_service_td || holds, 'SERVICE_TD', 2, found));
  const data = body.reportData, none = 'nothing to compare with was given';
  if (!expected && policy.require_report_data) rule('report_data', false, 'REPORT_DATA', 1, none);
  else if (!expected) skip('report_data', none + (isZero(data) ? ', and report_data is all zero' : ''), toHex(data));
  else if (!(policy.report_data_schemes ?? [expected.scheme]).includes(expected.scheme)) {
    rule('report_data', false, 'REPORT_DATA', 1, `scheme ${expected.scheme}`);
  } else {
    const isHeld = expected.candidates.some((each) => same(each, data.subarray(0, each.length)));
    rule('report_data', isHeld, 'REPORT_DATA', 2, toHex(data) + (isHeld ? expected.said ?? '' : ''));
  }
  return list;
}

/** What a report says of a service TD (dcap 5.9): what a body cannot say is no absence. */
function serviceTD({ tee, body }, { allow_service_td: isAllowed, accepted_service_tds: accepted }, skip, rule) {
  const { mrServiceTd: service, initServTdHash: first = NONE, curServTdHash: now = NONE } = body;
  const named = [service, first, now].filter((each) => each && !isZero(each)).map(toHex), names = named.join(', ');
  const isListed = !!accepted && named.every((each) => accepted.some((one) => one.toLowerCase() === each));
  const cannot = 'this body cannot say: TDX 1.0 has no field for a service TD';
  const isMigratable = body.tdAttributes?.[3] & 0x20;
  if (tee === 'sgx') skip('td.service_td', 'the quote is of SGX');
  else if (!service) {
    if (isAllowed || !(isMigratable || accepted)) skip('td.service_td', cannot);
    else rule(false, cannot + (isMigratable ? ', and MIGRATABLE is set' : ''));
  } else if (!named.length) rule(true, toHex(service));
  else if (isZero(service)) rule(isListed, `no service TD named, and the hash of one: ${names}`);
  else if (same(first, now)) rule(!!accepted?.some((one) => one.toLowerCase() === toHex(service)), toHex(service));
  else rule(isListed, `not the service TD it began with: ${names}`);
}
