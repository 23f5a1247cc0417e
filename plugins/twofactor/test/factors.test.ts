import type { PluginTest } from 'estafette/plugin/testing';
import {
  codeOf,
  codesOf,
  DEVICE,
  enrolTotp,
  isAsked,
  ledTo,
  modelOf,
  type Options,
  openTotp,
  startFactor,
  textOf,
  words,
} from './kit';

let test: PluginTest;
const start = async (options: Options = {}): Promise<void> => {
  test = await startFactor(options);
};
afterEach(() => test.stop());

/** Where the ministry is; what comes from elsewhere is not refused for that. */
const OFFICE: Options['site'] = {
  protection: { networks: { inside: ['198.51.100.0/24'], outside: 'allow' } } as never,
};
const STEP_MS = 30_000;
const DAY_MS = 86_400_000;
const give = (code: string, body: Record<string, string> = {}) =>
  test.route('post', '/challenge', { awaiting: true, device: DEVICE, body: { code, ...body } });

describe('an application of codes', () => {
  it('is kept once a code proves that the secret has arrived', async () => {
    await start();
    const { page } = await openTotp(test);
    const wrong = await test.route('post', '/enrol/totp', {
      body: { slip: textOf(page, 'slip'), code: '000000' },
    });

    expect('status' in wrong && wrong.status).toBe(422);
    expect(await isAsked(test)).toBe(false);
    await enrolTotp(test);
    expect(await isAsked(test)).toBe(true);
    expect(words(test)).toEqual(['enrolled']);
    expect(test.failures()).toEqual([]);
  });

  it('keeps the same secret on the page after a wrong code', async () => {
    await start();
    const { page } = await openTotp(test);
    const again = modelOf(
      await test.route('post', '/enrol/totp', { body: { slip: textOf(page, 'slip'), code: '1' } }),
    );

    expect(again['secret']).toBe(page['secret']);
  });

  it('has a new secret at each enrolment, and the one before opens nothing', async () => {
    await start();
    const first = await enrolTotp(test);
    test.clock.advance(2 * STEP_MS);
    const second = await enrolTotp(test);
    test.clock.advance(2 * STEP_MS);

    expect(second.secret).not.toBe(first.secret);
    await give(codeOf(first.secret, test.clock.now()));
    expect(test.satisfied).toEqual([]);
    await give(codeOf(second.secret, test.clock.now()));
    expect(test.satisfied).toEqual(['twofactor']);
  });

  it('is the same one on a page that is asked for again, until it is set up', async () => {
    await start();
    const { page, query } = await openTotp(test);
    test.clock.advance(5 * 60_000);
    const again = modelOf(await test.route('get', '/enrol/totp', { query }));
    const elsewhere = await test.route('get', '/enrol/totp', { query, session: 'another' });
    const body = {
      slip: textOf(again, 'slip'),
      code: codeOf(textOf(page, 'secret'), test.clock.now()),
    };
    await test.route('post', '/enrol/totp', { body });

    expect(again['secret']).toBe(page['secret']);
    expect(elsewhere).toHaveProperty('redirect');
    expect(await isAsked(test)).toBe(true);
    expect(await test.route('get', '/enrol/totp', { query })).toHaveProperty('redirect');
  });

  it('has its secret sealed in the database', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    const [row]: { secret: string }[] = await test.db.table('twofactor_totp').select('secret');

    expect(row?.secret).toMatch(/^[A-Za-z0-9_-]{80,}$/);
    expect(row?.secret).not.toContain(secret.replaceAll(' ', ''));
  });

  it('does not take the page of another session', async () => {
    await start();
    const { page } = await openTotp(test, { session: 'one' });
    const answer = await test.route('post', '/enrol/totp', {
      session: 'two',
      body: {
        slip: textOf(page, 'slip'),
        code: codeOf(textOf(page, 'secret'), test.clock.now()),
      },
    });

    expect(answer).toEqual({ redirect: '/twofactor/enrol/totp' });
    expect(await isAsked(test)).toBe(false);
  });

  it('does not take a page that stood open for hours', async () => {
    await start();
    const { page } = await openTotp(test);
    test.clock.advance(2 * 3_600_000);
    const code = codeOf(textOf(page, 'secret'), test.clock.now());
    await test.route('post', '/enrol/totp', { body: { slip: textOf(page, 'slip'), code } });

    expect(await isAsked(test)).toBe(false);
  });
});

