// What a token claims

import { fromBase64URL, toHex, utf8 } from './bytes.js';
import { demand, isHex, isTexts, known } from './demands.js';
import { parseJSON, plain } from './json.js';
import { shown } from './checks.js';

export const TIERS = ['affirming', 'warning', 'contraindicated', 'none'];
const rank = (tier) => TIERS.indexOf(tier);

export const CATEGORIES = ['instance-identity', 'configuration', 'executables', 'file-system', 'hardware',
  'runtime-opaque', 'storage-opaque', 'sourced-data'];

/** The rank of an AR4SI value; no assertion, or one about the verifier itself, is the worst. */
const rankOf = (value) => {
  const size = value < 0 ? -value - 1 : value;
  return size < 2 ? 3 : size < 32 ? 0 : size < 96 ? 1 : 2;
};

const isObject = (value) => !!value && typeof value === 'object' && !Array.isArray(value);

/** What is wrong with the status: known words, none better than what it rests on, and good enough; or nothing. */
export function statusFault({ ear_status: own, submods = {} }, least, minimum) {
  const parts = isObject(submods) ? Object.entries(submods) : [['submods']];
  const overall = own === undefined ? submods?.cpu0?.['ear.status'] : own, wanted = Object.entries(minimum);
  if (rank(overall) < 0) return shown(overall);
  for (const [name, part] of parts) {
    const status = part?.ear_status ?? part?.['ear.status'];
    const vector = part?.ear_trustworthiness_vector ?? part?.['ear.trustworthiness-vector'] ?? {};
    const values = Object.values(vector);
    const isRead = isObject(vector) && values.every((each) => each === (each << 24) >> 24);
    if (!isRead || rank(status) < Math.max(0, ...values.map((each) => rankOf(each) % 3))
      || rank(status) > rank(overall)) return `${overall}, ${name} ${shown(status)}`;
    for (const [category, tier] of wanted) {
      const found = vector[category] ?? 0;
      if (rankOf(found) > rank(tier)) return `${overall}, ${name} ${category} ${found}`;
    }
  }
  return rank(overall) > rank(least) || (wanted.length && !parts.length) ? overall : undefined;
}

/** The elements of a member; one that nobody reads, where it is no array. */
const entries = (holder, name) => (!isObject(holder) || holder[name] === undefined ? []
  : Array.isArray(holder[name]) ? holder[name] : [null]);

const submodsOf = ({ submods }) => Object.values(isObject(submods) ? submods : {}).filter(isObject);

/** Where a token says what its verifier found. */
const holders = (claims) => [claims, ...submodsOf(claims).flatMap((each) =>
  [each.ear_verifier_claims, each['ear.veraison.policy-claims']])].filter(isObject);

/** What is found where a quote may be old, or nothing. A token that does not say is no better than one that says so. */
export function staleness(claims) {
  const found = holders(claims).filter((each) => each.reasons !== undefined).map((each) => each.reasons);
  const isFresh = found.length && found.every((each) => Array.isArray(each)
    && each.every((reason) => typeof reason === 'string' && reason !== 'NOT_FRESH'));
  return isFresh ? undefined : found.flat().map(shown).join(', ') || 'no reasons';
}

/** Each measurement with its count of bytes, its name in our tokens, and its path in those of Trustee and Alibaba. */
const MEASUREMENTS = {
  mr_td: [48, 'tdx_mrtd', 'tdx.quote.body.mr_td'],
  ...Object.fromEntries([0, 1, 2, 3].map((at) => [`rtmr${at}`, [48, `tdx_rtmr${at}`, `tdx.quote.body.rtmr_${at}`]])),
  mr_enclave: [32, 'sgx_mrenclave', 'sgx.body.mr_enclave'],
  mr_signer: [32, 'sgx_mrsigner', 'sgx.body.mr_signer'],
};

/** What stands at a path: nothing where a member is absent, what nobody reads where one is of another kind. */
function standsAt(holder, [name, ...rest]) {
  if (!isObject(holder)) return [null];
  if (!Object.hasOwn(holder, name)) return [];
  return rest.length ? standsAt(holder[name], rest) : [typeof holder[name] === 'string' ? holder[name] : null];
}

function flat(value) {
  try {
    return plain(parseJSON(utf8(value)));
  } catch {
    return null;
  }
}

export function measured(claims, name) {
  const [, own, path] = MEASUREMENTS[name], found = submodsOf(claims).flatMap((each) => [
    ...standsAt(each, ['ear_attester_claims', own]),
    ...standsAt(each, ['ear.veraison.annotated-evidence', ...path.split('.')]),
  ]);
  return 'tcb-status' in claims ? [...found, ...standsAt(flat(claims['tcb-status']), [path])] : found;
}

/** The values that are accepted, in one spelling, by name. */
export function measurements(values) {
  return Object.entries(values).map(([name, list]) => {
    known('measurements', name, Object.keys(MEASUREMENTS));
    const [count] = MEASUREMENTS[name];
    demand(isTexts(list) && list.every(isHex(count)), name, list, `a list of values of ${2 * count} hex digits`);
    return [name, list.map((each) => each.toLowerCase())];
  });
}

/** The hashes of policies and of reference sets that a token names; what names none is shown, and in no list. */
export const named = {
  policies: (claims) => [
    ...submodsOf(claims).flatMap((each) => [...entries(each, 'ear_appraisal_policy_ids').map((name) => {
      const hash = /^ni:\/\/\/sha-256;([\w-]{43})$/.exec(shown(name))?.[1], bytes = hash && fromBase64URL(hash);
      return bytes ? toHex(bytes) : `${shown(name)}, no name of a hash`;
    }), ...[each['ear.veraison.policy-claims']].filter((own) => isObject(own) && 'policy_sha256' in own)
      .map((own) => own.policy_sha256)]),
    ...entries(claims, 'evaluation-reports').map((each) => each?.['policy-hash']),
  ],
  references: (claims) => holders(claims)
    .flatMap((holder) => entries(holder, 'references')).map((name) => /^sha256:([0-9a-f]{64})$/.exec(shown(name))?.[1]),
};

/** The policies that are accepted: hashes, those that `default` stands for among them; nothing where any is. */
export function accepted(values = ['default'], defaults) {
  if (isTexts(values) && `${values}` === 'any') return undefined;
  const rest = isTexts(values) ? values.filter((each) => each !== 'default') : values, own = hashes('policies', rest);
  return rest.length < values.length ? [...defaults, ...own] : own;
}

/** SHA-256 in hex: a name would be compared with nothing, for ever. */
export function hashes(field, values) {
  const found = isTexts(values) && values.map((each) => each.toLowerCase().replace(/^sha256:/, ''));
  demand(found && found.every(isHex(32)), field, values, 'a list of SHA-256 in hex');
  return found;
}
