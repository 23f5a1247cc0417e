import type { SessionId, UserId } from '../../../src/base/types';
import { createKeyRing } from '../../../src/session';
import { openSecret, sealSecret } from '../../../src/session/credentials';
import { aBench, type Bench } from './kit';

const OLD = { id: 1, secret: Buffer.alloc(32, 1) };
const NEW = { id: 2, secret: Buffer.alloc(32, 2) };
const keys = createKeyRing([OLD]);
const credential = {
  kind: 'password',
  username: 'alice',
  password: 'pâsse "mot" 🔑',
} as const;
const SERVER = { host: '127.0.0.1', port: 1 };
const context = {
  sessionId: 'a'.repeat(64) as SessionId,
  userId: 7 as UserId,
  half: Buffer.alloc(32, 9).toString('base64url'),
};
const open = (sealed: string | undefined, change: object = {}, ring = keys) =>
  openSecret(ring, { ...context, ...change }, sealed);

describe('a sealed credential', () => {
  const sealed = sealSecret(keys, context, credential);

  it('opens with the server key, the cookie half, the session and the user', () => {
    expect(open(sealed)).toEqual(credential);
  });

  it.each([
    ['without the cookie half', { half: Buffer.alloc(32).toString('base64url') }],
    ['in the row of another session', { sessionId: 'b'.repeat(64) }],
    ['in the row of another user', { userId: 8 }],
  ])('stays closed %s', (_name, change) => {
    expect(() => open(sealed, change)).toThrow('session/frozen');
  });

  it('stays closed with the cookie and the database but another server key', () => {
    const ring = createKeyRing([{ id: 1, secret: Buffer.alloc(32, 5) }]);
    expect(() => open(sealed, {}, ring)).toThrow('session/frozen');
  });

  it('stays closed when any byte was changed', () => {
    const bytes = Buffer.from(sealed, 'base64');
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => open(changed.toString('base64'))).toThrow('session/frozen');
    }
  });

  it.each([undefined, '', 'AAAA', 'not base64 !'])('takes %j for unreadable', (value) => {
    expect(() => open(value)).toThrow('session/frozen');
  });

  it('never says twice the same, nor how long the password is', () => {
    const other = sealSecret(keys, context, { ...credential, password: 'x' });
    expect(other).toHaveLength(sealed.length);
    expect(sealSecret(keys, context, credential)).not.toBe(sealed);
  });

  it('names its key, so that keys can be replaced and retired', () => {
    const both = createKeyRing([NEW, OLD]);
    const renewed = sealSecret(both, context, credential);

    expect(open(sealed, {}, both)).toEqual(credential);
    expect(open(renewed, {}, createKeyRing([NEW]))).toEqual(credential);
    expect(() => open(sealed, {}, createKeyRing([NEW]))).toThrow('session/frozen');
  });

  it('opens as the former version sealed it', () => {
    const former = [
      'ATVGYd+ZGjJNo/2fvVdpv42h0LHKhAartKGoOu0dOqFAqh6FZbrmGD4YljkpdGwQhKaVrt0u3/TEU60V',
      'BmCSmQdtyHPYUV54coVi0n9lzNicBbhbbSlL9i8FGcnVFvarGMBqLjgwNmJ7/2gxc3KA/CbDMC5L+1ML',
      'bt2xw28z5y795jkkCwNZpHvQxrVXVUInalzkC8f114RKNXwOjYZ1/vshSgBe/+caXc9PafU=',
    ].join('');
    expect(open(former)).toEqual({ kind: 'password', username: 'alice', password: 'former one' });
    expect(() => open(former, { userId: 8 })).toThrow('session/frozen');
  });

  it('may be of somebody without a password, and tells of tokens no more than of passwords', () => {
    const external = {
      kind: 'external',
      username: 'alice',
      plugin: 'sso',
      method: 'cerbere',
      tokens: { access: 'abc', refresh: 'def', expiresAt: '2026-03-01T09:00:00.000Z' },
      leaving: { hint: 'id token' },
    } as const;
    const one = sealSecret(keys, context, external);

    expect(open(one)).toEqual(external);
    const { tokens: _none, ...without } = external;
    expect(open(sealSecret(keys, context, without))).toEqual(without);
    const longer = { ...external, tokens: { ...external.tokens, access: 'abcdef' } };
    expect(sealSecret(keys, context, longer)).toHaveLength(one.length);
    expect(one).not.toContain(Buffer.from('abc').toString('base64'));
  });

  it('quotes nothing of itself in its error', () => {
    try {
      open(sealed, { userId: 8 });
    } catch (error) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('alice');
      expect((error as Error).cause).toBeUndefined();
    }
    expect.assertions(2);
  });
});

describe('server keys', () => {
  it.each([
    ['none', []],
    ['a short one', [{ id: 1, secret: Buffer.alloc(16) }]],
    ['an id that fits no byte', [{ id: 256, secret: Buffer.alloc(32) }]],
    ['the same id twice', [OLD, { ...NEW, id: 1 }]],
  ])('are refused: %s', (_name, ring) => {
    expect(() => createKeyRing(ring)).toThrow('config/invalid');
  });
});

describe('a database in the wrong hands', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await aBench();
  });
  afterEach(() => bench.close());

  it('gives no credential to who swaps the rows of two people', async () => {
    const alice = await bench.signIn();
    const bruno = await bench.signIn({ login: 'bruno', password: 'battery staple' });
    const row = await bench.db.knex('sessions').where({ id: alice.session.id }).first();
    await bench.db
      .knex('sessions')
      .where({ id: bruno.session.id })
      .update({ sealed: row.sealed, user_id: row.user_id });

    const loaded = await bench.sessions.load(bruno.bearer, bench.site, { touch: false });
    expect(loaded?.session.user.login).toBe('alice');
    await expect(loaded?.openCredential(SERVER)).rejects.toThrow('session/frozen');
  });

  it('gives none to who knows the id without the other half of the cookie', async () => {
    const { bearer } = await bench.signIn();
    const [id = ''] = bearer.split('.');

    const forged = `${id}.${'A'.repeat(43)}`;

    expect(await bench.sessions.load(forged, bench.site, { touch: false })).toBeUndefined();
  });
});
