// DER: definite, minimal lengths and low tag numbers only

import { Malformed } from './errors.js';
import { big, latin1 } from './bytes.js';
import { instant } from './time.js';

export const unsigned = (number) => (number.length > 1 && number[0] === 0 ? number.subarray(1) : number);

export class DER {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end });
  }

  get isAtEnd() {
    return this.at >= this.end;
  }

  get next() {
    return this.isAtEnd ? -1 : this.bytes[this.at];
  }

  bad(at = this.at) {
    throw new Malformed(at);
  }

  hold(condition, at) {
    if (!condition) this.bad(at);
  }

  element(tag) {
    const start = this.at, { bytes, end } = this;
    this.hold(end - start >= 2 && (tag === undefined || bytes[start] === tag) && (bytes[start] & 0x1f) !== 0x1f);
    let from = start + 2, length = bytes[start + 1];
    if (length > 0x7f) {
      const count = length & 0x7f;
      this.hold(count > 0 && count < 5 && end - from >= count && bytes[from]);
      length = bytes.subarray(from, from + count).reduce((value, octet) => value * 256 + octet, 0);
      this.hold(length > 0x7f);
      from += count;
    }
    this.hold(end - from >= length);
    this.at = from + length;
    return { tag: bytes[start], encoding: bytes.subarray(start, this.at), content: bytes.subarray(from, this.at),
      from };
  }

  enter(tag = 0x30) {
    const { from } = this.element(tag);
    return new DER(this.bytes, from, this.at);
  }

  finish() {
    this.hold(this.at === this.end);
  }

  only() {
    const inner = this.enter();
    this.finish();
    return inner;
  }

  explicit(tag, read, absent) {
    if (this.next !== tag) return absent;
    const inner = this.enter(tag), value = read(inner);
    inner.finish();
    return value;
  }

  integer(tag = 0x02) {
    const { content, from } = this.element(tag), [first, second = 0] = content;
    this.hold(content.length && (content.length < 2
      || !((first === 0 && second < 0x80) || (first === 0xff && second > 0x7f))), from);
    return content;
  }

  small(maximum, tag) {
    const content = this.integer(tag), value = content.length > 3 ? Infinity : Number(big(content));
    this.hold(content[0] < 0x80 && value <= maximum, this.at - content.length);
    return value;
  }

  boolean() {
    const { content, from } = this.element(0x01);
    this.hold(content.length === 1 && (content[0] === 0 || content[0] === 0xff), from);
    return content[0] === 0xff;
  }

  bits() {
    const { content, from } = this.element(0x03);
    this.hold(content[0] === 0, from);
    return content.subarray(1);
  }

  octets(count) {
    const { content, from } = this.element(0x04);
    this.hold(count === undefined || content.length === count, from);
    return content;
  }

  /** UTCTime or GeneralizedTime in whole seconds with Z; two-digit years from 50 on mean 19xx. */
  time() {
    const { tag, content, from } = this.element();
    let digits = latin1(content);
    if (tag === 0x17 && digits.length === 13) digits = (digits >= '50' ? '19' : '20') + digits;
    else this.hold(tag === 0x18, from);
    return instant(digits.replace(/^(....)(..)(..)(..)(..)(..Z)$/s, '$1-$2-$3T$4:$5:$6')) ?? this.bad(from);
  }
}
