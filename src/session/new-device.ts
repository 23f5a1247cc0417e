import type { SiteId, UserId } from '../base/types';
import type { HookEmitter, HookScope } from '../kernel/hook-types';
import { deviceIdOf } from './device';
import type { SecurityEvent } from './hooks';
import type { KnownDevices } from './known-devices';
import type { StoredSession } from './store';

export interface NewDeviceDeps {
  readonly hooks: HookEmitter;
  readonly devices: KnownDevices;
  /** The country of an address by the site's file; never known unless told. */
  readonly countryOf?: (site: SiteId, remote: string) => string | undefined;
}

/**
 * What the browser of a sign-in is called: by the token of its cookie; by what it says that it is
 * for callers that have no cookie, which is never taken for a browser that one knows.
 */
export const nameOfDevice = (
  { deviceToken, device = '' }: { readonly deviceToken?: string; readonly device?: string },
  site: SiteId,
  user: UserId,
): string => deviceIdOf(deviceToken ?? `agent ${device}`, site, user);

/**
 * Says that somebody signs in from a browser, or a country, that they have not used before: before
 * any second factor, for it also tells who knows the password. The first browser of all is no news.
 */
export async function tellNewDevice(
  { hooks, devices, countryOf }: NewDeviceDeps,
  scope: HookScope,
  stored: StoredSession,
): Promise<void> {
  const { site, user, device, remote, via, deviceId } = stored;
  const known = await devices.list(user.id);
  if (known.length === 0) return;
  const country = countryOf?.(site, remote);
  const isNewCountry =
    country !== undefined &&
    known.some((one) => one.country !== undefined) &&
    known.every((one) => one.country !== country);
  const isNewDevice = known.every(({ id }) => id !== deviceId);
  if (!isNewDevice && !isNewCountry) return;
  const event: SecurityEvent = {
    site,
    login: user.login,
    user,
    // One mail: the country says more than the browser.
    code: isNewCountry ? 'new-country' : 'new-device',
    evidence: {
      device,
      remote,
      via,
      session: stored.createdAt,
      ...(country !== undefined && { country }),
    },
  };
  await hooks.action(scope, 'security:detected', event);
}

/** The session is open: from now on its browser is one that the person knows. */
export async function noteDevice(
  { devices, countryOf }: NewDeviceDeps,
  { site, user, remote, deviceId }: StoredSession,
): Promise<void> {
  if (deviceId !== undefined) await devices.note(user.id, deviceId, countryOf?.(site, remote));
}
