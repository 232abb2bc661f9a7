// TCB info and QE identity

import { Section } from './section.js';
import { COMPONENT, componentLevels, platformLevels } from './levels.js';

export function readTCBInfo(value, acceptsVersion2) {
  const section = new Section(value, 'tcbInfo', 'TCB_INFO'), version = section.integer('version', 2 ** 32 - 1,
    'UNSUPPORTED_VERSION');
  if (version !== 3 && !(version === 2 && acceptsVersion2)) section.refuse('UNSUPPORTED_VERSION', 'tcbInfo.version',
    undefined, '3', `${version}`);
  const id = version === 2 ? 'SGX' : section.text('id'), isTDX = id === 'TDX';
  if (!isTDX && id !== 'SGX') section.invalid('id', id.slice(0, 20), 'SGX or TDX');
  const dates = section.issue(), fmspc = section.hex('fmspc', 6), pceID = section.hex('pceId', 2);
  if (section.integer('tcbType', 2 ** 32 - 1)) section.invalid('tcbType', undefined, '0');
  const evaluation = section.integer('tcbEvaluationDataNumber', 2 ** 32 - 1);
  const readModule = (from) => [from.hex('mrsigner', 48), from.hex('attributes', 8), from.hex('attributesMask', 8)];
  const module = isTDX && readModule(section.object('tdxModule'));
  const identities = isTDX && value.members.has('tdxModuleIdentities') ? new Map() : null;
  for (const identity of identities ? section.objects('tdxModuleIdentities') : []) {
    const name = identity.text('id'), major = parseInt(/^(?:TDX|tdx)_([0-9a-fA-F]{2})$/.exec(name)?.[1], 16);
    if (Number.isNaN(major) || identities.has(major)) identity.invalid('id', name.slice(0, 20),
      'TDX_ and two digits, once');
    identities.set(major, { module: readModule(identity), levels: componentLevels(identity) });
  }
  return { ...dates, tee: id.toLowerCase(), fmspc, pceID, evaluation, module, identities, value,
    levels: platformLevels(section, isTDX, version === 2) };
}

export function readQEIdentity(value) {
  const section = new Section(value, 'enclaveIdentity', 'QE_IDENTITY'),
    version = section.integer('version', 2 ** 32 - 1, 'UNSUPPORTED_VERSION');
  if (version !== 2) section.refuse('UNSUPPORTED_VERSION', 'enclaveIdentity.version', undefined, '2', `${version}`);
  const id = section.text('id');
  if (!['QE', 'TD_QE', 'QVE', 'QAE'].includes(id)) section.invalid('id', id.slice(0, 20), 'QE, TD_QE, QVE or QAE');
  const identity = {
    id, ...section.issue(), evaluation: section.integer('tcbEvaluationDataNumber', 2 ** 32 - 1),
    miscSelect: section.hex('miscselect', 4), miscSelectMask: section.hex('miscselectMask', 4),
    attributes: section.hex('attributes', 16), attributesMask: section.hex('attributesMask', 16),
    mrSigner: section.hex('mrsigner', 32), isvProdId: section.integer('isvprodid', 0xffff),
    levels: componentLevels(section),
  };
  if (!identity.levels.every(({ status }) => COMPONENT.includes(status))) section.invalid('tcbLevels',
    'another status', COMPONENT.join(', '));
  return identity;
}
