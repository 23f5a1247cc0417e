import { randomUUID } from 'node:crypto';
import { noteAlarm } from '../reminders/index-of';
import { digestOf, factsIn } from './digest';
import { nextToken, type Place, placeOf } from './places';
import { keptBytes } from './quota';
import { canDelete, canWrite, hasSecrets } from './rights';
import { CALENDARS, OBJECTS, REMOVED, type Tables } from './tables';
import { trashOne } from './trash-one';
import type { Person, Put, When } from './types';

/** Names of a client (`<name>.ics`), never a path. */
const URI = /^[^/\\\p{Cc}]{1,255}$/u;

export interface Limits {
  readonly at: string;
  /** Objects of a calendar. */
  readonly maxObjects: number;
  /** Of one object. */
  readonly maxBytes: number;
  /** Of all that an owner keeps. */
  readonly maxKept: number;
}

export interface PutInput extends Limits {
  readonly uri: string;
  readonly text: string;
  readonly when: When;
  readonly id?: string;
}

/** What a calendar and its owner hold, read once for many writes of one transaction. */
export interface Held {
  count?: number;
  bytes?: number;
  /** The token of the last write. */
  token?: number;
  /** Whether anything went away from the calendar, and left a trace. */
  hasTraces?: boolean;
}

/** Whether nothing else was written since (RFC 9110 13.1). */
export const isUnchanged = (when: When, there: { readonly etag: string } | undefined): boolean => {
  if (when.ifNoneMatch === true && there) return false;
  if (when.ifMatch === undefined) return true;
  return there !== undefined && (when.ifMatch === '*' || when.ifMatch === there.etag);
};

/** Writes an object where nothing else was written since (RFC 4791 5.3.2). */
export async function writeObject(
  table: Tables,
  person: Person,
  { calendar, ...input }: PutInput & { readonly calendar: string },
): Promise<Put> {
  const [put] = await writeObjects(table, person, { calendar, objects: [input] });
  return put ?? { kind: 'refused', reason: 'missing' };
}

/** Many of them: outcomes in their order. */
export async function writeObjects(
  table: Tables,
  person: Person,
  { calendar, objects }: { readonly calendar: string; readonly objects: readonly PutInput[] },
): Promise<readonly Put[]> {
  const place = await placeOf(table, person, calendar);
  const reason = place ? 'rights' : 'missing';
  if (!place || !canWrite(place)) return objects.map(() => ({ kind: 'refused', reason }));
  const held: Held = {};
  const puts: Put[] = [];
  for (const input of objects) {
    puts.push(await putInto(table, place, { ...input, site: person.site }, held));
  }
  // One write for the tokens of all: nobody reads them before the transaction is over.
  if (held.token !== undefined)
    await table(CALENDARS).where({ key: place.key }).update({ sync_token: held.token });
  return puts;
}

