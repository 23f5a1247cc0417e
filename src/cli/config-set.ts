import { type Command, readArgs, UsageError } from './command';
import { CHANGE_OPTIONS, change } from './config-change';
import { operator, withEnabling } from './with-enabling';

export const configSet: Command = {
  name: 'config:set',
  summary: 'changes a setting of a plugin without touching files, and tells whom it touches',
  usage: [
    'estafette config:set <site> <plugin.key> <json> [--group id] [--dry-run] [--yes] [--json]',
    '',
    '<site>      a site, or * with <plugin>.enabled false: stops a plugin everywhere at once',
    '<json>      true, 3, \'"text"\', \'["a","b"]\'',
    '--unset     in place of <json>: takes back what was said',
    '--group id  for the members of a group of the site',
    '--dry-run   only tells whom it would touch',
    '--yes       does not ask',
    '',
    'estafette config:set saisons calendar.firstDay 0 --group dsi',
    "estafette config:set '*' calendar.enabled false --yes",
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(
      args,
      { ...CHANGE_OPTIONS, group: { type: 'string' }, unset: { type: 'boolean' } },
      3,
    );
    const [site, path, text] = positionals;
    if (
      site === undefined ||
      path === undefined ||
      (text === undefined) !== (values.unset === true)
    )
      throw new UsageError('config:set needs a site, plugin.key, and a JSON value or --unset');
    const value = text === undefined ? undefined : readJson(text);
    const request = { site, group: values.group, path, value };
    return withEnabling(deps, (door) =>
      change({ io, door, options: values }, request, () => door.enabling.set(request, operator())),
    );
  },
};

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`expected a JSON value, found ${text}: a text is written '"so"'`);
  }
}
