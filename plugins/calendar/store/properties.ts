import { canWrite, placeOf, placesOf } from './places';
import { PROPERTIES, type Tables } from './tables';
import type { Person } from './types';

/** What programs said of the calendars that a person reaches, by `Calendar.id`. */
export async function listProperties(
  table: Tables,
  person: Person,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const places = await placesOf(table, person);
  const rows: { calendar_key: number; name: string; value: string }[] = await table(PROPERTIES)
    .whereIn(
      'calendar_key',
      places.map(({ key }) => key),
    )
    .select('calendar_key', 'name', 'value');
  return new Map(
    places.map(({ key, id }) => {
      const own = rows.filter((row) => row.calendar_key === key);
      return [id, new Map(own.map(({ name, value }) => [name, value]))];
    }),
  );
}

/** Keeps what a program says of a calendar; `undefined` takes it back. */
export async function keepProperties(
  table: Tables,
  person: Person,
  calendar: string,
  values: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  const place = await placeOf(table, person, calendar);
  // Words of a calendar are its owner's, whoever else may write in it.
  if (!place?.isOwn || !canWrite(place)) return;
  for (const [name, value] of values) {
    const own = { calendar_key: place.key, name };
    if (value === undefined) await table(PROPERTIES).where(own).delete();
    else
      await table(PROPERTIES)
        .insert({ ...own, value })
        .onConflict(['calendar_key', 'name'])
        .merge();
  }
}
