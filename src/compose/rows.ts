import { z } from 'zod';
import { sha256 } from '../base/ids';
import type { AccountId, MessageRef, Uid, UidValidity } from '../base/types';
import type { Database } from '../kernel/db-types';

/** The database, or a transaction on it. */
export type Executor = Database['knex'] | Parameters<Parameters<Database['transaction']>[0]>[0];

const uid = z
  .number()
  .int()
  .positive()
  .transform((value) => value as Uid);
const uidValidity = z
  .number()
  .int()
  .nonnegative()
  .transform((value) => value as UidValidity);

export const messageRef = z.object({
  account: z.string().transform((value) => value as AccountId),
  mailbox: z.string(),
  uidValidity,
  uid,
}) satisfies z.ZodType<MessageRef>;

export const composeMode = z.enum([
  'new',
  'reply',
  'reply-all',
  'forward',
  'forward-attached',
  'edit',
  'again',
]);

export const draftFields = z.object({
  identity: z.string(),
  to: z.string(),
  cc: z.string(),
  bcc: z.string(),
  subject: z.string(),
  format: z.enum(['plain', 'html']),
  text: z.string(),
  html: z.string(),
  priority: z.enum(['high', 'low']).optional(),
  receipt: z.boolean().optional(),
  report: z.boolean().optional(),
  language: z.string().optional(),
});

/** What ties a draft to other messages, and to calendars. */
export const draftLinks = z.object({
  inReplyTo: z.string().optional(),
  references: z.array(z.string()),
  original: messageRef.optional(),
  /** What a plugin sends for calendars with it; decided when the draft was made. */
  calendar: z.object({ method: z.string(), text: z.string() }).optional(),
});
export type DraftLinks = z.infer<typeof draftLinks>;

/** Where a draft's copy is; without a place, it is looked for by its Message-ID. */
export const serverCopy = z.object({
  mailbox: z.string(),
  messageId: z.string(),
  at: z.object({ uidValidity, uid }).optional(),
});
export type ServerCopy = z.infer<typeof serverCopy>;

/** A JSON column, parsed; a row that does not fit is a fault of ours and throws. */
export const readJson = <S extends z.ZodType>(schema: S, value: unknown): z.infer<S> =>
  schema.parse(typeof value === 'string' ? JSON.parse(value) : value);

/** Same fields, same hash. */
export const hashFields = (fields: z.infer<typeof draftFields>): string =>
  sha256(JSON.stringify(draftFields.parse(fields)));
