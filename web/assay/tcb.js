// TCB: which levels are reached (dcap 5.7)

import { fail, must } from './errors.js';
import { toHex } from './bytes.js';
import { COMPONENT, isGood, isOutOfDate, STATUSES } from './levels.js';

/** Which published levels the platform, its TDX module and its quoting enclave reach. `svn` is undefined for SGX. */
export class LevelMatch {
  constructor(platform, tcbInfo, qeIdentity, qeSVN) {
    Object.assign(this, { platform, tcbInfo, qeIdentity, qeSVN });
  }

  evaluate(svn, label) {
    const unsupported = (field, found) => fail('TCB_NOT_SUPPORTED', field, `${label} ${found}`);
    const known = (level, field, allowed) => {
      must(allowed.includes(level.status), 'TCB_UNRECOGNIZED_STATUS', field, level.status, allowed.join(', '));
      return level;
    };
    const reached = (levels, value, field) => levels.find((each) => value >= each.svn)
      ?? unsupported(field, `isvsvn ${value}`);
    const platform = known(this.tcbInfo.levels.find((each) => !this.shortfall(each, svn).length)
      ?? unsupported('platform', 'below every level'), 'tcbInfo.tcbLevels', STATUSES);
    let module;
    if (svn?.[1]) {
      const identity = this.tcbInfo.identities?.get(svn[1]) ?? unsupported('module', `module version ${svn[1]}`);
      module = known(reached(identity.levels, svn[0], 'module'), 'tdxModuleIdentities', COMPONENT);
    }
    const qe = known(reached(this.qeIdentity.levels, this.qeSVN, 'qe'), 'enclaveIdentity.tcbLevels', COMPONENT);
    const matched = [platform, qe, ...module ? [module] : []], is = (status, levels) =>
      levels.some((each) => each.status === status);
    // A table and not a maximum: ConfigurationNeeded with an out-of-date component is OutOfDateConfigurationNeeded.
    const status = is('Revoked', matched) ? 'Revoked' : !is('OutOfDate', matched.slice(1)) ? platform.status
      : platform.status.includes('Configuration') ? 'OutOfDateConfigurationNeeded' : 'OutOfDate';
    return {
      status, platform: platform.status, module: module?.status ?? null, qe: qe.status,
      date: Math.min(...matched.map(({ date }) => date)),
      advisories: [...new Set(matched.flatMap(({ advisories }) => advisories))].sort(),
    };
  }

  shortfall(level, svn) {
    const { components, pceSVN } = this.platform, lacking = [];
    const compare = (tee, found, wanted, from) => wanted.forEach((each, at) => {
      if (at >= from && found[at] < each) lacking.push({ component: `${tee}[${at}]`, found: found[at], wanted: each });
    });
    compare('sgx', components, level.sgx, 0);
    if (pceSVN < level.pceSVN) lacking.push({ component: 'pcesvn', found: pceSVN, wanted: level.pceSVN });
    // Components 0 and 1 describe the module, which has levels of its own once it has a major version.
    if (svn) compare('tdx', svn, level.tdx, svn[1] ? 2 : 0);
    return lacking;
  }

  /** What an out-of-date platform lacks for the lowest level that is not out of date. */
  lacking(level, svn) {
    const { tcbInfo, qeIdentity, qeSVN } = this, lacking = [], lowest = (levels) => levels.filter(isGood).pop();
    const platform = isOutOfDate(level.platform) && lowest(tcbInfo.levels);
    const module = level.module === 'OutOfDate' && lowest(tcbInfo.identities.get(svn[1]).levels);
    const qe = level.qe === 'OutOfDate' && lowest(qeIdentity.levels),
      tcb = tcbInfo.value.members.get('tcbLevels').elements[0].members.get('tcb');
    for (const each of platform ? this.shortfall(platform, svn) : []) {
      const [, tee, at] = /(...)\[(\d+)/.exec(each.component) ?? [];
      const type = tcb.members.get(`${tee}tcbcomponents`)?.elements[at]?.members.get('type');
      lacking.push({ ...each, component: each.component + (type?.kind === 'string' ? ` ${type.value}` : '') });
    }
    if (module) lacking.push({ component: `TDX_${toHex(svn.subarray(1, 2)).toUpperCase()} isvsvn`, found: svn[0],
      wanted: module.svn });
    if (qe) lacking.push({ component: `${qeIdentity.id} isvsvn`, found: qeSVN, wanted: qe.svn });
    return lacking;
  }
}
