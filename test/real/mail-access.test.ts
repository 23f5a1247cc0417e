import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createInterface } from 'node:readline';
import { SMTPServer } from 'smtp-server';
import { silentLog } from '../../src/base/log';
import { saslExchange } from '../../src/base/sasl';
import { secretHandle } from '../../src/base/secret';
import type { SessionId } from '../../src/base/types';
import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import {
  createActor,
  createKeyRing,
  createSessions,
  type ExternalSecret,
  externalSecret,
  type RefreshTokens,
} from '../../src/session';
import { parseBearer } from '../../src/session/bearer';
import { sealSecret } from '../../src/session/credentials';
import type { Actor } from '../../src/session/types';
import type { MailAccess, Site } from '../../src/sites';
import { createSmtpTransport } from '../../src/smtp';
import { ALL, aBench, aMessage, type Bench, PASSWORD } from '../embedded/mail-kit';
import {
  aBench as aSessionBench,
  aSite,
  SERVER_KEY,
  type Bench as Sessions,
} from '../unit/session/kit';

const MASTER = { user: 'estafette', password: 'the service password' };
const keys = createKeyRing([SERVER_KEY]);

/** Tokens that stand, and whose they are: what the provider of the test knows. */
const tokens = new Map<string, string>();
/** How often each was shown to the provider by the mail server. */
let introspected: string[] = [];
let provider: http.Server;
let dovecot: PrivateDovecot;
/** AUTH exchanges that the submission server of the test saw. */
let signedIn: { method: string; username: string; authzid?: string; accessToken?: string }[] = [];
let sent: string[] = [];
let smtp: SMTPServer;
let smtpPort = 0;
/** Where Dovecot's own submission service hands on what it took. */
let relay: SMTPServer;
const relayed: string[] = [];

/** RFC 7662: what Dovecot asks of a token. */
function introspect(request: http.IncomingMessage, response: http.ServerResponse): void {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    const token = new URLSearchParams(body).get('token') ?? '';
    introspected.push(token);
    const username = tokens.get(token);
    const answer = username === undefined ? { active: false } : { active: true, username };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
}

/** Takes a message down once all of it is there. */
function keepIn(list: string[], stream: NodeJS.ReadableStream, done: () => void): void {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  stream.on('end', () => {
    list.push(text);
    done();
  });
}

beforeAll(async () => {
  provider = http.createServer(introspect);
  await new Promise<void>((resolve) => {
    provider.listen(0, '127.0.0.1', resolve);
  });
  const { port } = provider.address() as AddressInfo;
  relay = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData: (stream, _session, callback) => keepIn(relayed, stream, callback),
  });
  await new Promise<void>((resolve) => {
    relay.listen(0, '127.0.0.1', resolve);
  });
  const mailboxes = [{ path: 'INBOX' }];
  dovecot = await startDovecot({
    users: [
      { username: 'alice', password: PASSWORD, mailboxes },
      { username: 'bruno', password: 'battery staple', mailboxes },
    ],
    withoutPassword: {
      introspectionUrl: `http://estafette:secret@127.0.0.1:${port}/introspect`,
      master: MASTER,
    },
    sieve: true,
    submissionTo: (relay.server.address() as AddressInfo).port,
  });
  for (const username of ['alice', 'bruno']) {
    dovecot.deliver(username, aMessage({ subject: `Pour ${username}` }));
  }
  smtp = new SMTPServer({
    authMethods: ['PLAIN', 'XOAUTH2'],
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onAuth({ method, username = '', password, authzid, accessToken }, _session, callback) {
      signedIn.push({
        method,
        username,
        ...(authzid !== undefined && authzid !== '' && { authzid }),
        ...(accessToken !== undefined && { accessToken }),
      });
      const isMaster = password === MASTER.password && username.endsWith(MASTER.user);
      const isToken = accessToken !== undefined && tokens.get(accessToken) === username;
      callback(null, isMaster || isToken ? { user: username } : {});
    },
    onData: (stream, _session, callback) => keepIn(sent, stream, callback),
  });
  await new Promise<void>((resolve) => {
    smtp.listen(0, '127.0.0.1', resolve);
  });
  smtpPort = (smtp.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await dovecot?.close();
  for (const server of [smtp, relay]) {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }
  provider.closeAllConnections();
  provider.close();
});

let bench: Bench;
let sessions: Sessions;
beforeEach(async () => {
  tokens.clear();
  introspected = [];
  signedIn = [];
  sent = [];
  relayed.length = 0;
  bench = aBench({ server: dovecot });
  sessions = await aSessionBench();
});
afterEach(async () => {
  await bench.close();
  await sessions.close();
});

const servers: readonly string[] = [];
const OAUTH = (mechanism: 'OAUTHBEARER' | 'XOAUTH2'): MailAccess => ({
  kind: 'oauth',
  mechanism,
  servers,
});
const service = { user: MASTER.user, password: secretHandle(MASTER.password), servers };
const MASTER_USER: MailAccess = { kind: 'master', separator: '*', ...service };
const AUTHZID: MailAccess = { kind: 'authzid', ...service };

