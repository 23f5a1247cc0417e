import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLog } from '../../../src/base/log';
import {
  createSmtpTransport,
  pingSmtp,
  SmtpAnswerLost,
  SmtpRejected,
  type SmtpSendRequest,
} from '../../../src/smtp';
import { type Script, type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';

const BODY = 'Subject: Bonjour\r\n\r\n.point\r\nfin\r\n';
const servers: ScriptedSmtp[] = [];
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'smtp-test-'));
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', path.join(dir, 'key.pem'), '-out', path.join(dir, 'cert.pem'), '-days', '2'],
      ...['-subj', '/CN=smtp.test.example', '-addext', 'subjectAltName=DNS:smtp.test.example'],
    ],
    { stdio: 'ignore' },
  );
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const start = async (script: Script = {}): Promise<ScriptedSmtp> => {
  const server = await startScriptedSmtp(script);
  servers.push(server);
  return server;
};

const tls = () => ({
  key: readFileSync(path.join(dir, 'key.pem'), 'utf8'),
  cert: readFileSync(path.join(dir, 'cert.pem'), 'utf8'),
});

function aRequest(
  server: Pick<ScriptedSmtp, 'port'>,
  change: Partial<SmtpSendRequest> & { readonly body?: string | Buffer } = {},
): SmtpSendRequest {
  const file = path.join(dir, `${Math.random()}.eml`);
  const body = change.body ?? BODY;
  writeFileSync(file, body);
  return {
    server: { host: '127.0.0.1', port: server.port, security: 'none', auth: 'none' },
    credential: () => ({ username: 'alice', password: 'secret' }),
    envelope: { from: 'alice@a.example', to: ['bob@b.example'] },
    file,
    messageId: '<m@a.example>',
    ...change,
  };
}

const QUICK = { connectMs: 400, commandMs: 400, dataMs: 400 };
const aTransport = (deadlines = {}) => createSmtpTransport({ log: silentLog(), deadlines });

describe('sending a message', () => {
  it('hands over the very bytes of the file, once, to the envelope only', async () => {
    const server = await start();

    const receipt = await aTransport().send(aRequest(server));

    expect(receipt).toMatchObject({ accepted: ['bob@b.example'], rejected: [] });
    expect(server.delivered).toEqual([
      { from: 'alice@a.example', to: ['bob@b.example'], raw: BODY },
    ]);
  });

  it.each([{ extensions: [] }, { extensions: ['PIPELINING'] }])(
    'tells once that the last bytes are about to leave, with $extensions',
    async ({ extensions }) => {
      const server = await start({ extensions });
      const told: unknown[] = [];
      const beforeLast = () => void told.push([server.commands.at(-1), server.delivered.length]);

      await aTransport().send(aRequest(server, { beforeLast }));

      expect(told).toEqual([['DATA', 0]]);
    },
  );

  it('completes nothing when what comes before the last bytes fails', async () => {
    const server = await start({ extensions: ['PIPELINING'] });
    const beforeLast = () => Promise.reject(new Error('fence'));

    await expect(aTransport().send(aRequest(server, { beforeLast }))).rejects.toThrow('fence');

    expect(server.delivered).toEqual([]);
  });

  it('logs what the server answered, and nothing else of the message', async () => {
    const server = await start({ end: `250 queued as 4bX9${'x'.repeat(1_000)}` });
    const lines: unknown[] = [];
    const log = { ...silentLog(), info: (...line: unknown[]) => void lines.push(line) };

    await createSmtpTransport({ log }).send(aRequest(server));

    const response = expect.stringMatching(/^250 queued as 4bX9x{50,200}$/);
    expect(lines).toEqual([[{ messageId: '<m@a.example>', response }, 'smtp/accepted']]);
  });

  it('says which recipients were refused, and sends to the others', async () => {
    const server = await start({
      extensions: ['PIPELINING'],
      rcpt: { 'gone@b.example': '550 5.1.1 unknown', 'full@b.example': '452 4.2.2 full' },
    });
    const to = ['gone@b.example', 'bob@b.example', 'full@b.example'];

    const receipt = await aTransport().send(
      aRequest(server, { envelope: { from: 'alice@a.example', to } }),
    );

    expect(receipt.accepted).toEqual(['bob@b.example']);
    expect(receipt.rejected).toEqual([
      { mail: 'gone@b.example', code: 550 },
      { mail: 'full@b.example', code: 452 },
    ]);
    expect(server.delivered).toHaveLength(1);
  });

  it('announces 8BITMIME and the size when the file needs them', async () => {
    const server = await start({ extensions: ['8BITMIME', 'SIZE 100000'] });

    await aTransport().send(aRequest(server, { body: 'Subject: é\r\n\r\nçà\r\n' }));

    expect(server.commands).toContainEqual(expect.stringContaining('BODY=8BITMIME SIZE='));
  });

  it.each([
    [['DSN'], true],
    [[], false],
  ])(
    'asks for reports of delivery where the server has DSN: %o',
    async (extensions, isReported) => {
      const server = await start({ extensions });
      const envelope = {
        from: 'alice@a.example',
        to: ['bob@b.example'],
        reportAs: 'm=1@a.example',
      };

      const receipt = await aTransport().send(aRequest(server, { envelope }));

      expect(receipt).toMatchObject({ accepted: ['bob@b.example'], isReported });
      const said = server.commands.join('\n');
      expect(said.includes('RET=HDRS ENVID=m+3D1@a.example')).toBe(isReported);
      expect(said.includes('RCPT TO:<bob@b.example> NOTIFY=SUCCESS,FAILURE,DELAY')).toBe(
        isReported,
      );
    },
  );

  it('opens the credential only when the server asks for one', async () => {
    const server = await start({ extensions: ['AUTH PLAIN'] });
    const credential = jest.fn(() => ({ username: 'alice', password: 'secret' }));
    const request = aRequest(server, { credential });

    await aTransport().send(request);
    expect(credential).not.toHaveBeenCalled();

    await aTransport().send({ ...request, server: { ...request.server, auth: 'user' } });
    expect(server.commands).toContain(
      `AUTH PLAIN ${Buffer.from('\0alice\0secret').toString('base64')}`,
    );
  });
});

