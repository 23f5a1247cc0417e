import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';
import { memoryOf } from '../kit/memory-stack';

const ROOT = path.resolve(__dirname, '..', '..');
/** Five seconds, and what a machine adds that is busy with other tests. */
const PATIENCE_MS = 6_000;

describe.each([
  { site: 'saisons', source: 'ldap' },
  { site: 'marees', source: 'imap' },
] as const)('who signs in by $source', ({ site, source }) => {
  let demo: DemoApp;
  beforeAll(async () => {
    demo = await startDemoApp({
      root: ROOT,
      port: 0,
      seed: false,
      app: { log: { level: 'silent' } },
      site: (id, file) => ({
        ...file,
        hosts: [id === site ? '127.0.0.1' : `${id}.example`],
        plugins: {},
        ...(source === 'imap' && { signIn: { kind: 'imap', loginDomain: 'marees.example' } }),
        protection: { lockAfter: 1, lockMinutes: 15 },
      }),
    });
  }, 60_000);
  afterAll(async () => {
    await demo?.stop();
  });
  afterEach(() => faults().clear());

  const faults = () => memoryOf(demo)[source].faults;
  const agent = () => {
    const found = demo.stack.agents.find((one) => one.site === site);
    if (!found) throw new Error('no such agent');
    return found;
  };
  const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
  /** Whatever becomes of the inbox, which the mail server has to answer for. */
  const isOpen = async (web: WebAgent): Promise<boolean> =>
    (await web.raw('/settings/display')).status === 200;
  const counters = () => demo.app.db.knex('login_throttles').where('failures', '>', 0).select();

  async function expectAway(work: () => Promise<Page>, where: string): Promise<void> {
    const startedMs = performance.now();
    const page = await work();
    expect(performance.now() - startedMs).toBeLessThan(PATIENCE_MS);
    expect(page.status).toBe(503);
    expect(page.headers.get('Retry-After')).toBe('10');
    expect(textOf(page.one('id', where))).not.toContain('incorrect');
    // Nobody is a guesser because a server is away.
    expect(await counters()).toEqual([]);
  }

  it.each(['down', 'silent'] as const)(
    'is told that it is away when it is %s, in time, and nothing is counted',
    async (fault) => {
      const { username, password } = agent();
      const web = browser();
      faults()[fault](true);

      await expectAway(() => web.signIn(username, password), 'login-error');

      faults().clear();
      await web.signIn(username, password);
      expect(await isOpen(web)).toBe(true);
    },
    30_000,
  );

  it.each(['down', 'silent'] as const)(
    'is told the same where they prove again that it is they, when it is %s',
    async (fault) => {
      const { username, password } = agent();
      const web = browser();
      await web.signIn(username, password);
      expect(await isOpen(web)).toBe(true);
      const page = await web.get('/confirm?next=/security');
      faults()[fault](true);

      await expectAway(
        () =>
          web.post('/confirm', [
            ['_csrf', page.one('name', '_csrf').attribs['value'] ?? ''],
            ['password', password],
            ['next', '/security'],
          ]),
        'main',
      );
    },
    30_000,
  );
});
