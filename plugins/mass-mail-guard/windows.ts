import type { MassConfig } from './config';

const MINUTE_MS = 60_000;
/** Nothing older counts. */
export const LONGEST_MS = 600 * MINUTE_MS;

/** A sending that counts: to how many, and when. */
export interface Counted {
  readonly recipients: number;
  readonly at: number;
}

/** Why a sending is too many. */
export interface Exceeded {
  readonly window: '5-minutes' | 'hour' | '10-hours';
  readonly limit: number;
  readonly used: number;
  /** When it fits; `undefined`: it is more than the limit by itself. */
  readonly possibleAt: number | undefined;
}

/** The window that a sending to `count` recipients does not fit into, the one that lasts longest first. */
export function exceeded(
  config: Readonly<MassConfig>,
  before: readonly Counted[],
  count: number,
  now: number,
): Exceeded | undefined {
  const windows = [
    { window: '10-hours', limit: config.per10Hours, ms: LONGEST_MS },
    { window: 'hour', limit: config.perHour, ms: 60 * MINUTE_MS },
    { window: '5-minutes', limit: config.per5Minutes, ms: 5 * MINUTE_MS },
  ] as const;
  const found = windows.flatMap(({ window, limit, ms }) => {
    const inside = before.filter(({ at }) => at > now - ms);
    const used = inside.reduce((sum, { recipients }) => sum + recipients, 0);
    if (used + count <= limit) return [];
    return [{ window, limit, used, possibleAt: fitsAt(inside, { limit, ms, used, count }) }];
  });
  const never = found.find(({ possibleAt }) => possibleAt === undefined);
  return (
    never ?? found.toSorted((left, right) => (right.possibleAt ?? 0) - (left.possibleAt ?? 0))[0]
  );
}

/** When enough of what was sent has left the window. */
function fitsAt(
  inside: readonly Counted[],
  { limit, ms, used, count }: { limit: number; ms: number; used: number; count: number },
): number | undefined {
  if (count > limit) return undefined;
  let rest = used;
  for (const { recipients, at } of inside.toSorted((left, right) => left.at - right.at)) {
    rest -= recipients;
    if (rest + count <= limit) return at + ms;
  }
  return undefined;
}
