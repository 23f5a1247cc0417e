import type { ConversationModel } from './conversation';
import type { SenderCheckModel } from './reading';
import type { Banner } from './shell';
import type { SnoozeMenu } from './snooze';

/** View `mail`: list and reading pane. */
export interface MailPageModel {
  readonly list: ListModel;
  readonly message: MessageModel | undefined;
}

/** What plugins found of one kind. */
export interface FoundGroup {
  readonly title: string;
  readonly results: readonly {
    readonly title: string;
    readonly detail: string | undefined;
    readonly href: string;
  }[];
}

/** A label of a message, or one that it may have. */
export interface LabelModel {
  readonly keyword: string;
  readonly name: string;
  /** Name of a colour of the skin. */
  readonly colour: string;
}

/** View `mail/list`, alone in a stream; container `#message-list`. */
export interface ListModel {
  readonly account: string;
  readonly mailbox: {
    readonly path: string;
    readonly label: string;
    readonly specialUse: string | undefined;
  };
  readonly uidValidity: number;
  readonly rows: readonly RowModel[];
  readonly total: number;
  readonly unseen: number;
  readonly page: number;
  readonly pages: number;
  /** 1-based positions of the first and last row shown; 0 when empty. */
  readonly first: number;
  readonly last: number;
  readonly isSearch: boolean;
  readonly search: SearchForm;
  /** What plugins found for the same words, below the messages. */
  readonly elsewhere: readonly FoundGroup[];
  /** Tabs above the list: all, unread, flagged, with attachment, unanswered. */
  readonly filters: readonly {
    readonly id: string;
    readonly label: string;
    readonly href: string;
    readonly isCurrent: boolean;
  }[];
  /** The agent's own, to filter by and to put on messages. */
  /** Times at which chosen messages may come back, and where the form of that is posted. */
  readonly snooze: SnoozeMenu;
  readonly labels: readonly (LabelModel & { readonly href: string; readonly isCurrent: boolean })[];
  /** The list without a filter by label. */
  readonly anyLabelHref: string;
  /** Only what was sent to the agent by name. */
  readonly toMe: { readonly isOn: boolean; readonly href: string };
  /** Lines that « all results » stands for. */
  readonly all: number;
  /** Query string of the list, for an action on all of it. */
  readonly listState: string;
  /** Whether lines are conversations, and the form that says so for this mailbox. */
  readonly threads: { readonly isOn: boolean; readonly action: string; readonly back: string };
  readonly sorts: readonly {
    readonly key: string;
    readonly label: string;
    readonly href: string;
    readonly isCurrent: boolean;
    readonly order: 'asc' | 'desc';
  }[];
  readonly links: {
    readonly self: string;
    readonly previous: string | undefined;
    readonly next: string | undefined;
    /** Action of the GET form with field `page`. */
    readonly jump: string;
    readonly clearSearch: string;
  };
  /** Hidden fields that keep sort and search when a GET form is sent. */
  readonly state: readonly { readonly name: string; readonly value: string }[];
  /** `/mail/me/INBOX/actions`: forms post to `${actions}/move` and so on. */
  readonly actions: string;
  /** What the list's actions come back to. */
  readonly back: string;
  readonly moveTargets: readonly {
    readonly path: string;
    readonly label: string;
    readonly depth: number;
  }[];
  readonly canEmpty: boolean;
  readonly isTrash: boolean;
  readonly isJunk: boolean;
  readonly isDrafts: boolean;
  readonly isSent: boolean;
  /** Set when the list could not be read: shown instead of rows, never as an empty list. */
  readonly error:
    | { readonly text: string; readonly requestId: string; readonly retry: string }
    | undefined;
  readonly notices: readonly Banner[];
}

export interface RowModel {
  readonly uid: number;
  readonly href: string;
  /** Sender, or recipients in Sent and Drafts ("À : …"). */
  readonly who: string;
  readonly whoTitle: string;
  readonly subject: string;
  /** ISO; templates use `date(row.date, 'list')`. */
  readonly date: string;
  readonly sizeBytes: number;
  readonly isSeen: boolean;
  readonly isFlagged: boolean;
  readonly isAnswered: boolean;
  readonly isMuted: boolean;
  readonly isForwarded: boolean;
  readonly hasAttachment: boolean;
  readonly hasInvitation: boolean;
  readonly isOutside: boolean;
  readonly isCurrent: boolean;
  /** Put here by the agent: not told as new mail. */
  readonly isPlaced: boolean;
  /** Picture of the sender, where a plugin has one. */
  readonly avatar: string | undefined;
  readonly labels: readonly LabelModel[];
  /** Title of the part that begins with this line. */
  readonly group: string | undefined;
  /** Of a line that stands for several messages; `uids` as `1 2 3`, the first of many. */
  readonly conversation: { readonly count: number; readonly uids: string } | undefined;
  /** Text of the flags for readers: "non lu, pièce jointe, extérieur". */
  readonly state: string;
}