const siteWith = (mailAccess: MailAccess): Site =>
  aSite({
    mailAccess,
    imap: { host: '127.0.0.1', port: dovecot.port, security: 'none' },
    smtp: { host: '127.0.0.1', port: smtpPort, security: 'none', auth: 'user' },
  });

/** A site that sends through Dovecot's submission service. */
const submitting = (mailAccess: MailAccess): Site => {
  const site = siteWith(mailAccess);
  return { ...site, smtp: { ...site.smtp, port: dovecot.submissionPort } };
};

interface Person {
  readonly actor: () => Promise<Actor>;
  readonly id: SessionId;
}

/** Somebody who came by a provider: their session, as a request loads it. */
async function enters(
  site: Site,
  {
    username = 'alice',
    refresh,
    ...more
  }: Partial<Pick<ExternalSecret, 'username' | 'tokens'>> & {
    readonly refresh?: RefreshTokens;
  } = {},
): Promise<Person> {
  sessions.site = site;
  const { bearer, session } = await sessions.signIn();
  const half = parseBearer(bearer)?.half ?? '';
  const secret = externalSecret(site, { username, plugin: 'sso', method: 'cerbere', ...more });
  const context = { sessionId: session.id, userId: session.user.id, half };
  const sealed = sealSecret(keys, context, secret);
  await sessions.db.knex('sessions').where({ id: session.id }).update({ sealed });
  const { db, clock, hooks, users, throttle } = sessions;
  const loading = createSessions({
    ...{ db, clock, hooks, users, throttle, keys, log: silentLog() },
    ldapLogin: async () => undefined,
    imapLogin: async () => undefined,
    ...(refresh && { refreshTokens: refresh }),
  });
  const actor = async () => {
    const loaded = await loading.load(bearer, site, { touch: true });
    if (!loaded) throw new Error('no session');
    return createActor(loaded, site, { requestId: 'R', locale: 'fr' });
  };
  return { actor, id: session.id };
}

const subjectsOf = async (actor: Actor) => {
  const { rows } = await bench.mail.list(actor, { ...ALL, mailbox: 'INBOX', page: 1 });
  return rows.map(({ subject }) => subject);
};
const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error as { code?: unknown }).code,
  );

async function send(actor: Actor, site: Site): Promise<void> {
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises');
  const dir = await mkdtemp('/tmp/estafette-send-');
  try {
    await writeFile(`${dir}/m.eml`, aMessage({ subject: 'Envoyé' }));
    await createSmtpTransport({ log: silentLog() }).send({
      server: site.smtp,
      credential: () => actor.credential(site.smtp),
      envelope: { from: 'alice@culture.example', to: ['bob@b.example'] },
      file: `${dir}/m.eml`,
      messageId: '<m@test.example>',
    });
  } finally {
    await rm(dir, { recursive: true });
  }
}

describe('mail after single sign-on', () => {
  it.each(['OAUTHBEARER', 'XOAUTH2'] as const)(
    'is read with the token, by %s',
    async (mechanism) => {
      tokens.set('token-of-alice', 'alice');
      const site = siteWith(OAUTH(mechanism));
      const { actor } = await enters(site, { tokens: { access: 'token-of-alice' } });

      expect(await subjectsOf(await actor())).toEqual(['Pour alice']);
      expect(introspected).toContain('token-of-alice');
      const log = await readFile(dovecot.logFile, 'utf8');
      expect(log).toMatch(new RegExp(`Login: user=<alice>, method=${mechanism}`));
    },
  );

  it('is read by a master user', async () => {
    const { actor } = await enters(siteWith(MASTER_USER));
    expect(await subjectsOf(await actor())).toEqual(['Pour alice']);
  });

  it('is read by a service that says for whom', async () => {
    const { actor } = await enters(siteWith(AUTHZID), { username: 'bruno' });
    expect(await subjectsOf(await actor())).toEqual(['Pour bruno']);
  });

  it('is sent with the same credential', async () => {
    tokens.set('token-of-alice', 'alice');
    const byToken = siteWith(OAUTH('XOAUTH2'));
    const one = await enters(byToken, { tokens: { access: 'token-of-alice' } });
    await send(await one.actor(), byToken);
    for (const access of [MASTER_USER, AUTHZID]) {
      const site = siteWith(access);
      const { actor } = await enters(site);
      await send(await actor(), site);
    }

    expect(sent).toHaveLength(3);
    expect(signedIn).toEqual([
      { method: 'XOAUTH2', username: 'alice', accessToken: 'token-of-alice' },
      { method: 'PLAIN', username: 'alice*estafette' },
      { method: 'PLAIN', username: 'estafette', authzid: 'alice' },
    ]);
  });

  it.each(['OAUTHBEARER', 'XOAUTH2'] as const)(
    'is sent with the token, by %s, through a server that asks the provider whose it is',
    async (mechanism) => {
      tokens.set('token-of-alice', 'alice');
      const site = submitting(OAUTH(mechanism));
      const { actor } = await enters(site, { tokens: { access: 'token-of-alice' } });

      await send(await actor(), site);

      expect(relayed).toEqual([expect.stringContaining('Envoy')]);
      expect(introspected).toEqual(['token-of-alice']);
      const log = await readFile(dovecot.logFile, 'utf8');
      expect(log).toMatch(
        new RegExp(`submission-login: Info: Login: user=<alice>, method=${mechanism}`),
      );
    },
  );

  it('is sent by the services that open every mailbox, through the same server', async () => {
    for (const access of [MASTER_USER, AUTHZID]) {
      const site = submitting(access);
      const { actor } = await enters(site);
      await send(await actor(), site);
    }

    expect(relayed).toHaveLength(2);
  });
});

