import { realpathSync } from 'node:fs';
import path from 'node:path';
import { deserialize } from 'node:v8';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { PluginTask } from './plugin-worker-entry';
import { createWorkerPool, type WorkerPool } from './worker';

const THREADS = 2; // of one plugin: it cannot take every core by parsing
const QUEUE = 20;
const HEAP_MB = 128;
const TIMEOUT_MS = 2_000;
const TIMEOUT_MAX_MS = 30_000;
const RESULT_MAX_BYTES = 4 * 1024 * 1024;
const EXTENSIONS = ['', '.js', '.ts'];

export interface PluginWorkerOptions {
  /** 2 s by default, 30 s at most; waiting for a thread does not count. */
  readonly timeoutMs?: number;
  /** Of the result, serialised; 4 MiB by default and at most. */
  readonly maxBytes?: number;
}

export interface PluginWorkers {
  /**
   * Runs a file of a plugin in a thread of its own: its export `run` (or its default) is called with
   * `input`, and both are plain data (structured clone). A loop or a heap that is full ends the
   * thread alone: `worker/timeout`. A result that is too large, or a queue that is full:
   * `request/budget`. A file outside of the plugin: `request/forbidden`.
   */
  run(
    plugin: { readonly id: string; readonly dir: string },
    file: string,
    input: unknown,
    options?: PluginWorkerOptions,
  ): Promise<unknown>;
  stats(): readonly { readonly plugin: string; readonly threads: number; readonly busy: number }[];
  /** Ends the threads of one plugin, when it stops; `close` waits for their end. */
  forget(plugin: string): void;
  close(): Promise<void>;
}

/**
 * Threads for what plugins parse, a pool for each: what one of them leaves behind in its thread
 * never meets another's data. A thread has neither the environment nor a handle of the platform.
 */
export function createPluginWorkers({ log }: { readonly log: Log }): PluginWorkers {
  const pools = new Map<string, WorkerPool>();
  const closing = new Set<Promise<void>>();
  const entry = path.join(__dirname, `plugin-worker-entry${path.extname(__filename)}`);

  function poolOf(plugin: string): WorkerPool {
    const known = pools.get(plugin);
    if (known) return known;
    const ownLog = log.child({ plugin });
    const options = { size: THREADS, entry, log: ownLog, maxQueue: QUEUE, heapMb: HEAP_MB };
    const pool = createWorkerPool(options);
    pools.set(plugin, pool);
    return pool;
  }

  return {
    async run({ id, dir }, file, input, options = {}) {
      const task: PluginTask = {
        file: fileInside(id, dir, file),
        input,
        maxBytes: Math.min(options.maxBytes ?? RESULT_MAX_BYTES, RESULT_MAX_BYTES),
      };
      const timeoutMs = Math.min(options.timeoutMs ?? TIMEOUT_MS, TIMEOUT_MAX_MS);
      const bytes = await poolOf(id).run<Uint8Array>('run', task, { timeoutMs });
      return deserialize(bytes) as unknown;
    },
    stats: () =>
      [...pools].map(([plugin, pool]) => {
        const { threads, busy } = pool.stats();
        return { plugin, threads, busy };
      }),
    forget(plugin) {
      const pool = pools.get(plugin);
      pools.delete(plugin);
      if (!pool) return;
      const end = pool.close().finally(() => closing.delete(end));
      closing.add(end);
    },
    async close() {
      await Promise.all([...closing, ...[...pools.values()].map((pool) => pool.close())]);
    },
  };
}

/** A file of the plugin's folder by its real path: a link does not lead out of it either. */
function fileInside(plugin: string, dir: string, name: string): string {
  const folder = realpathSync(dir);
  for (const extension of EXTENSIONS) {
    const file = realFile(path.resolve(folder, name + extension));
    if (file === undefined) continue;
    if (file.startsWith(folder + path.sep)) return file;
    break;
  }
  const details = { plugin, file: name, reason: 'not a file of the plugin' };
  throw new AppError('request/forbidden', { details });
}

function realFile(file: string): string | undefined {
  try {
    const real = realpathSync(file);
    return path.extname(real) === '' ? undefined : real;
  } catch {
    return undefined;
  }
}
