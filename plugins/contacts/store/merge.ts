import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { fold } from './fold';
import { type Followed, follow, unfollow } from './join';
import { canWrite, placesOf } from './places';
import { hasRoom } from './quota';
import { CARDS, type CardTableRow, type Tables, UNDO } from './tables';
import { restoreCard, trashOne } from './trash';
import type { Person } from './types';
import { putInto, type Quota } from './write';

/** A page shows no more groups of cards that may be one. */
const FOUND_MAX = 100;
/** Cards that are compared between two turns of the loop. */
const TURN = 500;

/** Cards that share an address, or a name with a telephone or without anything else. */
export async function findTwins(
  table: Tables,
  person: Person,
): Promise<readonly (readonly string[])[]> {
  const places = (await placesOf(table, person)).filter(canWrite);
  const rows: Pick<CardTableRow, 'id' | 'name' | 'mails' | 'phones'>[] = await table(CARDS)
    .whereIn(
      'book_key',
      places.map(({ key }) => key),
    )
    .whereNot({ kind: 'group' })
    .orderBy('sort_name')
    .select('id', 'name', 'mails', 'phones');
  const heads = new Map<string, string>();
  const headOf = (id: string): string => {
    let at = id;
    for (let next = heads.get(at); next !== undefined && next !== at; next = heads.get(at)) {
      // The way is halved each time: cards may be joined into a long chain.
      heads.set(at, heads.get(next) ?? next);
      at = next;
    }
    return at;
  };
  const firstWith = new Map<string, string>();
  for (const [at, row] of rows.entries()) {
    if (at % TURN === 0) await setImmediate();
    heads.set(row.id, row.id);
    for (const sign of signsOf(row)) {
      const other = firstWith.get(sign);
      if (other === undefined) firstWith.set(sign, row.id);
      else heads.set(headOf(row.id), headOf(other));
    }
  }
  const groups = new Map<string, string[]>();
  for (const { id } of rows) {
    const head = headOf(id);
    const group = groups.get(head);
    if (group) group.push(id);
    else groups.set(head, [id]);
  }
  return [...groups.values()].filter(({ length }) => length > 1).slice(0, FOUND_MAX);
}

