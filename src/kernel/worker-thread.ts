import { Worker } from 'node:worker_threads';
import type { Log } from '../base/log';
import type { TaskRequest, WorkerMessage } from './worker-messages';

const YOUNG_HEAP_MB = 16;
const START_TIMEOUT_MS = 30_000; // from sources, on a busy machine; compiled code takes some 50 ms
const PASSED_VARIABLES = ['NODE_ENV', 'TZ', 'LANG'];
/** What the TypeScript loader needs to find its cache and its binary. */
const LOADER_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'ESBUILD_BINARY_PATH'];

export interface ThreadOptions {
  readonly entry: string;
  readonly heapMb: number;
  readonly log: Log;
  onReady(): void;
  onAnswer(message: Exclude<WorkerMessage, { type: 'ready' }>): void;
  /** Once, whatever ended it: crash, heap limit, failed start, or `stop`. */
  onEnd(error: Error | undefined): void;
}

/** One worker thread. It keeps the process alive only while it is held. */
export interface Thread {
  post(request: TaskRequest): void;
  hold(isHeld: boolean): void;
  /** Ends the thread at once, endless loops included. */
  stop(): Promise<void>;
}

/** Starts a thread on a compiled (`.js`) or source (`.ts`) entry module. */
export function startThread({ entry, heapMb, log, ...events }: ThreadOptions): Thread {
  const startedMs = performance.now();
  const isSource = entry.endsWith('.ts');
  const worker = new Worker(entry, {
    // Given rather than inherited: flags of this process (--inspect, --test…) are not the worker's.
    execArgv: isSource ? ['--require', require.resolve('tsx/cjs')] : [],
    env: pick(
      process.env,
      isSource ? [...PASSED_VARIABLES, ...LOADER_VARIABLES] : PASSED_VARIABLES,
    ),
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });
  let cause: Error | undefined;
  const startTimer = setTimeout(() => {
    cause = new Error('worker did not start in time');
    void worker.terminate();
  }, START_TIMEOUT_MS);
  startTimer.unref();

  worker.on('message', (message: WorkerMessage) => {
    if (message.type !== 'ready') {
      events.onAnswer(message);
      return;
    }
    clearTimeout(startTimer);
    log.debug({ ms: Math.round(performance.now() - startedMs) }, 'worker/started');
    events.onReady();
  });
  worker.on('messageerror', (error) => {
    cause = error;
    void worker.terminate();
  });
  worker.on('error', (error) => {
    cause = error;
  });
  worker.once('exit', () => {
    clearTimeout(startTimer);
    events.onEnd(cause);
  });
  return {
    post: (request) => worker.postMessage(request),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    async stop() {
      await worker.terminate();
    },
  };
}

const pick = (env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name)));
