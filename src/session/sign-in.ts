import type { Clock } from '../base/clock';
import { AppError, isAppError, toAppError } from '../base/errors';
import type { SiteId } from '../base/types';
import type { Denial, HookScope } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import { type AuthenticateDeps, authenticate, type Identity } from './authenticate';
import type { KnownDevices } from './known-devices';
import { canonicalLogin, usableLogin } from './login-input';
import type { Throttle } from './throttle';
import type { User } from './types';
import type { UserStore } from './user-store';

/**
 * A refused sign-in is answered this long after it was asked, whatever was done meanwhile: an
 * unknown account needs no bind and would otherwise be told from a wrong password by its time.
 */
export const REFUSAL_FLOOR_MS = 700;

/**
 * Plugins, directory or mail server say together within this time who somebody is: five seconds with
 * the page around it (threats L1).
 */
const SOURCES_MS = 4_600;

export interface SignInDeps extends AuthenticateDeps {
  readonly clock: Clock;
  readonly throttle: Throttle;
  /** Who is meant by what was typed. */
  readonly users: Pick<UserStore, 'findByName'>;
  /** Browsers that people have used; none is known unless told. */
  readonly devices?: KnownDevices;
  readonly refusalFloorMs?: number;
  /** What guards the sign-in of a site and is not in service there: nothing opens without it. */
  readonly closedBy?: (
    site: SiteId,
  ) => { readonly plugin: string; readonly reason: string } | undefined;
}

export interface SignInInput {
  readonly site: Site;
  readonly scope: HookScope;
  readonly login: string;
  readonly password: string;
  /** Client address, from trusted proxies only. */
  readonly remote: string;
  /** The browser's own tokens, of its cookie; absent for callers that keep no cookies. */
  readonly deviceTokens?: readonly string[];
  /** Name of a browser that has a session of the person already. */
  readonly knownDevice?: string;
}

/**
 * Who signs in: counted, authenticated, and let in by `session:opening`. Throws
 * `session/credentials`, `session/throttled`, `session/refused`, `directory/*` or `imap/*`; each is
 * told to `session:refused`.
 */
export async function identify(deps: SignInDeps, input: SignInInput): Promise<Identity> {
  const startedMs = deps.clock.now();
  try {
    const identity = await countedAuthenticate(deps, input);
    await askGuards(deps, input, identity);
    return identity;
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'session/credentials') await waitForFloor(deps, startedMs);
    const { site, scope, remote } = input;
    const login = input.login.trim().slice(0, 256);
    const event = { site: site.id, login, remote, code: error.code };
    await deps.hooks.action(scope, 'session:refused', event);
    throw error;
  }
}

async function countedAuthenticate(deps: SignInDeps, input: SignInInput): Promise<Identity> {
  const { site, scope, login, password, remote } = input;
  const usable = usableLogin(login, password);
  const typed = canonicalLogin(login).slice(0, 256);
  const named = await deps.users.findByName(site.id, typed);
  const attempt = await deps.throttle.begin({
    site: site.id,
    login: typed,
    // Its answer is that of a wrong password: only the lock may know that two names are one account.
    account: named?.login ?? typed,
    remote,
    device: input.knownDevice ?? (await knownDevice(deps, input, named)),
    ...lockOf(site),
  });
  // As a wrong password, in the same time: nobody learns that the account is there, or locked.
  if (attempt.isLocked) throw new AppError('session/credentials');
  let identity: Identity | undefined;
  try {
    const endsAt = deps.clock.now() + SOURCES_MS;
    identity = usable && (await authenticate(deps, scope, site, { ...usable, remote, endsAt }));
  } catch (error) {
    // A directory that fails is nobody's wrong password; an unusable entry had the right one.
    await attempt.refund();
    throw error;
  }
  if (!identity) {
    if (attempt.isAtLimit) await tellGuessing(deps, input);
    if (attempt.isLocking) await tellLocked(deps, input);
    throw new AppError('session/credentials');
  }
  await attempt.succeeded();
  return identity;
}

/** The throttle makes the next ones wait, so this cannot be told faster than guesses are let through. */
async function tellGuessing({ hooks }: SignInDeps, { site, scope, login, remote }: SignInInput) {
  const event = {
    site: site.id,
    login: login.trim().slice(0, 256),
    code: 'guessing' as const,
    evidence: { remote },
  };
  await hooks.action(scope, 'security:detected', event);
}

const lockOf = ({ protection }: Site) =>
  protection && { lock: { after: protection.lockAfter, minutes: protection.lockMinutes } };

async function knownDevice(
  { devices }: SignInDeps,
  { deviceTokens }: SignInInput,
  named: User | undefined,
): Promise<string | undefined> {
  return named && deviceTokens ? devices?.ofUser(named, deviceTokens) : undefined;
}

/** Whoever the account is of, and whether it is anybody's, is for who listens to find out. */
async function tellLocked({ hooks }: SignInDeps, { site, scope, login, remote }: SignInInput) {
  const minutes = site.protection?.lockMinutes ?? 0;
  const event = {
    site: site.id,
    login: login.trim().slice(0, 256),
    code: 'locked' as const,
    evidence: { remote, minutes },
  };
  await hooks.action(scope, 'security:detected', event);
}

/** Asks `session:opening`; throws what a guard answers. */
export async function askGuards(
  deps: Pick<SignInDeps, 'hooks'>,
  input: Pick<SignInInput, 'site' | 'scope' | 'remote'>,
  { principal, via }: Identity,
): Promise<void> {
  const query = { site: input.site.id, principal, remote: input.remote, via };
  const [denial] = await deps.hooks.guard(input.scope, 'session:opening', query);
  if (denial) throw refusalOf(denial);
}

function refusalOf({ plugin, code, message, values }: Denial & { readonly plugin: string }) {
  const details = { plugin, code };
  if (code === 'guard-failed') return new AppError('plugin/guard-failed', { details });
  return new AppError('session/refused', {
    details,
    ...(message !== undefined && { textKey: message }),
    ...(values && { textValues: values }),
  });
}

function waitForFloor(
  { clock, refusalFloorMs = REFUSAL_FLOOR_MS }: SignInDeps,
  startedMs: number,
): Promise<void> {
  const leftMs = startedMs + refusalFloorMs - clock.now();
  if (leftMs <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    clock.after(leftMs, resolve);
  });
}

/** Whether an error is a refusal that a person can do something about, not a failing back end. */
export const isRefusal = (error: unknown): boolean =>
  ['session/credentials', 'session/throttled', 'session/refused'].some(
    (code) => isAppError(error) && error.code === code,
  );
