import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { systemClock } from '../../../src/base/clock';
import type { MailCredential } from '../../../src/base/sasl';
import { createImapPool, type ImapPool } from '../../../src/imap';

interface Script {
  readonly capabilities: string;
  /** Answer to the whole exchange. */
  readonly answer?: string;
}

/** A server that greets, announces and answers one sign-in; it notes every line. */
class SignInServer {
  readonly lines: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #tag = '';

  constructor(readonly script: Script) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write(`* OK [CAPABILITY ${script.capabilities}] hello\r\n`);
      let pending = '';
      socket.on('data', (chunk: Buffer) => {
        pending += chunk.toString('latin1');
        const lines = pending.split('\r\n');
        pending = lines.pop() ?? '';
        for (const line of lines) this.#read(socket, line);
      });
    });
  }

  async listen() {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #read(socket: Socket, line: string): void {
    this.lines.push(line);
    const [tag = '', verb = '', ...rest] = line.split(' ');
    const { capabilities, answer = 'OK' } = this.script;
    if (verb === 'AUTHENTICATE' && rest.length === 1) {
      this.#tag = tag;
      socket.write('+ \r\n');
    } else if (verb === 'AUTHENTICATE' || verb === 'LOGIN') {
      socket.write(`${tag} ${answer} done\r\n`);
    } else if (verb === '') {
      socket.write(`${this.#tag} ${answer} done\r\n`);
    } else if (verb === 'CAPABILITY') {
      socket.write(`* CAPABILITY ${capabilities}\r\n${tag} OK done\r\n`);
    } else {
      socket.write(`${verb === 'LOGOUT' ? '* BYE\r\n' : ''}${tag} OK done\r\n`);
    }
  }
}

const opened: { close(): void }[] = [];
let pool: ImapPool;
beforeEach(() => {
  pool = createImapPool({ clock: systemClock });
});
afterEach(async () => {
  await pool.closeAll();
  for (const server of opened.splice(0)) server.close();
});

async function verify(script: Script, credential: MailCredential) {
  const server = new SignInServer(script);
  opened.push(server);
  const address = { ...(await server.listen()), security: 'none' } as const;
  const outcome = await pool
    .verify({ key: 'a:1:me', server: address, credential: async () => credential })
    .then(
      () => 'signed in' as const,
      (error: unknown) => error,
    );
  const said = server.lines.map((line) => line.replace(/^\S+ /, ''));
  return { outcome, said, port: address.port, lines: server.lines };
}
const signIns = (said: readonly string[]) =>
  said.filter((line) => /^(?:AUTHENTICATE|LOGIN)\b/.test(line));
const decoded = (text = ''): string => Buffer.from(text, 'base64').toString();

const token = (values: Partial<Extract<MailCredential, { accessToken: string }>> = {}) =>
  ({ username: 'alice', accessToken: 'tok.en', mechanism: 'OAUTHBEARER', ...values }) as const;
const service = (values: object = {}) => ({
  username: 'estafette',
  password: 'the service password',
  authzid: 'alice',
  ofService: true as const,
  ...values,
});
const ALL = 'IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 AUTH=OAUTHBEARER';

describe('a token', () => {
  it('is presented by the mechanism of the site, whatever else is announced', async () => {
    const bearer = await verify({ capabilities: ALL }, token());
    const [, , response] = signIns(bearer.said)[0]?.split(' ') ?? [];
    expect(bearer.outcome).toBe('signed in');
    expect(decoded(response)).toBe(
      `n,a=alice,\x01host=127.0.0.1\x01port=${bearer.port}\x01auth=Bearer tok.en\x01\x01`,
    );

    const older = await verify({ capabilities: ALL }, token({ mechanism: 'XOAUTH2' }));
    expect(signIns(older.said)[0]).toMatch(/^AUTHENTICATE XOAUTH2 /);
  });

  it('is never presented otherwise', async () => {
    const { outcome, said } = await verify(
      { capabilities: 'IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2' },
      token(),
    );
    expect(outcome).toMatchObject({
      code: 'session/mail-access',
      details: { reason: 'imap-lacks-oauthbearer' },
    });
    expect(signIns(said)).toEqual([]);
  });

  it('that is refused asks the person to sign in again', async () => {
    const { outcome, said } = await verify(
      { capabilities: ALL, answer: 'NO [AUTHENTICATIONFAILED]' },
      token(),
    );
    const [, , response = ''] = signIns(said)[0]?.split(' ') ?? [];
    expect(outcome).toMatchObject({ code: 'imap/credentials' });
    expect(response).not.toBe('');
    const told = inspect(outcome, { depth: 9, showHidden: true });
    for (const secret of ['tok.en', response]) expect(told).not.toContain(secret);
  });

  it('of a name with signs of the header says no more than the name', async () => {
    const { said } = await verify({ capabilities: ALL }, token({ username: 'a,b=c' }));
    const [header] = decoded(signIns(said)[0]?.split(' ')[2]).split('\x01');
    expect(header).toBe('n,a=a=2Cb=3Dc,');
  });
});

describe('a service', () => {
  it.each(['estafette', 'svc/estafette', 'DOMAIN\\estafette'])(
    'says for whom it comes (%s)',
    async (username) => {
      const { outcome, said, lines } = await verify({ capabilities: ALL }, service({ username }));
      expect(outcome).toBe('signed in');
      expect(signIns(said)).toEqual(['AUTHENTICATE PLAIN']);
      expect(lines.map(decoded)).toContain(`alice\0${username}\0the service password`);
    },
  );

  it.each([
    ['LOGIN alone', 'IMAP4rev1 AUTH=LOGIN'],
    ['no mechanism', 'IMAP4rev1'],
  ])('never signs in as itself at a server with %s', async (_name, capabilities) => {
    const { outcome, said } = await verify({ capabilities }, service());
    expect(outcome).toMatchObject({
      code: 'session/mail-access',
      details: { reason: 'imap-lacks-plain' },
    });
    expect(signIns(said)).toEqual([]);
  });

  it('that is refused is told as a fault of the installation, not of the person', async () => {
    const refused = { capabilities: ALL, answer: 'NO [AUTHENTICATIONFAILED]' };
    for (const credential of [
      service(),
      { username: 'alice*estafette', password: 'old', ofService: true as const },
    ]) {
      const { outcome } = await verify(refused, credential);
      expect(outcome).toMatchObject({
        code: 'session/mail-access',
        details: { reason: 'service-refused' },
      });
    }
  });
});

it('a password of the person’s own goes by what the server announces, as ever', async () => {
  const { outcome, said } = await verify(
    { capabilities: 'IMAP4rev1' },
    { username: 'alice', password: 'her own' },
  );
  expect(outcome).toBe('signed in');
  expect(signIns(said)[0]).toMatch(/^LOGIN /);
});
