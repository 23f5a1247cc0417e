import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { SiteId } from '../base/types';
import type { HookScope } from '../kernel/hook-types';
import type { Locale } from '../kernel/i18n-types';
import { type Isolator, isThenable, toError } from '../kernel/isolate';
import { plainCopy } from '../kernel/plain-copy';
import { type SecretHandle, secretHandle, type VouchedIdentity, type Way } from '../session';
import { type ReadTokens, readTokens, readWithTokens } from './sign-in-answers';
import {
  checkShape,
  endedShape,
  identityShape,
  MAX_METHODS,
  methodShape,
  outsideUrl,
  refusalShape,
  startedShape,
  vouchedFrom,
} from './sign-in-shapes';
import type {
  SignInBegin,
  SignInContribution,
  SignInEnded,
  SignInMethod,
  SignInNotice,
  SignInRefusal,
  SignInReturn,
  SignInStarted,
  SignInTokens,
} from './sign-in-types';
import type { RunningPlugin } from './start-plugin';

/** A person at a sign-in form waits no longer, the directory included (threats L1, L2). */
export const SIGN_IN_MS = 4_800; // five seconds with the page around it
/** What the provider may take of it where the directory is asked afterwards. */
const FINISH_MS = 3_800;
/** `Session.via` is `<plugin>.<method>`. */
const MAX_VIA_CHARS = 64;
const METHODS_MS = 250;
const GRACE_MS = 1_000;

/** A button of the sign-in page. */
export interface OfferedMethod extends SignInMethod, Way {}

export interface SignInHost {
  /** Ways in of the plugins of a site, by plugin and in their own order. */
  methods(scope: HookScope, locale: Locale): readonly OfferedMethod[];
  /** One of them; `undefined` where the site does not have it. */
  find(scope: HookScope, locale: Locale, way: Way): OfferedMethod | undefined;
  begin(scope: HookScope, way: Way, request: SignInBegin): Promise<SignInStarted | SignInRefusal>;
  finish(
    scope: HookScope,
    way: Way,
    request: SignInReturn,
  ): Promise<VouchedIdentity | SignInRefusal>;
  /** Where the browser goes after the sign-out; `undefined` when nowhere, or when the plugin fails. */
  leave(
    scope: HookScope,
    way: Way,
    request: { readonly leaving: Readonly<Record<string, string>>; readonly back: string },
  ): Promise<string | undefined>;
  /** What a provider's own server says is over, or why it is not believed. */
  notice(scope: HookScope, way: Way, request: SignInNotice): Promise<SignInEnded | SignInRefusal>;
  /** What is wrong with a way in, its provider asked; `undefined` where nothing is, or nothing can be asked. */
  check(scope: HookScope, way: Way): Promise<string | undefined>;
  /** New tokens; `undefined` when the provider refuses. Throws `sign-in/unavailable`. */
  refresh(site: SiteId, request: RefreshRequest): Promise<SignInTokens | undefined>;
}

interface RefreshRequest extends Way {
  readonly refresh: SecretHandle;
}

export interface SignInHostDeps {
  readonly running: (where: Pick<HookScope, 'site' | 'plugins'>) => readonly RunningPlugin[];
  readonly isolator: Isolator;
  readonly log: Log;
}

type Contribution = SignInContribution;
type Hook = 'methods' | 'begin' | 'finish' | 'leave' | 'notice' | 'check' | 'refresh';

interface Target {
  readonly plugin: RunningPlugin;
  readonly contribution: Contribution;
}

