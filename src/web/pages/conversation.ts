/** Message of a conversation, in its order: a line that unfolds, or the place of the open one. */
export interface ConversationItem {
  readonly id: string;
  readonly uid: number;
  readonly mailbox: string;
  /** In the mailbox of the message that is open. */
  readonly isHere: boolean;
  /** The message that the page is about. */
  readonly isOpen: boolean;
  readonly isUnfolded: boolean;
  readonly isSeen: boolean;
  readonly isFlagged: boolean;
  readonly isDraft: boolean;
  readonly hasAttachment: boolean;
  readonly isOutside: boolean;
  readonly who: string;
  readonly mail: string;
  /** Name of its mailbox when that is another. */
  readonly folder: string | undefined;
  readonly date: string;
  /** It is the open one there. */
  readonly href: string;
  /** It alone, whatever the list is. */
  readonly aloneHref: string;
  readonly bodyHref: string;
  readonly bodyTitle: string;
  readonly replyHref: string;
}

/** What stands around an open message. */
export interface ConversationModel {
  readonly count: number;
  /** Of its mailbox: what its actions are about. */
  readonly here: number;
  readonly items: readonly ConversationItem[];
  /** Older ones that are left out. */
  readonly more: number;
  readonly isPartial: boolean;
  readonly unfoldHref: string | undefined;
  readonly foldHref: string | undefined;
}
