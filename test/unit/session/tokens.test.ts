import type { Log } from '../../../src/base/log';
import { silentLog } from '../../../src/base/log';
import { secretHandle } from '../../../src/base/secret';
import type { SessionId } from '../../../src/base/types';
import {
  createKeyRing,
  createSessions,
  type ExternalSecret,
  type RefreshTokens,
  type Sessions,
} from '../../../src/session';
import { parseBearer } from '../../../src/session/bearer';
import { openSecret, sealSecret } from '../../../src/session/credentials';
import { aBench, aSite, type Bench, codeOf, SERVER_KEY } from './kit';

const keys = createKeyRing([SERVER_KEY]);
const site = aSite({ mailAccess: { kind: 'oauth', mechanism: 'XOAUTH2', servers: [] } });

let bench: Bench;
/** Refresh tokens that the provider has been shown, in order. */
let shown: string[];
/** What it does; by default each refresh token is good once, and gives the next one. */
let provider: RefreshTokens;
beforeEach(async () => {
  bench = await aBench();
  bench.site = site;
  shown = [];
  provider = async (_site, { refresh }) => {
    if (shown.filter((one) => one === refresh.reveal()).length > 1) return undefined;
    return tokensOf(`access-${shown.length}`, `refresh-${shown.length}`, 600);
  };
});
afterEach(() => bench.close());

const inSeconds = (seconds: number) => new Date(bench.clock.ms + seconds * 1_000).toISOString();
const tokensOf = (access: string, refresh: string, seconds: number) => ({
  access: secretHandle(access),
  refresh: secretHandle(refresh),
  expiresAt: inSeconds(seconds),
});

/** One process: sessions over the same database, and its own memory. */
function aProcess(log: Log = silentLog()): Sessions {
  const { db, clock, hooks, users, throttle } = bench;
  return createSessions({
    ...{ db, clock, hooks, users, throttle, log, keys },
    isFactor: () => true,
    ldapLogin: async () => undefined,
    imapLogin: async () => undefined,
    refreshTokens: async (where, request) => {
      shown.push(request.refresh.reveal());
      return provider(where, request);
    },
  });
}

/** A session whose sealed secret holds tokens that end in `seconds`. */
async function aSession(seconds: number, more: Partial<ExternalSecret['tokens']> = {}) {
  const { bearer, session } = await bench.signIn();
  const parsed = parseBearer(bearer);
  if (!parsed) throw new Error('no bearer');
  const context = { sessionId: session.id, userId: session.user.id, half: parsed.half };
  const sealed = sealSecret(keys, context, {
    kind: 'external',
    username: 'alice',
    plugin: 'sso',
    method: 'cerbere',
    tokens: { access: 'access-0', refresh: 'refresh-0', expiresAt: inSeconds(seconds), ...more },
    leaving: { hint: 'id token' },
  });
  await bench.db.knex('sessions').where({ id: session.id }).update({ sealed });
  return { bearer, id: session.id, context };
}

const rowOf = (id: SessionId) => bench.db.knex('sessions').where({ id }).first();
const tokenIn = async (sessions: Sessions, bearer: string) => {
  const loaded = await sessions.load(bearer, site, { touch: true });
  const credential = await loaded?.openCredential(site.imap);
  return credential && 'accessToken' in credential ? credential.accessToken : undefined;
};

it('is no password for the directory', async () => {
  const { bearer } = await aSession(61);
  const loaded = await aProcess().load(bearer, site, { touch: true });

  expect(loaded?.openPassword()).toBeUndefined();
});

describe('a token that goes on', () => {
  it('is used as it is', async () => {
    const { bearer } = await aSession(61);
    expect(await tokenIn(aProcess(), bearer)).toBe('access-0');
    expect(shown).toEqual([]);
  });

  it('is used as it is where no end is known', async () => {
    const { bearer, context, id } = await aSession(0);
    const { tokens, ...secret } = openSecret(keys, context, (await rowOf(id)).sealed) as never as {
      tokens: { access: string };
    };
    const sealed = sealSecret(keys, context, {
      ...(secret as ExternalSecret),
      tokens: { access: tokens.access },
    });
    await bench.db.knex('sessions').where({ id }).update({ sealed });
    expect(await tokenIn(aProcess(), bearer)).toBe('access-0');
  });
});

