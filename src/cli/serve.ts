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
      print(io, values, document, () => `Estafette listens on ${url}`);
      await io.untilStopped();
    } finally {
      await app.stop();
    }
    return EXIT.ok;
  },
};
