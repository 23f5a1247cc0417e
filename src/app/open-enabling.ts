import { systemClock } from '../base/clock';
import { AppError } from '../base/errors';
import { createLog } from '../base/log';
import { createHooks } from '../kernel/hooks';
import { createMeter, createMetrics } from '../kernel/meter';
import { openStorage } from '../kernel/storage';
import { createUserStore } from '../session';
import { createSettings } from '../settings';
import { type AppConfig, locksOf } from '../sites';
import { createAppEnabling } from './enabling';
import { HOOK_TABLES, installedPlugins } from './plugins';

/**
 * Who has which plugin, for the command line: no plugin is started, so that one that does no good
 * can be stopped. Plugins of running processes are not told of lines of audit written here.
 */
export async function openEnabling(config: AppConfig) {
  const log = createLog(config.log);
  const clock = systemClock;
  const db = await openStorage(config, log);
  try {
    if (!(await db.knex.schema.hasTable('config_changes'))) {
      const reason = 'the database is not up to date: run "estafette migrate"';
      throw new AppError('config/invalid', { details: { reason } });
    }
    const hooks = createHooks({
      log,
      clock,
      meter: createMeter(createMetrics()),
      isEnabled: () => false,
      rank: () => 0,
    });
    for (const table of HOOK_TABLES) hooks.define(table);
    const { enabling, findPerson, audit } = createAppEnabling({
      config,
      db,
      clock,
      log,
      hooks,
      users: createUserStore({ db, clock, hooks }),
      settings: createSettings({ db, clock, locked: locksOf(config.sites) }),
      found: installedPlugins(config).found,
      onChanged: () => {},
    });
    await enabling.start();
    return {
      enabling,
      findPerson,
      audit,
      async close() {
        enabling.stop();
        await audit.close();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}
