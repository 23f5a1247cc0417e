import type { AccountId, MessageRef, SiteId, TextKey, Uid, UserId } from '../base/types';
import type { ImapServerAddress } from '../imap';
import {
  type Action,
  type Collect,
  defineHooks,
  type Filter,
  type First,
  type Guard,
} from '../kernel/hook-types';
import { isServerAddress } from '../kernel/server-address';
import type { BodyPart } from '../mime';
import {
  areClasses,
  isContent,
  isCriteria,
  isPreview,
  isQuota,
  isRows,
  isTree,
  isTreeOfParts,
  isView,
  isWarning,
} from './hook-checks';
import type { Address, Criteria, Mailbox, MessageView, Quota, Row, SortKey } from './types';

/** Several messages of one mailbox; a batch never spans mailboxes. */
export interface MessageBatch {
  readonly account: AccountId;
  readonly mailbox: string;
  readonly uidValidity: number;
  readonly uids: readonly Uid[];
}

export interface MessageChange {
  readonly op: 'move' | 'copy' | 'delete' | 'flag';
  readonly on: MessageBatch;
  /** Destination mailbox of a move or copy. */
  readonly to?: string;
  readonly flags?: readonly { readonly name: string; readonly value: boolean }[];
}

export interface MailboxChange {
  readonly op: 'create' | 'rename' | 'delete';
  readonly account: AccountId;
  readonly path: string;
  readonly to?: string;
}

/** What servers on the way wrote about the sender, each list as in the header, topmost first. */
export interface Authentication {
  readonly results: readonly string[];
  readonly receivedSpf: readonly string[];
  readonly returnPath: string | undefined;
  readonly listId: string | undefined;
}

/** A banner above a message. */
export interface MessageWarning {
  readonly level: 'info' | 'warn' | 'danger';
  /** A key of the plugin's own texts, or a sentence. */
  readonly text: TextKey;
  readonly values?: Readonly<Record<string, string | number>>;
  /** `[a-z][a-z0-9-]*`; says what it is to tools. */
  readonly code: string;
}

export type LinkClass = 'official' | 'known' | 'external' | 'suspect' | 'blocked';
/** Remote content of a sender: shown, asked about, or never shown. */
export type TrustAnswer = 'show' | 'ask' | 'block';

/** A file of a message that somebody wants to see or to have. */
export interface ServedPart {
  readonly ref: MessageRef;
  readonly part: string;
  readonly filename: string;
  readonly type: string;
  readonly sizeBytes: number;
}

/** Where the mail of a person is; no secret is in it. */
export interface ConnectionContext {
  readonly site: SiteId;
  /** As the mail server knows the person; before sign-in the login alone is known. */
  readonly login: string;
  readonly user?: { readonly id: UserId; readonly mail: string };
}

declare global {
  namespace Estafette {
    interface HookMap {
      'mailbox:list': Filter<readonly Mailbox[], { readonly account: AccountId }>;
      'mailbox:changing': Guard<MailboxChange>;
      'mailbox:changed': Action<MailboxChange>;
      'mailbox:quota': Filter<Quota, { readonly account: AccountId }>;
      'mail:arrived': Action<{
        readonly account: AccountId;
        readonly mailbox: string;
        readonly uids: readonly Uid[];
        readonly unseen: number;
      }>;
      'message:search': Filter<
        Criteria,
        { readonly account: AccountId; readonly mailbox: string; readonly sort: SortKey }
      >;
      'message:list': Filter<
        readonly Row[],
        { readonly account: AccountId; readonly mailbox: string }
      >;
      'message:model': Filter<MessageView, Record<never, never>>;
      'message:part': Filter<
        { readonly kind: 'text' | 'html'; readonly content: string },
        { readonly ref: MessageRef; readonly part: string }
      >;
      'imap:options': Filter<ImapServerAddress, ConnectionContext>;
      'imap:connected': Action<{
        readonly site: SiteId;
        readonly user: UserId;
        readonly account: AccountId;
        readonly capabilities: readonly string[];
        readonly ms: number;
      }>;
      'message:structure': Filter<BodyPart, { readonly ref: MessageRef }>;
      'message:warnings': Collect<
        Pick<MessageView, 'ref' | 'subject' | 'from' | 'sender' | 'replyTo' | 'isOutside'> & {
          /** Of whoever reads the warnings. */
          readonly locale: 'fr' | 'en';
          readonly auth: Authentication;
          /** Web addresses of the body that is shown. */
          readonly links: readonly string[];
        },
        MessageWarning
      >;
      'link:classify': First<
        { readonly site: SiteId; readonly urls: readonly string[] },
        Readonly<Record<string, LinkClass>>
      >;
      'message:trust': First<
        { readonly ref: MessageRef; readonly sender: Address; readonly auth: Authentication },
        TrustAnswer
      >;
      'attachment:serving': Guard<ServedPart & { readonly disposition: 'inline' | 'attachment' }>;
      'attachment:preview': First<
        ServedPart,
        {
          /** One of the plugin's own views. */
          readonly view: string;
          readonly data: Readonly<Record<string, unknown>>;
        }
      >;
      'message:read': Action<{ readonly ref: MessageRef }>;
      'message:changing': Guard<MessageChange>;
      'message:changed': Action<
        MessageChange & { readonly newUids: readonly Uid[]; readonly newUidValidity?: number }
      >;
      'message:appended': Action<{
        readonly ref: MessageRef | undefined;
        readonly mailbox: string;
        readonly purpose: 'draft' | 'sent' | 'import';
      }>;
    }
  }
}

