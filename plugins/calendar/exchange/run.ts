import { setTimeout } from 'node:timers/promises';
import type { PluginContext, PluginJob, SiteId } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { createStore } from '../store';
import { bringSome, knownIn, sumOf } from './bring-in';
import { FAULTS_SHOWN } from './fault';
import { createTurn } from './gather';
import {
  closeImport,
  holdImport,
  type Import,
  keepProgress,
  leftAlone,
  piecesFrom,
  zonesKept,
} from './imports';
import { progressModel } from './progress';

/** How long who sends a file waits for all of it. */
const WAITED_MS = 1_000;
/** How often an open page is told how far it is. */
const TOLD_MS = 500;

type Context = PluginContext<CalendarConfig>;

/**
 * Brings the events of a file into a calendar, piece by piece, from where it was left; what is there
 * already under the same UID is written over. Nothing happens when another process is at it.
 */
export async function runImport(context: Context, id: string, signal?: AbortSignal): Promise<void> {
  const { db, clock } = context;
  const held = await holdImport(db, id, clock.now());
  if (!held) return;
  const { person, calendar } = held;
  const store = createStore(context);
  const to = {
    person,
    calendar,
    known: await knownIn(store, person, calendar),
    zones: await zonesKept(db, id),
  };
  let state: Import = held;
  let toldAt = clock.now();
  const turn = createTurn();
  for await (const groups of piecesFrom(db, held)) {
    const { faults, ...counts } = await bringSome(store, to, groups);
    state = {
      ...state,
      ...sumOf(state, counts),
      looked: state.looked + groups.length,
      faults: [...state.faults, ...faults].slice(0, FAULTS_SHOWN),
    };
    if (!(await keepProgress(db, state, clock.now()))) return;
    if (signal?.aborted) return;
    if (clock.now() - toldAt >= TOLD_MS) {
      toldAt = clock.now();
      await tell(context, state);
    }
    await turn();
  }
  await closeImport(db, id, 'done');
  await tell(context, { ...state, state: 'done' });
}

/** The page that shows it, where it is open. */
async function tell(context: Context, state: Import): Promise<void> {
  const { site, user } = state.person;
  const calendars = await createStore(context).calendars(state.person);
  const title = calendars.find(({ id }) => id === state.calendar)?.title ?? '';
  const model = progressModel(context, state, title);
  await context.stream({ site, user }, [
    { action: 'replace', target: 'calendar-import', view: 'import-progress', model },
    ...(state.state === 'done'
      ? [{ action: 'remove' as const, target: 'calendar-import-end' }]
      : []),
  ]);
}

/**
 * Begins at once, beside the request that asked for it; what stops is taken up again by the job.
 * Waits a little, so that a small file is done when its page is shown.
 */
export async function beginBeside(context: Context, id: string): Promise<void> {
  const run = runImport(context, id).catch((error: unknown) => {
    const reason = error instanceof Error ? error.name : 'unknown';
    context.log.warn({ reason }, 'calendar/import-stopped');
  });
  const late = new AbortController();
  const wait = setTimeout(WAITED_MS, undefined, { signal: late.signal }).catch(() => {});
  await Promise.race([run, wait]);
  late.abort();
}

/** Takes up the imports that a process left when it ended. */
export const importsJob: PluginJob<CalendarConfig> = {
  id: 'imports',
  every: '1m',
  perSite: true,
  timeoutS: 55,
  async run(context, { site, signal }) {
    // The job is declared `perSite`.
    for (const id of await leftAlone(context.db, site as SiteId, context.clock.now())) {
      if (signal.aborted) return;
      await runImport(context, id, signal);
    }
  },
};
