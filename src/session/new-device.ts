import type { SiteId } from '../base/types';
import type { HookEmitter, HookScope } from '../kernel/hook-types';
import { type Device, deviceIdOf, deviceNamed, newDevice } from './device';
import type { RenewedDevice, SecurityEvent } from './hooks';
import type { KnownDevices } from './known-devices';
import type { SignedIn, SignInRequest } from './service-types';
import type { StoredSession } from './store';
import type { User } from './types';

export interface NewDeviceDeps {
  readonly hooks: HookEmitter;
  readonly devices: KnownDevices;
  /** The country of an address by the site's file; never known unless told. */
  readonly countryOf?: (site: SiteId, remote: string) => string | undefined;
}

/** The browser that somebody signs in with, and whether they have used it before. */
export interface MetDevice extends Device {
  readonly isKnown: boolean;
}

/**
 * The browser of a sign-in: by the token of its cookie that the person has used, else by a new one,
 * for a token that came from elsewhere never becomes theirs. By what it says that it is for callers
 * that keep no cookies, which is never taken for a browser that one knows.
 */
export async function meetDevice(
  { devices }: Pick<NewDeviceDeps, 'devices'>,
  { deviceTokens, device = '' }: Pick<SignInRequest, 'deviceTokens' | 'device'>,
  user: User,
): Promise<MetDevice> {
  const whose = { site: user.site, user: user.id };
  if (!deviceTokens) {
    const id = deviceIdOf(`agent ${device}`, whose.site, whose.user);
    return { id, tokens: [], isKnown: false };
  }
  const known = deviceNamed(await devices.ofUser(user, deviceTokens), deviceTokens, whose);
  if (known) return { ...known, isKnown: true };
  return { ...newDevice(undefined, deviceTokens, whose), isKnown: false };
}

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

/** What the browser of a session is called from now on. */
export interface Afresh {
  readonly id: string | undefined;
  /** What it is to keep; absent for callers that keep no cookies, who go on as they are called. */
  readonly tokens?: readonly string[];
}

/** A new token for the browser of a session: a copy of the former one is worth nothing any more. */
export const tokenAfresh = (
  { site, user, deviceId }: Pick<StoredSession, 'site' | 'user' | 'deviceId'>,
  deviceTokens: readonly string[] | undefined,
): Afresh =>
  deviceTokens ? newDevice(deviceId, deviceTokens, { site, user: user.id }) : { id: deviceId };

export const withTokens = (signedIn: SignedIn, { tokens }: Afresh): SignedIn =>
  tokens ? { ...signedIn, deviceTokens: tokens } : signedIn;

/** The person goes on knowing a browser by its new name: both names, where there is a new one. */
export async function renameDevice(
  { devices }: Pick<NewDeviceDeps, 'devices'>,
  { user, deviceId: from }: Pick<StoredSession, 'user' | 'deviceId'>,
  to: string | undefined,
): Promise<RenewedDevice | undefined> {
  if (from === undefined || to === undefined || from === to) return undefined;
  await devices.rename(user.id, from, to);
  return { user, from, to };
}

/** The same after a second factor: what plugins trust the browser with goes on as well. */
export async function moveTrust(
  deps: Pick<NewDeviceDeps, 'hooks' | 'devices'>,
  scope: HookScope,
  stored: Pick<StoredSession, 'user' | 'deviceId'>,
  to: string | undefined,
): Promise<void> {
  const renewed = await renameDevice(deps, stored, to);
  if (renewed) await deps.hooks.action(scope, 'device:renewed', renewed);
}
