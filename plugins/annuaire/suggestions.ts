import { fromAll, QUICK_MS } from './all';
import { type Annuaire, type Asker, annuaireFor, type Context } from './ask';
import { dnKey } from './dn';
import type { Entry } from './entry';
import { fold } from './fold';
import { isKept } from './kept';
import { entryHref } from './links';
import type { Kind } from './profiles';

const PLUGIN = 'annuaire';
/** Who can be written to. */
const WRITTEN_TO: readonly Kind[] = [
  'person',
  'functional',
  'shared',
  'unit',
  'list',
  'resource',
  'application',
];
/** Below those whom the person writes to: one message today counts for a half. */
const SCORES = { starts: 0.45, other: 0.35, list: 0.3 } as const;
/** Read beyond what is shown, so that the best are among them. */
const READ = 40;

/** People and addresses of the directory for an address field. */
export async function suggestionsFor(
  context: Context,
  asker: Asker,
  {
    query,
    limit,
    only,
  }: {
    readonly query: string;
    readonly limit: number;
    readonly only?: 'lists' | undefined;
  },
) {
  if (isKept(context, asker)) return [];
  const kinds = only === 'lists' ? (['list'] as const) : WRITTEN_TO;
  const found = await fromAll(context, asker, (one) => one.search(query, kinds, READ));
  return found
    .flatMap((answer) => answer?.entries ?? [])
    .filter(({ mail, kind, members }) => mail !== '' || (kind === 'list' && members.length > 0))
    .map((entry) => ({
      name: entry.name,
      mail: entry.mail,
      source: 'directory',
      score: scoreOf(entry, query),
      ...(entry.kind === 'list' && entry.members.length > 0 && { list: listOf(entry) }),
    }))
    .sort((one, other) => other.score - one.score || one.name.localeCompare(other.name, 'fr'))
    .slice(0, limit);
}

const listOf = ({ dn, of, members }: Entry) => ({
  id: listId({ dn, of }),
  kind: 'list' as const,
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
  const dns = entry.members.slice(0, limit);
  const found = await annuaire.named(dns);
  const members = dns.flatMap((dn) => {
    const { name = '', mail = '' } = found.get(dnKey(dn)) ?? {};
    return mail === '' ? [] : [{ name, mail }];
  });
  // A directory gives so many values of an attribute at most: there may be more.
  return { members, isCut: entry.members.length >= limit };
}

/** What begins as it was typed comes before what has it further on. */
function scoreOf({ kind, name, mail }: Entry, query: string): number {
  if (kind === 'list') return SCORES.list;
  const typed = fold(query);
  const starts = [fold(name), fold(name).split(' ').slice(1).join(' '), mail.toLowerCase()];
  return starts.some((text) => text.startsWith(typed)) ? SCORES.starts : SCORES.other;
}

/** What the directory knows for the words of a search. */
export async function resultsFor(
  context: Context,
  asker: Asker,
  {
    query,
    limit,
    group,
  }: { readonly query: string; readonly limit: number; readonly group: string },
) {
  if (isKept(context, asker)) return [];
  const ask = (one: Annuaire) => one.searchWide(query, undefined, READ);
  const found = await fromAll(context, asker, ask, QUICK_MS);
  return found
    .flatMap((answer) => answer?.entries ?? [])
    .map((entry) => ({
      group,
      title: entry.name.slice(0, 200),
      ...(detailOf(entry) !== '' && { detail: detailOf(entry) }),
      href: entryHref(entry.dn, undefined, entry.of),
      score: scoreOf(entry, query),
    }))
    .sort((one, other) => other.score - one.score)
    .slice(0, limit);
}

const detailOf = ({ title, mail }: Entry): string =>
  [title, mail]
    .filter((text) => text !== '')
    .join(' – ')
    .slice(0, 200);
