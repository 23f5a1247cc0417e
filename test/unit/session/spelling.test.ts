import { canonicalLogin } from '../../../src/session';
import { aBench, aSite, type Bench, codeOf } from './kit';

let bench: Bench;
beforeEach(async () => {
  bench = await aBench();
});
afterEach(() => bench.close());

/** The same letters, of another width: U+FF41 to U+FF5A for a to z. */
const wide = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));

describe('a login in another spelling', () => {
  it('is the same login', () => {
    const spellings = [wide('alice'), ' Alice\u3000', 'ALICE', 'ａlicｅ'];
    expect(spellings.map(canonicalLogin)).toEqual(spellings.map(() => 'alice'));
    expect(canonicalLogin('ZOE\u0301')).toBe('zo\u00e9');
  });

  it('signs its person in, and is what the directory is asked for', async () => {
    expect((await bench.signIn({ login: wide('alice') })).session.user.login).toBe('alice');
    expect(await bench.users.findByName(bench.site.id, wide('alice'))).toMatchObject({
      login: 'alice',
    });
  });

  it('is counted as the login that it is: by the waits', async () => {
    const spellings = ['alice', wide('alice'), 'ａlice', 'aｌice', 'alｉce', 'aliｃe'];
    const codes: (string | undefined)[] = [];
    for (const login of spellings) codes.push(await codeOf(bench.signIn({ login, password: 'x' })));

    expect(codes.slice(0, 5)).toEqual(codes.slice(0, 5).map(() => 'session/credentials'));
    expect(codes[5]).toBe('session/throttled');
  });

  it('is counted as the login that it is: by the lock', async () => {
    bench.site = aSite({ protection: { lockAfter: 4, lockMinutes: 15 } });
    const from = (count: number, values: object) =>
      codeOf(bench.signIn({ remote: `198.51.100.${count}`, ...values }));
    for (const [count, login] of ['alice', wide('alice'), 'ａlice', 'aｌice'].entries()) {
      await from(count, { login, password: 'wrong' });
    }

    expect(await from(9, { login: wide('alice') })).toBe('session/credentials');
    expect(await from(10, { login: 'alice' })).toBe('session/credentials');
  });
});
