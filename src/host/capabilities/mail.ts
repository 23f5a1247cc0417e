import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { withDeadline } from '../../base/async';
import { AppError } from '../../base/errors';
import { type MessageRef, OWN_ACCOUNT, type Uid, type UidValidity } from '../../base/types';
import type { PersonRef } from '../../kernel/hook-types';
import type { Mail, Selection } from '../../mail';
import type { Actor } from '../../session';
import type { PluginMail, PluginMessageRef, PluginSelection } from '../capability-types';
import type { Need } from '../needs';
import type { Gate } from './gate';
import { outward } from './outward';

const CALL_MS = 10_000;
const ATTACHMENT_MS = 30_000;
const ATTACHMENT_BYTES = 5_000_000;
const ATTACHMENT_MAX_BYTES = 25_000_000; // in memory, once for each call
const APPEND_MAX_BYTES = 25_000_000;
const TEXT_CHARS = 200_000;
const HEADER_FIELDS = 100;
const HEADER_CHARS = 4_000;
const UIDS = 1_000;

const mailbox = z.string().min(1).max(1_000);
const number32 = z.int().min(1).max(4_294_967_295);
const refShape = z.object({ mailbox, uidValidity: number32, uid: number32 });
const selectionShape = z.object({
  mailbox,
  uidValidity: number32,
  uids: z.array(number32).min(1).max(UIDS),
});
const flagShape = z.enum(['seen', 'flagged', 'answered']);

export interface MailDeps {
  readonly mail: Mail;
  /** Where an added message waits for the server. */
  readonly tempDir: string;
}

/** The mail of one person, through the same functions as the pages. */
export function pluginMail(gate: Gate, { mail, tempDir }: MailDeps, as: PersonRef): PluginMail {
  /** The need, the person, then the work within its time. */
  const call = async <T>(
    need: Need,
    run: (actor: Actor) => Promise<T>,
    timeoutMs = CALL_MS,
  ): Promise<T> => {
    gate.need(need);
    const actor = await gate.person(as);
    return outward(() => withDeadline(run(actor), timeoutMs, () => new AppError('imap/timeout')));
  };

  return {
    // A plugin that reads a message does not open it: no hook tells of that.
    message: (ref) =>
      call('mail.read', (actor) =>
        mail.message(actor, refOf(ref), { markSeen: false, asItIs: true }),
      ),
    rows: ({ mailbox: path, page = 1, sort = 'date', order = 'desc', criteria = {} }) =>
      call('mail.read', (actor) =>
        mail.list(actor, { mailbox: path, page, sort, order, criteria }),
      ),
    text: (ref) =>
      call('mail.read', async (actor) => {
        const { text } = await mail.quotable(actor, { ref: refOf(ref) });
        return { text: text.slice(0, TEXT_CHARS), truncated: text.length > TEXT_CHARS };
      }),
    headers: (ref, names) =>
      call('mail.read', async (actor) => {
        const wanted = new Set(names.map((name) => name.toLowerCase()));
        const fields = await mail.headers(actor, refOf(ref));
        return fields
          .filter(({ name }) => wanted.has(name.toLowerCase()))
          .slice(0, HEADER_FIELDS)
          .map(({ name, value }) => ({ name, value: value.slice(0, HEADER_CHARS) }));
      }),
    attachment: (ref, part, { maxBytes = ATTACHMENT_BYTES } = {}) =>
      call(
        'mail.read',
        async (actor) => {
          const { filename, type, stream } = await mail.part(actor, refOf(ref), part);
          return {
            filename,
            type,
            content: await readAll(stream, Math.min(maxBytes, ATTACHMENT_MAX_BYTES)),
          };
        },
        ATTACHMENT_MS,
      ),
    flag: (on, flag, value) =>
      call(
        'mail.write',
        async (actor) =>
          (await mail.flag(actor, selectionOf(on), flagShape.parse(flag), value === true)).count,
      ),
    move: (from, to) =>
      call(
        'mail.write',
        async (actor) => (await mail.move(actor, selectionOf(from), mailbox.parse(to))).count,
      ),
    append: (to, source, { seen = true } = {}) =>
      call(
        'mail.write',
        async (actor) => {
          const bytes = typeof source === 'string' ? Buffer.from(source) : source;
          if (bytes.length > APPEND_MAX_BYTES) throw new AppError('request/too-large');
          const file = path.join(tempDir, `plugin-${randomUUID()}.eml`);
          try {
            await writeFile(file, bytes, { mode: 0o600, flag: 'wx' });
            const size = { path: file, sizeBytes: bytes.length };
            const flags = seen ? ['\\Seen'] : [];
            const at = await mail.append(actor, mailbox.parse(to), size, {
              flags,
              purpose: 'import',
            });
            return at && { account: OWN_ACCOUNT, mailbox: to, ...at };
          } finally {
            await rm(file, { force: true });
          }
        },
        ATTACHMENT_MS,
      ),
  };
}

/** Numbers that a plugin kept or got back from a form, as the domain names messages. */
function refOf(ref: PluginMessageRef): MessageRef {
  const parsed = refShape.safeParse(ref);
  if (!parsed.success) throw new AppError('request/invalid', { details: { what: 'message' } });
  const { mailbox: path, uid, uidValidity } = parsed.data;
  return {
    account: OWN_ACCOUNT,
    mailbox: path,
    uidValidity: uidValidity as UidValidity,
    uid: uid as Uid,
  };
}

function selectionOf(selection: PluginSelection): Selection {
  const parsed = selectionShape.safeParse(selection);
  if (!parsed.success) throw new AppError('request/invalid', { details: { what: 'messages' } });
  const { mailbox: path, uidValidity, uids } = parsed.data;
  return { mailbox: path, uidValidity: uidValidity as UidValidity, uids: uids as Uid[] };
}

async function readAll(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop destroys the stream, which frees its connection.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new AppError('request/too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
