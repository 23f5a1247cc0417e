import type { Knex } from 'knex';
import type { Clock } from '../base/clock';
import type { SiteId } from '../base/types';
import type { HandlerFor, HandlerOptions, HookName, HookOf, PersonRef } from '../kernel/hook-types';
import type { Locale, Translate } from '../kernel/i18n-types';
import type { ServiceName } from '../kernel/services';
import type {
  DirectoryRecord,
  PluginAuditEvent,
  PluginCorrespondents,
  PluginDirectory,
  PluginEmitter,
  PluginHttpOptions,
  PluginIdentity,
  PluginLog,
  PluginMail,
  PluginMessage,
  PluginMetrics,
  PluginNotice,
  PluginPost,
  PluginPostResult,
  PluginSendResult,
  PluginStreamAction,
  RenderTarget,
} from './capability-types';

/** A bounded memory of one plugin; site and user are part of every key. */
export interface PluginCache<V> {
  /** What is remembered under a key, for a site and for one person there or for everybody. */
  get(site: SiteId, user: number | undefined, key: string): V | undefined;
  /** Remembers until `ttlS` has passed or `max` newer ones have come. */
  set(site: SiteId, user: number | undefined, key: string, value: V): void;
}

/** Where a plugin acts; a handler's scope is one, so that groups may have settings of their own. */
export type PluginPlace =
  | SiteId
  | { readonly site: SiteId; readonly groups?: readonly string[] | undefined };

/** What a plugin may know of a ministry: what its agents see of it. */
export interface PluginSite {
  readonly id: SiteId;
  readonly title: string;
  /** Domains of its addresses, lower case; what is not among them is outside. */
  readonly mailDomains: readonly string[];
  /** Language and time zone before an agent chooses. */
  readonly locale: Locale;
  readonly timeZone: string;
}

