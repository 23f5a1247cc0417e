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
const post = async (
  what: string,
  fields: readonly (readonly [string, string])[],
  at = '/labels',
): Promise<Page> => web.post(what, [['_csrf', tokenOf(await web.get(at))], ...fields]);
const labelsOn = (page: Page): readonly string[] =>
  page
    .all((one) => one.name === 'li' && one.attribs['data-keyword'] !== undefined)
    .map((one) => one.attribs['data-keyword'] ?? '');
const rowOf = (page: Page, uid: string) =>
  page.all((one) => one.name === 'li' && one.attribs['data-uid'] === uid)[0];
const firstUid = (page: Page): string =>
  page.all((one) => one.name === 'li' && one.attribs['data-uid'] !== undefined)[0]?.attribs[
    'data-uid'
  ] ?? '';

/** Puts a label on the first message of the inbox, or takes it off; its uid. */
async function label(keyword: string, on = '1'): Promise<string> {
  const list = await web.get('/mail/me/INBOX');
  const uid = firstUid(list);
  const uidValidity = list.one('data-uidvalidity')?.attribs['data-uidvalidity'] ?? '';
  const done = await web.post(
    `/mail/me/INBOX/actions/label?keyword=${encodeURIComponent(keyword)}&on=${on}`,
    [
      ['_csrf', tokenOf(list)],
      ['uidvalidity', uidValidity],
      ['uid', uid],
    ],
  );
  expect(done.status).toBe(200);
  return uid;
}

it('has the five of Thunderbird, which are renamed and dropped', async () => {
  const page = await web.get('/labels');
  expect(labelsOn(page)).toEqual(['$label1', '$label2', '$label3', '$label4', '$label5']);
  expect(page.text).toContain('À faire');
  await post('/labels/change', [
    ['keyword', '$label1'],
    ['name', 'Ministre'],
    ['colour', 'violet'],
  ]);
  const dropped = await post('/labels/remove', [['keyword', '$label5']]);
  expect(labelsOn(dropped)).toEqual(['$label1', '$label2', '$label3', '$label4']);
  expect(dropped.text).toContain('Ministre');
});

it('is made with a keyword that other programs can show', async () => {
  const made = await post('/labels/create', [
    ['name', ' Marchés  publics '],
    ['colour', 'teal'],
  ]);
  expect(labelsOn(made).at(-1)).toBe('marches_publics');
  const second = await post('/labels/create', [
    ['name', 'Marchés-publics'],
    ['colour', 'teal'],
  ]);
  expect(labelsOn(second).at(-1)).toBe('marches_publics_2');
  const signs = await post('/labels/create', [
    ['name', '日本'],
    ['colour', 'red'],
  ]);
  expect(labelsOn(signs).at(-1)).toMatch(/^label_/);
});

it.each([
  ['', 'blue', 'Donnez un nom'],
  ['x'.repeat(41), 'blue', 'trop long'],
  ['marchés publics', 'blue', 'porte déjà ce nom'],
  ['Neuve', 'url(x)', 'Choisissez une couleur'],
])('refuses %j in %s, and keeps what was typed', async (name, colour, why) => {
  const page = await post('/labels/create', [
    ['name', name],
    ['colour', colour],
  ]);
  const input = page.all((one) => one.attribs['id'] === 'label-new')[0];
  const error = page.all((one) => one.attribs['id'] === 'label-new-error')[0];
  expect([page.status, input?.attribs['value']]).toEqual([422, name]);
  expect(error && textOf(error)).toContain(why);
});

it('is on the message, in the list, in its page and for other programs, and filters', async () => {
  const uid = await label('marches_publics');
  const list = await web.get('/mail/me/INBOX');
  const row = rowOf(list, uid);
  expect(row && textOf(row)).toContain('Marchés publics');
  // Said once to who does not see it.
  expect(row && textOf(row)).toContain('étiquette Marchés publics');
  expect((await web.get(`/mail/me/INBOX/${uid}`)).text).toContain('tag-teal');

  const filtered = await web.get('/mail/me/INBOX?label=marches_publics');
  expect(filtered.one('data-total')?.attribs['data-total']).toBe('1');
  expect(firstUid(filtered)).toBe(uid);
  await label('marches_publics', '0');
  const none = await web.get('/mail/me/INBOX?label=marches_publics');
  expect(none.one('data-total')?.attribs['data-total']).toBe('0');
});

it('shows what another program put there, and nothing that programs keep for themselves', async () => {
  const raw = [
    'From: Bob <bob@dehors.example>',
    `To: <${agentAt(demo, 0).mail}>`,
    'Subject: Vu ailleurs',
    'Date: Mon, 05 Apr 2027 08:00:00 +0000',
    '',
    'Bonjour',
    '',
  ].join('\r\n');
  demo.stack.imap.deliver(agentAt(demo, 0).username, Buffer.from(raw));
  let uid = '';
  for (let tries = 0; tries < 50 && uid === ''; tries += 1) {
    const list = await web.get('/mail/me/INBOX');
    const row = list
      .all((one) => one.name === 'li' && one.attribs['data-uid'] !== undefined)
      .find((one) => textOf(one).includes('Vu ailleurs'));
    uid = row?.attribs['data-uid'] ?? '';
  }
  for (const keyword of ['urgent_2027', '$label4']) await label(keyword);
  const row = rowOf(await web.get('/mail/me/INBOX'), uid);
  expect(row && textOf(row)).toContain('urgent_2027');
  expect(row && textOf(row)).toContain('À faire');

  await label('$label1');
  expect(await label('', '0')).toBe(uid);
  const left = rowOf(await web.get('/mail/me/INBOX'), uid);
  expect(left && textOf(left)).toContain('urgent_2027');
  expect(left && textOf(left)).not.toMatch(/À faire|Ministre/);
});

it.each(['\\Deleted', '$Junk', 'a b', 'a"b', 'x)', '', '$MDNSent', 'x'.repeat(61)])(
  'puts no %j on a message',
  async (keyword) => {
    const list = await web.get('/mail/me/INBOX');
    const done = await web.post(
      `/mail/me/INBOX/actions/label?keyword=${encodeURIComponent(keyword)}&on=1`,
      [
        ['_csrf', tokenOf(list)],
        ['uidvalidity', list.one('data-uidvalidity')?.attribs['data-uidvalidity'] ?? ''],
        ['uid', firstUid(list)],
      ],
    );
    expect(done.status).toBe(400);
    const filtered = await web.get(`/mail/me/INBOX?label=${encodeURIComponent(keyword)}`);
    expect(filtered.status).toBe(200);
  },
);

it('is each agent’s own', async () => {
  const { web: other } = await signInTo(demo, agentAt(demo, 1));
  expect(labelsOn(await other.get('/labels'))).toHaveLength(5);
});
