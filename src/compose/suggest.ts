import { isOutside } from '../mail';
import type { Actor } from '../session/types';
import type { ComposeContext } from './context';
import { type Correspondent, searchCorrespondents } from './correspondent-store';
import type { Suggestion, SuggestionPurpose } from './types';

const LIMIT = 10;
// More are read than shown: those used last, then ranked by use as well.
const CANDIDATES = 200;
const MAX_QUERY_CHARS = 100;
const DAY_MS = 86_400_000;
// Use counts half as much after this long.
const HALF_LIFE_DAYS = 30;

/** People for an address field: the agent's own correspondents and what plugins know, best first. */
export async function suggest(
  context: ComposeContext,
  actor: Actor,
  typed: string,
  purpose: SuggestionPurpose,
  { only }: { readonly only?: 'lists' | undefined } = {},
): Promise<readonly Suggestion[]> {
  const query = typed.replaceAll('\0', '').trim().slice(0, MAX_QUERY_CHARS);
  if (query === '') return [];
  const [own, others] = await Promise.all([
    searchCorrespondents(context.db.knex, actor.user.id, query, CANDIDATES),
    context.hooks.collect(actor.scope, 'contact:suggestions', {
      query,
      limit: LIMIT,
      for: purpose,
      ...(only && { only }),
      user: actor.user.id,
    }),
  ]);
  const now = context.clock.now();
  const ranked = [
    ...own.map((person) => toSuggestion(person, now)),
    ...others.map(({ plugin, item }) => ({
      name: item.name,
      mail: item.mail,
      source: item.source ?? plugin,
      score: item.score,
      ...(item.list && { list: { ...item.list, id: `${plugin}:${item.list.id}` } }),
    })),
  ];
  // What is shared is shared with an address of the site: nobody else could open it.
  const isFit = ({ mail, list }: Suggestion): boolean =>
    (purpose !== 'share' || (mail !== '' && !isOutside(actor.site, mail))) &&
    (only === undefined || list !== undefined);
  return bestOfEach(ranked)
    .filter(isFit)
    .sort((a, b) => b.score - a.score || a.mail.localeCompare(b.mail))
    .slice(0, LIMIT);
}

/** Uses, halved for each month since the last one: between 0 and 1 like the plugins' scores. */
function toSuggestion({ name, mail, uses, lastUsed }: Correspondent, now: number): Suggestion {
  const age = Math.max(0, now - lastUsed) / DAY_MS;
  const weight = uses * 0.5 ** (age / HALF_LIFE_DAYS);
  return { name, mail, source: 'correspondents', score: weight / (weight + 1) };
}

/** One line for each address: the best score, and what any source knows of it beyond that. */
function bestOfEach(suggestions: readonly Suggestion[]): Suggestion[] {
  const byKey = new Map<string, Suggestion>();
  for (const found of suggestions) {
    const key = found.mail.toLowerCase() || `list ${found.list?.id}`;
    const known = byKey.get(key);
    const [best, other] = !known || found.score > known.score ? [found, known] : [known, found];
    const list = best.list ?? other?.list;
    byKey.set(key, { ...best, name: best.name || (other?.name ?? ''), ...(list && { list }) });
  }
  return [...byKey.values()];
}
