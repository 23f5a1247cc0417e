import { silentLog } from '../../../src/base/log';
import { createPluginDatabases, type PluginDatabases } from '../../../src/host/plugin-databases';
import { erasingTables, pluginDatabase } from '../../../src/host/plugin-db';
import { createUserAffairs, createUserStore, type UserAffairs } from '../../../src/session';
import { aBench, type Bench, codeOf } from './kit';

let bench: Bench;
let affairs: UserAffairs;
let databases: PluginDatabases;
beforeEach(async () => {
  bench = await aBench();
  databases = createPluginDatabases({ place: ':memory:', log: silentLog() });
  await databases.migrate({
    owner: 'calendar',
    migrations: [
      {
        name: '0001-events',
        up: (knex) =>
          knex.schema.createTable('calendar_events', (table) => {
            table.integer('user_id');
            table.text('title');
          }),
        down: (knex) => knex.schema.dropTable('calendar_events'),
      },
    ],
  });
  const { db, clock, hooks, settings } = bench;
  const users = createUserStore({
    db,
    clock,
    hooks,
    erasers: [(user, trx) => settings.erase(user, trx)],
    erasingTables: erasingTables(databases),
  });
  affairs = createUserAffairs({
    hooks,
    users,
    sessions: {
      list: (user) => bench.sessions.list(user),
      async eraseUser(user) {
        await bench.sessions.signOutUser(user, { reason: 'erased' });
        await users.eraseUser(user);
      },
    },
    recorders: [async () => [{ file: 'notes.json', content: ['une note'] }]],
  });
});
afterEach(async () => {
  await databases.closeAll();
  await bench.close();
});

async function signedIn() {
  const { session } = await bench.signIn();
  await events().insert({ user_id: session.user.id, title: 'réunion' });
  return session.user;
}
const events = () => pluginDatabase('calendar', databases, true).table('calendar_events');
const eventsLeft = async (): Promise<number> => (await events()).length;

describe('a person', () => {
  it('is found by login, by any address, and by what a plugin knows', async () => {
    const user = await signedIn();
    const asked: unknown[] = [];
    bench.hooks.on('annuaire', 'user:locate', (query) => {
      asked.push(query);
      return { login: 'alice', mails: [] };
    });

    expect((await affairs.find(user.site, 'ALICE'))?.id).toBe(user.id);
    expect((await affairs.find(user.site, 'Alice@culture.example'))?.id).toBe(user.id);
    expect(asked).toEqual([]);
    expect((await affairs.find(user.site, 'a.martin@old.example'))?.id).toBe(user.id);
    expect(asked).toEqual([{ site: user.site, mail: 'a.martin@old.example' }]);
  });

  it('is not who an address merely resembles', async () => {
    const user = await signedIn();

    expect(await affairs.find(user.site, 'lice@culture.example')).toBeUndefined();
    expect(await affairs.find(user.site, '%')).toBeUndefined();
  });
});

describe('what is kept about a person', () => {
  it('comes from the core and from plugins, each under its name', async () => {
    const user = await signedIn();
    bench.hooks.on('calendar', 'user:records', () => [
      { file: 'events.json', content: [{ title: 'réunion' }] },
    ]);

    const files = (await affairs.records(user)).map(({ owner, file }) => `${owner}/${file}`);
    expect(files).toEqual([
      'core/user.json',
      'core/sessions.json',
      'core/notes.json',
      'calendar/events.json',
    ]);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('down'))],
    ['names a path', () => [{ file: '../../etc/passwd', content: 'x' }]],
    ['answers no data', () => [{ file: 'a.json', content: () => 1 }]],
  ])('is not told in part when a plugin %s', async (_what, handler) => {
    const user = await signedIn();
    bench.hooks.on('calendar', 'user:records', handler as () => []);

    expect(await codeOf(affairs.records(user))).toBe('plugin/guard-failed');
  });
});

