import { type Asker, annuaireFor, type Context } from './ask';
import type { Entry } from './entry';
import { fold } from './fold';
import { entryHref } from './links';
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
  { query, limit }: { readonly query: string; readonly limit: number },
) {
  const found = await annuaireFor(context, asker)?.search(query, WRITTEN_TO, READ);
  return (found?.entries ?? [])
    .filter(({ mail }) => mail !== '')
    .map((entry) => ({
      name: entry.name,
      mail: entry.mail,
      source: entry.kind === 'list' ? 'list' : 'directory',
      score: scoreOf(entry, query),
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
  const found = await annuaireFor(context, asker)?.search(query, undefined, READ);
  return (found?.entries ?? [])
    .map((entry) => ({
      group,
      title: entry.name.slice(0, 200),
      ...(detailOf(entry) !== '' && { detail: detailOf(entry) }),
      href: entryHref(entry.dn),
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