/** What a ManageSieve server answers to who signs in as our exchanges do (RFC 5804 2.1). */
async function signInToSieve(actor: Actor): Promise<string> {
  const server = { host: '127.0.0.1', port: dovecot.sievePort };
  const { mechanism, response } = saslExchange(await actor.credential(server), server);
  const socket = connect(server);
  const lines = createInterface({ input: socket });
  try {
    let hasSent = false;
    for await (const line of lines) {
      if (hasSent) return line;
      if (!line.startsWith('OK')) continue;
      socket.write(`AUTHENTICATE "${mechanism}" "${response}"\r\n`);
      hasSent = true;
    }
    return 'no answer';
  } finally {
    lines.close();
    socket.destroy();
  }
}

/** No page asks for filters yet: what a session holds opens them all the same. */
it.each<readonly [string, MailAccess]>([
  ['the token of the person', OAUTH('OAUTHBEARER')],
  ['the former mechanism', OAUTH('XOAUTH2')],
  ['a master user', MASTER_USER],
  ['a service that says for whom', AUTHZID],
])('filters are opened with %s', async (_name, access) => {
  tokens.set('token-of-alice', 'alice');
  const listed = { ...access, servers: ['127.0.0.1'] };
  const isToken = access.kind === 'oauth';
  const person = isToken ? { tokens: { access: 'token-of-alice' } } : {};
  const { actor } = await enters(siteWith(listed), person);
  const other = await enters(siteWith(access), person);

  expect(await signInToSieve(await actor())).toMatch(/^OK/);
  // Told to no server that the site's file does not name.
  expect(await codeOf(other.actor().then(signInToSieve))).toBe('session/mail-access');
});

describe('what a mail server must refuse, and does', () => {
  it.each(['OAUTHBEARER', 'XOAUTH2'] as const)(
    'a message with a token that was revoked, or is of somebody else, by %s',
    async (mechanism) => {
      tokens.set('token-of-bruno', 'bruno');
      const site = submitting(OAUTH(mechanism));
      for (const access of ['gone', 'token-of-bruno']) {
        const { actor } = await enters(site, { tokens: { access } });
        await expect(actor().then((one) => send(one, site))).rejects.toMatchObject({
          code: 'smtp/rejected',
          details: { step: 'auth', refused: 'credential', replyCode: 535 },
        });
      }

      expect(relayed).toEqual([]);
    },
  );

  it('a token of somebody else', async () => {
    tokens.set('token-of-bruno', 'bruno');
    const { actor } = await enters(siteWith(OAUTH('OAUTHBEARER')), {
      tokens: { access: 'token-of-bruno' },
    });
    expect(await codeOf(actor().then(subjectsOf))).toBe('imap/credentials');
  });

  it('a token that was revoked: the person signs in again', async () => {
    const { actor } = await enters(siteWith(OAUTH('OAUTHBEARER')), { tokens: { access: 'gone' } });
    expect(await codeOf(actor().then(subjectsOf))).toBe('imap/credentials');
  });

  it('the password of the service, once changed: the person is not asked for theirs', async () => {
    for (const access of [MASTER_USER, AUTHZID]) {
      const wrong = { ...access, password: secretHandle('former') } as MailAccess;
      const { actor } = await enters(siteWith(wrong));
      expect(await codeOf(actor().then(subjectsOf))).toBe('session/mail-access');
    }
  });

  it('a person whom it does not know, whoever the service is', async () => {
    const { actor } = await enters(siteWith(MASTER_USER), { username: 'nobody' });
    expect(await codeOf(actor().then(subjectsOf))).toBe('session/mail-access');
  });
});

it('the next connection of the pool has the renewed token', async () => {
  tokens.set('first', 'alice');
  const site = siteWith(OAUTH('OAUTHBEARER'));
  const endsIn = (seconds: number) => new Date(sessions.clock.ms + seconds * 1_000).toISOString();
  const { actor } = await enters(site, {
    tokens: { access: 'first', refresh: 'refresh', expiresAt: endsIn(300) },
    refresh: async () => {
      tokens.clear();
      tokens.set('second', 'alice');
      return { access: secretHandle('second'), expiresAt: endsIn(300) };
    },
  });
  const before = await actor();
  expect(await subjectsOf(before)).toEqual(['Pour alice']);
  sessions.clock.pass(290);
  bench.pool.close('culture:');

  // A watch or a stream of then, which no request has brought up to date.
  expect(await subjectsOf(before)).toEqual(['Pour alice']);
  expect(introspected).toEqual(['first', 'second']);
});
