// Time: whole seconds since 1970

/** Seconds of exactly `YYYY-MM-DDThh:mm:ssZ`, a date that exists; else null. */
export function instant(date) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(date);
  if (!parts) return null;
  const [, year, month, day, ...clock] = parts.map(Number), moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  const seconds = moment.setUTCHours(...clock) / 1_000;
  return dateText(seconds) === date ? seconds : null;
}

export const dateText = (seconds) => (seconds >= -62_167_219_200 && seconds <= 253_402_300_799
  ? `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z` : `${seconds}s`);

export function secondsOf(time = new Date()) {
  if (time instanceof Date) return Math.floor(time.getTime() / 1_000);
  return typeof time === 'string' ? instant(time) ?? NaN : time;
}
