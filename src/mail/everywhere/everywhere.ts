import { AppError, toAppError } from '../../base/errors';
import { OWN_ACCOUNT, type Uid, type UidValidity } from '../../base/types';
import type { ImapFlow } from '../../imap';
import type { Actor } from '../../session';
import { accountKey, checkPath, type MailContext } from '../context';
import { criteriaKey } from '../criteria';
import { readRows } from '../fetch-rows';
import { onMailbox } from '../on-mailbox';
import { findOrder } from '../sorting';
import type { Criteria, Row } from '../types';
import { SharedWork } from './shared-work';

/** One connection of an account stays free for whoever reads mail meanwhile. */
const AT_ONCE = 2;
/** Between a page that shows the first results and the stream that asks for the others. */
const LINGER_MS = 2_000;

/** A search in several mailboxes. */
export interface EverywhereQuery {
  readonly criteria: Criteria;
  /** Paths, in the order in which they are searched. */
  readonly mailboxes: readonly string[];
  /** Rows of each mailbox, the latest first. */
  readonly limit: number;
}

/** What one mailbox answered. */
export interface FoundIn {
  readonly mailbox: string;
  readonly uidValidity: UidValidity;
  /** Messages that match. */
  readonly total: number;
  readonly rows: readonly Row[];
  /** The server has an index of words (RFC 6203): bodies are searched in a moment. */
  readonly isIndexed: boolean;
}

/** One mailbox has been searched, or could not be. */
export type SearchedMailbox = FoundIn | { readonly mailbox: string; readonly error: AppError };

/** How who asked hears of results. */
export interface SearchListener {
  /** Aborted when nobody waits any more: the server's work ends with it. */
  readonly signal: AbortSignal;
  /** Called once for each mailbox, as soon as it has answered. */
  readonly onMailbox: (one: SearchedMailbox) => void;
}

export type SearchEverywhere = (
  actor: Actor,
  query: EverywhereQuery,
  listener: SearchListener,
) => Promise<void>;

/** Searches mailbox by mailbox, two at a time; resolves when all have been, or when nobody waits. */
export function createEverywhere(context: MailContext): SearchEverywhere {
  const work = new SharedWork(context.clock, { atOnce: AT_ONCE, lingerMs: LINGER_MS });
  return async (actor, query, { signal, onMailbox: tell }) => {
    const about = { account: OWN_ACCOUNT, mailbox: '', sort: 'date' } as const;
    const criteria = await context.hooks.filter(
      actor.scope,
      'message:search',
      query.criteria,
      about,
    );
    const owner = accountKey(actor);
    const key = `${query.limit} ${criteriaKey(criteria)}`;
    await Promise.all(
      query.mailboxes.map(async (path) => {
        try {
          const mailbox = checkPath(path);
          const at = { owner, key: `${mailbox}\n${key}` };
          const found = await work.run(at, signal, (stopped) =>
            searchOne(context, actor, { mailbox, criteria, limit: query.limit, stopped }),
          );
          const where = { account: OWN_ACCOUNT, mailbox };
          const rows = await context.hooks.filter(actor.scope, 'message:list', found.rows, where);
          if (!signal.aborted) tell({ ...found, rows });
        } catch (thrown) {
          if (!signal.aborted) tell({ mailbox: path, error: toAppError(thrown) });
        }
      }),
    );
  };
}

interface One {
  readonly mailbox: string;
  readonly criteria: Criteria;
  readonly limit: number;
  readonly stopped: AbortSignal;
}

const searchOne = (context: MailContext, actor: Actor, one: One): Promise<FoundIn> =>
  onMailbox(context, actor, one, (place) =>
    whileWanted(place.box.client, one.stopped, async () => {
      const wanted = { criteria: one.criteria, sort: 'date', order: 'desc' } as const;
      const { order } = await findOrder(context, place, wanted);
      const uids = [...order.uids.subarray(0, one.limit)].map((uid) => uid as Uid);
      return {
        mailbox: place.box.path,
        uidValidity: place.box.uidValidity,
        total: order.uids.length,
        rows: await readRows(context, place, uids),
        isIndexed: place.box.capabilities.has('SEARCH=FUZZY'),
      };
    }),
  );

/** IMAP has no command that ends a SEARCH: the connection is closed, and the server stops. */
async function whileWanted<T>(
  client: ImapFlow,
  stopped: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  const left = (): AppError => new AppError('imap/timeout', { details: { step: 'left' } });
  if (stopped.aborted) throw left();
  const close = (): void => client.close();
  stopped.addEventListener('abort', close);
  try {
    return await run();
  } catch (error) {
    // A read is asked once more after a lost connection: not for somebody who left.
    throw stopped.aborted ? left() : error;
  } finally {
    stopped.removeEventListener('abort', close);
  }
}
