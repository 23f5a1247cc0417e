import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { readObject } from '../ics/object';
import { IcsError, type IcsReason } from '../ics/types';
import type { CalendarStore, Person, Refusal } from '../store';
import { type Broken, type Cut, cutCalendar } from './cut';

/** Why a part of a file was left out. */
export type Fault = IcsReason | Refusal | Broken['reason'] | 'uid-conflict' | 'denied';

export interface Report {
  readonly added: number;
  readonly updated: number;
  /** Equal to what is there. */
  readonly same: number;
  readonly faults: readonly {
    readonly line: number;
    readonly fault: Fault;
    readonly detail: string;
  }[];
  /** There was more than is taken at once. */
  readonly isCut: boolean;
}

/** Of one file; what is larger is brought in in parts. */
export const MAX_OBJECTS = 5_000;
const SHOWN_FAULTS = 200;
/** Objects of one transaction, which nobody else writes beside. */
const AT_ONCE = 50;
const HEAD = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Estafette//Calendar//EN\r\n';
const TAIL = 'END:VCALENDAR\r\n';
/** The loop is held no longer (ms). */
const HELD_MS = 20;

/** One event with what replaces its occurrences. */
interface Group {
  readonly line: number;
  readonly uid: string;
  readonly parts: string[];
}

/**
 * Brings what a file has into a calendar: an event that is there already, by its UID, is written over.
 * What cannot be read is told with its line, and the rest is brought in.
 */
export async function bringIn(
  store: CalendarStore,
  person: Person,
  input: { readonly calendar: string; readonly text: string; readonly maxBytes: number },
): Promise<Report> {
  const faults: Report['faults'][number][] = [];
  const tell = (line: number, fault: Fault, detail = ''): void => {
    if (faults.length < SHOWN_FAULTS) faults.push({ line, fault, detail });
  };
  const turn = createTurn();
  const { groups, zones, isCut } = await gathered(input, tell, turn);
  const uris = await urisOf(store, person, input.calendar);
  const counts = { added: 0, updated: 0, same: 0 };
  const all = [...groups.values()];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const objects = all.slice(at, at + AT_ONCE).flatMap((group) => {
      try {
        const text = objectOf(group, zones);
        const { uid } = readObject(text);
        const known = uris.get(uid);
        const uri = known?.uri ?? `${uriOf(uid)}.ics`;
        return [{ line: group.line, etag: known?.etag, uri, text }];
      } catch (error) {
        if (!(error instanceof IcsError)) throw error;
        tell(group.line, error.reason, error.detail);
        return [];
      }
    });
    await turn();
    const puts = await store.putAll(person, input.calendar, objects);
    for (const [index, put] of puts.entries()) {
      const { line = 0, etag } = objects[index] ?? {};
      if (put.kind === 'created') counts.added += 1;
      else if (put.kind === 'updated') counts[put.etag === etag ? 'same' : 'updated'] += 1;
      else tell(line, put.kind === 'refused' ? put.reason : 'uid-conflict');
    }
  }
  return { ...counts, faults, isCut };
}

/** Gives the loop a turn where it was held for a while. */
function createTurn(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < HELD_MS) return;
    await setImmediate();
    since = performance.now();
  };
}

async function gathered(
  { text, maxBytes }: { readonly text: string; readonly maxBytes: number },
  tell: (line: number, fault: Fault) => void,
  turn: () => Promise<void>,
) {
  const groups = new Map<string, Group>();
  const zones = new Map<string, string>();
  let isCut = false;
  for (const part of cutCalendar(text, maxBytes)) {
    await turn();
    if ('reason' in part) tell(part.line, part.reason);
    else if (part.kind === 'VTIMEZONE') {
      // Of two that have one name the first counts.
      if (part.name !== '' && !zones.has(part.name)) zones.set(part.name, part.text);
    } else {
      const key = part.name === '' ? `line ${part.line}` : part.name;
      const group = groups.get(key) ?? { line: part.line, uid: part.name, parts: [] };
      if (!groups.has(key) && groups.size >= MAX_OBJECTS) {
        isCut = true;
        break;
      }
      group.parts.push(named(part));
      groups.set(key, group);
    }
  }
  return { groups, zones, isCut };
}

/** With a UID: one that says what it is, so that the same file brought in twice is there once. */
function named({ name, text }: Cut): string {
  if (name !== '') return text;
  const uid = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return text.replace('\r\n', `\r\nUID:${uid}@estafette\r\n`);
}

function objectOf({ parts }: Group, zones: ReadonlyMap<string, string>): string {
  const body = parts.join('');
  const names = new Set([...body.matchAll(/;TZID="?([^":;\r\n]+)"?/gi)].map(([, name]) => name));
  const used = [...names].flatMap((name) => zones.get(name ?? '') ?? []);
  return HEAD + used.join('') + body + TAIL;
}

/** What is there already, by UID. */
async function urisOf(
  store: CalendarStore,
  person: Person,
  calendar: string,
): Promise<ReadonlyMap<string, { readonly uri: string; readonly etag: string }>> {
  const uris = new Map<string, { uri: string; etag: string }>();
  for await (const rows of store.rows(person, calendar))
    for (const { uid, uri, etag } of rows) uris.set(uid, { uri, etag });
  return uris;
}

/** A name for programs: never what somebody wrote. */
const uriOf = (uid: string): string =>
  createHash('sha256').update(uid).digest('base64url').slice(0, 24);