describe('a token that ends within a minute', () => {
  it('is renewed under the same id and cookie, with what it takes to leave', async () => {
    const { bearer, id, context } = await aSession(59);
    const sessions = aProcess();

    expect(await tokenIn(sessions, bearer)).toBe('access-1');
    expect(await tokenIn(sessions, bearer)).toBe('access-1');
    expect(shown).toEqual(['refresh-0']);
    expect(openSecret(keys, context, (await rowOf(id)).sealed)).toEqual({
      kind: 'external',
      username: 'alice',
      plugin: 'sso',
      method: 'cerbere',
      tokens: { access: 'access-1', refresh: 'refresh-1', expiresAt: expect.any(String) },
      leaving: { hint: 'id token' },
    });
  });

  it('is renewed without counting as activity', async () => {
    const { bearer, id } = await aSession(59);
    const before = await rowOf(id);
    bench.clock.pass(120);
    await aProcess().load(bearer, site, { touch: false });
    const after = await rowOf(id);

    expect(shown).toEqual(['refresh-0']);
    expect(after.sealed).not.toBe(before.sealed);
    for (const column of ['seen_at', 'idle_expires_at', 'expires_at']) {
      expect(after[column]).toBe(before[column]);
    }
  });

  it('shows each refresh token once, whatever the requests and processes', async () => {
    const { bearer } = await aSession(-1);
    const answered = provider;
    provider = async (...args) => {
      await new Promise((resolve) => {
        setTimeout(resolve, 30);
      });
      return answered(...args);
    };
    const processes = [aProcess(), aProcess(), aProcess()];
    const asked = processes.flatMap((one) => Array.from({ length: 5 }, () => tokenIn(one, bearer)));

    expect(new Set(await Promise.all(asked))).toEqual(new Set(['access-1']));
    expect(shown).toEqual(['refresh-0']);
  });

  it('makes nobody wait who still has time', async () => {
    const { bearer } = await aSession(30);
    let answer: (tokens: Awaited<ReturnType<RefreshTokens>>) => void = () => {};
    provider = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const [here, there] = [aProcess(), aProcess()];
    const first = tokenIn(here, bearer);
    while (shown.length === 0) await new Promise(setImmediate);

    const loaded = await Promise.all(
      [here, there].map((one) => one.load(bearer, site, { touch: true })),
    );
    expect(loaded.map((one) => one?.session.state)).toEqual(['open', 'open']);
    // Who opens a connection waits: the provider may end the former token with the new one.
    const credentials = loaded.map((one) => one?.openCredential(site.imap));
    answer(tokensOf('access-1', 'refresh-1', 600));
    expect(await first).toBe('access-1');
    for (const credential of credentials) {
      expect(await credential).toMatchObject({ accessToken: 'access-1' });
    }
    expect(shown).toHaveLength(1);
  });

  it('keeps the refresh token of a provider that gives no other', async () => {
    const { bearer, id, context } = await aSession(59);
    provider = async () => ({ access: secretHandle('access-1'), expiresAt: inSeconds(600) });
    await tokenIn(aProcess(), bearer);

    expect(openSecret(keys, context, (await rowOf(id)).sealed)).toMatchObject({
      tokens: { access: 'access-1', refresh: 'refresh-0' },
    });
  });

  it('is seen by whoever held the session before', async () => {
    const { bearer } = await aSession(30);
    const sessions = aProcess();
    provider = async () => {
      throw new Error('not now');
    };
    const stream = await sessions.load(bearer, site, { touch: true });
    provider = async () => tokensOf('access-9', 'refresh-9', 600);
    bench.clock.pass(120);
    expect(await tokenIn(aProcess(), bearer)).toBe('access-9');

    expect(await stream?.openCredential(site.imap)).toMatchObject({ accessToken: 'access-9' });
    expect(shown).toEqual(['refresh-0', 'refresh-0']);
  });
});

