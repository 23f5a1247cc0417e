import { isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import type { HookScope } from '../kernel/hook-types';
import { isMeant } from '../sites';
import type { Site } from '../sites/site';
import { assertEligible, told } from './admitting';
import type { Identity } from './authenticate';
import { newBearer, parseBearer } from './bearer';
import type { Closing } from './closing';
import { sealSecret } from './credentials';
import type { KeyRing } from './keys';
import { expiries } from './limits';
import { isRefusedFrom, networkSide, wantsFactorFrom } from './networks';
import {
  type MetDevice,
  meetDevice,
  type NewDeviceDeps,
  noteDevice,
  tellNewDevice,
} from './new-device';
import type { SignedIn, SignInRequest } from './service-types';
import { nextStored } from './session';
import { identify, type SignInDeps } from './sign-in';
import {
  type ProviderKeys,
  type SessionStore,
  type StoredSession,
  sessionOf,
  trailOf,
} from './store';
import type { SignInAttempt } from './throttle';
import type { Assurance, Principal, SessionSecret, User } from './types';
import type { UserStore } from './user-store';

const MAX_SESSIONS_PER_USER = 20; // forgotten browsers; the one seen longest ago makes room
const MAX_HALF_PER_USER = 3; // who knows only the password pushes nobody's open session out
const MAX_DEVICE_CHARS = 200;
const MAX_REMOTE_CHARS = 64; // an IPv6 address with its zone

export interface OpeningDeps extends Omit<SignInDeps, 'devices'>, NewDeviceDeps {
  readonly store: SessionStore;
  readonly closing: Closing;
  readonly keys: KeyRing;
  readonly users: UserStore;
  /** Whether who answers a challenge has given a second factor; none is one unless told. */
  readonly isFactor?: (challenge: string) => boolean;
}

/** Throws `plugin/guard-failed` where what guards the sign-in of the site is missing. */
export function assertGuarded({ closedBy }: Pick<OpeningDeps, 'closedBy'>, site: SiteId): void {
  const details = closedBy?.(site);
  if (!details) return;
  throw new AppError('plugin/guard-failed', {
    details: { ...details, site },
    textKey: 'error.signInClosed',
  });
}

/**
 * Signs a person in: a new session, open or waiting for challenges, and its cookie. Throws like
 * `identify`, and `plugin/guard-failed` when a second factor cannot be asked.
 */
export async function openSession(deps: OpeningDeps, request: SignInRequest): Promise<SignedIn> {
  const { login, password, ...where } = request;
  await told(deps, where, { login }, async () => {
    // Of several sites on one host, which one it is is known only afterwards.
    if ((request.also ?? []).length === 0) assertGuarded(deps, request.site.id);
  });
  const { principal, via } = await identify(deps, request);
  const secret = { kind: 'password', username: principal.imapLogin, password } as const;
  return told(deps, where, { login: principal.login, via }, async () =>
    openOn(deps, await onOwnSite(deps, where, principal), {
      principal,
      via,
      secret,
      isFresh: true,
    }),
  );
}

/** Where somebody signs in, and from where: the same for every way in. */
export type OpeningRequest = Omit<SignInRequest, 'login' | 'password'>;

/** Who somebody proved to be, and what their session is to hold. */
export interface Proven extends Identity {
  readonly secret: SessionSecret;
  /** They proved it just now; a provider may have let them in for what they proved long ago. */
  readonly isFresh: boolean;
  readonly assurance?: Assurance | undefined;
  readonly provider?: ProviderKeys | undefined;
  /** Once the user is there and before any session is; what it throws refuses the sign-in. */
  readonly known?: (user: User) => Promise<void>;
}

/** The request as one of the site that the person belongs to, among those that share the host. */
export async function onOwnSite<R extends OpeningRequest>(
  { hooks }: Pick<OpeningDeps, 'hooks'>,
  request: R,
  principal: Principal,
): Promise<R> {
  const { site, also = [], host = '', scope } = request;
  if (also.length === 0) return request;
  const query = { host, site: site.id, choices: also.map(({ id }) => id), principal };
  const found = await hooks.first(scope, 'site:resolve', query);
  if (!found) {
    const own = also.find(({ alsoPeople }) => alsoPeople && isMeant(principal, alsoPeople));
    return own ? { ...request, ...asOf(own, scope) } : request;
  }
  if (found.answer.site === site.id) return request;
  const own = also.find(({ id }) => id === found.answer.site);
  if (!own) throw new AppError('site/unknown', { details: { plugin: found.plugin } });
  return { ...request, ...asOf(own, scope) };
}

/** A sign-in as one of another site: its plugins are asked from then on. */
export const asOf = (site: Site, { requestId, budget }: HookScope) => ({
  site,
  scope: { site: site.id, ...(requestId && { requestId }), ...(budget && { budget }) },
});

/** A session for somebody who has proved who they are, if the site's rule and its plugins agree. */
export async function openOn(
  deps: OpeningDeps,
  request: OpeningRequest,
  proven: Proven,
): Promise<SignedIn> {
  return openAdmitted(deps, request, await admit(deps, request, proven));
}

/** Somebody whom the site lets in, and what they are still asked. */
export interface Opening extends Proven {
  readonly user: User;
  readonly first: boolean;
  readonly challenges: readonly string[];
  /** The plugin of second factors took something for one: nothing more is asked outside. */
  readonly isFactorTaken: boolean;
  readonly browser: MetDevice;
}

/** Lets in who has proved who they are: the site's rule, their account, what is asked of them now. */
export async function admit(
  deps: OpeningDeps,
  request: OpeningRequest,
  proven: Proven,
): Promise<Opening> {
  const { site, scope } = request;
  assertGuarded(deps, site.id);
  // Of several sites on one host, the rule of the person's own is known only now.
  if (isRefusedFrom(site, request.remote)) throw new AppError('session/network');
  assertEligible(site, proven);
  const { user, first } = await deps.users.provision(
    scope,
    site,
    proven.principal,
    request.language,
  );
  await proven.known?.(user);
  const browser = await meetDevice(deps, request, user);
  const asked = await askChallenges(deps, request, { ...proven, user, browser });
  return { ...proven, user, first, ...asked, browser };
}

/** A new session for somebody who is let in; it waits for what is asked. */
export async function openAdmitted(
  deps: OpeningDeps,
  request: OpeningRequest,
  opening: Opening,
): Promise<SignedIn> {
  const { hooks, store } = deps;
  const { scope } = request;
  const { first, via, browser } = opening;
  const { stored, cookie } = newSession(deps, request, opening);
  if (stored.state !== 'open' && !browser.isKnown) await countHalf(deps, stored);
  await tellNewDevice(deps, scope, stored);
  await endPrevious(deps, request.previous);
  await store.insert(stored);
  await makeRoom(deps, stored);
  const session = sessionOf(stored);
  if (stored.state !== 'open') return { kind: 'challenge', bearer: cookie, session };
  await noteDevice(deps, stored);
  const { remote } = stored;
  await hooks.action(scope, 'session:opened', { session, first, via, remote });
  // Half a session leaves no token: whoever knows the password alone would push those of others out.
  const { deviceTokens } = request;
  return {
    kind: 'opened',
    bearer: cookie,
    session,
    ...(deviceTokens && { deviceTokens: browser.tokens }),
  };
}

function newSession({ clock, keys }: OpeningDeps, request: OpeningRequest, opening: Opening) {
  const { site, remote, device = '' } = request;
  const { user, challenges, via, first, secret, assurance, provider, browser } = opening;
  const { isFactorTaken } = opening;
  const state = nextStored('anonymous', challenges.length > 0 ? 'challenged' : 'signed-in');
  const { cookie, sessionId, half } = newBearer(keys);
  const context = { sessionId, userId: user.id, half };
  const now = isoNow(clock);
  const stored: StoredSession = {
    id: sessionId,
    trail: trailOf(sessionId),
    site: site.id,
    user,
    state,
    via,
    challenges,
    sealed: sealSecret(keys, context, secret),
    assurance,
    provider,
    isFactorTaken,
    isFirst: first,
    remote: remote.slice(0, MAX_REMOTE_CHARS),
    device: device.slice(0, MAX_DEVICE_CHARS),
    deviceId: browser.id,
    ...(opening.isFresh && { confirmedAt: now }),
    createdAt: now,
    seenAt: now,
    ...expiries(site, state, clock.now(), clock.now()),
  };
  return { stored, cookie };
}

/**
 * Ids of the challenges to satisfy, and whether something stands for a second factor already: what the
 * rule of the networks let in from there, or a strength of the provider that the plugin took for one.
 * A plugin that cannot say refuses the sign-in.
 */
async function askChallenges(
  { hooks, isFactor }: OpeningDeps,
  { site, scope, remote, device = '', deviceTokens }: OpeningRequest,
  {
    principal,
    via,
    assurance,
    user,
    browser,
  }: Omit<Opening, 'first' | 'challenges' | 'isFactorTaken'>,
): Promise<Pick<Opening, 'challenges' | 'isFactorTaken'>> {
  const network = networkSide(site, remote);
  const wantsFactor = wantsFactorFrom(site, remote);
  const query = {
    site: site.id,
    principal,
    user,
    device: device.slice(0, MAX_DEVICE_CHARS),
    ...(deviceTokens && { deviceId: browser.id }),
    remote,
    ...(network && { network }),
    ...(wantsFactor && { wantsFactor }),
    via,
    ...(assurance && { assurance }),
  };
  const asked = await hooks.collect(scope, 'session:challenges', query);
  // A rule that nobody keeps would let everybody in from there; a charter to accept keeps it not.
  const factors = asked.filter(({ item }) => isFactor?.(item.id));
  if (wantsFactor && factors.length === 0) {
    throw new AppError('plugin/guard-failed', {
      details: { site: site.id, reason: 'no second factor for the network rule' },
      textKey: 'error.signInClosed',
    });
  }
  const isPassed = factors.length > 0 && factors.every(({ item }) => item.satisfied);
  return {
    challenges: [
      ...new Set(asked.filter(({ item }) => !item.satisfied).map(({ item }) => item.id)),
    ],
    isFactorTaken: isPassed && (wantsFactor || assurance?.isStrong === true),
  };
}

/** The session that the browser brought ends, whoever's it was. */
async function endPrevious({ store, closing }: OpeningDeps, cookie: string | undefined) {
  const bearer = parseBearer(cookie);
  const session = bearer && (await store.find(bearer.sessionId));
  if (session) await closing.close(session, 'replaced');
}

/**
 * A password that was right, in a browser that the person has not used, counts until the challenges
 * are answered: who knows it alone begins fewer and fewer. Throws `session/throttled`.
 */
async function countHalf({ throttle }: OpeningDeps, stored: StoredSession): Promise<void> {
  await throttle.begin(halfAttempt(stored));
}

/** What {@link countHalf} counted was the person; nothing was, of a browser of theirs. */
export async function settleHalf(deps: OpeningDeps, stored: StoredSession): Promise<void> {
  const { user, deviceId } = stored;
  if (deviceId !== undefined && (await deps.devices.isKnown(user.id, deviceId))) return;
  await deps.throttle.settle(halfAttempt(stored));
}

const halfAttempt = ({ site, user, remote }: StoredSession): SignInAttempt => ({
  site,
  login: user.login,
  remote,
  realm: 'challenge',
});

type Placed = Pick<StoredSession, 'id' | 'user' | 'state' | 'deviceId'>;

/**
 * Sessions make room among their like, never for the one that opens: half sessions of browsers that
 * the person has used, half sessions of others, sessions that are open. Who knows only the password
 * pushes the owner neither out of their mail nor off the page that asks for their second factor.
 */
export async function makeRoom(
  { store, closing, devices }: Pick<OpeningDeps, 'store' | 'closing' | 'devices'>,
  { id, user, state, deviceId }: Placed,
): Promise<void> {
  const isHalf = state === 'awaiting-challenge';
  // Of sessions that are open it says nothing: all browsers are alike there.
  const known = new Set(isHalf ? (await devices.list(user.id)).map((device) => device.id) : []);
  const isLike = (one: StoredSession): boolean =>
    (one.state === 'awaiting-challenge') === isHalf &&
    known.has(one.deviceId ?? '') === known.has(deviceId ?? '');
  const max = isHalf ? MAX_HALF_PER_USER : MAX_SESSIONS_PER_USER;
  const others = (await store.ofUser(user.id)).filter((one) => one.id !== id && isLike(one));
  for (const session of others.slice(max - 1)) await closing.close(session, 'replaced');
}
