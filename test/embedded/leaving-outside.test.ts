import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { movingClock } from '../kit/moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');
const OUTSIDE = { 'X-Forwarded-For': '203.0.113.7' };
const MEMBER = 2;
type From = Record<string, string>;
const clock = movingClock();
let demo: DemoApp;

beforeAll(async () => {
  const networks = { inside: ['127.0.0.0/8'], outside: 'factor' };
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' }, trustedProxies: ['loopback'] },
    site: (id, own) =>
      id === 'saisons'
        ? { ...own, plugins: { twofactor: true }, groups: [], protection: { networks } }
        : own,
    options: { clock },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

/** A session that was opened inside, by the password alone, and the token of its forms. */
async function opened() {
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const { username, password } = agentOf(MEMBER);
  const page = await web.signIn(username, password);
  return { web, token: page.one('name', 'csrf-token').attribs['content'] ?? '' };
}
const rows = () => demo.app.db.knex('sessions').select('id', 'seen_at', 'last_remote');
const { mail } = agentOf(MEMBER);

describe('a session that a network keeps out for want of a second factor', () => {
  it.each([
    ['asks for the page of leaving', (web: WebAgent, from: From) => web.get('/logout', from), 404],
    [
      'leaves without the token of its forms',
      (web: WebAgent, from: From) => web.post('/logout', [['_csrf', '']], from),
      403,
    ],
  ])('is shown nothing of its person where it %s', async (_how, ask, status) => {
    const { web } = await opened();
    expect((await ask(web, {})).text).toContain(mail);
    const before = await rows();
    clock.forward(10 * 60_000);

    const page = await ask(web, OUTSIDE);

    expect(page.status).toBe(status);
    expect(page.text).not.toContain(mail);
    expect(await rows()).toEqual(before);
  });

  it('is ended from there all the same', async () => {
    const { web, token } = await opened();
    const before = (await rows()).length;

    await web.post('/logout', [['_csrf', token]], OUTSIDE);

    expect(await rows()).toHaveLength(before - 1);
  });
});
