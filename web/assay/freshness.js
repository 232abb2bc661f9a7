// Freshness

import { must } from './errors.js';
import { fromBase64URL } from './bytes.js';
import { dateText, instant, secondsOf } from './time.js';
import { loadJSON } from './network.js';

/** @returns {Bytes} */
export const randomNonce = (count = 32) => crypto.getRandomValues(new Uint8Array(count));

/** A nonce from POST /v1/challenges, which `take` hands out once and in its time. @param {string} issuer */
export async function fetchChallenge(issuer, load = fetch) {
  const { nonce, challenge, expires } = await loadJSON(`${issuer}/v1/challenges`, load, { method: 'POST' });
  const bytes = fromBase64URL(`${nonce}`), end = instant(`${expires}`);
  must(bytes?.length && typeof challenge === 'string' && end, 'CHALLENGE_INVALID', 'challenge');
  let isTaken = false;
  return {
    expires: end,
    take(now = secondsOf()) {
      must(!isTaken, 'CHALLENGE_SPENT', 'challenge');
      must(now < end, 'CHALLENGE_EXPIRED', 'challenge', dateText(end));
      isTaken = true;
      return { nonce: bytes, challenge };
    },
  };
}
