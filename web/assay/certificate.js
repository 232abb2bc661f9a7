// X.509: what is written

import { Malformed } from './errors.js';
import { decoder, toHex } from './bytes.js';
import { DER, unsigned } from './der.js';

export const OID = {
  authorityKeyIdentifier: '551d23', cRLDistributionPoints: '551d1f', subjectKeyIdentifier: '551d0e', keyUsage: '551d0f',
  basicConstraints: '551d13', cRLNumber: '551d14', intelSGX: '2a864886f84d010d01',
};

export const ECDSA_SHA256 = '300a06082a8648ce3d040302';

export function extensionList(reader) {
  const sequence = reader.enter(), list = [];
  do {
    const one = sequence.enter(), oid = toHex(one.element(0x06).content), at = one.at;
    const critical = one.next === 0x01 && one.boolean();
    // DER leaves out a default value.
    one.hold(critical || one.at === at, at);
    list.push({ oid, critical, value: one.octets() });
    one.finish();
  } while (!sequence.isAtEnd);
  return list;
}

export function envelope(der, limit, read) {
  if (der.length > limit) throw new Malformed(0);
  const outer = new DER(der).only(), tbs = outer.element(0x30), fields = new DER(der, tbs.from, outer.at);
  const members = read(fields);
  fields.finish();
  const algorithms = [toHex(members.algorithm), toHex(outer.element(0x30).encoding)], signature = outer.bits();
  outer.finish();
  return { der, tbs: tbs.encoding, ...members, algorithms, signature };
}

export const encoding = (fields) => fields.element(0x30).encoding;

export const parseCertificate = (der) => envelope(der, 16_384, (fields) => {
  const version = fields.explicit(0xa0, (inner) => inner.small(2) + 1, 1), serial = toHex(unsigned(fields.integer()));
  const algorithm = encoding(fields), issuer = encoding(fields);
  const validity = fields.enter(), notBefore = validity.time(), notAfter = validity.time();
  validity.finish();
  const subject = encoding(fields), info = encoding(fields);
  for (const tag of [0x81, 0x82]) if (fields.next === tag) fields.element();
  const extensions = fields.explicit(0xa3, extensionList, []);
  return { version, serial, algorithm, issuer, notBefore, notAfter, subject, info, extensions };
});

const LABELS = { '550403': 'CN', '55040a': 'O', '550407': 'L', '550408': 'ST', '550406': 'C' };

export function parseName(name) {
  try {
    const sequence = new DER(name).only(), names = [];
    while (!sequence.isAtEnd) {
      const set = sequence.enter(0x31), attributes = [];
      do {
        const pair = set.enter(), type = toHex(pair.element(0x06).content), { tag, content } = pair.element();
        pair.finish();
        pair.hold(tag === 0x0c || tag === 0x13);
        attributes.push([LABELS[type] ?? type, decoder.decode(content)]);
      } while (!set.isAtEnd);
      names.push(attributes);
    }
    return names;
  } catch {
    return null;
  }
}

export const nameText = (name) =>
  parseName(name)?.map((set) => set.map((pair) => pair.join('=')).join(' + ')).join(', ') ?? 'unreadable';

export const ROLES = {
  root: 'Intel SGX Root CA', platform: 'Intel SGX PCK Platform CA', processor: 'Intel SGX PCK Processor CA',
  leaf: 'Intel SGX PCK Certificate', signing: 'Intel SGX TCB Signing',
};

export function roleOf({ subject }) {
  const names = (parseName(subject) ?? []).flat().filter(([type]) => type === 'CN');
  return names.length === 1 ? Object.keys(ROLES).find((role) => ROLES[role] === names[0][1]) : undefined;
}

const P256_INFO = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';
export const p256 = ({ info }) =>
  (info.length === 91 && toHex(info.subarray(0, 27)) === P256_INFO ? info.subarray(27) : null);

export function extension({ extensions }, name, read) {
  try {
    const value = new DER(extensions.find(({ oid }) => oid === OID[name]).value), result = read(value);
    return value.isAtEnd ? result : null;
  } catch {
    return null;
  }
}
