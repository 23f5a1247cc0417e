import { isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { SiteId, UserId } from '../base/types';
import type { Identity } from './authenticate';
import { newBearer, parseBearer } from './bearer';
import type { Closing } from './closing';
import { sealCredential } from './credentials';
import type { KeyRing } from './keys';
import { expiries } from './limits';
import type { SignedIn, SignInRequest } from './service-types';
import { nextStored } from './session';
import { identify, type SignInDeps } from './sign-in';
import { type SessionStore, type StoredSession, sessionOf } from './store';
import type { Principal, User } from './types';
import type { UserStore } from './user-store';

const MAX_SESSIONS_PER_USER = 20; // forgotten browsers; the one seen longest ago makes room
const MAX_DEVICE_CHARS = 200;
const MAX_REMOTE_CHARS = 64; // an IPv6 address with its zone

export interface OpeningDeps extends SignInDeps {
  readonly store: SessionStore;
  readonly closing: Closing;
  readonly keys: KeyRing;
  readonly users: UserStore;
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
  // Of several sites on one host, which one it is is known only afterwards.
  if ((request.also ?? []).length === 0) assertGuarded(deps, request.site.id);
  const { principal, via } = await identify(deps, request);
  return openOn(deps, await onOwnSite(deps, request, principal), { principal, via });
}

/** The request as one of the site that the person belongs to, among those that share the host. */
async function onOwnSite(
  { hooks }: OpeningDeps,
  request: SignInRequest,
  principal: Principal,
): Promise<SignInRequest> {
  const { site, also = [], host = '', scope } = request;
  if (also.length === 0) return request;
  const query = { host, site: site.id, choices: also.map(({ id }) => id), principal };
  const found = await hooks.first(scope, 'site:resolve', query);
  if (!found || found.answer.site === site.id) return request;
  const own = also.find(({ id }) => id === found.answer.site);
  if (!own) throw new AppError('site/unknown', { details: { plugin: found.plugin } });
  const { requestId, budget } = scope;
  return {
    ...request,
    site: own,
    scope: { site: own.id, ...(requestId && { requestId }), ...(budget && { budget }) },
  };
}

async function openOn(
  deps: OpeningDeps,
  request: SignInRequest,
  { principal, via }: Identity,
): Promise<SignedIn> {
  const { hooks, store, users } = deps;
  const { site, scope } = request;
  assertGuarded(deps, site.id);
  const { user, first } = await users.provision(scope, site, principal);
  const challenges = await askChallenges(deps, request, principal, user);
  const { stored, cookie } = newSession(deps, request, { principal, via, user, first, challenges });
  await tellNewDevice(deps, request, stored);
  await endPrevious(deps, request.previous);
  await store.insert(stored);
  await makeRoom(deps, user.id);
  const session = sessionOf(stored);
  if (stored.state !== 'open') return { kind: 'challenge', bearer: cookie, session };
  await hooks.action(scope, 'session:opened', { session, first, via });
  return { kind: 'opened', bearer: cookie, session };
}

interface Opening {
  readonly principal: Principal;
  readonly via: string;
  readonly user: User;
  readonly first: boolean;
  readonly challenges: readonly string[];
}

function newSession({ clock, keys }: OpeningDeps, request: SignInRequest, opening: Opening) {
  const { site, password, remote, device = '' } = request;
  const { principal, user, challenges, via, first } = opening;
  const state = nextStored('anonymous', challenges.length > 0 ? 'challenged' : 'signed-in');
  const { cookie, sessionId, half } = newBearer();
  const context = { sessionId, userId: user.id, half };
  const now = isoNow(clock);
  const stored: StoredSession = {
    id: sessionId,
    site: site.id,
    user,
    state,
    via,
    challenges,
    sealed: sealCredential(keys, context, { username: principal.imapLogin, password }),
    isFirst: first,
    remote: remote.slice(0, MAX_REMOTE_CHARS),
    device: device.slice(0, MAX_DEVICE_CHARS),
    createdAt: now,
    seenAt: now,
    ...expiries(site, state, clock.now(), clock.now()),
  };
  return { stored, cookie };
}

/** Ids of the challenges to satisfy; a plugin that cannot say refuses the sign-in. */
async function askChallenges(
  { hooks }: OpeningDeps,
  { site, scope, device = '' }: SignInRequest,
  principal: Principal,
  user: User,
): Promise<readonly string[]> {
  const query = { site: site.id, principal, user, device: device.slice(0, MAX_DEVICE_CHARS) };
  const asked = await hooks.collect(scope, 'session:challenges', query);
  return [...new Set(asked.filter(({ item }) => !item.satisfied).map(({ item }) => item.id))];
}

/** Somebody who is signed in elsewhere, from browsers that are all unlike this one. */
async function tellNewDevice(
  { hooks, store }: OpeningDeps,
  { scope }: SignInRequest,
  { site, user, device, remote, via }: StoredSession,
): Promise<void> {
  const others = await store.ofUser(user.id);
  if (others.length === 0 || others.some((other) => other.device === device)) return;
  const evidence = { device, remote, via };
  const event = { site, login: user.login, user, code: 'new-device' as const, evidence };
  await hooks.action(scope, 'security:detected', event);
}

/** The session that the browser brought ends, whoever's it was. */
async function endPrevious({ store, closing }: OpeningDeps, cookie: string | undefined) {
  const bearer = parseBearer(cookie);
  const session = bearer && (await store.find(bearer.sessionId));
  if (session) await closing.close(session, 'replaced');
}

async function makeRoom({ store, closing }: OpeningDeps, user: UserId): Promise<void> {
  const all = await store.ofUser(user);
  for (const session of all.slice(MAX_SESSIONS_PER_USER)) await closing.close(session, 'replaced');
}
