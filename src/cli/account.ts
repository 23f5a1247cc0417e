import { type Command, EXIT, print, readArgs } from './command';
import { findUser } from './users';
import { withApp } from './with-app';

export const accountUnlock: Command = {
  name: 'account:unlock',
  summary: 'ends the lock of an account after too many wrong passwords',
  usage: [
    'estafette account:unlock [--site id] <login or address> [--json]',
    '',
    'Wrong passwords that come after it are counted anew. Written in the audit log.',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(args, { site: { type: 'string' } }, 1);
    return withApp(deps, async (app) => {
      const user = await findUser(app, positionals[0], values.site);
      const wasLocked = await app.unlock(user);
      const document = { user: user.login, site: user.site, wasLocked };
      print(io, values, document, () =>
        wasLocked
          ? `${user.login} of ${user.site}: unlocked`
          : `${user.login} of ${user.site}: was not locked`,
      );
      return EXIT.ok;
    });
  },
};
