import type { PluginTest } from 'estafette/plugin/testing';
import { Authenticator, type Bent } from './authenticator';
import { DEVICE, enrolTotp, isAsked, modelOf, type Options, startFactor, words } from './kit';

const ORIGIN = 'https://test.example';

let test: PluginTest;
const start = async (options: Options = {}): Promise<void> => {
  test = await startFactor(options);
};
afterEach(() => test.stop());

interface Ask {
  readonly options: string;
  readonly slip: string;
}
const askOf = (model: Readonly<Record<string, unknown>>, name: string): Ask => model[name] as Ask;
const newKey = (): Authenticator => new Authenticator(ORIGIN, 'test.example');

async function add(key: Authenticator, name = 'Ma clé', bent: Bent = {}) {
  const { options, slip } = askOf(modelOf(await test.route('get', '/enrol/passkey')), 'ask');
  return test.route('post', '/enrol/passkey', {
    body: { slip, name, response: key.register(options, bent) },
  });
}

const asked = async (session = 'test-session'): Promise<Ask> =>
  askOf(
    modelOf(await test.route('get', '/challenge', { awaiting: true, session, device: DEVICE })),
    'passkey',
  );

const answer = (ask: Ask, response: string, session = 'test-session') =>
  test.route('post', '/challenge/passkey', {
    awaiting: true,
    session,
    device: DEVICE,
    body: { slip: ask.slip, response },
  });

const lastCode = (): unknown => {
  const line = test.audited.at(-1) as { details?: { code?: string } } | undefined;
  return line?.details?.code;
};

describe('a passkey', () => {
  it('is added with a name, and opens', async () => {
    await start();
    const key = newKey();
    await add(key, 'Téléphone');
    expect(await isAsked(test)).toBe(true);

    const ask = await asked();
    expect(await answer(ask, key.use(ask.options))).toEqual({ redirect: '/mail/me/INBOX' });
    expect(test.satisfied).toEqual(['twofactor']);
    expect(words(test)).toEqual(['enrolled', 'used']);
    expect(await test.renderRoute('/')).toContain('Téléphone');
    expect(test.failures()).toEqual([]);
  });

  it('asks for verification, the host as its domain, and for none that is there already', async () => {
    await start();
    const key = newKey();
    await add(key);
    const { options } = askOf(modelOf(await test.route('get', '/enrol/passkey')), 'ask');
    const made = JSON.parse(options);

    expect(made.authenticatorSelection.userVerification).toBe('required');
    expect(made.rp.id).toBe('test.example');
    expect(made.attestation).toBe('none');
    expect(made.excludeCredentials).toEqual([
      { id: key.id, type: 'public-key', transports: ['usb'] },
    ]);
    expect(options).not.toContain('"id":1');
  });

  it('is one of several, each removed by itself', async () => {
    await start();
    const [first, second] = [newKey(), newKey()];
    await add(first, 'Une');
    await add(second, 'Deux');
    const rows: { id: string; name: string }[] = await test.db
      .table('twofactor_passkeys')
      .select('id', 'name');
    const id = rows.find(({ name }) => name === 'Une')?.id ?? '';
    await test.route('post', '/remove', { body: { id } });

    const ask = await asked();
    await answer(ask, first.use(ask.options));
    expect(test.satisfied).toEqual([]);
    const again = await asked();
    await answer(again, second.use(again.options));
    expect(test.satisfied).toEqual(['twofactor']);
  });

  it('stays where one is required, of two that are removed at the same moment', async () => {
    await start({ config: { required: true, graceDays: 0 } });
    await isAsked(test);
    await add(newKey(), 'Une');
    await add(newKey(), 'Deux');
    const rows: { id: string }[] = await test.db.table('twofactor_passkeys').select('id');
    const answers = await Promise.all(
      rows.map(({ id }) => test.route('post', '/remove', { body: { id } })),
    );

    expect(answers.filter((removed) => 'redirect' in removed)).toHaveLength(1);
    expect(answers.filter((kept) => 'status' in kept && kept.status === 422)).toHaveLength(1);
    expect(await test.db.table('twofactor_passkeys').select('id')).toHaveLength(1);
    expect(await test.db.table('twofactor_recovery').select('id')).toHaveLength(4);
  });

  it('has a name on one line, and one of ours when there is none', async () => {
    await start();
    await add(newKey(), 'a\r\nb\u202e<script>');
    await add(newKey(), '   ');
    const rows: { name: string }[] = await test.db.table('twofactor_passkeys').select('name');
    const page = await test.renderRoute('/');

    expect(rows.map(({ name }) => name).sort()).toEqual(['Clé 2', 'a b <script>']);
    expect(page).not.toContain('<script>');
  });

  it('is at most one of ten', async () => {
    await start();
    for (let count = 0; count < 11; count += 1) await add(newKey());

    expect(await test.db.table('twofactor_passkeys').select('id')).toHaveLength(10);
  });

  it('is forgotten where the site takes none any more for new ones only', async () => {
    await start({ config: { methods: ['totp'] } });

    expect(await test.route('get', '/enrol/passkey')).toEqual({ redirect: '/twofactor/challenge' });
  });
});