describe('what goes wrong', () => {
  const failure = async (script: Script, change: Partial<SmtpSendRequest> = {}) => {
    const server = await start(script);
    const error: unknown = await aTransport(QUICK)
      .send(aRequest(server, change))
      .catch((reason: unknown) => reason);
    return { server, error };
  };

  it.each([
    ['sender refused', { mail: '550 5.7.1 no' }, true],
    ['sender deferred', { mail: '451 4.7.1 later' }, false],
    ['all recipients refused', { rcpt: { 'bob@b.example': '550 no' } }, true],
    ['all recipients deferred', { rcpt: { 'bob@b.example': '450 later' } }, false],
    ['DATA refused', { data: '554 no' }, true],
    ['message refused', { end: '554 5.7.1 virus' }, true],
    ['message deferred', { end: '451 4.3.0 later' }, false],
    ['closing', { mail: '421 4.3.2 closing' }, false],
  ])('%s: rejected, permanently or not, with the recipient', async (_name, script, permanent) => {
    const { error, server } = await failure(script);

    expect(error).toBeInstanceOf(SmtpRejected);
    expect(error).toMatchObject({ code: 'smtp/rejected', isPermanent: permanent });
    expect(error).toHaveProperty('rejected.0.mail', 'bob@b.example');
    expect(server.delivered).toEqual([]);
  });

  it.each([
    ['connection cut after the last bytes', { end: 'drop' }],
    ['no answer after the last bytes', { end: 'silent' }],
    ['nonsense after the last bytes', { end: 'hello' }],
  ])('%s: nobody can tell', async (_name, script) => {
    const { error, server } = await failure(script);

    expect(error).toBeInstanceOf(SmtpAnswerLost);
    expect(server.delivered).toHaveLength(1);
  });

  it('connection cut in the middle of the message: certainly not accepted', async () => {
    const body = `Subject: x\r\n\r\n${'ligne de texte\r\n'.repeat(200_000)}`;
    const { error, server } = await failure(
      { cutAfterBytes: 1000 },
      {
        file: (() => {
          const file = path.join(dir, 'large.eml');
          writeFileSync(file, body);
          return file;
        })(),
      },
    );

    expect(error).toMatchObject({ code: 'smtp/unreachable' });
    expect(error).not.toBeInstanceOf(SmtpAnswerLost);
    expect(server.delivered).toEqual([]);
  });

  it.each([
    ['no greeting', { greeting: 'silent' }],
    ['no answer to EHLO', { silentAt: 'EHLO' }],
    ['no answer to MAIL', { silentAt: 'MAIL' }],
    ['no answer to RCPT', { silentAt: 'RCPT' }],
    ['no answer to DATA', { silentAt: 'DATA' }],
  ])('%s: timeout', async (_name, script) => {
    const { error } = await failure(script);

    expect(error).toMatchObject({ code: 'smtp/timeout' });
    expect(error).not.toBeInstanceOf(SmtpAnswerLost);
  });

  it('nobody listens: unreachable', async () => {
    const server = await start();
    await server.close();
    servers.pop();

    await expect(aTransport(QUICK).send(aRequest(server))).rejects.toMatchObject({
      code: 'smtp/unreachable',
    });
  });

  it('a wrong password is a refusal for good, a server out of order is not', async () => {
    const auth = { extensions: ['AUTH PLAIN'], auth: '535 5.7.8 bad' };
    const server = await start(auth);
    const request = aRequest(server);
    const send = () =>
      aTransport(QUICK).send({ ...request, server: { ...request.server, auth: 'user' } });

    await expect(send()).rejects.toMatchObject({
      code: 'smtp/rejected',
      isPermanent: true,
      refused: 'credential',
    });

    server.script = { ...auth, auth: '454 4.7.0 later' };
    await expect(send()).rejects.toMatchObject({ code: 'smtp/rejected', isPermanent: false });
  });

  it.each(['a\nb\r\n', 'a\rb\r\n', 'a\r\n.\nb\r\n', 'no end', ''])(
    'refuses a file with bare line breaks or no end before connecting: %j',
    async (body) => {
      const server = await start();

      await expect(aTransport().send(aRequest(server, { body }))).rejects.toMatchObject({
        code: 'internal/unexpected',
      });

      expect(server.commands).toEqual([]);
    },
  );

  it.each(['a@b.example>\r\nRCPT TO:<c@d.example', 'a b@c.example', 'nobody', 'a@\u0000.example'])(
    'refuses an address that is none: %j',
    async (mail) => {
      const server = await start();
      const envelope = { from: 'alice@a.example', to: [mail] };

      await expect(aTransport().send(aRequest(server, { envelope }))).rejects.toMatchObject({
        code: 'compose/invalid',
      });

      expect(server.commands).toEqual([]);
    },
  );
});

