import type { ChangeRequest, ConfigChange, Impact } from '../enabling';
import { EXIT, type Io, print } from './command';
import type { EnablingDoor } from './deps';
import { refused } from './with-enabling';

/** Options of the commands that change something. */
export const CHANGE_OPTIONS = {
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean' },
} as const;

interface Options {
  readonly json?: boolean | undefined;
  readonly 'dry-run'?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/** Tells whom a change touches, and makes it once somebody says so. */
export async function change(
  {
    io,
    door,
    options,
  }: { readonly io: Io; readonly door: EnablingDoor; readonly options: Options },
  request: ChangeRequest,
  make: () => Promise<ConfigChange | undefined>,
): Promise<number> {
  const checked = door.enabling.check(request);
  if (!checked.ok) throw refused(checked.error);
  const impact = await door.enabling.impactOf(request);
  const told = describeImpact(request, impact);
  if (!options.json) io.out(told);
  const isWanted =
    options['dry-run'] !== true && (options.yes === true || (await ask(io, options)));
  const made = isWanted ? await make() : undefined;
  const document = { ...request, value: request.value ?? null, impact, change: made ?? null };
  print(io, options, document, () => outcome(isWanted, made));
  return EXIT.ok;
}

async function ask(io: Io, { json }: Options): Promise<boolean> {
  if (json || !io.ask) return false;
  const answer = await io.ask('Make this change? [y/N] ');
  return /^\s*y(?:es)?\s*$/i.test(answer ?? '');
}

function outcome(isWanted: boolean, made: ConfigChange | undefined): string {
  if (!isWanted) return 'Nothing was changed. With --yes it is.';
  if (!made) return 'Nothing to change: it is so already.';
  return `Change ${made.id}. Running processes follow within 5 s; config:rollback ${made.id} takes it back.`;
}

function describeImpact({ site, group, path, value }: ChangeRequest, impact: Impact): string {
  const where = site === '*' ? 'every site' : `site ${site}`;
  const whom = group === undefined ? where : `group ${group} of ${where}`;
  const what = value === undefined ? 'nothing said any more' : JSON.stringify(value);
  const { users, affected, openSessions, examples, goOff, comeOn } = impact;
  const more = affected > examples.length ? ', …' : '';
  const names = examples.length === 0 ? '' : `: ${examples.join(', ')}${more}`;
  return [
    `${path} = ${what}, for ${whom}`,
    `Something changes for ${affected} of ${users} known users${names}`,
    `Open sessions among them: ${openSessions}`,
    ...(goOff.length === 0 ? [] : [`Goes off with it, for want of it: ${goOff.join(', ')}`]),
    ...(comeOn.length === 0 ? [] : [`Comes on with it: ${comeOn.join(', ')}`]),
  ].join('\n');
}
