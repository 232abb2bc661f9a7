// Counts per hour by verdict, as bars that are links and say their numbers. Drawn as SVG.
import { ask, el, svg, t } from './page.js';

const HOUR = 3600000;
const HOURS = 24;
const VERDICTS = ['accept', 'reject', 'error'];

const countsOf = (start) => ask(`/audit/v1/stats?by=verdict&from_ms=${start}&to_ms=${start + HOUR}`);

/** The 24 hours that end with the window the page shows, or now. */
export async function loadTimeline(query) {
  const given = Number(query.get('to_ms')) || Date.now();
  const end = Math.ceil(given / HOUR) * HOUR;
  const starts = Array.from({ length: HOURS }, (_, at) => end - (HOURS - at) * HOUR);
  const hours = [];
  // A few at a time: the service answers auditors at a bounded rate.
  for (let at = 0; at < starts.length; at += 6) {
    const some = starts.slice(at, at + 6);
    const answers = await Promise.all(some.map(countsOf));
    const bad = answers.find((answer) => !answer.ok);
    if (bad) return { failure: bad.value?.detail ?? `${bad.status}`, status: bad.status };
    hours.push(...some.map((start, offset) => ({ start, counts: answers[offset].value.counts ?? {} })));
  }
  return { hours, end };
}

const WIDTH = 720;
const HEIGHT = 140;
const STEP = WIDTH / HOURS;

const total = (hour) => VERDICTS.reduce((sum, verdict) => sum + (hour.counts[verdict] ?? 0), 0);

export function drawTimeline(place, timeline, link) {
  const say = (text) => place.replaceChildren(el('p', { class: 'hint' }, text));
  if (!timeline) return say(t('log.loading'));
  if (timeline.status === 401) return say(t('log.auditors'));
  if (timeline.failure) return say(t('log.failed', { why: timeline.failure }));
  const { hours, end } = timeline;
  const most = Math.max(1, ...hours.map(total));
  const day = HOURS * HOUR;
  place.replaceChildren(
    svg(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT + 22}`, role: 'group', 'aria-label': t('log.timeline') },
      svg('line', { x1: 0, y1: HEIGHT + 0.5, x2: WIDTH, y2: HEIGHT + 0.5, class: 'axis' }),
      ...hours.map((hour, at) => bar(hour, at, most, link)),
      ...[0, 6, 12, 18].map((at) => svg('text', { x: at * STEP + 2, y: HEIGHT + 16 }, clock(hours[at].start))),
    ),
    legend(hours),
    el(
      'p',
      { class: 'pager' },
      el('a', { href: link({ from_ms: end - 2 * day, to_ms: end - day }) }, t('timeline.before')),
      el('a', { href: link({ from_ms: null, to_ms: null }) }, t('timeline.now')),
    ),
  );
}

const clock = (start) => new Date(start).toISOString().slice(11, 16);

function bar(hour, at, most, link) {
  let top = HEIGHT;
  const parts = VERDICTS.filter((verdict) => hour.counts[verdict]).map((verdict) => {
    const height = Math.max(2, (hour.counts[verdict] / most) * (HEIGHT - 10));
    top -= height;
    return svg('rect', { x: at * STEP + 2, y: top, width: STEP - 4, height, class: `bar ${verdict}` });
  });
  const name = label(hour, total(hour));
  return svg(
    'a',
    { href: link({ from_ms: hour.start, to_ms: hour.start + HOUR }), 'aria-label': name },
    svg('title', {}, name),
    svg('rect', { x: at * STEP, y: 0, width: STEP, height: HEIGHT, class: 'hit' }),
    ...parts,
  );
}

function legend(hours) {
  const keys = VERDICTS.map((verdict) => {
    const count = hours.reduce((sum, hour) => sum + (hour.counts[verdict] ?? 0), 0);
    const attributes = { class: `key ${verdict}`, 'data-verdict': verdict, 'data-count': count };
    return el('span', attributes, `${t(`filter.value.${verdict}`)}: ${count}`);
  });
  return el('p', { class: 'legend' }, keys, el('span', { class: 'hint' }, 'UTC'));
}

function label(hour, all) {
  const time = new Date(hour.start).toISOString().slice(0, 13).replace('T', ' ');
  const counted = VERDICTS.filter((verdict) => hour.counts[verdict]);
  const parts = counted.map((verdict) => `${t(`filter.value.${verdict}`)} ${hour.counts[verdict]}`);
  return `${time}:00 UTC: ${all === 0 ? '0' : parts.join(', ')}`;
}
