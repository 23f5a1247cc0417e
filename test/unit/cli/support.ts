import type { NewAuditEntry } from '../../../src/audit';
import { silentLog } from '../../../src/base/log';
import type { SiteId, UserId } from '../../../src/base/types';
import { type App, type AuditDoor, type Deps, type Io, runCli } from '../../../src/cli';
import { createPluginDatabases, pluginPlace } from '../../../src/host/plugin-databases';
import { openDatabase } from '../../../src/kernel/db';
import type { HookDefinition, HookRegistry } from '../../../src/kernel/hook-types';
import { parse } from '../sites/support';

/** What a run printed and how it ended. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Somebody whom commands of a test are about. */
export const ALICE = {
  id: 7 as UserId,
  site: 'one' as SiteId,
  login: 'alice',
  name: 'Alice Martin',
  mail: 'alice@one.example',
  aliases: [],
  groups: [],
  locale: 'fr' as const,
};

const unexpected = (): never => {
  throw new Error('not expected in this test');
};

const definition: HookDefinition & { owner: string } = {
  kind: 'filter',
  doc: 'Changes a message before it leaves.',
  owner: 'compose',
};

/** A registry with one hook and one handler on every site. */
export const hookRegistry = (): HookRegistry => ({
  define: unexpected,
  on: unexpected,
  removePlugin: unexpected,
  filter: unexpected,
  action: unexpected,
  first: unexpected,
  collect: unexpected,
  guard: unexpected,
  definitions: () => new Map([['message:outbound', definition]]),
  handlers: (_site: SiteId, name: string) =>
    name === 'message:outbound'
      ? [
          {
            plugin: 'signatures',
            priority: 5,
            breaker: 'closed',
            calls: 4,
            errors: 1,
            timeouts: 0,
            meanMs: 1.234,
          },
        ]
      : [],
});

export function anApp(over: Partial<App> = {}): App {
  const { sites } = parse();
  return {
    start: async () => ({ url: 'http://127.0.0.1:3000/' }),
    stop: async () => {},
    report: { plugins: [], warnings: [], ms: 1 },
    hooks: hookRegistry(),
    plugins: () => [],
    commands: [],
    sites,
    get db() {
      return unexpected();
    },
    get affairs() {
      return unexpected();
    },
    unlock: unexpected,
    get sessions() {
      return unexpected();
    },
    ...over,
  };
}

/** Lines of the audit log that commands of a test wrote. */
export const noted: { readonly entries: NewAuditEntry[]; readonly door: AuditDoor } = {
  entries: [],
  door: {
    audit: {
      async record(entry) {
        noted.entries.push(entry);
        return { id: 1, at: '', site: entry.site, event: entry.event, details: {} };
      },
      verify: unexpected,
      heads: unexpected,
      lost: unexpected,
      acceptHeads: unexpected,
    },
    close: async () => {},
  },
};

export function someDeps(over: Partial<Deps> = {}): Deps {
  return {
    version: '1.2.3',
    root: '/nowhere',
    loadConfig: () => parse({ app: { database: { client: 'sqlite', filename: ':memory:' } } }),
    createApp: async () => anApp(),
    startDemo: unexpected,
    openDatabase: ({ database }) => openDatabase({ ...database, log: silentLog() }),
    pluginDatabases: (config) =>
      createPluginDatabases({ place: pluginPlace(config), log: silentLog() }),
    migrationSets: async () => ({ sets: [], skipped: [] }),
    siteFaults: async () => [],
    askProviders: async () => [],
    openEnabling: unexpected,
    openAudit: async () => noted.door,
    pings: { imap: unexpected, smtp: unexpected, ldap: unexpected },
    ...over,
  };
}

export async function run(
  argv: readonly string[],
  deps: Partial<Deps> = {},
  io: Partial<Io> = {},
): Promise<Run> {
  const lines = { out: '', err: '' };
  const code = await runCli(
    argv,
    {
      out: (text) => {
        lines.out += `${text}\n`;
      },
      err: (text) => {
        lines.err += `${text}\n`;
      },
      env: {},
      untilStopped: async () => 'SIGTERM',
      ...io,
    },
    someDeps(deps),
  );
  return { code, ...lines };
}
