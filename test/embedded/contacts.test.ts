import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import type { Page } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const HOST = '127.0.0.1';

let demo: DemoApp;
let ada: WebAgent;
let bob: WebAgent;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    site: (id, file) => ({ ...file, hosts: [id === 'saisons' ? HOST : 'localhost'] }),
    app: { log: { level: 'silent' } },
  });
  const [first, second] = demo.stack.agents.filter(({ site }) => site === 'saisons');
  const signedIn = async (agent: typeof first): Promise<WebAgent> => {
    const web = new WebAgent(`http://${HOST}:${demo.port}`);
    await web.signIn(agent?.username ?? '', agent?.password ?? '');
    return web;
  };
  ada = await signedIn(first);
  bob = await signedIn(second);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const formTo = (action: string) => (page: Page) => {
  const form = page.all(({ name, attribs }) => name === 'form' && attribs['action'] === action)[0];
  if (!form) throw new Error(`no form to ${action}`);
  return form;
};
const save = (web: WebAgent, page: Page, fill: Readonly<Record<string, string>>): Promise<Page> =>
  web.submit(page, { form: formTo('/contacts/edit'), fill, add: [['save', 'yes']] });
const idOf = (page: Page): string => new URL(page.url, 'http://x').searchParams.get('id') ?? '';
const make = async (fill: Readonly<Record<string, string>>): Promise<string> =>
  idOf(await save(ada, await ada.get('/contacts/edit'), fill));
const tokenOf = (page: Page): readonly [string, string] => [
  '_csrf',
  page.all(({ name, attribs }) => name === 'meta' && attribs['name'] === 'csrf-token')[0]?.attribs[
    'content'
  ] ?? '',
];

it('makes a contact by a form, suggests it, and finds it by half a telephone', async () => {
  const id = await make({
    given: 'Zéphyrine',
    family: 'Quatrevents',
    mail: 'zephyrine@ailleurs.example',
    phone: '+33 1 99 88 77 66',
  });

  expect(id).not.toBe('');
  const found = await ada.get('/contacts?q=01+99+88');
  expect(found.text).toContain('Zéphyrine Quatrevents');
  const suggested = await ada.get('/autocomplete?q=quatrev&for=to', { Accept: 'application/json' });
  expect(suggested.text).toContain('zephyrine@ailleurs.example');
  expect((await ada.get('/mail/me/INBOX?q=quatrevents')).text).toContain(`/contacts?id=${id}`);
});

it('tells the second of two windows what the first has saved, and keeps what both typed', async () => {
  const id = await make({ given: 'Deux', family: 'Fenêtres' });
  const [one, two] = [
    await ada.get(`/contacts/edit?id=${id}`),
    await ada.get(`/contacts/edit?id=${id}`),
  ];

  const first = await save(ada, one, { note: 'écrit dans la première' });
  const second = await save(ada, two, { note: 'écrit dans la seconde' });

  expect(first.status).toBe(200);
  expect(second.status).toBe(409);
  expect(second.text).toContain('écrit dans la première');
  expect(second.text).toContain('écrit dans la seconde');
  expect((await ada.get(`/contacts?id=${id}`)).text).toContain('écrit dans la première');
  await save(ada, second, {});
  expect((await ada.get(`/contacts?id=${id}`)).text).toContain('écrit dans la seconde');
});

it('answers 404 to whoever asks for what belongs to somebody else', async () => {
  const id = await make({ given: 'Chose', family: 'Privée', mail: 'privee@ailleurs.example' });
  const page = await bob.get('/contacts');

  for (const href of [`/contacts?id=${id}`, `/contacts/edit?id=${id}`, `/contacts/photo/${id}`])
    expect([href, (await bob.get(href)).status]).toEqual([href, 404]);
  for (const action of ['delete', 'restore', 'favourite', 'purge', 'undo']) {
    const answer = await bob.post(`/contacts/${action}`, [
      tokenOf(page),
      ['id', id],
      ['on', 'yes'],
    ]);
    expect([action, answer.status]).toEqual([action, 404]);
  }
  const moved = await bob.post('/contacts/move', [tokenOf(page), ['id', id], ['to', 'contacts']]);
  expect(moved.status).toBe(404);
  expect((await bob.get('/contacts?q=priv%C3%A9e')).text).toContain('Aucun contact ne correspond');
  expect((await ada.get(`/contacts?id=${id}`)).text).toContain('Chose Privée');
});

it('opens a group for who made it, and answers 404 to everybody else', async () => {
  const kind = await ada.get('/contacts/edit?kind=group');
  const made = await save(ada, kind, { name: 'Cordée fermée' });
  const id = idOf(made);
  const form = formTo('/contacts/member');
  await ada.submit(made, { form, fill: { who: 'premiere@ailleurs.example' } });
  const json = { Accept: 'application/json' };
  const { items } = JSON.parse((await ada.get('/autocomplete?q=cord%C3%A9e&for=to', json)).text);
  const href: string = items.find(({ name }: { name: string }) => name === 'Cordée fermée').list
    .href;
  expect(href).toContain(encodeURIComponent(`contacts:${id}`));

  expect((await ada.get(href, json)).text).toContain('premiere@ailleurs.example');
  const asked = await bob.get(href, json);

  expect(asked.status).toBe(404);
  expect(asked.text).not.toContain('premiere@ailleurs.example');
});

it('shows a shared book to whom it is shared with, and to nobody once that ends', async () => {
  const books = await ada.get('/contacts/books');
  const [, agent] = demo.stack.agents.filter(({ site }) => site === 'saisons');
  const shared = await ada.submit(books, {
    form: formTo('/contacts/books/share'),
    fill: { mail: agent?.mail ?? '', rights: 'read' },
  });
  expect(shared.text).toContain('Le carnet est partagé');
  const id = await make({ given: 'Bien', family: 'Commun' });

  const card = await bob.get(`/contacts?id=${id}`);
  expect(card.text).toContain('Lecture seule');
  expect((await bob.get(`/contacts/edit?id=${id}`)).status).toBe(403);
  const form = formTo('/contacts/books/unshare');
  const share = shared.one('name', 'share').attribs['value'] ?? '';
  await ada.submit(shared, { form, add: [['share', share]] });

  expect((await bob.get(`/contacts?id=${id}`)).status).toBe(404);
});

it('offers to add the people of a message', async () => {
  const list = await ada.get('/mail/me/INBOX');
  const link = list.all(
    ({ name, attribs }) => name === 'a' && (attribs['class'] ?? '').split(' ').includes('subject'),
  )[0];

  const message = await ada.get(link?.attribs['href'] ?? '');

  expect(message.text).toContain('Ajouter aux contacts');
  expect(message.text).toContain('/contacts/edit?');
});
