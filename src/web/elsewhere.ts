import type { FoundGroup } from './pages/mail';
import { readerOf } from './reader';
import type { OpenCall } from './route';

const LIMIT = 5;
const MAX_GROUPS = 6;

/** What plugins find for the words of a search, by kind; groups stand by their best result. */
export async function foundElsewhere(
  { deps, actor, ctx }: OpenCall,
  text: string | undefined,
): Promise<readonly FoundGroup[]> {
  const user = readerOf(ctx);
  if (text === undefined || !user) return [];
  const found = await deps.hooks.collect(actor.scope, 'search:results', {
    site: ctx.site.id,
    locale: ctx.locale,
    user,
    query: text,
    limit: LIMIT,
  });
  const groups = new Map<string, { title: string; detail: string | undefined; href: string }[]>();
  for (const { group, title, detail, href } of best(found)) {
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
