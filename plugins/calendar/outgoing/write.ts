import { IcsError } from '../ics';
import {
  type Component,
  parseCalendar,
  propertyOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';
import { writtenOf } from '../ics/times';
import type { Tables } from '../store/tables';
import { restoreObject } from '../store/trash';
import type { CalendarStore, Person, Put, Telling } from '../store/types';
import { findObject } from '../store/walk';
import { type Limits, type PutInput, removeObject, writeObject } from '../store/write';
import { keepOutgoing } from './table';

interface Told {
  readonly now: number;
}

/** What people are written of cannot be read: nothing is mailed, and the write is as it was. */
async function keep(
  table: Tables,
  person: Person,
  change: {
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly telling: Telling;
    readonly now: number;
  },
): Promise<void> {
  try {
    await keepOutgoing(table, person, change);
  } catch (error) {
    if (!(error instanceof IcsError)) throw error;
  }
}

/** Writes an object, and what is to be mailed for it: one transaction for both. */
export async function putTold(
  table: Tables,
  person: Person,
  { now, ...input }: PutInput & Told & { readonly calendar: string },
): Promise<Put> {
  const { telling } = input.when;
  if (!telling) return await writeObject(table, person, input);
  const before = (await findObject(table, person, input))?.text;
  const put = await writeObject(table, person, input);
  if (put.kind === 'created' || put.kind === 'updated')
    await keep(table, person, { before, after: input.text, telling, now });
  return put;
}

/** An object to the trash, and what is off to those who were asked to it. */
export async function removeTold(
  table: Tables,
  person: Person,
  {
    calendar,
    uri,
    when,
    at,
    now,
  }: Told & {
    readonly calendar: string;
    readonly uri: string;
    readonly at: string;
    readonly when: {
      readonly ifMatch?: string | undefined;
      readonly telling?: Telling | undefined;
    };
  },
): Promise<'removed' | 'conflict' | 'missing' | 'rights'> {
  const { telling, ifMatch } = when;
  const before = telling && (await findObject(table, person, { calendar, uri }))?.text;
  const removed = await removeObject(table, person, { calendar, uri, ifMatch, at });
  if (removed === 'removed' && telling)
    await keep(table, person, { before, after: undefined, telling, now });
  return removed;
}

/** Back from the trash: those who were told that it is off are asked again. */
export async function restoreTold(
  table: Tables,
  person: Person,
  {
    now,
    telling,
    ...input
  }: Limits & Told & { readonly id: string; readonly telling?: Telling | undefined },
): ReturnType<CalendarStore['restore']> {
  if (!telling) return await restoreObject(table, person, input);
  let after: string | undefined;
  const textOf = (text: string): string => {
    after = renewed(text, now);
    return after;
  };
  const restored = await restoreObject(table, person, { ...input, textOf });
  if (restored.kind === 'restored')
    await keep(table, person, { before: undefined, after, telling, now });
  return restored;
}

/** Numbers higher than those of what said that it is off: others would take it for old (RFC 5546 §2.1.5). */
function renewed(text: string, now: number): string {
  try {
    const [name, properties, components] = parseCalendar(text);
    const stamp = writtenOf(now - (now % 1_000), { isUtc: true });
    const next = components.map((part): Component => {
      if (part[0] !== 'vevent' || !propertyOf(part, 'attendee')) return part;
      const value = propertyOf(part, 'sequence')?.[3];
      const sequence = (typeof value === 'number' ? value : 0) + 2;
      const numbered = withProperty(part, 'sequence', ['sequence', {}, 'integer', sequence]);
      return withProperty(numbered, 'dtstamp', ['dtstamp', {}, 'date-time', stamp]);
    });
    return writeCalendar([name, properties, next]);
  } catch (error) {
    if (error instanceof IcsError) return text;
    throw error;
  }
}
