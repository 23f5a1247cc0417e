import { type Command, EXIT, print, readArgs } from './command';

export const version: Command = {
  name: 'version',
  summary: 'prints the version',
  usage: 'estafette version [--json]',
  async run(io, args, deps) {
    const { values } = readArgs(args, {});
    const document = { version: deps.version, node: process.versions.node };
    print(io, values, document, () => `estafette ${deps.version} (Node ${process.versions.node})`);
    return EXIT.ok;
  },
};
