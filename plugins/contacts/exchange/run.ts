import { setImmediate } from 'node:timers/promises';
import type { PluginContext } from 'estafette/plugin';
import type { ContactsConfig } from '../config';
import { type ContactStore, createStore, type Put } from '../store';
import type { FaultyLine, LineFault } from './fault';
import {
  closeImport,
  contentOf,
  FAULTS_SHOWN,
  holdImport,
  type Import,
  keepProgress,
} from './imports';
import { type Prepared, type PreparedCard, prepare } from './prepare';
import { progressModel } from './progress';

/** Cards of one transaction; others wait no longer than it takes. */
const BATCH = 50;
/** How often an open page is told how far it is. */
const TOLD_MS = 500;

type Context = PluginContext<ContactsConfig>;

/**
 * Brings the cards of a file into a book, batch by batch, from where it was left; what is there
 * already under the same uid is replaced. Nothing happens when another process is at it.
 */
export async function runImport(context: Context, id: string, signal?: AbortSignal): Promise<void> {
  let state = await holdImport(context.db, id, context.clock.now());
  if (!state) return;
  const store = createStore(context);
  const content = await contentOf(context.db, id);
  let batch: Prepared[] = [];
  const from = state.line;
  let toldAt = context.clock.now();
  for (const prepared of prepare(content, state.format, state.columns)) {
    if (prepared.line <= from) continue;
    batch.push(prepared);
    if (batch.length < BATCH) continue;
    state = await bringIn(store, state, batch);
    batch = [];
    if (!(await keepProgress(context.db, state, context.clock.now()))) return;
    if (signal?.aborted) return;
    if (context.clock.now() - toldAt >= TOLD_MS) {
      toldAt = context.clock.now();
      await tell(context, store, state);
    }
    await setImmediate();
  }
  state = { ...(await bringIn(store, state, batch)), line: state.lines };
  if (!(await keepProgress(context.db, state, context.clock.now()))) return;
  await closeImport(context.db, id);
  await tell(context, store, { ...state, state: 'done' });
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

/** Begins at once, beside the request that asked for it; what stops is taken up again by the job. */
export function beginBeside(context: Context, id: string): void {
  runImport(context, id).catch((error: unknown) => {
    const reason = error instanceof Error ? error.name : 'unknown';
    context.log.warn({ reason }, 'contacts/import-stopped');
  });
}

const isCard = (prepared: Prepared): prepared is PreparedCard => 'text' in prepared;

async function bringIn(
  store: ContactStore,
  state: Import,
  batch: readonly Prepared[],
): Promise<Import> {
  const { person, book } = state;
  const cards = batch.filter(isCard);
  const first = await store.putAll(person, book, cards);
  // The same person under another address of the book, which a client gave.
  const twice = cards.flatMap((card, at) => {
    const put = first[at];
    return put?.kind === 'uid-conflict' ? [{ ...card, uri: put.uri }] : [];
  });
  const second = twice.length > 0 ? await store.putAll(person, book, twice) : [];
  const again = second[Symbol.iterator]();
  const outcomes = first.map((put) =>
    put.kind === 'uid-conflict' ? (again.next().value ?? put) : put,
  );
  const faults: readonly FaultyLine[] = [
    ...batch.flatMap((prepared) => (isCard(prepared) ? [] : [prepared])),
    ...outcomes.flatMap((put, at) => faultOf(put, cards[at])),
  ].sort((a, b) => a.line - b.line);
  const count = (kind: Put['kind']): number => outcomes.filter((put) => put.kind === kind).length;
  return {
    ...state,
    line: batch.at(-1)?.line ?? state.line,
    added: state.added + count('created'),
    updated: state.updated + count('updated'),
    refused: state.refused + faults.length,
    faults: [...state.faults, ...faults].slice(0, FAULTS_SHOWN),
  };
}

function faultOf(put: Put, card: PreparedCard | undefined): readonly FaultyLine[] {
  if (put.kind === 'created' || put.kind === 'updated' || !card) return [];
  const reason: LineFault =
    put.kind === 'refused' && (put.reason === 'full' || put.reason === 'too-large')
      ? put.reason
      : 'refused';
  return [{ line: card.line, reason }];
}
