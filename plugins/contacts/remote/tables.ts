import type { Reason } from './types';

export const ACCOUNTS = 'contacts_accounts';
export const REMOTE_CARDS = 'contacts_remote_cards';

export interface AccountRow {
  readonly id: string;
  readonly site: string;
  readonly user_id: number;
  readonly title: string;
  readonly url: string;
  readonly login: string;
  readonly secret: string;
  /** `pending`: found, and waits for a choice of books. */
  readonly state: 'pending' | 'kept';
  /** Books that wait for the choice, as JSON. */
  readonly found: string;
  readonly synced_at: string;
  readonly tried_at: string;
  readonly fault: string;
}

export interface RemoteBookRow {
  readonly book_key: number;
  readonly account_id: string;
  readonly href: string;
  /** Until where changes are known (RFC 6578); `''` where the server has no such thing. */
  readonly sync_token: string;
}

export interface RemoteCardRow {
  readonly book_key: number;
  readonly href: string;
  readonly uri: string;
  /** `''`: to be read again the next time. */
  readonly etag: string;
  /** Why it could not be copied as it is now; `''` where it was. */
  readonly problem: Reason | '';
}
