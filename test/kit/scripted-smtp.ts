import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';

/** What a server says at each step; a step left out goes well. */
export interface Script {
  readonly greeting?: string;
  readonly extensions?: readonly string[];
  /** Reply to AUTH, or to each line of the exchange, which a `334` prolongs. */
  readonly auth?: string | ((line: string) => string);
  readonly mail?: string;
  /** By address. */
  readonly rcpt?: Readonly<Record<string, string>>;
  /** Reply to the command DATA. */
  readonly data?: string;
  /** Reply to the final dot: `drop` cuts the connection, `silent` never answers. */
  readonly end?: string;
  /** Cuts the connection after this many bytes of the message. */
  readonly cutAfterBytes?: number;
  /** Never answers this command. */
  readonly silentAt?: string;
  readonly tls?: { readonly key: string; readonly cert: string; readonly implicit?: boolean };
}

export interface Delivered {
  readonly from: string;
  readonly to: readonly string[];
  /** Dots unstuffed. */
  readonly raw: string;
}

export interface ScriptedSmtp {
  readonly port: number;
  readonly commands: string[];
  /** Messages whose final dot arrived and that were not refused. */
  readonly delivered: Delivered[];
  script: Script;
  close(): Promise<void>;
}

/** A submission server that does what a script says; one conversation per connection. */
export async function startScriptedSmtp(script: Script = {}): Promise<ScriptedSmtp> {
  const sockets = new Set<Socket>();
  const state: ScriptedSmtp = {
    port: 0,
    commands: [],
    delivered: [],
    script,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    new Conversation(socket, state).greet();
  };
  const server = script.tls?.implicit
    ? createTlsServer({ key: script.tls.key, cert: script.tls.cert }, accept)
    : createServer(accept);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return Object.assign(state, { port: (server.address() as AddressInfo).port });
}

class Conversation {
  private pending = '';
  private from = '';
  private to: string[] = [];
  private message: string | undefined;
  private isSigningIn = false;
  private socket: Socket;

  constructor(
    socket: Socket,
    private readonly server: ScriptedSmtp,
  ) {
    this.socket = socket;
    this.listen();
  }

  greet(): void {
    if (this.server.script.greeting !== 'silent') this.say(this.server.script.greeting ?? '220 hi');
  }

  private listen(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.pending += chunk.toString('latin1');
      this.read();
    });
  }

  private read(): void {
    while (this.message === undefined) {
      const end = this.pending.indexOf('\r\n');
      if (end < 0) return;
      const line = this.pending.slice(0, end);
      this.pending = this.pending.slice(end + 2);
      this.command(line);
    }
    this.readMessage();
  }

  private command(line: string): void {
    const { script, commands } = this.server;
    commands.push(line);
    if (this.isSigningIn) {
      this.signIn(line);
      return;
    }
    const verb = line.split(' ', 1)[0]?.toUpperCase() ?? '';
    if (script.silentAt === verb) return;
    switch (verb) {
      case 'EHLO':
        this.say(
          ['250-scripted', ...(script.extensions ?? []).map((e) => `250-${e}`), '250 OK'].join(
            '\r\n',
          ),
        );
        break;
      case 'STARTTLS':
        this.startTls();
        break;
      case 'AUTH':
        this.signIn(line);
        break;
      case 'MAIL':
        this.from = /<(.*)>/.exec(line)?.[1] ?? '';
        this.say(script.mail ?? '250 ok');
        break;
      case 'RCPT':
        this.rcpt(/<(.*)>/.exec(line)?.[1] ?? '');
        break;
      case 'DATA':
        this.startData();
        break;
      case 'QUIT':
        this.say('221 bye');
        this.socket.end();
        break;
      default:
        this.say('500 what');
    }
  }

  private signIn(line: string): void {
    const { auth = '235 ok' } = this.server.script;
    const reply = typeof auth === 'string' ? auth : auth(line);
    this.isSigningIn = reply.startsWith('334');
    this.say(reply);
  }

  private rcpt(address: string): void {
    const reply = this.server.script.rcpt?.[address] ?? '250 ok';
    if (reply.startsWith('2')) this.to.push(address);
    this.say(reply);
  }

  private startData(): void {
    const reply = this.server.script.data ?? (this.to.length > 0 ? '354 go' : '503 no recipient');
    this.say(reply);
    if (reply.startsWith('3')) this.message = '';
  }

  private readMessage(): void {
    const { script, delivered } = this.server;
    const cut = script.cutAfterBytes;
    if (cut !== undefined && this.pending.length >= cut) {
      this.socket.destroy();
      return;
    }
    const end = this.pending.startsWith('.\r\n') ? 0 : this.pending.indexOf('\r\n.\r\n') + 2;
    if (end === 1) return;
    const raw = this.pending.slice(0, end).replace(/(^|\r\n)\./g, '$1');
    this.pending = this.pending.slice(end + 3);
    this.message = undefined;
    const reply = script.end ?? '250 queued';
    if (!/^[45]/.test(reply)) delivered.push({ from: this.from, to: this.to, raw });
    if (reply === 'drop') this.socket.destroy();
    else if (reply !== 'silent') this.say(reply);
    this.to = [];
    this.read();
  }

  private startTls(): void {
    const { tls } = this.server.script;
    if (!tls) {
      this.say('502 no');
      return;
    }
    this.say('220 go');
    this.socket.removeAllListeners('data');
    const secureContext = createSecureContext({ key: tls.key, cert: tls.cert });
    this.socket = new TLSSocket(this.socket, { isServer: true, secureContext });
    this.socket.on('error', () => undefined);
    this.listen();
  }

  private say(line: string): void {
    this.socket.write(`${line}\r\n`);
  }
}
