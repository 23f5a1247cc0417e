import type { Request, Response } from 'express';
import type { Pushing } from '../announce';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { SiteId, UserId } from '../base/types';
import type { ComposeService } from '../compose';
import type { Choices, Enabling } from '../enabling';
import type { Host } from '../host/host';
import type { People } from '../host/people';
import type { SignInHost } from '../host/sign-in';
import type { GuardedFetch } from '../kernel/fetch';
import type { HookScope, PluginBudget } from '../kernel/hook-types';
import type { Hooks } from '../kernel/hooks';
import type { Locale, Texts, Translate } from '../kernel/i18n-types';
import type { Mail } from '../mail';
import type {
  Actor,
  DeviceCookies,
  KeptStates,
  LoadedSession,
  LoginCsrf,
  Sessions,
} from '../session';
import type { CoreSettings, Settings } from '../settings';
import type { Site } from '../sites';
import type { Snoozing } from '../snooze';
import type { Imports } from '../transfer';
import type { Renderer, Skins } from '../view';
import type { FindElsewhere } from './elsewhere';
import type { HealthCheck } from './health-status';
import type { WebMetrics } from './metrics';
import type { RateLimit } from './rate-limit';
import type { AdminDeps } from './routes/admin/deps';
import type { SafetyParts } from './safety';
import type { ServerTimingDeps } from './server-timing';
import type { Streams } from './streams';

/** Everything the web floor calls. Built once in `app.ts`. */
export interface WebDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly texts: Texts;
  readonly hooks: Hooks;
  readonly host: () => Host;
  readonly renderer: Renderer;
  readonly skins: Skins;
  readonly sessions: Sessions;
  readonly loginCsrf: LoginCsrf;
  readonly deviceCookies: DeviceCookies;
  /** Ways in that plugins answer for, and what is kept while somebody is at a provider. */
  readonly signIn: SignInHost;
  readonly keptStates: KeptStates;
  readonly rateLimit: RateLimit;
  readonly settings: Settings;
  readonly enabling: Pick<Enabling, 'enabledFor' | 'choosable' | 'explainFor'>;
  readonly admin: AdminDeps;
  readonly mail: Mail;
  readonly compose: ComposeService;
  readonly snoozing: Snoozing;
  readonly imports: Imports;
  readonly pushing: Pick<Pushing, 'keyFor' | 'subscribe' | 'forget'>;
  readonly fetchImage: GuardedFetch;
  readonly metrics: WebMetrics;
  readonly streams: Streams;
  readonly findElsewhere: FindElsewhere;
  /** Handles of the people who are there, for plugins. */
  readonly people: People;
  readonly resolveSite: (hostHeader: string | undefined) => Promise<Site | undefined>;
  /** Other sites whose people sign in at this host. */
  readonly alsoSites?: (hostHeader: string | undefined) => readonly Site[];
  /** 32 bytes from which the keys of signed URLs are derived. */
  readonly signingKey: Buffer;
  /** Who sees what plugins cost; nobody when absent. */
  readonly serverTiming?: ServerTimingDeps;
  readonly config: WebConfig;
  readonly health: () => Promise<readonly HealthCheck[]>;
  readonly safety: SafetyParts;
  /** Second factors that a person has set up; rejects when the plugin cannot say. */
  readonly factorsOf: (site: SiteId, user: UserId) => Promise<readonly string[]>;
  /** Whether who answers a challenge has given a second factor. */
  readonly isFactor: (challenge: string) => boolean;
}

export interface WebConfig {
  /** Cookies are `Secure` and named `__Host-…`; false on plain loopback only. */
  readonly isSecure: boolean;
  readonly trustedProxies: readonly string[];
  readonly assetsDir: string;
  readonly bodyBytes: number;
  /** Form drafts carry whole messages. */
  readonly draftBytes: number;
  readonly pluginBudgetMs: number;
}

/** What the middleware learned about a request. */
export interface RequestContext {
  readonly id: string;
  readonly site: Site;
  readonly locale: Locale;
  readonly t: Translate;
  /** `https://mail.example`: scheme and validated host, for absolute URLs and origin checks. */
  readonly origin: string;
  readonly remote: string;
  readonly budget: PluginBudget;
  readonly session: LoadedSession | undefined;
  /** Set when the session is open, and not kept out. */
  readonly actor: Actor | undefined;
  /** Where plugins are asked: those of the person, or of the site for a guest. */
  readonly scope: HookScope;
  /** Which plugins the person turned on or off. */
  readonly choices: Choices;
  /** Plugins that they may turn on or off. */
  readonly choosable: readonly string[];
  readonly core: CoreSettings;
  /** Masked token for forms and the meta element. */
  readonly csrf: string;
}

const contexts = new WeakMap<Request, RequestContext>();

export const setContext = (req: Request, context: RequestContext): void => {
  contexts.set(req, context);
};

/** The context of a request; absent only before the host was resolved. */
export const findContext = (req: Request): RequestContext | undefined => contexts.get(req);

export function contextOf(req: Request): RequestContext {
  const context = contexts.get(req);
  if (!context) throw new AppError('internal/unexpected', { details: { problem: 'no context' } });
  return context;
}

/** Context and actor of a route that needs an open session. */
export function actorOf(req: Request): { readonly ctx: RequestContext; readonly actor: Actor } {
  const ctx = contextOf(req);
  if (!ctx.actor) throw new AppError('session/required');
  return { ctx, actor: ctx.actor };
}

/** Request id set by the first middleware. */
export const requestIdOf = (res: Response): string => String(res.getHeader('X-Request-Id') ?? '');
