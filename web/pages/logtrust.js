// Whom this browser believes about the log: the key it saw first, and the last checkpoint that it signed.
import { fromHex, parseProof, verifyProof } from '/assay.js';
import { followCheckpoint } from '/assay-tiles.js';
import { ask, store } from './page.js';

export const problem = (answer) => answer.value?.detail ?? answer.value?.code ?? `${answer.status}`;

/** Keys by origin, as this browser first saw them. */
function knownKeys() {
  try {
    return new Map(Object.entries(JSON.parse(store.get('assay.logs') ?? '{}')));
  } catch {
    return new Map();
  }
}

/**
 * The log that is written now: `{ shard }`, or why there is none to be believed. Every log that this browser has seen here
 * must still be named, under the same key: otherwise a rewritten history needs but a new name.
 */
export async function findLog() {
  const answer = await ask('/log/v1/keys');
  const shards = (answer.ok && answer.value.shards) || [];
  const shard = shards.find((each) => each.state === 'active') ?? shards.at(-1);
  if (!shard) return { outcome: 'absent', why: problem(answer) };
  const keys = knownKeys();
  const now = new Map(shards.map((each) => [each.origin, each.vkey]));
  for (const [origin, vkey] of keys) if (now.get(origin) !== vkey) return { outcome: 'key' };
  store.set('assay.logs', JSON.stringify(Object.fromEntries(now)));
  return { shard, trust: { keys: [shard.vkey] } };
}

/** What this browser has kept of the log. */
const kept = { getItem: (name) => store.get(name), setItem: (name, value) => store.set(name, value) };

async function consistency(from, to) {
  const answer = await ask(`/audit/v1/consistency?from=${from}&to=${to}`);
  if (!answer.ok) throw new Error(problem(answer));
  return answer.value.path.map((hash) => fromHex(hash) ?? new Uint8Array());
}

/** Holds a note against the last one seen here. What it comes to is said; a fork is proof that the log misbehaved. */
export async function follow(note, trust) {
  let result;
  try {
    result = await followCheckpoint(note, trust, kept, consistency);
  } catch (error) {
    // A signature that does not hold is no accident; a proof that cannot be had may be one.
    const isForged = /^(NOTE|CHECKPOINT|VKEY)_/.test(error.code ?? '');
    return { outcome: isForged ? 'forged' : 'unproven', why: error.message, note };
  }
  return { ...result, note };
}

export const isMisbehaviour = (found) => ['fork', 'forged', 'key'].includes(found?.outcome);

/**
 * Whether a verdict is in the log, as the receipt beside it says: `{ ok, index }`, or why not. `isForged`: the receipt says
 * something that is not so.
 */
export async function checkReceipt({ log, id, verdict }) {
  if (!log?.proof) return undefined;
  const { trust, outcome, why } = await findLog();
  if (!trust) return { ok: false, isForged: outcome === 'key', why: why ?? outcome };
  try {
    const proven = await verifyProof(log.proof, trust);
    const entry = JSON.parse(new TextDecoder().decode(proven.leaf));
    if (entry.jti !== id || entry.verdict !== verdict) return { ok: false, isForged: true, why: 'jti, verdict' };
    const followed = await follow(parseProof(log.proof).checkpoint, trust);
    if (isMisbehaviour(followed)) return { ok: false, isForged: true, why: followed.outcome };
    return { ok: true, index: String(proven.index) };
  } catch (error) {
    return { ok: false, isForged: error.code !== 'ED25519_MISSING', why: error.message };
  }
}
