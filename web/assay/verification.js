// Verification (dcap 5): phases in order, the first failure wins

import { fail, must, reading } from './errors.js';
import { isZero, join, latin1, little, same, toHex } from './bytes.js';
import { dateText } from './time.js';
import { p256Key, sha256, verifyDER, verifyRaw } from './crypto.js';
import { ECDSA_SHA256, nameText, OID, p256, roleOf } from './certificate.js';
import { decodeCRL, parseRevocationList } from './revocation.js';
import { parsePCKExtension } from './pck.js';
import { certificates, judgeCertificate } from './chain.js';
import { readCollateral } from './collateral.js';
import { openDocument } from './section.js';
import { isGood, isOutOfDate } from './levels.js';
import { readQEIdentity, readTCBInfo } from './tcb-info.js';
import { LevelMatch } from './tcb.js';

export const CHECKS = `quote.format verification.time pck.certificates pck.root pck.intermediate pck.leaf pck.extension
  pck.validity collateral.available root_crl pck_crl pck.revocation tcb_info.issuer tcb_info.signature tcb_info.content
  qe_identity.issuer qe_identity.signature qe_identity.content tcb_info.match qe_identity.match tdx_module
  qe_report.signature qe_report.binding qe_report.identity attestation_key quote.signature tcb.launch tcb.current
  tcb.result collateral.freshness`.split(/\s+/);

export class Verification {
  constructor(anchor, time, { skewSeconds = 300, acceptTCBInfoV2 = false }) {
    // `step` is the check that runs, and the one that refuses if anything does.
    Object.assign(this, { anchor, time, latest: time + skewSeconds, acceptTCBInfoV2, step: 'quote.format' });
  }

  begun(start, code, field) {
    must(start <= this.latest, code, field, dateText(start), `not after ${dateText(this.latest)}`);
  }

  async root(root, untrusted, invalid, name) {
    const raw = p256(root), key = raw && toHex(raw) === this.anchor.publicKey && await p256Key(raw);
    must(key, untrusted, `${name}.subjectPublicKeyInfo`, 'another key', this.anchor.isIntel ? "Intel's"
      : 'the named one');
    return this.anchor.der && same(root.der, this.anchor.der) ? key
      : judgeCertificate(root, root, key, 'root', invalid, name);
  }

  async chain({ chain: pem }) {
    this.step = 'verification.time';
    must(this.time > 0 && this.time <= 2 ** 40 && Number.isInteger(this.time), 'INTERNAL', 'time', `${this.time}`,
      'seconds since 1970, from 1 to 2^40');
    this.step = 'pck.certificates';
    // Intel's generator ends the text with one NUL; white space after it is allowed.
    const end = /\0[ \t\n\r]*$/.exec(latin1(pem))?.index ?? pem.length, roles = {};
    let authority;
    for (const certificate of certificates(pem.subarray(0, end), 3, 'QUOTE_CERT_DATA_INVALID', 'PCK_CHAIN_INVALID',
      'certificationData')) {
      const role = roleOf(certificate), isCA = role === 'platform' || role === 'processor', slot = isCA
        ? 'intermediate' : role;
      must(role && role !== 'signing' && !roles[slot], 'PCK_CHAIN_INVALID', 'certificationData',
        nameText(certificate.subject));
      if (isCA) authority = role;
      roles[slot] = certificate;
    }
    const { root, intermediate, leaf } = roles;
    this.step = 'pck.root';
    const rootKey = await this.root(root, 'PCK_ROOT_UNTRUSTED', 'PCK_ROOT_INVALID', 'pck.root');
    this.step = 'pck.intermediate';
    const intermediateKey = await judgeCertificate(intermediate, root, rootKey, authority, 'PCK_INTERMEDIATE_INVALID',
      'pck.intermediate');
    this.step = 'pck.leaf';
    const leafKey = await judgeCertificate(leaf, intermediate, intermediateKey, 'leaf', 'PCK_LEAF_INVALID', 'pck.leaf');
    this.step = 'pck.extension';
    const extension = ['PCK_EXTENSION_INVALID', 'pck.leaf.sgxExtension'],
      found = leaf.extensions.filter(({ oid }) => oid === OID.intelSGX);
    must(found.length === 1, ...extension, `${found.length} of them`);
    const platform = reading(() => parsePCKExtension(found[0].value), ({ offset }) =>
      fail(...extension, '', '', found[0].value.byteOffset - leaf.der.byteOffset + offset));
    must(platform.hasInstance === (authority === 'platform'), ...extension,
      `other entries than of the ${authority} CA`);
    this.step = 'pck.validity';
    for (const [name, { notBefore }] of Object.entries({ leaf, intermediate, root })) {
      this.begun(notBefore, 'CERT_NOT_YET_VALID', `pck.${name}.notBefore`);
    }
    return { root, rootKey, intermediate, intermediateKey, leaf, leafKey, authority, platform };
  }

