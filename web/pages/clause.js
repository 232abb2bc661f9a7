// Where the clause of a check can be read.

const specifications = ['dcap', 'event-logs', 'wire-formats', 'transparency-log'];

/**
 * The page and the place of a clause: `dcap 2.4, 5.2 B1–B2` is `/docs/spec/dcap#B1`. Of several clauses the last, which names
 * the steps; of several steps the first. `undefined` for what names no specification.
 */
export function clausePath(clause) {
  let name, path, hasStep;
  for (const word of `${clause ?? ''}`.split(/[ ,;]+/)) {
    const [place] = /^(?:\d+(?:\.\d+)*$|[A-Z]\d+)/.exec(word) ?? [], isStep = /^[A-Z]/.test(place);
    if (/^[a-z]/.test(word)) name = specifications.includes(word) ? word : undefined;
    else if (name && place && !(isStep && hasStep)) [path, hasStep] = [`/docs/spec/${name}#${place}`, isStep];
  }
  return path;
}
