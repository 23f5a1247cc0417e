import { createConnection, type Socket } from 'node:net';

export interface ImapServer {
  readonly host: string;
  readonly port: number;
}

const TIMEOUT_MS = 60_000;
// The longest tagged line is the one of LOGIN, which lists the capabilities.
const TAIL_BYTES = 4_096;

/**
 * The leanest client there can be: sends a command, waits for its tagged line, parses nothing. What
 * it measures is the server and the socket.
 */
export class ImapClient {
  readonly #socket: Socket;
  #pieces: Buffer[] = [];
  #tail = '';
  #count = 0;
  #wake: () => void = () => undefined;
  #error: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#tail = (
        this.#tail + piece.toString('latin1', Math.max(0, piece.length - TAIL_BYTES))
      ).slice(-TAIL_BYTES);
      this.#wake();
    });
    const failed = (error?: Error): void => {
      this.#error ??= error ?? new Error('the IMAP server closed the connection');
      this.#wake();
    };
    socket.on('error', failed).on('close', () => failed());
  }

  /** Connects and signs in. */
  static async login(server: ImapServer, username: string, password: string): Promise<ImapClient> {
    const client = new ImapClient(createConnection({ host: server.host, port: server.port }));
    await client.#until(() => /^\* OK .*\r\n$/s.test(client.#tail));
    await client.command(`LOGIN "${username}" "${password}"`);
    return client;
  }

  /** The whole answer; throws unless it is OK. */
  async command(text: string): Promise<Buffer> {
    const tag = `bench${++this.#count}`;
    const end = new RegExp(`(?:^|\\n)${tag} (OK|NO|BAD)[^\\r\\n]*\\r\\n$`);
    this.#pieces = [];
    this.#tail = '';
    this.#socket.write(`${tag} ${text}\r\n`);
    await this.#until(() => end.test(this.#tail));
    const status = end.exec(this.#tail);
    if (status?.[1] !== 'OK') throw new Error(`${text.slice(0, 60)}: ${status?.[0].trim() ?? ''}`);
    return Buffer.concat(this.#pieces);
  }

  /** Time of a command, in milliseconds. */
  async time(text: string): Promise<number> {
    const startedAt = performance.now();
    await this.command(text);
    return performance.now() - startedAt;
  }

  /** Uids that match a search key. */
  async search(key: string): Promise<number[]> {
    const answer = (await this.command(`UID SEARCH ${key}`)).toString('latin1');
    const numbers = /\* SEARCH([ \d]*)\r\n/.exec(answer)?.[1] ?? '';
    return numbers.split(' ').filter(Boolean).map(Number);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.#error) throw this.#error;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no answer from IMAP')), TIMEOUT_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
