import type { DemoApp } from '../../src/demo';
import { agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { codeOf, enrolApplication, giveCode, sendTo } from '../kit/factor-visit';
import { movingClock } from '../kit/moving-clock';
import { startTestDemo } from '../kit/signed-in-demo';

const STEP_MS = 30_000;
const MEMBER = 2;
const OTHER = 4;

const clock = movingClock();
let demo: DemoApp;
afterEach(() => demo?.stop());

/** The first site with what its file says of the second factor, and of one group. */
async function start(file: Readonly<Record<string, unknown>>): Promise<void> {
  demo = await startTestDemo({
    seed: false,
    site: (id, own) => (id === 'saisons' ? { ...own, plugins: {}, groups: [], ...file } : own),
    options: { clock },
  });
}
const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
const signIn = async (index: number, web = browser()) => {
  const { username, password } = agentOf(index);
  const page = await web.signIn(username, password);
  return { web, page };
};
const groupOf = (index: number, more: Readonly<Record<string, unknown>>) => ({
  id: 'direction',
  title: 'Direction',
  match: { logins: [agentOf(index).username] },
  ...more,
});

describe('a second factor is required', () => {
  it('of a site', async () => {
    await start({ plugins: { twofactor: { required: true, graceDays: 0 } } });

    expect((await signIn(MEMBER)).page.url).toBe('/twofactor/challenge');
    expect((await signIn(OTHER)).page.url).toBe('/twofactor/challenge');
  }, 60_000);

  it('of whoever comes from another network', async () => {
    const networks = { inside: ['198.51.100.0/24'], outside: 'factor' };
    await start({ plugins: { twofactor: true }, protection: { networks } });

    expect((await signIn(MEMBER)).page.url).toBe('/twofactor/challenge');
  }, 60_000);

  it('of a group alone, where the site itself has the plugin off', async () => {
    const twofactor = { required: true, graceDays: 0 };
    await start({ groups: [groupOf(MEMBER, { plugins: { twofactor } })] });
    expect((await signIn(OTHER)).page.url).toBe('/mail/me/INBOX');

    const { web, page } = await signIn(MEMBER);
    expect(page.url).toBe('/twofactor/challenge');
    expect((await web.raw('/mail/me/INBOX')).status).toBe(302);
    const { secret } = await enrolApplication(web, clock);
    expect((await web.get('/mail/me/INBOX')).status).toBe(200);

    // From then on it is asked, also to confirm: the password alone takes nothing away.
    clock.forward(3 * STEP_MS);
    const again = await signIn(MEMBER);
    expect(again.page.url).toBe('/twofactor/challenge');
    const opened = await giveCode(again.web, codeOf(secret, clock));
    expect(opened.url).toBe('/mail/me/INBOX');
    clock.forward(16 * 60_000);
    const asked = await again.web.get('/twofactor/enrol/totp');
    expect(asked.url).toBe('/confirm?next=%2Ftwofactor%2Fenrol%2Ftotp');
    expect(asked.find('name', 'password')).toBeUndefined();
  }, 60_000);

  it('of a group alone leaves the others without a page of it', async () => {
    const twofactor = { required: true, graceDays: 0 };
    await start({ groups: [groupOf(MEMBER, { plugins: { twofactor } })] });
    const { web } = await signIn(OTHER);

    expect((await web.raw('/twofactor')).status).toBe(404);
    expect((await web.get('/mail/me/INBOX')).text).not.toContain('data-twofactor-banner');
  }, 60_000);
});

it('is erased, and told, with a person of a group alone', async () => {
  const twofactor = { required: true, graceDays: 0 };
  await start({ groups: [groupOf(MEMBER, { plugins: { twofactor } })] });
  const { web } = await signIn(MEMBER);
  await enrolApplication(web, clock);
  const find = () => demo.app.affairs.find('saisons' as never, agentOf(MEMBER).username);
  const user = await find();
  if (!user) throw new Error('has never signed in');
  const files = (await demo.app.affairs.records(user)).map(({ file }) => file);
  expect(files).toContain('second-factors.json');
  await demo.app.affairs.erase(user);

  // Whoever has the number next has nothing of theirs.
  const next = await signIn(MEMBER);
  expect(next.page.url).toBe('/twofactor/challenge');
  expect(next.page.text).toContain('/twofactor/enrol/totp');
}, 60_000);

describe('an administrator', () => {
  const admin = (plugins: Readonly<Record<string, unknown>>) =>
    groupOf(MEMBER, { permissions: ['admin.access'], plugins });

  it('gives a factor first where it is on for their group alone', async () => {
    await start({ groups: [admin({ twofactor: true })] });
    const { web } = await signIn(MEMBER);

    expect((await web.raw('/admin')).status).toBe(403);
  }, 60_000);

  it('is asked none where the ministry has it off for their group', async () => {
    await start({ plugins: { twofactor: true }, groups: [admin({ twofactor: false })] });
    const { web } = await signIn(MEMBER);

    expect((await web.raw('/admin')).status).toBe(200);
  }, 60_000);

  it('is asked one whatever they turned off for themselves', async () => {
    await start({
      plugins: { twofactor: true },
      choices: ['twofactor'],
      groups: [admin({})],
    });
    const { web } = await signIn(MEMBER);
    const modules = await web.get('/settings/modules');
    await sendTo(web, modules, '/settings/modules');

    expect((await web.raw('/admin')).status).toBe(403);
  }, 60_000);
});
