import type { ConfigChange } from '../enabling';
import { chooseSite } from './choose-site';
import { type Command, EXIT, print, readArgs, table, UsageError } from './command';
import { withEnabling } from './with-enabling';

export const configHistory: Command = {
  name: 'config:history',
  summary: 'lists the changes that administrators made to settings of plugins',
  usage: [
    'estafette config:history [plugin | plugin.key] [--site id] [--limit n] [--json]',
    '',
    '--site id   those of a site, and of every site',
    '--limit n   50 unless told, at most 500',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(
      args,
      { site: { type: 'string' }, limit: { type: 'string' } },
      1,
    );
    const [what] = positionals;
    const limit = values.limit ?? '50';
    if (!/^[1-9]\d{0,2}$/.test(limit)) throw new UsageError(`"${limit}" is not a number of lines`);
    const site = values.site === undefined ? undefined : chooseSite(deps.loadConfig(), values.site);
    return withEnabling(deps, async ({ enabling }) => {
      const changes = await enabling.history({
        site: site?.id,
        limit: Number(limit),
        ...(what?.includes('.') ? { path: what } : { plugin: what }),
      });
      print(io, values, { changes }, () =>
        changes.length === 0
          ? 'No change.'
          : table(
              ['id', 'when', 'who', 'site', 'group', 'what', 'value', 'before', ''],
              changes.map(row),
            ),
      );
      return EXIT.ok;
    });
  },
};

const row = ({ id, at, author, site, group, path, value, previous, undoneBy }: ConfigChange) => [
  id,
  at,
  author,
  site,
  group ?? '-',
  path,
  said(value),
  said(previous),
  undoneBy === undefined ? '' : `taken back by ${undoneBy}`,
];

const said = (value: unknown): string => (value === undefined ? '-' : JSON.stringify(value));
