import { sha256 } from '../base/ids';
import type { SiteId } from '../base/types';

/** Who vouches: a provider as it calls itself, told apart by the plugin that talks with it. */
export interface Voucher {
  readonly site: SiteId;
  readonly plugin: string;
  readonly issuer: string;
}

// JSON, so that no two different lists give the same text; hashes, so that tables tell nothing.
const keyOf = (what: string, { site, plugin, issuer }: Voucher, name: string): string =>
  sha256(JSON.stringify([what, site, plugin, issuer, name]));

/** Name of a person of a provider in our tables. */
export const subjectKey = (voucher: Voucher, subject: string): string =>
  keyOf('subject', voucher, subject);

/** Name of a session of a provider in our tables. */
export const providerSessionKey = (voucher: Voucher, session: string): string =>
  keyOf('session', voucher, session);
