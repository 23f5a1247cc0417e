import { factsIn } from './digest';
import { canWrite, leaveTrace, nextToken, type Place, placeOf } from './places';
import { canDelete, hasSecrets } from './rights';
import { OBJECTS, REMOVED, type Tables } from './tables';
import { trashOne } from './trash-one';
import type { Person, Put } from './types';
import { isUnchanged, type Limits, putInto } from './write';

/** An object to another name or calendar, as a program asks (RFC 4918 9.8, 9.9). */
export interface Moving {
  readonly calendar: string;
  readonly uri: string;
  readonly ifMatch?: string | undefined;
  readonly to: { readonly calendar: string; readonly uri: string };
  readonly isCopy: boolean;
  /** What stands at the other place goes to the trash. */
  readonly isOverwriting: boolean;
}

/** `no-parent`: no such calendar to go to; `same`: from a place to itself; `taken`: something is there. */
export type Moved = Put | { readonly kind: 'missing' | 'no-parent' | 'same' | 'taken' };

/** What was done meanwhile is undone: thrown out of the transaction. */
export class MoveRefused extends Error {
  constructor(readonly moved: Moved) {
    super(moved.kind);
  }
}

interface Row {
  readonly id: string;
  readonly uid: string;
  readonly etag: string;
  readonly text: string;
  readonly facts: string;
  readonly component: string;
}

/** Moves or copies within the transaction of the caller; throws `MoveRefused` where nothing may stay of it. */
export async function moveObject(
  table: Tables,
  person: Person,
  { calendar, uri, ifMatch, to, isCopy, isOverwriting, ...limits }: Moving & Limits,
): Promise<Moved> {
  const source = await placeOf(table, person, calendar);
  const row: Row | undefined =
    source &&
    (await table(OBJECTS)
      .where({ calendar_key: source.key, uri })
      .first('id', 'uid', 'etag', 'text', 'facts', 'component'));
  if (!source || !row || hasSecrets(source, factsIn(row.facts), row.component))
    return { kind: 'missing' };
  const target = await placeOf(table, person, to.calendar);
  if (!target) return { kind: 'no-parent' };
  if (source.key === target.key && uri === to.uri) return { kind: 'same' };
  if (!canWrite(target) || !(isCopy || mayMove(source, target))) {
    return { kind: 'refused', reason: 'rights' };
  }
  if (hasSecrets(target, factsIn(row.facts), row.component))
    return { kind: 'refused', reason: 'private' };
  if (!isUnchanged({ ifMatch }, row)) return { kind: 'conflict' };
  const there: { id: string } | undefined = await table(OBJECTS)
    .where({ calendar_key: target.key, uri: to.uri })
    .first('id');
  if (there && !isOverwriting) return { kind: 'taken' };
  const { at } = limits;
  if (there) await trashOne(table, target, { id: there.id, site: person.site, at });
  const moved = isCopy
    ? await putInto(table, target, {
        ...limits,
        site: person.site,
        uri: to.uri,
        text: row.text,
        when: {},
      })
    : await rename(table, { source, target }, row, { from: uri, to: to.uri, ...limits });
  if (moved.kind !== 'created') throw new MoveRefused(moved);
  return there ? { ...moved, kind: 'updated' } : moved;
}

/** To another owner it would be theirs to keep, within their room: that is a copy and a deletion. */
const mayMove = (source: Place, target: Place): boolean =>
  canDelete(source) && source.ownerUser === target.ownerUser;

async function rename(
  table: Tables,
  { source, target }: { readonly source: Place; readonly target: Place },
  { id, uid, etag }: Row,
  { from, to, at, maxObjects }: Limits & { readonly from: string; readonly to: string },
): Promise<Put> {
  if (source.key !== target.key) {
    const same: { uri: string } | undefined = await table(OBJECTS)
      .where({ calendar_key: target.key, uid })
      .first('uri');
    if (same) return { kind: 'uid-conflict', uri: same.uri };
    const [{ count = 0 } = {}]: { count?: number }[] = await table(OBJECTS)
      .where({ calendar_key: target.key })
      .count({ count: '*' });
    if (Number(count) >= maxObjects) return { kind: 'refused', reason: 'full' };
  }
  const gone = await nextToken(table, source.key);
  await leaveTrace(table, { key: source.key, uri: from, seq: gone, at });
  const seq = await nextToken(table, target.key);
  await table(OBJECTS)
    .where({ id })
    .update({ calendar_key: target.key, uri: to, seq, updated_at: at });
  await table(REMOVED).where({ calendar_key: target.key, uri: to }).delete();
  return { kind: 'created', etag, id };
}
