import { createHash } from 'node:crypto';
import type { PluginContext } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import type { Person, Put } from '../store';
import { leaveTrace, nextToken } from '../store/places';
import { CALENDARS, chunksOf, OBJECTS, type Tables } from '../store/tables';
import { type Held, putInto } from '../store/write';
import type { Client } from './client';
import { REMOTE_CALENDARS, REMOTE_OBJECTS, type RemoteCalendarRow } from './tables';
import { Faulty, type Listed } from './types';

export type Context = Pick<
  PluginContext<CalendarConfig>,
  'clock' | 'config' | 'db' | 'http' | 'log' | 'open' | 'seal'
>;

/** Objects of one question; fewer where they are too large for one answer. */
const PART = 40;
/** Parts in which a server may tell what changed; a calendar that has more is listed instead. */
const PARTS_MAX = 20;
const URI = /^[^/\\\p{Cc}]{1,255}$/u;

interface Copied extends Listed {
  readonly text: string;
}

export interface Asked {
  readonly person: Person;
  readonly remote: RemoteCalendarRow;
  readonly client: Client;
  readonly isOver: () => boolean;
}

/**
 * Makes the copy of a calendar what the server has: only what changed is read. What was read is kept
 * even when the server goes away in the middle; whether time ran out before the end.
 */
export async function copyCalendar(context: Context, asked: Asked): Promise<boolean> {
  const { person, remote, client, isOver } = asked;
  if (isOver()) return true;
  const { db } = context;
  const known: Listed[] = await db
    .table(REMOTE_OBJECTS)
    .where({ calendar_key: remote.calendar_key })
    .select('href', 'etag');
  const { wanted, gone, count, token } = await differenceOf(client, { remote, known });
  if (count > context.config(person.site).maxObjects) throw new Faulty('too-much');
  for (const some of chunksOf(gone))
    await db.transaction((table) => drop(table, context, remote, some));
  for (const some of chunksOf(wanted, PART)) {
    if (isOver()) return true;
    const objects = await readSome(client, remote.href, some);
    await db.transaction((table) => keep(table, context, { person, remote, objects, asked: some }));
  }
  // Not before all was read: the next time begins where this one ended.
  await db
    .table(REMOTE_CALENDARS)
    .where({ calendar_key: remote.calendar_key })
    .update({ sync_token: token });
  return false;
}

/** What a copy lacks: by changes where the server can tell them, else by all that is listed. */
async function differenceOf(
  client: Client,
  { remote, known }: { readonly remote: RemoteCalendarRow; readonly known: readonly Listed[] },
) {
  const etags = new Map(known.map(({ href, etag }) => [href, etag]));
  const isOther = ({ href, etag }: Listed): boolean => etag === '' || etags.get(href) !== etag;
  const since = await changedSince(client, remote);
  if (since) {
    const again = known.filter(({ href, etag }) => etag === '' && !since.changed.has(href));
    const gone = [...since.gone].filter((href) => etags.has(href));
    const wanted = [
      ...[...since.changed.values()].filter(isOther),
      ...again.filter(({ href }) => !since.gone.has(href)),
    ];
    const added = wanted.filter(({ href }) => !etags.has(href)).length;
    return { wanted, gone, count: known.length + added - gone.length, token: since.token };
  }
  let all = await client.all(remote.href);
  // A token that is older than the list misses nothing: what comes between is told twice.
  if (all.token !== '') all = { ...(await client.all(remote.href)), token: all.token };
  const there = new Set(all.objects.map(({ href }) => href));
  return {
    wanted: all.objects.filter(isOther),
    gone: known.map(({ href }) => href).filter((href) => !there.has(href)),
    count: there.size,
    token: all.token,
  };
}

/** All parts of what changed since the last time; nothing where the server does not know. */
async function changedSince(client: Client, { href: calendar, sync_token }: RemoteCalendarRow) {
  const changed = new Map<string, Listed>();
  const gone = new Set<string>();
  let token = sync_token;
  try {
    for (let part = 0; token !== '' && part < PARTS_MAX; part += 1) {
      const some = await client.changes(calendar, token);
      for (const one of some.objects) {
        changed.set(one.href, one);
        gone.delete(one.href);
      }
      for (const href of some.gone) {
        changed.delete(href);
        gone.add(href);
      }
      if (!some.isCut) return { changed, gone, token: some.token };
      if (some.token === token) return undefined;
      token = some.token;
    }
  } catch (error) {
    // Whatever else it says of changes, the list may be there.
    if (!(error instanceof Faulty) || ['password', 'address'].includes(error.fault)) throw error;
  }
  return undefined;
}

