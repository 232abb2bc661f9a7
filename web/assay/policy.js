// Policies

import { must } from './errors.js';
import { fromHex } from './bytes.js';
import { canonicalJSON } from './json.js';
import { STATUSES } from './levels.js';
import { isCount, isFlag, isHex, isPlain, isText } from './demands.js';
import { SCHEMES } from './binding.js';

export const STRICT_POLICY = Object.freeze({
  id: 'strict', accepted_tcb_statuses: Object.freeze(['UpToDate']), accept_relaunch_advised: false,
  collateral_grace_seconds: 0,
  allow_debug: false, allow_td_profiling: false, allow_td_reserved_bits: false, allow_service_td: false,
});

const isList = (holds) => (value) => Array.isArray(value) && value.length > 0 && value.every(holds)
  && new Set(value).size === value.length;

const isMask = (count) => (value) => `${Object.keys(value ?? {}).sort()}` === 'mask,value'
  && Object.values(value).every(isHex(count))
  && !fromHex(value.value).some((byte, at) => byte & ~fromHex(value.mask)[at]) && /[^0]/.test(value.mask);

/** The members of a policy that are judged by here, and their values. A policy with any other is not judged at all. */
const MEMBERS = {
  $schema: isText, id: isText, version: isCount(2 ** 53), description: isText, notes: isList(isText),
  accepted_tcb_statuses: (value) => isList((each) => STATUSES.includes(each) && each !== 'Revoked')(value)
    && value.includes('UpToDate'),
  accept_relaunch_advised: isFlag, collateral_grace_seconds: isCount(315_360_000), allow_debug: isFlag,
  allow_td_profiling: isFlag, allow_td_reserved_bits: isFlag, td_attributes: isMask(8), xfam: isMask(8),
  allow_service_td: isFlag, accepted_service_tds: isList(isHex(48)), require_report_data: isFlag,
  report_data_schemes: isList((each) => isText(each) && Object.hasOwn(SCHEMES, each)),
};

/** These say nothing while they are `false`. */
const OFF = ['require_event_log', 'allow_event_log_mismatch', 'require_all_registers_replayed', 'require_challenge'];

/** What each reserved id means; null where a document with that id is judged by the service alone. */
const BUILT_IN = {
  'strict': STRICT_POLICY,
  'tdx-cloud': {
    ...STRICT_POLICY, id: 'tdx-cloud', collateral_grace_seconds: 86_400,
    td_attributes: { value: '0000001000000000', mask: '0000003000000000' },
  },
  'sgx-production': null, 'degraded-read-only': null, 'gn8v-tee-llm': null, 'gn8v-tee-llm-gpu': null,
};

/** What a policy judges by; that something is not wanted may be left out. */
const substance = ({ $schema, description, notes, version = 1, ...rest }) => canonicalJSON({ version,
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== false)) });

/** A policy with the values of `strict` for what it leaves out; refused where a part of it would be passed over. */
export function readPolicy(given) {
  must(isPlain(given), 'POLICY_INVALID', 'policy');
  const policy = { ...given };
  must(isText(policy.id), 'POLICY_INVALID', 'policy.id');
  for (const [name, value] of Object.entries(policy)) {
    if (OFF.includes(name) && value === false) continue;
    must(Object.hasOwn(MEMBERS, name), 'POLICY_UNSUPPORTED', `policy.${name}`, '', 'a member that assay.js judges by');
    must(MEMBERS[name](value), 'POLICY_INVALID', `policy.${name}`, JSON.stringify(value)?.slice(0, 80));
  }
  const { allow_service_td: any, accepted_service_tds: listed } = policy;
  must(!any || !listed, 'POLICY_INVALID', 'policy.accepted_service_tds', '', 'no list where any is allowed');
  const read = { ...STRICT_POLICY, ...policy }, { id } = read;
  const own = Object.hasOwn(BUILT_IN, id) ? BUILT_IN[id] : read;
  must(own && substance(read) === substance(own), 'POLICY_ID_RESERVED', 'policy.id', id,
    'the built-in document, or another id');
  return read;
}
