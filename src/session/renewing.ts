import { AppError } from '../base/errors';
import type { SessionId } from '../base/types';
import type { HookScope } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import { assertEligible } from './admitting';
import { newBearer } from './bearer';
import { sealSecret } from './credentials';
import { expiries } from './limits';
import type { Loading } from './loading';
import { noteDevice } from './new-device';
import { assertGuarded, type OpeningDeps, type OpeningRequest, type Proven } from './opening';
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
 * `session/required` in another state, `request/not-found` for a challenge that was not asked.
 */
export async function satisfyChallenge(
  deps: RenewingDeps,
  loaded: LoadedSession,
  challengeId: string,
  scope: HookScope,
): Promise<SignedIn> {
  const { stored, site, secret } = deps.loading.held(loaded);
  assertGuarded(deps, site.id);
  const challenges = stored.challenges.filter((id) => id !== challengeId);
  const isLast = challenges.length === 0;
  const state = nextStored(stored.state, isLast ? 'satisfied-all' : 'satisfied-one');
  if (challenges.length === stored.challenges.length) throw new AppError('request/not-found');
  const satisfied = [...(stored.satisfied ?? []), challengeId];
  const renewed = await renew(deps, stored, site, secret(), { state, challenges, satisfied });
  if (state === 'open') {
    await noteDevice(deps, stored);
    const event = { session: renewed.session, first: stored.isFirst, via: stored.via };
    await deps.hooks.action(scope, 'session:opened', event);
  }
  return renewed;
}

/** The mail server refused the credential: nothing opens until the person signs in again. */
export async function freezeSession({ store }: OpeningDeps, id: SessionId): Promise<boolean> {
  const stored = await store.find(id);
  if (stored?.state !== 'open') return false;
  return store.change(stored, { state: nextStored(stored.state, 'refused') });
}

/** Signs the same person in again, in place, under a new id; throws like a sign-in. */
export async function thawSession(
  deps: RenewingDeps,
  loaded: LoadedSession,
  request: Pick<SignInRequest, 'password' | 'remote' | 'scope'>,
): Promise<SignedIn> {
  const { stored, site } = deps.loading.held(loaded);
  const state = nextStored(stored.state, 'signed-in-again');
  assertGuarded(deps, site.id);
  const { login } = stored.user;
  const { principal, via } = await identify(deps, {
    ...request,
    site,
    login,
    knownDevice: stored.deviceId ?? stored.id,
  });
  if (principal.login.toLowerCase() !== login) throw new AppError('session/credentials');
  await assertEligible(deps, { ...request, site }, { principal, via });
  await deps.users.provision(request.scope, site, principal);
  const { imapLogin: username } = principal;
  const secret = { kind: 'password', username, password: request.password } as const;
  // Nobody vouches for it any more: neither strength nor the provider's session are left of before.
  const change = { state, challenges: [], via, assurance: undefined, provider: undefined };
  const renewed = await renew(deps, stored, site, secret, change);
  await tellAgain(deps, renewed, via, request.scope);
  return renewed;
}

/** Who signs in again in place has proved anew that it is they. */
const tellAgain = (
  { hooks }: Pick<RenewingDeps, 'hooks'>,
  { session }: SignedIn,
  by: string,
  scope: HookScope,
): Promise<void> => hooks.action(scope, 'session:confirmed', { session, by });

/** The same for somebody whose provider vouches for them anew. */
export async function thawProven(
  deps: RenewingDeps,
  loaded: LoadedSession,
  request: OpeningRequest,
  proven: Proven,
): Promise<SignedIn> {
  const { stored, site } = deps.loading.held(loaded);
  const state = nextStored(stored.state, 'signed-in-again');
  assertGuarded(deps, site.id);
  await assertEligible(deps, request, proven);
  await proven.known?.(stored.user);
  await deps.users.provision(request.scope, site, proven.principal);
  const { via, assurance, provider } = proven;
  const change = { state, challenges: [], via, assurance, provider };
  const renewed = await renew(deps, stored, site, proven.secret, change);
  await tellAgain(deps, renewed, via, request.scope);
  return renewed;
}

/** Gives a session a new id, seals anew, and ends what the old id still holds open. */
export async function renew(
  { clock, keys, store, closing }: RenewingDeps,
  stored: StoredSession,
  site: Site,
  secret: SessionSecret,
  change: Pick<SessionChange, 'via'> &
    Pick<
      StoredSession,
      'state' | 'challenges' | 'satisfied' | 'confirmedAt' | 'assurance' | 'provider'
    >,
): Promise<SignedIn> {
  const { cookie, sessionId, half } = newBearer();
  const sealed = sealSecret(keys, { sessionId, userId: stored.user.id, half }, secret);
  const times = expiries(site, change.state, Date.parse(stored.createdAt), clock.now());
  const isOurs = await store.renew(stored, sessionId, sealed, { ...change, ...times });
  if (!isOurs) throw new AppError('session/required', { details: { reason: 'changed' } });
  closing.tellRenewed(stored);
  const session = sessionOf({ ...stored, ...change, id: sessionId });
  return { kind: change.state === 'open' ? 'opened' : 'challenge', bearer: cookie, session };
}
