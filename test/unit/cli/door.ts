import { auditMigrations, createAudit, createAuditKeys } from '../../../src/audit';
import { systemClock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import type { UserId } from '../../../src/base/types';
import type { Deps } from '../../../src/cli';
import {
  createEnabling,
  type EnablingPlugin,
  enablingMigrations,
  type KnownUser,
} from '../../../src/enabling';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { migrate } from '../../../src/kernel/migrate';

export async function openDb(): Promise<Database> {
  const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  await migrate(db, [{ owner: 'core', migrations: [...auditMigrations, ...enablingMigrations] }]);
  return db;
}

/** What commands are given of these plugins and people; the database is kept when one is given. */
export const aDoor =
  (
    plugins: readonly EnablingPlugin[],
    { people = [], db: kept }: { people?: readonly Partial<KnownUser>[]; db?: Database } = {},
  ): Deps['openEnabling'] =>
  async (config) => {
    const { sites, sources } = config;
    const db = kept ?? (await openDb());
    const users = people.map((user, index) => ({
      id: index as UserId,
      site: sites[0]?.id ?? ('one' as never),
      login: `user${index}`,
      groups: [],
      choices: {},
      ...user,
    }));
    const enabling = createEnabling({
      db,
      clock: systemClock,
      log: silentLog(),
      audit: createAudit({
        db,
        clock: systemClock,
        hooks: { action: async () => {} },
        sites: [],
        keys: createAuditKeys([Buffer.alloc(32, 'test key')]),
      }),
      sources,
      sites,
      plugins,
      people: async () => users,
      openSessions: async () => new Map(users.map(({ id }) => [id, 1])),
      onChanged: () => {},
    });
    await enabling.start();
    return {
      enabling,
      findPerson: async (site, name) =>
        users.find((user) => user.site === site && user.login === name),
      async close() {
        enabling.stop();
        if (!kept) await db.close();
      },
    };
  };
