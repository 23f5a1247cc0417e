import { IcsError } from '../ics/types';
import type { Tables } from '../store/tables';
import { HOUR_MS } from '../time/days';
import { UTC } from '../time/zone';
import { nextRing } from './rings';

/** When objects next remind of themselves. */
export const ALARMS = 'calendar_alarms';

/** The clocks of the Earth are no further from UTC. */
export const EARLY_MS = 14 * HOUR_MS;

/** Keeps when an object that is written next rings; nothing is read of one without alarms. */
export async function noteAlarm(
  table: Tables,
  object: {
    readonly id: string;
    readonly site: string;
    readonly text: string;
    readonly now: number;
    /** No row of it is there: files bring thousands. */
    readonly isNew?: boolean;
  },
): Promise<void> {
  const { id, site, text, now, isNew = false } = object;
  if (!isNew) await table(ALARMS).where({ object_id: id }).delete();
  if (!/BEGIN:VALARM/i.test(text)) return;
  const next = nextAt(text, now - EARLY_MS, now);
  if (next !== undefined) await table(ALARMS).insert({ object_id: id, site, next_ms: next });
}

/** A moment before which nothing of it rings, wherever its reader is. */
function nextAt(text: string, after: number, now: number): number | undefined {
  try {
    const ring = nextRing(text, after, UTC);
    if (!ring) return undefined;
    return Math.max(ring.at - EARLY_MS, now);
  } catch (error) {
    // Taken as it came: what cannot be followed reminds nobody.
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}
