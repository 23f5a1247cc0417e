import path from 'node:path';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { FoundPlugin } from '../host/discover';
import type { Host } from '../host/host';
import { type Suspension, suspend as suspendFor } from '../kernel/askers';
import { watchFloatingErrors } from '../kernel/floating';
import type { Meter } from '../kernel/meter';
import type { CodeFolders } from '../kernel/stack-files';
import type { AppConfig } from '../sites';
import type { ProcessLink } from './isolation';

interface ErrorWatchDeps {
  readonly config: Pick<AppConfig, 'root'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly link?: ProcessLink | undefined;
  /** Stops the application in order, before the process ends; asked once it stands. */
  readonly stop: () => Promise<void>;
}

/** Errors that nobody awaited, from before the first plugin is loaded to the end of the process. */
export interface ErrorWatch {
  /** Where the code of plugins is, as far as it has been found. */
  readonly folders: CodeFolders;
  /** Not to be started: what harmed other processes, and what threw in this one before its turn. */
  readonly keptOut: ProcessLink['start']['quarantined'];
  know(found: readonly FoundPlugin[]): void;
  /** The host stands: it takes plugins out of service from now on, first those that threw meanwhile. */
  attach(host: Pick<Host, 'quarantine'>): void;
  quarantine(plugin: string, reason: string): void;
  /** Keeps a plugin from one person for a while. */
  suspend(suspension: Suspension, reason: string): void;
  /** A supervisor brings another process first; alone, this one ends and systemd starts the next. */
  restart(reason: string, plugin?: string): void;
  stop(): void;
}

type Told = ProcessLink['start']['quarantined'][number];

/** Watches a process of our own; each error is charged to a plugin when one is the cause. */
export function watchErrors({ config, log, clock, meter, link, stop }: ErrorWatchDeps): ErrorWatch {
  const folders: (readonly [string, string])[] = [];
  const keptOut = (link?.start.quarantined ?? []).filter(({ who }) => who === undefined);
  let host: Pick<Host, 'quarantine'> | undefined;

  function quarantine(plugin: string, reason: string): void {
    if (host) host.quarantine(plugin, reason);
    else if (!keptOut.some((one) => one.plugin === plugin)) keptOut.push({ plugin, reason });
  }
  function suspend(suspension: Suspension, reason: string): void {
    if (!suspendFor(suspension)) return;
    meter.suspended(suspension.plugin);
    log.warn({ ...suspension, reason }, 'plugin/suspended');
  }
  function obey({ plugin, reason, who, until }: Told): void {
    if (who === undefined) quarantine(plugin, reason);
    else suspend({ plugin, who, until: until ?? 0 }, reason);
  }
  function leave(): void {
    process.exitCode = 1;
    if (host) void stop().finally(() => process.exit(1));
    else process.exit(1);
  }
  function restart(reason: string, plugin?: string): void {
    log.fatal({ reason, plugin }, 'process/restart');
    if (link) link.replace({ reason, plugin });
    // Of a process that is starting, the next one would do the same: it goes on without the plugin.
    else if (host) leave();
  }

  const unwatch = watchFloatingErrors({
    log,
    clock,
    meter,
    folders,
    onQuarantine: (plugin, error) => quarantine(plugin, error.message),
    onRestart: restart,
    onFatal: leave,
  });
  for (const told of link?.start.quarantined ?? []) if (told.who !== undefined) obey(told);
  link?.onQuarantine(obey);

  return {
    folders,
    keptOut,
    know(found) {
      for (const { id, dir, codeDir } of found) {
        const places = [path.join(config.root, 'dist', 'plugins', id), dir, codeDir ?? dir];
        folders.push(...[...new Set(places)].map((place) => [id, place] as const));
      }
    },
    attach(standing) {
      host = standing;
      for (const { plugin, reason } of keptOut) standing.quarantine(plugin, reason);
    },
    quarantine,
    suspend,
    restart,
    stop: unwatch,
  };
}
