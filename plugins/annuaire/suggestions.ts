import { fromAll, QUICK_MS } from './all';
import type { Annuaire, Asker, Context } from './ask';
import type { Entry } from './entry';
import { fold } from './fold';
import { isKept } from './kept';
import { entryHref } from './links';
import { listOf } from './lists';
import type { Kind } from './profiles';

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
      ...(entry.kind === 'list' &&
        entry.members.length > 0 && { list: { kind: 'list' as const, ...listOf(entry) } }),
    }))
    .sort((one, other) => other.score - one.score || one.name.localeCompare(other.name, 'fr'))
    .slice(0, limit);
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
