import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;
const BOX = '/mail/me/Anciens';

beforeAll(async () => {
  demo = await startTestDemo();
  ({ web } = await signInTo(demo));
  await post('/mailboxes/create', [
    ['name', 'Anciens'],
    ['parent', ''],
  ]);
  const put = (subject: string, date: string) =>
    demo.stack.imap.deliver(
      agentAt(demo, 0).username,
      `From: Aline <aline@dehors.example>\r\nSubject: ${subject}\r\nDate: ${date}\r\n\r\nBonjour.\r\n`,
      'Anciens',
    );
  put('lu de 2020', 'Mon, 06 Jan 2020 10:00:00 +0100');
  put('lu de 2021', 'Wed, 06 Jan 2021 10:00:00 +0100');
  const starred = put('suivi de 2021', 'Wed, 06 Jan 2021 11:00:00 +0100');
  const unread = put('non lu de 2021', 'Wed, 06 Jan 2021 12:00:00 +0100');
  put('du jour', new Date().toUTCString());
  const list = await web.get(BOX);
  const uidvalidity = /data-uidvalidity="(\d+)"/.exec(list.text)?.[1] ?? '';
  const flag = (flag: string, on: string, uids: readonly number[]) =>
    post(`${BOX}/actions/flag`, [
      ['flag', flag],
      ['on', on],
      ['uidvalidity', uidvalidity],
      ...uids.map((uid): [string, string] => ['uid', String(uid)]),
    ]);
  await post('/mailboxes/read', [['path', 'Anciens']]);
  await flag('seen', '0', [Number(unread)]);
  await flag('flagged', '1', [Number(starred)]);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

async function post(path: string, fields: readonly (readonly [string, string])[]) {
  const page = await web.get('/mailboxes');
  const csrf = /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
  return web.post(path, [['_csrf', csrf], ...fields]);
}
const hidden = (text: string) =>
  [...text.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
/** What the button of the page sends. */
const sent = (text: string) =>
  hidden(/<form method="post" action="[^"]*\/older">.*?<\/form>/s.exec(text)?.[0] ?? '').filter(
    ([name]) => name !== '_csrf',
  );

it('shows what is older than a year, without what is starred or unread', async () => {
  const page = await web.get(`${BOX}/older`);
  expect(page.text).toContain('2 messages d’avant le');
  expect(page.text).toMatch(/lu de 2020[\s\S]*lu de 2021/);
  expect(page.text).not.toMatch(/suivi de 2021|non lu de 2021|du jour/);
});

it('shows what is asked, of another age, with what is starred and unread', async () => {
  const all = await web.get(`${BOX}/older?age=12`);
  expect(all.text).toContain('4 messages d’avant le');
  const day = await web.get(`${BOX}/older?age=&before=2020-06-01&keepFlagged=1`);
  expect(day.text).toContain('1 message d’avant le 1 juin 2020');
});

it.each(['2026-02-30', 'hier', '', '2999-01-01'])('refuses %j as a day', async (before) => {
  const page = await web.get(`${BOX}/older?age=&before=${before}`);
  expect(page.status).toBe(422);
  expect(page.text).toContain('Donnez un jour du calendrier');
  expect(page.text).not.toContain('data-action="archive-older"');
});

it('archives what was shown, and takes it back', async () => {
  const page = await web.get(`${BOX}/older?age=&before=2020-06-01&keepFlagged=1&keepUnread=1`);
  const done = await post(`${BOX}/older`, sent(page.text));
  expect(done.text).toContain('1 message archivé');
  expect(done.text).not.toContain('lu de 2020');
  expect(done.text).toContain('lu de 2021');
  const undo = /<form[^>]*action="([^"]*actions\/move)"[^>]*>.*?<\/form>/s.exec(done.text);
  const back = await post(
    (undo?.[1] ?? '').replaceAll('&#x2F;', '/').replaceAll('&amp;', '&'),
    hidden(undo?.[0] ?? '').filter(([name]) => name !== '_csrf'),
  );
  expect(back.text).toContain('lu de 2020');
});

it('says so when nothing is left by then', async () => {
  const page = await web.get(`${BOX}/older?age=&before=2020-06-01`);
  const fields = sent(page.text);
  await post(`${BOX}/older`, fields);
  const again = await post(`${BOX}/older`, fields);
  expect(again.text).toContain('Aucun message n’est à archiver');
});

it.each(['Archive', 'Trash', 'Absente'])('is not there for %s', async (mailbox) => {
  const page = await web.get(`/mail/me/${mailbox}/older`);
  expect(page.status).toBe(404);
});
