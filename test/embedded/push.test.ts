import { createPushing, type Pushing, type PushingDeps, pushMigrations } from '../../src/announce';
import { AppError } from '../../src/base/errors';
import { silentLog } from '../../src/base/log';
import type { SessionId } from '../../src/base/types';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import { openDatabase } from '../../src/kernel/db';
import type { Database } from '../../src/kernel/db-types';
import { createGuardedFetch } from '../../src/kernel/fetch';
import { createTexts } from '../../src/kernel/i18n';
import { migrate } from '../../src/kernel/migrate';
import type { Mail } from '../../src/mail';
import { type Absentees, type Actor, createKeyRing, sessionMigrations } from '../../src/session';
import { CORE_SCOPE, createSettings, settingsMigrations } from '../../src/settings';
import { type MovingClock, movingClock } from '../kit/moving-clock';
import { aPushBrowser, startPushService, vapidClaims } from '../kit/push-service';
import { aBench, aMessage, anActor, type Bench, PASSWORD } from './mail-kit';

const MINUTE_MS = 60_000;
let server: DemoImap;
let service: Awaited<ReturnType<typeof startPushService>>;
let bench: Bench;
let db: Database;
let clock: MovingClock;
let away = 0;
let pushing: Pushing;
let alice: Actor;

beforeEach(async () => {
  [server, service] = await Promise.all([
    startDemoImap({
      users: [
        { username: 'alice', password: PASSWORD, mailboxes: [{ path: 'INBOX' }, { path: 'Tri' }] },
      ],
    }),
    startPushService(),
  ]);
  bench = aBench({ server });
  alice = withPush(bench.actor);
  db = await openDatabase({ client: 'sqlite', filename: ':memory:', log: silentLog() });
  const migrations = [...sessionMigrations, ...settingsMigrations, ...pushMigrations];
  await migrate(db, [{ owner: 'core', migrations }]);
  const at = '2026-01-01T00:00:00.000Z';
  await db.knex('users').insert({
    id: alice.user.id,
    site: alice.site.id,
    login: 'alice',
    name: 'Alice',
    mail: 'alice@culture.example',
    aliases: '[]',
    locale: 'fr',
    created_at: at,
    signed_in_at: at,
  });
  clock = movingClock();
  pushing = make();
  // Whatever the hour of the clock.
  await settings().write(alice.user.id, CORE_SCOPE, {
    'notices.quietFrom': 'none',
    'notices.weekend': 'on',
  });
});
afterEach(async () => {
  await bench.close();
  await Promise.all([server.close(), service.close(), db.close()]);
});

const settings = () => createSettings({ db, clock, locked: () => [] });
const withPush = (actor: Actor): Actor => ({
  ...actor,
  site: { ...actor.site, push: { allowed: true, everyMinutes: 2, services: [service.host] } },
});

/** Alice, away: what was kept names what it is for. */
const absentees: Absentees = {
  keep: ({ user }, about) => Promise.resolve(`${user.id} ${about}`),
  actor: ({ user }, kept, about) => {
    if (kept !== `${user} ${about}`) return Promise.resolve(undefined);
    const actor = withPush(anActor({ server, username: 'alice' }));
    return Promise.resolve({
      ...actor,
      session: { ...actor.session, id: `away-${++away}` as SessionId },
    });
  },
};

function make(own: Partial<PushingDeps> = {}, mail: Mail = bench.mail): Pushing {
  return createPushing({
    db,
    mail,
    settings: settings(),
    absentees,
    texts: createTexts({ coreDir: 'locales', fallback: 'fr', log: silentLog() }),
    sites: [alice.site],
    keys: createKeyRing([{ id: 1, secret: Buffer.alloc(32, 7) }]),
    clock,
    log: silentLog(),
    fetchFor: (services) =>
      createGuardedFetch({ log: silentLog(), allowHosts: services, allowPrivate: [service.host] }),
    hrefOf: (mailbox, uid) => `/mail/me/${encodeURIComponent(mailbox)}/${uid}`,
    ...own,
  });
}

