/** A command as received: text pieces (latin1), and the literals between them. */
export type CommandPiece = string | Buffer;

export interface ReaderEvents {
  /** A whole command, literals included, without its last line end. */
  command(pieces: CommandPiece[]): void;
  /** A synchronising literal is announced: true to receive it, after `+` has been written. */
  literal(sizeBytes: number, sofar: readonly CommandPiece[]): boolean;
  /** A line or literal over the limits: the connection cannot be read any further. */
  tooLong(): void;
}

const MAX_LINE_BYTES = 1024 * 1024; // a FETCH of many uids is long; Dovecot stops at 64 kB by default
const MAX_LITERAL_BYTES = 100 * 1024 * 1024;

/** Cuts a byte stream into commands (RFC 3501 4.3, RFC 7888 for `{n+}`). */
export class CommandReader {
  private pieces: CommandPiece[] = [];
  private line: Buffer[] = [];
  private lineBytes = 0;
  private literal: { target: Buffer; filled: number } | undefined;
  private dead = false;

  constructor(private readonly events: ReaderEvents) {}

  feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.dead) {
      at = this.literal ? this.takeLiteral(chunk, at) : this.takeLine(chunk, at);
    }
  }

  private takeLiteral(chunk: Buffer, at: number): number {
    const literal = this.literal;
    if (!literal) return at;
    const taken = chunk.copy(literal.target, literal.filled, at);
    literal.filled += taken;
    if (literal.filled === literal.target.length) {
      this.pieces.push(literal.target);
      this.literal = undefined;
    }
    return at + taken;
  }

  private takeLine(chunk: Buffer, at: number): number {
    const lf = chunk.indexOf(10, at);
    const end = lf === -1 ? chunk.length : lf + 1;
    this.line.push(chunk.subarray(at, end));
    this.lineBytes += end - at;
    if (this.lineBytes > MAX_LINE_BYTES) {
      this.fail();
      return chunk.length;
    }
    if (lf !== -1) this.endLine();
    return end;
  }

  private endLine(): void {
    const text = Buffer.concat(this.line)
      .toString('latin1')
      .replace(/\r?\n$/, '');
    this.line = [];
    this.lineBytes = 0;
    const announced = /\{(\d{1,12})(\+?)\}$/.exec(text);
    if (!announced) {
      const pieces = [...this.pieces, text];
      this.pieces = [];
      this.events.command(pieces);
      return;
    }
    this.pieces.push(text.slice(0, announced.index));
    const size = Number(announced[1]);
    if (size > MAX_LITERAL_BYTES) {
      this.fail();
      return;
    }
    if (announced[2] === '' && !this.events.literal(size, this.pieces)) {
      this.pieces = [];
      return;
    }
    if (size === 0) this.pieces.push(Buffer.alloc(0));
    else this.literal = { target: Buffer.alloc(size), filled: 0 };
  }

  private fail(): void {
    this.dead = true;
    this.events.tooLong();
  }
}
