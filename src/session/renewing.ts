import { isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { SessionId } from '../base/types';
import type { HookScope } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import { told } from './admitting';
import { newBearer } from './bearer';
import { sealSecret } from './credentials';
import { expiries } from './limits';
import type { Loading } from './loading';
import { moveTrust, noteDevice, tokenAfresh, withTokens } from './new-device';
import {
  admit,
  assertGuarded,
  makeRoom,
  type OpeningDeps,
  type OpeningRequest,
  openAdmitted,
  type Proven,
  settleHalf,
} from './opening';
import type { LoadedSession, SignedIn, SignInRequest } from './service-types';
import { nextStored } from './session';
import { identify } from './sign-in';
import { type SessionChange, type StoredSession, sessionOf } from './store';
import type { SessionSecret } from './types';

export interface RenewingDeps extends OpeningDeps {
  readonly loading: Loading;
}

/**
 * Takes one challenge off, once, under a new id; the session opens when none is left. Throws
 * `session/required` in another state, `request/not-found` for a challenge that was not asked. Of
 * `deviceTokens`, which the browser brought, its own is replaced.
 */
export async function satisfyChallenge(
  deps: RenewingDeps,
  loaded: LoadedSession,
  challengeId: string,
  scope: HookScope,
  deviceTokens?: readonly string[],
): Promise<SignedIn> {
  const { stored, site, remote, secret } = deps.loading.held(loaded);
  assertGuarded(deps, site.id);
  const challenges = stored.challenges.filter((id) => id !== challengeId);
  const isLast = challenges.length === 0;
  const state = nextStored(stored.state, isLast ? 'satisfied-all' : 'satisfied-one');
  if (challenges.length === stored.challenges.length) throw new AppError('request/not-found');
  const satisfied = [...(stored.satisfied ?? []), challengeId];
  const change = {
    state,
    challenges,
    satisfied,
    ...(deps.isFactor?.(challengeId) && { confirmedAt: isoNow(deps.clock) }),
  };
  if (state !== 'open') return renew(deps, stored, site, secret(), change);
  const device = tokenAfresh(stored, deviceTokens);
  const renewed = await renew(deps, stored, site, secret(), { ...change, deviceId: device.id });
  const opened = { ...stored, state, id: renewed.session.id, deviceId: device.id };
  await settleHalf(deps, stored);
  await moveTrust(deps, scope, stored, device.id);
  await makeRoom(deps, opened);
  await noteDevice(deps, opened);
  const { isFirst: first, via } = stored;
  const event = { session: renewed.session, first, via, remote };
  await deps.hooks.action(scope, 'session:opened', event);
  return withTokens(renewed, device);
}

/** The mail server refused the credential: nothing opens until the person signs in again. */
export async function freezeSession({ store }: OpeningDeps, id: SessionId): Promise<boolean> {
  const stored = await store.find(id);
  if (stored?.state !== 'open') return false;
  return store.change(stored, { state: nextStored(stored.state, 'refused') });
}

/** What a sign-in in the place of a frozen session brings. */
export type ThawRequest = Pick<
  SignInRequest,
  'password' | 'remote' | 'scope' | 'device' | 'deviceTokens'
>;

/** Signs the same person in again, by their password; throws like a sign-in. */
export async function thawSession(
  deps: RenewingDeps,
  loaded: LoadedSession,
  request: ThawRequest,
): Promise<SignedIn> {
  const { stored, site } = deps.loading.held(loaded);
  nextStored(stored.state, 'signed-in-again');
  const { login } = stored.user;
  const where = { ...request, site };
  await told(deps, where, { login }, async () => assertGuarded(deps, site.id));
  const { principal, via } = await identify(deps, {
    ...request,
    site,
    login,
    knownDevice: stored.deviceId ?? stored.id,
  });
  if (principal.login.toLowerCase() !== login) throw new AppError('session/credentials');
  const { password, ...opening } = where;
  const secret = { kind: 'password', username: principal.imapLogin, password } as const;
  return told(deps, opening, { login, via }, () =>
    thawProven(deps, loaded, opening, { principal, via, secret, isFresh: true }),
  );
}

/**
 * Opens a frozen session anew for its person: in place, under a new id, when they are asked nothing
 * that they have not given in it; otherwise by a new session that waits for what is asked. What let
 * the first one in without a factor (a provider's strength, the network, the browser) is not asked
 * of the past.
 */
export async function thawProven(
  deps: RenewingDeps,
  loaded: LoadedSession,
  request: OpeningRequest,
  proven: Proven,
): Promise<SignedIn> {
  const { stored } = deps.loading.held(loaded);
  const state = nextStored(stored.state, 'signed-in-again');
  const opening = await admit(deps, request, proven);
  const given = stored.satisfied ?? [];
  if (!opening.challenges.every((id) => given.includes(id))) {
    await deps.closing.close(stored, 'replaced');
    return openAdmitted(deps, request, opening);
  }
  // Nobody vouches for it any more but who does now: of before neither strength nor provider is left.
  const { via, assurance, provider, isFresh } = proven;
  const renewed = await renew(deps, stored, request.site, proven.secret, {
    state,
    challenges: [],
    via,
    assurance,
    provider,
    isFactorTaken: opening.isFactorTaken,
    // Who has given a second factor confirms by that one, never by what they thaw with.
    ...(isFresh && !given.some((id) => deps.isFactor?.(id)) && { confirmedAt: isoNow(deps.clock) }),
  });
  const { remote, scope } = request;
  const event = { session: renewed.session, remote };
  // Who was let in for what they proved long ago is in again, and has confirmed nothing.
  if (isFresh) await deps.hooks.action(scope, 'session:confirmed', { ...event, by: via });
  else await deps.hooks.action(scope, 'session:opened', { ...event, first: false, via });
  return renewed;
}

/** Gives a session a new id, seals anew, and ends what the old id still holds open. */
export async function renew(
  { clock, keys, store, closing }: RenewingDeps,
  stored: StoredSession,
  site: Site,
  secret: SessionSecret,
  change: SessionChange & Pick<StoredSession, 'challenges'>,
): Promise<SignedIn> {
  const { cookie, sessionId, half } = newBearer(keys);
  const sealed = sealSecret(keys, { sessionId, userId: stored.user.id, half }, secret);
  const times = expiries(site, change.state, Date.parse(stored.createdAt), clock.now());
  const isOurs = await store.renew(stored, sessionId, sealed, { ...change, ...times });
  if (!isOurs) throw new AppError('session/required', { details: { reason: 'changed' } });
  closing.tellRenewed(stored);
  const session = sessionOf({ ...stored, ...change, id: sessionId });
  return { kind: change.state === 'open' ? 'opened' : 'challenge', bearer: cookie, session };
}
