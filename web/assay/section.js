// Signed documents (dcap 4.1)

import { fail, reading } from './errors.js';
import { fromHex, latin1, NONE, text } from './bytes.js';
import { dateText, instant } from './time.js';
import { readJSON } from './json.js';

/** One object of a signed document: missing or of another type is its format, out of range its value (dcap 4.1). */
export class Section {
  constructor(value, path, prefix) {
    Object.assign(this, { value, path, prefix });
    if (value.kind !== 'object') this.refuse('UNSUPPORTED_FORMAT', path, value);
  }

  refuse(kind, field, value, wanted, found = text(value?.bytes.subarray(0, 80) ?? NONE) ?? '') {
    fail(`${this.prefix}_${kind}`, field, found, wanted, value?.offset);
  }

  invalid(name, found, wanted) {
    this.refuse('INVALID', `${this.path}.${name}`, this.value.members.get(name), wanted, found);
  }

  required(name) {
    return this.value.members.get(name) ?? this.refuse('UNSUPPORTED_FORMAT', `${this.path}.${name}`, this.value, '',
      'nothing');
  }

  object(name) {
    return new Section(this.required(name), `${this.path}.${name}`, this.prefix);
  }

  integer(name, maximum, range = 'INVALID') {
    const value = this.required(name), field = `${this.path}.${name}`, wanted = `an integer up to ${maximum}`;
    if (value.kind !== 'number' || !/^-?\d+$/.test(value.value)) this.refuse('UNSUPPORTED_FORMAT', field, value,
      wanted);
    if (value.value[0] === '-' || value.value > maximum) this.refuse(range, field, value, wanted);
    return +value.value;
  }

  text(name) {
    const value = this.required(name), field = `${this.path}.${name}`;
    if (value.kind !== 'string') this.refuse('UNSUPPORTED_FORMAT', field, value);
    return value.plain ?? this.refuse('INVALID', field, value);
  }

  hex(name, count) {
    const bytes = fromHex(this.text(name));
    return bytes?.length === count ? bytes : this.invalid(name, undefined, `${count * 2} hexadecimal digits`);
  }

  date(name) {
    return instant(this.text(name)) ?? this.invalid(name, undefined, 'YYYY-MM-DDThh:mm:ssZ');
  }

  /** One by one: the first defect in the document's order is the one that counts. */
  * objects(name) {
    const array = this.required(name), field = `${this.path}.${name}`;
    if (array.kind !== 'array') this.refuse('UNSUPPORTED_FORMAT', field, array);
    for (const [at, element] of array.elements.entries()) yield new Section(element, `${field}[${at}]`, this.prefix);
  }

  strings(name) {
    const array = this.value.members.get(name), field = `${this.path}.${name}`;
    if (array && array.kind !== 'array') this.refuse('UNSUPPORTED_FORMAT', field, array);
    return (array?.elements ?? []).map((element, at) =>
      (element.kind === 'string' ? element.value : this.refuse('UNSUPPORTED_FORMAT', `${field}[${at}]`, element)));
  }

  published() {
    return { date: this.date('tcbDate'), status: this.text('tcbStatus'), advisories: this.strings('advisoryIDs') };
  }

  issue() {
    const issued = this.date('issueDate'), expires = this.date('nextUpdate');
    if (expires <= issued) this.invalid('nextUpdate', dateText(expires), `later than ${dateText(issued)}`);
    return { issued, expires };
  }
}

export function openDocument({ bytes, signature: apart }, member, prefix) {
  const format = (field, offset) => fail(`${prefix}_UNSUPPORTED_FORMAT`, field, '', '', offset);
  const root = reading(() => readJSON(bytes), ({ offset }) => format(member, offset));
  const { members } = root, value = apart ? root : members.get(member), signature = members.get('signature');
  if (!apart && (members.size !== 2 || !value || !signature)) format(member, root.offset);
  const raw = fromHex((apart ? latin1(apart) : signature.plain) ?? '');
  if (raw?.length !== 64) format(apart ? `${member}Signature` : 'signature', apart ? 0 : signature.offset);
  if (value.kind !== 'object') format(member, value.offset);
  return [value, raw];
}
