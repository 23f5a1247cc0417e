import { createAudit, createAuditKeys } from '../../audit';
import type { Clock } from '../../base/clock';
import { silentLog } from '../../base/log';
import { createEnabling, type Enabling } from '../../enabling';
import type { ConfigSources } from '../../kernel/config';
import type { Database } from '../../kernel/db-types';
import type { Hooks } from '../../kernel/hooks';
import type { Site } from '../../sites';
import type { FoundPlugin } from '../discover';
import { enablingPlugin, NO_FILES, type PluginFiles } from '../plugin-faults';

/** What the files would say, for sites that were made without any. */
export const filesOf = (
  sites: readonly Site[],
  defaults: Readonly<Record<string, unknown>>,
): PluginFiles => ({
  plugins: { ...NO_FILES.plugins, value: defaults },
  sites: sites.map(({ id, plugins, groups, choices, locked }) => ({
    file: `config/sites/${id}.json`,
    value: { plugins, groups, choices, locked },
    lines: new Map(),
  })),
});

export interface TestEnablingDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly hooks: Hooks;
  readonly sites: readonly Site[];
  readonly found: readonly FoundPlugin[];
  readonly files: PluginFiles;
}

/** Who has which plugin, over the database of a test; it does not look for other processes. */
export function createTestEnabling(deps: TestEnablingDeps): Enabling {
  const { hooks, sites, found, files } = deps;
  const sources: ConfigSources = {
    app: { file: 'config/app.json', value: {}, lines: new Map() },
    ...files,
  };
  return createEnabling({
    ...deps,
    log: silentLog(),
    audit: createAudit({
      ...deps,
      sites: sites.map(({ id }) => id),
      keys: createAuditKeys([Buffer.alloc(32, 'test key')]),
    }),
    sources,
    plugins: found.map(enablingPlugin),
    people: async () => [],
    openSessions: async () => new Map(),
    onChanged: () => hooks.invalidate(),
  });
}
