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

export interface PluginDatabasesDeps {
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

export function createPluginDatabases(deps: PluginDatabasesDeps): PluginDatabases {
  const { place, log, onOverdue = () => {} } = deps;
  const stores = new Map<string, PluginStore>();

  function storeOf(plugin: string): PluginStore {
    const known = stores.get(plugin);
    if (known) return known;
    const filename = place === IN_MEMORY ? IN_MEMORY : pluginFile(place, plugin);
    const limits = { ...STORE_LIMITS, ...deps.limits };
    const store = createPluginStore({ plugin, filename, log, limits, onOverdue });
    stores.set(plugin, store);
    return store;
  }

  /** Left as it was found, so that the file of a plugin that does nothing can be removed. */
  async function visit<T>({ owner }: MigrationSet, ask: (store: PluginStore) => Promise<T>) {
    const store = storeOf(owner);
    const isKept = place === IN_MEMORY || store.isOpen();
    try {
      return await ask(store);
    } finally {
      if (!isKept) await store.close();
    }
  }

  return {
    of: storeOf,
    async migrate(set) {
      if (set.migrations.length === 0) return [];
      return visit(set, (store) => store.migrate(set.migrations));
    },
    async pending(set) {
      if (set.migrations.length === 0) return [];
      return visit(set, (store) => store.pending(set.migrations));
    },
    close: async (plugin) => stores.get(plugin)?.close(),
    async closeAll() {
      await Promise.all([...stores.values()].map((store) => store.close()));
    },
  };
}
