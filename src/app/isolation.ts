import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { type Suspension, suspensions } from '../kernel/askers';
import type { HookEmitter } from '../kernel/hook-types';
import type { Leak } from '../kernel/leaks';
import { watchMemory } from '../kernel/memory-watch';
import type { Meter, PluginStats } from '../kernel/meter';
import type { ProcessNews } from '../kernel/process-news';
import { type Incident, startWatchdog } from '../kernel/watchdog';
import type { AppConfig } from '../sites';
import type { RequestContext } from '../web/context';
import { adminReach } from '../web/routes/admin/access';
import type { ErrorWatch } from './error-watch';

const STDERR_FD = 2;

/** What another process had to be kept from. */
interface Quarantined {
  readonly plugin: string;
  readonly reason: string;
  /** For one person alone, until a time. */
  readonly who?: string | undefined;
  readonly until?: number | undefined;
}

/** The supervisor, as far as this floor needs it. */
export interface ProcessLink {
  readonly start: {
    readonly slot: number;
    readonly reason: string;
    /** Not to be started at all: a timer of theirs would end this process as it did others. */
    readonly quarantined: readonly Quarantined[];
  };
  /** Descriptor on which the watchdog's thread writes its lines. */
  readonly reportFd: number;
  /** Asks for another process in this one's place. */
  replace(request: { readonly reason: string; readonly plugin?: string | undefined }): void;
  onQuarantine(run: (found: Quarantined) => void): void;
  /** What the supervisor went through. */
  news(): ProcessNews;
}

export interface IsolationDeps {
  readonly config: AppConfig;
  readonly log: Log;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly link?: ProcessLink | undefined;
  readonly errors: ErrorWatch;
}

/** What an operator is told of this process and of what its plugins did to it. */
export interface IsolationReport extends ProcessNews {
  readonly process: {
    readonly pid: number;
    readonly slot: number;
    /** Why it was started in another one's place. */
    readonly startedFor: string;
    readonly uptimeS: number;
    readonly rssMb: number;
    readonly heapMb: number;
  };
  /** Times that the loop stood still, oldest first. */
  readonly incidents: readonly (Incident & { readonly time: string })[];
  /** Plugins that do not run for somebody. */
  readonly suspended: readonly Suspension[];
  readonly leaks: readonly Leak[];
  readonly plugins: readonly PluginStats[];
}

export interface Isolation {
  report(): IsolationReport;
  stop(): Promise<void>;
}

/**
 * Watches this process once it serves: a loop that stands still, memory that grows. Each is charged to a plugin when one is the cause. Only for a process of our own.
 */
export function watchProcess(deps: IsolationDeps): Isolation {
  const { config, log, clock, meter, link, errors } = deps;
  const { folders, quarantine, suspend, restart } = errors;
  const watchdog = startWatchdog({
    log,
    clock,
    meter,
    folders,
    stuckMs: link ? config.limits.stuckSeconds * 1_000 : 0,
    ...(link && { report: link.reportFd }),
    ...(config.log.level !== 'silent' && { stderr: STDERR_FD }),
    onQuarantine: quarantine,
    onSuspend: suspend,
  });
  const memory = watchMemory({
    log,
    clock,
    meter,
    folders,
    // Alone it would end without anybody in its place: systemd's own limit does as well.
    limitMb: link ? config.limits.memoryMb : 0,
    onLimit: (reason) => restart(reason),
  });

  return {
    report: () => reportOf(link, { watchdog, memory, meter, suspended: suspensions(clock.now()) }),
    async stop() {
      memory.stop();
      await watchdog.stop();
    },
  };
}

function reportOf(
  link: ProcessLink | undefined,
  {
    watchdog,
    memory,
    meter,
    suspended,
  }: {
    readonly watchdog: ReturnType<typeof startWatchdog>;
    readonly memory: ReturnType<typeof watchMemory>;
    readonly meter: Meter;
    readonly suspended: readonly Suspension[];
  },
): IsolationReport {
  const { rss, heapUsed } = process.memoryUsage();
  return {
    ...(link?.news() ?? { restarts: [] }),
    process: {
      pid: process.pid,
      slot: link?.start.slot ?? 0,
      startedFor: link?.start.reason ?? 'start',
      uptimeS: Math.round(process.uptime()),
      rssMb: Math.round(rss / 1_048_576),
      heapMb: Math.round(heapUsed / 1_048_576),
    },
    incidents: watchdog.incidents(),
    suspended,
    leaks: memory.leaks(),
    plugins: meter.pluginStats(),
  };
}

/** Who sees `Server-Timing`: administrators of the site, and everybody in development. */
export function timingViewers(
  mode: AppConfig['mode'],
  hooks: HookEmitter,
): (context: RequestContext) => boolean | Promise<boolean> {
  return async (context) => {
    if (mode === 'development') return true;
    return (await adminReach({ hooks }, context)) !== undefined;
  };
}
