import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import { type MessageRef, OWN_ACCOUNT, type Uid, type UidValidity } from '../base/types';
import {
  fetchMessages,
  formatSet,
  noAnswer,
  type OpenMailbox,
  SILENCE_MS,
  searchUids,
  textArgument,
  toUid,
  whileHeard,
} from '../imap';
import { firstHeader, parseHeaders } from '../mime';
import type { Actor } from '../session';
import { checkPath, type MailContext } from './context';
import { treeKey } from './tree';
import type { FoundMessages } from './types';

const APPEND_MS = 60_000; // 30 MB to a busy server
// As long as an append itself: who waits behind others longer is told, and tries again later.
const TURN_MS = 60_000;
// While a message goes up the server has nothing to say.
const SLOWEST_BYTES_PER_MS = 1_000;

interface AppendOptions {
  readonly flags: readonly string[];
  readonly purpose: 'draft' | 'sent' | 'import';
  /** INTERNALDATE; now unless told. */
  readonly arrivedAt?: Date;
}

/** Runs a job of some weight when there is room for it; the rest wait in order. */
export type Gate = <T>(weight: number, run: () => Promise<T>) => Promise<T>;

interface GateOptions {
  readonly clock: Clock;
  readonly count: number;
  readonly weight: number;
}

/**
 * At most `count` jobs at once, that weigh `weight` together at most; one that is heavier alone
 * runs alone. `imap/timeout` for one whose turn does not come in time.
 */
export function gate({ clock, count, weight }: GateOptions): Gate {
  const waiting: { readonly weight: number; readonly start: () => void }[] = [];
  let running = 0;
  let load = 0;
  const fits = (more: number): boolean =>
    running === 0 || (running < count && load + more <= weight);
  const startNext = (): void => {
    for (let next = waiting[0]; next && fits(next.weight); next = waiting[0]) {
      waiting.shift();
      running++;
      load += next.weight;
      next.start();
    }
  };
  return async (own, run) => {
    await new Promise<void>((resolve, reject) => {
      const job = {
        weight: own,
        start: () => {
          cancel();
          resolve();
        },
      };
      const cancel = clock.after(TURN_MS, () => {
        waiting.splice(waiting.indexOf(job), 1);
        // The next one may be lighter.
        startNext();
        reject(new AppError('imap/timeout', { details: { step: 'turn' } }));
      });
      waiting.push(job);
      startNext();
    });
    try {
      return await run();
    } finally {
      running--;
      load -= own;
      startNext();
    }
  };
}

/**
 * Writes a message from a file. The library takes it as one buffer, so few run at once and the
 * site's limit on messages bounds each.
 */
export async function appendMessage(
  context: MailContext,
  actor: Actor,
  mailbox: string,
  file: { readonly path: string; readonly sizeBytes: number },
  options: AppendOptions,
): Promise<{ readonly uidValidity: UidValidity; readonly uid: Uid } | undefined> {
  // Base64 makes a message a third larger than what was attached to it.
  if (file.sizeBytes > actor.site.limits.messageBytes * 2) throw new AppError('request/too-large');
  const path = checkPath(mailbox);
  const content = await readFile(file.path);
  const write = { kind: 'write', deadlineMs: APPEND_MS } as const;
  const silenceMs = SILENCE_MS + content.length / SLOWEST_BYTES_PER_MS;
  const answer = await whileHeard(context.clock, silenceMs, (listening) =>
    context.pool.withConnection(context.access(actor), write, (client) =>
      listening(client, () => client.append(path, content, [...options.flags], options.arrivedAt)),
    ),
  );
  if (!answer) throw noAnswer('APPEND');
  context.caches.trees.delete(treeKey(actor));
  const at =
    answer.uid === undefined || answer.uidValidity === undefined
      ? undefined
      : { uid: answer.uid as Uid, uidValidity: Number(answer.uidValidity) as UidValidity };
  const ref: MessageRef | undefined = at && { account: OWN_ACCOUNT, mailbox: path, ...at };
  const event = { ref, mailbox: path, purpose: options.purpose };
  void context.hooks.action(actor.scope, 'message:appended', event);
  return at;
}

/** Messages whose Message-ID is exactly this one; servers match HEADER by substring. */
export async function findMessageId(
  context: MailContext,
  actor: Actor,
  mailbox: string,
  messageId: string,
): Promise<FoundMessages> {
  const access = context.access(actor);
  const wanted = messageId.trim();
  return context.pool.withMailbox(access, checkPath(mailbox), { kind: 'read' }, async (box) => {
    const { uidValidity } = box;
    if (wanted === '') return { uidValidity, uids: [] };
    // A copy that another connection has just filed: not finding it would file a second one.
    await box.client.noop();
    const found = await searchUids(box.client, [
      { type: 'ATOM', value: 'HEADER' },
      { type: 'ATOM', value: 'Message-ID' },
      textArgument(wanted),
    ]);
    return { uidValidity, uids: await withMessageId(box, [...found].map(toUid), wanted) };
  });
}

async function withMessageId(
  box: OpenMailbox,
  candidates: readonly Uid[],
  messageId: string,
): Promise<readonly Uid[]> {
  if (candidates.length === 0) return [];
  const query = { uid: true, headers: ['message-id'] };
  const messages = await fetchMessages(box.client, formatSet(candidates), query);
  return messages
    .filter(({ headers = '' }) => firstHeader(parseHeaders(headers), 'message-id') === messageId)
    .map(({ uid }) => toUid(uid));
}
