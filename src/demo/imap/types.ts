/** One message put into a demo mailbox. */
export interface DemoMessage {
  readonly raw: Buffer | string;
  readonly flags?: readonly string[];
  readonly internalDate?: Date;
}

/** One mailbox of a demo user; `path` is decoded, with `/` between levels. */
export interface DemoMailbox {
  readonly path: string;
  readonly specialUse?: string;
  readonly subscribed?: boolean;
  readonly messages?: readonly DemoMessage[];
}

export interface DemoImapUser {
  readonly username: string;
  readonly password: string;
  /** Other logins for the same mailboxes: the mail address mostly. */
  readonly aliases?: readonly string[];
  readonly mailboxes: readonly DemoMailbox[];
  /** Storage limit told by GETQUOTA and applied to APPEND and COPY; 1 GB unless told. */
  readonly quotaBytes?: number;
}

/** Who may open the mailboxes of others: `person*username` with this password, as Dovecot has it. */
export interface DemoMaster {
  readonly username: string;
  readonly password: string;
  /** Logins of those whose mail it opens. */
  readonly opens: readonly string[];
}

/** Whose token it is, as a provider says; `undefined` for nobody's. */
export type TokenCheck = (accessToken: string) => Promise<string | undefined>;

export interface DemoImapOptions {
  readonly users: readonly DemoImapUser[];
  readonly masters?: readonly DemoMaster[];
  /** With it, `AUTH=XOAUTH2` is offered. */
  readonly whose?: TokenCheck;
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Capability names not announced and, for commands, not served: exercises fallbacks. */
  readonly hide?: readonly string[];
  /** Connections allowed at once for a user; LOGIN beyond it is refused with `[LIMIT]`. */
  readonly maxConnectionsPerUser?: number;
}

/** What `mailbox()` shows of one stored message. */
export interface SeenMessage {
  readonly uid: number;
  readonly flags: readonly string[];
  readonly internalDate: Date;
  readonly raw: Buffer;
}

export interface DemoImapStats {
  /** Connections open now. */
  readonly connections: number;
  /** Connections accepted since the start. */
  readonly accepted: number;
  /** Commands received since the start. */
  readonly commands: number;
  /** The last commands, without their arguments and literals, oldest first (at most 1,000). */
  readonly recent: readonly string[];
}
