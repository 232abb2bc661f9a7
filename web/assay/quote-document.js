// What a quote says, as a document

import { big, isZero, little, toHex } from './bytes.js';
import { INTEL_VENDOR } from './quote.js';

export const PROFILING = 0x70n;
export const RESERVED = 0x3fff_ffff_0780_ff8en;
export const tdAttributes = ({ body }, mask) => big(body.tdAttributes.slice().reverse()) & mask;
export const isDebug = ({ tee, body }) => (tee === 'sgx' ? body.attributes[0] & 2 : body.tdAttributes[0] & 1) !== 0;
const INTEGERS = ['isvProdId', 'isvSvn', 'configSvn', 'vmId'];

/** Every field, byte strings in memory-order hex. @param {ReturnType<typeof parseQuote>} quote */
export function quoteDocument(quote) {
  const body = {}, { mrServiceTd: service, attributes } = quote.body;
  for (const [name, value] of Object.entries(quote.body)) {
    body[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = INTEGERS.includes(name) ? little(value)
      : toHex(value);
  }
  Object.assign(body, quote.tee === 'sgx' ? { debug: isDebug(quote), kss: (attributes[0] & 0x80) !== 0 } : {
    td_debug: isDebug(quote), td_profiling: tdAttributes(quote, PROFILING) > 0,
    td_reserved_bits: tdAttributes(quote, RESERVED) > 0, servtd_bound: !!service && !isZero(service),
  });
  return {
    version: quote.version, tee: quote.tee, body_type: quote.bodyType, byte_count: quote.bytes.length,
    padding_count: quote.padding,
    header: { attestation_key_type: 2, qe_svn: quote.qeSVN, pce_svn: quote.pceSVN, qe_vendor_id: INTEL_VENDOR }, body,
  };
}
