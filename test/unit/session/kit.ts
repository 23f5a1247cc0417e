import { type Clock, systemClock } from '../../../src/base/clock';
import { type ErrorCode, isAppError } from '../../../src/base/errors';
import { silentLog } from '../../../src/base/log';
import type { SiteId } from '../../../src/base/types';
import { openDatabase } from '../../../src/kernel/db';
import type { Database } from '../../../src/kernel/db-types';
import { createHooks, type Hooks } from '../../../src/kernel/hooks';
import { createMeter, createMetrics } from '../../../src/kernel/meter';
import { migrate } from '../../../src/kernel/migrate';
import {
  createKeyRing,
  createSessions,
  createThrottle,
  createUserStore,
  type Principal,
  type Sessions,
  type SessionsDeps,
  sessionHooks,
  sessionMigrations,
  type Throttle,
  type UserStore,
} from '../../../src/session';
import { createSettings, type Settings, settingsMigrations } from '../../../src/settings';
import type { Site } from '../../../src/sites/site';

/** A clock that stands still; what waits on it is run at once, its time having passed. */
export class TestClock implements Clock {
  ms = Date.parse('2026-03-01T08:00:00.000Z');
  readonly waits: number[] = [];
  now(): number {
    return this.ms;
  }
  pass(seconds: number): void {
    this.ms += seconds * 1_000;
  }
  after(ms: number, run: () => void): () => void {
    this.waits.push(ms);
    this.ms += ms;
    queueMicrotask(run);
    return () => {};
  }
  every(): () => void {
    return () => {};
  }
}

export const aSite = (values: Partial<Site> = {}): Site => ({
  id: 'culture' as SiteId,
  hosts: ['mail.culture.example'],
  title: 'Culture',
  tagline: '',
  mailDomains: ['culture.example'],
  skin: 'base',
  locale: 'fr',
  timeZone: 'Europe/Paris',
  imap: { host: '127.0.0.1', port: 1, security: 'none' },
  smtp: { host: '127.0.0.1', port: 1, security: 'none', auth: 'user' },
  signIn: { kind: 'imap', loginDomain: 'culture.example' },
  support: { name: 'Support' },
  session: { idleMinutes: 30, absoluteHours: 10 },
  limits: { messageBytes: 1, recipients: 1, pageSize: 50, undoSeconds: 5 },
  plugins: {},
  groups: [],
  choices: [],
  locked: [],
  taskbar: [],
  links: [],
  ...values,
});

export const aPrincipal = (values: Partial<Principal> = {}): Principal => ({
  login: 'alice',
  name: 'Alice Martin',
  mail: 'alice@culture.example',
  aliases: [],
  imapLogin: 'alice@culture.example',
  attributes: {},
  ...values,
});

export const SERVER_KEY = { id: 1, secret: Buffer.alloc(32, 7) };

/** What a browser keeps of the tokens that it is known by. */
export interface Browser {
  tokens: readonly string[];
}
export const aBrowser = (): Browser => ({ tokens: [] });

export interface Bench {
  readonly db: Database;
  readonly clock: TestClock;
  readonly hooks: Hooks;
  readonly users: UserStore;
  readonly settings: Settings;
  readonly throttle: Throttle;
  readonly sessions: Sessions;
  /** Passwords by login; the directory of these tests. */
  readonly passwords: Map<string, string>;
  /** What the directory does instead of answering. */
  directory: { fail?: Error; asked: number };
  site: Site;
  /** Countries of addresses; none is known unless told. */
  countryOf: (remote: string) => string | undefined;
  signIn(
    values?: Partial<Parameters<Sessions['signIn']>[0]> & { readonly browser?: Browser },
  ): ReturnType<Sessions['signIn']>;
  close(): Promise<void>;
}

/** The whole folder on SQLite in memory, with a directory that is a map. */
export async function aBench(more: Pick<SessionsDeps, 'lookup'> = {}): Promise<Bench> {
  const db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  const migrations = [...sessionMigrations, ...settingsMigrations];
  await migrate(db, [{ owner: 'core', migrations }]);
  const clock = new TestClock();
  const hooks = createHooks({
    log: silentLog(),
    clock: systemClock,
    meter: createMeter(createMetrics()),
    isEnabled: () => true,
    rank: () => 0,
  });
  hooks.define(sessionHooks);
  const settings = createSettings({ db, clock });
  const users = createUserStore({
    db,
    clock,
    hooks,
    writeSettings: (user, values) => settings.write(user, 'core', values),
    erasers: [(user, trx) => settings.erase(user, trx)],
  });
  const throttle = createThrottle({ db, clock });
  const passwords = new Map([
    ['alice', 'correct horse'],
    ['bruno', 'battery staple'],
  ]);
  const directory: Bench['directory'] = { asked: 0 };
  const site = aSite();
  const sessions = createSessions({
    ...more,
    db,
    clock,
    hooks,
    users,
    throttle,
    log: silentLog(),
    isFactor: (challenge) => challenge === 'totp',
    countryOf: (_site, remote) => bench.countryOf(remote),
    keys: createKeyRing([SERVER_KEY]),
    ldapLogin: async () => undefined,
    imapLogin: async (_site, _domain, { login, password }) => {
      directory.asked += 1;
      if (directory.fail) throw directory.fail;
      if (passwords.get(login.toLowerCase()) !== password) return undefined;
      const mail = `${login.toLowerCase()}@culture.example`;
      return aPrincipal({ login, mail, imapLogin: mail });
    },
  });
  const bench: Bench = {
    countryOf: () => undefined,
    db,
    clock,
    hooks,
    users,
    settings,
    throttle,
    sessions,
    passwords,
    directory,
    site,
    async signIn({ browser, ...values } = {}) {
      const signedIn = await sessions.signIn({
        site: bench.site,
        scope: { site: bench.site.id },
        login: 'alice',
        password: 'correct horse',
        remote: '192.0.2.1',
        ...(browser && { deviceTokens: browser.tokens }),
        ...values,
      });
      if (browser) browser.tokens = signedIn.deviceTokens ?? browser.tokens;
      return signedIn;
    },
    close: () => db.close(),
  };
  return bench;
}

/** The code and the error of what must be refused. */
export async function refusal(work: Promise<unknown>) {
  try {
    await work;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

export const codeOf = async (work: Promise<unknown>): Promise<ErrorCode> =>
  (await refusal(work)).code;

/** Gives the next session that is to be ended a new id just before it is, as a renewal elsewhere does. */
export function renewBetween({ db }: Bench): void {
  interface Query {
    readonly sql: string;
    readonly bindings: readonly unknown[];
  }
  const client = db.knex.client as { _query(connection: unknown, query: Query): Promise<unknown> };
  const run = client._query.bind(client);
  client._query = async (connection, query) => {
    if (query.sql.startsWith('delete from `sessions`')) {
      client._query = run;
      const sql = 'update `sessions` set `id` = ? where `id` = ?';
      await run(connection, { sql, bindings: ['renewed', query.bindings[0]] });
    }
    return run(connection, query);
  };
}
