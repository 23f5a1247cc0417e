import path from 'node:path';
import type { Log } from '../base/log';
import type { MigrationSet } from '../kernel/db-types';
import type { MigrationRef } from '../kernel/migrate';
import type { StorageConfig } from '../kernel/storage';
import {
  createPluginStore,
  IN_MEMORY,
  type PluginStore,
  STORE_LIMITS,
  type StoreLimits,
} from './plugin-store';

interface PluginDatabasesDeps {
  /** Folder of the files, made at need, or `:memory:`. */
  readonly place: string;
  readonly log: Log;
  readonly onOverdue?: (plugin: string, error: Error) => void;
  /** For tests. */
  readonly limits?: Partial<StoreLimits>;
}

/** A database for each plugin: a file that holds nothing of the core or of another plugin. */
export interface PluginDatabases {
  of(plugin: string): Pick<PluginStore, 'knex' | 'transaction'>;
  /** As `migrate` of the kernel; the owner is the plugin. */
  migrate(set: MigrationSet): Promise<readonly MigrationRef[]>;
  pending(set: MigrationSet): Promise<readonly MigrationRef[]>;
  close(plugin: string): Promise<void>;
  closeAll(): Promise<void>;
}

/** Where a plugin's data is kept, below the data folder. */
export const pluginFile = (folder: string, plugin: string): string =>
  path.join(folder, `${plugin}.sqlite`);

/** Folder of the plugins' files. */
export const pluginFolder = ({ dataDir }: Pick<StorageConfig, 'dataDir'>): string =>
  path.join(dataDir, 'plugins');

/** Where plugins keep data: {@link pluginFolder}, or `:memory:` where the core's database is. */
export const pluginPlace = (config: Pick<StorageConfig, 'dataDir' | 'database'>): string =>
  config.database.filename === IN_MEMORY ? IN_MEMORY : pluginFolder(config);

interface Entry {
  readonly store: PluginStore;
  /** Who migrates it, or asks what is missing, at this moment. */
  visitors: number;
  /** Asked for by the plugin since it was last closed. */
  isUsed: boolean;
}

export function createPluginDatabases(deps: PluginDatabasesDeps): PluginDatabases {
  const { place, log, onOverdue = () => {} } = deps;
  const entries = new Map<string, Entry>();

  function entryOf(plugin: string): Entry {
    const known = entries.get(plugin);
    if (known) return known;
    const filename = place === IN_MEMORY ? IN_MEMORY : pluginFile(place, plugin);
    const limits = { ...STORE_LIMITS, ...deps.limits };
    const store = createPluginStore({ plugin, filename, log, limits, onOverdue });
    const entry = { store, visitors: 0, isUsed: place === IN_MEMORY };
    entries.set(plugin, entry);
    return entry;
  }

  /** Closed by the last visitor, so that the file of a plugin that does nothing can be removed. */
  async function visit<T>({ owner }: MigrationSet, ask: (store: PluginStore) => Promise<T>) {
    const entry = entryOf(owner);
    entry.visitors += 1;
    try {
      return await ask(entry.store);
    } finally {
      entry.visitors -= 1;
      // The plugin may have begun to use it meanwhile.
      if (entry.visitors === 0 && !entry.isUsed) await entry.store.close();
    }
  }

  async function close(entry: Entry): Promise<void> {
    entry.isUsed = place === IN_MEMORY;
    await entry.store.close();
  }

  return {
    of(plugin) {
      const entry = entryOf(plugin);
      entry.isUsed = true;
      return entry.store;
    },
    async migrate(set) {
      if (set.migrations.length === 0) return [];
      return visit(set, (store) => store.migrate(set.migrations));
    },
    async pending(set) {
      if (set.migrations.length === 0) return [];
      return visit(set, (store) => store.pending(set.migrations));
    },
    async close(plugin) {
      const entry = entries.get(plugin);
      if (entry) await close(entry);
    },
    async closeAll() {
      await Promise.all([...entries.values()].map(close));
    },
  };
}
