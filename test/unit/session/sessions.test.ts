import { format, inspect } from 'node:util';
import { AppError } from '../../../src/base/errors';
import type { SiteId } from '../../../src/base/types';
import type { ClosedSession } from '../../../src/session';
import { aBench, aSite, type Bench, codeOf, refusal, renewBetween } from './kit';

let bench: Bench;
beforeEach(async () => {
  bench = await aBench();
});
afterEach(() => bench.close());

const load = (cookie: string | undefined, touch = true) =>
  bench.sessions.load(cookie, bench.site, { touch });
const mustLoad = async (cookie: string) => {
  const loaded = await load(cookie);
  if (!loaded) throw new Error('no session');
  return loaded;
};
const challengeBy = (...ids: string[]) =>
  bench.hooks.on('factor', 'session:challenges', () =>
    ids.map((id) => ({ id, label: id, satisfied: false })),
  );

describe('sign-in', () => {
  it('opens a session whose cookie loads it and opens the mail credential', async () => {
    const { kind, bearer, session } = await bench.signIn();

    const loaded = await mustLoad(bearer);
    expect(kind).toBe('opened');
    expect(loaded.session).toEqual(session);
    expect(session).toMatchObject({ state: 'open', via: 'imap', challenges: [] });
    expect(await loaded.openCredential(bench.site.imap)).toEqual({
      username: 'alice@culture.example',
      password: 'correct horse',
    });
  });

  it('opens the password for the directory, which nothing prints, while it is open', async () => {
    const { bearer, session } = await bench.signIn();
    const loaded = await mustLoad(bearer);

    expect(loaded.openPassword()?.reveal()).toBe('correct horse');
    expect(JSON.stringify([loaded, loaded.openPassword()])).not.toContain('horse');
    await bench.sessions.freeze(session.id);
    const frozen = await mustLoad(bearer);
    expect(() => frozen.openPassword()).toThrow('session/frozen');
  });

  it('keeps neither the cookie nor the password in the database', async () => {
    const { bearer } = await bench.signIn();

    const rows = JSON.stringify(await bench.db.knex('sessions').select());
    for (const secret of [...bearer.split('.'), 'correct horse', 'horse']) {
      expect(rows).not.toContain(secret);
    }
  });

  it('gives a new id each time and ends the session that the browser brought', async () => {
    const first = await bench.signIn();
    const second = await bench.signIn({ previous: first.bearer });

    expect(second.bearer).not.toBe(first.bearer);
    expect(await load(first.bearer)).toBeUndefined();
    expect(await load(second.bearer)).toBeDefined();
  });

  it('never takes over an id that the browser made up', async () => {
    const planted = `${'A'.repeat(43)}.${'B'.repeat(43)}`;
    const { bearer } = await bench.signIn({ previous: planted });

    expect(bearer).not.toContain('A'.repeat(43));
    expect(await load(planted)).toBeUndefined();
  });

  it('refuses unknown accounts and wrong passwords with the same error after the same time', async () => {
    const started = bench.clock.now();
    const wrong = await refusal(bench.signIn({ password: 'nope' }));
    const wrongMs = bench.clock.now() - started;
    const unknown = await refusal(bench.signIn({ login: 'nobody', password: 'nope' }));
    const unknownMs = bench.clock.now() - started - wrongMs;

    expect(wrong).toMatchObject({ code: 'session/credentials' });
    const shown = ({ message, status, textKey, textValues }: AppError) => ({
      message,
      status,
      textKey,
      textValues,
    });
    expect(shown(unknown)).toEqual(shown(wrong));
    expect(unknownMs).toBe(wrongMs);
    expect(wrongMs).toBeGreaterThan(0);
  });

  it.each([
    ['an empty password', 'alice', ''],
    ['an empty login', '  ', 'x'],
    ['a NUL', 'alice\0', 'x'],
    ['a line break', 'alice\r\nA1 LOGOUT', 'x'],
    ['an endless login', 'a'.repeat(300), 'x'],
    ['an endless password', 'alice', 'x'.repeat(2_000)],
  ])('asks no directory about %s', async (_name, login, password) => {
    expect(await codeOf(bench.signIn({ login, password }))).toBe('session/credentials');
    expect(bench.directory.asked).toBe(0);
  });

  it('says that the directory is down, and counts no failure for it', async () => {
    bench.directory.fail = new AppError('directory/unreachable');
    for (let count = 0; count < 12; count++) {
      expect(await codeOf(bench.signIn())).toBe('directory/unreachable');
    }
    delete bench.directory.fail;

    expect((await bench.signIn()).kind).toBe('opened');
  });

  it('lets a plugin authenticate in place of the site’s source', async () => {
    let seen = '';
    bench.hooks.on('sso', 'session:authenticate', ({ secret, login }) => {
      seen = `${secret.reveal()} ${JSON.stringify({ secret })} ${login}`;
      const mail = 'carole@culture.example';
      return { login: 'carole', name: 'C', mail, aliases: [], imapLogin: mail, attributes: {} };
    });

    const { session } = await bench.signIn({ login: 'carole', password: 'pw' });
    expect(session).toMatchObject({ via: 'sso', user: { login: 'carole' } });
    expect(seen).toBe('pw {"secret":"[secret]"} carole');
    expect(bench.directory.asked).toBe(0);
  });

  it('shows the password to a plugin that asks for it, and to no log', async () => {
    const shown: string[] = [];
    bench.hooks.on('sso', 'session:authenticate', (query) => {
      const { secret } = query;
      shown.push(inspect(secret), inspect(query, { depth: 9, showHidden: true }));
      shown.push(
        format('%s %o %j', secret, secret, secret),
        secret.toString(),
        JSON.stringify(query),
      );
      return undefined;
    });

    await bench.signIn({ password: 'correct horse' });
    expect(shown).toHaveLength(5);
    expect(shown.filter((text) => !text.includes('[secret]'))).toEqual([]);
    expect(shown.filter((text) => text.includes('horse'))).toEqual([]);
  });

  it('stays closed when an authentication plugin fails', async () => {
    bench.hooks.on('sso', 'session:authenticate', () => {
      throw new Error('bug');
    });

    expect(await codeOf(bench.signIn())).toBe('plugin/guard-failed');
    expect(bench.directory.asked).toBe(0);
  });

  it('refuses whom a plugin refuses, with its text, and tells why', async () => {
    const refused: unknown[] = [];
    bench.hooks.on('hours', 'session:opening', () => ({
      deny: true,
      code: 'night',
      message: 'hours:night',
    }));
    bench.hooks.on('audit', 'session:refused', (event) => void refused.push(event));

    const error = await refusal(bench.signIn());
    await bench.hooks.idle();
    expect(error).toMatchObject({ code: 'session/refused', textKey: 'hours:night' });
    expect(refused).toEqual([
      { site: 'culture', login: 'alice', remote: '192.0.2.1', code: 'session/refused' },
    ]);
    expect(await bench.db.knex('sessions').select()).toEqual([]);
  });

  it('tells of the first opening only once', async () => {
    const opened: boolean[] = [];
    bench.hooks.on('audit', 'session:opened', ({ first }) => void opened.push(first));

    await bench.signIn();
    await bench.signIn({ login: 'ALICE' });
    await bench.hooks.idle();
    expect(opened).toEqual([true, false]);
  });

  it('keeps at most twenty sessions of one person', async () => {
    const cookies: string[] = [];
    for (let count = 0; count < 22; count++) {
      cookies.push((await bench.signIn()).bearer);
      bench.clock.pass(1);
    }

    const [first = '', last = ''] = [cookies[0], cookies.at(-1)];
    expect(await bench.db.knex('sessions').select()).toHaveLength(20);
    expect(await load(first)).toBeUndefined();
    expect(await load(last)).toBeDefined();
  });
});

