// X.509: what a certificate is good for (dcap 2.4, 2.5)

import { fail, must, reading } from './errors.js';
import { same, toHex } from './bytes.js';
import { pemBlocks } from './pem.js';
import { p256Key, verifyDER } from './crypto.js';
import { ECDSA_SHA256, extension, nameText, OID, p256, parseCertificate, parseName, ROLES } from './certificate.js';

const REQUIRED = ['authorityKeyIdentifier', 'cRLDistributionPoints', 'subjectKeyIdentifier', 'keyUsage',
  'basicConstraints'];

/** The rules of a role, then the issuer's signature (dcap 2.5). */
export async function judgeCertificate(certificate, issuer, issuerKey, role, code, name) {
  const hold = (condition, field, found, wanted) => must(condition, code, `${name}.${field}`, found, wanted);
  const isCA = role !== 'leaf' && role !== 'signing', { subject, extensions } = certificate;
  hold(certificate.version === 3, 'version');
  hold(certificate.algorithms.every((each) => each === ECDSA_SHA256), 'signatureAlgorithm');
  const raw = p256(certificate), key = raw && await p256Key(raw);
  hold(key, 'subjectPublicKeyInfo');
  const wanted = [['CN', ROLES[role]], ['O', 'Intel Corporation'], ['L', 'Santa Clara'], ['ST', 'CA'], ['C', 'US']];
  hold(JSON.stringify(parseName(subject)) === JSON.stringify(wanted.map((each) => [each])), 'subject',
    nameText(subject), ROLES[role]);
  hold(same(certificate.issuer, issuer.subject), 'issuer', nameText(certificate.issuer), nameText(issuer.subject));
  const count = (wanted) => extensions.filter(({ oid }) => oid === wanted).length;
  for (const { oid, critical } of extensions) {
    hold(oid === OID.intelSGX || REQUIRED.some((each) => OID[each] === oid) || (!critical && count(oid) === 1),
      'extensions', oid);
  }
  for (const each of REQUIRED) hold(count(OID[each]) === 1, `extensions.${each}`);
  const authority = extension(certificate, 'authorityKeyIdentifier', (value) => value.enter().element(0x80).content);
  const identifier = extension(issuer, 'subjectKeyIdentifier', (value) => value.octets());
  hold(!authority || !identifier || same(authority, identifier), 'authorityKeyIdentifier');
  hold(isCA === extension(certificate, 'basicConstraints', (value) => {
    const sequence = value.enter(), flag = sequence.next === 0x01 && sequence.boolean();
    if (sequence.next === 0x02) sequence.integer();
    sequence.finish();
    return flag;
  }), 'basicConstraints');
  hold(extension(certificate, 'keyUsage', (value) => value.element(0x03).content)?.[1] & (isCA ? 0x04 : 0x80),
    'keyUsage');
  hold(await verifyDER(issuerKey, certificate.signature, certificate.tbs), 'signature');
  return key;
}

/** PEM → certificates: `textCode` for defects of the text, `code` for defects of what it contains (dcap 2.4). */
export function certificates(chain, count, textCode, code, field) {
  const blocks = reading(() => pemBlocks(chain, 'CERTIFICATE'), ({ isContent, offset }) =>
    fail(isContent && !chain.includes(0) ? code : textCode, field, '', '', offset));
  must(blocks.length === count, code, field, `${blocks.length} certificates`, `${count}`);
  must(new Set(blocks.map(toHex)).size === count, code, field, 'a certificate twice');
  return blocks.map((block, at) => reading(() => parseCertificate(block),
    ({ offset }) => fail(code, `${field}[${at}]`, '', '', offset)));
}
