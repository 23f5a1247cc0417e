import { createConnection, type Socket } from 'node:net';

/** The tagged answer of a command and what came before it. */
export interface RawReply {
  readonly status: string;
  readonly text: string;
  /** Untagged lines, literals included in place, read as latin1. */
  readonly untagged: readonly string[];
}

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * A second IMAP client, without any library: what tests use to change things "from elsewhere" and
 * to say to a server what a good client would not.
 */
export class RawImap {
  private received = '';
  private ended = false;
  private tag = 0;
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.wake();
    });
    const end = (): void => {
      this.ended = true;
      this.wake();
    };
    socket.on('close', end).on('error', end);
  }

  /** Connects and reads the greeting. */
  static async connect(server: { readonly host: string; readonly port: number }): Promise<RawImap> {
    const client = new RawImap(createConnection({ host: server.host, port: server.port }));
    await client.line();
    return client;
  }

  static async login(
    server: { readonly host: string; readonly port: number },
    username: string,
    password: string,
  ): Promise<RawImap> {
    const client = await RawImap.connect(server);
    await client.ok(`LOGIN "${username}" "${password}"`);
    return client;
  }

  /** Sends a command; each literal is sent after the server has asked for it. */
  async command(text: string, ...literals: readonly Buffer[]): Promise<RawReply> {
    const tag = `T${++this.tag}`;
    const untagged: string[] = [];
    const pieces = text.split('{}');
    let before = `${tag} `;
    for (const [index, literal] of literals.entries()) {
      this.socket.write(`${before}${pieces[index]}{${literal.length}}\r\n`);
      before = '';
      const answer = await this.answerTo(tag, untagged);
      if (answer.startsWith(tag)) return reply(answer, tag, untagged);
      this.socket.write(literal);
    }
    this.socket.write(`${before}${pieces[literals.length] ?? ''}\r\n`);
    return reply(await this.answerTo(tag, untagged), tag, untagged);
  }

  /** The same, and throws unless the answer is OK. */
  async ok(text: string, ...literals: readonly Buffer[]): Promise<RawReply> {
    const answer = await this.command(text, ...literals);
    if (answer.status !== 'OK') throw new Error(`${text.split(' ')[0]}: ${answer.text}`);
    return answer;
  }

  append(path: string, raw: Buffer | string, flags = ''): Promise<RawReply> {
    return this.ok(`APPEND "${path}" (${flags}) {}`, Buffer.from(raw));
  }

  /** Starts IDLE; the function returned ends it and gives what the server told meanwhile. */
  async idle(): Promise<() => Promise<readonly string[]>> {
    const tag = `T${++this.tag}`;
    const untagged: string[] = [];
    this.socket.write(`${tag} IDLE\r\n`);
    await this.answerTo(tag, untagged);
    return async () => {
      this.socket.write('DONE\r\n');
      await this.answerTo(tag, untagged);
      return untagged;
    };
  }

  /** Next line from the server, literals joined to it. */
  async line(): Promise<string> {
    let text = '';
    for (;;) {
      const end = await this.waitFor('\r\n');
      text += this.take(end + 2);
      const literal = /\{(\d+)\}\r\n$/.exec(text);
      if (!literal) return text.slice(0, -2);
      await this.waitUntil(() => this.received.length >= Number(literal[1]));
      text += this.take(Number(literal[1]));
    }
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    while (!this.ended) await this.waitForEvent();
  }

  close(): void {
    this.socket.destroy();
  }

  private async answerTo(tag: string, untagged: string[]): Promise<string> {
    for (;;) {
      const line = await this.line();
      if (line.startsWith('+') || line.startsWith(`${tag} `)) return line;
      untagged.push(line);
    }
  }

  private take(length: number): string {
    const text = this.received.slice(0, length);
    this.received = this.received.slice(length);
    return text;
  }

  private async waitFor(text: string): Promise<number> {
    await this.waitUntil(() => this.received.includes(text));
    return this.received.indexOf(text);
  }

  private async waitUntil(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.ended) throw new Error('the server closed the connection');
      await this.waitForEvent();
    }
  }

  private waitForEvent(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer')), ANSWER_TIMEOUT_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function reply(answer: string, tag: string, untagged: readonly string[]): RawReply {
  const [status = ''] = answer.slice(tag.length + 1).split(' ');
  return { status, text: answer.slice(tag.length + 1), untagged };
}
