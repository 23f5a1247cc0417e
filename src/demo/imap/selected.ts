import { lowerBound, type Mailbox, type StoredMessage, type Watcher } from './store';

const identity = (uid: number): number => uid;

/** What one connection knows of its selected mailbox: sequence numbers change only when it is told. */
export class Selected implements Watcher {
  readonly view: number[];
  private knownUidNext: number;
  private readonly goneUids = new Set<number>();
  private readonly changedUids = new Set<number>();

  constructor(
    readonly mailbox: Mailbox,
    readonly readOnly: boolean,
    private readonly wake: () => void,
  ) {
    this.view = mailbox.messages.map((message) => message.uid);
    this.knownUidNext = mailbox.uidNext;
    mailbox.watchers.add(this);
  }

  close(): void {
    this.mailbox.watchers.delete(this);
  }

  appended(): void {
    this.wake();
  }

  flagged(uid: number): void {
    this.changedUids.add(uid);
    this.wake();
  }

  expunged(uid: number): void {
    this.goneUids.add(uid);
    this.wake();
  }

  /** 1-based sequence number, 0 when this connection does not know the uid. */
  seqOf(uid: number): number {
    const at = lowerBound(this.view, uid, identity);
    return this.view[at] === uid ? at + 1 : 0;
  }

  /** Untagged lines for what changed since the last call; expunges wait when they may not be told. */
  drain(
    mayExpunge: boolean,
    renderFlags: (seq: number, message: StoredMessage) => string,
  ): string[] {
    const lines = mayExpunge ? this.drainExpunged() : [];
    if (this.mailbox.uidNext > this.knownUidNext) lines.push(this.drainAppended());
    for (const uid of this.changedUids) {
      const message = this.mailbox.find(uid);
      const seq = this.seqOf(uid);
      if (message && seq > 0) lines.push(renderFlags(seq, message));
    }
    this.changedUids.clear();
    return lines;
  }

  private drainExpunged(): string[] {
    const lines: string[] = [];
    for (const uid of this.goneUids) {
      const seq = this.seqOf(uid);
      if (seq === 0) continue;
      this.view.splice(seq - 1, 1);
      lines.push(`* ${seq} EXPUNGE\r\n`);
    }
    // One that came and went before it was told must not be announced by drainAppended.
    this.goneUids.clear();
    return lines;
  }

  private drainAppended(): string {
    const from = lowerBound(this.mailbox.messages, this.knownUidNext, (message) => message.uid);
    for (const message of this.mailbox.messages.slice(from)) this.view.push(message.uid);
    this.knownUidNext = this.mailbox.uidNext;
    return `* ${this.view.length} EXISTS\r\n`;
  }
}
