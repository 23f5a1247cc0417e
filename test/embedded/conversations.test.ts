import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { type Page, textOf } from '../kit/html';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const tokenOf = (page: Page): string => /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
const rowsOf = (page: Page) =>
  page
    .all((one) => one.name === 'li' && one.attribs['data-uid'] !== undefined)
    .map((one) => ({
      uid: one.attribs['data-uid'] ?? '',
      uids: (one.attribs['data-uids'] ?? one.attribs['data-uid'] ?? '').split(' '),
      text: textOf(one),
      isUnread: (one.attribs['class'] ?? '').includes('is-unread'),
    }));
const total = (page: Page): number => Number(page.one('data-total')?.attribs['data-total'] ?? '0');

it('puts the messages of a conversation on one line, by the address or as remembered', async () => {
  const flat = await web.get('/mail/me/INBOX');
  const grouped = await web.get('/mail/me/INBOX?threads=1');
  expect(total(grouped)).toBeLessThan(total(flat));
  const line = rowsOf(grouped).find(({ uids }) => uids.length > 2);
  expect(line?.text).toMatch(/conversation de \d+ messages/);
  expect(rowsOf(flat).every(({ uids }) => uids.length === 1)).toBe(true);

  await web.post('/mail/me/INBOX/threads', [
    ['_csrf', tokenOf(flat)],
    ['on', '1'],
  ]);
  expect(total(await web.get('/mail/me/INBOX'))).toBe(total(grouped));
  expect(total(await web.get('/mail/me/INBOX?threads=0'))).toBe(total(flat));
  // Another mailbox stays as it was, and so does another agent's.
  const drafts = await web.get('/mail/me/Sent');
  expect(drafts.text).toContain('aria-pressed="false"');
  const { web: other } = await signInTo(demo, agentAt(demo, 1));
  expect(rowsOf(await other.get('/mail/me/INBOX')).every(({ uids }) => uids.length === 1)).toBe(
    true,
  );
  await web.post('/mail/me/INBOX/threads', [
    ['_csrf', tokenOf(flat)],
    ['on', '0'],
  ]);
});

it('shows a conversation around its newest message, with what the agent sent', async () => {
  const grouped = await web.get('/mail/me/INBOX?threads=1');
  const line = rowsOf(grouped).find(({ uids }) => uids.length > 1);
  const page = await web.get(`/mail/me/INBOX/${line?.uid ?? ''}?threads=1`);
  const items = page.all((one) => (one.attribs['class'] ?? '').startsWith('talk-item'));
  expect(items.length).toBeGreaterThanOrEqual((line?.uids.length ?? 0) - 1);
  expect(page.one('data-message-uid')?.attribs['data-message-uid']).toBe(line?.uid);
  // The folded ones bring their text only when they are opened.
  const frames = page.all((one) => one.name === 'iframe' && one.attribs['class'] === 'talk-frame');
  expect(frames.length).toBe(items.length);
  expect(frames.every((one) => one.attribs['loading'] === 'lazy')).toBe(true);
  expect(frames.every((one) => !(one.attribs['sandbox'] ?? '').includes('scripts'))).toBe(true);
  const all = await web.get(`/mail/me/INBOX/${line?.uid ?? ''}?threads=1&unfold=all`);
  const open = all.all(
    (one) => one.name === 'details' && one.attribs['id']?.startsWith('talk-') === true,
  );
  expect(open.every((one) => 'open' in one.attribs)).toBe(true);
  const alone = await web.get(`/mail/me/INBOX/${line?.uid ?? ''}?threads=0`);
  expect(alone.all((one) => (one.attribs['class'] ?? '').startsWith('talk'))).toHaveLength(0);
});

it('acts on whole conversations, and takes that back', async () => {
  const grouped = await web.get('/mail/me/INBOX?threads=1');
  const flat = total(await web.get('/mail/me/INBOX?threads=0'));
  const line = rowsOf(grouped).find(({ uids }) => uids.length > 1);
  const uidValidity = grouped.one('data-uidvalidity')?.attribs['data-uidvalidity'] ?? '';
  const done = await web.post('/mail/me/INBOX/actions/archive', [
    ['_csrf', tokenOf(grouped)],
    ['uidvalidity', uidValidity],
    ['threads', '1'],
    ['uid', line?.uid ?? ''],
    ['back', '/mail/me/INBOX?threads=0'],
  ]);
  expect(total(done)).toBe(flat - (line?.uids.length ?? 0));
  const undo = done.all(
    (one) => one.name === 'form' && (one.attribs['action'] ?? '').endsWith('/actions/move'),
  )[0];
  const fields = done
    .all((one) => one.name === 'input' && one.attribs['type'] === 'hidden' && isWithin(one, undo))
    .map((one) => [one.attribs['name'] ?? '', one.attribs['value'] ?? ''] as const);
  const back = await web.post(undo?.attribs['action'] ?? '', fields);
  expect(total(back)).toBe(flat);
});

const isWithin = (one: { readonly parent: unknown } | null, wanted: unknown): boolean => {
  for (let at: unknown = one; at; at = (at as { readonly parent?: unknown }).parent) {
    if (at === wanted) return true;
  }
  return false;
};

it('is an ordinary list where nonsense is asked', async () => {
  for (const query of ['threads=2', 'threads=on', 'threads[]=1']) {
    const page = await web.get(`/mail/me/INBOX?${query}`);
    expect(page.status).toBe(200);
    expect(rowsOf(page).every(({ uids }) => uids.length === 1)).toBe(true);
  }
});
