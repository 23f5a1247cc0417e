import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import type { Page } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

const SUBJECT = 'Compte rendu sans copie';
let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const faults = () => {
  if (!('faults' in demo.stack.imap)) throw new Error('needs the server in memory');
  return demo.stack.imap.faults;
};
const token = (page: Page): string => page.find('name', '_csrf')?.attribs['value'] ?? '';
/** The banner's form for this choice. */
const formOf = (page: Page, place: string): string | undefined => {
  const field = page.all(
    ({ attribs }) => attribs['name'] === 'place' && attribs['value'] === place,
  )[0];
  const form = field?.parent;
  return form && 'attribs' in form ? form.attribs['action'] : undefined;
};

async function sendOne(): Promise<Page> {
  const page = await web.get('/compose');
  const form = page.all(({ name, attribs }) =>
    name === 'form' ? /^\/compose\/[^/]+$/.test(attribs['action'] ?? '') : false,
  )[0];
  return web.post(`${form?.attribs['action'] ?? ''}/send`, [
    ['_csrf', token(page)],
    ['to', demo.stack.agents[1]?.mail ?? ''],
    ['subject', SUBJECT],
    ['text', 'Bonjour'],
  ]);
}

it('tells above every list that a sent message has no copy, until the agent has chosen', async () => {
  faults().failAppend('[OVERQUOTA] full', 'Sent');
  await sendOne();

  const other = await web.get('/mail/me/Drafts');
  expect(other.text).toContain(SUBJECT);
  expect(other.text).toContain('Sa copie n’a pas pu être rangée');
  const action = formOf(other, 'sent');
  const again = await web.post(action ?? '', [
    ['_csrf', token(other)],
    ['place', 'sent'],
  ]);
  expect(again.text).toContain('La copie n’a toujours pas pu être enregistrée');
  expect(formOf(again, 'drafts')).toBe(action);

  const settled = await web.post(action ?? '', [
    ['_csrf', token(again)],
    ['place', 'drafts'],
  ]);
  expect(settled.text).toContain('La copie est dans vos brouillons');
  expect(formOf(settled, 'sent')).toBeUndefined();
  expect((await web.get('/mail/me/Drafts')).text).toContain(SUBJECT);
  expect((await web.get('/mail/me/Sent')).text).not.toContain(SUBJECT);
});

it('refuses a choice that does not exist, and a message of nobody', async () => {
  const page = await web.get('/mail/me/INBOX');
  const post = (place: string) =>
    web.post('/compose/0123456789abcdef0123/copy', [
      ['_csrf', token(page)],
      ['place', place],
    ]);

  expect((await post('elsewhere')).status).toBe(400);
  expect((await post('sent')).status).toBe(404);
});
