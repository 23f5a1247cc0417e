import { type EventForm, fieldsOf, IcsError } from '../ics';
import type { Calendar, StoredObject } from '../store';
import { type Desk, hrefOf, isWritable } from './common';

/** An event that a page is about. */
export interface Opened extends EventForm {
  readonly stored: StoredObject;
  readonly calendar: Calendar;
  /** Which occurrence; `''` for the whole of it. */
  readonly at: string;
}

const AT = /^\d{8}(?:T\d{6})?$/;

/** The event of an address or a form, where the person reaches it and it is there. */
export async function openEvent(
  { store, person, calendars }: Desk,
  { id = '', at = '' }: Readonly<Record<string, string>>,
): Promise<Opened | undefined> {
  if (id === '' || (at !== '' && !AT.test(at))) return undefined;
  const stored = await store.objectById(person, id);
  const calendar = calendars.find((one) => one.id === stored?.calendar);
  if (!stored || !calendar || stored.component !== 'VEVENT') return undefined;
  try {
    const form = fieldsOf(stored.text, at);
    return form && { ...form, stored, calendar, at };
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

/** Whether a person may change an event that they see. */
export const mayChange = ({ calendar, stored }: Pick<Opened, 'calendar' | 'stored'>): boolean =>
  isWritable(calendar) && stored.isMasked !== true;

/** The page of an event. */
export const eventHref = (
  { context }: Pick<Desk, 'context'>,
  id: string,
  query: Readonly<Record<string, string>> = {},
): string => hrefOf(context, 'event', { id, ...query });
