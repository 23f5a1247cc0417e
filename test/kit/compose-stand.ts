import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Clock, systemClock } from '../../src/base/clock';
import { createLog, silentLog } from '../../src/base/log';
import type { SessionId, SiteId, UserId } from '../../src/base/types';
import {
  type ComposeDeps,
  type ComposeService,
  composeHooks,
  composeMigrations,
  createCompose,
} from '../../src/compose';
import { plainSite } from '../../src/host/testing/sites';
import { openDatabase } from '../../src/kernel/db';
import type { Database } from '../../src/kernel/db-types';
import { createHooks, type Hooks } from '../../src/kernel/hooks';
import type { Texts } from '../../src/kernel/i18n-types';
import { createMeter, createMetrics } from '../../src/kernel/meter';
import { migrate } from '../../src/kernel/migrate';
import type { Mail } from '../../src/mail/types';
import { tasks } from '../../src/mime';
import { sessionMigrations } from '../../src/session';
import type { Actor } from '../../src/session/types';
import { createSettings, settingsMigrations } from '../../src/settings';
import { createSmtpTransport, type SmtpTransport } from '../../src/smtp';
import { createFakeMail, type FakeMail } from './fake-mail';

export interface Stand {
  readonly compose: ComposeService;
  readonly mail: FakeMail;
  readonly hooks: Hooks;
  readonly db: Database;
  readonly settings: ComposeDeps['settings'];
  readonly uploadsDir: string;
  /** Another process on the same database and files. */
  another(): ComposeService;
  close(): Promise<void>;
}

export interface StandOptions {
  /** Folder of database, uploads and mailboxes; a new one, removed at the end, unless given. */
  readonly dir?: string;
  readonly clock?: Clock;
  readonly transport?: SmtpTransport;
  /** Port of the server that agents who are away are sent by; without it nothing is kept of them. */
  readonly awayPort?: number;
  /** Instead of the fake one, which `Stand.mail` then still is, unused. */
  readonly realMail?: Mail;
}

/** The compose domain over real database, hooks and SMTP, and the fake mail domain. */
export async function aComposeStand(options: StandOptions = {}): Promise<Stand> {
  const dir = options.dir ?? mkdtempSync(path.join(tmpdir(), 'compose-test-'));
  const log = process.env['COMPOSE_LOG'] ? createLog({ level: 'debug' }) : silentLog();
  const clock = options.clock ?? systemClock;
  const db = await openDatabase({ client: 'sqlite', filename: path.join(dir, 'db.sqlite'), log });
  await migrate(db, [
    {
      owner: 'core',
      migrations: [...sessionMigrations, ...settingsMigrations, ...composeMigrations],
    },
  ]);
  await addUsers(db);
  const hooks = createHooks({
    log,
    clock,
    meter: createMeter(createMetrics()),
    isEnabled: () => true,
    rank: () => 0,
  });
  hooks.define(composeHooks);
  const mail = createFakeMail(path.join(dir, 'mail'));
  const settings = createSettings({ db, clock });
  const uploadsDir = path.join(dir, 'uploads');
  const deps: ComposeDeps = {
    db,
    mail: options.realMail ?? mail,
    hooks,
    runTask: runHere,
    clock,
    log,
    uploadsDir,
    settings,
    transport: options.transport ?? createSmtpTransport({ log, deadlines: { dataMs: 3_000 } }),
    texts: keysAsTexts,
    metrics: createMetrics(),
    ...(options.awayPort !== undefined && { absentees: absenteesAt(options.awayPort) }),
  };
  return {
    compose: createCompose(deps),
    mail,
    hooks,
    db,
    settings,
    uploadsDir,
    another: () => createCompose(deps),
    async close() {
      await hooks.idle();
      await db.close();
      if (!options.dir) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What is kept says whose it is, and for what. */
const absenteesAt = (smtpPort: number): NonNullable<ComposeDeps['absentees']> => ({
  keep: ({ user }, about) => Promise.resolve(`${user.id} ${about}`),
  actor: ({ user }, kept, about) =>
    Promise.resolve(kept === `${user} ${about}` ? aWriter({ smtpPort, id: user }) : undefined),
});

/** Tasks of the MIME floor in this process. */
export const runHere = async <T>(name: string, input: unknown): Promise<T> => {
  const task: unknown = Reflect.get(tasks, name);
  if (typeof task !== 'function') throw new Error(`no task ${name}`);
  return task(input) as T;
};

const keysAsTexts: Texts = {
  for: () => (key, values) => (values ? `${key}(${Object.values(values).join('|')})` : key),
  add: () => undefined,
  has: () => true,
  locales: ['fr', 'en'],
};

async function addUsers(db: Database): Promise<void> {
  const at = '2026-01-01T00:00:00.000Z';
  const rows = ['alice', 'bob'].map((login, index) => ({
    id: index + 1,
    site: 'culture',
    login,
    name: login,
    mail: `${login}@culture.example`,
    aliases: '[]',
    locale: 'fr',
    created_at: at,
    signed_in_at: at,
  }));
  await db.knex('users').insert(rows).onConflict('id').ignore();
}

export interface ActorOptions {
  readonly smtpPort?: number;
  readonly id?: number;
  readonly site?: string;
  readonly login?: string;
  readonly aliases?: readonly string[];
  readonly messageBytes?: number;
  readonly recipients?: number;
}

export function aWriter(options: ActorOptions = {}): Actor {
  const login = options.login ?? (options.id === 2 ? 'bob' : 'alice');
  const id = (options.site ?? 'culture') as SiteId;
  const user = {
    id: (options.id ?? 1) as UserId,
    site: id,
    login,
    name: login === 'alice' ? 'Alice Martin' : 'Bob Léger',
    mail: `${login}@culture.example`,
    aliases: options.aliases ?? [],
    locale: 'fr' as const,
    groups: [],
  };
  const server = { host: '127.0.0.1', security: 'none' as const };
  return {
    user,
    session: {
      id: 's1' as SessionId,
      site: id,
      user,
      state: 'open',
      via: 'imap',
      createdAt: '2026-01-01T00:00:00.000Z',
      challenges: [],
    },
    site: {
      ...plainSite(id),
      mailDomains: ['culture.example'],
      smtp: { ...server, port: options.smtpPort ?? 1, auth: 'none' },
      limits: {
        messageBytes: options.messageBytes ?? 1_000_000,
        recipients: options.recipients ?? 50,
        pageSize: 50,
        undoSeconds: 10,
      },
    },
    scope: { site: id },
    locale: 'fr',
    credential: () => ({ username: login, password: 'secret' }),
    password: () => undefined,
  };
}
