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
}
