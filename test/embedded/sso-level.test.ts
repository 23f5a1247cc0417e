import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import {
  LYING_CLIENT,
  LYING_SUBJECT,
  type LyingProvider,
  lyingProvider,
} from '../kit/lying-provider';
import { pressWay } from '../kit/sso-visit';

const ROOT = path.resolve(__dirname, '..', '..');

let demo: DemoApp;
let idp: LyingProvider;

/** As ProConnect: userinfo signed, levels asked for; the person is found by their address. */
beforeAll(async () => {
  idp = await lyingProvider();
  const profile = {
    kind: 'oidc',
    profile: 'proconnect',
    issuer: idp.origin,
    clientId: LYING_CLIENT,
    clientAuth: 'none',
    algorithms: ['RS256'],
    claims: { login: 'uid' },
  };
  const providers = [
    { ...profile, id: 'any' },
    { ...profile, id: 'card', acr: ['eidas2', 'eidas3'] },
  ];
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === 'marees'
        ? {
            ...file,
            hosts: ['127.0.0.1'],
            plugins: { sso: { providers }, twofactor: { required: true, graceDays: 0 } },
          }
        : { ...file, hosts: ['saisons.example'] },
    plugins: { origins: { sso: [idp.origin] } },
  });
  idp.login = demo.stack.agents.find(({ site }) => site === 'marees')?.username ?? '';
  idp.answers.set('/userinfo', async () => ({
    type: 'application/jwt',
    body: await idp.sign({
      iss: idp.origin,
      aud: LYING_CLIENT,
      sub: LYING_SUBJECT,
      uid: idp.login,
    }),
  }));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
  await idp?.close();
});

/** Signs in by a way, the provider saying that it was at this level; what was asked, where it ended. */
async function signInAt(acr: string | undefined, method: string) {
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const asked = new URL(await pressWay(web, method)).searchParams;
  idp.nonce = asked.get('nonce') ?? '';
  idp.claims = { acr };
  const page = await web.get(`/login/sso/${method}/callback?state=${asked.get('state')}&code=c`);
  return { asked: asked.get('acr_values'), status: page.status, url: page.url };
}

it.each([
  ['eidas1', '/twofactor/challenge'],
  ['eidas2', '/mail/me/INBOX'],
  ['eidas3', '/mail/me/INBOX'],
])(
  'after a sign-in at %s our own second factor is asked where that is no strong one',
  async (acr, url) => {
    expect(await signInAt(acr, 'any')).toMatchObject({ asked: 'eidas1 eidas2 eidas3', url });
  },
);

it.each(['eidas1', 'eidas0', 'EIDAS2', undefined])(
  'a sign-in at %s is refused where eidas2 or eidas3 was asked for',
  async (acr) => {
    const { asked, status } = await signInAt(acr, 'card');

    expect([asked, status]).toEqual(['eidas2 eidas3', 400]);
    const [line] = await demo.app.audit.list({ event: 'session:refused', limit: 1 });
    expect(line?.details).toMatchObject({
      code: 'sign-in/invalid',
      via: 'sso.card',
      reason: 'level',
    });
  },
);

it('a sign-in at a level that was asked for comes in', async () => {
  expect((await signInAt('eidas2', 'card')).url).toBe('/mail/me/INBOX');
});
