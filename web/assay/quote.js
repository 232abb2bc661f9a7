// Quotes: structure checked, nothing believed (dcap 1.10)

import { fail, must } from './errors.js';
import { fromBase64, fromHex, isZero, latin1, little, standard, toHex, utf8 } from './bytes.js';

const layout = (fields) => fields.split(/\s+/).map((each) => each.split(':'));

const SGX = layout(`cpuSvn:16 miscSelect:4 [reserved1]:12 isvExtProdId:16 attributes:16 mrEnclave:32 [reserved2]:32
  mrSigner:32 [reserved3]:32 configId:64 isvProdId:2 isvSvn:2 configSvn:2 [reserved4]:42 isvFamilyId:16 reportData:64`);

const TD = layout(`teeTcbSvn:16 mrSeam:48 mrSignerSeam:48 seamAttributes:8 tdAttributes:8 xfam:8 mrTd:48 mrConfigId:48
  mrOwner:48 mrOwnerConfig:48 rtmr0:48 rtmr1:48 rtmr2:48 rtmr3:48 reportData:64 teeTcbSvn2:16 mrServiceTd:48 vmId:1
  tdId:32 devInfo:48 initServTdHash:48 initServTdAttr:8 initCpuSvn:16 initTeeTcbSvn:16 initTeeFmspc:12 curServTdHash:48
  curServTdAttr:8`);

/** By the body types of version 5, which versions 3 and 4 imply. */
const BODIES = [, SGX, TD.slice(0, 15), TD.slice(0, 17), TD];

export const INTEL_VENDOR = '939a7233f79c4ca9940a0db3957f0607';

class Reader {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end });
  }

  take(count, field) {
    const left = this.end - this.at;
    must(count <= left, 'QUOTE_TRUNCATED', field, `${left} bytes left`, `${count}`, this.at);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  integer(count, field) {
    return little(this.take(count, field));
  }

  nested(field, counter) {
    const count = this.integer(4, field + counter);
    this.take(count, field);
    return new Reader(this.bytes, this.at - count, this.at);
  }

  finish(field) {
    must(this.at === this.end, 'QUOTE_TRAILING_DATA', field, `${this.end - this.at} bytes left over`, '', this.at);
  }

  report(fields) {
    const report = {};
    for (const [name, size] of fields) {
      const start = this.at, bytes = this.take(+size, name);
      if (name[0] !== '[') report[name] = bytes;
      else if (!report.nonzero && !isZero(bytes)) {
        report.nonzero = [name.slice(1, -1), start + bytes.findIndex((byte) => byte)];
      }
    }
    return report;
  }
}

/** Reads a quote, versions 3 to 5. Says what is written, whoever wrote it. @param {Bytes} input */
export function parseQuote(input) {
  must(input instanceof Uint8Array, 'INTERNAL', 'quote', typeof input, 'a Uint8Array');
  const size = input.length, short = `${size} bytes`;
  must(size, 'QUOTE_EMPTY', 'quote');
  must(size <= 65_536, 'QUOTE_TOO_LARGE', 'quote', short, 'at most 65536');
  const reader = new Reader(input), version = size > 1 ? reader.integer(2, 'header.version') : 3;
  must(version >= 3 && version <= 5, 'QUOTE_VERSION_UNSUPPORTED', 'header.version', `${version}`, '3, 4 or 5', 0);
  must(size >= 1_020, 'QUOTE_TRUNCATED', 'quote', short, 'at least 1020', size);
  const keyType = reader.integer(2), teeType = reader.integer(4), tee = teeType ? 'tdx' : 'sgx';
  must(keyType === 2, 'QUOTE_KEY_TYPE_UNSUPPORTED', 'header.attestationKeyType', `${keyType}`, '2', 2);
  must(teeType === 0 || (teeType === 0x81 && version > 3), 'QUOTE_TEE_TYPE_UNSUPPORTED', 'header.teeType',
    `${teeType}`, '0 or 129', 4);
  const qeSVN = reader.integer(2), pceSVN = reader.integer(2), vendor = toHex(reader.take(16));
  must(vendor === INTEL_VENDOR, 'QUOTE_VENDOR_UNKNOWN', 'header.qeVendorId', vendor, INTEL_VENDOR, 12);
  reader.take(20);
  let bodyType = teeType ? 2 : 1;
  if (version === 5) {
    bodyType = reader.integer(2);
    const found = reader.integer(4), wanted = BODIES[bodyType]?.reduce((sum, [, count]) => sum + +count, 0);
    must(wanted, 'QUOTE_BODY_TYPE_UNSUPPORTED', 'bodyType', `${bodyType}`, '1 to 4', 48);
    must(found === wanted, 'QUOTE_BODY_SIZE_INVALID', 'bodySize', `${found}`, `${wanted}`, 50);
    must((bodyType > 1) === (teeType > 0), 'QUOTE_TEE_BODY_MISMATCH', 'bodyType', `${bodyType} in a quote of ${tee}`,
      '', 48);
  }
  const body = reader.report(BODIES[bodyType]), signed = input.subarray(0, reader.at),
    data = reader.nested('signatureData', 'Length');
  const quoteSignature = data.take(64, 'quoteSignature'), keyOffset = data.at,
    attestationKey = data.take(64, 'attestationKey');
  const certificationType = (from, wanted, field) => {
    const found = from.integer(2, field);
    must(found === wanted, 'QUOTE_CERT_TYPE_UNSUPPORTED', field, `${found}`, `${wanted}`, from.at - 2);
  };
  const isNested = version > 3;
  if (isNested) certificationType(data, 6, 'outerCertificationDataType');
  const inner = isNested ? data.nested('outerCertificationData', 'Size') : data, reportOffset = inner.at,
    qeReport = inner.report(SGX);
  const qeReportBytes = input.subarray(reportOffset, inner.at), qeReportSignature = inner.take(64, 'qeReportSignature');
  const authentication = inner.take(inner.integer(2, 'qeAuthenticationDataLength'), 'qeAuthenticationData');
  certificationType(inner, 5, 'certificationDataType');
  const chain = inner.take(inner.integer(4, 'certificationDataSize'), 'certificationData');
  inner.finish(isNested ? 'outerCertificationData' : 'signatureData');
  data.finish('signatureData');
  const padding = input.subarray(reader.at), stray = padding.findIndex((byte) => byte);
  must(stray < 0, 'QUOTE_TRAILING_DATA', 'quote', '', '', reader.at + stray);
  for (const [name, { nonzero }] of [['body', body], ['qeReport', qeReport]]) {
    if (nonzero) fail('QUOTE_RESERVED_NONZERO', `${name}.${nonzero[0]}`, '', '', nonzero[1]);
  }
  return {
    bytes: input.subarray(0, reader.at), version, tee, bodyType, qeSVN, pceSVN, body, signed, quoteSignature, keyOffset,
    attestationKey, qeReport, qeReportBytes, reportOffset, qeReportSignature, authentication, chain,
    padding: padding.length,
  };
}

/**
 * A quote as people keep it: raw, hex or base64, told apart by content. @param {Bytes | string} input @returns {Bytes}
 */
export function readQuote(input) {
  const bytes = typeof input === 'string' ? utf8(input) : input, characters = latin1(bytes).replace(/[ \t\n\r]/g, '');
  if (!characters || bytes[1] === 0) return bytes;
  return fromHex(characters.replace(/^0x/, '')) ?? fromBase64(standard(characters)) ?? bytes;
}