/** Half as many at a time, as long as the answer is too large. */
async function readSome(
  client: Client,
  calendar: string,
  some: readonly Listed[],
): Promise<readonly Copied[]> {
  try {
    return await client.objects(
      calendar,
      some.map(({ href }) => href),
    );
  } catch (error) {
    if (!(error instanceof Faulty) || error.fault !== 'too-much') throw error;
    if (some.length === 1) return [];
    const half = Math.ceil(some.length / 2);
    const first = await readSome(client, calendar, some.slice(0, half));
    return [...first, ...(await readSome(client, calendar, some.slice(half)))];
  }
}

/** Writes copies, and notes of each what it is a copy of. */
async function keep(
  table: Tables,
  context: Context,
  {
    person,
    remote: { calendar_key: key },
    objects,
    asked,
  }: {
    readonly person: Person;
    readonly remote: RemoteCalendarRow;
    readonly objects: readonly Copied[];
    readonly asked: readonly Listed[];
  },
): Promise<void> {
  // Somebody removed the account while the server answered.
  const isHere: unknown = await table(REMOTE_CALENDARS).where({ calendar_key: key }).first('href');
  if (isHere === undefined) return;
  const { maxObjects, maxObjectKilobytes, maxMegabytes } = context.config(person.site);
  const limits = {
    at: new Date(context.clock.now()).toISOString(),
    site: person.site,
    maxObjects,
    maxBytes: maxObjectKilobytes * 1_000,
    maxKept: maxMegabytes * 1_000_000,
  };
  const held: Held = {};
  const given = new Map(objects.map((one) => [one.href, one]));
  for (const { href, etag: listed } of asked) {
    const found = given.get(href);
    const uri = uriOf(href);
    let problem = 'unread';
    if (found) {
      const write = (): Promise<Put> =>
        putInto(
          table,
          { key, ownerUser: person.user, rights: 'manage', seesPrivate: true },
          {
            ...limits,
            uri,
            // XML knows no CR (XML 1.0 2.11); lines of calendars end with it (RFC 5545 3.1).
            text: found.text.replace(/\r?\n/g, '\r\n'),
            when: {},
          },
          held,
        );
      let put = await write();
      // Another event has its name there now.
      if (put.kind === 'uid-conflict' && put.uri === uri) {
        await table(OBJECTS).where({ calendar_key: key, uri }).delete();
        put = await write();
      }
      problem = put.kind === 'refused' ? put.reason : put.kind === 'uid-conflict' ? 'twin' : '';
      if (problem === 'quota') throw new Faulty('too-much');
    }
    const etag = problem === 'unread' || problem === 'twin' ? '' : (found?.etag ?? listed);
    await table(REMOTE_OBJECTS)
      .insert({ calendar_key: key, href, uri, etag, problem })
      .onConflict(['calendar_key', 'href'])
      .merge();
  }
  if (held.token !== undefined)
    await table(CALENDARS).where({ key }).update({ sync_token: held.token });
}

/** The name of an object here: the one that it has there where it can be one. */
function uriOf(href: string): string {
  try {
    const name = decodeURIComponent(href.slice(href.lastIndexOf('/') + 1));
    if (URI.test(name)) return name;
  } catch {
    // A name that is none.
  }
  return `${createHash('sha256').update(href).digest('hex')}.ics`;
}

/** Takes copies away whose objects have gone; nothing goes to the trash. */
async function drop(
  table: Tables,
  context: Context,
  { calendar_key: key }: RemoteCalendarRow,
  hrefs: readonly string[],
): Promise<void> {
  const at = new Date(context.clock.now()).toISOString();
  const links = table(REMOTE_OBJECTS).where({ calendar_key: key }).whereIn('href', hrefs);
  const uris: string[] = await links.clone().pluck('uri');
  for (const uri of uris) {
    const removed: number = await table(OBJECTS).where({ calendar_key: key, uri }).delete();
    if (removed === 0) continue;
    await leaveTrace(table, { key, uri, seq: await nextToken(table, key), at });
  }
  await links.delete();
}
