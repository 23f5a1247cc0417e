import type { PersonRef, SiteId } from 'estafette/plugin';
import type { ShowAs, Visibility } from '../ics/types';
import type { Moved, Moving } from './move';

/** Whose calendars: a site and a person are part of every question. */
export interface Person {
  readonly site: SiteId;
  readonly user: number;
  readonly mail: string;
  /** Other addresses at which they are asked, in lower case: aliases, mailboxes that they share. */
  readonly mails?: readonly string[] | undefined;
  /** Groups of the site that they belong to: calendars are shared with these too. */
  readonly groups?: readonly string[] | undefined;
  /** Calendars of others are left out. */
  readonly isAlone?: boolean | undefined;
  /** Their handle while they are there, so that hooks are those of the plugins that they have. */
  readonly as?: PersonRef | undefined;
}

/** When somebody is busy; reading; new events and changes; deletions; the calendar itself. Each has those before it. */
export type Rights = 'free' | 'read' | 'write' | 'delete' | 'manage';

/** Names of colours of the skin, never colours: each skin has its own, light and dark. */
export const COLOURS = ['teal', 'blue', 'amber', 'red', 'violet', 'green', 'grey'] as const;
export type Colour = (typeof COLOURS)[number];

export interface Calendar {
  readonly id: string;
  readonly title: string;
  readonly colour: Colour;
  /** Whether its events are drawn. */
  readonly isShown: boolean;
  readonly rights: Rights;
  readonly isOwn: boolean;
  /** Private events are read as well. */
  readonly seesPrivate: boolean;
  /** Address of who shares it; `''` for one's own. */
  readonly owner: string;
  readonly syncToken: number;
  /** What its tokens count in: they say nothing of a calendar of the same id that was before it. */
  readonly life: string;
}

/** Components that can be alone in an object (RFC 4791 §4.1). */
export type ComponentName = 'VEVENT' | 'VTODO' | 'VJOURNAL';

/** A calendar object resource (RFC 4791 §4.1) without its text, and how long that is. */
export interface ObjectRow {
  readonly id: string;
  /** `Calendar.id`. */
  readonly calendar: string;
  readonly uri: string;
  readonly uid: string;
  /** Quoted, strong (RFC 9110 8.8.3). */
  readonly etag: string;
  readonly component: ComponentName;
  readonly summary: string;
  readonly updatedAt: string;
  readonly bytes: number;
}

export interface StoredObject extends ObjectRow {
  readonly text: string;
  /** Some of it is not told: it is not for this person to change. */
  readonly isMasked?: boolean;
}

/** One time at which an event takes place. */
export interface Occurrence {
  /** `ObjectRow.id`. */
  readonly object: string;
  /** `ObjectRow.etag`: the version that was read. */
  readonly etag: string;
  /** `Calendar.id`. */
  readonly calendar: string;
  /** Which one of an event that repeats: its first planned start, `20261123T090000` or `20261123`; else `''`. */
  readonly recurrence: string;
  readonly isAllDay: boolean;
  /** Moments in milliseconds, the end exclusive; of whole days the midnights that UTC would show. */
  readonly start: number;
  readonly end: number;
  readonly summary: string;
  readonly location: string;
  readonly showAs: ShowAs;
  readonly visibility: Visibility;
  readonly isCancelled: boolean;
  readonly isRecurring: boolean;
  readonly hasAlarm: boolean;
  /** It is not told what it is. */
  readonly isMasked?: boolean;
}

export interface Window {
  /** Moments in milliseconds; `to` is outside. */
  readonly from: number;
  readonly to: number;
  /** IANA name: where whole days and times without zone are. */
  readonly zone: string;
  /** `Calendar.id`s; all that are reached without it. */
  readonly calendars?: readonly string[] | undefined;
  /** Words of the title, place or notes. */
  readonly text?: string | undefined;
  /** 5,000 at most. */
  readonly limit?: number | undefined;
}

export interface Found {
  /** By start. */
  readonly occurrences: readonly Occurrence[];
  /** There are more. */
  readonly isCut: boolean;
}

/** Which objects of a calendar are gone through; all without anything. */
export interface Walk {
  readonly uris?: readonly string[] | undefined;
  /** Those that may take place in a window: more may be given, never fewer (milliseconds). */
  readonly between?: { readonly from: number; readonly to: number } | undefined;
  readonly component?: ComponentName | undefined;
}

/** A message to be mailed with a write (RFC 5546). */
export interface TellingMail {
  readonly method: string;
  readonly to: readonly { readonly mail: string; readonly name: string }[];
  /** A VCALENDAR with METHOD. */
  readonly text: string;
}

/** That a write is to be told to those who are asked to it. */
export interface Telling {
  /** Addresses in whose name it is written. */
  readonly organisers: readonly string[];
  /** Words of the organiser's beside it. */
  readonly note?: string | undefined;
  /** Nothing is mailed; rooms are still booked and freed. */
  readonly isSilent?: boolean | undefined;
  /** UIDs that count as the same event for rooms: the other half of a series that is split. */
  readonly except?: readonly string[] | undefined;
  /** Rooms that are taken decline, as they do to a program; else nothing is written. */
  readonly isDeclined?: boolean | undefined;
  /** What is mailed in place of what the change calls for: answers to who organises. Rooms are left as they are. */
  readonly mails?: readonly TellingMail[] | undefined;
  /** Of a removal: what the trash has in place of what is there. */
  readonly left?: string | undefined;
}

