import { rmSync } from 'node:fs';
import path from 'node:path';
import type { PluginDefinition } from '../../../src/host/define';
import { discoverPlugins, type FoundPlugin } from '../../../src/host/discover';
import {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
} from '../../../src/host/testing';
import { docTree, filesIn, readDoc, typeErrors } from '../../kit/doc-files';

const page = readDoc('cookbook.md');
const TASKS = 11;
const NIGHT = Date.UTC(2026, 2, 4, 2, 30);

let root = '';
let found: readonly FoundPlugin[] = [];
let test: PluginTest | undefined;

beforeAll(() => {
  root = docTree(filesIn(page));
  const all = discoverPlugins({ dir: path.join(root, 'plugins') });
  expect(all.broken).toEqual([]);
  found = all.found;
});
afterAll(() => rmSync(root, { recursive: true }));
afterEach(async () => {
  await test?.stop();
  test = undefined;
});

/** Starts one plugin of the page. */
async function start(
  id: string,
  options: Omit<PluginTestOptions<unknown>, 'plugin' | 'dir'> = {},
): Promise<PluginTest> {
  const { definition, dir } = found.find((plugin) => plugin.id === id) as FoundPlugin;
  test = await createPluginTest({
    plugin: definition as PluginDefinition<unknown>,
    dir,
    ...options,
  });
  expect(test.state()).toMatchObject({ state: 'active' });
  return test;
}

const aMessage = (subject: string) => ({
  account: 'me',
  mailbox: 'INBOX',
  uidValidity: 1,
  uid: 7,
  subject,
  from: { name: 'Paul', mail: 'paul@test.example' },
  attachments: [],
  messageId: '<7@test.example>',
});
const json = (status: number, value: unknown) => ({
  status,
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify(value)),
});
const aDraft = (mode: 'new' | 'reply') => ({
  identity: 'camille@test.example',
  to: '',
  cc: '',
  bcc: '',
  subject: '',
  format: 'plain' as const,
  text: '\n\n-- \nCamille',
  html: '',
  mode,
});

