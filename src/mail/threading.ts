import {
  chunks,
  fetchMessages,
  formatSet,
  type Threads,
  threadAlgorithm,
  threadUids,
} from '../imap';
import {
  baseSubject,
  cleanLine,
  firstHeader,
  headerValues,
  messageIds,
  parseHeaders,
} from '../mime';
import type { MailContext } from './context';
import { boxOf, type Place, rowKeys } from './fetch-rows';

/** Threads of a mailbox, and up to which message they are known. */
export interface KnownThreads {
  readonly threads: Threads;
  readonly uidNext: number;
  /** The server cannot thread and the mailbox is too large: only the newest messages were read. */
  readonly isCut: boolean;
}

/**
 * Threads of the whole mailbox, whatever a list shows of it: asked again when something arrived. What
 * was removed since is still named in them.
 */
export async function knownThreads(
  context: MailContext,
  place: Place,
  uids: Uint32Array,
): Promise<KnownThreads> {
  const { caches } = context;
  const key = boxOf(place);
  const cached = caches.threads.get(key);
  const { uidNext } = place.state;
  if (cached && cached.uidNext === uidNext) return cached;
  const algorithm = threadAlgorithm(place.box.capabilities);
  const found = algorithm
    ? {
        threads: await threadUids(place.box.client, algorithm, [{ type: 'ATOM', value: 'ALL' }]),
        isCut: false,
      }
    : await ownThreads(context, place, uids);
  const known = { ...found, uidNext };
  caches.threads.set(key, known);
  return known;
}

const SLICE = 200; // yields to others between slices
const QUERY = { uid: true, headers: ['message-id', 'in-reply-to', 'references', 'subject'] };

/** For a server without THREAD: of the newest messages, as many as are sorted in this process. */
async function ownThreads(
  context: MailContext,
  place: Place,
  uids: Uint32Array,
): Promise<Omit<KnownThreads, 'uidNext'>> {
  const newest = uids.slice().sort().reverse().slice(0, context.limits.sortInProcess);
  const keyOf = rowKeys(place);
  const { threadKeys } = context.caches;
  const keys = new Map<number, ThreadKey>();
  for (const uid of newest) {
    const known = threadKeys.get(keyOf(uid));
    if (known) keys.set(uid, known);
  }
  const unknown = [...newest].filter((uid) => !keys.has(uid));
  for (const slice of chunks(unknown, SLICE)) {
    for (const { uid, headers } of await fetchMessages(place.box.client, formatSet(slice), QUERY)) {
      const key = threadKey(headers ?? Buffer.alloc(0));
      threadKeys.set(keyOf(uid), key);
      keys.set(uid, key);
    }
  }
  return { threads: threadsOf(keys), isCut: newest.length < uids.length };
}

/** What ties a message to others. */
export interface ThreadKey {
  /** Its own Message-ID first, '' without one; then those it refers to. */
  readonly ids: readonly string[];
  /** Base subject (RFC 5256 2.1) in lower case. */
  readonly subject: string;
  /** An answer by its subject that refers to nothing: its program lost what it answers. */
  readonly isLost: boolean;
}

const MAX_IDS = 50; // the nearest ones: a thread of a thousand mails names all of them

function threadKey(header: Buffer): ThreadKey {
  const headers = parseHeaders(header);
  const own = messageIds(firstHeader(headers, 'message-id') ?? '')[0] ?? '';
  const referred = ['references', 'in-reply-to'].flatMap((name) =>
    messageIds(headerValues(headers, name).join(' ')),
  );
  const subject = cleanLine(firstHeader(headers, 'subject') ?? '').slice(0, 500);
  const base = baseSubject(subject);
  return {
    // The first names the root, the last the parent.
    ids: [own, ...referred.slice(0, 1), ...referred.slice(1).slice(-MAX_IDS)],
    subject: base.toLowerCase(),
    isLost: referred.length === 0 && base !== subject,
  };
}

/**
 * Groups by References and In-Reply-To, and answers that lost them by the last message of
 * their subject before them (RFC 5256 joins all of one subject, and with them each number of a monthly
 * letter). `keys` by uid.
 */
export function threadsOf(keys: ReadonlyMap<number, ThreadKey>): Threads {
  const groups = new Groups();
  const ascending = [...keys].sort(([a], [b]) => a - b);
  for (const [uid, { ids }] of ascending) {
    const me = groups.of(`uid ${uid}`);
    for (const id of ids) if (id !== '') groups.join(me, groups.of(`id ${id}`));
  }
  const before = new Map<string, number>();
  for (const [uid, { subject, isLost }] of ascending) {
    const answered = before.get(subject);
    if (isLost && answered !== undefined) {
      groups.join(groups.of(`uid ${uid}`), groups.of(`uid ${answered}`));
    }
    if (subject !== '') before.set(subject, uid);
  }
  const members = new Map<number, number[]>();
  for (const [uid] of ascending) {
    const root = groups.root(groups.of(`uid ${uid}`));
    const there = members.get(root);
    if (there) there.push(uid);
    else members.set(root, [uid]);
  }
  const starts: number[] = [0];
  const all: number[] = [];
  for (const group of members.values()) {
    for (const uid of group) all.push(uid);
    starts.push(all.length);
  }
  return { members: Uint32Array.from(all), starts: Uint32Array.from(starts) };
}

/** Disjoint sets of names. */
class Groups {
  readonly #ids = new Map<string, number>();
  readonly #parents: number[] = [];

  of(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.#parents.length;
    this.#ids.set(name, id);
    this.#parents.push(id);
    return id;
  }

  root(id: number): number {
    let at = id;
    for (let up = this.#parents[at]; up !== undefined && up !== at; up = this.#parents[at]) {
      const above = this.#parents[up] ?? up;
      this.#parents[at] = above;
      at = above;
    }
    return at;
  }

  join(a: number, b: number): void {
    this.#parents[this.root(b)] = this.root(a);
  }
}
