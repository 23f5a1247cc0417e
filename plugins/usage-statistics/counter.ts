import { randomUUID } from 'node:crypto';
import type { HandlerScope, PluginContext } from 'estafette/plugin';
import { dayAt } from './calendar';
import { today, type UsageConfig } from './config';
import { addDays } from './days';
import { createTally, type Kind } from './tally';

const WRITE_MS = 60_000;
const CHOICES_MAX = 20_000;
const CHOICE_S = 60;

type Context = PluginContext<UsageConfig>;

/** What a running plugin counts with. */
export interface Counter {
  /** Counts something that somebody did, unless they asked not to be; never fails. */
  count(scope: HandlerScope, kind: Kind, user: number | undefined): Promise<void>;
  /** What somebody just chose. */
  chose(scope: HandlerScope, user: number, isCounted: boolean): void;
  /** Writes what was counted. */
  write(): Promise<void>;
  /** Stops the writing every minute; what was counted is written a last time. */
  close(): Promise<void>;
}

export function createCounter(context: Context): Counter {
  const run = randomUUID();
  const tally = createTally();
  const choices = context.cache<boolean>('choices', { max: CHOICES_MAX, ttlS: CHOICE_S });
  let writing: Promise<void> = Promise.resolve();

  async function isCounted({ site, groups }: HandlerScope, user: number): Promise<boolean> {
    const known = choices.get(site, user, 'counted');
    if (known !== undefined) return known;
    const { counted } = await context.settings({ site, groups }, user);
    choices.set(site, user, 'counted', counted !== false);
    return counted !== false;
  }

  async function writeNow(): Promise<void> {
    const taken = tally.take();
    try {
      await addDays(context.db, run, taken);
    } catch (error) {
      tally.giveBack(taken);
      throw error;
    }
    const now = context.clock.now();
    // Whatever their time zones, sites are in one of these days.
    tally.keepOnly(new Set([-1, 0, 1].map((half) => dayAt(now + half * 43_200_000, 'UTC'))));
  }

  // One at a time: two at once would both add to the row that they have read.
  const write = (): Promise<void> => {
    const next = writing.then(writeNow);
    writing = next.catch(() => {});
    return next;
  };
  const stop = context.clock.every(WRITE_MS, () => {
    write().catch((error: unknown) =>
      context.log.warn({ err: error }, 'usage-statistics/not-written'),
    );
  });

  return {
    async count(scope, kind, user) {
      try {
        if (user === undefined || !(await isCounted(scope, user))) return;
        tally.add({ site: scope.site, day: today(context, scope) }, kind, user);
      } catch (error) {
        context.log.warn({ err: error }, 'usage-statistics/not-counted');
      }
    },
    chose({ site }, user, chosen) {
      choices.set(site, user, 'counted', chosen);
    },
    write,
    async close() {
      stop();
      await write();
    },
  };
}
