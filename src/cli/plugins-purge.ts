import { migrationTable } from '../kernel/migrate';
import { type Command, EXIT, print, readArgs, table, UsageError } from './command';
import { whereOn } from './plugins-on';
import { countRows, dropAll, forcedOn, tablesOf } from './plugins-purge-tables';

export const pluginsPurge: Command = {
  name: 'plugins:purge',
  summary: 'removes the tables of a plugin and what people set for it',
  usage: [
    'estafette plugins:purge <id> [--yes] [--json]',
    '',
    'Without --yes it only tells what would go. Refused while the plugin is on somewhere.',
    'Nothing else removes data of a plugin: not its folder, not plugins:remove.',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(args, { yes: { type: 'boolean' } }, 1);
    const [id] = positionals;
    if (id === undefined) throw new UsageError('plugins:purge needs the id of a plugin');
    if (!/^[a-z][a-z0-9-]*$/.test(id) || id === 'core') {
      throw new UsageError(`"${id}" is no id of a plugin`);
    }
    const config = deps.loadConfig();
    const db = await deps.openDatabase(config);
    try {
      const sites = whereOn(config, id);
      const forced = await forcedOn(db, id);
      const on = [...new Set<string>([...sites, ...forced])];
      if (on.length > 0) {
        throw new UsageError(`"${id}" is still on for ${on.join(', ')}: turn it off there first`);
      }
      const rows = await countRows(db, id, await tablesOf(db, id));
      const isDone = values.yes === true && rows.length > 0;
      if (isDone)
        await dropAll(
          db,
          id,
          rows.map(({ table: name }) => name),
        );
      print(io, values, { id, tables: rows, purged: isDone }, () => {
        if (rows.length === 0) return `The database holds nothing of "${id}".`;
        const list = table(
          ['table', 'rows'],
          rows.map((row) => [row.table, row.rows]),
        );
        if (isDone) return `${list}\n\nGone, and ${migrationTable(id)} with them.`;
        return `${list}\n\nNothing was removed. With --yes all of this goes, for good.`;
      });
      return EXIT.ok;
    } finally {
      await db.close();
    }
  },
};
