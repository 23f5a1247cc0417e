import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { DEMO_MASTER } from '../../src/demo/master';
import type { PluginContext } from '../../src/host';
import { secretHandle } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import { WebAgent } from '../kit/agent';
import { FORBIDDEN_NAMES, type Given, HOARDER, hoarder } from '../kit/hoarding-plugin';
import { walk } from '../kit/hook-journey';
import { type Page, textOf } from '../kit/html';
import { movingClock } from '../kit/moving-clock';
import { type Forbidden, findForbidden, isOwnConnection } from '../kit/payload-walk';
import { signInWith } from '../kit/sign-in-journey';
import { type FakeProvider, fakeProvider } from '../kit/sign-in-plugin';
import { tempTree } from '../unit/host/kit';

const ROOT = path.resolve(__dirname, '..', '..');
const TOKEN = 'access-token-that-opens-the-mail';
const REFRESH = 'refresh-token-of-the-person';
const OWN = 'recovery-code-of-a-plugin';
const LEAVING = 'hint-for-the-way-out';
const NAMES = new Set([
  ...FORBIDDEN_NAMES,
  ...['accesstoken', 'authzid', 'mailaccess', 'masterpassword', 'mechanism', 'leaving'],
]);

/** A plugin with a page of its own, and a secret on it. */
const keeper: FoundPlugin = {
  id: 'keeper',
  version: '0.0.0',
  dir: tempTree({ 'views/page.ejs': '<p><%= model.code %></p>' }),
  migrations: [],
  locales: { fr: {}, en: {} },
  definition: {
    id: 'keeper',
    api: '^1.0',
    title: 'keeper:title',
    contributes: {
      routes: async () => ({
        routes(router) {
          router.get('/page', async () => ({ view: 'page', model: { code: OWN }, title: 'Codes' }));
        },
      }),
    },
  },
};

/** Comes in by the provider, which knows them by `code`. */
async function enter(web: WebAgent, code: string): Promise<Page> {
  await signInWith(web, code);
  return web.get('/home');
}