/** All that a plugin is given. No request, no session secret, no environment. */
export interface PluginContext<C = unknown> {
  /** The plugin's own id. */
  readonly id: string;
  readonly hooks: {
    /** Handles a hook, for the sites that have this plugin on. */
    on<N extends HookName>(name: N, handler: HandlerFor<HookOf<N>>, options?: HandlerOptions): void;
    /** Emits the hooks that the plugin declares in `contributes.hooks`, with the scope of a handler or `{ site }`. */
    readonly emit: PluginEmitter;
  };
  /** Log lines with the plugin's id; events, never what a message says. */
  readonly log: PluginLog;
  /** Time and timers that tests move. */
  readonly clock: Clock;
  /** Counts and distributions for operators; bounded in number and labels. */
  readonly metrics: PluginMetrics;
  /** Texts of the core and of every plugin, in one language. */
  text(locale: Locale): Translate;
  /** `/<plugin id>/<path>`. */
  url(path: string): string;
  /**
   * Parsed and frozen configuration for a site, or for somebody's groups there: a handler passes
   * its scope. Throws where the plugin may run for nobody.
   */
  config(where: PluginPlace): Readonly<C>;
  /** Facts of a site, so that its configuration need not repeat them. */
  site(id: SiteId): PluginSite;
  /**
   * On which side of the ministry's networks a client address is, by the rule of a site; `undefined`
   * where the site has none.
   * @since 1.0
   * @example const isInside = context.networkSide(request.site, request.remote) === 'inside';
   */
  networkSide(site: SiteId, remote: string): 'inside' | 'outside' | undefined;
  /**
   * A secret of the definition's `secrets`, from the environment of the platform; never log it. With
   * a site, its own (`ESTAFETTE_<SITE>_<PLUGIN>_<NAME>`) where it has one.
   */
  secret(name: string, site?: SiteId): string | undefined;
  /**
   * Values of the plugin's settings for a person (`user.id` of a hook, a slot or a route): own
   * value, else site default, else default.
   */
  settings(where: PluginPlace, user: number): Promise<Readonly<Record<string, string | boolean>>>;
  /**
   * The same for several people at once, by their ids: one question to the database for all of them.
   * @since 1.0
   * @example const shown = await context.settingsOf(request.site, users);
   */
  settingsOf(
    where: PluginPlace,
    users: readonly number[],
  ): Promise<ReadonlyMap<number, Readonly<Record<string, string | boolean>>>>;
  readonly services: {
    /** Answers a port on the sites that have this plugin on; the definition names it under `provides`; of two providers the second by id is off on that site. */
    provide<N extends ServiceName>(name: N, service: Estafette.ServiceMap[N]): void;
    /** The port of a site, `undefined` where nobody provides it. Each call of its methods has a deadline, and rejects with `plugin/unavailable` when the provider fails. */
    get<N extends ServiceName>(site: SiteId, name: N): Estafette.ServiceMap[N] | undefined;
    /** The same for a port of a plugin of `requires`, which is there; throws `plugin/unavailable` otherwise. */
    require<N extends ServiceName>(site: SiteId, name: N): Estafette.ServiceMap[N];
  };
  /** Tables named `<id>_*` (dashes as underscores), in a database of the plugin's own. Needs `db`. */
  readonly db: PluginDatabase;
  /**
   * The mail of the person who is there: `scope.as` of a hook, `as` of a slot or of a route. Throws
   * `plugin/person-gone` once their request is over. Needs `mail.read`, `mail.write` for changes.
   * @example const { text } = await context.mail(as).text(ref);
   */
  mail(as: PersonRef): PluginMail;
  /**
   * Sends a message as the person who is there, like the composer: same guards, limits, outbox and
   * copy in Sent. Ten messages a request at most, a hundred with a `key`. Needs `mail.send`.
   */
  send(as: PersonRef, message: PluginMessage): Promise<PluginSendResult>;
  /**
   * Addresses from which the person who is there may write, their main one first: theirs and its
   * aliases (`isOwn`), then those that `identity:list` adds, a shared mailbox for instance. One of
   * them is the `identity` of a message. Needs `mail.send`.
   * @since 1.0
   */
  identities(as: PersonRef): Promise<readonly PluginIdentity[]>;
  /**
   * Takes a mail of the site (its sender of notices) to send it soon, with nobody there: from jobs,
   * programs that synchronise, public pages. It leaves once for a `key`, says that a program wrote it
   * (`Auto-Submitted`), and is tried again for three days. 500 recipients an hour for each site, unless
   * `posts` of `config/plugins.json` says otherwise; 50 a day to one address. Needs `mail.post`.
   * @since 1.0
   * @example const { state } = await context.post(site, { to: ['a@b.example'], subject, text, key: `booking ${id}` });
   */
  post(site: SiteId, message: PluginPost): Promise<PluginPostResult>;
  /**
   * Whom the person who is there wrote to or met in their mail. Needs `correspondents`.
   * @example const { people } = await context.correspondents(as).list({ query: 'ada' });
   */
  correspondents(as: PersonRef): PluginCorrespondents;
  /**
   * A directory of a site: the one that people sign in with, or another by its id; `undefined` where
   * there is none. Needs `directory.read`.
   */
  directory(site: SiteId, id?: string): PluginDirectory | undefined;
  /**
   * The directories of a site, that of sign-in first. Needs `directory.read`.
   * @since 1.0
   */
  directories(site: SiteId): readonly { readonly id: string; readonly title: string }[];
  /**
   * The entry of the person who is there in the directory that people sign in with; `undefined` where
   * there is none. `isNow` asks the directory again, for a page that changes it: answers are kept for
   * minutes otherwise. Needs `directory.read`.
   * @since 1.0
   */
  ownEntry(as: PersonRef, how?: { readonly isNow?: boolean }): Promise<DirectoryRecord | undefined>;
  /**
   * Outbound HTTP to the origins of `needs` (`http:https://host`), or to public hosts over HTTPS
   * (`http:public`) or the servers that the operator lists for the plugin (`http:configured`). Public
   * addresses only, but for those listed; no cookies, capped; redirects are held to the same.
   */
  http(url: string, options?: PluginHttpOptions): Promise<PluginHttpResponse>;
  /**
   * Runs the exported function `run` of a file of the plugin in a thread of its own, with plain
   * data in and out: for parsing what others wrote. `worker/timeout` when it is late. Needs `worker`.
   * @example const events = await context.worker('parse-ics', { text }, { timeoutMs: 1_000 });
   */
  worker<T>(file: string, input: unknown, options: { readonly timeoutMs: number }): Promise<T>;
  /**
   * Writes to somebody in the platform's name and their language, with texts of the plugin: what
   * concerns their account, never a link to sign in. Five a day for each person; false when nothing
   * is sent. Needs `notice`.
   * @example await context.notice(user.id, { subject: 'factor:mail.subject', text: 'factor:mail.text' });
   */
  notice(user: number, message: PluginNotice): Promise<boolean>;
  /**
   * Ends every session of a person of the site, in all browsers, at once: after a reset of what they
   * sign in with. They are not told; answers how many ended. Needs `session.end`.
   * @since 1.0
   * @example const ended = await context.endSessions(user.id);
   */
  endSessions(user: number): Promise<number>;
  /**
   * Writes a line of the audit log, under the plugin's id; throws for one that is made wrong. One that
   * cannot be written (a full disk) is told in the program's log, and fails nothing. Needs `audit`.
   */
  audit(event: PluginAuditEvent): Promise<void>;
  /**
   * Changes the pages that somebody has open, with views of the plugin; answers how many streams were
   * reached. Those open through another process are not.
   */
  stream(
    to: PersonRef | { readonly site: SiteId; readonly user: number },
    actions: readonly PluginStreamAction[],
  ): Promise<number>;
  /** HTML of a view of the plugin, in the skin of a site. */
  render(
    view: string,
    model: Readonly<Record<string, unknown>>,
    target: RenderTarget,
  ): Promise<string>;
  /** Whether the person who is there may do something, by the groups of their site and the guards of plugins. */
  can(as: PersonRef, permission: string, resource?: string): Promise<boolean>;
  /**
   * Seals a short secret before it is written: AES-256-GCM under a key of this plugin alone, which
   * its database does not hold. Who opens it says what it was bound to, so that the value of one
   * row or one person is worth nothing in another. 16,000 characters at most.
   * @example const stored = context.seal(secret, `totp ${site} ${user}`);
   */
  seal(text: string, boundTo: string): string;
  /** What `seal` was given; `undefined` for what was altered, bound to something else, or is not ours. */
  open(sealed: string, boundTo: string): string | undefined;
  /**
   * Takes a word a single time, in whatever process: true for who gives it first, false for everybody
   * after, until `untilMs`, when it would be refused for its age anyway. A hash of it is kept. For
   * challenges, tickets, assertions; site and provider belong in the word. Needs `db`.
   * @since 1.0
   * @example if (!(await context.once(`ticket ${site} ${ticket}`, context.clock.now() + 300_000))) throw new Error('replayed');
   */
  once(word: string, untilMs: number): Promise<boolean>;
  /** A bounded memory, one for each name; site and person are part of every key. */
  cache<V>(name: string, options: { readonly max: number; readonly ttlS: number }): PluginCache<V>;
}

export interface PluginHttpResponse {
  readonly status: number;
  /** Media type without parameters, lower case; `''` when absent. */
  readonly contentType: string;
  /**
   * Lower-case names, of these alone: `cache-control`, `content-language`, `content-type`, `date`,
   * `etag`, `expires`, `last-modified`, `retry-after`, `www-authenticate`. Never cookies.
   */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The plugin's own tables, in a database of its own. */
export interface PluginDatabase {
  /** A query on one of the plugin's tables; refuses any other name. */
  table(name: string): Knex.QueryBuilder;
  /** All that `run` asks, or nothing; a writer waits for the one before. Undone after 10 s, 60 s in a job. */
  transaction<T>(run: (table: (name: string) => Knex.QueryBuilder) => Promise<T>): Promise<T>;
}
