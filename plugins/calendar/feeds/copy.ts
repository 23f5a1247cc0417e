import { createHash } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';
import { createTurn, gather, objectOf } from '../exchange/gather';
import { readObject } from '../ics/object';
import { IcsError } from '../ics/types';
import type { Context } from '../pages/common';
import { Faulty } from '../remote/types';
import { digestOf } from '../store/digest';
import { leaveTrace, nextToken } from '../store/places';
import { CALENDARS, chunksOf, FEEDS, OBJECTS, type Tables } from '../store/tables';
import { type Held, putInto } from '../store/write';

interface Source {
  readonly uid: string;
  readonly text: string;
}

/** Objects of a file, and how many of them cannot be read. Throws `Faulty` for what is too much. */
export async function objectsOf(
  context: Pick<Context, 'config'>,
  site: SiteId,
  text: string,
): Promise<{ readonly objects: readonly Source[]; readonly left: number }> {
  const { maxObjects, maxObjectKilobytes } = context.config(site);
  let left = 0;
  const { groups, zones, isCut } = await gather(
    { text, maxChars: maxObjectKilobytes * 1_000 },
    () => {
      left += 1;
    },
  );
  if (isCut || groups.length > maxObjects) throw new Faulty('too-much');
  const turn = createTurn();
  const objects = new Map<string, Source>();
  for (const group of groups) {
    try {
      const object = objectOf(group, zones);
      const { uid } = readObject(object);
      objects.set(uid, { uid, text: object });
    } catch (error) {
      if (!(error instanceof IcsError)) throw error;
      left += 1;
    }
    await turn();
  }
  return { objects: [...objects.values()], left };
}

const uriOf = (uid: string): string =>
  `${createHash('sha256').update(uid).digest('base64url').slice(0, 24)}.ics`;

/** Objects of one transaction. */
const AT_ONCE = 50;

/** Makes a calendar what was read: what is equal is left alone, what is not there any more goes. */
export async function copyInto(
  context: Context,
  { site, user, key }: { readonly site: SiteId; readonly user: number; readonly key: number },
  sources: readonly Source[],
): Promise<number> {
  const { db, clock } = context;
  const rows: { uid: string; uri: string; etag: string }[] = await db
    .table(OBJECTS)
    .where({ calendar_key: key })
    .select('uid', 'uri', 'etag');
  const known = new Map(rows.map((row) => [row.uid, row]));
  const wanted = new Set(sources.map(({ uid }) => uid));
  const { maxObjects, maxObjectKilobytes, maxMegabytes } = context.config(site);
  const at = new Date(clock.now()).toISOString();
  const limits = {
    at,
    site,
    maxObjects,
    maxBytes: maxObjectKilobytes * 1_000,
    maxKept: maxMegabytes * 1_000_000,
  };
  const gone = rows.filter(({ uid }) => !wanted.has(uid));
  for (const some of chunksOf(gone, AT_ONCE))
    await db.transaction((table) => drop(table, key, some, at));
  const turn = createTurn();
  const changed: Source[] = [];
  for (const source of sources) {
    await turn();
    const etag = known.get(source.uid)?.etag;
    if (etag === undefined || digestOf(source.text)?.etag !== etag) changed.push(source);
  }
  let left = 0;
  for (const some of chunksOf(changed, AT_ONCE))
    await db.transaction(async (table) => {
      // Somebody ended the subscription while it was read.
      if (!(await table(FEEDS).where({ calendar_key: key }).first('site'))) return;
      const held: Held = {};
      for (const { uid, text } of some) {
        const place = { key, ownerUser: user, rights: 'manage', seesPrivate: true } as const;
        const uri = known.get(uid)?.uri ?? uriOf(uid);
        const put = await putInto(table, place, { ...limits, uri, text, when: {} }, held);
        if (put.kind === 'refused' && put.reason === 'quota') throw new Faulty('too-much');
        if (put.kind !== 'created' && put.kind !== 'updated') left += 1;
      }
      if (held.token !== undefined)
        await table(CALENDARS).where({ key }).update({ sync_token: held.token });
    });
  return left;
}

/** Nothing goes to the trash: it is where it was read. */
async function drop(
  table: Tables,
  key: number,
  rows: readonly { readonly uri: string }[],
  at: string,
): Promise<void> {
  for (const { uri } of rows) {
    await table(OBJECTS).where({ calendar_key: key, uri }).delete();
    await leaveTrace(table, { key, uri, seq: await nextToken(table, key), at });
  }
}