/** What two cards of one person have in common. */
function signsOf({
  name,
  mails,
  phones,
}: Pick<CardTableRow, 'name' | 'mails' | 'phones'>): string[] {
  const words = fold(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .sort()
    .join(' ');
  // A single word is no name: « Accueil » is in every service.
  const isFull = words.includes(' ');
  return [
    ...mails
      .split('\n')
      .filter(Boolean)
      .map((mail) => `mail ${mail}`),
    ...(isFull ? [`name ${words}`] : []),
    ...phones
      .split('\n')
      .filter((phone) => isFull && phone !== '')
      .map((phone) => `${words} ${phone}`),
  ];
}

interface Step {
  readonly kept: string;
  readonly before: string;
  readonly etag: string;
  readonly trashed: readonly string[];
  /** Absent in steps of before groups and stars followed. */
  readonly followed?: Followed;
}

/** Deleted together: nothing else was written. */
export interface TrashStep {
  readonly trashed: readonly string[];
}

export type Merged =
  | {
      readonly kind: 'merged';
      readonly undo: string;
      /** The card that is kept, and groups that follow it. */
      readonly saved: readonly string[];
    }
  | { readonly kind: 'missing' | 'rights' | 'conflict' | 'too-large' | 'quota' };

/** Thrown so that the transaction is undone. */
export class MergeRefused extends Error {
  constructor(readonly merged: Merged) {
    super(merged.kind);
  }
}

/** Writes the joined card over one of them, and puts the others into the trash. */
export async function mergeRows(
  table: Tables,
  person: Person,
  input: {
    readonly kept: string;
    readonly text: string;
    /** Of every card as it was shown, by id: what changed since is looked at again. */
    readonly etags: Readonly<Record<string, string>>;
    readonly at: string;
    readonly maxCards: number;
    readonly maxBytes: number;
  } & Quota,
): Promise<Merged> {
  const places = (await placesOf(table, person)).filter(canWrite);
  const ids = Object.keys(input.etags);
  const rows: CardTableRow[] = await table(CARDS).whereIn('id', ids);
  const placed = rows.flatMap((row) => {
    const place = places.find(({ key }) => key === row.book_key);
    return place ? [{ row, place }] : [];
  });
  const kept = placed.find(({ row }) => row.id === input.kept);
  if (!kept || placed.length !== ids.length) return { kind: 'missing' };
  if (placed.some(({ row }) => row.etag !== input.etags[row.id])) return { kind: 'conflict' };
  const owner = { site: person.site, user: kept.place.ownerUser };
  // The others take as much room in the trash as before.
  const more = Buffer.byteLength(input.text) - kept.row.bytes;
  if (!(await hasRoom(table, owner, { more, maxKept: input.maxKept }))) return { kind: 'quota' };
  const trashed = placed.filter(({ row }) => row.id !== input.kept);
  for (const { row, place } of trashed)
    await trashOne(table, place, row, { site: person.site, at: input.at });
  const put = await putInto(table, kept.place, {
    ...input,
    uri: kept.row.uri,
    when: { ifMatch: kept.row.etag },
  });
  if (put.kind !== 'updated') throw new MergeRefused({ kind: 'too-large' });
  const gone = trashed.map(({ row }) => row);
  const followed = await follow(table, person, { ...input, places, kept: kept.row, gone });
  const undo = await keepStep(
    table,
    person,
    {
      kept: kept.row.id,
      before: kept.row.text,
      etag: put.etag,
      trashed: gone.map(({ id }) => id),
      followed,
    },
    input.at,
  );
  const groups = followed.groups.map(({ id }) => id);
  return { kind: 'merged', undo, saved: put.isSame ? groups : [put.id, ...groups] };
}

/** Keeps what a change did, so that one button takes it back; the id of it. */
export async function keepStep(
  table: Tables,
  person: Person,
  step: Step | TrashStep,
  at: string,
): Promise<string> {
  const id = randomUUID();
  await table(UNDO).insert({
    id,
    site: person.site,
    user_id: person.user,
    steps: JSON.stringify(step),
    made_at: at,
  });
  return id;
}

export type Undone =
  | {
      readonly kind: 'undone';
      readonly saved: readonly string[];
      readonly restored: readonly string[];
    }
  /** `conflict`: a joined card was changed since. `full`: a book has no room for what would come back. */
  | { readonly kind: 'missing' | 'conflict' | 'full' | 'quota' };

/** Thrown so that the transaction is undone. */
export class UndoRefused extends Error {
  constructor(readonly undone: Undone) {
    super(undone.kind);
  }
}

/** All cards as they were, or none of them. */
export async function undoRows(
  table: Tables,
  person: Person,
  input: {
    readonly id: string;
    readonly at: string;
    readonly maxCards: number;
  } & Quota,
): Promise<Undone> {
  const where = { id: input.id, site: person.site, user_id: person.user };
  const row: { steps: string } | undefined = await table(UNDO).where(where).first('steps');
  if (!row) return { kind: 'missing' };
  const step = JSON.parse(row.steps) as Step | TrashStep; // written above
  if (!('kept' in step)) {
    const restored = await restoreAll(table, person, step, input);
    await table(UNDO).where(where).delete();
    return { kind: 'undone', saved: [], restored };
  }
  const card: CardTableRow | undefined = await table(CARDS).where({ id: step.kept }).first();
  const places = (await placesOf(table, person)).filter(canWrite);
  const place = places.find(({ key }) => key === card?.book_key);
  if (!card || !place) return { kind: 'missing' };
  if (card.etag !== step.etag) return { kind: 'conflict' };
  const owner = { site: person.site, user: place.ownerUser };
  const more = Buffer.byteLength(step.before) - card.bytes;
  if (!(await hasRoom(table, owner, { more, maxKept: input.maxKept }))) return { kind: 'quota' };
  await putInto(table, place, {
    uri: card.uri,
    text: step.before,
    when: { ifMatch: step.etag },
    at: input.at,
    maxCards: input.maxCards,
    maxBytes: Number.MAX_SAFE_INTEGER, // it was taken once
  });
  const restored = await restoreAll(table, person, step, input);
  const groups = step.followed
    ? await unfollow(table, person, step.followed, { ...input, places, kept: step.kept })
    : [];
  await table(UNDO).where(where).delete();
  const isSame = card.text === step.before;
  return { kind: 'undone', saved: isSame ? groups : [card.id, ...groups], restored };
}

/** Ids of those that are back: one that was deleted for good meanwhile, or is there again, is not. */
async function restoreAll(
  table: Tables,
  person: Person,
  { trashed }: TrashStep,
  { at, maxCards }: { readonly at: string; readonly maxCards: number },
): Promise<readonly string[]> {
  const back: string[] = [];
  for (const id of trashed) {
    const restored = await restoreCard(table, person, { id, at, maxCards });
    if (restored.kind === 'full') throw new UndoRefused({ kind: 'full' });
    if (restored.kind === 'restored') back.push(id);
  }
  return back;
}
