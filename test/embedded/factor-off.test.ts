import type { DemoApp } from '../../src/demo';
import { ADMINS, agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { codeOf, enrolApplication, giveCode, sendTo } from '../kit/factor-visit';
import { textOf } from '../kit/html';
import { movingClock } from '../kit/moving-clock';
import { mailsTo } from '../kit/notices';
import { startTestDemo } from '../kit/signed-in-demo';

const CHANGE = '/admin/configuration/change';
const clock = movingClock();
let demo: DemoApp;

beforeAll(async () => {
  const logins = [agentOf(ADMINS.platform).username, agentOf(ADMINS.site).username];
  const permissions = ['admin.access', 'admin.platform'];
  demo = await startTestDemo({
    seed: false,
    notices: true,
    site: (id, file) =>
      id === 'saisons'
        ? {
            ...file,
            plugins: { twofactor: true },
            groups: [{ id: 'dsi', title: 'Numérique', match: { logins }, permissions }],
          }
        : file,
    options: { clock },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

async function enter(index: number): Promise<WebAgent> {
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const { username, password } = agentOf(index);
  expect((await web.signIn(username, password)).status).toBe(200);
  return web;
}
const lines = () => demo.app.audit.list({ event: 'security:factor-off' });

describe('an administrator who turns the second factor off', () => {
  it('is told for how many, and the others are told who did it', async () => {
    await enter(ADMINS.site);
    await enter(ADMINS.agent);
    const web = await enter(ADMINS.platform);
    const { secret } = await enrolApplication(web, clock);
    clock.forward(90_000);
    await giveCode(web, codeOf(secret, clock));

    const page = await web.get(
      `${CHANGE}?site=saisons&path=twofactor.enabled&value=${encodeURIComponent('false')}`,
    );
    expect(page.status).toBe(200);
    expect(textOf(page.one('id', 'main'))).toMatch(
      /3 personnes se connecteront avec leur seul mot de passe/,
    );
    expect(await lines()).toEqual([]);
    const done = await sendTo(web, page, CHANGE);

    expect(done.status).toBe(200);
    expect(await lines()).toMatchObject([
      {
        actor: agentOf(ADMINS.platform).username,
        target: 'twofactor.enabled',
        details: { of: 'saisons', people: 3 },
      },
    ]);
    const isTold = async (index: number) =>
      (await mailsTo(demo, agentOf(index).mail)).some((raw) =>
        /seul mot de passe|Personnes qui se connectent/.test(raw),
      );
    expect(await isTold(ADMINS.site)).toBe(true);
    expect(await isTold(ADMINS.platform)).toBe(false);
    expect(await isTold(ADMINS.agent)).toBe(false);

    // What gives it back takes nothing away.
    const on = await web.get(`${CHANGE}?site=saisons&path=twofactor.enabled&value=true`);
    expect(textOf(on.one('id', 'main'))).not.toContain('seul mot de passe');
    await sendTo(web, on, CHANGE);
    expect(await lines()).toHaveLength(1);
  }, 60_000);
});
