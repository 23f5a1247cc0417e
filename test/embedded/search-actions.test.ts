import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { type Page, textOf } from '../kit/html';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

const raw = (subject: string): Buffer =>
  Buffer.from(
    `From: zoe@dehors.example\r\nSubject: ${subject}\r\nDate: Mon, 05 Apr 2027 08:00:00 +0000\r\n\r\nx\r\n`,
  );

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

/** A word of its own for each test, in the subject of one message of each mailbox. */
async function put(word: string, mailboxes: readonly string[]): Promise<void> {
  const { username } = agentAt(demo, 0);
  for (const mailbox of mailboxes)
    demo.stack.imap.deliver(username, raw(`${word} ${mailbox}`), mailbox);
  await web.get('/mail/me/INBOX');
}

const search = (q: string, by: WebAgent = web): Promise<Page> =>
  by.get(`/search?wait=1&q=${encodeURIComponent(q)}`);
const subjects = (page: Page): readonly string[] =>
  page
    .all((one) => one.name === 'a' && one.attribs['class'] === 'subject')
    .map((one) => textOf(one).trim())
    .sort();
const picks = (page: Page): readonly string[] =>
  page
    .all((one) => one.name === 'input' && one.attribs['name'] === 'uid')
    .map((one) => one.attribs['value'] ?? '');
const csrfOf = (page: Page): string => /csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
const said = (page: Page): string =>
  page
    .all((one) => one.name === 'est-toast')
    .map(textOf)
    .join(' ');

/** Presses a button of the page of results, with all its rows ticked. */
async function act(
  q: string,
  action: string,
  { fields = [], more = [] }: { fields?: [string, string][]; more?: readonly string[] } = {},
): Promise<Page> {
  const page = await search(q);
  return web.post(`/search/actions/${action}`, [
    ['_csrf', csrfOf(page)],
    ['back', `/search?wait=1&q=${encodeURIComponent(q)}`],
    ...[...picks(page), ...more].map((pick): [string, string] => ['uid', pick]),
    ...fields,
  ]);
}

/** Sends the form of the notice that takes a move back. */
function undo(page: Page, change = (_name: string, value: string): string => value): Promise<Page> {
  const fields = page
    .all((one) => one.name === 'input' && one.attribs['type'] === 'hidden')
    .map(({ attribs }): [string, string] => [attribs['name'] ?? '', attribs['value'] ?? ''])
    .filter(([name]) => ['undo', 'moves'].includes(name))
    .map(([name, value]): [string, string] => [name, change(name, value)]);
  return web.post('/search/undo', [['_csrf', csrfOf(page)], ['back', '/search'], ...fields]);
}

it('moves results of several mailboxes, and takes that back to each', async () => {
  await put('cinabre', ['INBOX', 'Archive', 'Sent']);
  const moved = await act('cinabre', 'move', { fields: [['to', 'Archive']] });
  expect(said(moved)).toContain('2 messages');
  expect(subjects(await search('cinabre in:archive'))).toHaveLength(3);
  const back = await undo(moved);
  expect(said(back)).toContain('2 messages remis');
  expect(subjects(await search('cinabre in:archive'))).toEqual(['cinabre Archive']);
  expect(subjects(await search('cinabre in:inbox'))).toEqual(['cinabre INBOX']);
  expect(subjects(await search('cinabre in:sent'))).toEqual(['cinabre Sent']);
});

it('marks and labels them, one alone or all', async () => {
  await put('garance', ['INBOX', 'Archive']);
  expect(subjects(await search('garance is:unread'))).toHaveLength(2);
  const [first = ''] = picks(await search('garance in:archive'));
  await act('garance', `flag?flag=seen&on=1&one=${encodeURIComponent(first)}`);
  expect(subjects(await search('garance is:unread'))).toEqual(['garance INBOX']);
  await act('garance', 'flag?flag=seen&on=1');
  expect(subjects(await search('garance is:unread'))).toEqual([]);
  await act('garance', 'label?keyword=%24label1&on=1');
  expect(subjects(await search('garance label:important'))).toHaveLength(2);
});

it('throws away what is not in the Trash yet, and never for good', async () => {
  await put('vermeil', ['INBOX', 'Trash']);
  expect(said(await act('vermeil in:tout', 'delete', { fields: [['forgood', '']] }))).toContain(
    '1 message',
  );
  expect(subjects(await search('vermeil in:corbeille'))).toHaveLength(2);
  expect(said(await act('vermeil in:corbeille', 'delete'))).toContain('y sont déjà');
  expect(subjects(await search('vermeil in:corbeille'))).toHaveLength(2);
});

it('says what could not be done, does the rest, and refuses what names no message', async () => {
  await put('safran', ['INBOX']);
  const partly = await act('safran', 'archive', { more: ['1.1.Nulle part'] });
  expect(said(partly)).toContain('1 message n’a pas pu');
  expect(subjects(await search('safran in:archive'))).toEqual(['safran INBOX']);
  expect(said(await act('rien-de-tel', 'archive'))).toContain('Aucun message');
  expect((await act('safran', 'archive', { more: ['INBOX'] })).status).toBe(400);
  expect((await act('safran', 'move', { fields: [['to', '']] })).status).toBe(400);
});

it('takes back nothing that it did not seal, nor for another agent', async () => {
  await put('indigo', ['INBOX']);
  const moved = await act('indigo', 'delete');
  const other = (name: string, value: string): string =>
    name === 'moves' ? value.replace('INBOX', 'Archive') : value;
  expect((await undo(moved, other)).status).toBe(400);
  expect(subjects(await search('indigo in:corbeille'))).toHaveLength(1);
  const { web: stranger } = await signInTo(demo, agentAt(demo, 1));
  const page = await search('indigo', stranger);
  const fields = moved
    .all((one) => one.name === 'input' && ['undo', 'moves'].includes(one.attribs['name'] ?? ''))
    .map(({ attribs }): [string, string] => [attribs['name'] ?? '', attribs['value'] ?? '']);
  const answer = await stranger.post('/search/undo', [['_csrf', csrfOf(page)], ...fields]);
  expect(answer.status).toBe(400);
});