/** Hooks that the mail domain emits. */
export const mailHooks = defineHooks({
  'mailbox:list': {
    kind: 'filter',
    doc: 'The tree of mailboxes before it is shown.',
    check: isTree,
  },
  'mailbox:changing': {
    kind: 'guard',
    doc: 'A mailbox is about to be created, renamed or deleted.',
  },
  'mailbox:changed': { kind: 'action', doc: 'A mailbox was created, renamed or deleted.' },
  'mailbox:quota': { kind: 'filter', doc: 'Storage used and allowed.', check: isQuota },
  'mail:arrived': {
    kind: 'action',
    doc: 'New messages were seen in a watched mailbox, as one batch.',
  },
  'message:search': {
    kind: 'filter',
    doc: 'Search criteria before the server is asked; `mailbox` is empty where several are searched.',
    check: isCriteria,
  },
  'message:list': {
    kind: 'filter',
    doc: 'The rows of one list page, as one batch.',
    check: isRows,
  },
  'message:model': {
    kind: 'filter',
    doc: 'Everything a message page shows but the body.',
    check: isView,
  },
  'message:part': {
    kind: 'filter',
    doc: 'The decoded text of a body part, before the sanitiser, which is last.',
    check: isContent,
  },
  'imap:options': {
    kind: 'filter',
    doc: 'The IMAP server of a person, before a connection is made; security is never lowered.',
    check: isServerAddress,
    // The password goes there: a plugin that cannot say must not leave it to the default.
    failClosed: true,
  },
  'imap:connected': { kind: 'action', doc: 'A connection to the IMAP server has signed in.' },
  'message:structure': {
    kind: 'filter',
    doc: 'The MIME tree of a message when it is first read; parts may be described otherwise or left out.',
    check: isTreeOfParts,
  },
  'message:warnings': {
    kind: 'collect',
    doc: 'Banners above a message, from its sender, its links and what servers wrote about it.',
    check: isWarning,
  },
  'link:classify': {
    kind: 'first',
    doc: 'What the links of a body are, asked once for all; a blocked one leads nowhere.',
    check: areClasses,
    timeoutMs: 500,
  },
  'message:trust': {
    kind: 'first',
    doc: 'Whether the remote content of a sender is shown, asked about or refused; the person’s own refusal stands.',
    check: (value) => ['show', 'ask', 'block'].includes(String(value)),
  },
  'attachment:serving': {
    kind: 'guard',
    doc: 'A file of a message is about to be shown or downloaded.',
  },
  'attachment:preview': {
    kind: 'first',
    doc: 'Shows a file of a message in a view of the plugin.',
    check: isPreview,
  },
  'message:read': { kind: 'action', doc: 'A person opened a message.' },
  'message:changing': {
    kind: 'guard',
    doc: 'Messages are about to be flagged, moved, copied or deleted.',
  },
  'message:changed': { kind: 'action', doc: 'Messages were flagged, moved, copied or deleted.' },
  'message:appended': { kind: 'action', doc: 'A message was written to a mailbox.' },
});
