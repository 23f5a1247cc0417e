/** Where the words of a search are looked for; `any`: subject, senders, recipients and body. */
export type TextField = 'any' | 'from' | 'to' | 'cc' | 'subject' | 'body';

/** What `is:` and `has:` ask. */
export type State = 'unread' | 'read' | 'flagged' | 'unflagged' | 'answered' | 'unanswered';

/** One thing that a message has to be. */
export type Term =
  | {
      readonly kind: 'text';
      readonly field: TextField;
      readonly value: string;
      /** In quotation marks: as it stands, never what is merely like it. */
      readonly isPhrase: boolean;
    }
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'attachment' }
  /** `from` included, `until` excluded: calendar days `YYYY-MM-DD`. */
  | { readonly kind: 'date'; readonly from?: string; readonly until?: string }
  | { readonly kind: 'size'; readonly side: 'larger' | 'smaller'; readonly bytes: number }
  /** As somebody calls it, until it is known by its keyword. */
  | { readonly kind: 'label'; readonly name: string; readonly keyword?: string };

/** What a message has to be, whatever its mailbox. */
export type Query =
  | Term
  | { readonly kind: 'and'; readonly all: readonly Query[] }
  | { readonly kind: 'or'; readonly any: readonly Query[] }
  | { readonly kind: 'not'; readonly none: Query };

/** Why a word of a search cannot be used. */
export type ProblemReason =
  | 'empty'
  | 'date'
  | 'size'
  | 'is'
  | 'has'
  | 'inside'
  | 'open'
  | 'alone'
  | 'deep'
  | 'many'
  | 'long'
  | 'label'
  | 'place';

/** The first word that cannot be used, as it was typed. */
export interface Problem {
  readonly word: string;
  readonly reason: ProblemReason;
}

/** A search as somebody typed it. */
export interface Parsed {
  /** Nothing when it says where only, or nothing at all. */
  readonly query: Query | undefined;
  /** Names of mailboxes (`in:`); none: everywhere. */
  readonly places: readonly string[];
  /** Names of those left out (`-in:`). */
  readonly notPlaces: readonly string[];
  readonly problems: readonly Problem[];
}
