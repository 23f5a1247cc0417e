import { defineHooks, type Filter } from '../kernel/hook-types';
import { directoryPortShape } from './shape';
import type { DirectoryRecord } from './types';

declare global {
  namespace Estafette {
    interface HookMap {
      'directory:entry': Filter<
        readonly DirectoryRecord[],
        {
          /** Who looks; absent where nobody in particular does. */
          readonly user?: number;
        }
      >;
    }
  }
}

const dnsOf = (records: unknown): ReadonlySet<string> =>
  new Set(Array.isArray(records) ? records.map((one: DirectoryRecord) => one.dn) : []);

/** Entries may be changed and left out; one that the directory did not give is refused. */
function isOfThese(value: unknown, before: unknown): boolean {
  const parsed = directoryPortShape.records.safeParse(value);
  const known = dnsOf(before);
  return parsed.success && parsed.data.every(({ dn }) => known.has(dn));
}

/** Hooks of the directory; the plugin that shows its entries emits them. */
export const directoryHooks = defineHooks({
  'directory:entry': {
    kind: 'filter',
    doc: 'Entries of the directory before somebody sees them, all of an answer at once: what is left out is hidden from them. Emitted by the plugin that shows them (`annuaire`), which reads attributes that handlers add: `estafette-absence` (a text), `estafette-absent-from`, `estafette-absent-until` (days, `2026-12-24`), `estafette-substitute`, `estafette-successor` (names of entries, or addresses).',
    check: isOfThese,
    byPlugins: true,
  },
});