  async list(input, name, issuer, chain, key) {
    const der = decodeCRL(input), hold = (condition, kind, field, ...more) => must(condition, `CRL_${kind}`,
      `${name}${field}`, ...more);
    hold(der, 'UNSUPPORTED_FORMAT', '');
    const list = reading(() => parseRevocationList(der), ({ offset }) => fail('CRL_UNSUPPORTED_FORMAT', name, '', '',
      offset));
    hold(list.version === 2 && list.algorithms.every((each) => each === ECDSA_SHA256), 'UNSUPPORTED_FORMAT',
      '.signatureAlgorithm');
    hold(list.expires !== null, 'UNSUPPORTED_FORMAT', '.nextUpdate');
    hold(same(list.issuer, issuer.subject), 'ISSUER_UNKNOWN', '.issuer', nameText(list.issuer),
      nameText(issuer.subject));
    if (chain) {
      // No trust input, but it must not contradict.
      const code = 'CRL_ISSUER_UNKNOWN', two = certificates(chain, 2, code, code, `${name}IssuerChain`),
        roles = two.map(roleOf);
      const ca = two[roles.findIndex((role) => role === 'platform' || role === 'processor')];
      const supplied = ca && p256(ca), wanted = p256(issuer);
      hold(roles.includes('root') && supplied && wanted && same(supplied, wanted), 'ISSUER_UNKNOWN', 'IssuerChain');
    }
    const required = [OID.authorityKeyIdentifier, OID.cRLNumber], seen = new Set();
    for (const { oid, critical } of list.extensions) {
      hold(!seen.has(oid) && (!critical || required.includes(oid)), 'INVALID_EXTENSIONS', '.extensions', oid);
      seen.add(oid);
    }
    hold(required.every((oid) => seen.has(oid)), 'INVALID_EXTENSIONS', '.extensions');
    hold(!list.hasCriticalEntry, 'INVALID_EXTENSIONS', '.revokedCertificates');
    hold(await verifyDER(key, list.signature, list.tbs), 'SIGNATURE_INVALID', '.signature');
    this.begun(list.issued, 'CRL_NOT_YET_VALID', `${name}.thisUpdate`);
    return list;
  }

  async signer(chain, prefix, name, revoked) {
    const invalid = `${prefix}_SIGNING_CHAIN_INVALID`, two = certificates(chain, 2, invalid, invalid, name);
    const root = two.find((each) => roleOf(each) === 'root'), signer = two.find((each) => roleOf(each) === 'signing');
    must(root && signer, invalid, name, two.map(({ subject }) => nameText(subject)).join('; '));
    const rootKey = await this.root(root, `${prefix}_SIGNING_CHAIN_UNTRUSTED`, invalid, `${name}.root`);
    const key = await judgeCertificate(signer, root, rootKey, 'signing', invalid, `${name}.signer`);
    must(!revoked.has(signer.serial), 'SIGNING_CERT_REVOKED', `${name}.signer.serialNumber`, signer.serial);
    this.begun(signer.notBefore, 'CERT_NOT_YET_VALID', `${name}.signer.notBefore`);
    this.begun(root.notBefore, 'CERT_NOT_YET_VALID', `${name}.root.notBefore`);
    return { root, signer, key };
  }

