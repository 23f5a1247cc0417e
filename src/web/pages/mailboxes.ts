/** View `mailboxes`: all mailboxes of the account, to be made, named, moved, hidden and discarded. */
export interface MailboxesModel {
  readonly rows: readonly MailboxRow[];
  /** Where a mailbox can be; the top first, as `''`. */
  readonly places: readonly {
    readonly path: string;
    readonly label: string;
    readonly depth: number;
  }[];
  readonly nameMax: number;
  readonly colours: readonly { readonly value: string; readonly label: string }[];
  /** What the new one was to be called, where that cannot be. */
  readonly typed: { readonly name: string; readonly parent: string };
  readonly error: { readonly of: 'create' | 'place'; readonly text: string } | undefined;
  /** By size, the largest first; in the order of the pane otherwise. */
  readonly isBySize: boolean;
  /** Absent where the server cannot say. */
  readonly sizeHref: string | undefined;
  readonly treeHref: string;
  readonly quota: { readonly text: string; readonly isAlmostFull: boolean } | undefined;
}

export interface MailboxRow {
  /** Of the document, for labels. */
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly label: string;
  /** Names of those above it, where rows are not in the order of the tree. */
  readonly above: string;
  readonly depth: number;
  readonly href: string;
  readonly icon: string;
  readonly total: number;
  readonly unseen: number;
  readonly size: string;
  readonly isSelectable: boolean;
  readonly isSpecial: boolean;
  readonly isSubscribed: boolean;
  readonly isFavourite: boolean;
  /** Whether old messages are archived from there. */
  readonly hasOlder: boolean;
  /** Devices of the agent tell of what comes. */
  readonly isTold: boolean;
  /** `''`: none. */
  readonly colour: string;
  /** There it goes for good. */
  readonly isInTrash: boolean;
  readonly parent: string;
  /** Where it may not go: itself and those below it. */
  readonly notInto: readonly string[];
  /** What was typed for it, and cannot be. */
  readonly typed: { readonly name: string; readonly parent: string };
  readonly isOpen: boolean;
}
