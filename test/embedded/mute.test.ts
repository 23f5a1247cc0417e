import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { type Page, textOf } from '../kit/html';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

const INBOX = '/mail/me/INBOX';
let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  demo = await startTestDemo();
  ({ web } = await signInTo(demo));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const deliver = (subject: string, id: string, references = ''): number =>
  Number(
    demo.stack.imap.deliver(
      agentAt(demo, 0).username,
      `From: Aline <aline@dehors.example>\r\nSubject: ${subject}\r\nMessage-ID: <${id}@dehors.example>\r\n${references === '' ? '' : `References: <${references}@dehors.example>\r\n`}Date: ${new Date().toUTCString()}\r\n\r\nBonjour.\r\n`,
    ),
  );
const row = (page: Page, uid: number) => page.one('data-uid', String(uid));
const isUnread = (page: Page, uid: number): boolean =>
  (row(page, uid)?.attribs['class'] ?? '').includes('is-unread');

async function mute(uid: number, on: '0' | '1'): Promise<Page> {
  const page = await web.get(INBOX);
  const csrf = /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const uidvalidity = /data-uidvalidity="(\d+)"/.exec(page.text)?.[1] ?? '';
  return web.post(`${INBOX}/mute?one=${uid}&on=${on}`, [
    ['_csrf', csrf],
    ['uidvalidity', uidvalidity],
    ['back', INBOX],
  ]);
}

it('answers of a muted conversation come read; others, and those after it is heard again, do not', async () => {
  const first = deliver('Pot de départ', 'pot');
  const done = await mute(first, '1');
  expect(done.text).toContain('Conversation ignorée');
  const answer = deliver('Re: Pot de départ', 'pot-1', 'pot');
  const other = deliver('Autre chose', 'autre');
  const list = await web.get(INBOX);
  expect([isUnread(list, answer), isUnread(list, other)]).toEqual([false, true]);
  const muted = row(list, answer);
  expect(muted && textOf(muted)).toContain('conversation ignorée');
  const opened = await web.get(`${INBOX}/${answer}`);
  expect(opened.text).toContain('Ne plus ignorer');

  const undone = await mute(answer, '0');
  expect(undone.text).toContain('n’est plus ignorée');
  const later = deliver('Re: Pot de départ', 'pot-2', 'pot');
  expect(isUnread(await web.get(INBOX), later)).toBe(true);
});

it('leaves alone what its agent marks as unread', async () => {
  const first = deliver('Fil bavard', 'fil');
  await mute(first, '1');
  const answer = deliver('Re: Fil bavard', 'fil-1', 'fil');
  const page = await web.get(INBOX);
  expect(isUnread(page, answer)).toBe(false);
  const csrf = /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const uidvalidity = /data-uidvalidity="(\d+)"/.exec(page.text)?.[1] ?? '';
  await web.post(`${INBOX}/actions/flag?one=${answer}&flag=seen&on=0`, [
    ['_csrf', csrf],
    ['uidvalidity', uidvalidity],
    ['back', INBOX],
  ]);
  expect(isUnread(await web.get(INBOX), answer)).toBe(true);
  expect(isUnread(await web.get(INBOX), answer)).toBe(true);
});

it('is not announced by devices', async () => {
  const first = deliver('Silence', 'silence');
  await mute(first, '1');
  const ask = async (at: unknown) => {
    const query =
      at === undefined ? '' : `?${new URLSearchParams({ at: JSON.stringify(at) }).toString()}`;
    const answer = await web.raw(`/events/news${query}`, {
      headers: { Accept: 'application/json' },
    });
    return (await answer.json()) as { at: unknown; quiet: boolean; notices: { text: string }[] };
  };
  const { at } = await ask(undefined);
  deliver('Re: Silence', 'silence-1', 'silence');
  deliver('À entendre', 'entendre');
  const { quiet, notices } = await ask(at);
  expect(notices.map(({ text }) => text)).toEqual(quiet ? [] : ['À entendre']);
});

it('says so of a message that nothing names', async () => {
  const uid = Number(
    demo.stack.imap.deliver(
      agentAt(demo, 0).username,
      'From: Aline <aline@dehors.example>\r\nSubject: Sans nom\r\n\r\nBonjour.\r\n',
    ),
  );
  expect((await mute(uid, '1')).text).toContain('pas d’identifiant');
});
