import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { signedInDemo } from '../kit/signed-in-demo';

const READING = '/settings/reading';
let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

async function post(path: string, fields: readonly (readonly [string, string])[]) {
  const page = await web.get('/mail/me/INBOX');
  const csrf = /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const uidvalidity = /data-uidvalidity="(\d+)"/.exec(page.text)?.[1] ?? '';
  return web.post(`${path}?uidvalidity=${uidvalidity}`, [['_csrf', csrf], ...fields]);
}

it('counts the senders whose images are always shown, and forgets them all', async () => {
  expect((await web.get(READING)).text).not.toContain('forget-senders');
  const list = await web.get('/mail/me/INBOX');
  const uid = /data-uid="(\d+)"/.exec(list.text)?.[1] ?? '';
  const trust = `/mail/me/INBOX/${uid}/trust`;
  await post(trust, [['back', '/mail/me/INBOX']]);
  await post(trust, [
    ['back', '/mail/me/INBOX'],
    ['of', 'domain'],
  ]);
  expect((await web.get(READING)).text).toContain('2 expéditeurs ou domaines');
  // Of this section alone.
  expect((await web.get('/settings/writing')).text).not.toContain('forget-senders');
  const done = await post(`${READING}/forget-senders`, []);
  expect(done.text).toContain('seront de nouveau demandées');
  expect(done.text).not.toContain('forget-senders');
});
