// A request as commands for a shell (bash): each can be pasted and run as it stands, in an empty folder.
import { base64, hex } from './evidence.js';

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The bytes of the quote as a file; the event log is a file already, on the disk of whoever gave it. */
const files = ({ quote, eventLog }) => `base64 -d <<< '${base64(quote)}' > quote.bin
${eventLog ? '# event-log.bin: the event log that you gave here\n' : ''}`;

/** To the service, as the page sends it. `query` has what belongs to the quote, but for the event log. */
export function toService(request, query, origin) {
  const url = `${origin}/v1/verdicts`;
  if (!request.eventLog) {
    return `base64 -d <<< '${base64(request.quote)}' |
  curl --silent --data-binary @- -H 'Content-Type: application/octet-stream' \\
  ${quoted(`${url}${query ? `?${query}` : ''}`)}`;
  }
  const members = Object.entries(Object.fromEntries(new URLSearchParams(query)));
  const more = members.map(([name, value]) => `, ${name}: ${JSON.stringify(value)}`).join('');
  return `${files(request)}jq -n --rawfile q <(base64 -w0 quote.bin) --rawfile e <(base64 -w0 event-log.bin) \\
  ${quoted(`{quote: $q, event_log: $e${more}}`)} |
  curl --silent --json @- ${quoted(url)}`;
}

// Those that the program has, and that read no reference sets.
const WHOLE = ['strict', 'sgx-production', 'tdx-cloud', 'degraded-read-only'];
const BUILT_IN = [...WHOLE, 'gn8v-tee-llm'];

/** To a copy of assay, with the collateral that the service holds: it is signed, so the service cannot forge it. */
export function toProgram(request, verdict, origin) {
  const policies = (verdict.policies ?? [verdict.policy]).map(({ id }) => id);
  const options = policies.map((id) => `--policy ${quoted(BUILT_IN.includes(id) ? id : `${id}.json`)}`);
  let notes = '';
  for (const id of policies.filter((each) => !BUILT_IN.includes(each))) {
    notes += `# ${id}.json: this policy, from the operator\n`;
  }
  if (!policies.every((id) => WHOLE.includes(id))) {
    notes += '# references: a folder with the reference sets, from the operator; empty where the policy reads none\n';
    notes += 'mkdir -p references\n';
    options.push('--references references');
  }
  if (request.eventLog) options.push('--event-log event-log.bin');
  if (request.nonce) options.push(`--nonce-hex ${hex(request.nonce)} --scheme ${quoted(request.scheme)}`);
  if (verdict.trust_root?.intel === false) {
    notes += "# root.pem: the root that you trust; this service's is not Intel's\n";
    options.push('--trust-root root.pem');
  }
  return `${files(request)}${notes}curl --silent --show-error --fail --data-binary @quote.bin \\
  -H 'Content-Type: application/octet-stream' ${quoted(`${origin}/v1/collateral`)} > collateral.json &&
  assay verify quote.bin --collateral collateral.json \\
  ${options.join(' ')}`;
}
