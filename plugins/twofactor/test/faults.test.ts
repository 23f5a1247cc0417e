import type { PluginTest } from 'estafette/plugin/testing';
import { Authenticator } from './authenticator';
import {
  codeOf,
  DEVICE,
  enrolTotp,
  isAsked,
  modelOf,
  openTotp,
  startFactor,
  textOf,
  words,
} from './kit';

const STEP_MS = 30_000;

let test: PluginTest;
/** What is down at the moment: the log of what people did, or the sessions. */
let down: { readonly lines?: true; readonly sessions?: true };
/** Waits where a session would open. */
let atSession: () => Promise<void>;

const start = async (): Promise<void> => {
  down = {};
  atSession = async () => {};
  test = await startFactor({
    audit() {
      if (down.lines) throw new Error('disk');
    },
    async satisfy() {
      await atSession();
      if (down.sessions) throw new Error('disk');
    },
  });
};
afterEach(() => test.stop());

const give = (code: string) =>
  test.route('post', '/challenge', {
    awaiting: true,
    device: DEVICE,
    body: { code, trust: '1' },
  });
const statusOf = (answer: Awaited<ReturnType<typeof give>>) =>
  'status' in answer ? answer.status : undefined;

describe('a code that was right while no session could be opened', () => {
  it('of the application is good afterwards, once, and its browser is not remembered', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    const code = codeOf(secret, test.clock.now());
    const [before] = await test.db.table('twofactor_totp').select();
    down = { sessions: true };
    await expect(give(code)).rejects.toThrow('disk');

    expect(await test.db.table('twofactor_totp').select()).toEqual([before]);
    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
    down = {};
    expect(await give(code)).toHaveProperty('redirect');
    expect(statusOf(await give(code))).toBe(422);
    expect(test.satisfied).toHaveLength(1);
  });

  it('of recovery is good afterwards, once, and its owner is told of that one alone', async () => {
    await start();
    const { codes } = await enrolTotp(test);
    const [code = ''] = codes;
    down = { sessions: true };
    await expect(give(code)).rejects.toThrow('disk');
    expect(test.noticed.map(({ text }) => text)).toEqual(['twofactor:mail.enrolled']);
    down = {};

    expect(await give(code)).toHaveProperty('redirect');
    expect(statusOf(await give(code))).toBe(422);
    expect(test.satisfied).toHaveLength(1);
    expect(test.noticed.map(({ text }) => text)).toEqual([
      'twofactor:mail.enrolled',
      'twofactor:mail.recoveryUsed',
    ]);
  });

  it('of a passkey leaves its counter, and its answer is not taken again', async () => {
    await start();
    const key = new Authenticator('https://test.example', 'test.example');
    const ask = async (path: string, name: string, awaiting: boolean) =>
      modelOf(await test.route('get', path, { awaiting }))[name] as {
        readonly options: string;
        readonly slip: string;
      };
    const made = await ask('/enrol/passkey', 'ask', false);
    await test.route('post', '/enrol/passkey', {
      body: { slip: made.slip, name: 'Clé', response: key.register(made.options) },
    });
    const [before] = await test.db.table('twofactor_passkeys').select();
    const use = async () => {
      const { options, slip } = await ask('/challenge', 'passkey', true);
      const body = { slip, response: key.use(options) };
      return () => test.route('post', '/challenge/passkey', { awaiting: true, body });
    };
    const first = await use();
    down = { sessions: true };
    await expect(first()).rejects.toThrow('disk');

    expect(await test.db.table('twofactor_passkeys').select()).toEqual([before]);
    down = {};
    expect(statusOf(await first())).toBe(422);
    expect(await (await use())()).toHaveProperty('redirect');
    expect(test.satisfied).toHaveLength(1);
  });

  it('is not given back over a later one that let somebody in', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    const [code, later] = [0, 1].map((drift) => codeOf(secret, test.clock.now(), drift));
    let isFirst = true;
    atSession = async () => {
      if (!isFirst) return;
      isFirst = false;
      await give(later ?? '');
      throw new Error('disk');
    };
    await expect(give(code ?? '')).rejects.toThrow('disk');

    expect(test.satisfied).toHaveLength(1);
    expect(statusOf(await give(later ?? ''))).toBe(422);
    expect(statusOf(await give(code ?? ''))).toBe(422);
  });

  it.each(['totp', 'recovery'])('opens once of many at the same moment, by %s', async (way) => {
    await start();
    const { secret, codes } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    const code = way === 'totp' ? codeOf(secret, test.clock.now()) : (codes[0] ?? '');
    let failing = 2;
    atSession = async () => {
      if (failing === 0) return;
      failing -= 1;
      throw new Error('disk');
    };
    // Two that fail, and four among which the others come.
    await Promise.allSettled([give(code), give(code)]);
    await Promise.allSettled([give(code), give(code), give(code), give(code)]);
    await Promise.allSettled([give(code)]);

    expect(test.satisfied).toHaveLength(1);
  });
});

describe('while no line can be written', () => {
  it('a factor is set up with its codes, and both let in', async () => {
    await start();
    down = { lines: true };
    const { secret, codes } = await enrolTotp(test, { awaiting: true });
    test.clock.advance(3 * STEP_MS);

    expect(codes).toHaveLength(4);
    expect(await give(codeOf(secret, test.clock.now()))).toHaveProperty('redirect');
    expect(await give(codes[0] ?? '')).toHaveProperty('redirect');
    expect(test.satisfied).toHaveLength(3);
    expect(test.audited).toEqual([]);
  });
});

describe('a first factor that is set up while no session can be opened', () => {
  it('shows its codes, and lets in afterwards', async () => {
    await start();
    down = { sessions: true };
    const { secret, codes } = await enrolTotp(test, { awaiting: true, device: DEVICE });

    expect(codes).toHaveLength(4);
    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
    down = {};
    test.clock.advance(3 * STEP_MS);
    expect(await give(codeOf(secret, test.clock.now()))).toHaveProperty('redirect');
  });

  it('is one of the two that were proved at the same moment', async () => {
    await start();
    const pages = await Promise.all(
      ['one', 'two'].map(async (session) => ({
        session,
        page: (await openTotp(test, { awaiting: true, session })).page,
      })),
    );
    await Promise.all(
      pages.map(({ session, page }) => {
        const code = codeOf(textOf(page, 'secret'), test.clock.now());
        const body = { slip: textOf(page, 'slip'), code };
        return test.route('post', '/enrol/totp', { awaiting: true, session, body });
      }),
    );

    expect(words(test)).toEqual(['enrolled']);
    expect(await test.db.table('twofactor_recovery').select()).toHaveLength(4);
  });
});
