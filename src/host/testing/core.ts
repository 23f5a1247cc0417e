import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import type { NewAuditEntry } from '../../audit';
import { AppError } from '../../base/errors';
import { silentLog } from '../../base/log';
import type { SessionId, SiteId, UserId } from '../../base/types';
import type { Compose, Draft, DraftFields, DraftInit } from '../../compose';
import {
  checkQuestion,
  type DirectoryPort,
  type DirectoryScope,
  type OwnEntries,
  SIGN_IN_DIRECTORY,
} from '../../directory';
import type { HookScope, PersonRef } from '../../kernel/hook-types';
import { createMetrics } from '../../kernel/meter';
import { createPluginWorkers } from '../../kernel/plugin-worker';
import type { Mail } from '../../mail';
import type { NewPost } from '../../notify';
import { type Actor, createKeyRing } from '../../session';
import type { Site } from '../../sites';
import type { OpenPage } from '../capabilities/pages';
import type { PluginMail } from '../capability-types';
import type { ContextCore } from '../context';
import type { People } from '../people';
import type { PluginTestOptions, TestDirectory } from './types';

interface TestUser {
  readonly id: UserId;
  readonly name: string;
  readonly mail: string;
}

export interface TestCore extends Omit<ContextCore, 'pages'> {
  /** Handle of the person of the test on a site. */
  ref(site: SiteId): PersonRef;
  readonly directory: DirectoryPort | undefined;
  readonly audited: readonly NewAuditEntry[];
  /** Mails of the platform that the plugin asked for. */
  readonly noticed: readonly {
    readonly user: number;
    readonly subject: string;
    readonly text: string;
  }[];
  /** Mails of the site that the plugin asked for; one of a key is there once. */
  readonly posted: readonly NewPost[];
  /** Words that the plugin took by `context.once`, those that were new. */
  readonly took: readonly string[];
  /** People whose sessions the plugin ended. */
  readonly ended: readonly number[];
  /** Streams sent to the page that the person has open. */
  readonly streamed: readonly string[];
  readonly page: OpenPage;
  close(): Promise<void>;
}

interface TestCoreDeps {
  readonly user: () => TestUser;
  readonly sites: readonly Site[];
  readonly scope: (site: string) => HookScope;
}

const absent = (what: string) => (): never => {
  throw new Error(`this test gives no ${what}`);
};

/** Mail, sending, directory as a test gives them; audit, figures and threads as they are. */
export function createTestCore<C>(
  options: PluginTestOptions<C>,
  { user, sites, scope }: TestCoreDeps,
): TestCore {
  const audited: NewAuditEntry[] = [];
  const noticed: TestCore['noticed'][number][] = [];
  const posted: NewPost[] = [];
  const ended: number[] = [];
  const took: string[] = [];
  const streamed: string[] = [];
  const workers = createPluginWorkers({ log: silentLog() });
  const ref = (site: SiteId): PersonRef =>
    Object.freeze({ user: user().id, session: `test-${site}` });

  const directories = fakeDirectories(options, ref);

  const people: People = {
    admit: (actor) => ({ actor, leave() {} }),
    async find(given) {
      const site = sites.find(({ id }) => isSame(given, ref(id)));
      if (!site) throw new AppError('plugin/person-gone');
      return actorOf(site, user(), { ...scope(site.id), as: ref(site.id) });
    },
  };
  return {
    people,
    ref,
    mail: fakeMail(options.mail ?? {}),
    compose: fakeCompose(options, user),
    directory: directories.port,
    directories: directories.core,
    metrics: createMetrics(),
    workers,
    tempDir: tmpdir(),
    keys: createKeyRing([{ id: 1, secret: Buffer.alloc(32, 'test key') }]),
    audit: {
      async record(entry) {
        await options.audit?.(entry.event);
        audited.push(entry);
        const { site, event } = entry;
        return { id: audited.length, at: '', site, event, details: entry.details ?? {} };
      },
    },
    audited,
    noticed,
    notices: {
      async send(user, _kind, { subject, text }, mayReach) {
        for (const { id } of sites) mayReach(id);
        noticed.push({ user, subject, text });
        return true;
      },
    },
    posted,
    posts: {
      async post(post) {
        const isKnown = posted.some(({ site, key }) => site === post.site && key === post.key);
        const answer = (await options.post?.(post)) ?? { state: 'waiting', rejected: [] };
        if (!isKnown && answer.state !== 'refused') posted.push(post);
        return answer;
      },
    },
    ended,
    sessions: {
      async end(user, mayReach) {
        for (const { id } of sites) mayReach(id);
        const count = (await options.endSessions?.(user)) ?? 1;
        ended.push(user);
        return count;
      },
    },
    took,
    usedOnce: {
      async take(named) {
        const word = named.slice(named.indexOf('\n') + 1);
        return !took.includes(word) && took.push(word) > 0;
      },
    },
    streamed,
    page: { locale: 'fr', send: (html) => void streamed.push(html) },
    close: () => workers.close(),
  };
}

const isSame = (given: unknown, { user, session }: PersonRef): boolean =>
  typeof given === 'object' &&
  given !== null &&
  Reflect.get(given, 'user') === user &&
  Reflect.get(given, 'session') === session;

function actorOf(site: Site, user: TestUser, scope: HookScope): Actor {
  const { groups = [] } = scope;
  const known = {
    ...user,
    site: site.id,
    login: 'camille.durand',
    aliases: [],
    locale: 'fr',
    groups,
  } as const;
  return {
    site,
    user: known,
    scope,
    locale: 'fr',
    credential: absent('credential'),
    password: absent('password'),
    session: {
      id: 'test' as SessionId,
      site: site.id,
      user: known,
      state: 'open',
      via: 'test',
      createdAt: '2026-01-15T09:00:00.000Z',
      challenges: [],
    },
  };
}