describe('a code', () => {
  it('opens once: the same one is refused, and so is the one of the step before', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    const now = test.clock.now();
    await give(codeOf(secret, now));
    expect(test.satisfied).toEqual(['twofactor']);

    const again = await give(codeOf(secret, now));
    const before = await give(codeOf(secret, now, -1));

    expect('status' in again && again.status).toBe(422);
    expect('status' in before && before.status).toBe(422);
    expect(test.satisfied).toEqual(['twofactor']);
    expect(words(test).filter((word) => word === 'replayed')).toHaveLength(2);
  });

  it('that proved the enrolment does not open as well', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    await give(codeOf(secret, test.clock.now()));

    expect(test.satisfied).toEqual([]);
  });

  it('opens once of four at the same moment', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    const code = codeOf(secret, test.clock.now());
    await Promise.all(Array.from({ length: 4 }, () => give(code)));

    expect(test.satisfied).toEqual(['twofactor']);
  });

  it('is asked more and more slowly after five wrong ones, and the right one works after the wait', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    for (let count = 0; count < 5; count += 1) await give('000000');

    const right = codeOf(secret, test.clock.now());
    const blocked = await give(right);
    expect(blocked).toMatchObject({ status: 429, retryAfterS: 30 });
    expect(test.satisfied).toEqual([]);
    // Nothing that comes meanwhile makes the wait longer.
    for (let count = 0; count < 50; count += 1) await give('000000');
    test.clock.advance(31_000);
    await give('000000');
    const longer = await give(codeOf(secret, test.clock.now()));
    expect(longer).toMatchObject({ status: 429, retryAfterS: 60 });
    test.clock.advance(61_000);
    await give(codeOf(secret, test.clock.now()));
    expect(test.satisfied).toEqual(['twofactor']);
  });

  it('that is wrong once too often is told to the owner once, and writes one line a wait', async () => {
    await start();
    await enrolTotp(test);
    const blocked = () =>
      test.audited.filter(
        (line) => (line as { details?: { code?: string } }).details?.code === 'blocked',
      );
    const told = () => test.noticed.filter(({ text }) => text === 'twofactor:mail.blocked');
    for (let count = 0; count < 30; count += 1) await give('000000');
    expect(blocked()).toHaveLength(1);
    expect(told()).toMatchObject([{ user: test.user.id }]);

    test.clock.advance(31_000);
    for (let count = 0; count < 5; count += 1) await give('000000');
    expect(blocked()).toHaveLength(2);
    expect(told()).toHaveLength(1);
  });

  it('that is wrong too often leaves recovery codes open', async () => {
    await start();
    const { codes } = await enrolTotp(test);
    for (let count = 0; count < 6; count += 1) await give('000000');
    await give(codes[0] ?? '');

    expect(test.satisfied).toEqual(['twofactor']);
  });

  it('has in the log where it came from', async () => {
    await start();
    await enrolTotp(test);
    await test.route('post', '/challenge', {
      awaiting: true,
      remote: '203.0.113.9',
      body: { code: '000000' },
    });

    expect(test.audited.at(-1)).toMatchObject({
      event: 'twofactor:refused',
      remote: '203.0.113.9',
    });
  });

  it('is counted for many at the same moment as for one after the other', async () => {
    await start();
    await enrolTotp(test);
    const answers = await Promise.all(Array.from({ length: 12 }, () => give('000000')));
    const through = answers.filter((answer) => 'status' in answer && answer.status === 422);

    expect(through).toHaveLength(5);
  });
});

