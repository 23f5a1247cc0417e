import { type Command, EXIT, print, readArgs, UsageError } from './command';
import { findUser } from './users';
import { withApp } from './with-app';

const WAY = /^([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)$/;

export const signInUnlink: Command = {
  name: 'sign-in:unlink',
  summary: 'forgets which identity of a provider opens somebody’s account',
  usage: [
    'estafette sign-in:unlink [--site id] [--way plugin.method] <login or address> --yes [--json]',
    '',
    '--way   one way in, such as sso.cerbere; all of them by default',
    '--yes   without it, says what would be forgotten and stops',
    'Sessions that came by it end. The next sign-in links the account anew.',
  ].join('\n'),
  async run(io, args, deps) {
    const options = {
      site: { type: 'string' },
      way: { type: 'string' },
      yes: { type: 'boolean' },
    } as const;
    const { values, positionals } = readArgs(args, options, 1);
    const way = wayOf(values.way);
    return withApp(deps, async (app) => {
      const user = await findUser(app, positionals[0], values.site);
      const links = (await app.sessions.linksOf(user.id)).filter(
        ({ plugin, method }) => !way || (plugin === way.plugin && method === way.method),
      );
      const isDone = values.yes === true;
      if (isDone) await app.sessions.unlink(user, way);
      const shown = links.map(({ plugin, method, issuer, linkedAt }) => ({
        way: `${plugin}.${method}`,
        issuer,
        linkedAt,
      }));
      const document = { user: user.login, site: user.site, unlinked: isDone, links: shown };
      print(io, values, document, () =>
        [
          ...shown.map((link) => `${link.way}  ${link.issuer}  since ${link.linkedAt}`),
          isDone
            ? `${user.login} of ${user.site}: ${shown.length} forgotten`
            : `${user.login} of ${user.site}: ${shown.length} would be forgotten; add --yes`,
        ].join('\n'),
      );
      return isDone || shown.length === 0 ? EXIT.ok : EXIT.usage;
    });
  },
};

function wayOf(text: string | undefined) {
  if (text === undefined) return undefined;
  const [, plugin, method] = WAY.exec(text) ?? [];
  if (plugin === undefined || method === undefined) {
    throw new UsageError(`--way is plugin.method, found "${text}"`);
  }
  return { plugin, method };
}
