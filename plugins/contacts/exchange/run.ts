import { setImmediate, setTimeout } from 'node:timers/promises';
import type { PluginContext } from 'estafette/plugin';
import type { ContactsConfig } from '../config';
import { type ContactStore, createStore, type Put } from '../store';
import type { FaultyLine, LineFault } from './fault';
import {
  closeImport,
  FAULTS_SHOWN,
  holdImport,
  type Import,
  keepProgress,
  piecesOf,
} from './imports';
import { createPreparation, type Prepared, type PreparedCard } from './prepare';
import { progressModel } from './progress';

/** Cards of one transaction; others wait no longer than it takes. */
const BATCH = 100;
/** Of a batch: cards with photographs are not held by hundreds. */
const BATCH_CHARS = 1_000_000;
/** Of these many, the loop turns once. */
const TURN = 25;
/** How long who sends a file waits for all of it. */
const WAITED_MS = 1_000;
/** How often an open page is told how far it is. */
const TOLD_MS = 500;

type Context = PluginContext<ContactsConfig>;

/**
 * Brings the cards of a file into a book, batch by batch, from where it was left; what is there
 * already under the same uid is replaced. Nothing happens when another process is at it.
 */
export async function runImport(context: Context, id: string, signal?: AbortSignal): Promise<void> {
  const held = await holdImport(context.db, id, context.clock.now());
  if (!held) return;
  const store = createStore(context);
  let state = held;
  let toldAt = context.clock.now();
  for await (const batch of batchesOf(context, held)) {
    state = await bringIn(store, state, batch);
    if (!(await keepProgress(context.db, state, context.clock.now()))) return;
    if (signal?.aborted) return;
    if (context.clock.now() - toldAt >= TOLD_MS) {
      toldAt = context.clock.now();
      await tell(context, store, state);
    }
  }
  state = { ...state, line: state.lines };
  if (!(await keepProgress(context.db, state, context.clock.now()))) return;
  await closeImport(context.db, id);
  await tell(context, store, { ...state, state: 'done' });
}

/** What is left of a file, a transaction’s worth at a time: no more of it is in memory. */
async function* batchesOf(
  { db, config }: Context,
  { id, format, columns, isHeaded, line, person }: Import,
): AsyncGenerator<readonly Prepared[]> {
  const maxChars = config(person.site).maxCardKilobytes * 1_000;
  const preparation = createPreparation(format, { columns, isHeaded }, maxChars);
  let batch: Prepared[] = [];
  let chars = 0;
  async function* read(found: Iterable<Prepared>): AsyncGenerator<readonly Prepared[]> {
    let turn = 0;
    for (const prepared of found) {
      turn += 1;
      if (turn % TURN === 0) await setImmediate();
      if (prepared.line <= line) continue;
      batch.push(prepared);
      chars += isCard(prepared) ? prepared.text.length : 0;
      if (batch.length < BATCH && chars < BATCH_CHARS) continue;
      yield batch;
      batch = [];
      chars = 0;
    }
  }
  for await (const piece of piecesOf(db, id)) {
    yield* read(preparation.push(piece));
    await setImmediate();
  }
  yield* read(preparation.end());
  if (batch.length > 0) yield batch;
}

/** The page that shows it, where it is open. */
async function tell(context: Context, store: ContactStore, state: Import): Promise<void> {
  const { site, user } = state.person;
  const books = await store.books(state.person);
  const title = books.find(({ id }) => id === state.book)?.title ?? '';
  const model = progressModel(context, state, title);
  await context.stream({ site, user }, [
    { action: 'replace', target: 'contacts-import', view: 'import-progress', model },
    ...(state.state === 'done'
      ? [{ action: 'remove' as const, target: 'contacts-import-end' }]
      : []),
  ]);
}

/**
 * Begins at once, beside the request that asked for it; what stops is taken up again by the job.
 * Waits a little, so that a small file is done when its page is shown: a page hears of nothing that
 * ends before it listens.
 */
export async function beginBeside(context: Context, id: string): Promise<void> {
  const run = runImport(context, id).catch((error: unknown) => {
    const reason = error instanceof Error ? error.name : 'unknown';
    context.log.warn({ reason }, 'contacts/import-stopped');
  });
  const late = new AbortController();
  const wait = setTimeout(WAITED_MS, undefined, { signal: late.signal }).catch(() => {});
  await Promise.race([run, wait]);
  late.abort();
}

const isCard = (prepared: Prepared): prepared is PreparedCard => 'text' in prepared;

async function bringIn(
  store: ContactStore,
  state: Import,
  batch: readonly Prepared[],
): Promise<Import> {
  const { person, book } = state;
  const cards = batch.filter(isCard);
  const outcomes = await store.bringIn(person, book, cards);
  const faults: readonly FaultyLine[] = [
    ...batch.flatMap((prepared) => (isCard(prepared) ? [] : [prepared])),
    ...outcomes.flatMap((put, at) => faultOf(put, cards[at])),
    ...outcomes.flatMap((put, at) => remarksOf(put, cards[at])),
  ].sort((a, b) => a.line - b.line);
  const count = (kind: Put['kind']): number => outcomes.filter((put) => put.kind === kind).length;
  return {
    ...state,
    line: batch.at(-1)?.line ?? state.line,
    added: state.added + count('created'),
    updated: state.updated + count('updated'),
    refused: state.refused + faults.filter(({ isTaken }) => !isTaken).length,
    faults: shownOf([...state.faults, ...faults]),
  };
}

/** The first of each kind: remarks leave no refused line out. */
function shownOf(faults: readonly FaultyLine[]): readonly FaultyLine[] {
  const refused = faults.filter(({ isTaken }) => !isTaken).slice(0, FAULTS_SHOWN);
  return [...refused, ...faults.filter(({ isTaken }) => isTaken).slice(0, FAULTS_SHOWN)];
}

const remarksOf = (put: Put, card: PreparedCard | undefined): readonly FaultyLine[] =>
  card && (put.kind === 'created' || put.kind === 'updated')
    ? (card.remarks ?? []).map((reason) => ({ line: card.line, reason, isTaken: true }))
    : [];

function faultOf(put: Put, card: PreparedCard | undefined): readonly FaultyLine[] {
  if (put.kind === 'created' || put.kind === 'updated' || !card) return [];
  const reason: LineFault =
    put.kind === 'refused' &&
    (put.reason === 'full' || put.reason === 'quota' || put.reason === 'too-large')
      ? put.reason
      : 'refused';
  return [{ line: card.line, reason }];
}
