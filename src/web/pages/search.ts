import type { QueryFields } from '../../mail';
import type { FoundGroup, ListModel, RowModel } from './mail';

/** View `search`: what was found in all mailboxes, and the form that writes a search. */
export interface SearchPageModel {
  readonly text: string;
  /** Something was asked. */
  readonly isAsked: boolean;
  /** The same words are kept already. */
  readonly isSaved: boolean;
  /** What cannot be searched, and which word is why. */
  readonly problem: string | undefined;
  readonly form: SearchFormModel;
  /** Everywhere, or the mailbox from which the search was made. */
  readonly scopes: readonly {
    readonly label: string;
    readonly href: string;
    readonly isCurrent: boolean;
  }[];
  readonly results: ResultsModel | undefined;
  readonly selection: PickedActions | undefined;
  /** Results that come later, as Turbo Streams. */
  readonly liveHref: string | undefined;
  readonly elsewhere: readonly FoundGroup[];
}

export interface SearchFormModel {
  readonly fields: QueryFields;
  readonly box: string;
  readonly isOpen: boolean;
  readonly labels: readonly { readonly value: string; readonly label: string }[];
  readonly places: readonly { readonly value: string; readonly label: string }[];
}

/** View `search/selection`: what can be done with the rows that are ticked. */
export interface PickedActions {
  readonly back: string;
  readonly labels: readonly {
    readonly keyword: string;
    readonly name: string;
    readonly colour: string;
  }[];
  readonly moveTargets: ListModel['moveTargets'];
}

/** View `search/results`, alone in a stream; container `#search-results`. */
export interface ResultsModel {
  /** By date, all mailboxes together; empty when by mailbox. */
  readonly rows: readonly ResultRow[];
  readonly groups: readonly {
    readonly label: string;
    readonly total: number;
    /** All that it holds; absent when they are here. */
    readonly href: string | undefined;
    readonly rows: readonly ResultRow[];
  }[];
  readonly isByMailbox: boolean;
  readonly orders: readonly {
    readonly label: string;
    readonly href: string;
    readonly isCurrent: boolean;
  }[];
  readonly total: number;
  /** How many mailboxes answered, of how many. */
  readonly searched: number;
  readonly mailboxes: number;
  readonly pending: number;
  readonly failed: readonly { readonly label: string; readonly text: string }[];
  readonly retryHref: string;
  /** Where no script goes on by itself. */
  readonly moreHref: string | undefined;
  /** The text of messages is read one by one: said, with the quicker search. */
  readonly isSlow: boolean;
  readonly quickHref: string | undefined;
  /** The same with Trash and Junk, which were left out. */
  readonly asideHref: string | undefined;
  /** Mailboxes beyond those that one search looks into. */
  readonly leftOut: number;
  readonly first: number;
  readonly last: number;
  readonly previousHref: string | undefined;
  readonly nextHref: string | undefined;
}

/** A row with where it is, and with the words that were looked for. */
export interface ResultRow extends RowModel {
  readonly mailboxLabel: string;
  /** Of the whole page, where uids of several mailboxes meet. */
  readonly key: string;
  /** Names it to the forms of the page. */
  readonly pick: string;
  readonly whoParts: readonly Part[];
  readonly subjectParts: readonly Part[];
  readonly starAction: string;
}

interface Part {
  readonly text: string;
  readonly isMarked: boolean;
}