/** When a write is made; `ifMatch` is an entity tag, or `*` for whatever is there. */
export interface When {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: boolean | undefined;
  /** Those who are asked to it are written to; nobody is without it. */
  readonly telling?: Telling | undefined;
}

/** A series that is split: what is left of it, and what it becomes from a day on. */
export interface Split {
  /** Of the series. */
  readonly uid: string;
  readonly uri: string;
  /** What is left of it. */
  readonly text: string;
  readonly ifMatch: string;
  readonly rest: { readonly uri: string; readonly text: string };
  readonly telling?: Telling | undefined;
}

export type Refusal =
  /** No such calendar for this person. */
  | 'missing'
  /** They may read it only. */
  | 'rights'
  /** Not a calendar object that can be read. */
  | 'not-an-object'
  | 'too-large'
  /** The calendar holds as many objects as it may. */
  | 'full'
  /** The owner keeps as much as they may. */
  | 'quota'
  /** Somebody else has a room that it asks. */
  | 'room'
  /** Who writes it would not be able to read it. */
  | 'private'
  | 'uri';

export type Put =
  | { readonly kind: 'created' | 'updated'; readonly etag: string; readonly id: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'uid-conflict'; readonly uri: string }
  | {
      readonly kind: 'refused';
      readonly reason: Refusal;
      /** Rooms that somebody else has; moments at which they do, of what repeats. */
      readonly taken?: readonly { readonly title: string; readonly times: readonly number[] }[];
    };

export interface Changes {
  readonly token: number;
  readonly changed: readonly { readonly uri: string; readonly etag: string }[];
  readonly removed: readonly string[];
}

export interface TrashedObject {
  readonly id: string;
  readonly summary: string;
  readonly calendar: string;
  readonly removedAt: string;
}

export type Created =
  | { readonly kind: 'created'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: 'full' | 'title' | 'id' | 'taken' };

export interface CalendarChange {
  readonly title?: string | undefined;
  readonly colour?: Colour | undefined;
  readonly isShown?: boolean | undefined;
}

export interface CalendarStore {
  /** The person's own calendars, then those of others. The first is made when there is none. */
  calendars(person: Person): Promise<readonly Calendar[]>;
  /** How many objects each holds, by `Calendar.id`: costs what they hold. */
  counts(person: Person): Promise<ReadonlyMap<string, number>>;
  /** A client may choose its id (MKCALENDAR). */
  createCalendar(
    person: Person,
    calendar: {
      readonly title: string;
      readonly colour?: Colour | undefined;
      readonly id?: string | undefined;
    },
  ): Promise<Created>;
  changeCalendar(
    person: Person,
    calendar: string,
    change: CalendarChange,
  ): Promise<'changed' | 'missing' | 'rights' | 'title'>;
  /** What programs said of calendars, by `Calendar.id`. */
  properties(person: Person): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  /** Keeps such words of one's own calendar; `undefined` takes one back. Who calls bounds them. */
  keepProperties(
    person: Person,
    calendar: string,
    values: ReadonlyMap<string, string | undefined>,
  ): Promise<void>;
  /** One's own; its objects are in the trash. */
  removeCalendar(person: Person, calendar: string): Promise<'removed' | 'missing' | 'rights'>;

  /** What takes place in a window, expanded. */
  occurrences(person: Person, window: Window): Promise<Found>;
  /** Objects of a calendar by `uri`, a few at a time, with a turn of the loop between. */
  objects(person: Person, calendar: string, which?: Walk): AsyncIterable<readonly StoredObject[]>;
  /** The same without their texts. */
  rows(person: Person, calendar: string, which?: Walk): AsyncIterable<readonly ObjectRow[]>;
  object(person: Person, calendar: string, uri: string): Promise<StoredObject | undefined>;
  objectById(person: Person, id: string): Promise<StoredObject | undefined>;
  /** Where a person's own calendars have an object of a UID: one of each, those that are written first. */
  objectsOfUid(person: Person, uid: string): Promise<readonly StoredObject[]>;
  put(person: Person, calendar: string, uri: string, text: string, when?: When): Promise<Put>;
  /**
   * A series that becomes two: what is before the change, and what is from it on, both or neither.
   * Answers of the second (`created`), or why one of them could not be written.
   */
  split(person: Person, calendar: string, parts: Split): Promise<Put>;
  /** The same for many, in one transaction: outcomes in their order. */
  putAll(
    person: Person,
    calendar: string,
    objects: readonly { readonly uri: string; readonly text: string }[],
  ): Promise<readonly Put[]>;
  /** To another name, or another calendar of the same owner; a copy leaves it where it is. */
  move(person: Person, moving: Moving): Promise<Moved>;
  /** To the trash. */
  remove(
    person: Person,
    calendar: string,
    uri: string,
    when?: {
      readonly ifMatch?: string | undefined;
      readonly telling?: Telling | undefined;
    },
  ): Promise<'removed' | 'conflict' | 'missing' | 'rights'>;
  /** `undefined`: the client must ask for everything (RFC 6578). */
  changesSince(person: Person, calendar: string, token: number): Promise<Changes | undefined>;

  trash(person: Person): Promise<readonly TrashedObject[]>;
  restore(
    person: Person,
    id: string,
    telling?: Telling,
  ): Promise<
    | { readonly kind: 'restored'; readonly id: string }
    | { readonly kind: 'missing' | 'full' | 'uid-conflict' }
  >;
  /** For good; all of them without an id. */
  purge(person: Person, id?: string): Promise<number>;
}