describe('addresses beyond ASCII', () => {
  it('writes the domain as punycode, and gives the address back as it was', async () => {
    const server = await start();
    const envelope = { from: 'alice@a.example', to: ['bob@été.example'] };

    const receipt = await aTransport().send(aRequest(server, { envelope }));

    expect(server.delivered[0]?.to).toEqual(
      ['bob@xn--t-9fab.example'].map(() => expect.stringMatching(/^bob@xn--/)),
    );
    expect(receipt.accepted).toEqual(['bob@été.example']);
  });

  it('refuses the recipient that needs SMTPUTF8 where the server lacks it', async () => {
    const server = await start();
    const envelope = { from: 'alice@a.example', to: ['bob@b.example', 'zoé@b.example'] };

    const receipt = await aTransport().send(aRequest(server, { envelope }));

    expect(receipt).toMatchObject({
      accepted: ['bob@b.example'],
      rejected: [{ mail: 'zoé@b.example', code: 553 }],
    });
  });

  it('asks for SMTPUTF8 where the server has it', async () => {
    const server = await start({ extensions: ['SMTPUTF8'] });
    const envelope = { from: 'alice@a.example', to: ['zoé@b.example'] };

    await aTransport().send(aRequest(server, { envelope }));

    expect(server.commands).toContainEqual(expect.stringMatching(/^MAIL .*SMTPUTF8/));
  });
});

describe('TLS', () => {
  const secured = (server: ScriptedSmtp, security: 'tls' | 'starttls', change = {}) => {
    const request = aRequest(server);
    const caFile = path.join(dir, 'cert.pem');
    const servername = 'smtp.test.example';
    return { ...request, server: { ...request.server, security, caFile, servername, ...change } };
  };

  it.each(['tls', 'starttls'] as const)('sends over %s with the given authority', async (kind) => {
    const server = await start({
      extensions: ['STARTTLS'],
      tls: { ...tls(), implicit: kind === 'tls' },
    });

    await aTransport().send(secured(server, kind));

    expect(server.delivered).toHaveLength(1);
  });

  it.each([
    ['an unknown authority', { caFile: undefined }],
    ['another name', { servername: 'other.test.example' }],
    ['a missing authority file', { caFile: '/nonexistent/ca.pem' }],
  ])('refuses %s', async (_name, change) => {
    const server = await start({ extensions: ['STARTTLS'], tls: tls() });

    await expect(aTransport(QUICK).send(secured(server, 'starttls', change))).rejects.toMatchObject(
      {
        code: 'smtp/unreachable',
      },
    );

    expect(server.delivered).toEqual([]);
  });

  it('never goes on in the clear when STARTTLS is configured and refused', async () => {
    const server = await start({ extensions: ['AUTH PLAIN'] });
    const request = secured(server, 'starttls', { auth: 'user' });

    const error: unknown = await aTransport(QUICK)
      .send(request)
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(Error);
    expect(server.commands.filter((line) => line.startsWith('AUTH'))).toEqual([]);
    expect(server.delivered).toEqual([]);
  });
});

describe('pingSmtp', () => {
  it('answers for a server that greets, and throws for one that does not', async () => {
    const server = await start();
    const address = aRequest(server).server;

    await expect(pingSmtp(address)).resolves.toEqual({ ms: expect.any(Number) });

    server.script = { greeting: 'silent' };
    await expect(pingSmtp(address, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'smtp/timeout',
    });
  });
});
