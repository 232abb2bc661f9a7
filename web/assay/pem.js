// PEM

import { Malformed } from './errors.js';
import { fromBase64, latin1 } from './bytes.js';
import { DER } from './der.js';

/** The DER of every PEM block. Between blocks only white space may stand. */
export function pemBlocks(bytes, label) {
  const characters = latin1(bytes), blocks = [], space = /[ \t\n\r]*/y;
  const skip = (from) => {
    space.lastIndex = from;
    space.exec(characters);
    return space.lastIndex;
  };
  let at = skip(0);
  while (at < characters.length) {
    if (blocks.length === 8) throw new Malformed(at, true);
    const labelEnd = characters.indexOf('-----', at + 11), found = characters.slice(at + 11, labelEnd);
    const end = labelEnd < 0 ? -1 : characters.indexOf('-----', labelEnd + 5), trailer = `-----END ${found}-----`;
    if (!characters.startsWith('-----BEGIN ', at) || end < 0 || !characters.startsWith(trailer,
      end)) throw new Malformed(at);
    if (found !== label) throw new Malformed(at, true);
    blocks.push(fromBase64(characters.slice(labelEnd + 5, end), true) ?? new DER(bytes).bad(labelEnd + 5));
    at = skip(end + trailer.length);
  }
  if (!blocks.length) throw new Malformed(0);
  return blocks;
}
