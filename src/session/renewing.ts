import { AppError } from '../base/errors';
import type { SessionId } from '../base/types';
import type { HookScope } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import { newBearer } from './bearer';
import { sealCredential } from './credentials';
import { expiries } from './limits';
import type { Loading } from './loading';
import { assertGuarded, type OpeningDeps } from './opening';
import type { LoadedSession, SignedIn, SignInRequest } from './service-types';
import { nextStored } from './session';
import { identify } from './sign-in';
import { type StoredSession, sessionOf } from './store';
import type { MailCredential } from './types';

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
  const { stored, site, credential } = deps.loading.held(loaded);
  assertGuarded(deps, site.id);
  const challenges = stored.challenges.filter((id) => id !== challengeId);
  const isLast = challenges.length === 0;
  const state = nextStored(stored.state, isLast ? 'satisfied-all' : 'satisfied-one');
  if (challenges.length === stored.challenges.length) throw new AppError('request/not-found');
  const satisfied = [...(stored.satisfied ?? []), challengeId];
  const renewed = await renew(deps, stored, site, credential(), { state, challenges, satisfied });
  if (state === 'open') {
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
  const { principal } = await identify(deps, { ...request, site, login });
  if (principal.login.toLowerCase() !== login) throw new AppError('session/credentials');
  await deps.users.provision(request.scope, site, principal);
  const credential = { username: principal.imapLogin, password: request.password };
  return renew(deps, stored, site, credential, { state, challenges: [] });
}

/** Gives a session a new id, seals anew, and ends what the old id still holds open. */
async function renew(
  { clock, keys, store, closing }: RenewingDeps,
  stored: StoredSession,
  site: Site,
  credential: MailCredential,
  change: Pick<StoredSession, 'state' | 'challenges' | 'satisfied'>,
): Promise<SignedIn> {
  const { cookie, sessionId, half } = newBearer();
  const sealed = sealCredential(keys, { sessionId, userId: stored.user.id, half }, credential);
  const times = expiries(site, change.state, Date.parse(stored.createdAt), clock.now());
  const isOurs = await store.renew(stored, sessionId, sealed, { ...change, ...times });
  if (!isOurs) throw new AppError('session/required', { details: { reason: 'changed' } });
  closing.tellRenewed(stored);
  const session = sessionOf({ ...stored, ...change, id: sessionId });
  return { kind: change.state === 'open' ? 'opened' : 'challenge', bearer: cookie, session };
}
