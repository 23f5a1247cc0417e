import type { DemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

const HEADER = 'X-Estafette-Account';
let demo: DemoApp;

beforeAll(async () => {
  demo = await startTestDemo({
    // One ministry keeps nothing on devices; the other says nothing of it.
    site: (id, file) => ({
      ...file,
      hosts: [id === 'marees' ? 'localhost' : '127.0.0.1'],
      ...(id === 'marees' && { offline: { allowed: false } }),
    }),
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const keyOf = async (web: WebAgent) => {
  const answer = await web.raw('/offline/key', { headers: { Accept: 'application/json' } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

it('names the account the same in each session, another for each agent, nobody without one', async () => {
  const first = await signInTo(demo);
  const again = await signInTo(demo);
  const other = await signInTo(demo, agentAt(demo, 1));
  const one = await keyOf(first.web);
  expect(one).toMatchObject({ status: 200, body: { hours: 72, messages: 200 } });
  expect(await keyOf(again.web)).toEqual(one);
  const another = await keyOf(other.web);
  expect(another.body['account']).not.toBe(one.body['account']);
  expect(another.body['key']).not.toBe(one.body['key']);
  // AES-GCM takes 32 bytes; neither name nor key says who it is.
  expect(Buffer.from(String(one.body['key']), 'base64url')).toHaveLength(32);
  const list = await first.web.raw('/mail/me/INBOX');
  expect(list.headers.get(HEADER)).toBe(one.body['account']);
  expect((await first.web.get('/offline')).text).toContain(String(one.body['account']));
});

it('tells devices to forget, once the session is over', async () => {
  const { web } = await signInTo(demo);
  const page = await web.get('/mail/me/INBOX');
  const csrf = /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
  await web.post('/logout', [['_csrf', csrf]]);
  const login = await web.raw('/login');
  expect(login.headers.get(HEADER)).toBe('none');
  const stranger = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const asked = await stranger.raw('/offline/key', { headers: { Accept: 'application/json' } });
  expect([asked.status, asked.headers.get(HEADER)]).toEqual([401, 'none']);
});

it('keeps nothing where the ministry does not allow it', async () => {
  const agent = agentAt(demo, 0, 'marees');
  const web = new WebAgent(`http://localhost:${demo.port}`);
  await web.signIn(agent.username, agent.password);
  const page = await web.get('/offline');
  expect(page.status).toBe(200);
  expect(page.text).toContain('ne permet pas');
  expect(page.headers.get(HEADER)).toBe('none');
  expect((await keyOf(web)).status).toBe(404);
});

it('is a worker for the whole site, which talks to it alone', async () => {
  const stranger = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const worker = await stranger.raw('/service-worker.js');
  expect(worker.status).toBe(200);
  expect(worker.headers.get('Content-Type')).toContain('text/javascript');
  expect(worker.headers.get('Service-Worker-Allowed')).toBe('/');
  expect(worker.headers.get('Cache-Control')).toBe('no-cache');
  expect(worker.headers.get('Content-Security-Policy')).toBe(
    "default-src 'none'; connect-src 'self'",
  );
  expect(await worker.text()).toContain('estafette-kept');
});