describe('recovery codes', () => {
  it('are shown once, with the first factor, and kept as hashes', async () => {
    await start();
    const { codes } = await enrolTotp(test);
    const rows: unknown[] = await test.db.table('twofactor_recovery').select();

    expect(codes).toHaveLength(4);
    for (const code of codes) {
      expect(code).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}$/);
      expect(JSON.stringify(rows)).not.toContain(code.replaceAll('-', ''));
    }
    expect(await test.renderRoute('/')).not.toContain(codes[0]);
  });

  it('open once each, whatever the case, the spaces and the moment', async () => {
    await start();
    const { codes } = await enrolTotp(test);
    const typed = (codes[0] ?? '').toLowerCase().replaceAll('-', ' ');
    await Promise.all([give(typed), give(typed), give(typed)]);

    expect(test.satisfied).toEqual(['twofactor']);
    expect(words(test)).toContain('recovery-used');
    expect(words(test)).toContain('replayed');
    await give(codes[1] ?? '');
    expect(test.satisfied).toEqual(['twofactor', 'twofactor']);
  });

  it('that are wrong are told at their own field, in words of their own', async () => {
    await start();
    await enrolTotp(test);
    const typed: Record<string, string>[] = [
      { code: 'ACDE-FGHJ-KMNP' },
      { code: 'nonsense', from: 'recovery' },
    ];
    for (const body of typed) {
      const answer = await test.route('post', '/challenge', { awaiting: true, body });
      expect(modelOf(answer)['fault']).toMatchObject({
        field: 'recovery',
        text: expect.stringContaining('code de secours'),
        status: 422,
      });
    }
    expect(modelOf(await give('000000'))['fault']).toMatchObject({ field: 'code' });
  });

  it('say that they were shown, on a page that is loaded again, and are made anew there', async () => {
    await start();
    const { page } = await openTotp(test);
    const code = codeOf(textOf(page, 'secret'), test.clock.now());
    const body = { slip: textOf(page, 'slip'), code };
    const { path, query } = ledTo(await test.route('post', '/enrol/totp', { body }));
    const first = await test.renderRoute(path, { query });
    const again = await test.renderRoute(path, { query });
    const english = await test.renderRoute(path, { query, locale: 'en' });
    const half = await test.renderRoute(path, { query, awaiting: true });

    expect(first.match(/data-recovery-code/g)).toHaveLength(4);
    expect(again).not.toContain('data-recovery-code');
    expect(again).toContain('Il vous reste 4 codes de secours sur 4');
    expect(again).toContain('action="/twofactor/codes"');
    expect(english).toContain('shown once');
    expect(half).toContain('href="/twofactor/challenge');
    expect(half).not.toContain('action="/twofactor/codes"');
  });

  it('that open a sign-in say how many are left, and where to replace what was lost', async () => {
    await start();
    const { codes } = await enrolTotp(test);
    const next = '/mail/me/INBOX/7';
    const { path, query } = ledTo(await give(codes[0] ?? '', { next }));
    const shown = await test.renderRoute(path, { query });
    const confirming = await test.route('post', '/challenge', {
      body: { code: codes[1] ?? '', next },
    });

    expect(path).toBe('/recovered');
    expect(shown).toContain('Il vous reste 3 codes de secours sur 4');
    expect(shown).toContain('href="/twofactor/"');
    expect(shown).toContain(`href="${next}"`);
    expect(confirming).toEqual({ redirect: next });
  });

  it('are made once a minute', async () => {
    await start();
    await enrolTotp(test);
    const answers = await Promise.all([1, 2, 3].map(() => test.route('post', '/codes')));
    const made = answers.filter((answer) => 'redirect' in answer);
    const later = answers.filter((answer) => 'status' in answer && answer.status === 429);

    expect([made.length, later.length]).toEqual([1, 2]);
    expect(later[0]).toMatchObject({ retryAfterS: 60 });
    expect(modelOf(later[0] as never)['fault']).toContain('Attendez une minute');
    test.clock.advance(61_000);
    expect(await codesOf(test, await test.route('post', '/codes'))).toHaveLength(4);
  });

  it('are made anew in place of the old', async () => {
    await start();
    const { codes } = await enrolTotp(test);
    const made = await codesOf(test, await test.route('post', '/codes'));
    await give(codes[0] ?? '');
    expect(test.satisfied).toEqual([]);
    await give(made[0] ?? '');

    expect(test.satisfied).toEqual(['twofactor']);
  });
});

