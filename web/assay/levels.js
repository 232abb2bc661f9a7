// TCB levels, as published

export const COMPONENT = ['UpToDate', 'OutOfDate', 'Revoked'];

export const STATUSES = [...COMPONENT, 'SWHardeningNeeded', 'ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded',
  'OutOfDateConfigurationNeeded'];

export const isOutOfDate = (status) => status.startsWith('OutOfDate');
export const isGood = ({ status }) => STATUSES.includes(status) && !isOutOfDate(status) && status !== 'Revoked';

export function componentLevels(section) {
  const levels = [];
  for (const level of section.objects('tcbLevels')) {
    const svn = level.object('tcb').integer('isvsvn', 0xffff);
    if (levels.some((each) => each.svn === svn)) level.invalid('tcb', `isvsvn ${svn} again`);
    levels.push({ svn, ...level.published() });
  }
  if (!levels.length) section.invalid('tcbLevels', 'no level');
  return levels.sort((left, right) => right.svn - left.svn);
}

/** Platform levels, highest first by SGX components, PCESVN, TDX components; each once. */
export function platformLevels(section, isTDX, isVersion2) {
  const components = (tcb, name) => {
    const values = Array.from(tcb.objects(name), (component) => component.integer('svn', 0xff));
    if (values.length !== 16) tcb.invalid(name, `${values.length} components`, '16');
    return values;
  };
  const levels = [], difference = (left, right) => left.key.map((svn, at) => right.key[at] - svn).find(Boolean) ?? 0;
  for (const level of section.objects('tcbLevels')) {
    const tcb = level.object('tcb');
    const sgx = isVersion2 ? Array.from({ length: 16 },
      (_, at) => tcb.integer(`sgxtcbcomp${`${at + 1}`.padStart(2, 0)}svn`, 0xff))
      : components(tcb, 'sgxtcbcomponents');
    const pceSVN = tcb.integer('pcesvn', 0xffff), tdx = isTDX ? components(tcb, 'tdxtcbcomponents') : [];
    levels.push({ sgx, pceSVN, tdx, key: [...sgx, pceSVN, ...tdx], ...level.published() });
  }
  if (!levels.length) section.invalid('tcbLevels', 'no level');
  levels.sort(difference);
  if (levels.some((level, at) => at && !difference(levels[at - 1], level))) section.invalid('tcbLevels',
    'a level twice');
  return levels;
}