  /** Phases D and E. The signature, over the bytes as received, before any field is interpreted. */
  async document(source, names, signer, read) {
    const [check, member, prefix] = names;
    this.step = `${check}.issuer`;
    const by = await signer();
    this.step = `${check}.signature`;
    const [value, signature] = openDocument(source, member, prefix);
    must(await verifyRaw(by.key, signature, value.bytes), `${prefix}_SIGNATURE_INVALID`, `${member}.signature`);
    this.step = `${check}.content`;
    const document = { ...read(value), signed: source.signature ? source.bytes : value.bytes };
    this.begun(document.issued, `${prefix}_NOT_YET_VALID`, `${member}.issueDate`);
    return [document, by];
  }

  async run(quote, input) {
    const chain = await this.chain(quote), { platform, root, intermediate, leaf } = chain;
    this.step = 'collateral.available';
    must(input, 'COLLATERAL_UNAVAILABLE', 'collateral');
    const source = readCollateral(input);
    this.step = 'root_crl';
    const rootCRL = await this.list(source.rootCRL, 'rootCRL', root, null, chain.rootKey);
    this.step = 'pck_crl';
    const pckCRL = await this.list(source.pckCRL, 'pckCRL', intermediate, source.pckCRLChain, chain.intermediateKey);
    this.step = 'pck.revocation';
    must(!rootCRL.revoked.has(intermediate.serial), 'INTERMEDIATE_REVOKED', 'pck.intermediate.serialNumber',
      intermediate.serial);
    must(!pckCRL.revoked.has(leaf.serial), 'PCK_REVOKED', 'pck.leaf.serialNumber');
    const [tcbInfo, tcbSigner] = await this.document(source.tcbInfo, ['tcb_info', 'tcbInfo', 'TCB_INFO'],
      () => this.signer(source.tcbInfo.chain, 'TCB', 'tcbInfoIssuerChain', rootCRL.revoked),
      (value) => readTCBInfo(value, this.acceptTCBInfoV2));
    const [qeIdentity, qeSigner] = await this.document(source.qeIdentity,
      ['qe_identity', 'enclaveIdentity', 'QE_IDENTITY'],
      () => (same(source.qeIdentity.chain, source.tcbInfo.chain) ? tcbSigner
        : this.signer(source.qeIdentity.chain, 'QE', 'qeIdentityIssuerChain', rootCRL.revoked)), readQEIdentity);
    this.matches(quote, platform, tcbInfo, qeIdentity);
    await this.evidence(quote, chain.leafKey, qeIdentity);
    const tcb = this.evaluate(quote, platform, tcbInfo, qeIdentity), digests = {};
    const items = Object.entries({
      pck_leaf: leaf, pck_intermediate: intermediate, pck_root: root, root_crl: rootCRL, pck_crl: pckCRL,
      tcb_signing: tcbSigner.signer, tcb_signing_root: tcbSigner.root, tcb_info: tcbInfo, qe_signing: qeSigner.signer,
      qe_signing_root: qeSigner.root, qe_identity: qeIdentity,
    }).map(([name, each]) => ({ name, issued: each.issued ?? each.notBefore, expires: each.expires ?? each.notAfter }));
    for (const [name, bytes] of Object.entries({
      tcb_info: tcbInfo.signed, qe_identity: qeIdentity.signed, pck_crl: pckCRL.der, root_crl: rootCRL.der,
      tcb_info_issuer_chain: source.tcbInfo.chain, qe_identity_issuer_chain: source.qeIdentity.chain,
    })) digests[name] = `sha256:${toHex(await sha256(bytes))}`;
    return {
      quote, digests, tcb, items, platform, authority: chain.authority, tcbInfo, qeIdentity,
      expired: items.filter(({ expires }) => expires <= this.time),
      earliest: Math.min(...items.map(({ expires }) => expires)),
    };
  }

