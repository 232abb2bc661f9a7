// Collateral, as it came

import { fail, reading } from './errors.js';
import { latin1, NONE, octets, utf8 } from './bytes.js';
import { plain, readJSON } from './json.js';

/**
 * A bundle (JSON text, or the object), or raw PCS responses: an object of `pckcrl`, `rootcacrl`, `tcb`, `qe_identity`
 * and, percent-encoded, `pckcrl.issuer-chain`, `tcb.issuer-chain` and `qe_identity.issuer-chain`.
 * @param {Bytes | string | Record<string, any>} input
 */
export function readCollateral(input) {
  const bad = (member) => fail('COLLATERAL_BAD_RESPONSE', `collateral.${member}`, '',
    'a bundle, or responses of a PCS');
  const isText = typeof input === 'string' || input instanceof Uint8Array;
  const members = isText
    ? plain(reading(() => readJSON(typeof input === 'string' ? utf8(input) : input, 24 * 1_048_576), () =>
    bad('bundle'))) : input;
  const member = (name, isOptional) => {
    const value = members?.[name];
    if (isOptional && (value ?? '') === '') return null;
    return typeof value === 'string' ? utf8(value) : value instanceof Uint8Array ? value : bad(name);
  };
  if (Object.hasOwn(members ?? {}, 'pckcrl')) {
    const chain = (name, isOptional) => {
      const value = member(`${name}.issuer-chain`, isOptional), characters = latin1(value ?? NONE);
      if (characters.length > 65_536 || /%(?![0-9a-fA-F]{2})/.test(characters)) bad(`${name}.issuer-chain`);
      return value && octets(characters.replace(/%(..)/g, (_, digits) => String.fromCharCode(parseInt(digits, 16))));
    };
    const response = (name) => ({ bytes: member(name), chain: chain(name) });
    return {
      pckCRL: member('pckcrl'), pckCRLChain: chain('pckcrl', true), rootCRL: member('rootcacrl'),
      tcbInfo: response('tcb'), qeIdentity: response('qe_identity'),
    };
  }
  const signed = (name, outer) => {
    const bytes = member(name);
    let isComplete = false;
    try {
      isComplete = readJSON(bytes).members.has(outer);
    } catch {}
    return { bytes, signature: isComplete ? null : member(`${name}_signature`), chain: member(`${name}_issuer_chain`) };
  };
  return {
    pckCRL: member('pck_crl'), pckCRLChain: member('pck_crl_issuer_chain', true), rootCRL: member('root_ca_crl'),
    tcbInfo: signed('tcb_info', 'tcbInfo'), qeIdentity: signed('qe_identity', 'enclaveIdentity'),
  };
}
