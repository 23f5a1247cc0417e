import type { BootReport } from '../host/report';
import type { AppConfig } from '../sites';
import { type Command, EXIT, type Io, print, readArgs, UsageError } from './command';
import type { Deps } from './deps';
import { BAD_STATES } from './plugins';
import type { SupervisorLink } from './supervisor-types';

const WORKERS_MAX = 64;

export const serve: Command = {
  name: 'serve',
  summary: 'starts the webmail and runs until it is told to stop',
  usage: `estafette serve [--workers n] [--json]

Reads config/ (or the folder ESTAFETTE_CONFIG), listens, and stops on SIGTERM or SIGINT. A supervisor keeps n processes
serving (1 unless told) and replaces those that end, leak or stand still; SIGHUP replaces all of them, one after the
other, with the configuration of now. With 0 there is no supervisor: one process, as it is.`,
  async run(io, args, deps) {
    const { values } = readArgs(args, { workers: { type: 'string' } });
    const workers = workersOf(values.workers);
    const { link, supervise } = deps.processes ?? {};
    const say = ({ url, plugins, warnings }: Ready): void =>
      print(io, values, { url, pid: process.pid, plugins, warnings }, () =>
        [`Estafette listens on ${url}`, ...troubles({ plugins, warnings })].join('\n'),
      );
    if (link) return serveHere(io, deps, link, (ready) => link.ready(ready));
    if (!supervise || workers === 0) return serveHere(io, deps, undefined, say);
    const config = deps.loadConfig();
    return supervise({ config, workers, args: ['serve'], io, onReady: say });
  },
};

type Ready = Pick<BootReport, 'plugins' | 'warnings'> & { readonly url: string };

async function serveHere(
  io: Io,
  deps: Deps,
  link: SupervisorLink | undefined,
  onReady: (ready: Ready) => void,
): Promise<number> {
  const config = deps.loadConfig();
  const app = await deps.createApp(link ? forSlot(config, link) : config, {
    ...(link && { supervisor: link }),
  });
  try {
    const { url } = await app.start();
    const { plugins, warnings } = app.report;
    onReady({ url, plugins, warnings });
    await io.untilStopped();
  } finally {
    await app.stop();
  }
  return EXIT.ok;
}

/** Processes share the port of the web server; each has its own for its own measures. */
function forSlot(config: AppConfig, { start: { slot, port } }: SupervisorLink): AppConfig {
  const { metrics, listen } = config;
  return {
    ...config,
    listen: { ...listen, port },
    ...(metrics && { metrics: { ...metrics, port: metrics.port && metrics.port + slot } }),
  };
}

function workersOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count <= WORKERS_MAX) return count;
  throw new UsageError(`--workers: expected a number from 0 to ${WORKERS_MAX}, found "${text}"`);
}

/** Plugins that are not in service everywhere they were asked for: mail works, somebody should know. */
const troubles = ({
  plugins,
  warnings,
}: Pick<BootReport, 'plugins' | 'warnings'>): readonly string[] => [
  ...plugins
    .filter(({ state }) => BAD_STATES.has(state))
    .map(({ id, state, reason }) => `plugin ${id}: ${[state, reason].filter(Boolean).join(': ')}`),
  ...warnings.map((warning) => `warning: ${warning}`),
];
