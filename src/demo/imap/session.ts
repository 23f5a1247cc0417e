import type { Socket } from 'node:net';
import { COMMANDS, type Command } from './commands';
import type { FaultState } from './faults';
import type { Chunk } from './fetch';
import { type CommandPiece, CommandReader } from './reader';
import { Selected } from './selected';
import type { Account, Mailbox, StoredMessage } from './store';
import { parseTokens, SyntaxProblem } from './tokens';

/** What a connection needs of its server. */
export interface SessionContext {
  readonly faults: FaultState;
  /** Announced capabilities, upper case. */
  readonly capabilities: ReadonlySet<string>;
  /** Checks a login; a string is the text of the refusal. */
  signIn(username: string, password: string, session: Session): Account | string;
  /** The same with the access token of a provider. */
  signInByToken(username: string, token: string, session: Session): Promise<Account | string>;
  count(command: string): void;
  dropAll(): void;
}

const MAX_NAME_LENGTH = 30; // of a command in the statistics
const GARBAGE = Buffer.from(
  '\x00\xff* <script>alert(1)</script> )]}\r\n* "unfinished\r\n',
  'latin1',
);

/** One IMAP connection. */
export class Session {
  account: Account | undefined;
  selected: Selected | undefined;
  /** CONDSTORE was used or enabled: MODSEQ goes with every flag change (RFC 7162 3.1). */
  condstore = false;
  isIdle = false;
  private queue: Promise<void> = Promise.resolve();
  private nextLine: ((line: string) => void) | undefined;
  private readonly reader: CommandReader;

  constructor(
    private readonly socket: Socket,
    readonly context: SessionContext,
  ) {
    this.reader = new CommandReader({
      command: (pieces) => this.receive(pieces),
      literal: () => {
        this.send('+ OK\r\n');
        return true;
      },
      tooLong: () => this.bye('too long'),
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.reader.feed(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.leave());
    this.send(`* OK [CAPABILITY ${this.capabilityLine()}] Messagerie de démonstration\r\n`);
  }

  has(capability: string): boolean {
    return this.context.capabilities.has(capability);
  }

  capabilityLine(): string {
    return [...this.context.capabilities].join(' ');
  }

  send(...chunks: readonly Chunk[]): void {
    const { faults } = this.context;
    if (faults.isSilent || this.socket.destroyed) return;
    if (faults.isGarbled) {
      this.socket.write(GARBAGE);
      return;
    }
    for (const chunk of chunks) {
      const allowed = faults.cutWithin(chunk.length);
      if (allowed !== undefined) {
        this.socket.write(encode(chunk).subarray(0, allowed));
        this.context.dropAll();
        return;
      }
      this.socket.write(encode(chunk));
    }
  }

  bye(text: string): void {
    if (!this.socket.destroyed) this.socket.end(`* BYE ${text}\r\n`);
    this.leave();
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  select(mailbox: Mailbox, readOnly: boolean): Selected {
    this.unselect();
    this.selected = new Selected(mailbox, readOnly, () => this.wake());
    return this.selected;
  }

  unselect(): void {
    this.selected?.close();
    this.selected = undefined;
  }

  /** Tells what changed elsewhere; never an expunge inside a command on sequence numbers. */
  flush(mayExpunge: boolean): void {
    const lines = this.selected?.drain(mayExpunge, (seq, message) => this.flagsLine(seq, message));
    if (lines && lines.length > 0) this.send(lines.join(''));
  }

  flagsLine(seq: number, message: StoredMessage): string {
    const modseq = this.condstore ? ` MODSEQ (${message.modseq})` : '';
    return `* ${seq} FETCH (UID ${message.uid} FLAGS (${[...message.flags].join(' ')})${modseq})\r\n`;
  }

  /** The next line from the client, asked with a continuation (AUTHENTICATE, IDLE). */
  askLine(prompt: string): Promise<string> {
    return new Promise((resolve) => {
      this.nextLine = resolve;
      this.send(`+ ${prompt}\r\n`);
    });
  }

  private wake(): void {
    if (this.isIdle && !this.context.faults.isIdleMute) this.flush(true);
  }

  private leave(): void {
    this.unselect();
    this.account = undefined;
  }

  private receive(pieces: CommandPiece[]): void {
    const [first] = pieces;
    if (this.nextLine && typeof first === 'string') {
      const resolve = this.nextLine;
      this.nextLine = undefined;
      resolve(first);
      return;
    }
    this.queue = this.queue.then(() => this.run(pieces)).catch(() => this.destroy());
  }

  private async run(pieces: readonly CommandPiece[]): Promise<void> {
    const { faults } = this.context;
    const [first = '', ...more] = pieces;
    const line = String(first);
    const tag = /^[^\s(){%*"\\+]+/.exec(line)?.[0] ?? '*';
    const rest = line.slice(tag.length).trimStart();
    const name = /^(?:UID )?[^\s(]*/i.exec(rest)?.[0].toUpperCase() ?? '';
    this.context.count(name.slice(0, MAX_NAME_LENGTH));
    if (faults.dropsAtCommand()) {
      this.context.dropAll();
      return;
    }
    if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs));
    if (this.socket.destroyed) return;
    this.socket.cork();
    const running = this.answer(name, [rest.slice(name.length), ...more]);
    // IDLE and AUTHENTICATE wait for the client in the middle: their prompts must go out.
    setImmediate(() => this.socket.uncork());
    const reply = await running;
    this.flush(mayTellExpunge(name));
    this.send(`${tag} ${reply}\r\n`);
    if (name === 'LOGOUT') this.end();
  }

  private async answer(name: string, pieces: readonly CommandPiece[]): Promise<string> {
    const byUid = name.startsWith('UID ');
    const command: Command | undefined = COMMANDS[byUid ? name.slice(4) : name];
    const known = command && (!byUid || command.byUid) && this.isOffered(command);
    if (!known) return 'BAD unknown command';
    if (command.needs === 'account' && !this.account) return 'BAD sign in first';
    if (command.needs === 'mailbox' && !this.selected) return 'BAD no mailbox selected';
    const refusal = this.context.faults.refusalOf(name);
    if (refusal) return refusal;
    try {
      return await command.run(this, parseTokens(pieces), byUid);
    } catch (error) {
      if (error instanceof SyntaxProblem) return `BAD ${error.message}`;
      if (error instanceof RangeError) return 'BAD too complex';
      throw error;
    }
  }

  private isOffered(command: Command): boolean {
    return command.capability === undefined || this.has(command.capability);
  }
}

/** RFC 3501 7.4.1: no EXPUNGE while a FETCH, STORE or SEARCH by sequence number is answered. */
const mayTellExpunge = (name: string): boolean => !['FETCH', 'STORE', 'SEARCH'].includes(name);

const encode = (chunk: Chunk): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