  matches({ tee, body }, platform, tcbInfo, qeIdentity) {
    this.step = 'tcb_info.match';
    const code = 'TCB_INFO_MISMATCH', isTDX = tee === 'tdx', wanted = isTDX ? 'TD_QE' : 'QE';
    must(tcbInfo.tee === tee, code, 'tcbInfo.id', tcbInfo.tee, tee);
    must(same(tcbInfo.fmspc, platform.fmspc), code, 'tcbInfo.fmspc', toHex(tcbInfo.fmspc), toHex(platform.fmspc));
    must(same(tcbInfo.pceID, platform.pceID), code, 'tcbInfo.pceId', toHex(tcbInfo.pceID), toHex(platform.pceID));
    this.step = 'qe_identity.match';
    must(qeIdentity.id === wanted, 'QE_IDENTITY_MISMATCH', 'id', qeIdentity.id, wanted);
    if (!isTDX) return;
    this.step = 'tdx_module';
    const major = body.teeTcbSvn[1], other = 'TDX_MODULE_MISMATCH';
    must(!major || tcbInfo.identities, code, 'tcbInfo.tdxModuleIdentities', '', `TDX_${major}`);
    const [mrsigner, attributes] = (major ? tcbInfo.identities.get(major)?.module : tcbInfo.module) ?? [];
    must(mrsigner, other, 'teeTcbSvn[1]', `module version ${major}`);
    must(same(body.mrSignerSeam, mrsigner), other, 'mrSignerSeam', toHex(body.mrSignerSeam), toHex(mrsigner));
    must(isZero(body.seamAttributes) && isZero(attributes), other, 'seamAttributes', toHex(body.seamAttributes),
      toHex(attributes));
  }

  async evidence(quote, platformKey, identity) {
    const { qeReport: report, reportOffset } = quote, code = 'QE_IDENTITY_MISMATCH';
    this.step = 'qe_report.signature';
    must(await verifyRaw(platformKey, quote.qeReportSignature, quote.qeReportBytes), 'QE_REPORT_SIGNATURE_INVALID',
      'qeReportSignature', '', '', reportOffset + 384);
    this.step = 'qe_report.binding';
    const bound = join(await sha256(quote.attestationKey, quote.authentication), new Uint8Array(32));
    must(same(report.reportData, bound), 'QE_REPORT_DATA_MISMATCH', 'qeReport.reportData', toHex(report.reportData),
      toHex(bound), reportOffset + 320);
    this.step = 'qe_report.identity';
    // The identity's value is not masked again: bits outside the mask can never match.
    for (const [name, found, wanted, mask] of [
      ['miscselect', report.miscSelect, identity.miscSelect, identity.miscSelectMask],
      ['attributes', report.attributes, identity.attributes, identity.attributesMask],
      ['mrsigner', report.mrSigner, identity.mrSigner],
    ]) must(same(mask ? found.map((byte, at) => byte & mask[at]) : found, wanted), code, name, toHex(found),
      toHex(wanted));
    must(little(report.isvProdId) === identity.isvProdId, code, 'isvprodid', `${little(report.isvProdId)}`,
      `${identity.isvProdId}`);
    must(!(report.attributes[0] & 2), code, 'attributes', 'a debug enclave');
    this.step = 'attestation_key';
    const key = await p256Key(quote.attestationKey);
    must(key, 'ATTESTATION_KEY_INVALID', 'attestationKey', '', '', quote.keyOffset);
    this.step = 'quote.signature';
    must(await verifyRaw(key, quote.quoteSignature, quote.signed), 'QUOTE_SIGNATURE_INVALID', 'quoteSignature', '', '',
      quote.keyOffset - 64);
  }

  evaluate({ body, qeReport }, platform, tcbInfo, qeIdentity) {
    const { teeTcbSvn: first, teeTcbSvn2: now } = body, match = new LevelMatch(platform, tcbInfo, qeIdentity,
      little(qeReport.isvSvn));
    this.step = 'tcb.launch';
    const launch = match.evaluate(first, 'launch');
    this.step = 'tcb.current';
    const current = now && !same(now, first) ? match.evaluate(now, 'current') : launch;
    const isConfigured = [launch, current].some(({ status }) => status.includes('Configuration'));
    const status = now && isOutOfDate(launch.status) && isGood(current)
      ? `TDRelaunchAdvised${isConfigured ? 'ConfigurationNeeded' : ''}` : launch.status;
    this.step = 'tcb.result';
    must(status !== 'Revoked', 'TCB_REVOKED', 'tcb');
    const isRegression = !!now && first[1] === now[1] && (now[0] < first[0] || now[2] < first[2]);
    return { status, launch, current, isRegression, outOfDate: isOutOfDate(launch.status)
      ? match.lacking(launch, first) : [] };
  }
}
