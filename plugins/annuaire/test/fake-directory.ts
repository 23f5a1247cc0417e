import type { DirectoryFilter, DirectoryRecord, PluginDirectory } from 'estafette/plugin';
import { dnKey, isWithin, parentOf } from '../dn';

type Attributes = Readonly<Record<string, readonly string[]>>;

/** An entry as a test writes it. */
export const record = (dn: string, attributes: Attributes): DirectoryRecord => {
  const low = Object.fromEntries(
    Object.entries(attributes).map(([name, values]) => [name.toLowerCase(), values]),
  );
  return {
    dn,
    type: 'person',
    name: low['displayname']?.[0] ?? low['cn']?.[0] ?? dn,
    mails: low['mail'] ?? [],
    attributes: low,
  };
};

/** Case is folded as directories do; accents are not. */
const low = (text: string): string => text.normalize('NFC').toLowerCase();

function holds(attributes: Attributes, filter: DirectoryFilter): boolean {
  if ('all' in filter) return filter.all.every((one) => holds(attributes, one));
  if ('any' in filter) return filter.any.some((one) => holds(attributes, one));
  if ('not' in filter) return !holds(attributes, filter.not);
  const values = (attributes[filter.attribute.toLowerCase()] ?? []).map(low);
  if ('present' in filter) return values.length > 0;
  if ('is' in filter) return values.includes(low(filter.is));
  if ('starts' in filter) return values.some((value) => value.startsWith(low(filter.starts)));
  const pieces = typeof filter.contains === 'string' ? [filter.contains] : filter.contains;
  return values.some((value) => {
    let at = 0;
    return pieces.every((piece) => {
      const found = value.indexOf(low(piece), at);
      at = found + piece.length;
      return found >= 0;
    });
  });
}

/** The platform gives so many values of what no question names. */
const capped = (one: DirectoryRecord): DirectoryRecord => ({
  ...one,
  attributes: Object.fromEntries(
    Object.entries(one.attributes).map(([name, values]) => [name, values.slice(0, 20)]),
  ),
});

/** How many conditions a question has; the platform refuses more than 200. */
const conditions = (filter: DirectoryFilter): number => {
  if ('all' in filter) return filter.all.reduce((sum, one) => sum + conditions(one), 0);
  if ('any' in filter) return filter.any.reduce((sum, one) => sum + conditions(one), 0);
  return 'not' in filter ? conditions(filter.not) : 1;
};

/** A directory in memory, whose filters are those of the platform. */
export function fakeDirectory(
  base: string,
  records: readonly DirectoryRecord[],
  photos: Readonly<Record<string, Buffer>> = {},
): Partial<PluginDirectory> & { isDown: boolean } {
  const fake: Partial<PluginDirectory> & { isDown: boolean } = {
    isDown: false,
    id: 'test',
    base,
    async find({ base: from = base, scope = 'sub', where, limit = 50 }) {
      if (fake.isDown) throw new Error('connection refused');
      if (conditions(where) > 200) throw new Error('too many conditions');
      const found = records.filter(({ dn, attributes }) => {
        if (!isWithin(dn, from) || !holds(attributes, where)) return false;
        if (scope === 'base') return dnKey(dn) === dnKey(from);
        return scope === 'sub' || dnKey(parentOf(dn)) === dnKey(from);
      });
      return { entries: found.slice(0, limit), isCut: found.length > limit };
    },
    async byMail(mails) {
      if (fake.isDown) throw new Error('connection refused');
      return new Map(
        mails.flatMap((mail) => {
          const found = records.find((one) => one.mails.some((own) => low(own) === low(mail)));
          return found ? [[mail.toLowerCase(), capped(found)] as const] : [];
        }),
      );
    },
    async photo(dn) {
      const content = photos[dn];
      return content && { type: 'image/png', content };
    },
  };
  return fake;
}
