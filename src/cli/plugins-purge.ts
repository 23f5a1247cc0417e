import { existsSync } from 'node:fs';
import { pluginFile, pluginFolder } from '../host/plugin-databases';
import type { Database } from '../kernel/db-types';
import { type Command, EXIT, print, readArgs, table, UsageError } from './command';
import { noteInLog } from './note-in-log';
import { changesThatTurnOn, filesThatTurnOn } from './plugins-on';
import { countInCore, countRows, removeFile, removeInCore } from './plugins-purge-data';

export const pluginsPurge: Command = {
  name: 'plugins:purge',
  summary:
    'removes the database of a plugin, what people set for it and the accounts that it linked',
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
    // Where nothing is kept, there is no such file either.
    const file = pluginFile(pluginFolder(config), id);
    const db = await deps.openDatabase(config);
    let isPurged = false;
    try {
      const on = [...filesThatTurnOn(config, id), ...(await changesThatTurnOn(db, id))];
      if (on.length > 0) {
        throw new UsageError(`"${id}" is still on for ${on.join(', ')}: turn it off there first`);
      }
      const rows = [...(await countRows(file)), ...(await countInCore(db, id))];
      // A file without a table is one that a migration failed on: it goes too.
      const isKept = rows.length > 0 || existsSync(file);
      const isDone = values.yes === true && isKept;
      if (isDone) await purge(db, id, file);
      isPurged = isDone;
      print(io, values, { id, file, tables: rows, purged: isDone }, () => {
        if (!isKept) return `Nothing is kept of "${id}".`;
        const list = table(
          ['table', 'rows'],
          rows.map((row) => [row.table, row.rows]),
        );
        if (isDone) return `${list}\n\nGone, and ${file} with them.`;
        return `${list}\n\nNothing was removed. With --yes all of this goes, and ${file}, for good.`;
      });
      return EXIT.ok;
    } finally {
      await db.close();
      if (isPurged) await noteInLog({ io, deps, config }, { event: 'plugin:purged', target: id });
    }
  },
};

async function purge(db: Database, id: string, file: string): Promise<void> {
  if (!(await removeFile(file))) {
    throw new UsageError(`${file} is in use: reload or stop the server first`);
  }
  await removeInCore(db, id);
}
