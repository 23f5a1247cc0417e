import { IcsError } from '../ics';
import { componentsOf, parseCalendar, propertyOf, textOf } from '../ics/jcal';
import { type Outcome, receive } from '../itip';
import type { Desk } from '../pages/common';
import { ownMails } from '../people/own';
import { type CalendarStore, createStore, type StoredObject } from '../store';
import type { Tables } from '../store/tables';
import { keepReceived, receivedOf } from './answers';
import { takenUnasked } from './unasked';

export type Teller = Pick<Desk, 'context' | 'person' | 't' | 'words' | 'zone'>;

/** What a message means to who opens it, and what was done of it. */
export interface Look {
  readonly outcome: Outcome;
  /** My copy, as it is now. */
  readonly existing: StoredObject | undefined;
  readonly uid: string;
  readonly sequence: number;
  /** The message changed my copy: just now, or when it was opened first. */
  readonly isApplied: boolean;
  readonly differences: Extract<Outcome, { kind: 'update' }>['differences'];
}

/** UID and SEQUENCE of a message; nothing of one that cannot be read. */
function headOf(text: string): { readonly uid: string; readonly sequence: number } {
  try {
    const part = componentsOf(parseCalendar(text), 'vevent')[0];
    const sequence = part && propertyOf(part, 'sequence')?.[3];
    return {
      uid: part ? textOf(part, 'uid').trim() : '',
      sequence: typeof sequence === 'number' ? sequence : 0,
    };
  } catch (error) {
    if (error instanceof IcsError) return { uid: '', sequence: 0 };
    throw error;
  }
}

/** What a message means, given what the person has; nothing is written. */
export async function lookAt(
  { context, person }: Pick<Teller, 'context' | 'person'>,
  message: { readonly text: string; readonly sender: string },
  store: CalendarStore = createStore(context),
): Promise<Look> {
  const { uid, sequence } = headOf(message.text);
  const [existing] = uid === '' ? [] : await store.objectsOfUid(person, uid);
  const outcome = receive(existing?.text, {
    ...message,
    own: ownMails(person),
    now: context.clock.now(),
  });
  const differences = 'differences' in outcome ? outcome.differences : [];
  return { outcome, existing, uid, sequence, isApplied: false, differences };
}

/**
 * The same for who opens the message: what the organiser changed of a meeting that is in the calendar,
 * and what attendees answered, is written at once, and nobody is told. A second opening changes nothing.
 */
export async function openMessage(
  teller: Pick<Teller, 'context' | 'person'>,
  message: { readonly text: string; readonly sender: string },
): Promise<Look> {
  const { context, person } = teller;
  const store = createStore(context);
  const look = await lookAt(teller, message, store);
  const table: Tables = (name) => context.db.table(name);
  const text = takenUnasked(look.outcome, look.existing?.text, {
    own: ownMails(person),
    sender: message.sender,
  });
  if (text === undefined) {
    if (look.outcome.kind !== 'same') return look;
    const differences = await receivedOf(table, person, message.text);
    return { ...look, differences, isApplied: differences.length > 0 };
  }
  const { existing } = look;
  if (!existing) return look;
  const put = await store.put(person, existing.calendar, existing.uri, text, {
    ifMatch: existing.etag,
  });
  // Read only, or changed meanwhile: the page says what the message is, and the next opening writes.
  if (put.kind !== 'updated') return look;
  await keepReceived(table, person, {
    text: message.text,
    differences: look.differences,
    now: context.clock.now(),
  });
  return { ...look, existing: { ...existing, text, etag: put.etag }, isApplied: true };
}