const endpoint = (name = 'one') => `http://${service.host}/push/${name}`;
async function subscribed(name = 'one') {
  const browser = aPushBrowser();
  const { p256dh, auth } = browser;
  const given = { endpoint: endpoint(name), p256dh, auth, device: 'Firefox sur Android' };
  expect(await pushing.subscribe(alice, given)).toBeUndefined();
  return browser;
}
const deliver = (subject: string, mailbox = 'INBOX') =>
  server.deliver('alice', aMessage({ subject }), mailbox);
async function later(minutes = 3, by = pushing): Promise<void> {
  clock.forward(minutes * MINUTE_MS);
  await by.tellDue();
}

it('tells a device of what came, encrypted for it, signed by the server', async () => {
  const browser = await subscribed();
  deliver('Ordre du jour');
  await later();
  const [sent] = service.pushed;
  expect(service.pushed).toHaveLength(1);
  expect(sent?.path).toBe('/push/one');
  expect(sent?.headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'normal' });
  const notice = browser.open(sent?.body ?? Buffer.alloc(0));
  expect(notice.text).toBe('Ordre du jour');
  expect(notice.href).toMatch(/^\/mail\/me\/INBOX\/\d+$/);
  const key = pushing.keyFor(alice.site) ?? '';
  const claims = vapidClaims(String(sent?.headers.authorization), key);
  expect(claims.aud).toBe(`http://${service.host}`);
  expect(claims.sub).toMatch(/^(mailto|https):/);
  await later();
  expect(service.pushed).toHaveLength(1);
});

it('has one key in each process', () => {
  expect(make().keyFor(alice.site)).toBe(pushing.keyFor(alice.site));
  const other = make({ keys: createKeyRing([{ id: 1, secret: Buffer.alloc(32, 8) }]) });
  expect(other.keyFor(alice.site)).not.toBe(pushing.keyFor(alice.site));
});

it('tells once, of several processes', async () => {
  await subscribed();
  const others = [make(), make(), make()];
  deliver('Une fois');
  clock.forward(3 * MINUTE_MS);
  await Promise.all([pushing, ...others].map((one) => one.tellDue()));
  expect(service.pushed).toHaveLength(1);
});

it('tells every device of the agent, after one look', async () => {
  const [one, two] = [await subscribed('one'), await subscribed('two')];
  deliver('Partout');
  await later();
  const texts = service.pushed.map(({ path, body }) =>
    (path.endsWith('one') ? one : two).open(body),
  );
  expect(texts.map(({ text }) => text)).toEqual(['Partout', 'Partout']);
});

it.each([404, 410, 403])('forgets a device that its service knows no more (%s)', async (status) => {
  await subscribed();
  service.state.status = status;
  deliver('Personne');
  await later();
  expect(await pushing.records(alice.user.id)).toEqual([]);
  deliver('Plus rien');
  await later();
  await later();
  expect(service.pushed).toHaveLength(1);
  expect(await db.knex('push_watches')).toEqual([]);
});

it('keeps a device whose service is in trouble', async () => {
  await subscribed();
  service.state.status = 503;
  deliver('Perdu');
  await later();
  service.state.status = 201;
  deliver('Annoncé');
  await later();
  expect(service.pushed).toHaveLength(2);
});

it('is silent in quiet hours, and tells nothing of them afterwards', async () => {
  await subscribed();
  await settings().write(alice.user.id, CORE_SCOPE, {
    'notices.quietFrom': '17',
    'notices.quietTo': '9',
    'notices.weekend': 'quiet',
  });
  // A Sunday.
  const ahead = (7 - new Date(clock.now()).getUTCDay()) % 7;
  clock.forward(ahead * 24 * 60 * MINUTE_MS);
  deliver('Dimanche');
  await later();
  expect(service.pushed).toEqual([]);
  await settings().write(alice.user.id, CORE_SCOPE, {
    'notices.quietFrom': 'none',
    'notices.weekend': 'on',
  });
  await later();
  expect(service.pushed).toEqual([]);
});

