// Counts per hour by verdict, as bars that are links. Drawn as SVG; the same numbers stand in a table for those who listen.
import { ask, el, svg, t } from './page.js';

const HOUR = 3600000;
const HOURS = 24;
const VERDICTS = ['accept', 'reject', 'error'];

/** The 24 hours that end with the window the page shows, or now. */
export async function loadTimeline(query) {
  const given = Number(query.get('to_ms')) || Date.now();
  const end = Math.ceil(given / HOUR) * HOUR;
  const starts = Array.from({ length: HOURS }, (_, at) => end - (HOURS - at) * HOUR);
  const hours = [];
  // A few at a time: the service answers auditors at a bounded rate.
  for (let at = 0; at < starts.length; at += 6) {
    const answers = await Promise.all(starts.slice(at, at + 6).map((start) => ask(`/audit/v1/stats?by=verdict&from_ms=${start}&to_ms=${start + HOUR}`)));
    const bad = answers.find((answer) => !answer.ok);
    if (bad) return { failure: bad.value?.detail ?? `${bad.status}`, status: bad.status };
    for (const [offset, answer] of answers.entries()) hours.push({ start: starts[at + offset], counts: answer.value.counts ?? {} });
  }
  return { hours, end };
}

export function drawTimeline(place, timeline, link) {
  if (!timeline) return place.replaceChildren(el('p', { class: 'hint' }, t('log.loading')));
  if (timeline.failure) {
    return place.replaceChildren(el('p', { class: 'hint' }, timeline.status === 401 ? t('log.auditors') : t('log.failed', { why: timeline.failure })));
  }
  const { hours, end } = timeline;
  const total = (hour) => VERDICTS.reduce((sum, verdict) => sum + (hour.counts[verdict] ?? 0), 0);
  const most = Math.max(1, ...hours.map(total));
  const width = 720, height = 140, step = width / HOURS;
  const bars = hours.map((hour, at) => {
    let top = height;
    const parts = VERDICTS.flatMap((verdict) => {
      const count = hour.counts[verdict] ?? 0;
      if (count === 0) return [];
      const tall = Math.max(2, (count / most) * (height - 10));
      top -= tall;
      return [svg('rect', { x: at * step + 2, y: top, width: step - 4, height: tall, class: `bar ${verdict}` })];
    });
    const name = label(hour, total(hour));
    const bar = svg('a', { href: link({ from_ms: hour.start, to_ms: hour.start + HOUR }), 'aria-label': name },
      svg('title', {}, name), svg('rect', { x: at * step, y: 0, width: step, height, class: 'hit' }), ...parts);
    return bar;
  });
  const hourName = (at) => new Date(hours[at].start).toISOString().slice(11, 16);
  const ticks = [0, 6, 12, 18].map((at) => svg('text', { x: at * step + 2, y: height + 16 }, hourName(at)));
  place.replaceChildren(
    svg('svg', { viewBox: `0 0 ${width} ${height + 22}`, role: 'group', 'aria-label': t('log.timeline') },
      svg('line', { x1: 0, y1: height + 0.5, x2: width, y2: height + 0.5, class: 'axis' }), ...bars, ...ticks),
    el('p', { class: 'legend' }, VERDICTS.map((verdict) => {
      const sum = hours.reduce((all, hour) => all + (hour.counts[verdict] ?? 0), 0);
      return el('span', { class: `key ${verdict}`, 'data-verdict': verdict, 'data-count': sum }, `${t(`filter.value.${verdict}`)}: ${sum}`);
    }), el('span', { class: 'hint' }, 'UTC')),
    el('p', { class: 'pager' },
      el('a', { href: link({ from_ms: end - 2 * HOURS * HOUR, to_ms: end - HOURS * HOUR }) }, t('timeline.before')),
      el('a', { href: link({ from_ms: null, to_ms: null }) }, t('timeline.now'))));
}

function label(hour, all) {
  const time = new Date(hour.start).toISOString().slice(0, 13).replace('T', ' ');
  const parts = VERDICTS.filter((verdict) => hour.counts[verdict]).map((verdict) => `${t(`filter.value.${verdict}`)} ${hour.counts[verdict]}`);
  return `${time}:00 UTC: ${all === 0 ? '0' : parts.join(', ')}`;
}
