/** What the server does wrong on purpose. Each stays until changed; `clear` ends them all. */
export interface ImapFaults {
  /** Cuts every connection after `n` more commands, or in mid-answer after `n` more bytes; once. */
  dropAfter(n: number, unit?: 'commands' | 'bytes'): void;
  /** Commands are read and never answered; new connections get no greeting. */
  silent(on: boolean): void;
  /** Waits before each command. */
  slowMs(n: number): void;
  /** Answers are replaced by bytes that are not IMAP. */
  garble(on: boolean): void;
  /** Answers a command (`'SELECT'`, `'UID MOVE'`, `'LOGIN'`…) with NO or BAD and this text, response
   * code included; without text the command works again. */
  refuse(command: string, text?: string, status?: 'NO' | 'BAD'): void;
  /** Refuses APPEND to one mailbox, or to all; without text it works again. */
  failAppend(text?: string, path?: string): void;
  /** Changes are no longer told to idling connections, which stay open. */
  muteIdle(on: boolean): void;
  /** Says BYE to every connection and closes them. */
  bye(text?: string): void;
  /** Closes every connection and refuses new ones until called with false. */
  down(on: boolean): void;
  clear(): void;
}

/** The state behind {@link ImapFaults}, read by every connection. */
export class FaultState implements ImapFaults {
  isSilent = false;
  isGarbled = false;
  isDown = false;
  isIdleMute = false;
  delayMs = 0;
  private commandsLeft: number | undefined;
  private bytesLeft: number | undefined;
  private readonly refusals = new Map<string, string>();
  private appendRefusal: { text: string; path: string | undefined } | undefined;

  constructor(private readonly closeAll: (bye: string | undefined) => void) {}

  dropAfter(n: number, unit: 'commands' | 'bytes' = 'commands'): void {
    if (unit === 'commands') this.commandsLeft = n;
    else this.bytesLeft = n;
  }

  silent(on: boolean): void {
    this.isSilent = on;
  }

  slowMs(n: number): void {
    this.delayMs = n;
  }

  garble(on: boolean): void {
    this.isGarbled = on;
  }

  refuse(command: string, text?: string, status: 'NO' | 'BAD' = 'NO'): void {
    if (text === undefined) this.refusals.delete(command.toUpperCase());
    else this.refusals.set(command.toUpperCase(), `${status} ${text}`);
  }

  failAppend(text?: string, path?: string): void {
    this.appendRefusal = text === undefined ? undefined : { text, path };
  }

  muteIdle(on: boolean): void {
    this.isIdleMute = on;
  }

  bye(text = 'the server is restarting'): void {
    this.closeAll(text);
  }

  down(on: boolean): void {
    this.isDown = on;
    if (on) this.closeAll(undefined);
  }

  clear(): void {
    this.isSilent = this.isGarbled = this.isDown = this.isIdleMute = false;
    this.delayMs = 0;
    this.commandsLeft = this.bytesLeft = undefined;
    this.refusals.clear();
    this.appendRefusal = undefined;
  }

  /** The refusal of a command, if one is set. */
  refusalOf(command: string): string | undefined {
    return this.refusals.get(command);
  }

  appendRefusalOf(path: string): string | undefined {
    const refusal = this.appendRefusal;
    return refusal && (refusal.path === undefined || refusal.path === path)
      ? `NO ${refusal.text}`
      : undefined;
  }

  /** Counts one command; true when this is the one that cuts every connection. */
  dropsAtCommand(): boolean {
    if (this.commandsLeft === undefined) return false;
    if (this.commandsLeft-- > 0) return false;
    this.commandsLeft = undefined;
    return true;
  }

  /** How many of the bytes about to be written may go before the cut; undefined for all. */
  cutWithin(bytes: number): number | undefined {
    if (this.bytesLeft === undefined) return undefined;
    this.bytesLeft -= bytes;
    if (this.bytesLeft >= 0) return undefined;
    const allowed = this.bytesLeft + bytes;
    this.bytesLeft = undefined;
    return allowed;
  }
}
