import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { isPlainObject } from '../kernel/freeze';
import { fits, isTextValues } from '../kernel/hook-results';
import type { Query } from './query';
import type { AttachmentInfo, Criteria, Mailbox, MessageView, Row } from './types';

/** What handlers may answer for the hooks of mail: pages are made of it without another look. */

/** A shape for each field of `T`: one that is added to the type must be looked at here too. */
type ShapeOf<T> = Readonly<Record<keyof T, z.ZodType>>;

const text = z.string();
const address = z.object({ name: text, mail: text });
const addresses = z.array(address);
const row = z.object({
  uid: z.number(),
  from: addresses,
  to: addresses,
  subject: text,
  date: text,
  sizeBytes: z.number(),
  hasAttachment: z.boolean(),
  hasInvitation: z.boolean(),
  isSeen: z.boolean(),
  isFlagged: z.boolean(),
  isAnswered: z.boolean(),
  isForwarded: z.boolean(),
  isDraft: z.boolean(),
  keywords: z.array(text),
  messageId: text.optional(),
} satisfies ShapeOf<Row>);
const mailbox = z.object({
  path: text,
  name: text,
  delimiter: text,
  parent: text.optional(),
  specialUse: z
    .enum(['inbox', 'drafts', 'sent', 'junk', 'trash', 'archive', 'templates'])
    .optional(),
  isSelectable: z.boolean(),
  isSubscribed: z.boolean(),
  unseen: z.number(),
  total: z.number(),
  children: z.array(z.unknown()), // each looked at by itself
} satisfies ShapeOf<Mailbox>);
const attachment = z.object({
  part: text,
  filename: text,
  type: text,
  sizeBytes: z.number(),
  contentId: text.optional(),
  isMessage: z.boolean(),
  family: text,
} satisfies ShapeOf<AttachmentInfo>);
const view = z.object({
  ref: z.object({}),
  subject: text,
  from: addresses,
  sender: address.optional(),
  replyTo: addresses,
  to: addresses,
  cc: addresses,
  bcc: addresses,
  recipientsCut: z.boolean().optional(),
  date: text,
  internalDate: text,
  messageId: text.optional(),
  references: z.array(text),
  sizeBytes: z.number(),
  row,
  attachments: z.array(attachment),
  inline: z.array(attachment),
  bodies: z.array(z.object({ kind: z.enum(['text', 'html']), part: text })),
  hasAlternative: z.boolean(),
  tooComplex: z.boolean(),
  warnings: z.array(text),
  isOutside: z.boolean(),
} satisfies ShapeOf<MessageView>);
const day = text.regex(/^\d{4}-\d{2}-\d{2}$/);
const query: z.ZodType<Query> = z.lazy(() =>
  z.union([
    z.object({ kind: z.literal('and'), all: z.array(query).min(1) }),
    z.object({ kind: z.literal('or'), any: z.array(query).min(1) }),
    z.object({ kind: z.literal('not'), none: query }),
    z.object({
      kind: z.literal('text'),
      field: z.enum(['any', 'from', 'to', 'cc', 'subject', 'body']),
      value: text,
      isPhrase: z.boolean(),
    }),
    z.object({
      kind: z.literal('state'),
      state: z.enum(['unread', 'read', 'flagged', 'unflagged', 'answered', 'unanswered']),
    }),
    z.object({ kind: z.literal('attachment') }),
    z.object({ kind: z.literal('date'), from: day.exactOptional(), until: day.exactOptional() }),
    z.object({
      kind: z.literal('size'),
      side: z.enum(['larger', 'smaller']),
      bytes: z.number().int().min(0).max(4_294_967_295),
    }),
    z.object({ kind: z.literal('label'), name: text, keyword: text.exactOptional() }),
  ]),
);
const criteria = z.object({
  text: text.optional(),
  in: z.enum(['all', 'subject', 'from', 'to', 'body']).optional(),
  from: text.optional(),
  to: text.optional(),
  subject: text.optional(),
  unseen: z.boolean().optional(),
  flagged: z.boolean().optional(),
  unanswered: z.boolean().optional(),
  hasAttachment: z.boolean().optional(),
  label: text.optional(),
  mine: z.array(text).optional(),
  since: day.optional(),
  before: day.optional(),
  query: query.optional(),
} satisfies ShapeOf<Criteria>);
const isRow = fits(row);
const isMailbox = fits(mailbox);
const isViewShaped = fits(view);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && isPlainObject(value);
const uidsOf = (rows: unknown): unknown[] =>
  Array.isArray(rows) ? rows.map((row) => (isObject(row) ? row['uid'] : undefined)) : [];
