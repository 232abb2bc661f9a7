// The PCK certificate's extension (dcap 2.3)

import { toHex } from './bytes.js';
import { DER } from './der.js';
import { OID } from './certificate.js';

export function parsePCKExtension(content) {
  const list = (reader, parent, most, read) => {
    const values = [];
    while (!reader.isAtEnd) {
      const entry = reader.enter(), { content: arcs, from } = entry.element(0x06), oid = toHex(arcs),
        last = arcs[arcs.length - 1];
      entry.hold(oid.length === parent.length + 2 && oid.startsWith(parent) && last && last <= most
        && !(last in values), from);
      values[last] = read(entry, last);
      entry.finish();
    }
    return values;
  };
  const outer = new DER(content).only();
  const found = list(outer, OID.intelSGX, 7, (entry, last) => {
    if (last === 2) {
      return list(entry.enter(), `${OID.intelSGX}02`, 18, (item, last) =>
        (last === 17 ? item.small(0xffff) : last === 18 ? item.octets(16) : item.small(0xff)));
    }
    if (last === 7) return list(entry.enter(), `${OID.intelSGX}07`, 3, (item) => item.boolean());
    return last === 5 ? entry.small(2, 0x0a) : entry.octets([, 16, , 2, 6, , 16][last]);
  });
  const [, ppid, tcb, pceID, fmspc, sgxType, instance, configuration] = found, present = Object.keys(tcb ?? []);
  outer.hold(ppid && present.length === 18 && pceID && fmspc && sgxType !== undefined && !instance === !configuration);
  return { components: Uint8Array.from(tcb.slice(1, 17)), pceSVN: tcb[17], pceID, fmspc, sgxType,
    hasInstance: !!instance, configuration };
}