/** Calls `contributes.signIn` of plugins: each within its time, what it answers copied and checked. */
export function createSignInHost({ running, isolator, log }: SignInHostDeps): SignInHost {
  function targets({ site }: HookScope): readonly Target[] {
    // Nobody is there yet: the plugins of the site, not those of a person.
    return running({ site }).flatMap((plugin) => {
      const contribution = plugin.definition.contributes?.signIn;
      return contribution ? [{ plugin, contribution }] : [];
    });
  }

  function targetOf(scope: HookScope, { plugin: id }: Way): Target {
    const target = targets(scope).find(({ plugin }) => plugin.id === id);
    if (!target) throw new AppError('request/not-found');
    return target;
  }

  function offered(scope: HookScope, locale: Locale, { plugin, contribution }: Target) {
    const { site, requestId } = scope;
    const outcome = isolator.isolated(
      {
        plugin: plugin.id,
        hook: 'sign-in:methods',
        timeoutMs: METHODS_MS,
        site,
        ...(requestId !== undefined && { requestId }),
        read: (answer) => methodShape.array().max(MAX_METHODS).parse(plainCopy(answer)),
      },
      () => {
        const list: unknown = contribution.methods(site, locale, plugin.context);
        if (isThenable(list)) throw new Error('methods: expected a list, found a promise');
        return list as readonly SignInMethod[]; // `read` checks it
      },
    );
    if (outcome instanceof Promise || !outcome.ok || !Array.isArray(outcome.value)) return [];
    const seen = new Set<string>();
    return outcome.value.flatMap((method): readonly OfferedMethod[] => {
      const way = { plugin: plugin.id, method: method.id };
      const isUsable = !seen.has(method.id) && `${plugin.id}.${method.id}`.length <= MAX_VIA_CHARS;
      seen.add(method.id);
      return isUsable ? [{ ...method, ...way }] : [];
    });
  }

  /**
   * One call; `undefined` when it failed in any way. What the plugin throws, what comes late and what
   * is no answer is told in the log and is no failure of its breaker: strangers choose what comes
   * back from a provider, and neither they nor a provider that is down may put it out of service.
   */
  async function call<T>(
    scope: HookScope,
    { plugin }: Target,
    hook: Hook,
    { timeoutMs, read }: { readonly timeoutMs: number; readonly read: (answer: unknown) => T },
    run: () => unknown,
  ): Promise<{ readonly value: T | undefined } | undefined> {
    const { site, requestId } = scope;
    const outcome = await isolator.isolated(
      {
        plugin: plugin.id,
        hook: `sign-in:${hook}`,
        // Ours comes first, and is told as what it is: a provider that does not answer.
        timeoutMs: timeoutMs + GRACE_MS,
        site,
        ...(requestId !== undefined && { requestId }),
        read: (told) => readTold(told, read),
      },
      async (): Promise<unknown> => {
        try {
          const late = () => new Error(`sign-in:${hook}: no answer in ${timeoutMs} ms`);
          return { answer: await withDeadline(Promise.resolve(run()), timeoutMs, late) };
        } catch (error) {
          return { thrown: toError(error) };
        }
      },
    );
    if (!outcome.ok) return undefined;
    const told = outcome.value as Told<T>; // as `read` made it
    if ('thrown' in told) {
      log.warn(
        { plugin: plugin.id, hook: `sign-in:${hook}`, site, requestId, err: told.thrown },
        'plugin/sign-in-failed',
      );
      return undefined;
    }
    return { value: told.value };
  }

  const unavailable: SignInRefusal = { refused: 'unavailable', code: 'no-answer' };
  const unbelieved: SignInRefusal = { refused: 'invalid', code: 'notice' };

  return {
    methods: (scope, locale) => targets(scope).flatMap((target) => offered(scope, locale, target)),
    find(scope, locale, way) {
      const target = targets(scope).find(({ plugin }) => plugin.id === way.plugin);
      if (!target) return undefined;
      return offered(scope, locale, target).find(({ method }) => method === way.method);
    },
    async begin(scope, way, request) {
      const target = targetOf(scope, way);
      const { plugin, contribution } = target;
      const read = (answer: unknown): SignInStarted | SignInRefusal => {
        const plain = plainCopy(answer);
        return isRefusal(plain) ? refusalShape.parse(plain) : startedShape.parse(plain);
      };
      const outcome = await call(scope, target, 'begin', { timeoutMs: SIGN_IN_MS, read }, () =>
        contribution.begin(request, plugin.context),
      );
      return outcome?.value ?? unavailable;
    },
    async finish(scope, way, request) {
      const target = targetOf(scope, way);
      const { plugin, contribution } = target;
      const read = (answer: unknown): VouchedIdentity | SignInRefusal => {
        const { plain, tokens } = readWithTokens(answer);
        if (isRefusal(plain)) return refusalShape.parse(plain);
        const parsed = identityShape.safeParse(plain);
        if (parsed.success) return vouchedFrom(parsed.data, tokens);
        // What a provider says of one person may be odd: theirs to mend, and nobody else's loss.
        const fields = parsed.error.issues.map(({ path }) => path.join('.'));
        log.warn({ plugin: plugin.id, site: scope.site, fields }, 'sign-in/identity-refused');
        return { refused: 'invalid', code: 'identity' };
      };
      const outcome = await call(scope, target, 'finish', { timeoutMs: FINISH_MS, read }, () =>
        contribution.finish(request, plugin.context),
      );
      return outcome?.value ?? unavailable;
    },
    async leave(scope, way, { leaving, back }) {
      const target = targets(scope).find(({ plugin }) => plugin.id === way.plugin);
      const leave = target?.contribution.leave;
      if (!target || !leave) return undefined;
      const read = (answer: unknown) => outsideUrl.parse(answer);
      const request = { site: scope.site, method: way.method, leaving, back };
      const outcome = await call(scope, target, 'leave', { timeoutMs: SIGN_IN_MS, read }, () =>
        leave(request, target.plugin.context),
      );
      return outcome?.value;
    },
    async notice(scope, way, request) {
      const target = targetOf(scope, way);
      const { notice } = target.contribution;
      if (!notice) throw new AppError('request/not-found');
      const read = (answer: unknown): SignInEnded | SignInRefusal => {
        const plain = plainCopy(answer);
        return isRefusal(plain) ? refusalShape.parse(plain) : endedShape.parse(plain);
      };
      const outcome = await call(scope, target, 'notice', { timeoutMs: SIGN_IN_MS, read }, () =>
        notice(request, target.plugin.context),
      );
      // A provider tries again after 503, and never after 400 (OIDC Back-Channel Logout 1.0, 2.8).
      const value = outcome ? (outcome.value ?? unbelieved) : unavailable;
      if ('refused' in value && value.refused === 'unavailable') {
        throw new AppError('sign-in/unavailable');
      }
      return value;
    },
    async check(scope, way) {
      const target = targetOf(scope, way);
      const { check } = target.contribution;
      if (!check) return undefined;
      const read = (answer: unknown) => checkShape.parse(answer);
      const request = { site: scope.site, method: way.method };
      const outcome = await call(scope, target, 'check', { timeoutMs: SIGN_IN_MS, read }, () =>
        check(request, target.plugin.context),
      );
      return outcome ? outcome.value : NO_CHECK;
    },
    async refresh(site, { plugin: id, method, refresh }) {
      const target = targets({ site }).find(({ plugin }) => plugin.id === id);
      // Out of service for now, which the provider has not said: nobody has to sign in again for it.
      if (!target) throw new AppError('sign-in/unavailable');
      const renew = target.contribution.refresh;
      if (!renew) return undefined;
      const limits = { timeoutMs: SIGN_IN_MS, read: readTokens };
      const outcome = await call({ site }, target, 'refresh', limits, () =>
        renew({ site, method, refresh }, target.plugin.context),
      );
      if (!outcome) throw new AppError('sign-in/unavailable');
      return outcome.value && handlesOf(outcome.value);
    },
  };
}

const NO_CHECK = 'the plugin failed to ask, or had no answer in time: the log says why';

const handlesOf = ({ access, refresh, expiresAt }: ReadTokens): SignInTokens => ({
  access: secretHandle(access),
  ...(refresh !== undefined && { refresh: secretHandle(refresh) }),
  ...(expiresAt !== undefined && { expiresAt }),
});

type Told<T> = { readonly value: T | undefined } | { readonly thrown: Error };

/** In the plugin's own time: getters and handles of its answer run its code. */
function readTold<T>(told: unknown, read: (answer: unknown) => T): Told<T> {
  const { answer, thrown } = told as { readonly answer?: unknown; readonly thrown?: Error };
  if (thrown) return { thrown };
  try {
    return { value: answer === undefined ? undefined : read(answer) };
  } catch (error) {
    return { thrown: toError(error) };
  }
}

const isRefusal = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'refused' in answer;