/** The functions of `src/mail` that the context calls, by those that a test gives. */
function fakeMail(given: Partial<PluginMail>): Mail {
  const { message, rows, text, headers, attachment, flag, move, append } = given;
  const mail: Partial<Mail> = {
    message: async (_actor, at) => (message ?? absent('mail.message'))({ uidValidity: 1, ...at }),
    list: (_actor, query) => (rows ?? absent('mail.rows'))(query),
    async quotable(_actor, view) {
      const answer = await (text ?? absent('mail.text'))(view.ref);
      return { text: answer.text, html: undefined };
    },
    headers: (_actor, ref) => (headers ?? absent('mail.headers'))(ref, []),
    async part(_actor, ref, part) {
      const { filename, type, content } = await (attachment ?? absent('mail.attachment'))(
        ref,
        part,
      );
      const stream = Readable.from([content]);
      return { filename, type, charset: undefined, sizeBytes: content.length, stream };
    },
    async flag(_actor, on, name, value) {
      if (name === 'deleted' || name === 'forwarded') return absent(`mail.flag ${name}`)();
      return { count: await (flag ?? absent('mail.flag'))(on, name, value) };
    },
    move: async (_actor, from, to) => ({ count: await (move ?? absent('mail.move'))(from, to) }),
    async append(_actor, mailbox) {
      await (append ?? absent('mail.append'))(mailbox, '');
      return undefined;
    },
  };
  return mail as Mail; // the rest is nothing that the context calls
}

/** A composer that keeps what is written, and answers `send` as the test says. */
function fakeCompose<C>(
  { send, correspondents = [], identities = [] }: PluginTestOptions<C>,
  user: () => TestUser,
): Compose {
  let known = [...correspondents];
  let written: DraftFields | undefined;
  let carried: DraftInit['calendar'];
  const compose: Partial<Compose> = {
    async identities() {
      const { name, mail } = user();
      return [mail, ...identities].map((one, at) => ({
        id: one,
        name,
        mail: one,
        isDefault: at === 0,
        signature: '',
      }));
    },
    async ensure(_actor, id, { calendar }) {
      carried = calendar;
      return { id, revision: 0, attachments: [] as const } as unknown as Draft;
    },
    async save(_actor, _id, fields) {
      written = fields;
      return {} as Awaited<ReturnType<Compose['save']>>;
    },
    attach: async () => ({}) as Awaited<ReturnType<Compose['attach']>>,
    discard: async () => {},
    async correspondents(_actor, { query = '', offset = 0, limit = 50 } = {}) {
      const found = known.filter(({ name, mail }) =>
        `${name} ${mail}`.toLowerCase().includes(query.toLowerCase()),
      );
      return { people: found.slice(offset, offset + limit), total: found.length };
    },
    async forgetCorrespondents(_actor, mails) {
      const before = known.length;
      known = mails ? known.filter(({ mail }) => !mails.includes(mail)) : [];
      return before - known.length;
    },
    async send() {
      if (!send || !written) return absent('send')();
      return send({ ...written, ...(carried && { calendar: carried }) });
    },
  };
  return compose as Compose; // the rest is nothing that the context calls
}

/** One port for all directories of the test, told which by its scope. */
function fakeDirectories<C>(options: PluginTestOptions<C>, ref: TestCore['ref']) {
  const { directory, directories = {}, ownEntry } = options;
  const given = new Map<string, TestDirectory>([
    ...(directory ? ([[SIGN_IN_DIRECTORY, directory]] as const) : []),
    ...Object.entries(directories),
  ]);
  const of = ({ directory: id = SIGN_IN_DIRECTORY }: DirectoryScope): TestDirectory =>
    given.get(id) ?? absent(`directory ${id}`)();
  const port: DirectoryPort = {
    search: async (scope, ...rest) => (of(scope).search ?? absent('directory.search'))(...rest),
    byMail: async (scope, mails) => (of(scope).byMail ?? absent('directory.byMail'))(mails),
    entry: async (scope, dn) => (of(scope).entry ?? absent('directory.entry'))(dn),
    find: async (scope, question) => {
      const base = of(scope).base ?? TEST_BASE;
      // Refused as in service; a base outside of the directory has nothing either.
      if (!checkQuestion(question, base)) return { entries: [], isCut: false };
      return (of(scope).find ?? absent('directory.find'))(question);
    },
    photo: async (scope, ...rest) => (of(scope).photo ?? absent('directory.photo'))(...rest),
  };
  const list = [...given].map(([id, { title = id, base = TEST_BASE }]) => ({ id, title, base }));
  const own: OwnEntries = {
    find: async () => ownEntry?.(),
    async change({ site }, changes) {
      try {
        await (directory?.changeOwn ?? absent('directory.changeOwn'))(ref(site.id), changes);
      } catch (error) {
        throw asRefused(error);
      }
    },
  };
  return { port: directory && port, core: { list: () => list, port, own } };
}

const TEST_BASE = 'dc=test';

/** An error with the `code` of a refusal is that refusal, which only the platform can make. */
function asRefused(error: unknown): unknown {
  const { code, details } = Object(error) as { readonly code?: unknown; readonly details?: object };
  const known = (['directory/refused', 'directory/no-password'] as const).find(
    (one) => one === code,
  );
  return known ? new AppError(known, { details: { ...details } }) : error;
}
