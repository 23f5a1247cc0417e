import { isSpent } from '../kernel/budget';
import { cacheKey, createCache } from '../kernel/cache';
import type { SearchResult } from '../view';
import type { WebDeps } from './context';
import type { FoundGroup } from './pages/mail';
import { readerOf } from './reader';
import type { OpenCall } from './route';

const LIMIT = 5;
const MAX_GROUPS = 6;
/** As long as somebody looks through the pages of a search. */
const KEPT_MS = 30_000;
/** Searches kept; each is a few lines. */
const MAX_KEPT = 500;

/** What plugins find for the words of a search, by kind; groups stand by their best result. */
export type FindElsewhere = (
  call: Pick<OpenCall, 'actor' | 'ctx'>,
  text: string | undefined,
) => Promise<readonly FoundGroup[]>;

/**
 * Asks plugins once a search: its next pages, the messages opened beside it and each refresh of the
 * list show what was found for the first one.
 */
export function createElsewhere({ hooks, clock }: Pick<WebDeps, 'hooks' | 'clock'>): FindElsewhere {
  const kept = createCache<readonly FoundGroup[]>({ clock, max: MAX_KEPT, ttlMs: KEPT_MS });
  return async ({ actor, ctx }, text) => {
    const user = readerOf(ctx);
    if (text === undefined || !user) return [];
    const choices = JSON.stringify(ctx.choices);
    const { network = '', hasFactor = false } = actor.scope.presence ?? {};
    const from = `${network} ${hasFactor}`;
    const about = [actor.session.id, ctx.locale, choices, from, text];
    const key = cacheKey(ctx.site.id, actor.user.id, ...about);
    const known = kept.get(key);
    if (known) return known;
    const found = await hooks.collect(actor.scope, 'search:results', {
      site: ctx.site.id,
      locale: ctx.locale,
      user,
      query: text,
      limit: LIMIT,
    });
    const groups = grouped(best(found));
    // Without the time that plugins may take some were not asked: the next page may have it.
    if (!isSpent(ctx.budget)) kept.set(key, groups);
    return groups;
  };
}

function grouped(found: readonly SearchResult[]): readonly FoundGroup[] {
  const groups = new Map<string, FoundGroup['results'][number][]>();
  for (const { group, title, detail, href } of found) {
    groups.set(group, [...(groups.get(group) ?? []), { title, detail, href }]);
  }
  return [...groups].slice(0, MAX_GROUPS).map(([title, results]) => ({ title, results }));
}

/** By score, and no more of a plugin than it was asked for: none drowns the others. */
function best<T extends { readonly score: number }>(
  found: readonly { readonly plugin: string; readonly item: T }[],
): readonly T[] {
  const taken = new Map<string, number>();
  return found
    .toSorted((a, b) => b.item.score - a.item.score)
    .filter(({ plugin }) => {
      const count = (taken.get(plugin) ?? 0) + 1;
      taken.set(plugin, count);
      return count <= LIMIT;
    })
    .map(({ item }) => item);
}
