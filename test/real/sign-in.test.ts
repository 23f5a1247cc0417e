import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '../../src/base/clock';
import { type ErrorCode, isAppError } from '../../src/base/errors';
import { silentLog } from '../../src/base/log';
import { demoAgents, demoSites, directoryEntries, directoryPasswords } from '../../src/demo/data';
import { startDemoLdap } from '../../src/demo/ldap';
import { pingDirectory } from '../../src/ldap';
import { createLdapLogin } from '../../src/session';
import { groupsOf } from '../../src/sites';
import type { LdapDirectory } from '../../src/sites/site';
import { directoryAt, freePort, GROUP, type Slapd, SUFFIX, startSlapd } from './sign-in-slapd';

let slapd: Slapd;
const relays: { close(): void }[] = [];
beforeAll(async () => {
  slapd = await startSlapd();
});
afterAll(() => slapd.stop());
afterEach(() => {
  for (const relay of relays.splice(0)) relay.close();
});

const login = createLdapLogin({ clock: systemClock, log: silentLog() });
const inTime = () => Date.now() + 5_000;
const directory = (change: Partial<LdapDirectory> = {}) => directoryAt(slapd, change);
const signIn = (name: string, password: string, change: Partial<LdapDirectory> = {}) =>
  login(directory(change), { login: name, password }, inTime());