/** Writes an object into a calendar whose rights were looked at. */
export async function putInto(
  table: Tables,
  place: Pick<Place, 'key' | 'ownerUser' | 'rights' | 'seesPrivate'>,
  input: PutInput & { readonly site: string },
  held: Held = {},
): Promise<Put> {
  const { key, ownerUser } = place;
  const { uri, text, when, at } = input;
  if (!URI.test(uri)) return { kind: 'refused', reason: 'uri' };
  if (Buffer.byteLength(text) > input.maxBytes) return { kind: 'refused', reason: 'too-large' };
  const digest = digestOf(text);
  if (!digest) return { kind: 'refused', reason: 'not-an-object' };
  const found: {
    id: string;
    uri: string;
    uid: string;
    etag: string;
    bytes: number;
    facts: string;
    component: string;
  }[] = await table(OBJECTS)
    .where({ calendar_key: key })
    .where((either) => void either.where({ uri }).orWhere({ uid: digest.uid }))
    .select('id', 'uri', 'uid', 'etag', 'bytes', 'facts', 'component');
  // What may not be read is not changed, and nobody learns that it is there.
  if (found.some(({ facts, component }) => hasSecrets(place, factsIn(facts), component)))
    return { kind: 'refused', reason: 'rights' };
  const there = found.find((one) => one.uri === uri);
  if (!isUnchanged(when, there)) return { kind: 'conflict' };
  if (hasSecrets(place, factsIn(digest.facts), digest.component))
    return { kind: 'refused', reason: 'private' };
  // An object stays the one that it is.
  if (there && there.uid !== digest.uid) return { kind: 'uid-conflict', uri };
  const same = found.find((one) => one.uri !== uri);
  if (same) return { kind: 'uid-conflict', uri: same.uri };
  // What makes an object smaller is always taken.
  const more = digest.bytes - (there?.bytes ?? 0);
  if (more > 0) {
    held.bytes ??= await keptBytes(table, { site: input.site, user: ownerUser });
    if (held.bytes + more > input.maxKept) return { kind: 'refused', reason: 'quota' };
  }
  const values = { ...digest, uri, text, updated_at: at };
  if (there) {
    const seq = await tokenOf(table, key, held);
    await table(OBJECTS)
      .where({ id: there.id })
      .update({ ...values, seq });
    await noteAlarm(table, { id: there.id, site: input.site, text, now: Date.parse(at) });
    if (held.bytes !== undefined) held.bytes += more;
    return { kind: 'updated', etag: digest.etag, id: there.id };
  }
  held.count ??= await countIn(table, key);
  if (held.count >= input.maxObjects) return { kind: 'refused', reason: 'full' };
  const id = input.id ?? randomUUID();
  const seq = await tokenOf(table, key, held);
  await table(OBJECTS).insert({ ...values, id, calendar_key: key, seq });
  held.hasTraces ??= (await table(REMOVED).where({ calendar_key: key }).first('uri')) !== undefined;
  if (held.hasTraces) await table(REMOVED).where({ calendar_key: key, uri }).delete();
  await noteAlarm(table, { id, site: input.site, text, now: Date.parse(at), isNew: true });
  held.count += 1;
  if (held.bytes !== undefined) held.bytes += more;
  return { kind: 'created', etag: digest.etag, id };
}

/** The next token: taken from the calendar once, and counted on from there. */
async function tokenOf(table: Tables, key: number, held: Held): Promise<number> {
  held.token = held.token === undefined ? await nextToken(table, key) : held.token + 1;
  return held.token;
}

async function countIn(table: Tables, key: number): Promise<number> {
  const [{ count = 0 } = {}]: { count?: number }[] = await table(OBJECTS)
    .where({ calendar_key: key })
    .count({ count: '*' });
  return Number(count);
}

/** The same name where it is free in a calendar, else a new one. */
export async function freeUri(table: Tables, key: number, uri: string): Promise<string> {
  const taken: unknown = await table(OBJECTS).where({ calendar_key: key, uri }).first('id');
  return taken === undefined ? uri : `${randomUUID()}.ics`;
}

/** To the trash, from where it comes back. */
export async function removeObject(
  table: Tables,
  person: Person,
  input: {
    readonly calendar: string;
    readonly uri: string;
    readonly ifMatch?: string | undefined;
    readonly at: string;
  },
): Promise<'removed' | 'conflict' | 'missing' | 'rights'> {
  const place = await placeOf(table, person, input.calendar);
  if (!place) return 'missing';
  if (!canDelete(place)) return 'rights';
  const row: { id: string; etag: string; facts: string; component: string } | undefined =
    await table(OBJECTS)
      .where({ calendar_key: place.key, uri: input.uri })
      .first('id', 'etag', 'facts', 'component');
  if (!row || hasSecrets(place, factsIn(row.facts), row.component)) return 'missing';
  if (!isUnchanged({ ifMatch: input.ifMatch }, row)) return 'conflict';
  await trashOne(table, place, { id: row.id, site: person.site, at: input.at });
  return 'removed';
}
