import { keepStep } from './merge';
import { canWrite, placesOf } from './places';
import { CARDS, type CardTableRow, chunksOf, type Tables } from './tables';
import { trashOne } from './trash';
import type { Person, RemovedAll } from './types';

/** Cards are held so many at a time: a group, or a photograph, may take a megabyte. */
const AT_ONCE = 20;

/** Cards to the trash together; those of books that one may only read stay. */
export async function removeCardRows(
  table: Tables,
  person: Person,
  { ids, at }: { readonly ids: readonly string[]; readonly at: string },
): Promise<RemovedAll> {
  const places = (await placesOf(table, person)).filter(canWrite);
  const trashed: string[] = [];
  for (const some of chunksOf(ids, AT_ONCE)) {
    const rows: CardTableRow[] = await table(CARDS).whereIn('id', some);
    for (const row of rows) {
      const place = places.find(({ key }) => key === row.book_key);
      if (!place) continue;
      await trashOne(table, place, row, { site: person.site, at });
      trashed.push(row.id);
    }
  }
  const undo = trashed.length === 0 ? '' : await keepStep(table, person, { trashed }, at);
  return { ids: trashed, undo };
}
