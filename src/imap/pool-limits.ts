export interface PoolLimits {
  /** Connections of one account in this process: one primary and a burst. */
  readonly connections: number;
  /** Callers that may wait for a free connection. */
  readonly waiting: number;
  readonly connectMs: number;
  /** A whole call, its wait and connection included. */
  readonly commandMs: number;
  /** Nobody watches and nothing was asked for this long: close. */
  readonly idleCloseMs: number;
  readonly burstCloseMs: number;
  /**
   * How long a call waits for the connection at work that has its mailbox, rather than select it
   * on a second one: each of two then reads anew what the other changed, and Dovecot the whole
   * folder for it (170 ms for 100,000 messages). Short: a long transfer blocks nobody.
   */
  readonly sameMailboxMs: number;
  /**
   * Silence after which the primary goes back to IDLE; leaving it costs the same, so that a burst
   * of clicks should not. Meanwhile the answers to commands tell what is new.
   */
  readonly quietMs: number;
  /** The same for a mailbox that nothing is known of yet. */
  readonly firstQuietMs: number;
  /** An idling connection is proved alive, and other watched mailboxes are polled. */
  readonly pollMs: number;
}
