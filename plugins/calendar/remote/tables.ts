export const ACCOUNTS = 'calendar_accounts';
export const REMOTE_CALENDARS = 'calendar_remote_calendars';
export const REMOTE_OBJECTS = 'calendar_remote_objects';

export interface AccountRow {
  readonly id: string;
  readonly site: string;
  readonly user_id: number;
  readonly title: string;
  readonly url: string;
  readonly login: string;
  readonly secret: string;
  readonly state: 'pending' | 'kept';
  /** Calendars that wait for the choice, as JSON. */
  readonly found: string;
  readonly synced_at: string;
  readonly tried_at: string;
  readonly fault: string;
}

export interface RemoteCalendarRow {
  readonly calendar_key: number;
  readonly account_id: string;
  readonly href: string;
  readonly sync_token: string;
}
