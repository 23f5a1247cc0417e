import { IcsError } from '../ics/types';
import { placesOf } from '../store/places';
import { isPartial } from '../store/rights';
import { OBJECTS, type Tables } from '../store/tables';
import type { Person } from '../store/types';
import { type TaskFacts, taskFacts } from './facts';

/** A list is for working with: more tasks than these are not read. */
const TASKS_MAX = 5_000;

/** A task of a list. */
export interface Task extends TaskFacts {
  readonly id: string;
  readonly uid: string;
  readonly etag: string;
  /** `Calendar.id`. */
  readonly calendar: string;
  readonly summary: string;
}

interface TaskRow {
  readonly id: string;
  readonly uid: string;
  readonly etag: string;
  readonly calendar_key: number;
  readonly summary: string;
  readonly todo: string | null;
}

/** Tasks of the calendars of which a person reads everything. */
export async function tasksOf(
  table: Tables,
  person: Person,
): Promise<{ readonly tasks: readonly Task[]; readonly isCut: boolean }> {
  const places = (await placesOf(table, person)).filter((place) => !isPartial(place));
  const ids = new Map(places.map(({ key, id }) => [key, id]));
  const rows: TaskRow[] = await table(OBJECTS)
    .whereIn('calendar_key', [...ids.keys()])
    .where({ component: 'VTODO' })
    .limit(TASKS_MAX + 1)
    .select('id', 'uid', 'etag', 'calendar_key', 'summary', 'todo');
  const kept = rows.slice(0, TASKS_MAX);
  const older = await factsOfOlder(table, kept);
  return {
    isCut: rows.length > TASKS_MAX,
    tasks: kept.flatMap(({ todo, calendar_key, ...row }) => {
      const facts = todo === null ? older.get(row.id) : readTodo(todo);
      return facts ? [{ ...row, ...facts, calendar: ids.get(calendar_key) ?? '' }] : [];
    }),
  };
}

// Written by `digestOf` alone.
const readTodo = (todo: string): TaskFacts => JSON.parse(todo) as TaskFacts;

/** Tasks that were there before lists were: read once, and kept. */
async function factsOfOlder(
  table: Tables,
  rows: readonly TaskRow[],
): Promise<ReadonlyMap<string, TaskFacts>> {
  const found = new Map<string, TaskFacts>();
  const lacking = rows.filter(({ todo }) => todo === null).slice(0, 200);
  if (lacking.length === 0) return found;
  const texts: { id: string; etag: string; text: string }[] = await table(OBJECTS)
    .whereIn(
      'id',
      lacking.map(({ id }) => id),
    )
    .select('id', 'etag', 'text');
  for (const { id, etag, text } of texts) {
    const facts = factsIn(text);
    if (!facts) continue;
    found.set(id, facts);
    await table(OBJECTS)
      .where({ id, etag })
      .update({ todo: JSON.stringify(facts) });
  }
  return found;
}

function factsIn(text: string): TaskFacts | undefined {
  try {
    return taskFacts(text);
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}
