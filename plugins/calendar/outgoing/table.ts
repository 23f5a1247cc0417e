import { createHash } from 'node:crypto';
import {
  type Component,
  componentsOf,
  type Property,
  parseCalendar,
  propertiesOf,
  propertyOf,
  textOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';
import { METHODS, type Method } from '../itip/types';
import { mailIn, peopleOf } from '../people/attendees';
import { ownMails } from '../people/own';
import type { Tables } from '../store/tables';
import type { Person, Telling } from '../store/types';
import { changesFor, type ItipMessage } from './changes';
import { speakerOf } from './speaker';

export const OUTGOING = 'calendar_outgoing';

/** One mail has no more recipients. */
const TO_MAX = 100;

/**
 * `waiting`: to be mailed. `sending`: somebody is at it, or was when a process stopped. `sent`. `draft`:
 * a plugin asks the person, who finds a draft. `failed`: refused, the person may try again. `unknown`:
 * it may have left.
 */
export type OutgoingState = 'waiting' | 'sending' | 'sent' | 'draft' | 'failed' | 'unknown';

export interface OutgoingRow {
  readonly id: string;
  readonly site: string;
  readonly user_id: number;
  readonly organiser: string;
  readonly organiser_name: string;
  readonly uid: string;
  readonly method: Method;
  readonly recipients: string;
  readonly text: string;
  readonly note: string;
  readonly is_update: number;
  readonly state: OutgoingState;
  readonly via: string;
  readonly tries: number;
  readonly why: string;
  readonly draft: string;
  readonly next_ms: number;
  readonly held_ms: number;
  readonly made_ms: number;
}

/** Of everything that makes it another mail (RFC 5546 §2.1.5: UID, SEQUENCE, RECURRENCE-ID), and to whom. */
function idOf(message: ItipMessage, uid: string, person: Person): string {
  const events = componentsOf(parseCalendar(message.text), 'vevent');
  const what = events.map((part) => [
    propertyOf(part, 'sequence')?.[3] ?? 0,
    textOf(part, 'recurrence-id'),
    textOf(part, 'dtstamp'),
  ]);
  const mails = message.to.map(({ mail }) => mail).sort();
  return createHash('sha256')
    .update(JSON.stringify([person.site, person.user, message.method, uid, what, mails]))
    .digest('base64url');
}

/** Whose hand it is, where somebody writes for the organiser (SENT-BY, RFC 5545 §3.2.18). */
function sentBy(message: ItipMessage, person: Person): ItipMessage {
  const own = ownMails(person);
  const [writer = ''] = own;
  const [name, properties, parts] = parseCalendar(message.text);
  const next = parts.map((part): Component => {
    const organiser = part[0] === 'vevent' ? propertyOf(part, 'organizer') : undefined;
    if (!organiser) return part;
    const { 'sent-by': _before, ...params } = organiser[1];
    const isOwn = own.includes(mailIn(organiser) ?? '') || writer === '';
    const signed = isOwn ? params : { ...params, 'sent-by': `mailto:${writer}` };
    const [, , type, ...values] = organiser;
    return withProperty(part, 'organizer', ['organizer', signed, type, ...values] as Property);
  });
  return { ...message, text: writeCalendar([name, properties, next]) };
}

/**
 * Writes down what must be mailed for a change, in the transaction that makes the change: either both
 * are there, or neither is.
 */
export async function keepOutgoing(
  table: Tables,
  person: Person,
  change: {
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly telling: Telling;
    readonly now: number;
  },
): Promise<readonly ItipMessage[]> {
  const { before, after, telling, now } = change;
  if (telling.isSilent === true) return [];
  const messages = changesFor(before, after, telling.organisers).map((message) =>
    sentBy(message, person),
  );
  for (const message of messages) {
    const part = componentsOf(parseCalendar(message.text), 'vevent')[0];
    if (!part) continue;
    const uid = textOf(part, 'uid').trim();
    const organiser = peopleOf(part).organiser;
    for (let at = 0; at < message.to.length; at += TO_MAX) {
      const some = { ...message, to: message.to.slice(at, at + TO_MAX) };
      await table(OUTGOING)
        .insert({
          id: idOf(some, uid, person),
          site: person.site,
          user_id: person.user,
          organiser: organiser?.mail ?? telling.organisers[0] ?? person.mail,
          organiser_name: organiser?.name ?? '',
          uid,
          method: message.method,
          recipients: JSON.stringify(some.to),
          text: message.text,
          note: telling.note ?? '',
          is_update: message.isUpdate,
          state: 'waiting',
          made_ms: now,
        })
        .onConflict('id')
        .ignore();
    }
  }
  return messages;
}

/**
 * Writes down answers to who organises, in the transaction that keeps them. The same answer to another
 * version of the meeting is another mail: `version` is what was there before.
 */
export async function keepMails(
  table: Tables,
  person: Person,
  {
    telling,
    now,
    version,
  }: { readonly telling: Telling; readonly now: number; readonly version: string },
): Promise<void> {
  const own = ownMails(person);
  const [writer = ''] = own;
  for (const message of telling.mails ?? []) {
    const { method, to, text: given } = message;
    const speaker = speakerOf(message, telling.organisers) ?? writer;
    const text = own.includes(speaker) ? given : spokenFor(given, speaker, writer);
    const part = componentsOf(parseCalendar(text), 'vevent')[0];
    const known = METHODS.find((one) => one === method);
    if (!part || !known) continue;
    const uid = textOf(part, 'uid').trim();
    const said = [propertyOf(part, 'recurrence-id'), propertiesOf(part, 'attendee'), method];
    const name = [person.site, person.user, uid, said, to.map(({ mail }) => mail), version];
    await table(OUTGOING)
      .insert({
        id: createHash('sha256').update(JSON.stringify(name)).digest('base64url'),
        site: person.site,
        user_id: person.user,
        // Answers to an answer come back to who gives it.
        organiser: speaker,
        organiser_name: '',
        uid,
        method: known,
        recipients: JSON.stringify(to),
        text,
        note: telling.note ?? '',
        is_update: false,
        state: 'waiting',
        made_ms: now,
      })
      .onConflict('id')
      .ignore();
  }
}

/** Whose hand it is, where somebody answers for another (SENT-BY, RFC 5545 §3.2.18). */
function spokenFor(text: string, speaker: string, writer: string): string {
  const [name, properties, parts] = parseCalendar(text);
  const next = parts.map(
    (part): Component => [
      part[0],
      part[1].map((property) =>
        part[0] === 'vevent' && property[0] === 'attendee' && mailIn(property) === speaker
          ? ([
              'attendee',
              { ...property[1], 'sent-by': `mailto:${writer}` },
              ...property.slice(2),
            ] as unknown as Property)
          : property,
      ),
      part[2],
    ],
  );
  return writeCalendar([name, properties, next]);
}

/** What of an event has not left, the latest first. */
export async function unsentOf(
  table: Tables,
  person: Person,
  uid: string,
): Promise<readonly OutgoingRow[]> {
  return await table(OUTGOING)
    .where({ site: person.site, user_id: person.user, uid })
    .whereNot({ state: 'sent' })
    .orderBy('made_ms', 'desc')
    .limit(20)
    .select();
}

/** Mails that were refused are tried again. */
export async function retryOutgoing(table: Tables, person: Person, uid: string): Promise<number> {
  return await table(OUTGOING)
    .where({ site: person.site, user_id: person.user, uid })
    .whereIn('state', ['failed', 'waiting'])
    .update({ state: 'waiting', next_ms: 0, why: '' });
}

/** What was sent long ago is of no use. */
export const forgetOutgoing = async (
  table: Tables,
  site: string,
  before: number,
): Promise<number> => await table(OUTGOING).where({ site }).where('made_ms', '<', before).delete();

export const eraseOutgoing = async (table: Tables, user: number): Promise<void> => {
  await table(OUTGOING).where({ user_id: user }).delete();
};
