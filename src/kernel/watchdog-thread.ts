import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { lookAtMainThread } from './loop-stack';
import { BEAT, MARK } from './running';
import type { Culprit, FromThread, NameMessage, ReportLine, WatchdogInput } from './watchdog-types';

/**
 * The watchdog's thread: reads the heartbeat of the main thread, and tells who holds it while it is
 * held. It writes by itself, since a blocked main thread cannot.
 */
const TICK_MS = 100;
/** This thread was late as well: the machine slept, or gave time to neither. */
const LATE_MS = 400;

const input = workerData as WatchdogInput; // ours, by watchdog.ts
const cells = new Int32Array(input.buffer);
const names = new Map<number, Culprit>();

let beat = Atomics.load(cells, BEAT);
let movedAt = performance.now();
let tickedAt = movedAt;
let held: { culprit: Culprit; isStuck: boolean } | undefined;

parentPort?.on('message', ({ mark, plugin, hook }: NameMessage) => {
  names.set(mark, { plugin, hook });
});
setInterval(tick, TICK_MS);
parentPort?.postMessage({ type: 'watching' } satisfies FromThread);

function tick(): void {
  const now = performance.now();
  const lateMs = now - tickedAt - TICK_MS;
  tickedAt = now;
  const current = Atomics.load(cells, BEAT);
  if (current !== beat) {
    if (held) free(held.culprit, now - movedAt);
    held = undefined;
    beat = current;
    movedAt = now;
    return;
  }
  // Time that this thread was not given either says nothing of the main thread.
  if (lateMs > LATE_MS && !held) movedAt += lateMs;
  const ms = now - movedAt;
  if (!held && ms > input.blockedMs) void hold(ms);
  if (held && !held.isStuck && input.stuckMs > 0 && ms > input.stuckMs) {
    held.isStuck = true;
    tell('stuck', held.culprit, ms);
  }
}

async function hold(ms: number): Promise<void> {
  const mine = { culprit: names.get(cells[MARK] ?? 0) ?? {}, isStuck: false };
  held = mine;
  const seen = await lookAtMainThread(input.folders);
  mine.culprit = { ...mine.culprit, ...seen };
  // Freed meanwhile: told at its end only, with all of its time.
  if (held === mine) tell('blocked', mine.culprit, performance.now() - movedAt);
  else tell('blocked', mine.culprit, ms);
}

function free(culprit: Culprit, ms: number): void {
  const incident = { ...culprit, ms: Math.round(ms) };
  parentPort?.postMessage({ type: 'freed', incident } satisfies FromThread);
  report({ type: 'freed', ...incident });
}

/** On standard error in the form of the other lines of the log, and to the supervisor. */
function tell(type: 'blocked' | 'stuck', culprit: Culprit, ms: number): void {
  const incident = { ...culprit, ms: Math.round(ms) };
  report({ type, ...incident });
  const line = { level: 50, time: new Date().toISOString(), ...incident, msg: `loop/${type}` };
  write(input.stderr, line);
}

const report = (line: ReportLine): void => write(input.report, line);

function write(fd: number | undefined, line: object): void {
  if (fd === undefined) return;
  try {
    writeSync(fd, `${JSON.stringify(line)}\n`);
  } catch {
    // A pipe that is full or gone: nobody reads it, and there is nobody else to tell.
  }
}
