import type { Session } from '../session';
import type { Token } from '../tokens';

/** One IMAP command. */
export interface Command {
  readonly needs: 'nothing' | 'account' | 'mailbox';
  /** Not served when this capability is hidden. */
  readonly capability?: string;
  /** May be prefixed by UID. */
  readonly byUid?: boolean;
  /** Sends untagged answers and returns the tagged one without its tag. */
  run(session: Session, args: readonly Token[], byUid: boolean): string | Promise<string>;
}
