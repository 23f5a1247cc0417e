import { AppError } from '../base/errors';
import type { Database } from '../kernel/db-types';
import { currentAttribution } from '../kernel/isolate';
import type { UserStoreDeps } from '../session';
import { pluginDatabase } from './plugin-db';

/**
 * Tables inside the transaction that erases a person: one handle for every handler, each reaching
 * the tables of the plugin that it belongs to.
 */
export const erasingTables: NonNullable<UserStoreDeps['erasingTables']> = (trx) => ({
  table(name) {
    const plugin = currentAttribution()?.plugin;
    if (plugin === undefined) throw new AppError('request/forbidden', { details: { table: name } });
    const inside: Database = {
      knex: trx,
      transaction: (run) => trx.transaction(run),
      close: async () => {},
    };
    return pluginDatabase(plugin, inside, true).table(name);
  },
});