describe('a session that awaits its challenge', () => {
  it('cannot set up another factor where there is one', async () => {
    await start();
    await enrolTotp(test);
    for (const path of ['/enrol', '/enrol/totp', '/enrol/passkey']) {
      expect(await test.route('get', path, { awaiting: true })).toEqual({
        redirect: '/twofactor/challenge',
      });
    }
    const { page } = await openTotp(test);
    const answer = await test.route('post', '/enrol/totp', {
      awaiting: true,
      body: {
        slip: textOf(page, 'slip'),
        code: codeOf(textOf(page, 'secret'), test.clock.now()),
      },
    });

    expect(answer).toEqual({ redirect: '/twofactor/challenge' });
    expect(test.satisfied).toEqual([]);
  });

  it('reaches neither the page of factors, nor removal, nor codes, nor administration', async () => {
    await start();
    await enrolTotp(test);
    for (const [method, path] of [
      ['get', '/'],
      ['post', '/remove'],
      ['post', '/codes'],
      ['post', '/forget'],
      ['get', '/admin'],
      ['post', '/admin/ask'],
      ['post', '/admin/decide'],
    ] as const) {
      expect(await test.route(method, path, { awaiting: true })).toEqual({ status: 403 });
    }
  });

  it('sets up the first one where it is required, and opens', async () => {
    await start({ config: { required: true, graceDays: 0 } });
    expect(await isAsked(test)).toBe(true);
    const { codes } = await enrolTotp(test, { awaiting: true });

    expect(codes).toHaveLength(4);
    expect(test.satisfied).toEqual(['twofactor']);
  });

  it('sets up the first one once, of two at the same moment', async () => {
    await start({ config: { required: true, graceDays: 0 } });
    const enrolments = await Promise.all(
      ['owner', 'thief'].map(async (session) => {
        const { page } = await openTotp(test, { awaiting: true, session });
        const code = codeOf(textOf(page, 'secret'), test.clock.now());
        return { session, body: { slip: textOf(page, 'slip'), code } };
      }),
    );
    await Promise.all(
      enrolments.map((input) => test.route('post', '/enrol/totp', { ...input, awaiting: true })),
    );

    expect(test.satisfied).toEqual(['twofactor']);
  });

  it.each([
    '/a b',
    '/a\u00a0b',
    '/a\u2028b',
    '/\\x',
    '//x',
    '/\u0000',
    'x',
    `/${'a'.repeat(3_000)}`,
    `/${'\u{1f600}'.repeat(1_024)}`,
    '/\u0085x',
    '/\ud800',
  ])('is led to the inbox, not to %j', async (next) => {
    await start();
    const { codes } = await enrolTotp(test);

    expect(await give(codes[0] ?? '', { next })).toEqual({ redirect: '/twofactor/recovered' });
  });

  it('sets up nothing from outside where the site says so', async () => {
    await start({
      config: {
        required: true,
        graceDays: 0,
        inside: 'ask',
        enrolOutside: false,
      },
      site: OFFICE,
    });
    const outside = await test.route('get', '/enrol/totp', { awaiting: true });
    const inside = await test.route('get', '/enrol/totp', {
      awaiting: true,
      remote: '198.51.100.7',
    });

    expect('status' in outside && outside.status).toBe(403);
    expect(inside).toHaveProperty('redirect');
  });

  it('leads on, once a factor is set up, to where the sign-in was going', async () => {
    await start({ config: { required: true, graceDays: 0 } });
    const next = '/mail/me/INBOX/7?thread=1';
    const query = { next };
    const choice = modelOf(await test.route('get', '/challenge', { awaiting: true, query }));
    expect(choice['ways']).toContainEqual({
      id: 'totp',
      href: `/twofactor/enrol/totp?next=${encodeURIComponent(next)}`,
    });
    const { page } = await openTotp(test, { awaiting: true, query });
    expect(page['next']).toBe(next);
    const code = codeOf(textOf(page, 'secret'), test.clock.now());
    const body = { slip: textOf(page, 'slip'), code, next };

    const { path, query: led } = ledTo(
      await test.route('post', '/enrol/totp', { awaiting: true, body }),
    );
    const done = modelOf(await test.route('get', path, { query: led }));

    expect(done['onward']).toBe(next);
  });

  it('forgets where it was going rather than lead to an address that is too long', async () => {
    await start({ config: { required: true, graceDays: 0 } });
    const body = { slip: 'over', next: `/${'\u{1f600}'.repeat(900)}` };

    expect(await test.route('post', '/enrol/totp', { awaiting: true, body })).toEqual({
      redirect: '/twofactor/enrol/totp',
    });
  });
});

describe('an open session outside of the networks where factors are set up', () => {
  const config = { enrolOutside: false };

  it('sets up no first factor, and another one once there is one', async () => {
    await start({ config, site: OFFICE });
    for (const path of ['/enrol', '/enrol/totp', '/enrol/passkey']) {
      const page = await test.route('get', path);
      expect('status' in page && page.status).toBe(403);
    }
    expect(await test.route('post', '/enrol/totp')).toEqual({ status: 403 });
    expect(await test.route('post', '/enrol/passkey')).toEqual({ status: 403 });
    expect(await test.renderRoute('/enrol')).toContain('href="/security"');

    const remote = '198.51.100.7';
    const { page } = await openTotp(test, { remote });
    const code = codeOf(textOf(page, 'secret'), test.clock.now());
    await test.route('post', '/enrol/totp', { remote, body: { slip: textOf(page, 'slip'), code } });
    const another = await test.route('get', '/enrol/passkey');
    expect('status' in another && another.status).toBe(200);
  });
});

