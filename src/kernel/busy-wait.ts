import { errorCode } from './error-code';

/** SQLite waits this long for another process's lock before it says SQLITE_BUSY. */
const WAIT_MS = 2_000;
/** Once a statement has waited in vain, those that queued behind it have waited as well. */
const TIRED_WAIT_MS = 200;
const TIRED_MS = 2_000;

/** What of a raw connection is needed here. */
interface Pragmas {
  exec(sql: string, done: (error: Error | null) => void): void;
}

type Mood = { readonly until: number } | 'at-once';

/** Connections that wait less than others, for as long as they exist. */
const moods = new WeakMap<Pragmas, Mood>();

/** Has a new connection wait for locks. */
export const beginWaiting = (raw: Pragmas): Promise<void> => setWait(raw, WAIT_MS);

/** Before a statement: a connection that rested waits again. */
export async function waitAnew(raw: Pragmas): Promise<void> {
  const mood = moods.get(raw);
  if (mood === undefined || mood === 'at-once' || performance.now() < mood.until) return;
  moods.delete(raw);
  await setWait(raw, WAIT_MS);
}

/**
 * After a statement failed: with one connection everybody waits in one queue, and a lock that is
 * held for long would cost each of them the whole time again.
 */
export async function tireOf(raw: Pragmas, error: unknown): Promise<void> {
  if (errorCode(error) !== 'SQLITE_BUSY' || moods.get(raw) === 'at-once') return;
  moods.set(raw, { until: performance.now() + TIRED_MS });
  await setWait(raw, TIRED_WAIT_MS);
}

/** Runs what is not worth waiting for at all. */
export async function withoutWaiting(raw: Pragmas, run: () => Promise<unknown>): Promise<void> {
  const mood = moods.get(raw);
  moods.set(raw, 'at-once');
  await setWait(raw, 0);
  try {
    await run();
  } finally {
    if (mood) moods.set(raw, mood);
    else moods.delete(raw);
    await setWait(raw, mood ? TIRED_WAIT_MS : WAIT_MS);
  }
}

const setWait = (raw: Pragmas, ms: number): Promise<void> =>
  new Promise((resolve, reject) => {
    raw.exec(`PRAGMA busy_timeout = ${ms}`, (error) => (error ? reject(error) : resolve()));
  });
