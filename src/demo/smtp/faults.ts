/** Where a conversation can be stopped. */
export type SmtpStage = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data';

/** What the server does wrong on purpose. Each stays until changed; `clear` ends them all. */
export interface SmtpFaults {
  /** Answers RCPT of an address with a code (550, 452…); without code it is accepted again. */
  reject(address: string, code?: number): void;
  /** MAIL FROM is answered 451. */
  tempfail(on: boolean): void;
  /** The end of data is answered with this code and nothing is delivered; undefined ends it. */
  refuseData(code?: number): void;
  /** The next message is accepted and delivered, then the connection is cut before the answer. */
  dropAfterData(on?: boolean): void;
  /** Never answers from this stage on; false ends it for new conversations. */
  silent(stage: SmtpStage | false): void;
  /** Waits this long before each answer. */
  slow(ms: number): void;
  /** New connections are reset. */
  down(on: boolean): void;
  clear(): void;
}

export class SmtpFaultState implements SmtpFaults {
  isTemporary = false;
  isDown = false;
  dataCode: number | undefined;
  private readonly rejected = new Map<string, number>();
  private dropsNext = false;
  private silentStage: SmtpStage | false = false;
  private delayMs = 0;

  reject(address: string, code?: number): void {
    if (code === undefined) this.rejected.delete(address.toLowerCase());
    else this.rejected.set(address.toLowerCase(), code);
  }

  tempfail(on: boolean): void {
    this.isTemporary = on;
  }

  refuseData(code?: number): void {
    this.dataCode = code;
  }

  dropAfterData(on = true): void {
    this.dropsNext = on;
  }

  silent(stage: SmtpStage | false): void {
    this.silentStage = stage;
  }

  slow(ms: number): void {
    this.delayMs = ms;
  }

  down(on: boolean): void {
    this.isDown = on;
  }

  clear(): void {
    this.isTemporary = this.isDown = this.dropsNext = false;
    this.dataCode = undefined;
    this.rejected.clear();
    this.silentStage = false;
    this.delayMs = 0;
  }

  codeFor(address: string): number | undefined {
    return this.rejected.get(address.toLowerCase());
  }

  /** True once when the answer to the message just accepted must be lost. */
  takeDrop(): boolean {
    const drops = this.dropsNext;
    this.dropsNext = false;
    return drops;
  }

  /** Goes on with the conversation, at once, later or never. */
  at(stage: SmtpStage, goOn: () => void): void {
    if (this.silentStage === stage) return;
    if (this.delayMs > 0) setTimeout(goOn, this.delayMs);
    else goOn();
  }
}
