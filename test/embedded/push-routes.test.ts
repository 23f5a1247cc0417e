import type { DemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { aPushBrowser } from '../kit/push-service';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

const SERVICE = 'push.dehors.example';
const JSON_TYPE = { Accept: 'application/json' };
let demo: DemoApp;

beforeAll(async () => {
  demo = await startTestDemo({
    // One ministry lets devices be told; the other says nothing of it.
    site: (id, file) => ({
      ...file,
      hosts: [id === 'marees' ? 'localhost' : '127.0.0.1'],
      ...(id === 'saisons' && { push: { allowed: true, services: [SERVICE] } }),
    }),
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

async function post(web: WebAgent, path: string, fields: Readonly<Record<string, string>>) {
  const page = await web.get('/mail/me/INBOX');
  const csrf = /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
  return web.raw(path, {
    method: 'POST',
    headers: { ...JSON_TYPE, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields, _csrf: csrf }).toString(),
  });
}

const subscription = (host = SERVICE) => {
  const { p256dh, auth } = aPushBrowser();
  return { endpoint: `https://${host}/x`, p256dh, auth };
};

it('gives a browser what it subscribes with, and keeps what it gives', async () => {
  const { web } = await signInTo(demo);
  const answer = await web.raw('/push/key', { headers: JSON_TYPE });
  const { key } = (await answer.json()) as { key: string };
  expect(Buffer.from(key, 'base64url')).toHaveLength(65);
  const given = subscription();
  expect((await post(web, '/push/subscribe', given)).status).toBe(204);
  expect((await post(web, '/push/subscribe', given)).status).toBe(204);
  expect((await post(web, '/push/forget', given)).status).toBe(204);
});

it('says why a device is not told', async () => {
  const { web } = await signInTo(demo);
  const answer = await post(web, '/push/subscribe', subscription('ailleurs.example'));
  expect(answer.status).toBe(422);
  expect(JSON.stringify(await answer.json())).toContain('n’est pas accepté');
});

it('tells no device where the ministry did not ask for it', async () => {
  const { username, password } = agentAt(demo, 0, 'marees');
  const web = new WebAgent(`http://localhost:${demo.port}`);
  await web.signIn(username, password);
  expect((await web.raw('/push/key', { headers: JSON_TYPE })).status).toBe(404);
  const answer = await post(web, '/push/subscribe', subscription());
  expect(answer.status).toBe(422);
});

it('is for who is signed in, from a page of the site', async () => {
  const stranger = new WebAgent(`http://127.0.0.1:${demo.port}`);
  expect((await stranger.raw('/push/key', { headers: JSON_TYPE })).status).toBe(401);
  const { web } = await signInTo(demo);
  const forged = await web.raw('/push/subscribe', {
    method: 'POST',
    headers: { ...JSON_TYPE, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(subscription()).toString(),
  });
  expect(forged.status).toBe(403);
});
