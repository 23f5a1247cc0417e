import { createHmac, randomBytes } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';

export const KINDS = ['signIns', 'messagesRead', 'messagesSent', 'searches'] as const;
export type Kind = (typeof KINDS)[number];
export type Counts = Readonly<Record<Kind, number>>;

/** What a process has counted of a day. */
export interface DayCount {
  readonly site: SiteId;
  /** `2026-01-15`. */
  readonly day: string;
  /** Since the last time that they were taken. */
  readonly counts: Counts;
  /** Different people since the process started; an estimate beyond some thousands is not needed. */
  readonly people: number;
}

interface Day {
  readonly site: SiteId;
  readonly day: string;
  counts: Record<Kind, number>;
  /** Never written anywhere; with it go the means to tell who was counted. */
  readonly salt: Buffer;
  readonly people: Set<string>;
  isChanged: boolean;
}

const none = (): Record<Kind, number> => ({
  signIns: 0,
  messagesRead: 0,
  messagesSent: 0,
  searches: 0,
});

/** Counts in memory. People are known by a hash whose salt is made each day and never leaves it. */
export interface Tally {
  add(at: { readonly site: SiteId; readonly day: string }, kind: Kind, user: number): void;
  /** What has changed, to be written; counts start again at nothing. */
  take(): readonly DayCount[];
  /** Puts back what could not be written. */
  giveBack(days: readonly DayCount[]): void;
  /** Forgets the people of other days. */
  keepOnly(days: ReadonlySet<string>): void;
}

export function createTally(): Tally {
  const days = new Map<string, Day>();
  const dayOf = (site: SiteId, day: string): Day => {
    const key = `${site} ${day}`;
    const known = days.get(key);
    if (known) return known;
    const made: Day = {
      site,
      day,
      counts: none(),
      salt: randomBytes(32),
      people: new Set(),
      isChanged: false,
    };
    days.set(key, made);
    return made;
  };
  return {
    add({ site, day }, kind, user) {
      const at = dayOf(site, day);
      at.counts[kind] += 1;
      at.people.add(createHmac('sha256', at.salt).update(String(user)).digest('base64url'));
      at.isChanged = true;
    },
    take() {
      const changed = [...days.values()].filter(({ isChanged }) => isChanged);
      return changed.map((at) => {
        const { site, day, counts, people } = at;
        at.counts = none();
        at.isChanged = false;
        return { site, day, counts, people: people.size };
      });
    },
    giveBack(taken) {
      for (const { site, day, counts } of taken) {
        const at = dayOf(site, day);
        for (const kind of KINDS) at.counts[kind] += counts[kind];
        at.isChanged = true;
      }
    },
    keepOnly(kept) {
      for (const [key, { day, isChanged }] of days) {
        if (!kept.has(day) && !isChanged) days.delete(key);
      }
    },
  };
}
