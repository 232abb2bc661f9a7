// What is fetched

import { fail, must } from './errors.js';
import { latin1 } from './bytes.js';
import { isHex } from './demands.js';
import { parseJSON, plain } from './json.js';

async function loadBytes(url, load, options) {
  try {
    const response = await load(url, { credentials: 'omit', cache: 'no-store', redirect: 'error', ...options });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    fail('UNREACHABLE', url, `${error}`);
  }
}

export async function loadJSON(url, ...how) {
  const value = parseJSON(await loadBytes(url, ...how));
  must(value.kind === 'object', 'UNREACHABLE', url, value.kind);
  return plain(value);
}

/** A verifier's keys and default policy, by openid-configuration, and what fetches status lists. @param {string} issuer as in tokens */
export async function discoverKeys(issuer, load = fetch) {
  const { issuer: found, jwks_uri: keySetURL, default_policy_sha256: policy } = await loadJSON(`${issuer}/.well-known/openid-configuration`, load);
  must(found === issuer, 'ISSUER_MISMATCH', 'issuer', `${found}`, issuer);
  must(`${keySetURL}`.startsWith(issuer.startsWith('https:') ? 'https:' : 'http'), 'ISSUER_MISMATCH', 'jwks_uri',
    `${keySetURL}`);
  const { keys } = await loadJSON(keySetURL, load);
  must(Array.isArray(keys), 'ISSUER_MISMATCH', 'keys');
  const defaultPolicies = isHex(32)(policy) ? [policy] : [];
  return { issuer, keySetURL, keys, defaultPolicies, statusList: async (uri) => latin1(await loadBytes(uri, load)) };
}