describe('when a second factor is asked', () => {
  it('has the box of trust between the code and its button', async () => {
    await start();
    await enrolTotp(test);
    const html = await test.renderRoute('/challenge', { awaiting: true, device: DEVICE });
    const places = ['id="twofactor-code"', 'name="trust"', 'data-action="give-code"'].map((part) =>
      html.indexOf(part),
    );

    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
  });

  it('is never by itself', async () => {
    await start();

    expect(await isAsked(test)).toBe(false);
  });

  it('is once a day in a browser, and at each sign-in elsewhere', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()));

    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(false);
    expect(await isAsked(test, { deviceId: 'another' })).toBe(true);
    expect(await isAsked(test)).toBe(true);
    test.clock.advance(DAY_MS + 1);
    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
  });

  it('is after the days of trust that the person asked for, and at once when they take it back', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()), { trust: '1' });
    test.clock.advance(29 * DAY_MS);
    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(false);
    expect(words(test)).toContain('trusted');

    await test.route('post', '/forget', { body: { id: 'all' } });
    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
  });

  it('is no longer than the site allows today, whatever was trusted before', async () => {
    await start({ config: { trustDays: 2 } });
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()), { trust: '1' });
    // As a row of the days when the site allowed a year.
    await test.db.table('twofactor_devices').update({ expires_at: '2099-01-01T00:00:00.000Z' });
    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(false);
    test.clock.advance(2 * DAY_MS);

    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
    expect(modelOf(await test.route('get', '/'))['devices']).toEqual([]);
    // The old row does not stand in the way of the day that a sign-in gives.
    await give(codeOf(secret, test.clock.now()));
    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(false);
  });

  it('shows every browser that is not asked, also for a day, and forgets it', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()));
    const page = await test.renderRoute('/', { device: DEVICE });

    expect(page).toContain('Firefox sur Linux');
    expect(page).toContain('data-action="forget-all"');
    await test.route('post', '/forget', { body: { id: 'all' } });
    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
  });

  it('is at the next sign-in after a recovery code, whatever the box', async () => {
    await start();
    const { codes } = await enrolTotp(test);
    await give(codes[0] ?? '', { trust: '1' });

    expect(test.satisfied).toEqual(['twofactor']);
    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
    expect(words(test)).not.toContain('trusted');
  });

  it('is at each sign-in where the site says always, whatever the box', async () => {
    await start({ config: { ask: 'always' } });
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()), { trust: '1' });

    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
  });

  it('is not inside the networks of the site, unless it says so', async () => {
    await start();
    await enrolTotp(test);

    expect(await isAsked(test, { network: 'inside' })).toBe(false);
    expect(await isAsked(test, { network: 'outside' })).toBe(true);
    expect(await isAsked(test, { network: 'outside', wantsFactor: true })).toBe(true);
    expect(await isAsked(test)).toBe(true);
  });

  it('is inside the networks of the site where it says so', async () => {
    await start({ config: { inside: 'ask' } });
    await enrolTotp(test);

    expect(await isAsked(test, { network: 'inside' })).toBe(true);
  });

  it('is not after a strong sign-in at the provider, and is after a weak one', async () => {
    await start();
    await enrolTotp(test);

    expect(await isAsked(test, { assurance: { methods: [], isStrong: true } })).toBe(false);
    expect(await isAsked(test, { assurance: { methods: [], isStrong: false } })).toBe(true);
  });

  it('is after a strong sign-in where the site does not take it', async () => {
    await start({ config: { acceptStrongSignIn: false } });
    await enrolTotp(test);

    expect(await isAsked(test, { assurance: { methods: [], isStrong: true } })).toBe(true);
  });

  it('begins after the days of grace, which a banner counts', async () => {
    await start({ config: { required: true, from: '2026-01-20', graceDays: 10 } });
    expect(await isAsked(test)).toBe(false);
    expect(await test.renderSlot('page.banner@1')).toMatch(/dans 15 jours/);
    test.clock.advance(15 * DAY_MS);

    expect(await isAsked(test)).toBe(true);
  });

  it('gives who comes later their own days of grace', async () => {
    await start({ config: { required: true, from: '2025-01-01', graceDays: 10 } });
    expect(await isAsked(test)).toBe(false);
    test.clock.advance(9 * DAY_MS);
    expect(await isAsked(test)).toBe(false);
    test.clock.advance(DAY_MS);

    expect(await isAsked(test)).toBe(true);
  });

  it('is of a group where the group alone is required', async () => {
    await start({ groups: { direction: { required: true, graceDays: 0 } } });

    expect(await isAsked(test)).toBe(false);
    expect(await isAsked(test, { user: { groups: ['direction'] } })).toBe(true);
  });

  it('gives no new days of grace to who leaves the group and comes back', async () => {
    await start({ groups: { direction: { required: true, graceDays: 10 } } });
    const member = { user: { groups: ['direction'] } };
    expect(await isAsked(test, member)).toBe(false);
    test.clock.advance(9 * DAY_MS);
    expect(await isAsked(test)).toBe(false);
    test.clock.advance(2 * DAY_MS);

    expect(await isAsked(test, member)).toBe(true);
  });

  it('is of everybody from outside where the network rule of the site says so', async () => {
    await start();

    expect(await isAsked(test, { network: 'outside', wantsFactor: true })).toBe(true);
    expect(await isAsked(test, { network: 'outside' })).toBe(false);
  });

  it('shows no banner to who has one, or need not', async () => {
    await start({ config: { required: true, graceDays: 10 } });
    await enrolTotp(test);

    expect(await test.renderSlot('page.banner@1')).toBe('');
  });
});

