import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { type Attribution, currentAttribution } from './attribution';
import type { Meter } from './meter';
import { type CodeFolders, fileOf, ownerOf } from './stack-files';
import { toError } from './thrown';
import { createWindowCount } from './window-count';

const FLOATING_LIMIT = 5; // a plugin that often forgets to await is worse than one that is off
const FLOATING_WINDOW_MS = 60_000;
/** Attribution of our own jobs: an error of ours is fatal, whatever context it floats in. */
const CORE = 'core';

export interface FloatingDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Where the code of plugins is, for errors that float in nobody's context. */
  readonly folders?: CodeFolders;
  /** A rejection charged to a plugin; serving goes on. */
  onCharged?(attribution: Attribution, error: Error): void;
  /** The plugin is to be switched off in this process. */
  onQuarantine(plugin: string, error: Error): void;
  /** The process goes on serving, but its state is unsure: replace it gracefully. */
  onRestart(reason: string, plugin: string): void;
  /** An error of nobody: stop accepting and exit. */
  onFatal(error: Error): void;
}

/**
 * Listens to what nobody awaited or caught in this process: charged to a plugin when its code is
 * the origin, else fatal (plugins.md 2.5). Returns the remover.
 */
export function watchFloatingErrors(deps: FloatingDeps): () => void {
  const isRepeated = createWindowCount(deps.clock, {
    limit: FLOATING_LIMIT,
    windowMs: FLOATING_WINDOW_MS,
  });

  function onRejection(reason: unknown): void {
    const err = toError(reason);
    const origin = pluginOrigin(err, deps.folders ?? []);
    if (!origin) {
      fatal(err, 'unhandled rejection');
      return;
    }
    const { plugin, hook, requestId } = origin;
    deps.log.error({ err, plugin, hook, requestId }, 'plugin/floating-rejection');
    deps.meter.floating(plugin);
    deps.onCharged?.(origin, err);
    if (isRepeated(plugin)) deps.onQuarantine(plugin, err);
  }

  function onException(thrown: unknown): void {
    const err = toError(thrown);
    const origin = pluginOrigin(err, deps.folders ?? []);
    if (!origin) {
      fatal(err, 'uncaught exception');
      return;
    }
    const { plugin, hook, requestId } = origin;
    deps.log.error({ err, plugin, hook, requestId }, 'plugin/uncaught-exception');
    deps.meter.floating(plugin);
    deps.onQuarantine(plugin, err);
    // Node promises nothing about the state of a process after an uncaught exception.
    deps.onRestart(`uncaught exception in plugin ${plugin}`, plugin);
  }

  function fatal(err: Error, kind: string): void {
    deps.log.fatal({ err, kind }, 'process/fatal');
    deps.onFatal(err);
  }

  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
  return () => {
    process.off('unhandledRejection', onRejection);
    process.off('uncaughtException', onException);
  };
}

function pluginOrigin(err: Error, folders: CodeFolders): Attribution | undefined {
  const attribution = currentAttribution();
  if (attribution && attribution.plugin !== CORE) return attribution;
  const plugin = throwerOf(err, folders);
  return plugin === undefined ? undefined : { plugin, hook: 'module' };
}

/** The plugin in whose file an error was made: the first of the stack that is not Node's. */
function throwerOf({ stack = '' }: Error, folders: CodeFolders): string | undefined {
  for (const line of stack.split('\n')) {
    const place = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]*):\d+:\d+\)?$/.exec(line)?.[1];
    if (place !== undefined) return ownerOf(fileOf(place), folders);
  }
  return undefined;
}
