import { type Mail, parseQuery, type SavedSearch } from '../../mail';
import type { OpenCall } from '../route';
import type { Prepared } from './page';

const FRESH_MS = 60_000;
const COUNT_MS = 20_000;
const MAX_KEPT = 5_000;

interface Kept {
  readonly count: number;
  readonly at: number;
}

/** Per mail domain, which there is one of in a process. */
const kept = new WeakMap<Mail, { counts: Map<string, Kept>; running: Set<string> }>();

const stateOf = (mail: Mail) => {
  const known = kept.get(mail);
  if (known) return known;
  const made = { counts: new Map<string, Kept>(), running: new Set<string>() };
  kept.set(mail, made);
  return made;
};

const ownerOf = ({ actor }: OpenCall): string => `${actor.site.id} ${actor.user.id}`;
const keyOf = (call: OpenCall, { id, text }: SavedSearch): string =>
  `${ownerOf(call)} ${id} ${text}`;

/**
 * Unread messages of a saved search as last counted; no page waits for it. What is older than a
 * minute is counted anew, one search of an agent at a time.
 */
export function unreadOf(
  call: OpenCall,
  search: SavedSearch,
  prepare: (text: string) => Promise<Prepared>,
): number {
  const { deps } = call;
  const { counts, running } = stateOf(deps.mail);
  const key = keyOf(call, search);
  const known = counts.get(key);
  const isFresh = known !== undefined && deps.clock.now() - known.at < FRESH_MS;
  if (!isFresh && !running.has(ownerOf(call))) {
    running.add(ownerOf(call));
    void count(call, search, prepare)
      .then((found) => {
        if (counts.size >= MAX_KEPT) counts.delete(counts.keys().next().value ?? '');
        counts.set(key, { count: found ?? known?.count ?? 0, at: deps.clock.now() });
      })
      .catch((error: unknown) => {
        // A figure beside a name: the search itself tells what is wrong.
        counts.set(key, { count: known?.count ?? 0, at: deps.clock.now() });
        deps.log.debug({ err: error }, 'search/count-failed');
      })
      .finally(() => running.delete(ownerOf(call)));
  }
  return known?.count ?? 0;
}

/** Counts what is unread; nothing where a mailbox could not be searched. */
async function count(
  { deps, actor }: OpenCall,
  search: SavedSearch,
  prepare: (text: string) => Promise<Prepared>,
): Promise<number | undefined> {
  const { query, places, problem } = await prepare(search.text);
  if (problem) return 0;
  const unread = parseQuery('is:unread', { today: '2000-01-01' }).query;
  const all = [query, unread].filter((one) => one !== undefined);
  const stop = new AbortController();
  const cancel = deps.clock.after(COUNT_MS, () => stop.abort());
  let total = 0;
  let isWhole = true;
  const wanted = {
    criteria: { query: { kind: 'and', all } as const },
    mailboxes: places.paths,
    limit: 0,
  };
  await deps.mail.search(actor, wanted, {
    signal: stop.signal,
    onMailbox(one) {
      if ('total' in one) total += one.total;
      else isWhole = false;
    },
  });
  cancel();
  return isWhole && !stop.signal.aborted ? total : undefined;
}
