// The cases that the Swift tests wrote down: one JSON object a line, bytes once by their SHA-256.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

export const file = process.env.ASSAY_CASES;
export const skip = file ? false : 'ASSAY_CASES names no file of cases: the Swift tests write it';

/** Every case: name, quote, collateral, options for `verifyQuote`, and the document of `assay verify`. */
export async function* cases() {
  const blobs = new Map();
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const entry = JSON.parse(line);
    if (entry.blob) {
      blobs.set(entry.blob, new Uint8Array(Buffer.from(entry.base64, 'base64')));
      continue;
    }
    yield {
      name: entry.case, quote: blobs.get(entry.quote), document: entry.document,
      collateral: entry.bundle ? blobs.get(entry.bundle)
        : Object.fromEntries(Object.entries(entry.files).map(([name, blob]) => [name, blobs.get(blob)])),
      options: {
        time: entry.time, trustRoot: entry.root ? blobs.get(entry.root) : undefined,
          acceptTCBInfoV2: entry.accept_tcb_info_v2,
      },
    };
  }
}

/** The first case whose name begins so. */
export async function firstCase(name) {
  for await (const each of cases()) if (each.name.startsWith(name)) return each;
  throw new Error(`the file has no case ${name}`);
}
