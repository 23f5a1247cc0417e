import type { PluginTest } from 'estafette/plugin/testing';
import { enrolTotp, isAsked, modelOf, type Options, startFactor, words } from './kit';

const OTHER = 900;
const NOTE = 'Téléphone perdu, identité vérifiée au 01 99 00 00 10';

let test: PluginTest;
/** The person of the test has a factor under another number: an agent whom administrators help. */
const start = async (options: Options = {}): Promise<void> => {
  test = await startFactor(options);
  await isAsked(test);
  await enrolTotp(test);
  for (const name of ['people', 'totp', 'recovery']) {
    await test.db.table(`twofactor_${name}`).update({ user_id: OTHER });
  }
};
afterEach(() => test.stop());

const ask = (body: Record<string, string> = {}) =>
  test.route('post', '/admin/ask', { body: { person: 'camille.durand', note: NOTE, ...body } });
const decide = (id: string, outcome: string) =>
  test.route('post', '/admin/decide', { body: { id, outcome } });
const waiting = async (): Promise<readonly { id: string; mayGrant: boolean }[]> =>
  modelOf(await test.route('get', '/admin'))['resets'] as never;
const askedBy = (user: number) => test.db.table('twofactor_resets').update({ asked_by: user });
const factors = () => test.db.table('twofactor_totp').select('user_id');

describe('a reset by administrators', () => {
  it('changes nothing before a second one agrees', async () => {
    await start();
    expect(await ask()).toEqual({ redirect: '/twofactor/admin' });

    expect(await waiting()).toMatchObject([{ mayGrant: false }]);
    expect(await factors()).toHaveLength(1);
    expect(words(test)).toContain('reset-asked');
  });

  it('is not granted by who asked for it', async () => {
    await start();
    await ask();
    const [reset] = await waiting();
    const refused = await decide(reset?.id ?? '', 'granted');

    expect('status' in refused && refused.status).toBe(422);
    expect(await factors()).toHaveLength(1);
  });

  it('is not granted by whose factors they are', async () => {
    await start();
    await ask();
    await test.db.table('twofactor_resets').update({ asked_by: 901, user_id: test.user.id });
    const [reset] = await waiting();
    const refused = await decide(reset?.id ?? '', 'granted');

    expect('status' in refused && refused.status).toBe(422);
  });

  it('takes everything away once another one agrees', async () => {
    await start();
    await ask();
    await askedBy(901);
    const [reset] = await waiting();
    await decide(reset?.id ?? '', 'granted');

    expect(await factors()).toEqual([]);
    expect(await test.db.table('twofactor_recovery').select()).toEqual([]);
    expect(words(test)).toContain('reset');
    expect(await waiting()).toEqual([]);
  });

  it('ends the sessions of the person with it, writes so, and tells them', async () => {
    await start();
    await ask();
    await askedBy(901);
    const [reset] = await waiting();
    expect(test.ended).toEqual([]);
    const first = { site: test.site, user_id: 901, login: 'first', mail: '', name: 'First Eyes' };
    await test.db.table('twofactor_people').insert(first);
    await decide(reset?.id ?? '', 'granted');

    expect(test.ended).toEqual([OTHER]);
    expect(test.audited.at(-1)).toMatchObject({
      event: 'twofactor:reset',
      details: { asked: 'first', sessions: 1 },
    });
    expect(test.noticed.at(-1)).toMatchObject({ user: OTHER, text: 'twofactor:mail.reset' });
  });

  it('is all or nothing: what cannot be ended leaves the request waiting', async () => {
    let isDown = true;
    const endSessions = () => {
      if (isDown) throw new Error('storage is down');
      return 2;
    };
    await start({ endSessions });
    await ask();
    await askedBy(901);
    const [reset] = await waiting();
    await expect(decide(reset?.id ?? '', 'granted')).rejects.toThrow('internal/unexpected');

    expect(await factors()).toHaveLength(1);
    expect(await waiting()).toHaveLength(1);
    expect(words(test)).not.toContain('reset');
    isDown = false;
    await decide(reset?.id ?? '', 'granted');
    expect(await factors()).toEqual([]);
  });

  it('is done once', async () => {
    await start();
    await ask();
    await askedBy(901);
    const [reset] = await waiting();
    await Promise.all([decide(reset?.id ?? '', 'granted'), decide(reset?.id ?? '', 'granted')]);

    expect(words(test).filter((word) => word === 'reset')).toHaveLength(1);
  });

  it('ends by itself after a day', async () => {
    await start();
    await ask();
    await askedBy(901);
    const [reset] = await waiting();
    test.clock.advance(25 * 3_600_000);
    await decide(reset?.id ?? '', 'granted');

    expect(await factors()).toHaveLength(1);
    expect(await waiting()).toEqual([]);
  });

  it('is refused, or taken back', async () => {
    await start();
    await ask();
    const [reset] = await waiting();
    await decide(reset?.id ?? '', 'refused');

    expect(await waiting()).toEqual([]);
    expect(await factors()).toHaveLength(1);
    expect(words(test)).toContain('reset-refused');
  });

  it.each([
    ['somebody unknown', { person: 'nobody' }],
    ['a note that says nothing', { note: 'perdu' }],
    ['the wildcard of a search', { person: '%' }],
  ])('is not asked for %s', async (_name, body) => {
    await start();
    const refused = await ask(body);

    expect('status' in refused && refused.status).toBe(422);
    expect(await waiting()).toEqual([]);
  });

  it('is asked once while one waits', async () => {
    await start();
    await ask();
    await ask();

    expect(await waiting()).toHaveLength(1);
  });

  it('is found by address as well, and never on another site', async () => {
    await start();
    await test.db.table('twofactor_people').update({ site: 'other' });
    const refused = await ask();
    expect('status' in refused && refused.status).toBe(422);
    await test.db.table('twofactor_people').update({ site: 'test' });

    expect(await ask({ person: test.user.mail.toUpperCase() })).toEqual({
      redirect: '/twofactor/admin',
    });
  });
});

it('is for administrators alone', async () => {
  test = await startFactor({ permissions: [] });

  expect(await test.route('get', '/admin')).toEqual({ status: 403 });
  expect(await ask()).toEqual({ status: 403 });
  expect(await decide('x', 'granted')).toEqual({ status: 403 });
});
