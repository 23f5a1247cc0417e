import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { codeOf, secretOn, sendTo } from '../kit/factor-visit';
import { movingClock } from '../kit/moving-clock';
import { providerOf, signInWith } from '../kit/sign-in-journey';
import { type FakeProvider, fakeProvider } from '../kit/sign-in-plugin';

const ROOT = path.resolve(__dirname, '..', '..');
const STEP_MS = 30_000;
const { username } = agentOf(2);

const clock = movingClock();
let demo: DemoApp;
let provider: FakeProvider;

beforeAll(async () => {
  provider = fakeProvider();
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === 'saisons'
        ? {
            ...file,
            plugins: { 'fake-sso': true, twofactor: true },
            mailAccess: { kind: 'oauth' },
          }
        : file,
    options: { clock, extraPlugins: [provider.plugin] },
  });
  for (const isStrong of [true, false]) {
    provider.people.set(isStrong ? 'strong' : 'weak', {
      subject: 'sub-of-the-agent',
      login: username,
      more: { assurance: { level: isStrong ? 'eidas2' : 'eidas1', methods: [] }, isStrong },
    });
  }
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
it('asks a second factor after a weak sign-in at the provider, and none after a strong one', async () => {
  const web = browser();
  await signInWith(web, 'weak');
  // Later than a quarter of an hour, the provider is where somebody without a password proves it.
  clock.forward(16 * 60_000);
  const asked = await web.get('/twofactor/enrol/totp');
  expect(asked.url).toBe('/confirm?next=%2Ftwofactor%2Fenrol%2Ftotp');
  expect(asked.find('name', 'password')).toBeUndefined();
  const to = providerOf(await sendTo(web, asked, '/login/fake-sso/main'));
  const { pathname } = new URL(to.searchParams.get('redirect_uri') ?? '');
  const page = await web.get(`${pathname}?state=${to.searchParams.get('state')}&code=weak`);
  expect(page.url).toMatch(/^\/twofactor\/enrol\/totp\?slip=/);
  const secret = secretOn(page);
  expect(
    (await sendTo(web, page, '/twofactor/enrol/totp', { code: codeOf(secret, clock) })).status,
  ).toBe(200);

  expect((await signInWith(browser(), 'strong')).url).toBe('/mail/me/INBOX');
  const again = browser();
  expect((await signInWith(again, 'weak')).url).toBe('/twofactor/challenge');
  clock.forward(3 * STEP_MS);
  const challenge = await again.get('/twofactor/challenge');
  const opened = await sendTo(again, challenge, '/twofactor/challenge', {
    code: codeOf(secret, clock),
  });
  expect(opened.url).toBe('/mail/me/INBOX');

  // Who has a second factor proves by it: a weak provider takes nothing away.
  clock.forward(16 * 60_000);
  const inbox = await again.get('/settings/display');
  const begun = await again.post('/login/fake-sso/main', [
    ['_csrf', inbox.one('name', 'csrf-token').attribs['content'] ?? ''],
    ['purpose', 'confirm'],
    ['next', '/twofactor'],
  ]);
  expect(begun.url).toBe('/confirm?next=%2Ftwofactor');
}, 60_000);
