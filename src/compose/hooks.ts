import { Readable } from 'node:stream';
import { z } from 'zod';
import type { MessageRef } from '../base/types';
import { fits } from '../kernel/hook-results';
import {
  type Action,
  type Collect,
  defineHooks,
  type Filter,
  type First,
  type Guard,
} from '../kernel/hook-types';
import { isServerAddress } from '../kernel/server-address';
import type { ConnectionContext } from '../mail/hooks';
import type { Address, MessageView } from '../mail/types';
import type { SmtpServer } from '../smtp';
import type {
  ComposeMode,
  DraftFields,
  ExpandedList,
  Identity,
  OutboxState,
  Suggestion,
  SuggestionPurpose,
} from './types';

/** A draft as it is about to be shown for the first time. */
export interface DraftSeed extends DraftFields {
  readonly mode: ComposeMode;
  readonly inReplyTo?: string;
}

export interface ComposeBody {
  readonly text: string;
  /** Set for an HTML draft. */
  readonly html?: string;
}

/** What `message:outbound` may change. Recipients are there to be read: a change is ignored. */
export interface OutgoingMessage {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly subject: string;
  /** Added to the message; names that the core writes itself are refused. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly text: string;
  readonly html?: string;
  /** Small parts to add, content as text: an invitation's answer, a marking. */
  readonly parts: readonly {
    readonly filename: string;
    readonly type: string;
    readonly content: string;
  }[];
}

export interface Recipients {
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
}

/** What a guard of `message:sending` sees. */
export interface SendingMessage {
  readonly draft: {
    readonly id: string;
    readonly mode: ComposeMode;
    readonly format: 'plain' | 'html';
    readonly subject: string;
    /** Plain text; derived from the HTML for an HTML draft. Quoted text included. */
    readonly text: string;
    /** The message that is answered or forwarded. */
    readonly original?: MessageRef;
  };
  readonly recipients: Recipients;
  /** Without the inline images of the HTML body. */
  readonly attachments: readonly {
    readonly filename: string;
    readonly type: string;
    readonly sizeBytes: number;
  }[];
  /** Of the text and attachments together, before encoding. */
  readonly sizeBytes: number;
  readonly user: { readonly id: number; readonly locale: 'fr' | 'en' };
}

export interface OutboxMessage {
  readonly draft: string;
  readonly messageId: string;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly sizeBytes: number;
  readonly user: number;
}

/** A file that a plugin brings. */
export interface ImportedFile {
  readonly filename: string;
  readonly type: string;
  /** Read once, and cut at what the message may still weigh. */
  readonly content: Readable | Uint8Array;
}

declare global {
  namespace Estafette {
    interface HookMap {
      'compose:draft': Filter<DraftSeed, { readonly user: number }>;
      'compose:body': Filter<
        ComposeBody,
        { readonly mode: ComposeMode; readonly original?: MessageRef }
      >;
      'message:outbound': Filter<
        OutgoingMessage,
        { readonly draft: string; readonly mode: ComposeMode; readonly user: number }
      >;
      'message:sending': Guard<SendingMessage>;
      'message:deliver': First<{ readonly message: OutboxMessage }, { readonly queued: boolean }>;
      'message:sent': Action<{
        /** The draft that it was, as guards of `message:sending` knew it. */
        readonly draft?: string;
        readonly messageId: string;
        readonly envelope: { readonly from: string; readonly to: readonly string[] };
        readonly user: number;
        readonly original?: MessageRef;
      }>;
      'message:unsent': Action<{
        readonly state: Extract<OutboxState, 'failed' | 'unknown'>;
        readonly code: string;
        readonly messageId: string;
        readonly envelope: { readonly from: string; readonly to: readonly string[] };
        readonly user: number;
      }>;
      'message:file': First<
        { readonly draft: string; readonly sent: string; readonly user: number },
        { readonly mailbox: string }
      >;
      'smtp:options': Filter<SmtpServer, ConnectionContext>;
      'compose:templates': Collect<
        { readonly user: number; readonly locale: 'fr' | 'en' },
        {
          readonly id: string;
          readonly name: string;
          /** Plain text. */
          readonly body: string;
        }
      >;
      'identity:resolve': First<
        {
          readonly original: Pick<MessageView, 'ref' | 'subject' | 'from' | 'to' | 'cc'>;
          readonly identities: readonly Identity[];
          readonly mode: ComposeMode;
          readonly user: number;
        },
        { readonly id: string }
      >;
      'attachment:import': First<{ readonly uri: string; readonly user: number }, ImportedFile>;
      'identity:list': Filter<readonly Identity[], { readonly user: number }>;
      'contact:suggestions': Collect<
        {
          readonly query: string;
          readonly limit: number;
          readonly for: SuggestionPurpose;
          /** Lists and groups alone are wanted; people are left out in any case. */
          readonly only?: 'lists';
          readonly user: number;
        },
        Omit<Suggestion, 'source'> & { readonly source?: string }
      >;
      'contact:expand': First<
        {
          /** The plugin that suggested the list: every other one answers nothing. */
          readonly plugin: string;
          /** The id that it gave; it comes from a page, so that it may be anything. */
          readonly list: string;
          /** Members beyond those are not shown. */
          readonly limit: number;
          readonly user: number;
        },
        ExpandedList
      >;
      'attachment:receiving': Guard<{
        readonly name: string;
        readonly declaredType: string;
        readonly sniffedType: string | undefined;
        readonly sizeBytes: number;
        readonly user: number;
      }>;
      'attachment:discarded': Action<{ readonly ids: readonly string[]; readonly user: number }>;
    }
  }
}

