import { isBelow, parseDn } from './dn';
import { type DirectoryEntry, valuesOf } from './entry';
import type { DirectoryFound, DirectorySearch } from './search';

type Ask = (search: DirectorySearch) => Promise<DirectoryFound>;

const CLASS = 'alias'; // RFC 4512 2.6
const TARGET = 'aliasedObjectName';
const ALIASES_MAX = 20;

/**
 * What a search finds, aliases followed where it says so: once each, below the branch that it names
 * and nowhere else, whatever the server would do by itself. In a whole branch they are left out, as
 * what they stand for is found where it is.
 */
export async function searchFollowing(search: DirectorySearch, ask: Ask): Promise<DirectoryFound> {
  const { aliasesBelow, filter, scope, attributes } = search;
  if (aliasesBelow === undefined) return ask(search);
  const found = await ask({
    ...search,
    filter: scope === 'sub' ? filter : `(|${filter}(objectClass=${CLASS}))`,
    attributes: [...attributes, 'objectClass', TARGET],
  });
  const entries: DirectoryEntry[] = [];
  let left = ALIASES_MAX;
  for (const entry of found.entries) {
    if (!isAlias(entry)) entries.push(entry);
    else if (scope !== 'sub' && left-- > 0) {
      const target = await targetOf(entry, aliasesBelow, search, ask);
      if (target && !entries.some(({ dn }) => dn === target.dn)) entries.push(target);
    }
  }
  return { entries, isCut: found.isCut };
}

async function targetOf(
  alias: DirectoryEntry,
  below: string,
  search: DirectorySearch,
  ask: Ask,
): Promise<DirectoryEntry | undefined> {
  const [dn = ''] = valuesOf(alias, TARGET);
  const [name, branch] = [parseDn(dn), parseDn(below)];
  if (!name || !branch || !isBelow(name, branch)) return undefined;
  const { entries } = await ask({ ...search, base: dn, scope: 'base', limit: 1 });
  return entries.find((entry) => !isAlias(entry));
}

const isAlias = (entry: DirectoryEntry): boolean =>
  valuesOf(entry, 'objectClass').some((name) => name.toLowerCase() === CLASS);