const codeOf = async (work: Promise<unknown>): Promise<ErrorCode | 'nothing'> => {
  try {
    await work;
    return 'nothing';
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
};

/** A relay to slapd that records what the client sends, or answers in its own way. */
async function relay(answer?: (client: Socket, data: Buffer) => void) {
  const sent: Buffer[] = [];
  const clients = new Set<Socket>();
  const server: Server = createServer((client) => {
    clients.add(client);
    client.on('error', () => {}).on('close', () => clients.delete(client));
    client.on('data', (data) => {
      sent.push(data);
      answer?.(client, data);
    });
    if (answer) return;
    const { hostname, port } = new URL(slapd.url.replace('ldap:', 'http:'));
    const upstream = connect(Number(port), hostname);
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  relays.push({
    close() {
      for (const client of clients) client.destroy();
      server.close();
    },
  });
  return {
    url: `ldap://127.0.0.1:${address.port}`,
    text: () => Buffer.concat(sent).toString('latin1'),
    open: clients,
  };
}
const hasSecret = (text: string) => /horse|service secret/.test(text);

describe('a directory', () => {
  it.each(['Alice', 'alice', 'alice@culture.example', 'a.lefevre@culture.example'])(
    'knows %s',
    async (name) => {
      const principal = await signIn(name, 'correct horse');

      expect(principal).toMatchObject({
        login: 'alice',
        name: 'Alice Lefèvre',
        mail: 'alice@culture.example',
        aliases: ['a.lefevre@culture.example'],
        imapLogin: 'alice@culture.example',
      });
      expect(principal?.dn?.toLowerCase()).toBe(`uid=alice,ou=people,${SUFFIX}`);
      expect(principal?.attributes['employeenumber']).toEqual(['42']);
      expect(JSON.stringify(principal)).not.toContain('horse');
    },
  );

  it('tells the groups of a person, an attribute that servers keep apart', async () => {
    const groups = [{ id: 'network', match: { memberOf: GROUP.toUpperCase() } }];
    const of = async (change: Partial<LdapDirectory>) => {
      const principal = await signIn('alice', 'correct horse', change);
      return principal && groupsOf(principal, groups);
    };

    expect(await of({})).toEqual(['network']);
    // As if nobody asked for it by name.
    expect(await of({ alsoAsk: [] })).toEqual([]);
  });

  it.each([
    ['ldaps', () => ({ urls: [slapd.ldapsUrl], startTls: false })],
    ['ldap, on this machine', () => ({ startTls: false })],
  ])('is reached by %s', async (_name, change) => {
    expect(await signIn('alice', 'correct horse', change())).toMatchObject({ login: 'alice' });
    expect(await signIn('alice', 'wrong', change())).toBeUndefined();
  });

  it('refuses wrong passwords and unknown people alike', async () => {
    expect(await signIn('alice', 'wrong')).toBeUndefined();
    expect(await signIn('nobody', 'wrong')).toBeUndefined();
  });

  it('knows people by the letters of their names alone, whatever it takes for the same', async () => {
    expect(await signIn('Deux Mots', 'spaced pw')).toMatchObject({ login: 'deux mots' });
    // RFC 4518 2.6.1: one space or several; each spelling would be guessed at, and counted, anew.
    expect(await signIn('deux  mots', 'spaced pw')).toBeUndefined();
  });

  it('compares with what the filter of the site asks, and the rest of it', async () => {
    const by = (searchFilter: string, name: string) =>
      signIn(name, 'correct horse', { searchFilter });

    expect(await by('(employeeNumber={{login}})', '42')).toMatchObject({ login: 'alice' });
    expect(await by('(mail={{login}}@culture.example)', 'a.lefevre')).toMatchObject({
      login: 'alice',
    });
    expect(await by('(&(sn=x)(mail={{login}}@*))', 'A.Lefevre')).toMatchObject({ login: 'alice' });
    expect(await by('(|(uid={{login}})(employeeNumber=42))', 'bob')).toBeUndefined();
  });

  it('refuses a login that means two people', async () => {
    expect(await signIn('twin@culture.example', 'pw')).toBeUndefined();
  });

  it('opens nothing for somebody without an address', async () => {
    expect(await codeOf(signIn('nomail', 'pw'))).toBe('session/refused');
  });

  it.each([
    '*',
    'alic*',
    'alice)(uid=*',
    '*)(|(uid=*',
    'alice\0',
    'alice\\',
    '\\2a',
    '$&',
    '$`',
    "$'",
    '{{login}}',
    '{{username}}$`',
    'alice,ou=people',
    ')',
    '((((',
  ])('takes %j literally', async (name) => {
    expect(await signIn(name, 'correct horse')).toBeUndefined();
  });

  it('matches special characters and accents that are really in a name', async () => {
    expect(await signIn('star*', 'star pw')).toMatchObject({ login: 'star*' });
    expect(await signIn('zoé', 'accent pw')).toMatchObject({ login: 'zoé' });
  });
});

describe('a directory that fails', () => {
  it('is not a wrong password', async () => {
    const dead = `ldap://127.0.0.1:${await freePort()}`;

    expect(await codeOf(signIn('alice', 'wrong', { urls: [dead] }))).toBe('directory/unreachable');
    expect(await codeOf(signIn('alice', 'correct horse', { urls: [dead], startTls: false }))).toBe(
      'directory/unreachable',
    );
  });

  it('is replaced by the next server', async () => {
    const dead = `ldap://127.0.0.1:${await freePort()}`;
    const urls = [dead, slapd.url];

    expect(await signIn('alice', 'correct horse', { urls })).toMatchObject({ login: 'alice' });
    expect(await signIn('alice', 'wrong', { urls })).toBeUndefined();
  });

  it('is replaced by the next server when it says nothing', async () => {
    const silent = await relay(() => {});
    const change = { urls: [silent.url, slapd.url], timeoutMs: 300 };

    expect(await signIn('alice', 'correct horse', change)).toMatchObject({ login: 'alice' });
  });

  it.each([true, false])('is a time-out when it says nothing (StartTLS %s)', async (startTls) => {
    const silent = await relay(() => {});
    const change = { urls: [silent.url], startTls, timeoutMs: 300 };

    expect(await codeOf(signIn('alice', 'correct horse', change))).toBe('directory/timeout');
  });

  it('has said by the end of the time, however many servers are silent', async () => {
    const silent = await Promise.all([1, 2, 3].map(() => relay(() => {})));
    const endpoint = directory({ urls: silent.map(({ url }) => url), timeoutMs: 5_000 });
    const startedMs = performance.now();
    const work = login(endpoint, { login: 'alice', password: 'x' }, Date.now() + 900);

    expect(await codeOf(work)).toBe('directory/timeout');
    expect(performance.now() - startedMs).toBeLessThan(1_500);
  });

  it('has said by then too where our own account has to be asked about again', async () => {
    // A bind is refused late; what is asked afterwards has no answer.
    let binds = 0;
    const evil = await relay((client, data) => {
      binds += 1;
      const id = data.subarray(2, 5).toString('hex');
      const refusal = Buffer.from(`300c${id}61070a013104000400`, 'hex');
      if (binds === 1) setTimeout(() => client.write(refusal), 700);
    });
    const endpoint = directory({ urls: [evil.url], startTls: false, timeoutMs: 5_000 });
    const startedMs = performance.now();
    const work = login(endpoint, { login: 'alice', password: 'x' }, Date.now() + 900);

    expect(await codeOf(work)).toBe('directory/timeout');
    expect(binds).toBeGreaterThan(1);
    expect(performance.now() - startedMs).toBeLessThan(1_300);
  });

  it('does not make the next server judge a wrong password again', async () => {
    const second = await relay();

    expect(await signIn('alice', 'wrong', { urls: [slapd.url, second.url] })).toBeUndefined();
    expect(second.text()).toBe('');
  });

  it('is not a wrong password when our own account is refused', async () => {
    const change = { bindPassword: 'old' };

    expect(await codeOf(signIn('alice', 'correct horse', change))).toBe('directory/unreachable');
  });

  it('is not a wrong password when the search base does not exist', async () => {
    const change = { searchBase: `ou=nowhere,${SUFFIX}` };

    expect(await codeOf(signIn('alice', 'correct horse', change))).toBe('directory/unreachable');
  });
});

describe('passwords on the wire', () => {
  it('are never in clear with StartTLS', async () => {
    const tap = await relay();
    await signIn('alice', 'correct horse', { urls: [tap.url] });

    expect(tap.text()).toContain('1.3.6.1.4.1.1466.20037');
    expect(hasSecret(tap.text())).toBe(false);
  });

  it('are in clear without, which shows that the tap works', async () => {
    const tap = await relay();
    await signIn('alice', 'correct horse', { urls: [tap.url], startTls: false });

    expect(hasSecret(tap.text())).toBe(true);
  });

  it('are not sent to a server of another authority', async () => {
    const tap = await relay();
    const change = { urls: [tap.url], caFile: slapd.otherCaFile };

    expect(await codeOf(signIn('alice', 'correct horse', change))).toBe('directory/unreachable');
    expect(hasSecret(tap.text())).toBe(false);
  });

  it('are not sent when ldaps shows the wrong authority, or none can be read', async () => {
    const urls = [slapd.ldapsUrl];
    for (const caFile of [slapd.otherCaFile, '/does/not/exist.pem']) {
      const work = signIn('alice', 'correct horse', { urls, startTls: false, caFile });
      expect(await codeOf(work)).toBe('directory/unreachable');
    }
  });

  it.each([
    ['refuses StartTLS', Buffer.from('300c02010178070a013404000400', 'hex')],
    ['answers nonsense', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['grants it and sends more before TLS', Buffer.from('300c02010178070a01000400040030', 'hex')],
    ['announces an endless answer', Buffer.from('3084ffffffff', 'hex')],
  ])('are not sent to a server that %s', async (_name, answer) => {
    const evil = await relay((client) => client.write(answer));
    const work = signIn('alice', 'correct horse', { urls: [evil.url] });

    expect(await codeOf(work)).toBe('directory/unreachable');
    expect(hasSecret(evil.text())).toBe(false);
  });

  it('are not sent to a server that drops the connection after StartTLS', async () => {
    const granted = Buffer.from('300c02010178070a010004000400', 'hex');
    const evil = await relay((client, data) => {
      if (data.includes('1466.20037')) client.end(granted);
    });
    const endpoint = directory({ urls: [evil.url] });

    expect(
      await codeOf(
        login(endpoint, { login: 'alice', password: 'correct horse' }, Date.now() + 5_000),
      ),
    ).toBe('directory/unreachable');
    expect(await codeOf(pingDirectory(endpoint, { timeoutMs: 1_000 }))).toBe(
      'directory/unreachable',
    );
    expect(hasSecret(evil.text())).toBe(false);
  });

  it('leave no connection open, whatever the outcome', async () => {
    const tap = await relay();
    await signIn('alice', 'correct horse', { urls: [tap.url] });
    await signIn('alice', 'wrong', { urls: [tap.url] });
    await codeOf(signIn('alice', 'x', { urls: [tap.url], caFile: slapd.otherCaFile }));

    const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));
    while (tap.open.size > 0) await Promise.all([...tap.open].map(closed));
    expect(tap.open.size).toBe(0);
  });
});

describe('the health of a directory', () => {
  it('is that of its first server that answers', async () => {
    const dead = `ldap://127.0.0.1:${await freePort()}`;

    await pingDirectory(directory(), { timeoutMs: 1_000 });
    await pingDirectory(directory({ urls: [dead, slapd.url] }), { timeoutMs: 1_000 });
    await pingDirectory(directory({ urls: [slapd.ldapsUrl], startTls: false }), {
      timeoutMs: 1_000,
    });
  });

  it('is bad when none does, or when our account is refused', async () => {
    const dead = directory({ urls: [`ldap://127.0.0.1:${await freePort()}`] });
    const silent = await relay(() => {});
    const mute = directory({ urls: [silent.url], startTls: false });
    const denied = directory({ bindPassword: 'old' });

    expect(await codeOf(pingDirectory(dead, { timeoutMs: 300 }))).toBe('directory/unreachable');
    expect(await codeOf(pingDirectory(mute, { timeoutMs: 300 }))).toBe('directory/timeout');
    expect(await codeOf(pingDirectory(denied, { timeoutMs: 1_000 }))).toBe('directory/unreachable');
  });
});

describe('the directory of the demo', () => {
  it('signs its agents in, by login or address', async () => {
    const [site] = demoSites;
    const agent = demoAgents.find((one) => one.site === site?.id);
    if (!site || !agent) throw new Error('no demo agent');
    const passwords = directoryPasswords(site);
    const entries = directoryEntries(site);
    const demo = await startDemoLdap({ entries, passwords, suffixes: [site.baseDn] });
    relays.push({ close: () => void demo.close() });
    const change = {
      urls: [demo.url],
      startTls: false,
      bindDn: site.serviceDn,
      bindPassword: site.servicePassword,
      searchBase: site.baseDn,
    };

    for (const name of [agent.username, agent.mail]) {
      expect(await signIn(name, agent.password, change)).toMatchObject({ mail: agent.mail });
    }
    expect(await signIn(agent.username, 'wrong', change)).toBeUndefined();
    expect(await signIn('nobody', 'wrong', change)).toBeUndefined();
    while (demo.stats().connections > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(demo.stats().connections).toBe(0);
  });
});
