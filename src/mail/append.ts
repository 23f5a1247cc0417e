import { readFile } from 'node:fs/promises';
import { AppError } from '../base/errors';
import { type MessageRef, OWN_ACCOUNT, type Uid, type UidValidity } from '../base/types';
import { noAnswer, SILENCE_MS, searchUids, textArgument, whileHeard } from '../imap';
import type { Actor } from '../session';
import { checkPath, type MailContext } from './context';
import { treeKey } from './tree';

const APPEND_MS = 60_000; // 30 MB to a busy server
// While a message goes up the server has nothing to say.
const SLOWEST_BYTES_PER_MS = 1_000;

interface AppendOptions {
  readonly flags: readonly string[];
  readonly purpose: 'draft' | 'sent' | 'import';
}

/** Runs a job of some weight when there is room for it; the rest wait in order. */
export type Gate = <T>(weight: number, run: () => Promise<T>) => Promise<T>;

/**
 * At most `count` jobs at once, that weigh `weight` together at most; one that is heavier alone
 * runs alone.
 */
export function gate({ count, weight }: { readonly count: number; readonly weight: number }): Gate {
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
    await new Promise<void>((start) => {
      waiting.push({ weight: own, start });
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
      listening(client, () => client.append(path, content, [...options.flags])),
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

/** Uids whose Message-ID is exactly this one; servers match HEADER by substring. */
export async function findMessageId(
  context: MailContext,
  actor: Actor,
  mailbox: string,
  messageId: string,
): Promise<readonly Uid[]> {
  if (messageId.trim() === '') return [];
  const access = context.access(actor);
  return context.pool.withMailbox(access, checkPath(mailbox), { kind: 'read' }, async (box) => {
    const found = await searchUids(box.client, [
      { type: 'ATOM', value: 'HEADER' },
      { type: 'ATOM', value: 'Message-ID' },
      textArgument(messageId),
    ]);
    return [...found].map((uid) => uid as Uid);
  });
}