describe('challenges', () => {
  it('opens nothing of the mailbox before every challenge is satisfied', async () => {
    challengeBy('totp', 'key');
    const half = await bench.signIn();
    const loaded = await mustLoad(half.bearer);

    expect(half.kind).toBe('challenge');
    expect(loaded.session).toMatchObject({
      state: 'awaiting-challenge',
      challenges: ['totp', 'key'],
    });
    expect(() => loaded.openCredential(bench.site.imap)).toThrow('session/required');
  });

  it('asks only for what is not satisfied yet, each once', async () => {
    bench.hooks.on('factor', 'session:challenges', () => [
      { id: 'known-device', label: 'x', satisfied: true },
      { id: 'totp', label: 'x', satisfied: false },
      { id: 'totp', label: 'x', satisfied: false },
    ]);
    expect((await bench.signIn()).session.challenges).toEqual(['totp']);
  });

  it('opens at once when all are satisfied', async () => {
    bench.hooks.on('factor', 'session:challenges', () => [
      { id: 'known-device', label: 'x', satisfied: true },
    ]);

    const { kind, session } = await bench.signIn();
    expect({ kind, state: session.state }).toEqual({ kind: 'opened', state: 'open' });
  });

  it('takes one challenge off at a time, with a new id each, then opens', async () => {
    challengeBy('totp', 'key');
    const opened: unknown[] = [];
    bench.hooks.on('audit', 'session:opened', ({ first, via }) => void opened.push({ first, via }));
    const scope = { site: bench.site.id };
    const zero = await bench.signIn();
    const one = await bench.sessions.satisfy(await mustLoad(zero.bearer), 'totp', scope);
    const two = await bench.sessions.satisfy(await mustLoad(one.bearer), 'key', scope);
    await bench.hooks.idle();

    expect([zero.kind, one.kind, two.kind]).toEqual(['challenge', 'challenge', 'opened']);
    expect(new Set([zero.bearer, one.bearer, two.bearer]).size).toBe(3);
    expect(await load(zero.bearer)).toBeUndefined();
    expect(await load(one.bearer)).toBeUndefined();
    const loaded = await mustLoad(two.bearer);
    expect(loaded.session).toMatchObject({ state: 'open', challenges: [] });
    expect(await loaded.openCredential(bench.site.imap)).toMatchObject({
      password: 'correct horse',
    });
    expect(opened).toEqual([{ first: true, via: 'imap' }]);
  });

  it('satisfies a challenge once, even when asked twice at the same time', async () => {
    challengeBy('totp');
    const { bearer } = await bench.signIn();
    const scope = { site: bench.site.id };
    const [one, two] = [await mustLoad(bearer), await mustLoad(bearer)];

    const results = await Promise.allSettled([
      bench.sessions.satisfy(one, 'totp', scope),
      bench.sessions.satisfy(two, 'totp', scope),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a challenge that was not asked', async () => {
    challengeBy('totp');
    const { bearer } = await bench.signIn();

    const work = bench.sessions.satisfy(await mustLoad(bearer), 'other', { site: bench.site.id });
    expect(await codeOf(work)).toBe('request/not-found');
    expect((await mustLoad(bearer)).session.state).toBe('awaiting-challenge');
  });

  it('refuses the sign-in when the plugin that asks a second factor fails', async () => {
    bench.hooks.on('factor', 'session:challenges', () => {
      throw new Error('bug');
    });

    expect(await codeOf(bench.signIn())).toBe('plugin/guard-failed');
    expect(await bench.db.knex('sessions').select()).toEqual([]);
  });

  it('does not wait for ever', async () => {
    challengeBy('totp');
    const { bearer } = await bench.signIn();

    bench.clock.pass(10 * 60);
    expect(await load(bearer)).toBeUndefined();
  });
});

describe('half sessions', () => {
  it('make room among themselves and push no open one out', async () => {
    for (let count = 0; count < 20; count += 1) await bench.signIn();
    challengeBy('totp');
    const half: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      bench.clock.pass(1);
      half.push((await bench.signIn()).bearer);
    }

    const states = (await bench.db.knex('sessions').select('state')).map(({ state }) => state);
    expect(states.filter((state) => state === 'open')).toHaveLength(20);
    expect(states.filter((state) => state === 'awaiting-challenge')).toHaveLength(3);
    expect(await load(half[0] ?? '')).toBeUndefined();
    expect(await load(half[4] ?? '')).toBeDefined();

    await bench.sessions.satisfy(await mustLoad(half[4] ?? ''), 'totp', { site: bench.site.id });
    expect(await bench.db.knex('sessions').where({ state: 'open' })).toHaveLength(20);
  });
});

const PASSWORD = () => ({
  password: 'correct horse',
  remote: '192.0.2.1',
  scope: { site: bench.site.id },
});

describe('frozen sessions', () => {
  it('open again in place for the same person, with a new id and the new password', async () => {
    const { bearer, session } = await bench.signIn();
    await bench.sessions.freeze(session.id);
    const frozen = await mustLoad(bearer);
    expect(frozen.session.state).toBe('frozen');
    expect(() => frozen.openCredential(bench.site.imap)).toThrow('session/frozen');

    bench.passwords.set('alice', 'new password');
    const request = { password: 'new password', remote: '192.0.2.1' };
    const again = await bench.sessions.thaw(frozen, { ...request, scope: { site: bench.site.id } });

    const loaded = await mustLoad(again.bearer);
    expect(loaded.session).toMatchObject({ state: 'open', user: session.user });
    expect(await loaded.openCredential(bench.site.imap)).toMatchObject({
      password: 'new password',
    });
    expect(await load(bearer)).toBeUndefined();
  });

  it('count as confirmed when they open again', async () => {
    const { bearer, session } = await bench.signIn();
    await bench.sessions.freeze(session.id);
    bench.clock.pass(600);

    const again = await bench.sessions.thaw(await mustLoad(bearer), PASSWORD());

    const confirmedAt = new Date(bench.clock.now()).toISOString();
    expect(again.session).toMatchObject({ state: 'open', confirmedAt });
  });

  it('wait for what is asked today and was not given in them', async () => {
    const { bearer, session } = await bench.signIn();
    await bench.sessions.freeze(session.id);
    challengeBy('totp');

    const again = await bench.sessions.thaw(await mustLoad(bearer), PASSWORD());

    expect(again).toMatchObject({ kind: 'challenge', session: { challenges: ['totp'] } });
    expect(await load(bearer)).toBeUndefined();
  });

  it('open in place when all that is asked was given in them, which a password does not renew', async () => {
    challengeBy('totp');
    const half = await bench.signIn();
    const whole = await bench.sessions.satisfy(await mustLoad(half.bearer), 'totp', {
      site: bench.site.id,
    });
    await bench.sessions.freeze(whole.session.id);
    bench.clock.pass(60);

    const again = await bench.sessions.thaw(await mustLoad(whole.bearer), PASSWORD());

    expect(again).toMatchObject({ kind: 'opened', session: { satisfied: ['totp'] } });
    expect(again.session.confirmedAt).toBe(whole.session.confirmedAt);
  });

  it('are no more let in from outside by a charter to accept', async () => {
    const networks = { inside: ['192.0.2.0/24'], outside: 'factor' as const };
    bench.site = aSite({ protection: { lockAfter: 0, lockMinutes: 0, networks } });
    const asked: string[] = ['charter'];
    bench.hooks.on('asker', 'session:challenges', () =>
      asked.map((id) => ({ id, label: id, satisfied: false })),
    );

    const outside = { remote: '203.0.113.1' };
    expect(await codeOf(bench.signIn(outside))).toBe('plugin/guard-failed');
    asked.push('totp');
    expect((await bench.signIn(outside)).kind).toBe('challenge');
  });

  it('keep the rule of the networks', async () => {
    const protection = {
      lockAfter: 0,
      lockMinutes: 0,
      networks: { inside: ['192.0.2.0/24'], outside: 'factor' as const },
    };
    bench.site = aSite({ protection });
    const { bearer, session } = await bench.signIn();
    await bench.sessions.freeze(session.id);
    const outside = { ...PASSWORD(), remote: '203.0.113.1' };

    expect(await codeOf(bench.sessions.thaw(await mustLoad(bearer), outside))).toBe(
      'plugin/guard-failed',
    );
  });

  it('are confirmed by the password where only a charter was accepted in them', async () => {
    challengeBy('charter');
    const half = await bench.signIn();
    const open = await bench.sessions.satisfy(await mustLoad(half.bearer), 'charter', {
      site: bench.site.id,
    });
    await bench.sessions.freeze(open.session.id);
    bench.clock.pass(60);

    const again = await bench.sessions.thaw(await mustLoad(open.bearer), PASSWORD());

    expect(again.session.confirmedAt).toBe(new Date(bench.clock.now()).toISOString());
  });

  it('stay frozen with a wrong password', async () => {
    const { bearer, session } = await bench.signIn();
    await bench.sessions.freeze(session.id);

    const request = { password: 'wrong', remote: '192.0.2.1', scope: { site: bench.site.id } };
    const work = bench.sessions.thaw(await mustLoad(bearer), request);
    expect(await codeOf(work)).toBe('session/credentials');
    expect((await mustLoad(bearer)).session.state).toBe('frozen');
  });

  it('are refused to somebody else', async () => {
    const { bearer, session } = await bench.signIn();
    await bench.sessions.freeze(session.id);
    bench.hooks.on('sso', 'session:authenticate', () => {
      const mail = 'bruno@culture.example';
      return { login: 'bruno', name: 'B', mail, aliases: [], imapLogin: mail, attributes: {} };
    });

    const request = { password: 'x', remote: '192.0.2.1', scope: { site: bench.site.id } };
    expect(await codeOf(bench.sessions.thaw(await mustLoad(bearer), request))).toBe(
      'session/credentials',
    );
  });

  it('come only from open ones', async () => {
    challengeBy('totp');
    const { session, bearer } = await bench.signIn();

    expect(await bench.sessions.freeze(session.id)).toBe(false);
    expect((await mustLoad(bearer)).session.state).toBe('awaiting-challenge');
    const request = { password: 'correct horse', remote: 'x', scope: { site: bench.site.id } };
    const work = bench.sessions.thaw(await mustLoad(bearer), request);
    expect(await codeOf(work)).toBe('session/required');
  });
});

describe('limits', () => {
  it('ends after the idle time, which activity puts off', async () => {
    const { bearer } = await bench.signIn();

    bench.clock.pass(29 * 60);
    expect(await load(bearer)).toBeDefined();
    bench.clock.pass(29 * 60);
    expect(await load(bearer)).toBeDefined();
    bench.clock.pass(30 * 60);
    expect(await load(bearer)).toBeUndefined();
  });

  it('is not kept alive by requests that nobody made on purpose', async () => {
    const { bearer } = await bench.signIn();

    bench.clock.pass(29 * 60);
    expect(await load(bearer, false)).toBeDefined();
    bench.clock.pass(60);
    expect(await load(bearer, false)).toBeUndefined();
  });

  it('ends at the absolute limit whatever the activity', async () => {
    const { bearer } = await bench.signIn();

    for (let minutes = 20; minutes < 600; minutes += 20) {
      bench.clock.pass(20 * 60);
      expect(await load(bearer)).toBeDefined();
    }
    bench.clock.pass(20 * 60);
    expect(await load(bearer)).toBeUndefined();
  });

  it.each([
    ['idle time', { idleMinutes: 5, absoluteHours: 10 }],
    ['absolute limit', { idleMinutes: 30, absoluteHours: 1 }],
  ])('follows a stricter %s at once', async (_name, stricter) => {
    const { bearer } = await bench.signIn();
    for (let minutes = 0; minutes < 60; minutes += 20) {
      expect(await load(bearer)).toBeDefined();
      bench.clock.pass(20 * 60);
    }
    bench.site = aSite({ session: stricter });

    expect(await load(bearer)).toBeUndefined();
  });

  it('keeps what it promised when the configuration becomes milder', async () => {
    const { bearer } = await bench.signIn();
    bench.site = aSite({ session: { idleMinutes: 600, absoluteHours: 100 } });
    bench.clock.pass(31 * 60);

    expect(await load(bearer)).toBeUndefined();
  });

  it('writes at most once a minute', async () => {
    const { bearer, session } = await bench.signIn();
    const seenAt = async () => (await bench.sessions.list(session.user.id))[0]?.seenAt;
    const before = await seenAt();

    bench.clock.pass(59);
    await load(bearer);
    expect(await seenAt()).toBe(before);
    bench.clock.pass(1);
    await load(bearer);
    expect(await seenAt()).not.toBe(before);
  });

  it('refuses the session of one site on a host of another', async () => {
    const { bearer } = await bench.signIn();
    const other = aSite({ id: 'sport' as SiteId });

    expect(await bench.sessions.load(bearer, other, { touch: true })).toBeUndefined();
  });

  it.each(['', 'x', 'a.b', `${'A'.repeat(43)}.${'A'.repeat(44)}`, `${'é'.repeat(43)}.x`])(
    'takes %j for no session',
    async (cookie) => {
      expect(await load(cookie)).toBeUndefined();
    },
  );
});

describe('the end', () => {
  it('kills the cookie at once and tells listeners and plugins', async () => {
    const { bearer, session } = await bench.signIn();
    const told: ClosedSession[] = [];
    const events: string[] = [];
    bench.sessions.onClosed(() => {
      throw new Error('a bad listener');
    });
    bench.sessions.onClosed((closed) => told.push(closed));
    bench.hooks.on('audit', 'session:closed', ({ reason }) => void events.push(reason));

    expect(await bench.sessions.signOut(session.id)).toBe(true);
    expect(await bench.sessions.signOut(session.id)).toBe(false);
    await bench.hooks.idle();
    expect(await load(bearer)).toBeUndefined();
    expect(told).toEqual([{ sessionId: session.id, user: session.user, reason: 'signed-out' }]);
    expect(events).toEqual(['signed-out']);
  });

  it('ends all of a person although ids change meanwhile', async () => {
    await bench.signIn();
    await bench.signIn();
    const own = await bench.signIn();
    renewBetween(bench);
    const { user, id } = own.session;

    await bench.sessions.signOutUser(user.id, { except: id });

    const left: unknown = await bench.db.knex('sessions').select('id');
    expect(left).toEqual([{ id }]);
  });

  it('ends all of one person but the one that asks, and nobody else’s', async () => {
    const one = await bench.signIn();
    const two = await bench.signIn();
    const other = await bench.signIn({ login: 'bruno', password: 'battery staple' });

    const { user, id } = one.session;
    expect(await bench.sessions.signOutUser(user.id, { except: id })).toBe(1);
    expect(await load(one.bearer)).toBeDefined();
    expect(await load(two.bearer)).toBeUndefined();
    expect(await load(other.bearer)).toBeDefined();
  });

  it('closes in a purge what has expired, and only that', async () => {
    const old = await bench.signIn();
    bench.clock.pass(20 * 60);
    const fresh = await bench.signIn();
    bench.clock.pass(15 * 60);
    const reasons: string[] = [];
    bench.sessions.onClosed(({ reason, sessionId }) => {
      if (sessionId === old.session.id) reasons.push(reason);
    });

    expect(await bench.sessions.purgeExpired()).toBe(1);
    expect(reasons).toEqual(['expired']);
    expect(await load(fresh.bearer)).toBeDefined();
  });

  it('erases a user with sessions and settings', async () => {
    const { bearer, session } = await bench.signIn();
    await bench.settings.write(session.user.id, 'core', { 'display.theme': 'dark' });

    await bench.sessions.eraseUser(session.user.id);
    expect(await load(bearer)).toBeUndefined();
    expect(await bench.users.find(session.user.id)).toBeUndefined();
    expect(await bench.settings.exportUser(session.user.id)).toEqual([]);
  });
});
