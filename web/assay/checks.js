// Checks, as they are reported

export const compact = (members) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => (value ?? '') !== ''));
export const outcome = ({ reason, holds }) => (reason ? 'not_performed' : holds ? 'passed' : 'failed');
export const shown = (value) =>
  (value === undefined ? 'absent' : typeof value === 'string' ? value : JSON.stringify(value));