describe.each([
  ['by a master user', 'marees'],
  ['by a token', 'saisons'],
] as const)('somebody whose mail is opened %s', (_how, site) => {
  const given: Given[] = [];
  const clock = movingClock();
  let demo: DemoApp;
  let provider: FakeProvider;
  let forbidden: Forbidden;

  beforeAll(async () => {
    provider = fakeProvider();
    demo = await startDemoApp({
      root: ROOT,
      port: 0,
      site: (id, file) => ({
        ...file,
        hosts: [id === site ? '127.0.0.1' : `${id}.localhost`],
        plugins: { [HOARDER]: true, 'fake-sso': true, keeper: true },
      }),
      // On a busy machine, what is optional would be left out.
      app: { log: { level: 'silent' }, limits: { pluginBudgetMs: 10_000 } },
      options: { extraPlugins: [hoarder(given, site), provider.plugin, keeper], clock },
    });
    const agent = demo.stack.agents.find((one) => one.site === site);
    if (!agent) throw new Error('no agent');
    const whose = async (token: string) => (token === TOKEN ? agent.username : undefined);
    Reflect.set(demo.stack.imap, 'whose', whose);
    Reflect.set(Reflect.get(demo.stack.smtp, 'options'), 'whose', whose);
    provider.people.set('right', {
      subject: 'sub-1',
      login: agent.username,
      more: {
        leaving: { hint: LEAVING },
        tokens: {
          access: secretHandle(TOKEN),
          refresh: secretHandle(REFRESH),
          expiresAt: '2099-01-01T00:00:00.000Z',
        },
      },
    });
    let cookies: readonly string[] = [];
    await walk(demo, clock, {
      site,
      enter: async (web) => {
        const page = await enter(web, 'right');
        cookies = web.cookies.split('; ').map((one) => one.slice(one.indexOf('=') + 1));
        return page;
      },
    });
    for (const { id } of demo.app.jobs.list()) {
      if (id.startsWith(HOARDER)) await demo.app.jobs.runNow(id);
    }
    const secrets = [TOKEN, REFRESH, LEAVING, DEMO_MASTER.password, ...cookies];
    forbidden = { names: NAMES, values: secrets.filter((value) => value.length > 5) };
  }, 120_000);
  afterAll(() => demo?.stop());

  it('reads and sends', () => {
    const whats = new Set(given.map(({ what }) => what));
    const needed = [
      'message',
      'text',
      'hook session:opened',
      'hook imap:connected',
      'hook imap:options',
      'hook smtp:options',
      'hook message:sent',
    ];

    expect(needed.filter((what) => !whats.has(what))).toEqual([]);
    expect(given.find(({ what }) => what === 'sent')?.value).toMatchObject({
      outcome: { kind: 'sent' },
    });
    const transaction = demo.stack.smtp.transactions.at(-1);
    expect(transaction?.username).toBe(provider.people.get('right')?.login);
  });

  it('hands nothing that opens it to any other plugin, wherever one looks', () => {
    const faults = given.flatMap(({ what, value }) =>
      findForbidden(value, forbidden).map((fault) => `${what}${fault}`),
    );

    expect(faults.filter((fault) => !isOwnConnection(fault))).toEqual([]);
    expect(findForbidden({ a: [{ text: `x ${TOKEN}` }] }, forbidden)).toHaveLength(1);
  });

  it('shows no plugin what a page says to its reader alone', async () => {
    const base = `http://127.0.0.1:${demo.port}`;
    const web = new WebAgent(base);
    const right = provider.people.get('right');
    if (!right) throw new Error('nobody');
    // The provider has just asked: what concerns the account is not asked for a proof once more.
    const authenticatedAt = new Date(clock.now()).toISOString();
    provider.people.set('right', { ...right, more: { ...right.more, authenticatedAt } });
    await enter(web, 'right');
    const page = await web.get('/security');
    const [add] = page.all((e) => e.attribs['action'] === '/security/app-passwords');
    if (!add) throw new Error('no form');
    const made = await web.submit(page, { form: () => add, fill: { name: 'Agenda' } });
    const secret = textOf(made.one('data-app-password'));
    const back = await new WebAgent(base).post('/login/fake-sso/main/callback', [
      ['SAMLResponse', 'answer-by-form'],
    ]);
    const own = await web.get('/keeper/page');
    await web.get('/settings/display');

    expect(back.text).toContain('answer-by-form');
    expect(own.text).toContain(OWN);
    const pages = given.filter(({ what }) => what === 'hook page:model').map(({ value }) => value);
    const views = pages.map((args) => (args as [unknown, { view: string }])[1].view);
    expect(views).toContain('settings');
    for (const view of ['security', 'login-go', 'login-return', 'keeper/page'])
      expect(views).not.toContain(view);
    const values = [secret, 'answer-by-form', OWN];
    const found = pages.flatMap((value) => findForbidden(value, { names: new Set(), values }));
    expect(found).toEqual([]);
  });

  it('gives a plugin no secret of the site by asking for it', () => {
    const context = given.find(({ what }) => what === 'context')?.value as PluginContext;

    for (const name of ['mailMasterPassword', 'MAIL_MASTER_PASSWORD', 'mail.master.password']) {
      expect(() => context.secret(name)).toThrow('request/forbidden');
    }
    expect(Object.keys(context.site(site as never))).not.toContain('mailAccess');
  });

  it('leaves nothing of it in the database', async () => {
    const tables: { name: string }[] = await demo.app.db
      .knex('sqlite_master')
      .select('name')
      .where({
        type: 'table',
      });
    for (const { name } of tables) {
      const rows = JSON.stringify(await demo.app.db.knex(name).select());
      for (const secret of [TOKEN, REFRESH, LEAVING, DEMO_MASTER.password]) {
        expect([name, rows.includes(secret)]).toEqual([name, false]);
      }
    }
  });
});
