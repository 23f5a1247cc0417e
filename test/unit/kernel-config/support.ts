import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';

const folders: string[] = [];
const databases: Database[] = [];

/** A folder that {@link cleanUp} removes. */
export function newFolder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'estafette-test-'));
  folders.push(dir);
  return dir;
}

/** A database that {@link cleanUp} closes; in memory unless a file is named. */
export async function newDatabase(filename = ':memory:'): Promise<Database> {
  const db = await openDatabase({ client: 'sqlite', filename, log: silentLog() });
  databases.push(db);
  return db;
}

export async function cleanUp(): Promise<void> {
  await Promise.all(databases.splice(0).map((db) => db.close()));
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** A child process of `children/`, with what it writes. */
export function startChild(script: string, args: readonly string[]) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(__dirname, 'children', script), ...args],
    { stdio: ['pipe', 'pipe', 'pipe'], cwd: path.join(__dirname, '../../..') },
  );
  let out = '';
  let err = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('ready\n')) resolve();
    });
    void exit.then(() => reject(new Error(`child ended early: ${err}`)));
  });
  ready.catch(() => {}); // told by `done` as well
  return {
    ready,
    go: () => child.stdin?.write('go\n'),
    kill: () => child.kill('SIGKILL'),
    async done() {
      const code = await exit;
      return { code, lines: out.trim().split('\n'), err };
    },
  };
}

/** A clock that stands still until it is moved. */
export function fakeClock(start = 1_000_000) {
  let now = start;
  const timers = new Set<{ at: number; run: () => void }>();
  const after = (ms: number, run: () => void) => {
    const timer = { at: now + ms, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const clock: Clock = {
    now: () => now,
    after,
    every: () => {
      throw new Error('not used');
    },
  };
  return {
    clock,
    pendingTimers: () => timers.size,
    /** Moves time and runs what falls due, one after the other. */
    advance(ms: number) {
      const until = now + ms;
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due);
        now = due.at;
        due.run();
      }
      now = until;
    },
  };
}

/** Waits until a condition holds, looking again after each turn of the event loop. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000; turn++) {
    if (isTrue()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('the condition never held');
}
