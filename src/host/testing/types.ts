import type { Clock } from '../../base/clock';
import type { SiteId, UserId } from '../../base/types';
import type { DraftFields, DraftInit, SendOutcome } from '../../compose';
import type {
  HandlerFor,
  HookEmitter,
  HookName,
  HookOf,
  NamesOfKind,
  PersonRef,
  Presence,
} from '../../kernel/hook-types';
import type { Locale } from '../../kernel/i18n-types';
import type { NewPost, PostAnswer } from '../../notify';
import type { SecretHandle } from '../../session';
import type { Site } from '../../sites';
import type { SlotFacts, SlotName } from '../../view';
import type {
  DirectoryRecord,
  PluginDirectory,
  PluginHttpOptions,
  PluginMail,
} from '../capability-types';
import type { PluginDatabase, PluginHttpResponse } from '../context-types';
import type { PluginDefinition } from '../define';
import type { BootReport, PluginReport } from '../report';
import type { PluginFile, PluginResponse } from '../route-types';
import type {
  SignInEnded,
  SignInIdentity,
  SignInMethod,
  SignInRefusal,
  SignInStarted,
  SignInTokens,
} from '../sign-in-types';

/** A site of the test: `on` is what its file says under `plugins.<id>`, `false` being off. */
export type TestSite = Partial<Omit<Site, 'id' | 'plugins'>> & {
  readonly on?: boolean | Readonly<Record<string, unknown>>;
};

export interface PluginTestOptions<C> {
  readonly plugin: PluginDefinition<C>;
  /**
   * Folder of the plugin's views, locales and migrations; by default the working directory or
   * its `plugins/<id>`, whichever holds the plugin.
   */
  readonly dir?: string;
  /** Configuration of the site `test`, where the plugin is on: what `plugins.<id>` would say. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** `false`: the site itself leaves the plugin off, for a group or the person to turn it on. */
  readonly on?: boolean;
  /** Other values of the site `test`: `{ locked: ['hello.greeting'] }`. */
  readonly site?: Omit<TestSite, 'on'>;
  /** More sites by id. */
  readonly sites?: Readonly<Record<string, TestSite>>;
  /** `config/plugins.json`: defaults of the plugin for every site. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Groups of the site `test`, and what each says of the plugin: `{ dsi: { firstDay: 0 } }`. */
  readonly groups?: Readonly<Record<string, boolean | Readonly<Record<string, unknown>>>>;
  /** Groups that the person belongs to. */
  readonly memberOf?: readonly string[];
  /** From where the person asks, as hooks and slots are told; routes have `remote` and `hasFactor`. */
  readonly presence?: Presence;
  /** What the person may on the site `test`: routes with another `permission` answer 403. */
  readonly permissions?: readonly string[];
  /** Lets the person turn the plugin on or off, and what they chose. */
  readonly choice?: boolean;
  /** What the person has chosen, by setting key. */
  readonly settings?: Readonly<Record<string, string | boolean>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Answers `context.http`, told what is sent; without it every call fails as a dead network does. */
  readonly http?: (
    url: string,
    options: TestHttpOptions,
  ) => TestHttpAnswer | Promise<TestHttpAnswer>;
  /** Servers that the operator lists for the plugin, which declares `http:configured`. */
  readonly origins?: readonly string[];
  /** Addresses that plugins let the person write from, beside their own: `context.identities(as)`. */
  readonly identities?: readonly string[];
  /** Whom the person wrote to, for `context.correspondents(as)`. */
  readonly correspondents?: readonly {
    readonly name: string;
    readonly mail: string;
    readonly uses: number;
    readonly lastUsed: number;
  }[];
  /** What `context.mail(as)` answers, function by function; one that is not given fails. */
  readonly mail?: Partial<PluginMail>;
  /** What becomes of a message of `context.send`; without it every one fails. */
  readonly send?: (
    message: DraftFields & Pick<DraftInit, 'calendar'>,
  ) => SendOutcome | Promise<SendOutcome>;
  /** What becomes of a mail of `context.post`; it waits unless told. */
  readonly post?: (post: NewPost) => PostAnswer | Promise<PostAnswer>;
  /** How many sessions `context.endSessions` ends, or what it throws; one without it. */
  readonly endSessions?: (user: number) => number | Promise<number>;
  /** Told of each line of `context.audit`; what it throws is a line that cannot be written. */
  readonly audit?: (event: string) => void | Promise<void>;
  /** Told of each challenge that a route satisfies; what it throws is a session that cannot be opened. */
  readonly satisfy?: (challenge: string) => void | Promise<void>;
  /**
   * The directory of every site, function by function; `context.directory(site)` is `undefined`
   * without it. Questions of `find` are refused as in service when they are made wrong; its base is
   * `dc=test` unless told.
   */
  readonly directory?: TestDirectory;
  /** Those beside it, by id. */
  readonly directories?: Readonly<Record<string, TestDirectory>>;
  /** What `context.ownEntry` answers. */
  readonly ownEntry?: () => DirectoryRecord | undefined | Promise<DirectoryRecord | undefined>;
  /** Plugins that `requires` names, as definitions without resources. */
  readonly with?: readonly PluginDefinition[];
  /** Milliseconds allowed to `activate` and `deactivate`; 10 s and 5 s as in service otherwise. */
  readonly deadlines?: { readonly activateMs?: number; readonly deactivateMs?: number };
}

