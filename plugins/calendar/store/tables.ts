import type { PluginDatabase } from 'estafette/plugin';

/** Tables, of the database or of a transaction. */
export type Tables = PluginDatabase['table'];

export const CALENDARS = 'calendar_calendars';
export const OBJECTS = 'calendar_objects';
export const REMOVED = 'calendar_removed';
export const TRASH = 'calendar_trash';
export const PROPERTIES = 'calendar_properties';
export const SHARES = 'calendar_shares';
export const SEEN = 'calendar_seen';
export const LINKS = 'calendar_links';
export const FEEDS = 'calendar_feeds';

export interface CalendarTableRow {
  readonly key: number;
  readonly site: string;
  readonly user_id: number;
  readonly id: string;
  readonly title: string;
  readonly colour: string;
  readonly is_shown: number;
  readonly sync_token: number;
  readonly oldest_token: number;
  readonly created_at: string;
  /** A copy of what another server has. */
  readonly is_remote: number;
}

/** Columns of an object that lists are made of. */
export interface ObjectTableRow {
  readonly id: string;
  readonly uri: string;
  readonly uid: string;
  readonly etag: string;
  readonly bytes: number;
  readonly updated_at: string;
  readonly component: string;
  readonly summary: string;
}

export const ROW = ['id', 'uri', 'uid', 'etag', 'bytes', 'updated_at', 'component', 'summary'];

export interface TrashTableRow {
  readonly id: string;
  readonly calendar_key: number;
  readonly calendar_title: string;
  readonly uri: string;
  readonly summary: string;
  readonly text: string;
  readonly removed_at: string;
}

export function* chunksOf<T>(all: readonly T[], size = 200): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
