import { inTime, type Owned } from './all';
import { type Annuaire, type Asker, annuaireFor, type Context } from './ask';
import { dnKey } from './dn';
import type { Entry } from './entry';
import { isKept } from './kept';

const PLUGIN = 'annuaire';
/** What is left of the quarter of a second that classes of recipients have. */
const LISTS_MS = 80;

/** What a list is opened by where one writes, and how many members are known. */
export const listOf = ({ dn, of, members }: Entry) => ({
  id: listId({ dn, of }),
  count: members.length,
});

/** A list by its name, and before a dot by the directory that has it, where that is not the one of sign-in. */
const listId = ({ dn, of }: Pick<Entry, 'dn' | 'of'>): string =>
  `${of === '' ? '' : `${of}.`}${Buffer.from(dn, 'utf8').toString('base64url')}`;

function listAsked(id: string): Pick<Entry, 'dn' | 'of'> {
  const end = id.indexOf('.');
  const dn = Buffer.from(id.slice(end + 1), 'base64url').toString('utf8');
  return { dn, of: id.slice(0, Math.max(0, end)) };
}

/**
 * The lists among entries that were found by address, which have twenty members at most: each is read
 * once more with all of them. What is late or fails is no list to open.
 */
export async function listsAmong(
  context: Context,
  found: readonly Owned[],
): Promise<ReadonlyMap<Entry, ReturnType<typeof listOf>>> {
  const known = new Map<Entry, ReturnType<typeof listOf>>();
  const lists = found.filter(({ entry: { kind } }) => kind === 'list');
  const read = async (annuaire: Annuaire): Promise<void> => {
    const own = lists.filter((one) => one.annuaire === annuaire).map(({ entry }) => entry);
    const whole = await inTime(context, annuaire.named(own.map(({ dn }) => dn)), LISTS_MS);
    for (const entry of own) {
      const list = whole.get(dnKey(entry.dn));
      if (list && list.members.length > 0) known.set(entry, listOf(list));
    }
  };
  const annuaires = [...new Set(lists.map(({ annuaire }) => annuaire))];
  await Promise.allSettled(annuaires.map(read));
  return known;
}

/**
 * Members of a list that can be written to; nothing for what is no list, or not to be seen. A member
 * that is a list stays one address: whoever writes decides to open it.
 */
export async function membersFor(
  context: Context,
  asker: Asker,
  {
    plugin,
    list,
    limit,
  }: { readonly plugin: string; readonly list: string; readonly limit: number },
) {
  if (plugin !== PLUGIN || isKept(context, asker)) return undefined;
  const { dn: asked, of } = listAsked(list);
  const annuaire = annuaireFor(context, asker, of);
  const entry = await annuaire?.entry(asked);
  if (!annuaire || entry?.kind !== 'list') return undefined;
  const found = await annuaire.members(entry.members.slice(0, limit));
  const members = [...found.values()]
    .filter(({ mail }) => mail !== '')
    .map(({ name, mail }) => ({ name, mail }));
  // A directory gives so many values of an attribute at most: there may be more.
  return { members, isCut: entry.members.length >= limit };
}
