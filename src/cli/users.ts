import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { User } from '../session';
import { chooseSites } from './choose-site';
import { type Command, EXIT, print, readArgs, UsageError } from './command';
import type { App } from './deps';
import { withApp } from './with-app';

/** Only the operator reads what is exported. */
const DIR_MODE = 0o700;
const FILE_MODE = 0o600;

export const userExport: Command = {
  name: 'user:export',
  summary: 'writes everything that is kept about a person, by the core and by plugins',
  usage: [
    'estafette user:export [--site id] [--out folder] <login or address> [--json]',
    '',
    '--site id      the site of the person, where there are several',
    '--out folder   new folder for one file a subject; by default all is printed as JSON',
  ].join('\n'),
  async run(io, args, deps) {
    const options = { site: { type: 'string' }, out: { type: 'string' } } as const;
    const { values, positionals } = readArgs(args, options, 1);
    const { out } = values;
    if (out !== undefined && existsSync(out)) throw new UsageError(`${out} exists already`);
    return withApp(deps, async (app) => {
      const user = await findUser(app, positionals[0], values.site);
      const records = await app.affairs.records(user);
      const document = { user: user.login, site: user.site, records };
      if (out === undefined) {
        io.out(JSON.stringify(document, null, values.json ? undefined : 2));
        return EXIT.ok;
      }
      const files = records.map((record) => writeRecord(out, record));
      print(io, values, { user: user.login, site: user.site, files }, () => files.join('\n'));
      return EXIT.ok;
    });
  },
};

export const userErase: Command = {
  name: 'user:erase',
  summary: 'erases a person and everything kept about them, or nothing at all',
  usage: [
    'estafette user:erase [--site id] <login or address> --yes [--json]',
    '',
    '--yes   without it, says who would be erased and stops',
    'Mail is not touched: it is on the mail server.',
  ].join('\n'),
  async run(io, args, deps) {
    const options = { site: { type: 'string' }, yes: { type: 'boolean' } } as const;
    const { values, positionals } = readArgs(args, options, 1);
    return withApp(deps, async (app) => {
      const user = await findUser(app, positionals[0], values.site);
      const who = { user: user.login, mail: user.mail, site: user.site };
      const isErased = values.yes === true;
      if (isErased) await app.affairs.erase(user);
      print(io, values, { ...who, erased: isErased }, () =>
        isErased
          ? `${user.login} (${user.mail}) of ${user.site} is erased`
          : `${user.login} (${user.mail}) of ${user.site} would be erased; add --yes`,
      );
      return isErased ? EXIT.ok : EXIT.usage;
    });
  },
};

/** The one person meant; throws {@link UsageError} for nobody, or several. */
export async function findUser(
  app: App,
  name: string | undefined,
  site: string | undefined,
): Promise<User> {
  if (name === undefined || name === '') throw new UsageError('whose? give a login or an address');
  const found: User[] = [];
  for (const { id } of chooseSites(app.sites, site)) {
    const user = await app.affairs.find(id, name);
    if (user) found.push(user);
  }
  const [user, other] = found;
  if (!user) throw new UsageError(`nobody here is called "${name}"`);
  if (other) throw new UsageError(`"${name}" is on several sites: --site ${user.site}, …`);
  return user;
}

type Record = Awaited<ReturnType<App['affairs']['records']>>[number];

/** File names were checked where they came in: no path is in one. */
function writeRecord(out: string, { owner, file, content }: Record): string {
  const dir = path.join(out, owner);
  mkdirSync(dir, { recursive: true, mode: DIR_MODE });
  const target = path.join(dir, file);
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
  writeFileSync(target, text, { mode: FILE_MODE, flag: 'wx' });
  return target;
}
