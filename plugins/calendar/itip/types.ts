import type { Answer } from '../people/attendees';
import type { Difference } from './differences';
import type { Party } from './people';

/** METHOD (RFC 5546 §1.4). */
export const METHODS = [
  'PUBLISH',
  'REQUEST',
  'REPLY',
  'ADD',
  'CANCEL',
  'REFRESH',
  'COUNTER',
  'DECLINECOUNTER',
] as const;
export type Method = (typeof METHODS)[number];

/** A message to be mailed. */
export interface ItipMail {
  readonly method: Method;
  readonly to: readonly { readonly mail: string; readonly name: string }[];
  /** A VCALENDAR with METHOD. */
  readonly text: string;
}

/** Whether whoever sent a message is whom it says it is from. */
export type Trust =
  /** The one who organises, or the attendee who answers. */
  | 'self'
  /** Another, whom the message names as writing for them (SENT-BY). */
  | 'behalf'
  /** Another, of whom it says nothing: to be warned of, and never applied unasked. */
  | 'other'
  /** Another organiser than the copy has. */
  | 'changed';

export interface Invitation {
  /** What is kept in the calendar: without METHOD and without reminders of others. */
  readonly object: string;
  readonly organiser: Party | undefined;
  readonly trust: Trust;
  /** The address at which I am asked; undefined when the message was forwarded to me. */
  readonly me: string | undefined;
  readonly answer: Answer;
  /** Occurrences that the message is about; none for all of them. */
  readonly occurrences: readonly string[];
}

/** What a reply says of one meeting or one occurrence of it. */
export interface Replied {
  readonly attendee: Party;
  /** `''` for all occurrences. */
  readonly occurrence: string;
  readonly comment: string;
  readonly result:
    | 'applied'
    /** The same was known. */
    | 'same'
    /** An answer to another time, or older than the one that is known. */
    | 'out-of-date'
    /** Nobody asked them. */
    | 'crasher'
    /** The series has no such occurrence. */
    | 'unknown-occurrence';
}

/** How many gave which answer. */
export type Tally = Readonly<Record<Answer, number>> & { readonly total: number };

export type RefusedReason =
  /** No calendar that can be read. */
  | 'garbage'
  /** No event, or several of different names. */
  | 'content'
  /** A METHOD that is none. */
  | 'method'
  /** Of this occurrence and all that follow, in one message (RANGE). */
  | 'range'
  /** Nothing is known of the meeting that it is about. */
  | 'unknown'
  /** A reply that names nobody, or several. */
  | 'who'
  /** A reply to a meeting that somebody else organises. */
  | 'not-organiser';

/** What a message means for who receives it; nothing is stored or sent by finding out. */
export type Outcome =
  | ({ readonly kind: 'invitation' } & Invitation)
  | ({
      readonly kind: 'update';
      readonly differences: readonly Difference[];
      /** It takes place at another time, and my answer was taken back. */
      readonly asksAgain: boolean;
    } & Invitation)
  /** Known as it is. */
  | ({ readonly kind: 'same' } & Invitation)
  | { readonly kind: 'out-of-date'; readonly trust: Trust }
  /** What I sent to others myself. */
  | { readonly kind: 'own' }
  | {
      readonly kind: 'reply';
      readonly object: string;
      readonly isChanged: boolean;
      /** With those whom nobody asked; undefined when there are none. */
      readonly withCrashers: string | undefined;
      readonly replies: readonly Replied[];
      readonly trust: Trust;
      readonly tally: Tally;
    }
  | {
      readonly kind: 'counter';
      readonly attendee: Party;
      readonly occurrence: string;
      readonly comment: string;
      readonly differences: readonly Difference[];
      readonly isOutOfDate: boolean;
      /** The meeting as they wish it, everybody asked again; undefined where it cannot be made. */
      readonly object: string | undefined;
      /** What tells them that it stays (DECLINECOUNTER). */
      readonly decline: ItipMail;
      readonly trust: Trust;
    }
  | { readonly kind: 'counter-declined'; readonly comment: string; readonly trust: Trust }
  | {
      readonly kind: 'cancel';
      readonly scope: 'all' | 'occurrences' | 'unknown';
      readonly occurrences: readonly string[];
      readonly comment: string;
      readonly trust: Trust;
      /** The copy, marked as off; undefined for what is not known. */
      readonly kept: string | undefined;
      /** The copy without it; undefined when nothing of it is left. */
      readonly removed: string | undefined;
    }
  | {
      readonly kind: 'refresh';
      readonly from: Party;
      readonly trust: Trust;
      /** What they ask for; undefined for somebody who was never asked. */
      readonly message: ItipMail | undefined;
    }
  | {
      readonly kind: 'published';
      readonly object: string;
      readonly organiser: Party | undefined;
      readonly differences: readonly Difference[];
      readonly trust: Trust;
      readonly isKnown: boolean;
    }
  | { readonly kind: 'refused'; readonly reason: RefusedReason; readonly detail: string };
