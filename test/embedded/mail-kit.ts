import path from 'node:path';
import { type Clock, systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import type { SessionId, SiteId, UserId } from '../../src/base/types';
import { createImapPool, type ImapPool, type PoolLimits } from '../../src/imap';
import type { HookRegistry } from '../../src/kernel/hook-types';
import { createHooks } from '../../src/kernel/hooks';
import { createTexts } from '../../src/kernel/i18n';
import { createMeter, createMetrics } from '../../src/kernel/meter';
import { createMail, type Mail, type MailDeps, mailHooks } from '../../src/mail';
import { tasks } from '../../src/mime';
import type { Actor } from '../../src/session/types';

export { until } from '../kit/until';

export const PASSWORD = 'correct horse';

export interface Bench {
  readonly mail: Mail;
  readonly pool: ImapPool;
  readonly hooks: HookRegistry;
  readonly actor: Actor;
  close(): Promise<void>;
}

interface BenchOptions {
  readonly server: { readonly host: string; readonly port: number };
  readonly username?: string;
  readonly limits?: Partial<PoolLimits>;
  readonly mail?: Partial<MailDeps>;
  readonly pageSize?: number;
  /** Of the connections. */
  readonly clock?: Clock;
}

/** The mail domain over a real pool and registry; tasks run in this process. */
export function aBench(options: BenchOptions): Bench {
  const log = silentLog();
  const hooks = createHooks({
    clock: systemClock,
    log,
    meter: createMeter(createMetrics()),
    isEnabled: () => true,
    rank: () => 0,
  });
  hooks.define(mailHooks);
  const pool = createImapPool({
    clock: options.clock ?? systemClock,
    limits: { quietMs: 60, ...options.limits },
  });
  const texts = createTexts({
    coreDir: path.resolve(__dirname, '..', '..', 'locales'),
    fallback: 'fr',
  });
  const deps = { pool, hooks, runTask, texts, clock: systemClock, log };
  const mail = createMail({ ...deps, ...options.mail });
  const actor = anActor(options);
  return { mail, pool, hooks, actor, close: () => pool.closeAll() };
}

const runTask: MailDeps['runTask'] = <T>(name: string, input: unknown): Promise<T> => {
  const task: unknown = Reflect.get(tasks, name);
  if (typeof task !== 'function') return Promise.reject(new Error(`no task ${name}`));
  return Promise.resolve(task(input) as T);
};

export function anActor(options: {
  readonly server: { readonly host: string; readonly port: number };
  readonly username?: string;
  readonly password?: string;
  readonly session?: string;
  readonly pageSize?: number;
}): Actor {
  const username = options.username ?? 'alice';
  const site = {
    id: 'culture' as SiteId,
    hosts: ['127.0.0.1'],
    title: 'Culture',
    tagline: '',
    mailDomains: ['culture.gouv.example'],
    skin: 'base',
    locale: 'fr' as const,
    timeZone: 'Europe/Paris',
    imap: { host: options.server.host, port: options.server.port, security: 'none' as const },
    smtp: { host: '127.0.0.1', port: 9, security: 'none' as const, auth: 'none' as const },
    signIn: { kind: 'imap' as const },
    support: { name: 'support' },
    session: { idleMinutes: 60, absoluteHours: 12 },
    limits: {
      messageBytes: 30_000_000,
      recipients: 500,
      pageSize: options.pageSize ?? 50,
      undoSeconds: 10,
    },
    plugins: {},
    groups: [],
    choices: [],
    locked: [],
    taskbar: [],
    links: [],
  };
  const user = {
    id: 1 as UserId,
    site: site.id,
    login: username,
    name: 'Alice Martin',
    mail: `${username}@culture.gouv.example`,
    aliases: [],
    locale: 'fr' as const,
    groups: [],
  };
  const session = {
    id: (options.session ?? 's1') as SessionId,
    site: site.id,
    user,
    state: 'open' as const,
    via: 'imap',
    createdAt: '2026-01-01T00:00:00.000Z',
    challenges: [],
  };
  const credential = () => ({ username, password: options.password ?? PASSWORD });
  const scope = { site: site.id };
  return { session, user, site, scope, locale: 'fr', credential, password: () => undefined };
}

/** A raw message; CRLF line ends. */
export function aMessage(
  options: {
    readonly subject?: string;
    readonly from?: string;
    readonly to?: string;
    readonly date?: Date;
    readonly text?: string;
    readonly headers?: readonly string[];
  } = {},
): Buffer {
  const date = (options.date ?? new Date('2026-03-01T10:00:00Z'))
    .toUTCString()
    .replace('GMT', '+0000');
  const lines = [
    `From: ${options.from ?? 'Bob <bob@culture.gouv.example>'}`,
    `To: ${options.to ?? 'alice@culture.gouv.example'}`,
    `Subject: ${options.subject ?? 'Bonjour'}`,
    `Date: ${date}`,
    `Message-ID: <${Math.random().toString(36).slice(2)}@test.example>`,
    ...(options.headers ?? ['Content-Type: text/plain; charset=utf-8']),
    '',
    options.text ?? 'Un message.',
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'utf8');
}

export const ALL = { sort: 'date', order: 'desc', criteria: {} } as const;
