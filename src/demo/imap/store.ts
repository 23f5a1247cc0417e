import { type MimePart, parseMime } from './mime-tree';
import type { DemoImapUser, DemoMessage } from './types';

const DEFAULT_QUOTA_BYTES = 1024 ** 3;

/** Who must hear of changes made by others: one per connection that has the mailbox selected. */
export interface Watcher {
  appended(): void;
  flagged(uid: number): void;
  expunged(uid: number): void;
}

export class StoredMessage {
  modseq = 0;
  private tree: MimePart | undefined;
  /** Decoded, lower-cased words for SEARCH, made on first use. */
  searchable: { headers: string; body: string } | undefined;
  /** ENVELOPE and BODYSTRUCTURE as sent, made on first use: they never change for a uid. */
  readonly rendered = new Map<string, Buffer>();

  constructor(
    readonly uid: number,
    readonly raw: Buffer,
    readonly flags: Set<string>,
    readonly internalDate: Date,
  ) {}

  get mime(): MimePart {
    this.tree ??= parseMime(this.raw);
    return this.tree;
  }
}

/** One mailbox shared by every connection of its user; messages are in UID order. */
export class Mailbox {
  uidNext = 1;
  modseq = 1;
  subscribed = true;
  messages: StoredMessage[] = [];
  readonly watchers = new Set<Watcher>();

  constructor(
    public path: string,
    public uidValidity: number,
    public specialUse?: string,
  ) {}

  add(message: DemoMessage): StoredMessage {
    const raw = typeof message.raw === 'string' ? Buffer.from(message.raw) : message.raw;
    const flags = new Set((message.flags ?? []).map(canonicalFlag));
    const stored = new StoredMessage(
      this.uidNext++,
      raw,
      flags,
      message.internalDate ?? new Date(),
    );
    stored.modseq = ++this.modseq;
    this.messages.push(stored);
    for (const watcher of this.watchers) watcher.appended();
    return stored;
  }

  find(uid: number): StoredMessage | undefined {
    const at = lowerBound(this.messages, uid, (message) => message.uid);
    const message = this.messages[at];
    return message?.uid === uid ? message : undefined;
  }

  remove(uids: ReadonlySet<number>): void {
    if (uids.size === 0) return;
    this.messages = this.messages.filter((message) => !uids.has(message.uid));
    this.modseq++;
    for (const watcher of this.watchers) for (const uid of uids) watcher.expunged(uid);
  }

  /** Replaces the flags of a message; the watcher that asked is not told. */
  setFlags(message: StoredMessage, flags: ReadonlySet<string>, except?: Watcher): void {
    message.flags.clear();
    for (const flag of flags) message.flags.add(flag);
    message.modseq = ++this.modseq;
    for (const watcher of this.watchers) if (watcher !== except) watcher.flagged(message.uid);
  }

  unseen(): StoredMessage[] {
    return this.messages.filter((message) => !message.flags.has('\\Seen'));
  }

  sizeBytes(): number {
    return this.messages.reduce((sum, message) => sum + message.raw.length, 0);
  }
}

/** All mailboxes of one user. */
export class Account {
  private made: Map<string, Mailbox> | undefined;
  readonly username: string;
  readonly password: string;
  readonly quotaBytes: number;
  private nextValidity: number;

  constructor(
    private readonly user: DemoImapUser,
    uidValidity: number,
  ) {
    this.username = user.username;
    this.password = user.password;
    this.quotaBytes = user.quotaBytes ?? DEFAULT_QUOTA_BYTES;
    this.nextValidity = uidValidity;
  }

  /** Filled when first asked for: of those who have an account, few sign in. */
  get mailboxes(): Map<string, Mailbox> {
    if (!this.made) {
      this.made = new Map();
      this.create('INBOX');
      for (const wanted of this.user.mailboxes) {
        const mailbox = this.get(wanted.path) ?? this.create(wanted.path, wanted.specialUse);
        mailbox.subscribed = wanted.subscribed ?? true;
        for (const message of wanted.messages ?? []) mailbox.add(message);
      }
    }
    return this.made;
  }

  get(path: string): Mailbox | undefined {
    return this.mailboxes.get(canonicalPath(path));
  }

  create(path: string, specialUse?: string): Mailbox {
    const mailbox = new Mailbox(canonicalPath(path), this.nextValidity++, specialUse);
    this.mailboxes.set(mailbox.path, mailbox);
    return mailbox;
  }

  hasChildren(path: string): boolean {
    const prefix = `${path}/`;
    return [...this.mailboxes.keys()].some((key) => key.startsWith(prefix));
  }

  usedBytes(): number {
    return [...this.mailboxes.values()].reduce((sum, mailbox) => sum + mailbox.sizeBytes(), 0);
  }
}

/** INBOX is case-insensitive (RFC 3501 5.1); every other name is not. */
export const canonicalPath = (path: string): string =>
  path.toUpperCase() === 'INBOX' ? 'INBOX' : path.replace(/^INBOX\//i, 'INBOX/');

const SYSTEM_FLAGS = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'];

/** System flags are case-insensitive; keywords are kept as written. */
export const canonicalFlag = (flag: string): string =>
  SYSTEM_FLAGS.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag;

/** Index of the first item whose key is at least `wanted`, in a list sorted by key. */
export function lowerBound<T>(
  items: readonly T[],
  wanted: number,
  key: (item: T) => number,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle] as T) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