describe('taking factors away', () => {
  /** A row as of a passkey, whose key nobody has. */
  const keepPasskey = (id: string, user: number) =>
    test.db.table('twofactor_passkeys').insert({
      id,
      site: test.site,
      user_id: user,
      name: 'Clé',
      credential: 'credential',
      credential_hash: 'hash',
      public_key: 'key',
      counter: 0,
      transports: '[]',
      created_at: new Date(test.clock.now()).toISOString(),
    });

  it('trusts no browser any more: the lost telephone may be one', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()), { trust: '1' });
    test.clock.advance(3 * STEP_MS);
    await enrolTotp(test);

    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
  });

  it('leaves nothing that stood for them', async () => {
    await start();
    const { secret, codes } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()), { trust: '1' });
    await test.route('post', '/remove', { body: { id: 'totp' } });

    expect(await isAsked(test)).toBe(false);
    const left: unknown[][] = await Promise.all(
      ['totp', 'recovery', 'devices'].map((name) => test.db.table(`twofactor_${name}`).select()),
    );
    expect(left.flat()).toEqual([]);
    expect(codes).toHaveLength(4);
    expect(words(test)).toContain('removed');
  });

  it('leaves no codes either that are being made at that moment', async () => {
    await start();
    await enrolTotp(test);
    await Promise.all([
      test.route('post', '/codes'),
      test.route('post', '/remove', { body: { id: 'totp' } }),
    ]);

    expect(await isAsked(test)).toBe(false);
    expect(await test.db.table('twofactor_recovery').select()).toEqual([]);
  });

  it('is refused for the last one where one is required', async () => {
    await start({ config: { required: true, graceDays: 0 } });
    await isAsked(test);
    await enrolTotp(test);
    const answer = await test.route('post', '/remove', { body: { id: 'totp' } });

    expect('status' in answer && answer.status).toBe(422);
    expect(await isAsked(test)).toBe(true);
  });

  it('knows only what is the person’s own', async () => {
    await start();
    await enrolTotp(test);
    const id = 'passkey-of-somebody-else';
    await keepPasskey(id, test.user.id + 1);

    expect(await test.route('post', '/remove', { body: { id } })).toEqual({ status: 404 });
    expect(await test.db.table('twofactor_passkeys').select('id')).toEqual([{ id }]);
  });

  it('is done with everything when the person is erased, twice as well', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    await isAsked(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()), { trust: '1' });
    await give('000000');
    const now = new Date(test.clock.now()).toISOString();
    await keepPasskey('passkey', test.user.id);
    await test.db.table('twofactor_resets').insert({
      id: 'reset',
      site: test.site,
      user_id: test.user.id,
      note: 'Téléphone perdu',
      asked_by: 901,
      asked_name: 'Camille Durand',
      asked_at: now,
      expires_at: now,
    });
    const tables = ['people', 'totp', 'passkeys', 'recovery', 'devices', 'limits', 'resets'];
    const left = () =>
      Promise.all(
        tables.map(async (name) => {
          const rows: unknown[] = await test.db.table(`twofactor_${name}`).select();
          return rows.length > 0;
        }),
      );
    expect(await left()).toEqual(tables.map(() => true));
    const user = { id: test.user.id, site: test.site } as never;
    await test.action('user:erased', { user });
    await test.action('user:erased', { user });

    expect(await left()).toEqual(tables.map(() => false));
    expect(test.failures()).toEqual([]);
  });

  it('trusts no browser any more after the person says that the account was hacked', async () => {
    await start();
    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()), { trust: '1' });
    const user = { id: test.user.id, site: test.site } as never;
    await test.action('account:secured', { user, reason: 'hacked' });

    expect(await isAsked(test, { deviceId: DEVICE.id })).toBe(true);
  });
});