describe('a provider that refuses', () => {
  it.each<[string, RefreshTokens]>([
    ['says no', async () => undefined],
    ['gives what no server takes', async () => ({ access: secretHandle('a\x01b') })],
  ])('freezes the session when it %s', async (_name, refuses) => {
    const { bearer, id } = await aSession(10);
    provider = refuses;
    const sessions = aProcess();
    const loaded = await sessions.load(bearer, site, { touch: true });

    expect(loaded?.session.state).toBe('frozen');
    expect((await rowOf(id)).state).toBe('frozen');
    await tokenIn(sessions, bearer).catch(() => {});
    expect(shown).toHaveLength(1);
  });

  it('freezes it once the token has ended where there is nothing to renew with', async () => {
    const { bearer } = await aSession(10);
    const { db, clock, hooks, users, throttle } = bench;
    const without = createSessions({
      ...{ db, clock, hooks, users, throttle, log: silentLog(), keys },
      ldapLogin: async () => undefined,
      imapLogin: async () => undefined,
    });
    expect(await tokenIn(without, bearer)).toBe('access-0');
    bench.clock.pass(11);
    expect((await without.load(bearer, site, { touch: true }))?.session.state).toBe('frozen');
  });
});

describe('a provider that is silent', () => {
  it('freezes nobody, is not asked again at once, and is told as such', async () => {
    const { bearer, id } = await aSession(-1);
    const lines: unknown[] = [];
    const log = { ...silentLog(), warn: (...line: unknown[]) => void lines.push(line) };
    provider = async () => {
      throw new Error('refused: refresh-0');
    };
    const sessions = aProcess(log as Log);

    const loaded = await sessions.load(bearer, site, { touch: true });
    expect(loaded?.session.state).toBe('open');
    if (!loaded) return;
    expect(await codeOf(Promise.resolve(loaded.openCredential(site.imap)))).toBe('session/renewal');
    expect(shown).toHaveLength(1);
    expect(lines).toHaveLength(1);
    // Nor does anybody wait for who has just said nothing.
    expect(bench.clock.waits.filter((ms) => ms < 1_000)).toEqual([]);

    provider = async () => tokensOf('access-1', 'refresh-1', 600);
    bench.clock.pass(11);
    expect(await tokenIn(sessions, bearer)).toBe('access-1');
    expect((await rowOf(id)).state).toBe('open');
  });

  it('is waited for no longer than five seconds', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      const { bearer } = await aSession(-1);
      provider = () => new Promise(() => {});
      const loading = aProcess().load(bearer, site, { touch: true });
      while (shown.length === 0) await new Promise(setImmediate);
      await jest.advanceTimersByTimeAsync(5_001);

      expect((await loading)?.session.state).toBe('open');
    } finally {
      jest.useRealTimers();
    }
  });
});

it('a session whose person confirms it keeps the tokens that come meanwhile', async () => {
  const { bearer } = await aSession(30);
  const answered = provider;
  provider = async (...args) => {
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    return answered(...args);
  };
  const sessions = aProcess();
  const renewing = sessions.load(bearer, site, { touch: true });
  while (shown.length === 0) await new Promise(setImmediate);
  const loaded = await sessions.load(bearer, site, { touch: true });
  if (!loaded) throw new Error('no session');
  const confirmed = await sessions.confirm(loaded, { challenge: 'code' }, { site: site.id });
  await renewing;

  expect(await tokenIn(sessions, confirmed.bearer)).toBe('access-1');
  expect(shown).toEqual(['refresh-0']);
});

it('a session that has ended gets no tokens back', async () => {
  const { bearer, id } = await aSession(-1);
  const sessions = aProcess();
  const loaded = await sessions.load(bearer, site, { touch: true });
  await sessions.signOut(id);
  bench.clock.pass(3_600);

  expect(await codeOf(Promise.resolve(loaded?.openCredential(site.imap)))).toBe('session/frozen');
  expect(await rowOf(id)).toBeUndefined();
});

it('other sites never ask, whatever the session holds', async () => {
  const { bearer } = await aSession(-1);
  const other = aSite({
    mailAccess: {
      kind: 'master',
      user: 'estafette',
      separator: '*',
      password: secretHandle('x'),
      servers: [],
    },
  });
  const loaded = await aProcess().load(bearer, other, { touch: true });
  expect(await loaded?.openCredential(other.imap)).toMatchObject({ username: 'alice*estafette' });
  const elsewhere = Promise.resolve(loaded?.openCredential({ host: 'evil.example', port: 993 }));
  expect(await codeOf(elsewhere)).toBe('session/mail-access');
  expect(shown).toEqual([]);
});
