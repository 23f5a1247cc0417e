import { systemClock } from '../base/clock';
import { createLog } from '../base/log';
import { freePortRun } from '../base/ports';
import type { AppConfig } from '../sites';
import { clusterFork } from './cluster';
import { EXIT, type Io } from './command';
import { createSupervisor, StartFailed } from './supervisor';
import type { ReadyInfo } from './supervisor-types';

/** Any time will do that a timer can wait. */
const LONG_MS = 3_600_000;

export interface SuperviseOptions {
  readonly config: AppConfig;
  readonly workers: number;
  /** Command line of the processes. */
  readonly args: readonly string[];
  readonly io: Io;
  readonly onReady: (info: ReadyInfo) => void;
}

/** Runs the platform as supervised processes until it is told to stop; resolves with the exit code. */
export async function supervise(options: SuperviseOptions): Promise<number> {
  const { config, workers, args, io } = options;
  const { host, port } = config.listen;
  const log = createLog(config.log);
  const supervisor = createSupervisor({
    fork: clusterFork(args),
    log,
    clock: systemClock,
    workers,
    // All processes share one.
    port: port === 0 && config.role !== 'worker' ? await freePortRun(1, host) : port,
  });
  const stopped = io.untilStopped();
  const reload = (): void => {
    log.info('process/reload');
    void supervisor.reload(); // tells of its own failures
  };
  process.on('SIGHUP', reload);
  // While the next try waits there may be no process left: clocks keep nothing alive, and the
  // program would end as if it had been told to.
  const alive = setInterval(() => undefined, LONG_MS);
  try {
    const started = supervisor.start().then(options.onReady);
    const first = await Promise.race([started, stopped]);
    if (first === undefined) {
      return await Promise.race([stopped.then(() => EXIT.ok), supervisor.ended]);
    }
    return EXIT.ok;
  } catch (error) {
    // The process has told what is wrong on standard error.
    if (error instanceof StartFailed) return error.exitCode;
    throw error;
  } finally {
    process.off('SIGHUP', reload);
    await supervisor.stop();
    clearInterval(alive);
  }
}
