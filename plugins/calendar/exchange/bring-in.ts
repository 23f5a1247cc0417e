import { createHash } from 'node:crypto';
import { readObject } from '../ics/object';
import { IcsError } from '../ics/types';
import type { CalendarStore, Person, Put } from '../store';
import { FAULTS_SHOWN, type Fault, type FaultyLine } from './fault';
import { createTurn, type Group, gather, objectOf } from './gather';
import { notesOf } from './notes';

export interface Counts {
  readonly added: number;
  readonly updated: number;
  /** Equal to what is there. */
  readonly same: number;
  readonly refused: number;
}

export interface Report extends Counts {
  readonly faults: readonly FaultyLine[];
  /** There was more than is taken at once. */
  readonly isCut: boolean;
}

/** Objects of one transaction, which nobody else writes beside. */
const AT_ONCE = 50;

/** What is there already, by UID. */
export type Known = Map<string, { readonly uri: string; readonly etag: string }>;

/** Reads what a calendar has, to write over it. */
export async function knownIn(
  store: CalendarStore,
  person: Person,
  calendar: string,
): Promise<Known> {
  const known: Known = new Map();
  for await (const rows of store.rows(person, calendar))
    for (const { uid, uri, etag } of rows) known.set(uid, { uri, etag });
  return known;
}

/**
 * Brings what a file has into a calendar at once: an event that is there already, by its UID, is
 * written over. What cannot be read is told with its line, and the rest is brought in. Large files are
 * brought in by `run`.
 */
export async function bringIn(
  store: CalendarStore,
  person: Person,
  input: { readonly calendar: string; readonly text: string; readonly maxBytes: number },
): Promise<Report> {
  const faults: FaultyLine[] = [];
  const tell = (line: number, fault: Fault): void => {
    faults.push({ line, fault, detail: '' });
  };
  const { groups, zones, isCut } = await gather(
    { text: input.text, maxChars: input.maxBytes },
    tell,
  );
  const known = await knownIn(store, person, input.calendar);
  const to = { person, calendar: input.calendar, known, zones };
  let counts: Counts = { added: 0, updated: 0, same: 0, refused: faults.length };
  for (let at = 0; at < groups.length; at += AT_ONCE) {
    const brought = await bringSome(store, to, groups.slice(at, at + AT_ONCE));
    counts = sumOf(counts, brought);
    faults.push(...brought.faults);
  }
  return { ...counts, faults: faults.slice(0, FAULTS_SHOWN), isCut };
}

export const sumOf = (a: Counts, b: Counts): Counts => ({
  added: a.added + b.added,
  updated: a.updated + b.updated,
  same: a.same + b.same,
  refused: a.refused + b.refused,
});

/** Brings in some of them, in one transaction. */
export async function bringSome(
  store: CalendarStore,
  to: {
    readonly person: Person;
    readonly calendar: string;
    readonly known: Known;
    readonly zones: ReadonlyMap<string, string>;
  },
  groups: readonly Group[],
): Promise<Counts & { readonly faults: readonly FaultyLine[] }> {
  const { person, calendar, known, zones } = to;
  const turn = createTurn();
  const faults: FaultyLine[] = [];
  const notes: FaultyLine[] = [];
  const objects: { line: number; file: string; uid: string; uri: string; text: string }[] = [];
  for (const group of groups) {
    try {
      const text = objectOf(group, zones);
      const { uid } = readObject(text);
      const uri = known.get(uid)?.uri ?? `${uriOf(uid)}.ics`;
      objects.push({ line: group.line, file: group.file ?? '', uid, uri, text });
      for (const note of notesOf(text)) notes.push({ line: group.line, ...note });
    } catch (error) {
      if (!(error instanceof IcsError)) throw error;
      const detail = [group.file ?? '', error.detail].filter(Boolean).join(' ');
      faults.push({ line: group.line, fault: error.reason, detail });
    }
    await turn();
  }
  const puts: Put[] = [...(await store.putAll(person, calendar, objects))];
  for (const [index, put] of puts.entries()) {
    // Somebody wrote it under another name since it was looked for.
    const { uri, text } = objects[index] ?? { uri: '', text: '' };
    if (put.kind !== 'uid-conflict' || put.uri === uri) continue;
    // Like the others: what comes from a file invites nobody.
    const [again = put] = await store.putAll(person, calendar, [{ uri: put.uri, text }]);
    puts[index] = again;
  }
  const counts = { added: 0, updated: 0, same: 0 };
  for (const [index, put] of puts.entries()) {
    const { line = 0, file = '', uid = '', uri = '' } = objects[index] ?? {};
    if (put.kind === 'created') counts.added += 1;
    else if (put.kind === 'updated')
      counts[put.etag === known.get(uid)?.etag ? 'same' : 'updated'] += 1;
    else
      faults.push({
        line,
        fault: put.kind === 'refused' ? put.reason : 'uid-conflict',
        detail: file,
      });
    if ('etag' in put) known.set(uid, { uri: known.get(uid)?.uri ?? uri, etag: put.etag });
  }
  return { ...counts, refused: faults.length, faults: [...faults, ...notes] };
}

/** A name for programs: never what somebody wrote. */
const uriOf = (uid: string): string =>
  createHash('sha256').update(uid).digest('base64url').slice(0, 24);
