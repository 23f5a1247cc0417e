import { z } from 'zod';
import {
  type Audit,
  type AuditNews,
  auditMigrations,
  createAudit,
  createAuditKeys,
} from '../../../src/audit';
import type { Clock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import type { SiteId, UserId } from '../../../src/base/types';
import {
  createEnabling,
  type Enabling,
  enablingMigrations,
  type KnownUser,
} from '../../../src/enabling';
import { parseJson } from '../../../src/kernel/config-json';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { migrate } from '../../../src/kernel/migrate';
import { choicesSchema, groupsSchema, lockedSchema } from '../../../src/sites';

export const [marees, saisons] = ['marees' as SiteId, 'saisons' as SiteId];
export const alice = { login: 'alice', remote: '192.0.2.1' };

/** A clock whose periodic work runs when a test says so. */
export function handClock(): Clock & { tick(): void } {
  const every = new Set<() => void>();
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => (now += 1_000),
    after: () => () => {},
    every(_ms, run) {
      every.add(run);
      return () => void every.delete(run);
    },
    tick: () => {
      for (const run of every) run();
    },
  };
}

export const PLUGINS = [
  {
    id: 'calendar',
    schema: z.object({
      firstDay: z.int().min(0).max(6).default(1),
      week: z.strictObject({ start: z.int().default(8), end: z.int().default(19) }).prefault({}),
      words: z.array(z.string()).default([]),
      names: z.record(z.string(), z.string()).default({}),
    }),
  },
  { id: 'planning', requires: ['calendar'] },
  { id: 'bridge', schema: z.strictObject({ url: z.string(), user: z.string() }) },
  { id: 'reminder' },
  { id: 'spell-one', provides: ['spell-check'] },
  { id: 'spell-two', provides: ['spell-check'] },
];

export interface Installation {
  readonly plugins?: object;
  /** Keys of the file `saisons.json`; the other site has none. */
  readonly site?: object;
  readonly people?: readonly Partial<KnownUser>[];
  readonly db: Database;
  readonly clock?: Clock;
}

export interface Stand {
  readonly enabling: Enabling;
  readonly audit: Audit;
  readonly told: readonly AuditNews[];
  readonly changes: () => number;
}

export async function openDb(): Promise<Database> {
  const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  const migrations = [...auditMigrations, ...enablingMigrations];
  await migrate(db, [{ owner: 'core', migrations }]);
  return db;
}

const read = (file: string, value: object) => ({
  file,
  ...parseJson(JSON.stringify(value, null, 2)),
});
const siteShape = z.object({
  groups: groupsSchema,
  choices: choicesSchema,
  locked: lockedSchema.default([]),
});

export async function stand(options: Installation): Promise<Stand> {
  const { db, clock = handClock(), people = [] } = options;
  const told: AuditNews[] = [];
  let changes = 0;
  const hooks = {
    action: async (_scope: unknown, _name: string, entry: unknown) => {
      told.push(entry as AuditNews);
    },
  };
  const users = people.map((user, index) => ({
    id: index as UserId,
    site: saisons,
    login: `user${index}`,
    groups: [],
    choices: {},
    ...user,
  }));
  const audit = createAudit({
    db,
    clock,
    hooks,
    sites: [saisons, marees],
    keys: createAuditKeys([Buffer.alloc(32, 'test key')]),
  });
  const enabling = createEnabling({
    db,
    clock,
    log: silentLog(),
    audit,
    sources: {
      app: read('config/app.json', {}),
      plugins: read('config/plugins.json', options.plugins ?? {}),
      sites: [
        read('config/sites/saisons.json', options.site ?? {}),
        read('config/sites/marees.json', {}),
      ],
    },
    sites: [
      { id: saisons, ...siteShape.parse(options.site ?? {}) },
      { id: marees, groups: [], choices: [], locked: [] },
    ],
    plugins: PLUGINS,
    people: async (site) => users.filter((user) => site === undefined || user.site === site),
    openSessions: async () => new Map(users.map(({ id }) => [id, 2])),
    onChanged: () => {
      changes += 1;
    },
  });
  await enabling.start();
  return { enabling, audit, told, changes: () => changes };
}

export const group = (id: string, more: object = {}) => ({
  id,
  title: id,
  match: { logins: ['x'] },
  ...more,
});