/** Fields of the search form, GET, names as in the URL contract. */
export interface SearchForm {
  readonly action: string;
  readonly q: string;
  readonly in: 'all' | 'subject' | 'from' | 'to' | 'body';
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly unread: boolean;
  readonly flagged: boolean;
  readonly attachment: boolean;
  readonly since: string;
  readonly before: string;
  readonly errors: { readonly since: string | undefined; readonly before: string | undefined };
  /** Something is to be corrected: the search was not made. */
  readonly isWrong: boolean;
  readonly isOpen: boolean;
}

/** View `mail/message`, inside `<turbo-frame id="reading">`. */
export interface MessageModel {
  readonly uid: number;
  readonly uidValidity: number;
  readonly mailbox: string;
  readonly subject: string;
  readonly from: PersonModel | undefined;
  /** "envoyé par" when Sender differs from From. */
  readonly sender: PersonModel | undefined;
  readonly replyTo: readonly PersonModel[];
  readonly to: readonly PersonModel[];
  readonly cc: readonly PersonModel[];
  readonly bcc: readonly PersonModel[];
  /** Addresses of each field that are not shown. */
  readonly more: Readonly<Record<'replyTo' | 'to' | 'cc' | 'bcc', number>>;
  /** All of them were asked for: the list is open. */
  readonly isUnfolded: boolean;
  /** There are more than the mail server's answer could be read of. */
  readonly isListCut: boolean;
  /** What the site's servers found about the sender; absent where none is trusted. */
  readonly senderCheck: SenderCheckModel | undefined;
  /** "à moi et 2 autres". */
  readonly recipientsSummary: string;
  readonly date: string;
  readonly sizeBytes: number;
  readonly isSeen: boolean;
  readonly isFlagged: boolean;
  /** Those that it has. */
  readonly snooze: SnoozeMenu;
  readonly labels: readonly LabelModel[];
  /** The agent's own, with whether it has them. */
  readonly labelChoices: readonly (LabelModel & { readonly isOn: boolean })[];
  /** Set where the list is by conversation and there are others. */
  readonly conversation: ConversationModel | undefined;
  /** Answers in its conversation come read. */
  readonly isMuted: boolean;
  readonly mute: string;
  readonly isDraft: boolean;
  readonly isOutside: boolean;
  readonly banners: readonly Banner[];
  readonly attachments: readonly AttachmentModel[];
  readonly bodyHref: string;
  readonly bodyTitle: string;
  /** No body part at all: said in its place. */
  readonly hasBody: boolean;
  /** Set when the body could not be shown: text and a link to the original. */
  readonly bodyError: { readonly text: string; readonly href: string } | undefined;
  readonly hrefs: {
    readonly self: string;
    readonly back: string;
    readonly reply: string;
    readonly replyAll: string;
    readonly forward: string;
    readonly forwardAttached: string;
    /** A new message as this one is. */
    readonly again: string;
    readonly edit: string | undefined;
    /** Shows those that are folded. */
    readonly recipients: string | undefined;
    /** Who sent it, when and through which servers. */
    readonly transit: string;
    /** Where the site has somebody who reads reports. */
    readonly report: string | undefined;
    /** All attachments in one archive; absent where there are not several. */
    readonly zip: string | undefined;
    readonly headers: string;
    readonly source: string;
    readonly eml: string;
    readonly print: string;
    /** Shows the other alternative (text or HTML); absent when there is one only. */
    readonly alternative: { readonly href: string; readonly label: string } | undefined;
    readonly newer: string | undefined;
    readonly older: string | undefined;
  };
  readonly actions: string;
  readonly back: string;
  readonly moveTargets: ListModelMoveTargets;
  readonly isTrash: boolean;
  readonly isJunk: boolean;
  readonly canReplyAll: boolean;
}

type ListModelMoveTargets = ListModel['moveTargets'];

export interface PersonModel {
  readonly name: string;
  readonly mail: string;
  readonly initials: string;
  /** 1 to 6: category colour of the avatar. */
  readonly tint: number;
  readonly isMe: boolean;
  readonly isOutside: boolean;
  /** What plugins say that the address is; the skin has a word for those that matter. */
  readonly kind: 'service' | 'ministry' | 'state' | 'public' | 'outside' | 'look-alike' | undefined;
  /** In place of the skin's word. */
  readonly kindLabel: string | undefined;
  /** Picture in place of the initials. */
  readonly avatar: string | undefined;
  readonly composeHref: string;
}

export interface AttachmentModel {
  readonly filename: string;
  /** `PDF`, `ODS`, `ICS`…: text of the tile's badge. */
  readonly badge: string;
  readonly family: string;
  readonly sizeBytes: number;
  readonly href: string;
  /** Opens in a tab: png, jpeg, gif, webp, pdf. */
  readonly viewHref: string | undefined;
  /** message/rfc822: opens as a message. */
  readonly messageHref: string | undefined;
}