it('looks again later when the mail server is away, and no more when the password has changed', async () => {
  await subscribed();
  let code: 'imap/unreachable' | 'imap/credentials' | undefined = 'imap/unreachable';
  const news: Mail['news'] = (...given) =>
    code === undefined ? bench.mail.news(...given) : Promise.reject(new AppError(code));
  const troubled = make({}, { ...bench.mail, news });
  deliver('Pendant la panne');
  await later(3, troubled);
  code = undefined;
  await later(3, troubled);
  expect(service.pushed).toEqual([]); // the pause after a failure is longer
  await later(3, troubled);
  expect(service.pushed).toHaveLength(1);
  code = 'imap/credentials';
  await later(3, troubled);
  expect(await db.knex('push_watches')).toEqual([]);
  // The next page of the agent brings the access that opens it.
  await subscribed();
  code = undefined;
  deliver('De retour');
  await later(3, troubled);
  expect(service.pushed).toHaveLength(2);
});

describe('who signs out', () => {
  const closed = (
    reason: 'signed-out' | 'expired' | 'renewed' | 'replaced' | 'provider' | 'revoked',
    id = alice.session.id,
  ) => pushing.sessionClosed({ sessionId: id, user: alice.user, reason });

  it('is told nothing on that device any more, and no access is kept', async () => {
    await subscribed();
    await closed('signed-out', 'another' as SessionId);
    expect(await pushing.records(alice.user.id)).toHaveLength(1);
    await closed('provider', 'another' as SessionId);
    expect(await pushing.records(alice.user.id)).toHaveLength(1);
    await closed('signed-out');
    expect(await pushing.records(alice.user.id)).toEqual([]);
    expect(await db.knex('push_watches')).toEqual([]);
  });

  it('or is signed out by somebody, on none', async () => {
    await subscribed('one');
    await subscribed('two');
    await closed('revoked', 'another' as SessionId);
    expect(await pushing.records(alice.user.id)).toEqual([]);
  });

  it('but not who only stayed away', async () => {
    await subscribed();
    await closed('expired');
    await closed('renewed');
    await closed('replaced');
    expect(await pushing.records(alice.user.id)).toHaveLength(1);
  });
});

describe('refuses', () => {
  const given = () => {
    const { p256dh, auth } = aPushBrowser();
    return { endpoint: endpoint(), p256dh, auth, device: '' };
  };

  it.each([
    ['another service', { endpoint: 'https://ailleurs.example/x' }, 'service'],
    ['no address', { endpoint: 'nonsense' }, 'service'],
    ['credentials in it', { endpoint: 'http://a:b@127.0.0.1/x' }, 'service'],
    ['keys of another length', { p256dh: 'AAAA' }, 'invalid'],
    ['no secret', { auth: '' }, 'invalid'],
  ])('%s', async (_name, wrong, problem) => {
    expect(await pushing.subscribe(alice, { ...given(), ...wrong })).toBe(problem);
    expect(await pushing.records(alice.user.id)).toEqual([]);
  });

  it('where the site wants none, or keeps nothing of who is away', async () => {
    const none = { ...alice, site: { ...alice.site, push: undefined } } as unknown as Actor;
    expect(await pushing.subscribe(none, given())).toBe('not-allowed');
    expect(pushing.keyFor(none.site)).toBeUndefined();
    const careful = make({ absentees: { ...absentees, keep: async () => undefined } });
    expect(await careful.subscribe(alice, given())).toBe('access');
  });

  it('more than ten devices: the oldest goes', async () => {
    for (let at = 0; at < 11; at++) {
      await subscribed(`n${at}`);
      clock.forward(1_000);
    }
    const records = (await pushing.records(alice.user.id)) as { endpoint: string }[];
    expect(records.map((one) => one.endpoint)).toEqual(
      Array.from({ length: 10 }, (_, at) => endpoint(`n${at + 1}`)),
    );
  });
});
