import type { BootReport } from '../host/report';
import { type Command, EXIT, print, readArgs } from './command';

export const serve: Command = {
  name: 'serve',
  summary: 'starts the webmail and runs until it is told to stop',
  usage:
    'estafette serve [--json]\n\nReads config/ (or the folder ESTAFETTE_CONFIG), listens, and stops on SIGTERM or SIGINT.',
  async run(io, args, deps) {
    const { values } = readArgs(args, {});
    const app = await deps.createApp(deps.loadConfig());
    try {
      const { url } = await app.start();
      const { plugins, warnings } = app.report;
      const document = { url, pid: process.pid, plugins, warnings };
      print(io, values, document, () =>
        [`Estafette listens on ${url}`, ...troubles(app.report)].join('\n'),
      );
      await io.untilStopped();
    } finally {
      await app.stop();
    }
    return EXIT.ok;
  },
};

/** Plugins that are not in service everywhere they were asked for: mail works, somebody should know. */
const troubles = ({ plugins, warnings }: BootReport): readonly string[] => [
  ...plugins
    .filter(({ state }) => state !== 'active')
    .map(({ id, state, reason }) => `plugin ${id}: ${[state, reason].filter(Boolean).join(': ')}`),
  ...warnings.map((warning) => `warning: ${warning}`),
];
