import type { PluginDatabase } from 'estafette/plugin';

/** Tables, of the database or of a transaction. */
export type Tables = PluginDatabase['table'];

export const BOOKS = 'contacts_books';
export const SHARES = 'contacts_shares';
export const CARDS = 'contacts_cards';
export const REMOVED = 'contacts_removed';
export const TRASH = 'contacts_trash';
export const FAVOURITES = 'contacts_favourites';
export const UNDO = 'contacts_undo';
export const REMOTE_BOOKS = 'contacts_remote_books';

export interface BookTableRow {
  readonly key: number;
  readonly site: string;
  readonly user_id: number;
  readonly id: string;
  readonly title: string;
  readonly owner: string;
  readonly sync_token: number;
  readonly oldest_token: number;
  readonly created_at: string;
}

export interface CardTableRow {
  readonly id: string;
  readonly book_key: number;
  readonly uri: string;
  readonly uid: string;
  readonly etag: string;
  readonly text: string;
  readonly updated_at: string;
  readonly kind: string;
  readonly name: string;
  readonly detail: string;
  readonly mails: string;
  readonly phones: string;
  readonly is_pictured: number;
  readonly bytes: number;
  readonly member_count: number;
}

export interface TrashTableRow {
  readonly id: string;
  readonly site: string;
  readonly user_id: number;
  readonly book_key: number;
  readonly book_title: string;
  readonly uri: string;
  readonly name: string;
  readonly text: string;
  readonly removed_at: string;
}

/** SQLite takes so many values in one statement at least. */
export const CHUNK = 200;

export function* chunksOf<T>(all: readonly T[], size = CHUNK): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