/** Rows may be described otherwise; none may be lost, added or put elsewhere. */
export const isRows = (value: unknown, before?: unknown): boolean => {
  const uids = uidsOf(before);
  const known = new Set<unknown>(Array.isArray(before) ? before : []);
  return (
    Array.isArray(value) &&
    value.length === uids.length &&
    uidsOf(value).every((uid, index) => uid === uids[index]) &&
    value.every((one) => known.has(one) || isRow(one))
  );
};
const pathsOf = (tree: unknown): unknown[] =>
  Array.isArray(tree) ? tree.map((box) => (isObject(box) ? box['path'] : undefined)) : [];
/** A tree as the list that it is made of. */
const boxesOf = (tree: unknown): readonly unknown[] =>
  Array.isArray(tree)
    ? tree.flatMap((box) => [box, ...boxesOf(isObject(box) ? box['children'] : undefined)])
    : [];
/** Mailboxes may be hidden; the inbox never. */
export const isTree = (value: unknown, before?: unknown): boolean => {
  const known = new Set(boxesOf(before));
  return (
    Array.isArray(value) &&
    boxesOf(value).every((box) => known.has(box) || isMailbox(box)) &&
    (!pathsOf(before).includes('INBOX') || pathsOf(value).includes('INBOX'))
  );
};
export const isView = (value: unknown, before?: unknown): boolean =>
  isViewShaped(value) &&
  isObject(value) &&
  (!isObject(before) || isDeepStrictEqual(value['ref'], before['ref']));
export const isCriteria = fits(criteria);
const MAX_PARTS = 2_000;
export const isQuota = (value: unknown): boolean =>
  isObject(value) && Number.isFinite(value['usedBytes']) && Number.isFinite(value['limitBytes']);
export const isContent = (value: unknown): boolean =>
  isObject(value) && typeof value['content'] === 'string';

const partsOf = (root: unknown): readonly Record<string, unknown>[] => {
  const found: Record<string, unknown>[] = [];
  const waiting: unknown[] = [root];
  while (waiting.length > 0 && found.length <= MAX_PARTS) {
    const part = waiting.pop();
    if (!isObject(part)) continue;
    found.push(part);
    if (Array.isArray(part['children'])) waiting.push(...part['children']);
  }
  return found;
};
/** Parts may be described otherwise or left out: only those of the message can be fetched. */
export const isTreeOfParts = (value: unknown, before?: unknown): boolean => {
  const known = new Map(partsOf(before).map((part) => [part['part'], part]));
  const parts = partsOf(value);
  return (
    parts.length > 0 &&
    parts.length <= MAX_PARTS &&
    parts[0]?.['part'] === partsOf(before)[0]?.['part'] &&
    new Set(parts.map((part) => part['part'])).size === parts.length &&
    parts.every(
      (part) =>
        known.has(part['part']) &&
        typeof part['type'] === 'string' &&
        /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(part['type']) &&
        typeof part['encoding'] === 'string' &&
        typeof part['sizeBytes'] === 'number' &&
        isObject(part['parameters']) &&
        Object.values(part['parameters']).every((text) => typeof text === 'string') &&
        ['filename', 'contentId', 'charset', 'disposition'].every(
          (name) => part[name] === undefined || typeof part[name] === 'string',
        ) &&
        Array.isArray(part['children']),
    )
  );
};
const LEVELS = ['info', 'warn', 'danger'];
export const isWarning = (value: unknown): boolean =>
  isObject(value) &&
  LEVELS.includes(String(value['level'])) &&
  typeof value['text'] === 'string' &&
  value['text'].length <= 500 &&
  typeof value['code'] === 'string' &&
  /^[a-z][a-z0-9-]{0,63}$/.test(value['code']) &&
  (value['values'] === undefined || isTextValues(value['values']));
const CLASSES = ['official', 'known', 'external', 'suspect', 'blocked'];
export const areClasses = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((one) => CLASSES.includes(String(one)));
export const isPreview = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['view'] === 'string' &&
  /^[a-z0-9][a-z0-9/-]{0,63}$/.test(value['view']) &&
  isObject(value['data']);