describe('erasing a person', () => {
  it('takes what plugins keep with it, in their own tables', async () => {
    const user = await signedIn();
    bench.hooks.on('calendar', 'user:erased', async ({ user: { id }, db }) => {
      await db.table('calendar_events').where({ user_id: id }).delete();
    });

    await affairs.erase(user);

    expect(await eventsLeft()).toBe(0);
    expect(await affairs.find(user.site, 'alice')).toBeUndefined();
  });

  it.each([
    [
      'fails',
      async () => {
        throw new Error('no');
      },
    ],
    [
      'reaches for a table that is not its own',
      async (event: { db: { table(name: string): { delete(): PromiseLike<unknown> } } }) => {
        await event.db.table('settings').delete();
      },
    ],
  ])('keeps all of the core when a plugin %s, to be asked again', async (_what, handler) => {
    const user = await signedIn();
    await bench.settings.write(user.id, 'core', { 'display.theme': 'dark' });
    let isFailing = true;
    bench.hooks.on('other', 'user:erased', async (event) => {
      if (isFailing) await handler(event as never);
    });
    bench.hooks.on('calendar', 'user:erased', async ({ user: { id }, db }) => {
      await db.table('calendar_events').where({ user_id: id }).delete();
    });

    expect(await codeOf(affairs.erase(user))).toBe('plugin/guard-failed');

    expect((await affairs.find(user.site, 'alice'))?.id).toBe(user.id);
    expect(await bench.settings.readKey(user.id, 'core', 'display.theme')).toBe('dark');
    isFailing = false;
    await affairs.erase(user);
    expect(await eventsLeft()).toBe(0);
    expect(await affairs.find(user.site, 'alice')).toBeUndefined();
  });

  it('leaves the core’s database free while plugins erase', async () => {
    const user = await signedIn();
    const told: unknown[] = [];
    bench.hooks.on('calendar', 'user:erased', async () => {
      await bench.settings.write(user.id, 'core', { 'display.theme': 'dark' });
      told.push('written');
    });

    await affairs.erase(user);

    expect(told).toEqual(['written']);
  });
});

describe('security staff', () => {
  it('are told of a sign-in from a browser unlike the others', async () => {
    const told: unknown[] = [];
    bench.hooks.on('watch', 'security:detected', ({ code, evidence }) => {
      told.push([code, evidence['device']]);
    });

    await bench.signIn({ device: 'Firefox' });
    await bench.signIn({ device: 'Firefox' });
    await bench.signIn({ device: 'Outlandish' });

    expect(told).toEqual([['new-device', 'Outlandish']]);
  });

  it('are told when guesses have to wait, not of each wrong password', async () => {
    const told: unknown[] = [];
    bench.hooks.on('watch', 'security:detected', ({ code, login }) => {
      told.push([code, login]);
    });

    for (let guess = 0; guess < 4; guess += 1) await codeOf(bench.signIn({ password: 'wrong' }));
    expect(told).toEqual([]);
    await codeOf(bench.signIn({ password: 'wrong' }));
    await codeOf(bench.signIn({ password: 'wrong' }));

    expect(told).toEqual([['guessing', 'alice']]);
  });
});

describe('a host that two sites share', () => {
  const also = () => [{ ...bench.site, id: 'sport' as typeof bench.site.id }];

  it('opens the session on the site that a plugin names', async () => {
    bench.hooks.on('branches', 'site:resolve', () => ({ site: also()[0]?.id ?? bench.site.id }));

    const { session } = await bench.signIn({ also: also(), host: 'mail.example' });

    expect(session.site).toBe('sport');
    expect(session.user.site).toBe('sport');
  });

  it('is the host’s own when nobody says, and nobody is asked without a choice', async () => {
    const asked: unknown[] = [];
    bench.hooks.on('branches', 'site:resolve', (query) => void asked.push(query.choices));

    const shared = await bench.signIn({ also: also(), host: 'mail.example' });
    await bench.signIn();

    expect(shared.session.site).toBe(bench.site.id);
    expect(asked).toEqual([['sport']]);
  });

  it('opens the session on the site whose file means the person, unless a plugin says another', async () => {
    const [sport] = also();
    const meant = [{ ...sport, alsoPeople: { logins: ['alice'] } }] as ReturnType<typeof also>;
    const others = [{ ...sport, alsoPeople: { logins: ['bruno'] } }] as ReturnType<typeof also>;
    const host = 'mail.example';

    expect((await bench.signIn({ also: meant, host })).session.user.site).toBe('sport');
    expect((await bench.signIn({ also: others, host })).session.user.site).toBe(bench.site.id);
    bench.hooks.on('branches', 'site:resolve', () => ({ site: bench.site.id }));
    expect((await bench.signIn({ also: meant, host })).session.user.site).toBe(bench.site.id);
  });

  it.each([
    ['a site that does not share it', () => ({ site: 'elsewhere' })],
    ['nonsense', () => 42],
    ['nothing, failing', () => Promise.reject(new Error('down'))],
  ])('lets nobody in when a plugin names %s', async (_what, handler) => {
    bench.hooks.on('branches', 'site:resolve', handler as never);

    expect(['site/unknown', 'plugin/guard-failed']).toContain(
      await codeOf(bench.signIn({ also: also(), host: 'mail.example' })),
    );
  });
});
