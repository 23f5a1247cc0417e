import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import { OWN_ACCOUNT, type Uid, type UidValidity } from '../base/types';
import { type ImapAccess, type ImapPool, knowUids, type OpenMailbox } from '../imap';
import type { HookEmitter } from '../kernel/hook-types';
import type { Texts } from '../kernel/i18n-types';
import type { Actor, SessionKey } from '../session';
import type { Site } from '../sites';
import type { MailCaches } from './caches';

/** Runs a task of `mime/tasks` in the worker pool. */
export type RunTask = <T>(
  name: string,
  input: unknown,
  options: { readonly timeoutMs: number },
) => Promise<T>;

export interface MailLimits {
  /** Messages sorted in this process for a server without SORT; beyond, arrival order. */
  readonly sortInProcess: number;
  /** Encoded bytes fetched of one body part. */
  readonly bodyBytes: number;
  /** Decoding and sanitising one body. */
  readonly renderMs: number;
  /** Messages changed by one action. */
  readonly selection: number;
  /** APPENDs under way at once in this process: the library holds each message in memory. */
  readonly appends: number;
  /** Bytes of them together; a larger message goes alone. */
  readonly appendBytes: number;
  /** Searches that read bodies may take longer than a command. */
  readonly searchMs: number;
}

/** Counters, where somebody measures. */
export interface MailMetrics {
  count(
    name: 'row-hit' | 'row-miss' | 'order-hit' | 'order-insert' | 'order-miss',
    by: number,
  ): void;
}

export interface MailContext {
  readonly pool: ImapPool;
  readonly hooks: HookEmitter;
  readonly runTask: RunTask;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: MailLimits;
  readonly metrics: MailMetrics | undefined;
  readonly caches: MailCaches;
  readonly access: (actor: Actor) => ImapAccess;
  /** Work for a quiet moment, one piece an account: a new plan replaces the last. */
  readonly quiet: Quiet;
}

export interface Quiet {
  plan(key: string, afterMs: number, run: () => void): void;
}

/** Bounded by the accounts in use: an entry goes when its time has come. */
export function createQuiet(clock: Clock): Quiet {
  const plans = new Map<string, () => void>();
  return {
    plan(key, afterMs, run) {
      plans.get(key)?.();
      const cancel = clock.after(afterMs, () => {
        plans.delete(key);
        run();
      });
      plans.set(key, cancel);
    },
  };
}

/** Prefix of everything kept for a user: pool keys and cache keys. */
export const userKey = (actor: Pick<SessionKey, 'site' | 'user'>): string =>
  `${actor.site.id}:${actor.user.id}:`;
export const accountKey = (actor: Pick<SessionKey, 'site' | 'user'>): string =>
  `${userKey(actor)}${OWN_ACCOUNT}`;

/** How to open the agent's own account. The credential is asked for when a connection is made. */
export function accessOf(actor: Actor, credential: Actor['credential']): ImapAccess {
  return { key: accountKey(actor), server: actor.site.imap, credential };
}

/** The server of the agent's account as plugins leave it; asked for when a connection is made. */
export function serverOf(hooks: HookEmitter, { site, user, scope }: Actor): Promise<Site['imap']> {
  // A pooled connection is made for whoever comes next: no request pays for it.
  const { budget: _none, ...where } = scope;
  const about = { site: site.id, login: user.login, user: { id: user.id, mail: user.mail } };
  return hooks.filter(where, 'imap:options', site.imap, about);
}

/** A mailbox whose uids are no longer those the caller saw: never act on a guess (409). */
export function checkValidity(box: OpenMailbox, expected: UidValidity | undefined): void {
  if (expected === undefined || box.uidValidity === expected) return;
  throw new AppError('mailbox/changed', { details: { mailbox: box.path } });
}

/** Before a command on messages that any connection of the account may have listed. */
export async function checkMessages(
  box: OpenMailbox,
  uidValidity: UidValidity | undefined,
  uids: readonly Uid[],
): Promise<void> {
  checkValidity(box, uidValidity);
  await knowUids(box, uids);
}

const MAX_PATH_CHARS = 1000;

/** A mailbox path from outside: no controls, which no command could carry. */
export function checkPath(path: string): string {
  if (path === '' || path.length > MAX_PATH_CHARS || /\p{Cc}/u.test(path)) {
    throw new AppError('mailbox/not-found');
  }
  return path.toUpperCase() === 'INBOX' ? 'INBOX' : path;
}
