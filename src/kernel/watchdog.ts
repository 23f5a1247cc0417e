import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { askerOf, type Suspension } from './askers';
import { currentAttribution, runDetached } from './attribution';
import { createHoldCount, INCIDENTS, SUSPENDED_MS } from './hold-count';
import { ATTRIBUTION_SYMBOL } from './loop-stack';
import type { Meter } from './meter';
import { beat, listenNames, runningMemory } from './running';
import type { FromThread, Incident, WatchdogInput } from './watchdog-types';

export type { Incident } from './watchdog-types';

const BEAT_MS = 100;
const BLOCKED_MS = 1_000;
const KEPT_INCIDENTS = 20;
const HEAP_MB = 64;
const TYPESCRIPT = '.ts';

export interface WatchdogOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly meter: Pick<Meter, 'blocked'>;
  /** Folders of plugins' code, to read a stack. */
  readonly folders: WatchdogInput['folders'];
  /** 1 s unless told. */
  readonly blockedMs?: number;
  /** From when a supervisor should replace the process; 0: never. */
  readonly stuckMs: number;
  /** The supervisor's pipe. */
  readonly report?: number;
  /** Standard error, for what is told while the loop stands still; none in tests. */
  readonly stderr?: number;
  readonly onIncident?: (incident: Incident) => void;
  /** The plugin has held the loop too often. */
  readonly onQuarantine: (plugin: string, reason: string) => void;
  /** It has for one person alone. */
  readonly onSuspend: (suspension: Suspension, reason: string) => void;
}

export interface Watchdog {
  /** The last incidents, oldest first. */
  incidents(): readonly (Incident & { readonly time: string })[];
  stop(): Promise<void>;
}

/**
 * Starts the watchdog of this process's event loop: a thread that names the plugin which holds it.
 * What it costs while nothing is wrong: ten increments of a number a second.
 */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  const { log, clock, meter } = options;
  const judge = createHoldCount(clock);
  const incidents: (Incident & { readonly time: string })[] = [];
  const worker = runDetached(() => startThread(options));
  const unlisten = listenNames((mark, name) => worker.postMessage({ mark, ...name }));
  const key = Symbol.for(ATTRIBUTION_SYMBOL);
  const value = (): string => {
    const found = currentAttribution();
    return JSON.stringify(found ? { ...found, who: askerOf(found.requestId) } : null);
  };
  Object.defineProperty(globalThis, key, { value, configurable: true });
  const timer = runDetached(() => setInterval(beat, BEAT_MS));
  timer.unref();

  worker.on('message', (message: FromThread) => {
    if (message.type === 'watching') {
      log.info('loop/watched');
      return;
    }
    const { incident } = message;
    const { plugin, hook = '', ms, who } = incident;
    incidents.push({ ...incident, time: new Date(clock.now()).toISOString() });
    incidents.splice(0, incidents.length - KEPT_INCIDENTS);
    log.error(incident, 'loop/freed');
    options.onIncident?.(incident);
    if (plugin === undefined) return;
    meter.blocked(plugin, hook, ms);
    const sentence = judge(plugin, who);
    const reason = `held the process ${INCIDENTS} times, the last for ${ms} ms`;
    if (sentence === 'everybody') options.onQuarantine(plugin, reason);
    else if (sentence === 'person' && who !== undefined) {
      options.onSuspend({ plugin, who, until: clock.now() + SUSPENDED_MS }, reason);
    }
  });
  // Without it the process goes on as before; it is told, and the restart of the process mends it.
  worker.on('error', (err) => log.error({ err }, 'loop/watchdog-failed'));

  return {
    incidents: () => incidents,
    async stop() {
      clearInterval(timer);
      unlisten();
      Reflect.deleteProperty(globalThis, key);
      await worker.terminate();
    },
  };
}

function startThread(options: WatchdogOptions): Worker {
  const { blockedMs = BLOCKED_MS, stuckMs, folders, report, stderr } = options;
  const extension = path.extname(__filename);
  const buffer = runningMemory();
  const workerData: WatchdogInput = { buffer, blockedMs, stuckMs, folders, report, stderr };
  const worker = new Worker(path.join(__dirname, `watchdog-thread${extension}`), {
    workerData,
    // Given rather than inherited: flags of this process are not the thread's.
    execArgv: extension === TYPESCRIPT ? ['--require', require.resolve('tsx/cjs')] : [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  worker.unref();
  return worker;
}
