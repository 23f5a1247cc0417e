import { renameDevice, tokenAfresh, withTokens } from './new-device';
import { type RenewingDeps, renew } from './renewing';
import type { LoadedSession, SignedIn } from './service-types';
import { nextStored } from './session';

/**
 * A new id for an open session, and with it another token of its forms: a copy of its cookie is dead.
 * With `deviceTokens` also a new token for its browser, by which the person goes on being known: they
 * are signed in there. What plugins trust the former one with does not go on, for whoever copied the
 * cookie of the session may have copied that one as well. Throws `session/required` in another state.
 */
export async function renewSession(
  deps: RenewingDeps,
  loaded: LoadedSession,
  deviceTokens?: readonly string[],
): Promise<SignedIn> {
  const { stored, site, secret, settle } = deps.loading.held(loaded);
  const state = nextStored(stored.state, 'renewed');
  await settle();
  const device = tokenAfresh(stored, deviceTokens);
  const { challenges } = stored;
  const change = { state, challenges, deviceId: device.id };
  const renewed = await renew(deps, stored, site, secret(), change);
  await renameDevice(deps, stored, device.id);
  return withTokens(renewed, device);
}
