import path from 'node:path';
import type { SiteId } from '../../src/base/types';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { demoAgents } from '../../src/demo/data/people';
import { WebAgent } from '../kit/agent';
import { signInWith } from '../kit/sign-in-journey';
import { type FakeProvider, fakeProvider } from '../kit/sign-in-plugin';

const ROOT = path.resolve(__dirname, '..', '..');
const MAREES = 'marees' as SiteId;
const SAISONS = 'saisons' as SiteId;

let demo: DemoApp;
let provider: FakeProvider;
const agents = () => demo.stack.agents.filter(({ site }) => site === SAISONS);

/** One host and one directory for two ministries: what their entries say tells their people apart. */
beforeAll(async () => {
  provider = fakeProvider();
  const profile = { unit: 'departmentNumber', phone: 'telephoneNumber' };
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' } },
    site: (id, file) => {
      const { signIn } = file as { readonly signIn: object };
      const own = { plugins: { 'fake-sso': true }, mailAccess: { kind: 'oauth' } };
      const shared = { ...file, ...own, signIn: { ...signIn, profile } };
      if (id === SAISONS) return { ...shared, hosts: ['127.0.0.1'] };
      const uid = [demoAgents.filter(({ site }) => site === SAISONS)[1]?.username];
      return { ...shared, alsoHosts: ['127.0.0.1'], alsoPeople: { attribute: { uid } } };
    },
    options: { extraPlugins: [provider.plugin] },
  });
  agents().forEach(({ username: login }, index) => {
    provider.people.set(`code-${index}`, { subject: `sub-${index}`, login });
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);

it.each([
  [
    'by the form',
    (web: WebAgent, index: number) => {
      const { username = '', password = '' } = agents()[index] ?? {};
      return web.signIn(username, password);
    },
  ],
  ['by a provider', (web: WebAgent, index: number) => signInWith(web, `code-${index}`)],
] as const)('takes people who come in %s to the site that means them', async (_name, enter) => {
  const [own, other] = [browser(), browser()];

  await enter(own, 0);
  await enter(other, 1);

  const [first, second] = agents();
  const found = (site: SiteId, login = '') => demo.app.affairs.find(site, login);
  expect(await found(SAISONS, first?.username)).toMatchObject({ site: SAISONS });
  expect(await found(MAREES, second?.username)).toMatchObject({
    site: MAREES,
    // As the directory says, at each sign-in.
    unit: expect.stringMatching(/\w/),
    phone: expect.stringMatching(/^\+33 1 99 00/),
  });
  expect(await found(SAISONS, second?.username)).toBeUndefined();
  expect((await other.get('/settings/display')).status).toBe(200);
});
