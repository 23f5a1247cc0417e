import { isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { HookScope } from '../kernel/hook-types';
import { moveTrust, tokenAfresh, withTokens } from './new-device';
import { type RenewingDeps, renew } from './renewing';
import type { LoadedSession, SignedIn, SignInRequest } from './service-types';
import { nextStored } from './session';
import { identify } from './sign-in';
import type { Session } from './types';

const MINUTE_MS = 60_000;

/** How somebody who is signed in proves again that it is they. */
export type ConfirmedBy =
  /** A challenge of a plugin, which checked it. */
  | { readonly challenge: string }
  /** The provider of their sign-in vouched for them anew. */
  | { readonly via: string };

/**
 * Writes that the person of an open session has just proved who they are, under a new id: what was
 * copied of the old one does not gain by it. Throws `session/required` in another state, and
 * `session/refused` for a challenge that is no second factor: a click proves nothing.
 */
export async function confirmSession(
  deps: RenewingDeps,
  loaded: LoadedSession,
  by: ConfirmedBy,
  scope: HookScope,
  deviceTokens?: readonly string[],
): Promise<SignedIn> {
  const { stored, site, remote, secret, settle } = deps.loading.held(loaded);
  const state = nextStored(stored.state, 'confirmed');
  if ('challenge' in by && !deps.isFactor?.(by.challenge)) {
    const details = { challenge: by.challenge, reason: 'no-factor' };
    throw new AppError('session/refused', { textKey: 'error.forbidden', details });
  }
  const known = stored.satisfied ?? [];
  const satisfied =
    'challenge' in by && !known.includes(by.challenge) ? [...known, by.challenge] : known;
  const confirmedAt = isoNow(deps.clock);
  // A second factor is what a copy of the browser's token may stand for later: it gets a new one.
  const device = tokenAfresh(stored, 'challenge' in by ? deviceTokens : undefined);
  const { challenges } = stored;
  const change = { state, challenges, satisfied, confirmedAt, deviceId: device.id };
  await settle();
  const renewed = await renew(deps, stored, site, secret(), change);
  await moveTrust(deps, scope, stored, device.id);
  const how = 'challenge' in by ? by.challenge : by.via;
  const event = { session: renewed.session, by: how, remote };
  await deps.hooks.action(scope, 'session:confirmed', event);
  return withTokens(renewed, device);
}

/** The same by the password, counted and refused like a sign-in. */
export async function confirmByPassword(
  deps: RenewingDeps,
  loaded: LoadedSession,
  request: Pick<SignInRequest, 'password' | 'remote' | 'scope'>,
): Promise<SignedIn> {
  const { stored, site } = deps.loading.held(loaded);
  nextStored(stored.state, 'confirmed');
  const { login } = stored.user;
  const { principal, via } = await identify(deps, {
    ...request,
    site,
    login,
    knownDevice: stored.deviceId ?? stored.id,
  });
  if (principal.login.toLowerCase() !== login) throw new AppError('session/credentials');
  return confirmSession(deps, loaded, { via }, request.scope);
}

/** Whether the person of a session has proved within the last minutes that it is they. */
export function isConfirmedSince(
  { confirmedAt }: Pick<Session, 'confirmedAt'>,
  minutes: number,
  now: number,
): boolean {
  const since = now - Date.parse(confirmedAt ?? '');
  return since >= 0 && since <= minutes * MINUTE_MS;
}
