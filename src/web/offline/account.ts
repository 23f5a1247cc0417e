import type { Response } from 'express';
import type { UserId } from '../../base/types';
import type { Site } from '../../sites';
import { signed } from '../signing';

/** Says to the service worker whose answer this is; `none` without an open session. */
export const ACCOUNT_HEADER = 'X-Estafette-Account';

type Keys = Parameters<typeof signed>[0];

export interface OfflineOf {
  readonly allowed: boolean;
  readonly hours: number;
  readonly messages: number;
}

/** What a site says of devices that keep mail; always there in one that was loaded from its file. */
export const offlineOf = (site: Site): OfflineOf =>
  site.offline ?? { allowed: false, hours: 72, messages: 200 };

const subject = (site: Site, user: UserId): string => JSON.stringify([site.id, user]);

/** A name for the person that tells nothing of them: the same in each of their sessions. */
export const accountName = (keys: Keys, site: Site, user: UserId): string =>
  signed(keys, 'offline account', subject(site, user)).slice(0, 22);

/** 32 bytes that seal what they write without a network; only an open session is given them. */
export const draftKey = (keys: Keys, site: Site, user: UserId): string =>
  signed(keys, 'offline drafts', subject(site, user));

/**
 * On every answer of a site that allows devices to keep mail: a device that kept some of another
 * account, or of a session that is over, forgets it when it sees this.
 */
export function tellAccount(keys: Keys, res: Response, site: Site, user: UserId | undefined): void {
  const isKnown = user !== undefined && offlineOf(site).allowed;
  res.setHeader(ACCOUNT_HEADER, isKnown ? accountName(keys, site, user) : 'none');
}
