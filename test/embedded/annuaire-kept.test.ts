import type { DemoApp } from '../../src/demo';
import { agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { codeOf, enrolApplication, giveCode } from '../kit/factor-visit';
import { movingClock } from '../kit/moving-clock';
import { startTestDemo } from '../kit/signed-in-demo';

const OUTSIDE = { 'X-Forwarded-For': '203.0.113.7' };
const MEMBER = 2;
const clock = movingClock();
let demo: DemoApp;

beforeAll(async () => {
  const networks = { inside: ['127.0.0.0/8'], outside: 'allow' };
  demo = await startTestDemo({
    app: { trustedProxies: ['loopback'] },
    site: (id, own) =>
      id === 'saisons'
        ? { ...own, plugins: { annuaire: true, twofactor: true }, protection: { networks } }
        : own,
    options: { clock },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const { username, password, dn, surname } = agentOf(1);
const PAGES = [
  '/annuaire',
  `/annuaire?q=${encodeURIComponent(surname)}`,
  `/annuaire/entry?dn=${encodeURIComponent(dn)}`,
  `/annuaire/tree?base=${encodeURIComponent(dn.slice(dn.indexOf(',') + 1))}`,
];
const signedIn = async (agent: { readonly username: string; readonly password: string }) => {
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  await web.signIn(agent.username, agent.password);
  return web;
};

it('is kept from outside without a second factor, and shown with one', async () => {
  const web = await signedIn(agentOf(MEMBER));

  for (const page of PAGES) {
    expect({ page, status: (await web.get(page)).status }).toEqual({ page, status: 200 });
    const kept = await web.get(page, OUTSIDE);
    expect({ page, status: kept.status }).toEqual({ page, status: 403 });
    expect(kept.text.includes('ne se consulte qu’avec un second facteur')).toBe(true);
    expect(kept.text).not.toContain('annuaire-name');
    expect(kept.text).not.toContain('annuaire-facts');
  }

  const { secret } = await enrolApplication(web, clock);
  clock.forward(60_000);
  const strong = await signedIn(agentOf(MEMBER));
  await giveCode(strong, codeOf(secret, clock));
  for (const page of PAGES) {
    const shown = await strong.get(page, OUTSIDE);
    expect({ page, status: shown.status }).toEqual({ page, status: 200 });
  }
}, 60_000);

it('gives no picture outside to who is there with a password alone', async () => {
  const web = await signedIn({ username, password });
  const photo = `/annuaire/photo/${Buffer.from(dn).toString('base64url')}`;

  expect((await web.get(photo, OUTSIDE)).status).toBe(404);
});

it('names nobody outside in what mail asks of it, and everybody inside', async () => {
  const web = await signedIn(agentOf(MEMBER));
  const { mail } = agentOf(1);
  const asked = {
    [`/autocomplete?q=${encodeURIComponent(surname)}`]: mail,
    // Messages of theirs are found all the same.
    [`/mail/me/INBOX?q=${encodeURIComponent(surname)}`]: '/annuaire/entry',
  };

  for (const [path, told] of Object.entries(asked)) {
    const [inside, outside] = [await web.get(path), await web.get(path, OUTSIDE)];
    expect({ path, inside: inside.text.includes(told) }).toEqual({ path, inside: true });
    expect({ path, outside: outside.text.includes(told) }).toEqual({ path, outside: false });
  }
});
