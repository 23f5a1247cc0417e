import type { Clock } from '../base/clock';
import type { ListedMailbox } from '../imap';
import { type Cache, createCache } from '../kernel/cache';
import { type OpenedMessage, weighOpened } from './opened-message';
import type { Order } from './order';
import type { FlagState, RowContent } from './rows';
import type { KnownThreads, ThreadKey } from './threading';
import type { MessageBody, Quota } from './types';

export interface CacheSizes {
  readonly rows: number;
  readonly rowBytes: number;
  readonly orderBytes: number;
  readonly messages: number;
  /** Structures, headers and recipients of opened messages. */
  readonly openedBytes: number;
  /** Encoded parts and rendered bodies, each. */
  readonly bodyBytes: number;
  readonly trees: number;
}

export const DEFAULT_CACHE_SIZES: CacheSizes = {
  rows: 40_000, // about 0.7 kB each; hostile ones twenty times that
  rowBytes: 40 * 1024 * 1024,
  orderBytes: 64 * 1024 * 1024, // 160 lists of 100,000 messages
  messages: 2_000, // about 8 kB each; one to 3,000 people 0.7 MB
  openedBytes: 32 * 1024 * 1024,
  bodyBytes: 24 * 1024 * 1024,
  trees: 2_000,
};

/** What is known of a row; flags are replaced as they change, the content never is. */
export interface CachedRow {
  readonly content: RowContent;
  flags: FlagState;
}

/** Bytes in memory, about: objects, and two for a character. */
function weighRow({ content, flags }: CachedRow): number {
  const people = [...content.from, ...content.to];
  const texts = [content.subject, content.messageId ?? '', ...flags.flags];
  const chars = [...texts, ...people.flatMap(({ name, mail }) => [name, mail])];
  return chars.reduce((sum, text) => sum + 16 + text.length * 2, 300 + people.length * 40);
}

/** Everything the mail domain keeps in memory: bounded, discardable, rebuilt from the server. */
export interface MailCaches {
  readonly rows: Cache<CachedRow>;
  /** Lists of one mailbox, by sort and criteria; key of `box-key`. */
  readonly orders: Cache<ReadonlyMap<string, Order>>;
  /** Whether a message has an attachment, for searches; by row key. */
  readonly attachments: Cache<boolean>;
  /** Sort keys read for servers without SORT; by row key. */
  readonly sortKeys: Cache<string>;
  /** Threads of a whole mailbox; key of `box-key`. */
  readonly threads: Cache<KnownThreads>;
  /** What ties messages, read for servers without THREAD; by row key. */
  readonly threadKeys: Cache<ThreadKey>;
  readonly opened: Cache<OpenedMessage>;
  readonly parts: Cache<Buffer>;
  readonly bodies: Cache<MessageBody>;
  readonly trees: Cache<readonly ListedMailbox[]>;
  /** The last known tree, whatever its counters: which mailbox is Trash seldom changes. */
  readonly roles: Cache<readonly ListedMailbox[]>;
  /** Special-use mailboxes that the server would not make; key of the tree with the use. */
  readonly unmade: Cache<true>;
  /** Storage used; `none` where the server has no quota, or did not say. */
  readonly quotas: Cache<Quota | 'none'>;
  /** Messages that the agent's own moves and copies put where they are; by row key. */
  readonly placed: Cache<true>;
  deletePrefix(prefix: string): void;
}

const TREE_TTL_MS = 20_000; // counters older than this are asked again; events come earlier
const ROLES_TTL_MS = 10 * 60_000;
const UNMADE_TTL_MS = 10 * 60_000; // a server that refuses one will refuse it on the next page too
const QUOTA_TTL_MS = 2 * 60_000; // a bar at the foot of the folders, not an account statement
const BODY_TTL_MS = 15 * 60_000;
const PLACED_TTL_MS = 15 * 60_000; // a list that refreshes notices its new lines long before

export function createCaches(clock: Clock, sizes: CacheSizes): MailCaches {
  const caches = {
    rows: createCache<CachedRow>({
      clock,
      max: sizes.rows,
      maxWeight: sizes.rowBytes,
      weigh: weighRow,
    }),
    orders: createCache<ReadonlyMap<string, Order>>({
      clock,
      max: 10_000,
      maxWeight: sizes.orderBytes,
      weigh: (orders) => [...orders.values()].reduce((sum, one) => sum + one.uids.byteLength, 200),
    }),
    attachments: createCache<boolean>({ clock, max: sizes.rows }),
    sortKeys: createCache<string>({ clock, max: sizes.rows }),
    threads: createCache<KnownThreads>({
      clock,
      max: 5_000,
      maxWeight: sizes.orderBytes,
      weigh: ({ threads }) => threads.members.byteLength + threads.starts.byteLength + 200,
    }),
    threadKeys: createCache<ThreadKey>({
      clock,
      max: sizes.rows,
      maxWeight: sizes.rowBytes,
      weigh: ({ ids, subject }) =>
        ids.reduce((sum, id) => sum + 16 + id.length * 2, 100 + subject.length * 2),
    }),
    opened: createCache<OpenedMessage>({
      clock,
      max: sizes.messages,
      ttlMs: BODY_TTL_MS,
      maxWeight: sizes.openedBytes,
      weigh: weighOpened,
    }),
    parts: createCache<Buffer>({
      clock,
      max: 5_000,
      ttlMs: BODY_TTL_MS,
      maxWeight: sizes.bodyBytes,
      weigh: (bytes) => bytes.length,
    }),
    bodies: createCache<MessageBody>({
      clock,
      max: 5_000,
      ttlMs: BODY_TTL_MS,
      maxWeight: sizes.bodyBytes,
      weigh: (body) => body.html.length * 2,
    }),
    trees: createCache<readonly ListedMailbox[]>({ clock, max: sizes.trees, ttlMs: TREE_TTL_MS }),
    roles: createCache<readonly ListedMailbox[]>({ clock, max: sizes.trees, ttlMs: ROLES_TTL_MS }),
    unmade: createCache<true>({ clock, max: sizes.trees * 5, ttlMs: UNMADE_TTL_MS }),
    quotas: createCache<Quota | 'none'>({ clock, max: sizes.trees, ttlMs: QUOTA_TTL_MS }),
    placed: createCache<true>({ clock, max: 10_000, ttlMs: PLACED_TTL_MS }),
  };
  return {
    ...caches,
    deletePrefix(prefix) {
      for (const cache of Object.values(caches)) cache.deletePrefix(prefix);
    },
  };
}