/** Threats X21. */
describe('an answer of a passkey is refused', () => {
  const BENT: readonly (readonly [string, string, Bent])[] = [
    ['from another site', 'origin', { origin: 'https://evil.example' }],
    ['from the same host without TLS', 'origin', { origin: 'http://test.example' }],
    ['for another domain', 'rp', { rpId: 'evil.example' }],
    ['to another challenge', 'challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['without verification of the person', 'verification', { isVerified: false }],
    ['without anybody there', 'verification', { isPresent: false }],
    ['signed by another key', 'signature', { otherKey: true }],
    ['made for registration', 'signature', { type: 'webauthn.create' }],
  ];
  it.each(BENT)('%s', async (_name, code, bent) => {
    await start();
    const key = newKey();
    await add(key);
    const ask = await asked();
    const refused = await answer(ask, key.use(ask.options, bent));

    expect('status' in refused && refused.status).toBe(422);
    expect(test.satisfied).toEqual([]);
    expect(words(test).at(-1)).toBe('refused');
    expect(lastCode()).toBe(code);
  });

  it('with the counter of a copied key', async () => {
    await start();
    const key = newKey();
    await add(key);
    const first = await asked();
    await answer(first, key.use(first.options, { counter: 9 }));
    expect(test.satisfied).toHaveLength(1);

    for (const counter of [9, 8, 0]) {
      const ask = await asked();
      await answer(ask, key.use(ask.options, { counter }));
      expect(lastCode()).toBe('counter');
    }
    expect(test.satisfied).toHaveLength(1);
  });

  it('the second time, whatever the moment', async () => {
    await start();
    const key = newKey();
    await add(key);
    const ask = await asked();
    const response = key.use(ask.options);
    await Promise.all([answer(ask, response), answer(ask, response), answer(ask, response)]);

    expect(test.satisfied).toEqual(['twofactor']);
    expect(words(test)).toContain('replayed');
  });

  it('in another session than the one that was asked', async () => {
    await start();
    const key = newKey();
    await add(key);
    const ask = await asked('stolen');
    await answer(ask, key.use(ask.options), 'other');

    expect(test.satisfied).toEqual([]);
    expect(lastCode()).toBe('challenge');
  });

  it('to a page that stood open too long', async () => {
    await start();
    const key = newKey();
    await add(key);
    const ask = await asked();
    test.clock.advance(11 * 60_000);
    await answer(ask, key.use(ask.options));

    expect(test.satisfied).toEqual([]);
  });

  it('with a slip that was made for something else, or altered', async () => {
    await start();
    const key = newKey();
    await add(key);
    const made = askOf(modelOf(await test.route('get', '/enrol/passkey')), 'ask');
    await answer(made, key.use(made.options));
    const ask = await asked();
    const altered = `${ask.slip.slice(0, -2)}${ask.slip.endsWith('AA') ? 'BB' : 'AA'}`;
    await answer({ ...ask, slip: altered }, key.use(ask.options));

    expect(test.satisfied).toEqual([]);
  });

  it('of somebody else’s passkey', async () => {
    await start();
    const mine = newKey();
    const theirs = newKey();
    await add(mine);
    await add(theirs);
    // The second one becomes another person's.
    await test.db
      .table('twofactor_passkeys')
      .where({ credential: theirs.id })
      .update({ user_id: test.user.id + 1 });
    const ask = await asked();
    await answer(ask, theirs.use(ask.options));

    expect(test.satisfied).toEqual([]);
    expect(lastCode()).toBe('credential');
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"id":1}',
    JSON.stringify({ __proto__: { id: 'x' } }),
    '"'.repeat(50_000),
  ])('when it is nothing of the kind (%#)', async (response) => {
    await start();
    await add(newKey());
    const refused = await answer(await asked(), response);

    expect('status' in refused && refused.status).toBe(422);
    expect(lastCode()).toBe('shape');
  });

  it('after five wrong ones, for a while', async () => {
    await start();
    const key = newKey();
    await add(key);
    for (let count = 0; count < 5; count += 1) await answer(await asked(), '{}');
    const ask = await asked();
    const blocked = await answer(ask, key.use(ask.options));

    expect('status' in blocked && blocked.status).toBe(429);
    expect(test.satisfied).toEqual([]);
  });
});

it('opens though many wrong codes were given', async () => {
  await start();
  const key = newKey();
  await enrolTotp(test);
  await add(key);
  for (let count = 0; count < 6; count += 1) {
    await test.route('post', '/challenge', { awaiting: true, body: { code: '000000' } });
  }
  const ask = await asked();
  await answer(ask, key.use(ask.options));

  expect(test.satisfied).toEqual(['twofactor']);
});

describe('a new passkey is refused', () => {
  const BENT: readonly (readonly [string, Bent])[] = [
    ['from another site', { origin: 'https://evil.example' }],
    ['for another domain', { rpId: 'evil.example' }],
    ['to another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['without verification of the person', { isVerified: false }],
  ];
  it.each(BENT)('%s', async (_name, bent) => {
    await start();
    const refused = await add(newKey(), 'x', bent);

    expect('status' in refused && refused.status).toBe(422);
    expect(await test.db.table('twofactor_passkeys').select()).toEqual([]);
    expect(words(test)).toEqual(['refused']);
  });

  it('when it is somebody’s already', async () => {
    await start();
    const key = newKey();
    await add(key);
    await test.db.table('twofactor_passkeys').update({ user_id: test.user.id + 1 });
    const refused = await add(key);

    expect('status' in refused && refused.status).toBe(422);
  });
});

it('stands beside a code, and either opens', async () => {
  await start();
  const key = newKey();
  await enrolTotp(test);
  await add(key);
  const page = modelOf(await test.route('get', '/challenge', { awaiting: true }));

  expect(page['hasCode']).toBe(true);
  expect(page['passkey']).toBeDefined();
});