/** The name of an entry of a directory, written for an address of a page, is that long. */
export const LIST_ID_CHARS = 1_500;

const line = z.string().refine((value) => !/[\r\n\0]/.test(value));
const address = line.refine((value) => /^[^\s<>@]+@[^\s<>@]+$/.test(value) && value.length <= 254);
// Fields that the core writes, or that the transport adds: a second one would contradict them.
const OWN_HEADERS =
  /^(?:from|sender|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|mime-version|content-.*|received|return-path|dkim-signature|authentication-results|x-estafette-.*)$/i;
const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,75}$/)
  .refine((name) => !OWN_HEADERS.test(name));

const outgoing = z.object({
  envelope: z.object({ from: line, to: z.array(line) }),
  subject: line,
  headers: z.array(z.object({ name: headerName, value: line.max(4000) })).max(50),
  text: z.string(),
  html: z.string().optional(),
  parts: z
    .array(
      z.object({
        filename: line.max(255),
        type: z.string().regex(/^[a-z0-9.+-]+\/[a-z0-9.+-]+(?:;[ -~]*)?$/i),
        content: z.string().max(1_000_000),
      }),
    )
    .max(20),
});
const seed = z.object({
  identity: line,
  to: z.string(),
  cc: z.string(),
  bcc: z.string(),
  subject: line,
  format: z.enum(['plain', 'html']),
  text: z.string(),
  html: z.string(),
});
const identities = z
  .array(
    z.object({
      id: line.min(1).max(300),
      name: line,
      mail: address,
      isDefault: z.boolean(),
      signature: z.string(),
    }),
  )
  .min(1);
const template = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  name: line.min(1).max(200),
  body: z.string().max(100_000),
});
const imported = z.object({
  filename: line.min(1).max(255),
  type: z.string().regex(/^[a-z0-9.+-]+\/[a-z0-9.+-]+(?:;[ -~]*)?$/i),
  content: z.union([z.instanceof(Readable), z.instanceof(Uint8Array)]),
});
const suggestion = z
  .object({
    name: line,
    mail: address.or(z.literal('')),
    score: z.number(),
    list: z
      .object({
        id: line.min(1).max(LIST_ID_CHARS),
        kind: z.enum(['list', 'group']),
        count: z.int().min(0),
      })
      .optional(),
  })
  // Without an address there must be somebody to write to in its place, and a name to choose it by.
  .refine(({ name, mail, list }) => mail !== '' || (list !== undefined && name !== ''));
const expanded = z.object({
  members: z.array(z.object({ name: line, mail: address })),
  isCut: z.boolean(),
});

export const composeHooks = defineHooks({
  'compose:draft': {
    kind: 'filter',
    doc: 'Fields of a new draft before it is first shown.',
    check: fits(seed),
  },
  'compose:body': {
    kind: 'filter',
    doc: 'Text, and HTML of an HTML draft, with signature and quote; sanitised afterwards.',
    check: fits(z.object({ text: z.string(), html: z.string().optional() })),
  },
  'message:outbound': {
    kind: 'filter',
    doc: 'Subject, text, extra headers and small parts of a message about to be sent.',
    check: fits(outgoing),
    timeoutMs: 500,
  },
  'message:sending': {
    kind: 'guard',
    doc: 'Refuses a sending, or asks the person to confirm it.',
  },
  'message:deliver': {
    kind: 'first',
    doc: 'Takes charge of a finished message instead of SMTP now; it stays in the outbox as held.',
    check: fits(z.object({ queued: z.boolean() })),
    failClosed: true,
  },
  'message:sent': { kind: 'action', doc: 'The server accepted a message.' },
  'message:unsent': { kind: 'action', doc: 'A sending failed, or its outcome is unknown.' },
  'message:file': {
    kind: 'first',
    doc: 'Mailbox of the sent copy; the Sent mailbox otherwise.',
    check: fits(z.object({ mailbox: line.min(1) })),
  },
  'smtp:options': {
    kind: 'filter',
    doc: 'The SMTP server of a person, before a message is handed over; security is never lowered.',
    check: isServerAddress,
    failClosed: true,
  },
  'compose:templates': {
    kind: 'collect',
    doc: 'Texts that a person may start a message from.',
    check: fits(template),
  },
  'identity:resolve': {
    kind: 'first',
    doc: 'The identity that answers a message; otherwise the one that it was addressed to.',
    check: fits(z.object({ id: line.min(1).max(300) })),
  },
  'attachment:import': {
    kind: 'first',
    doc: 'Brings a file by its address, from a document space for instance; then treated as an upload.',
    check: fits(imported),
    timeoutMs: 5_000,
  },
  'identity:list': {
    kind: 'filter',
    doc: 'Identities that a person may write from.',
    check: fits(identities),
  },
  'contact:suggestions': {
    kind: 'collect',
    doc: 'People, addresses and lists for an address field; merged and ranked by score. A list says how many members it has (`list`), and `contact:expand` gives them when somebody asks.',
    check: fits(suggestion),
    // A directory that is a little slow is better waited for than left out.
    timeoutMs: 1_000,
  },
  'contact:expand': {
    kind: 'first',
    doc: 'Members of a list that the same plugin suggested, as far as the person may see them; nothing for a list that is not theirs.',
    check: fits(expanded),
    timeoutMs: 3_000,
  },
  'attachment:receiving': {
    kind: 'guard',
    doc: 'Refuses an uploaded file once it is complete.',
    timeoutMs: 5_000,
  },
  'attachment:discarded': { kind: 'action', doc: 'Uploaded files were removed from a draft.' },
});
