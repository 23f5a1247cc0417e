import type { HookOf } from 'estafette/plugin';
import {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
} from 'estafette/plugin/testing';
import type { UsageConfig } from '../config';
import plugin from '../plugin';

type Options = Partial<Omit<PluginTestOptions<UsageConfig>, 'plugin'>>;

const TABLE = 'usage_statistics_days';
const DAY_MS = 86_400_000;

let test: PluginTest;
const start = async (options: Options = {}): Promise<void> => {
  test = await createPluginTest({ plugin, permissions: ['admin.access'], ...options });
};
afterEach(() => test.stop());

const sent = (user: number): Promise<void> =>
  test.action('message:sent', {
    messageId: `<${user}@test.example>`,
    envelope: { from: 'a@test.example', to: ['secret@elsewhere.example'] },
    user,
  });
const send = async (people: number): Promise<void> => {
  for (let user = 1; user <= people; user += 1) await sent(user);
};
const page = (query: Readonly<Record<string, string>> = {}) => test.renderRoute('/', { query });
const rows = (): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  test.db.table(TABLE).select().orderBy('day');

it('counts what people do, by day and site', async () => {
  await start();
  const session = { user: { id: test.user.id } } as HookOf<'session:opened'>['event']['session'];
  const ref = {
    account: 'me',
    mailbox: 'INBOX',
    uidValidity: 1,
    uid: 1,
  } as HookOf<'message:read'>['event']['ref'];
  const where = {
    account: 'me',
    mailbox: 'INBOX',
    sort: 'date',
  } as HookOf<'message:search'>['context'];

  await test.action('session:opened', { session, first: false, via: 'ldap' });
  await test.action('message:read', { ref });
  await test.action('message:read', { ref });
  expect(await test.filter('message:search', { text: 'budget' }, where)).toEqual({
    text: 'budget',
  });
  await test.filter('message:search', {}, where);
  await send(5);
  await page();

  expect(await rows()).toEqual([
    expect.objectContaining({
      site: 'test',
      day: '2026-01-15',
      sign_ins: 1,
      messages_read: 2,
      messages_sent: 5,
      searches: 1,
      people_least: 5,
      people_most: 5,
    }),
  ]);
  expect(test.failures()).toEqual([]);
});

it('keeps nothing of people or of messages', async () => {
  await start();
  await send(6);
  await page();

  const [row = {}] = await rows();
  expect(Object.keys(row).sort()).toEqual(
    [
      'site',
      'day',
      'run',
      'sign_ins',
      'messages_read',
      'messages_sent',
      'searches',
      'people_least',
      'people_most',
    ].sort(),
  );
  expect(JSON.stringify(row)).not.toContain('secret');
});

it('leaves out those who do not want to be counted', async () => {
  await start();
  await test.setUserSetting('counted', false);
  await sent(test.user.id);
  await page();

  expect(await rows()).toEqual([]);
});

it('follows a new choice at once', async () => {
  await start();
  await sent(test.user.id);
  await test.setUserSetting('counted', false);
  await test.action('settings:saved', {
    user: { id: test.user.id, site: test.site, mail: test.user.mail },
    owner: 'usage-statistics',
    section: 'usage-statistics',
    changes: [{ key: 'counted', from: true, to: false }],
  });
  await sent(test.user.id);
  await page();

  expect(await rows()).toMatchObject([{ messages_sent: 1 }]);
});

it('begins a day where the site is', async () => {
  await start({ config: { timeZone: 'Pacific/Noumea' } });
  test.clock.advance(14 * 3_600_000 - (test.clock.now() % DAY_MS)); // 14:00 UTC, one in the morning there
  await send(5);
  await page();

  expect(await rows()).toMatchObject([{ day: '2026-01-16' }]);
});

describe('the page', () => {
  it('tells figures of days when enough people were there, in a chart and in a table', async () => {
    await start();
    await send(5);

    const html = await page();

    expect(html).toContain('5 au total');
    expect(html).toMatch(/<svg role="img" aria-label="Messages envoyés par jour, au plus 5/);
    expect(html).toContain('<rect');
    expect(html.match(/<th scope="row">/g)).toHaveLength(31);
  });

  it('tells nothing of a day when fewer were', async () => {
    await start();
    for (let many = 0; many < 11; many += 1) await send(4);

    const html = await page();

    expect(html).toContain('moins de 5 personnes');
    expect(html).toContain('1 jour n’est pas détaillé');
    expect(html).not.toContain('44');
    expect(html).toContain('0 au total');
  });

  it('never goes below five people', async () => {
    await start({ config: { smallest: 4 } });

    expect(test.state().reason).toContain('plugins.usage-statistics.smallest');
  });

  it('gives the same figures as a file', async () => {
    await start();
    await send(3);
    test.clock.advance(DAY_MS);
    await send(7);

    const answer = await test.route('get', '/', { query: { days: '7' } });
    const { file } = ('model' in answer ? answer.model : {}) as { file?: { href: string } };
    const lines = decodeURIComponent(file?.href.split(',').slice(1).join(',') ?? '').split('\r\n');

    expect(lines[0]).toBe(
      'day,people_least,people_most,sign_ins,messages_read,messages_sent,searches',
    );
    expect(lines).toHaveLength(9);
    expect(lines[6]).toBe('2026-01-15,,,,,,');
    expect(lines[7]).toBe('2026-01-16,7,7,0,0,7,0');
  });

  it.each(['', 'x', '-1', '1e9'])('shows a month for days=%j', async (days) => {
    await start();
    await send(5);

    expect((await page({ days })).match(/<th scope="row">/g)).toHaveLength(31);
  });
});

describe('the job', () => {
  it('puts the processes of a day that is over together', async () => {
    await start();
    const one = {
      site: 'test',
      day: '2026-01-13',
      sign_ins: 1,
      messages_read: 2,
      messages_sent: 3,
      searches: 4,
    };
    await test.db.table(TABLE).insert({ ...one, run: 'a', people_least: 6, people_most: 6 });
    await test.db.table(TABLE).insert({ ...one, run: 'b', people_least: 4, people_most: 4 });

    await test.runJob('aggregation');
    await test.runJob('aggregation');

    expect(await rows()).toMatchObject([
      {
        run: 'all',
        sign_ins: 2,
        messages_read: 4,
        messages_sent: 6,
        searches: 8,
        people_least: 6,
        people_most: 10,
      },
    ]);
    expect(await page()).toContain('de 6 à 10');
  });

  it('writes what was counted, and removes what is too old', async () => {
    await start({ config: { keepDays: 7 } });
    await send(5);
    await test.runJob('aggregation');
    expect(await rows()).toHaveLength(1);

    test.clock.advance(7 * DAY_MS);
    await test.runJob('aggregation');
    expect(await rows()).toHaveLength(1);
    test.clock.advance(DAY_MS);
    await test.runJob('aggregation');

    expect(await rows()).toEqual([]);
  });
});

it.each([
  [{ timeZone: 'Paris' }, 'plugins.usage-statistics.timeZone'],
  [{ keepDays: 0 }, 'plugins.usage-statistics.keepDays'],
  [{ days: 3 }, 'plugins.usage-statistics'],
])('names the key of a wrong configuration: %j', async (config, key) => {
  await start({ config });

  expect(test.state().reason).toContain(key);
});
