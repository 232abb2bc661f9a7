/**
 * Verifies Intel SGX and TDX quotes, attestation tokens and the verdict log, in browsers and in Node from version 20
 * on, by the service's own rules: so that a page can disagree with the server it came from.
 *
 * Quotes     verifyQuote, parseQuote, quoteDocument, readQuote, readCollateral, expectedReportData, STRICT_POLICY,
 *            CHECKS
 * Freshness  randomNonce, fetchChallenge
 * Tokens     discoverKeys, verifyToken, readToken, claimsDigest, checkTokenEntry
 * Log        leafHash, nodeHash, verifyInclusion, verifyConsistency, parseVerifierKey, openNote, parseCheckpoint,
 *            openCheckpoint, parseProof, verifyProof
 * Bytes      toHex, fromHex, toBase64, fromBase64, toBase64URL, fromBase64URL, parseJSON, canonicalJSON, AssayError
 *
 * What a function cannot use it refuses with an `AssayError`. Times are whole seconds since 1970. Joined by the build
 * from the modules in web/assay: change those.
 *
 * @typedef {Uint8Array} Bytes
 * @typedef {{id: string, outcome: 'passed' | 'failed' | 'not_performed', reason?: string, found?: string,
 *   wanted?: string, code?: string}} Check
 * @typedef {{verdict: 'accept' | 'reject' | 'error', status: string, reasons: string[], checks: Check[], failure?: any,
 *   tcb?: any}} Verdict
 */

export { AssayError } from './errors.js';
export { toHex, fromHex, fromBase64, toBase64, toBase64URL, fromBase64URL } from './bytes.js';
export { parseJSON, canonicalJSON } from './json.js';
export { parseQuote, readQuote } from './quote.js';
export { quoteDocument } from './quote-document.js';
export { readCollateral } from './collateral.js';
export { CHECKS } from './verification.js';
export { expectedReportData } from './binding.js';
export { STRICT_POLICY } from './policy.js';
export { VERSION, verifyQuote } from './verdict.js';
export { discoverKeys } from './network.js';
export { randomNonce, fetchChallenge } from './freshness.js';
export { readToken } from './jws.js';
export { leafHash, nodeHash, verifyInclusion, verifyConsistency } from './tree.js';
export { parseVerifierKey, openNote } from './note.js';
export { parseCheckpoint, openCheckpoint } from './checkpoint.js';
export { parseProof, verifyProof } from './proof.js';
export { claimsDigest, checkTokenEntry } from './token-entry.js';
export { verifyToken } from './token.js';
