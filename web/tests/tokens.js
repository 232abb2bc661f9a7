// The table of token vectors (wire-formats 3.8), for checkers in JavaScript.

import { readFileSync } from 'node:fs';

export const table = JSON.parse(readFileSync(new URL('../../Tests/vectors/tokens.json', import.meta.url)));

/** The rows that a checker can be asked; how many it cannot is printed, with the reasons. */
export function rowsOf(checker) {
  const reasons = new Map();
  const asked = table.rows.filter(({ not_by: missing }) => {
    const reason = missing?.[checker];
    if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    return !reason;
  });
  console.log(`${checker}: ${asked.length} of ${table.rows.length} rows of the table of tokens`);
  for (const [reason, count] of reasons) console.log(`${checker}: ${count} rows not asked: ${reason}`);
  return asked;
}

/** The rows on which a checker says something else. */
export async function disagreements(checker, say) {
  const found = [];
  for (const row of rowsOf(checker)) {
    const said = await say(row);
    if (said !== row.expected) found.push(`${row.name}: ${said}, wanted ${row.expected}`);
  }
  return found;
}