/** A directory of a test; what it does not give fails. */
export type TestDirectory = Partial<Omit<PluginDirectory, 'id'>> & { readonly title?: string };

/** What a plugin sends: its method, headers and body, and the limits in force. */
export type TestHttpOptions = PluginHttpOptions &
  Required<Pick<PluginHttpOptions, 'method' | 'maxBytes' | 'timeoutMs'>>;

/** What a server answers in a test; without headers unless told. */
export type TestHttpAnswer = Omit<PluginHttpResponse, 'headers'> &
  Partial<Pick<PluginHttpResponse, 'headers'>>;

/** Real timers, and a date that a test moves. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export interface RouteInput {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, string>>;
  /** Fields of the form that have several values, beside those of `body` (of `query`, on a GET). */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** What the form brings to a route with `upload`. */
  readonly files?: readonly PluginFile[];
  readonly locale?: Locale;
  readonly site?: string;
  /** `false`: nobody is signed in, which only routes with `public` accept. */
  readonly user?: false;
  /** The session awaits a challenge: routes with `challenge` alone answer, and there is no `as`. */
  readonly awaiting?: boolean;
  /** A second factor was given; it was not unless told. */
  readonly hasFactor?: boolean;
  /** Client address; 192.0.2.1 unless told. */
  readonly remote?: string;
  /** Name of the session; one and the same unless told. */
  readonly session?: string;
  /** A stranger to the person unless told. */
  readonly device?: { readonly id: string; readonly name: string; readonly isKnown?: boolean };
}

/** What a test tells of an event; the kit gives `user:erased` the tables of the plugin. */
type EventOf<N extends NamesOfKind<'action'>> = N extends 'user:erased'
  ? Omit<Part<HookOf<N>, 'event'>, 'db'>
  : Part<HookOf<N>, 'event'>;

type Part<H, K extends string> = H extends { [P in K]: infer V } ? V : never;

export interface TestSignInOptions {
  readonly site?: string;
  readonly locale?: Locale;
}

/** What a browser brings back to a way in; `keep` is what its `begin` gave. */
export interface TestSignInReturn {
  readonly keep: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, string>>;
  readonly via?: 'get' | 'post';
  readonly purpose?: 'sign-in' | 'confirm';
}

/** One way in of the plugin. */
export interface TestSignIn {
  /** Our address that the provider sends the browser back to. */
  readonly callback: string;
  methods(): readonly SignInMethod[];
  begin(purpose?: 'sign-in' | 'confirm'): Promise<SignInStarted | SignInRefusal>;
  finish(back: TestSignInReturn): Promise<SignInIdentity | SignInRefusal>;
  leave(leaving: Readonly<Record<string, string>>, back?: string): Promise<string | undefined>;
  notice(message: {
    readonly body?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly text?: string;
  }): Promise<SignInEnded | SignInRefusal | undefined>;
  /** What `sites:check --connect` tells the operator; `undefined`: nothing is wrong. */
  check(): Promise<string | undefined>;
  refresh(refresh: SecretHandle): Promise<SignInTokens | undefined>;
}