it('has a subject of its own for a factor that is added and for a code that is used', async () => {
  await start();
  const { codes } = await enrolTotp(test);
  await give(codes[0] ?? '');

  expect(test.noticed.map(({ subject }) => subject)).toEqual([
    'twofactor:mail.subjectEnrolled',
    'twofactor:mail.subject',
  ]);
});

it('tells the owner by mail what was done to their factors', async () => {
  await start();
  const { codes } = await enrolTotp(test);
  await give(codes[0] ?? '');
  await test.route('post', '/codes');
  await test.route('post', '/remove', { body: { id: 'totp' } });

  expect(test.noticed.map(({ user, text }) => [user, text])).toEqual(
    ['enrolled', 'recoveryUsed', 'recoveryMade', 'removed'].map((word) => [
      test.user.id,
      `twofactor:mail.${word}`,
    ]),
  );
});

it('shows on the page of the person’s security what they have, since when, from where, and how to remove it', async () => {
  await start();
  expect(await test.renderSlot('security.factors@1')).toContain('pas encore de second facteur');
  await enrolTotp(test, { device: DEVICE });
  const shown = await test.renderSlot('security.factors@1');

  expect(shown).toContain('Il vous reste 4 codes de secours sur 4');
  expect(shown).toMatch(/Depuis le .* 2026 .*, ajout fait avec Firefox sur Linux\./);
  expect(shown).toContain('Aucune utilisation depuis');
  expect(shown).toContain('action="/twofactor/remove"');
  expect(await test.renderSlot('security.factors@1', {}, { locale: 'en' })).toContain(
    'with Firefox on Linux.',
  );
  expect(await test.renderRoute('/')).toContain('avec Firefox sur Linux.');
  expect(test.failures()).toEqual([]);
});

it('draws all its pages in both languages', async () => {
  await start();
  await enrolTotp(test);
  for (const locale of ['fr', 'en'] as const) {
    for (const path of ['/', '/challenge', '/enrol', '/enrol/totp', '/enrol/passkey', '/admin']) {
      const query = path === '/enrol/totp' ? (await openTotp(test)).query : {};
      const answer = await test.route('get', path, { locale, query });
      expect('view' in answer).toBe(true);
      const html = await test.renderRoute(path, { locale, query });
      expect(html).not.toMatch(/twofactor:[a-z]|undefined|\{\{/);
    }
  }
});

it('gives a person what is kept of them, without what opens anything', async () => {
  await start();
  const { secret, codes } = await enrolTotp(test);
  const user = { id: test.user.id, site: test.site } as never;
  const [record] = await test.collect('user:records', { user });
  const text = JSON.stringify(record);

  expect(record?.content).toMatchObject({
    application: { usedAt: null },
    recoveryCodes: { left: 4, of: 4 },
  });
  for (const hidden of [secret.replaceAll(' ', ''), ...codes]) expect(text).not.toContain(hidden);
});

it('sweeps what is over', async () => {
  await start();
  const { secret } = await enrolTotp(test);
  test.clock.advance(3 * STEP_MS);
  await give(codeOf(secret, test.clock.now()), { trust: '1' });
  test.clock.advance(40 * DAY_MS);
  await test.runJob('cleaning');

  expect(await test.db.table('twofactor_devices').select()).toEqual([]);
});
