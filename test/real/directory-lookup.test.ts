import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { systemClock } from '../../src/base/clock';
import { isAppError } from '../../src/base/errors';
import { silentLog } from '../../src/base/log';
import { createKeptConnections, searchDirectory } from '../../src/ldap';
import { createDirectoryLookup } from '../../src/session/directory-lookup';
import type { LdapDirectory } from '../../src/sites/site';
import { directoryAt, freePort, GROUP, type Slapd, SUFFIX, startSlapd } from './sign-in-slapd';

let slapd: Slapd;
beforeAll(async () => {
  slapd = await startSlapd();
});
afterAll(() => slapd.stop());

const lookup = createDirectoryLookup({ clock: systemClock, log: silentLog() });
const directory = (change: Partial<LdapDirectory> = {}) => directoryAt(slapd, change);
const find = (login: string, change: Partial<LdapDirectory> = {}, timeoutMs = 5_000) =>
  lookup(directory(change), login, timeoutMs);
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    return `found ${JSON.stringify(await work)}`;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
};

/** A server that takes connections and says nothing. */
async function silentServer() {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `ldap://127.0.0.1:${address.port}`,
    close() {
      for (const client of clients) client.destroy();
      server.close();
    },
  };
}

describe('the entry of somebody whom a provider vouches for', () => {
  it('is found without their password, by login and by address', async () => {
    const person = {
      login: 'alice',
      name: 'Alice Lefèvre',
      mail: 'alice@culture.example',
      aliases: ['a.lefevre@culture.example'],
      dn: `uid=Alice,ou=people,${SUFFIX}`,
    };

    expect(await find('alice')).toMatchObject(person);
    expect(await find('a.lefevre@culture.example')).toMatchObject(person);
    expect((await find('alice'))?.attributes).toMatchObject({ memberof: [GROUP] });
  });

  it('holds no password', async () => {
    expect(JSON.stringify(await find('alice'))).not.toMatch(/password/i);
  });

  it.each(['*', 'a*', 'alice)(uid=*', '\\2a', 'ali\\00ce', '(', ''])(
    'is nobody for %j',
    async (login) => {
      expect(await find(login)).toBeUndefined();
    },
  );

  // slapd finds somebody for each of them: whoever has such a login at a provider is another person.
  it.each(['ａlice', 'alicｅ', 'deux  mots'])(
    'is nobody for %j, which the directory takes for the same',
    async (login) => {
      expect(await find(login)).toBeUndefined();
    },
  );

  it('is that of a name with a star in it, and of no other', async () => {
    expect((await find('star*'))?.login).toBe('star*');
  });

  it('is nobody where two answer to the name', async () => {
    expect(await find('twin@culture.example')).toBeUndefined();
  });

  it('is not enough without an address', async () => {
    expect(await codeOf(find('nomail'))).toBe('session/refused');
  });

  it('is asked of the next server when one is down, or silent', async () => {
    const silent = await silentServer();
    const dead = `ldap://127.0.0.1:${await freePort()}`;

    expect((await find('alice', { urls: [dead, slapd.url] }))?.login).toBe('alice');
    expect((await find('alice', { urls: [silent.url, slapd.url] }))?.login).toBe('alice');
    silent.close();
  }, 15_000);

  it('is never "unknown" when nobody could say, and takes no longer than it may', async () => {
    const silent = await silentServer();
    const dead = `ldap://127.0.0.1:${await freePort()}`;
    const startedMs = Date.now();
    const urls = [silent.url, silent.url, silent.url];

    expect(await codeOf(find('alice', { urls }, 1_500))).toBe('directory/timeout');
    expect(Date.now() - startedMs).toBeLessThan(2_500);
    silent.close();
    expect(await codeOf(find('alice', { urls: [dead] }))).toBe('directory/unreachable');
    expect(await codeOf(find('alice', { bindPassword: 'wrong' }))).toBe('directory/unreachable');
  }, 15_000);

  it('is asked over verified TLS alone', async () => {
    expect(await codeOf(find('alice', { caFile: slapd.otherCaFile }))).toBe(
      'directory/unreachable',
    );
  });
});

it('is asked for again over the TLS connection of the question before', async () => {
  const through = createKeptConnections();
  const of = directory();
  const ask = (uid: string) =>
    searchDirectory(
      of,
      { base: of.searchBase, scope: 'sub', filter: `(uid=${uid})`, attributes: ['uid'], limit: 1 },
      { timeoutMs: 2_000, through },
    );
  const first = await ask('alice');
  // The authority of the server is read for new connections alone.
  const wrong = { ...of, caFile: slapd.otherCaFile };

  expect(first.entries).toHaveLength(1);
  expect((await ask('zoé')).entries).toHaveLength(1);
  await expect(
    searchDirectory(
      wrong,
      { base: of.searchBase, scope: 'sub', filter: '(uid=alice)', attributes: ['uid'], limit: 1 },
      { timeoutMs: 2_000, through },
    ),
  ).rejects.toThrow('directory/unreachable');
});