/** A started plugin. Every call is made for the site `test` unless `site` says another. */
export interface PluginTest {
  readonly site: SiteId;
  /** Handle of the person: what hooks, slots and routes of the test are given too. */
  readonly as: PersonRef;
  /** Mails of the platform that the plugin asked for. */
  readonly noticed: readonly {
    readonly user: number;
    readonly subject: string;
    readonly text: string;
  }[];
  /** Mails of the site that the plugin asked for, in order; one of a key is there once. */
  readonly posted: readonly NewPost[];
  /** Words that the plugin took by `context.once`, those that were new. */
  readonly took: readonly string[];
  /** People whose sessions the plugin ended. */
  readonly ended: readonly number[];
  /** Lines that the plugin wrote in the audit log. */
  readonly audited: readonly { readonly event: string; readonly site: string }[];
  /** Turbo Streams that the plugin sent to the person's page. */
  readonly streamed: readonly string[];
  /** Challenges that routes marked as satisfied, in order. */
  readonly satisfied: readonly string[];
  readonly user: { readonly id: UserId; readonly name: string; readonly mail: string };
  readonly clock: TestClock;
  readonly report: BootReport;
  /** The plugin's line of the report, as it is now. */
  state(): PluginReport;

  /** Every denial, so that confirmable ones are seen together. */
  guard<N extends NamesOfKind<'guard'>>(
    name: N,
    query: Part<HookOf<N>, 'query'>,
    options?: { readonly confirmed?: readonly string[]; readonly site?: string },
  ): ReturnType<HookEmitter['guard']>;
  filter<N extends NamesOfKind<'filter'>>(
    name: N,
    value: Part<HookOf<N>, 'value'>,
    context: Part<HookOf<N>, 'context'>,
    site?: string,
  ): Promise<Part<HookOf<N>, 'value'>>;
  first<N extends NamesOfKind<'first'>>(
    name: N,
    query: Part<HookOf<N>, 'query'>,
    site?: string,
  ): Promise<Part<HookOf<N>, 'answer'> | undefined>;
  collect<N extends NamesOfKind<'collect'>>(
    name: N,
    query: Part<HookOf<N>, 'query'>,
    site?: string,
  ): Promise<readonly Part<HookOf<N>, 'item'>[]>;
  /** Resolves when every handler has ended. */
  action<N extends NamesOfKind<'action'>>(name: N, event: EventOf<N>, site?: string): Promise<void>;
  /** Names of the hooks that the plugin handles for a site. */
  handlers(site?: string): readonly string[];
  /** Handles a hook beside the plugin, as another one would. */
  on<N extends HookName>(name: N, handler: HandlerFor<HookOf<N>>): () => void;

  /**
   * HTML of what the plugin shows in a slot, `''` for nothing. A slot of rows or addresses wants
   * `rows` or `addresses` among the facts: what stands at each, or `at` one uid or address.
   */
  renderSlot(
    slot: SlotName,
    facts?: Partial<SlotFacts>,
    options?: {
      readonly locale?: Locale;
      readonly site?: string;
      readonly at?: number | string;
    },
  ): Promise<string>;
  /** Failures of the plugin that the platform lived through: slots left out, handlers dropped. */
  failures(): readonly { readonly hook: string; readonly error: Error }[];
  /** Calls a route by its path below `/<plugin id>`: `/items/3`. */
  route(method: 'get' | 'post', path: string, input?: RouteInput): Promise<PluginResponse>;
  /** HTML of a route's view, without layout. */
  renderRoute(path: string, input?: RouteInput): Promise<string>;
  /** A way in of `contributes.signIn`, called as the platform does. */
  signIn(method: string, options?: TestSignInOptions): TestSignIn;
  runJob(id: string): Promise<void>;
  /** Runs a command; its lines and exit code. */
  runCommand(
    name: string,
    args?: readonly string[],
  ): Promise<{ readonly code: number; readonly lines: readonly string[] }>;

  /** Whether the plugin runs for the person. */
  isOn(site?: string): boolean;
  /** Turns the plugin on or off for the person; `undefined` goes back to what the site says. */
  choose(on: boolean | undefined): Promise<void>;
  /** Parsed configuration for the person; throws where the plugin is off. */
  config(site?: string): Readonly<Record<string, unknown>>;
  /** Writes what the person chose, as the settings page does; `undefined` goes back to default. */
  setUserSetting(key: string, value: string | boolean | undefined): Promise<void>;
  /** Settings in force for the person. */
  settings(site?: string): Promise<Readonly<Record<string, string | boolean>>>;
  /** The plugin's own tables. */
  readonly db: PluginDatabase;
  /** A text, the key as in code: `hello:greeting`. */
  text(key: string, locale: Locale, values?: Readonly<Record<string, string | number>>): string;

  /** Deactivates the plugin and closes the database. */
  stop(): Promise<void>;
}
