import type { ShowAs } from '../ics';
import type { Context } from '../pages/common';
import { preferencesOf } from '../settings/values';
import { findOccurrences } from '../store/occurrences';
import { placesOf } from '../store/places';
import type { Tables } from '../store/tables';
import type { Person } from '../store/types';
import { DAY_MS } from '../time/days';
import { toUtc, type Zone } from '../time/zone';
import { type Busy, slotsOf, spanOf } from './slots';
import { APPOINTMENTS, type AppointmentRow, type BookingPage } from './types';

const FREE: ReadonlySet<ShowAs> = new Set(['free', 'telework']);
const SLOTS_MAX = 2_000;

/** Who receives, as the store knows them: their own calendars alone. */
export const ownerOf = ({ site, user, mail }: BookingPage): Person => ({
  site,
  user,
  mail,
  isAlone: true,
});

/** On whose clock the hours of a page are. */
export const zoneOfPage = async (context: Context, { site, user }: BookingPage): Promise<Zone> =>
  (await preferencesOf(context, site, user)).zone;

/** Times of the agent that are taken, and until when that is known. */
async function busyOf(
  table: Tables,
  page: BookingPage,
  zone: Zone,
  { from, to, object }: { readonly from: number; readonly to: number; readonly object: string },
): Promise<{ readonly busy: readonly Busy[]; readonly to: number }> {
  const owner = ownerOf(page);
  const { calendar, calendars } = page.said;
  const ids = (await placesOf(table, owner)).map(({ id }) => id);
  const counted =
    calendars.length === 0 ? ids : ids.filter((id) => id === calendar || calendars.includes(id));
  const { occurrences, isCut } = await findOccurrences(table, owner, {
    from,
    to,
    zone: zone.id,
    calendars: counted,
  });
  const busy = occurrences
    .filter((one) => !one.isCancelled && !FREE.has(one.showAs) && one.object !== object)
    .map(({ isAllDay, start, end }) =>
      isAllDay ? { start: toUtc(zone, start), end: toUtc(zone, end) } : { start, end },
    );
  // What is not known is not offered.
  return { busy, to: isCut ? Math.min(to, occurrences.at(-1)?.start ?? from) : to };
}

/**
 * Moments at which a page can be booked between two others: within its hours, when nothing else takes
 * place, and nobody is about to confirm. `without` is an appointment
 * that is being moved or confirmed, and the object of its event.
 */
export async function freeOf(
  table: Tables,
  context: Context,
  page: BookingPage,
  {
    from,
    to,
    max = SLOTS_MAX,
    without = { id: '', object: '' },
  }: {
    readonly from: number;
    readonly to: number;
    readonly max?: number;
    readonly without?: { readonly id: string; readonly object: string } | undefined;
  },
): Promise<readonly number[]> {
  const now = context.clock.now();
  const zone = await zoneOfPage(context, page);
  const span = spanOf(page.said, now);
  const [first, last] = [Math.max(from, span.from), Math.min(to, span.to)];
  if (first >= last) return [];
  // A whole day on both sides: pauses, and the count of a day, look further.
  const around = { from: first - DAY_MS, to: last + DAY_MS };
  const known = await busyOf(table, page, zone, { ...around, object: without.object });
  const rows: readonly AppointmentRow[] = await table(APPOINTMENTS)
    .where({ site: page.site, user_id: page.user })
    .where('end_ms', '>', around.from)
    .where('start_ms', '<', around.to)
    .whereIn('state', ['held', 'booked'])
    .whereNot({ id: without.id })
    .select();
  const live = rows.filter(({ state, until_ms: until }) => state === 'booked' || until > now);
  const held = live
    .filter(({ state }) => state === 'held')
    .map(({ start_ms: start, end_ms: end }) => ({ start: Number(start), end: Number(end) }));
  return slotsOf({
    said: page.said,
    region: context.config(page.site).region,
    zone,
    now,
    from: first,
    to: Math.min(last, known.to),
    busy: [...known.busy, ...held],
    booked: live.filter((row) => row.page_id === page.id).map((row) => Number(row.start_ms)),
    max,
  });
}
