import type { PersonRef, SiteId } from 'estafette/plugin';

/** Whose books: a site and a person are part of every question. */
export interface Person {
  readonly site: SiteId;
  readonly user: number;
  /** Books are shared by address. */
  readonly mail: string;
  /** Their handle while they are there, so that hooks are those of the plugins that they have. */
  readonly as?: PersonRef | undefined;
}

export type Rights = 'read' | 'write' | 'manage';

export interface Book {
  /** As this person asks for it; a book that somebody else shares has another one for its owner. */
  readonly id: string;
  readonly title: string;
  readonly rights: Rights;
  readonly isOwn: boolean;
  /** Address of who shares it; `''` for one's own. */
  readonly owner: string;
  readonly kind: 'personal' | 'remote';
  readonly syncToken: number;
  /** What its tokens count in: they say nothing of a book of the same id that was before it. */
  readonly life: string;
  /** Cards that it holds. */
  readonly count: number;
}

/** What a list shows of a card. */
export interface CardRow {
  readonly id: string;
  /** `Book.id`. */
  readonly book: string;
  readonly uri: string;
  readonly uid: string;
  /** Quoted, strong (RFC 9110 8.8.3). */
  readonly etag: string;
  readonly kind: string;
  readonly name: string;
  /** Function and organisation. */
  readonly detail: string;
  readonly mails: readonly string[];
  readonly phones: readonly string[];
  readonly isPictured: boolean;
  /** Of a group. */
  readonly memberCount: number;
  readonly isFavourite: boolean;
  readonly updatedAt: string;
}

/** A card without its text, and how long that is. */
export interface MeasuredRow extends CardRow {
  readonly bytes: number;
}

export interface StoredCard extends MeasuredRow {
  readonly text: string;
}

/** A piece of text, folded, that stands in a property of every card that may be wanted. */
export interface Clue {
  readonly of: 'FN' | 'EMAIL' | 'TEL' | 'UID';
  readonly piece: string;
}

/** Which cards of a book are gone through; all of them without anything. */
export interface Walk {
  readonly uris?: readonly string[] | undefined;
  /** What is found by them may be less than what is given. */
  readonly clues?: { readonly isAll: boolean; readonly pieces: readonly Clue[] } | undefined;
}

/** When a write is made; `ifMatch` is an entity tag, or `*` for whatever is there. */
export interface When {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: boolean | undefined;
}

export type Refusal =
  /** No such book for this person. */
  | 'missing'
  /** They may read it only. */
  | 'rights'
  /** Not a card that can be read. */
  | 'not-a-card'
  | 'too-large'
  /** The book holds as many cards as it may. */
  | 'full'
  /** The owner of the book keeps as much as they may. */
  | 'quota'
  /** A guard of `contact:saving` said no. */
  | 'denied'
  | 'uri';

export type Put =
  | {
      readonly kind: 'created' | 'updated';
      readonly etag: string;
      readonly id: string;
      /** It was so before: nothing is written, and nobody hears of it. */
      readonly isSame?: true;
    }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'uid-conflict'; readonly uri: string }
  | { readonly kind: 'refused'; readonly reason: Refusal };

export interface Changes {
  readonly token: number;
  readonly changed: readonly { readonly uri: string; readonly etag: string }[];
  readonly removed: readonly string[];
}

/** What went to the trash together. */
export interface RemovedAll {
  readonly ids: readonly string[];
  /** For `undo`; `''` when nothing went. */
  readonly undo: string;
}

export interface TrashedCard {
  readonly id: string;
  readonly name: string;
  readonly book: string;
  /** Whose trash it is in; `''` for one's own. Nobody else deletes from it for good. */
  readonly owner: string;
  readonly removedAt: string;
}

export interface Share {
  readonly id: string;
  readonly mail: string;
  readonly rights: Rights;
}

/** Which cards of a person. */
export interface ListQuestion {
  /** `Book.id`; all of them without. */
  readonly book?: string | undefined;
  readonly text?: string | undefined;
  readonly isFavourite?: boolean | undefined;
  readonly kind?: string | undefined;
  /** Of these ids or uids. */
  readonly uids?: readonly string[] | undefined;
  readonly mails?: readonly string[] | undefined;
  readonly category?: string | undefined;
  /** Groups that hold one of these, as a group names them. */
  readonly holding?: readonly string[] | undefined;
  /** `false` where nobody asks how many there are: `total` is then what was read. */
  readonly isCounted?: boolean | undefined;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

export interface Listed {
  readonly cards: readonly CardRow[];
  /** Of all pages. */
  readonly total: number;
}