describe('the cookbook', () => {
  it('has eleven tasks, a plugin each', () => {
    expect(page.match(/^## \d+\. /gm)).toHaveLength(TASKS);
    expect(found).toHaveLength(TASKS);
  });

  it('compiles under the strict options of the project', () => {
    expect(typeErrors(root)).toEqual([]);
  });

  it('1: a button reports a message, and says so', async () => {
    const report = await start('report');

    const shown = await report.renderSlot('message.toolbar@1', { message: aMessage('Gagnez') });
    expect(shown).toContain('action="/report/reports"');
    expect(shown).toContain('value="&lt;7@test.example&gt;"');

    expect(
      await report.route('post', '/reports', { body: { messageId: '<7@test.example>' } }),
    ).toEqual({ redirect: '/report/thanks' });
    expect(report.audited).toMatchObject([{ event: 'report:received', site: 'test' }]);
    expect(await report.renderRoute('/thanks')).toContain('Merci');
  });

  it('2: a mark stands on the lines of the service alone', async () => {
    const mark = await start('inside-mark', { config: { domains: ['service.example'] } });
    const row = (uid: number, mail: string) => ({
      uid,
      messageId: undefined,
      subject: '',
      from: [{ name: '', mail }],
      date: '2026-03-04T09:00:00Z',
      keywords: [],
    });
    const rows = [row(1, 'a@service.example'), row(2, 'b@elsewhere.example')];
    const at = (uid: number) => mark.renderSlot('message-list.row.flags@1', { rows }, { at: uid });

    expect(await at(1)).toContain('Service');
    expect(await at(2)).toBe('');
    expect(mark.failures()).toEqual([]);
  });

  it('3: asks before a message goes to many, and not when they do not see each other', async () => {
    const check = await start('many-recipients', { config: { most: 2 } });
    const many = [1, 2, 3].map((index) => ({ name: '', mail: `p${index}@test.example` }));
    const message = (to: typeof many, bcc: typeof many) => ({
      draft: { id: 'd', mode: 'new' as const, format: 'plain' as const, subject: '', text: '' },
      recipients: { to, cc: [], bcc },
      attachments: [],
      sizeBytes: 0,
      user: { id: check.user.id, locale: 'fr' as const },
    });

    expect(await check.guard('message:sending', message(many, []))).toMatchObject([
      { code: 'many', confirm: true },
    ]);
    expect(await check.guard('message:sending', message([], many))).toEqual([]);
  });

  it('4: the closing is that of the site, then of the person, then none', async () => {
    const closing = await start('closing', { config: { formula: 'Bien à vous,' } });
    const text = async (mode: 'new' | 'reply' = 'new'): Promise<string> => {
      const draft = await closing.filter('compose:draft', aDraft(mode), { user: closing.user.id });
      return draft.text;
    };

    expect(await text()).toBe('\n\nBien à vous,\n\n-- \nCamille');
    await closing.setUserSetting('formula', 'À bientôt,');
    expect(await text()).toContain('À bientôt,');
    expect(await text('reply')).toBe(aDraft('reply').text);
    await closing.setUserSetting('shown', false);
    expect(await text()).toBe(aDraft('new').text);
  });

  it('5: the widget tells the next closed day, or nothing', async () => {
    const widget = await start('closed-days', { config: { days: ['1999-12-24', '9999-12-24'] } });

    const shown = await widget.renderSlot('dashboard.widgets@1');

    expect(shown).toContain('datetime="9999-12-24"');
    await widget.stop();
    const empty = await start('closed-days');
    expect(await empty.renderSlot('dashboard.widgets@1')).toBe('');
  });

  it('6: the charter is asked until it is accepted, and again for a new version', async () => {
    const charter = await start('charter');
    const user = { id: charter.user.id };
    const ask = () =>
      charter.collect('session:challenges', {
        site: charter.site,
        principal: {},
        user,
        device: 'Firefox',
      } as never);

    expect(await ask()).toMatchObject([{ id: 'charter', satisfied: false }]);
    expect(await charter.renderRoute('/')).toContain('J’accepte');
    expect(await charter.route('post', '/accepted')).toEqual({ redirect: '/' });
    expect(await ask()).toMatchObject([{ satisfied: true }]);

    await charter.db.table('charter_accepted').update({ version: '0' });
    expect(await ask()).toMatchObject([{ satisfied: false }]);
  });

  it('7: people of elsewhere are suggested, asked once a minute', async () => {
    const asked: string[] = [];
    const source = await start('prefectures', {
      http: (url) => {
        asked.push(url);
        return json(200, { people: [{ name: 'Zoé Petit', mail: 'zoe@prefectures.example' }] });
      },
    });
    const suggest = (query: string) =>
      source.collect('contact:suggestions', { query, limit: 5, for: 'to', user: source.user.id });

    expect(await suggest('zo')).toEqual([]);
    expect(await suggest('zoé')).toMatchObject([{ mail: 'zoe@prefectures.example', score: 10 }]);
    await suggest('ZOÉ');
    expect(asked).toEqual(['https://annuaire.prefectures.example/people?q=zo%C3%A9']);
    expect(source.failures()).toEqual([]);
  });

  it('7: nobody is suggested by a directory that answers rubbish, and it is told', async () => {
    const source = await start('prefectures', { http: () => json(200, { people: 'none' }) });
    const query = { query: 'zoé', limit: 5, for: 'to', user: source.user.id } as const;

    expect(await source.collect('contact:suggestions', query)).toEqual([]);
    expect(source.failures()).toHaveLength(1);
  });

  it('8: the job works at night, and removes what is old', async () => {
    const report = await start('night-report', { config: { keepDays: 30 } });
    const table = () => report.db.table('night_report_sent');
    const at = (days: number): string => new Date(NIGHT - days * 86_400_000).toISOString();
    await table().insert([31, 29].map((days) => ({ site: report.site, at: at(days), to: 1 })));

    report.clock.advance(NIGHT - 7_200_000 - report.clock.now());
    await report.runJob('cleaning');
    expect(await table().select('at')).toHaveLength(2);

    report.clock.advance(7_200_000);
    await report.runJob('cleaning');
    expect(await table().select('at')).toEqual([{ at: at(29) }]);
  });

  it('9: a note is kept, shown escaped, given back and removed', async () => {
    const notes = await start('post-it');
    const shown = () => notes.renderSlot('message.sidebar@1', { message: aMessage('Réunion') });
    const write = (note: string) =>
      notes.route('post', '/notes', {
        body: { messageId: '<7@test.example>', note, back: '/mail/me/INBOX/7' },
      });

    expect(await write('Voir <Paul>')).toEqual({ redirect: '/mail/me/INBOX/7' });
    expect(await shown()).toContain('Voir &lt;Paul&gt;</textarea>');
    const records = await notes.collect('user:records', { user: { id: notes.user.id } } as never);
    expect(records).toMatchObject([
      { file: 'notes.json', content: [{ message: '<7@test.example>', note: 'Voir <Paul>' }] },
    ]);

    await write('');
    expect(await shown()).toContain('></textarea>');
  });

  it('10: the state of a case is shown once asked, a task is added, and an outage is said', async () => {
    const asked: string[] = [];
    const sent: unknown[] = [];
    const cases = await start('cases', {
      secrets: { token: 'x' },
      http: (url, { method, headers, body }) => {
        asked.push(url);
        if (method === 'POST') {
          sent.push([url, headers?.['Authorization'], JSON.parse(String(body))]);
          return json(201, {});
        }
        return url.endsWith('00009') ? json(503, {}) : json(200, { state: 'open' });
      },
    });
    const shown = (subject: string) =>
      cases.renderSlot('message.sidebar@1', { message: aMessage(subject) });

    expect(await shown('Réunion')).toBe('');
    expect(await shown('Pièces du D-2026-00012')).toContain('Ouvert');
    expect(await shown('Suite du D-2026-00012')).toContain('Ouvert');
    expect(asked).toHaveLength(1);
    expect(await cases.route('post', '/tasks', { body: { number: 'D-2026-00012' } })).toMatchObject(
      {
        view: 'added',
        status: 200,
      },
    );
    expect(sent).toEqual([
      [
        'https://dossiers.ministere.example/api/cases/D-2026-00012/tasks',
        'Bearer x',
        { kind: 'mail-received' },
      ],
    ]);
    expect(await shown('D-2026-00009')).toContain('momentanément indisponible');
  });

  it('11: sessions are counted, for administrators alone', async () => {
    const agent = await start('arrivals');
    expect(await agent.route('get', '/')).toEqual({ status: 403 });
    await agent.stop();

    const admin = await start('arrivals', { permissions: ['admin.access'] });
    await admin.action('session:opened', {} as never);
    expect(await admin.renderRoute('/')).toContain('1</p>');
  });
});
