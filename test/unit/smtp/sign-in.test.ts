import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { silentLog } from '../../../src/base/log';
import { type MailCredential, saslExchange } from '../../../src/base/sasl';
import { createSmtpTransport, SmtpRejected } from '../../../src/smtp';
import { type Script, type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';

const servers: ScriptedSmtp[] = [];
let dir = '';
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'smtp-sign-in-'));
  writeFileSync(path.join(dir, 'm.eml'), 'Subject: Bonjour\r\n\r\nfin\r\n');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function start(script: Script): Promise<ScriptedSmtp> {
  const server = await startScriptedSmtp(script);
  servers.push(server);
  return server;
}
const send = ({ port }: ScriptedSmtp, credential: MailCredential) =>
  createSmtpTransport({ log: silentLog() }).send({
    server: {
      host: '127.0.0.1',
      port,
      security: 'none',
      auth: 'user',
      servername: 'smtp.a.example',
    },
    credential: async () => credential,
    envelope: { from: 'alice@a.example', to: ['bob@b.example'] },
    file: path.join(dir, 'm.eml'),
    messageId: '<m@a.example>',
  });
const decoded = (text = ''): string => Buffer.from(text, 'base64').toString();
const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    return await work;
  } catch (error) {
    return error;
  }
};

const token = (values: Partial<Extract<MailCredential, { accessToken: string }>> = {}) =>
  ({ username: 'alice', accessToken: 'tok.en', mechanism: 'OAUTHBEARER', ...values }) as const;
const service = {
  username: 'estafette',
  password: 'the service password',
  authzid: 'alice',
  ofService: true,
} as const;

describe('a token', () => {
  it('is presented as RFC 7628 says', async () => {
    const server = await start({ extensions: ['AUTH PLAIN OAUTHBEARER'] });
    await send(server, token());

    const [, mechanism, response] = (server.commands[1] ?? '').split(' ');
    expect(mechanism).toBe('OAUTHBEARER');
    expect(decoded(response)).toBe(
      `n,a=alice,\x01host=smtp.a.example\x01port=${server.port}\x01auth=Bearer tok.en\x01\x01`,
    );
    expect(server.delivered).toHaveLength(1);
  });

  it('is presented as XOAUTH2, where the site says so', async () => {
    const server = await start({ extensions: ['AUTH PLAIN LOGIN OAUTHBEARER XOAUTH2'] });
    await send(server, token({ mechanism: 'XOAUTH2' }));

    expect(server.commands[1]).toMatch(/^AUTH XOAUTH2 /);
    expect(decoded(server.commands[1]?.split(' ')[2])).toBe(
      'user=alice\x01auth=Bearer tok.en\x01\x01',
    );
  });

  it('that is long waits to be asked for (RFC 4954 4)', async () => {
    const server = await start({
      extensions: ['AUTH OAUTHBEARER'],
      auth: (line) => (line === 'AUTH OAUTHBEARER' ? '334 ' : '235 ok'),
    });
    const accessToken = 'x'.repeat(2_000);
    await send(server, token({ accessToken }));

    expect(server.commands[1]).toBe('AUTH OAUTHBEARER');
    expect(decoded(server.commands[2])).toContain(`auth=Bearer ${accessToken}`);
    expect(server.delivered).toHaveLength(1);
  });

  it.each([
    ['OAUTHBEARER', 'AQ=='],
    ['XOAUTH2', ''],
  ] as const)('that is refused with a reason ends the exchange (%s)', async (mechanism, last) => {
    const server = await start({
      extensions: [`AUTH ${mechanism}`],
      auth: (line) =>
        line.startsWith('AUTH')
          ? `334 ${Buffer.from('{"status":"invalid_token"}').toString('base64')}`
          : '535 5.7.8 no',
    });
    const failure = await failureOf(send(server, token({ mechanism })));

    expect(failure).toBeInstanceOf(SmtpRejected);
    expect(failure).toMatchObject({ refused: 'credential', isPermanent: true });
    expect(server.commands[2]).toBe(last);
    const [, , response = ''] = server.commands[1]?.split(' ') ?? [];
    expect(response).not.toBe('');
    const told = inspect(failure, { depth: 9, showHidden: true });
    for (const secret of ['tok.en', response]) expect(told).not.toContain(secret);
  });

  it('is for a while not refused when the server cannot say (454)', async () => {
    const server = await start({ extensions: ['AUTH XOAUTH2'], auth: '454 4.7.0 later' });
    expect(await failureOf(send(server, token({ mechanism: 'XOAUTH2' })))).toMatchObject({
      refused: 'credential',
      isPermanent: false,
    });
  });

  it.each([
    ['announces other mechanisms', ['AUTH PLAIN LOGIN XOAUTH2']],
    ['announces none', []],
  ])('never leaves for a server that %s', async (_name, extensions) => {
    const server = await start({ extensions });
    expect(await failureOf(send(server, token()))).toMatchObject({
      code: 'session/mail-access',
      details: { reason: 'smtp-lacks-oauthbearer' },
    });
    expect(server.commands.filter((line) => line.startsWith('AUTH'))).toEqual([]);
  });
});

describe('a service', () => {
  it('says for whom it comes (RFC 4616)', async () => {
    const server = await start({ extensions: ['AUTH LOGIN PLAIN'] });
    await send(server, service);

    expect(decoded(server.commands[1]?.split(' ')[2])).toBe(
      'alice\0estafette\0the service password',
    );
    expect(server.delivered).toHaveLength(1);
  });

  it('never signs in as itself because the server lacks PLAIN', async () => {
    const server = await start({ extensions: ['AUTH LOGIN CRAM-MD5'] });
    expect(await failureOf(send(server, service))).toMatchObject({ code: 'session/mail-access' });
    expect(server.commands.filter((line) => line.startsWith('AUTH'))).toEqual([]);
  });
});

describe('a name inside an exchange', () => {
  it('cannot add to the header of OAUTHBEARER (RFC 5801 4)', () => {
    const { response } = saslExchange(token({ username: 'a,b=c' }), { host: 'h', port: 1 });
    expect(decoded(response).split('\x01')[0]).toBe('n,a=a=2Cb=3Dc,');
  });
});
