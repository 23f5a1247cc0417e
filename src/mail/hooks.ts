import { isDeepStrictEqual } from 'node:util';
import type { AccountId, MessageRef, Uid } from '../base/types';
import { type Action, defineHooks, type Filter, type Guard } from '../kernel/hook-types';
import type { Criteria, Mailbox, MessageView, Quota, Row, SortKey } from './types';

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

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value));
const uidsOf = (rows: unknown): unknown[] =>
  Array.isArray(rows) ? rows.map((row) => (isObject(row) ? row['uid'] : undefined)) : [];
/** Rows may be described otherwise; none may be lost, added or put elsewhere. */
const isRows = (value: unknown, before?: unknown): boolean => {
  const uids = uidsOf(before);
  return (
    Array.isArray(value) &&
    value.length === uids.length &&
    uidsOf(value).every((uid, index) => uid === uids[index])
  );
};
const pathsOf = (tree: unknown): unknown[] =>
  Array.isArray(tree) ? tree.map((box) => (isObject(box) ? box['path'] : undefined)) : [];
/** Mailboxes may be hidden; the inbox never. */
const isTree = (value: unknown, before?: unknown): boolean =>
  Array.isArray(value) &&
  pathsOf(value).every((path) => typeof path === 'string') &&
  (!pathsOf(before).includes('INBOX') || pathsOf(value).includes('INBOX'));
const isView = (value: unknown, before?: unknown): boolean =>
  isObject(value) &&
  isObject(value['ref']) &&
  ['bodies', 'attachments', 'from', 'to', 'cc', 'bcc', 'warnings'].every((list) =>
    Array.isArray(value[list]),
  ) &&
  (!isObject(before) || isDeepStrictEqual(value['ref'], before['ref']));
const isQuota = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['usedBytes'] === 'number' &&
  typeof value['limitBytes'] === 'number';
const isContent = (value: unknown): boolean =>
  isObject(value) && typeof value['content'] === 'string';

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
    doc: 'Search criteria before the server is asked.',
    check: isObject,
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
  'message:read': { kind: 'action', doc: 'A message was opened.' },
  'message:changing': {
    kind: 'guard',
    doc: 'Messages are about to be flagged, moved, copied or deleted.',
  },
  'message:changed': { kind: 'action', doc: 'Messages were flagged, moved, copied or deleted.' },
  'message:appended': { kind: 'action', doc: 'A message was written to a mailbox.' },
});
