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
const save = (page: Page, fill: Readonly<Record<string, string>>): Promise<Page> =>
  ada.submit(page, { form: formTo('/calendar/edit'), fill, add: [['save', 'yes']] });
const idOf = (page: Page): string => /\/calendar\/event\?id=([^"&]+)/.exec(page.text)?.[1] ?? '';
const make = async (summary: string, day: string): Promise<string> => {
  await save(await ada.get(`/calendar/edit?start=${day}`), { summary });
  return idOf(await ada.get(`/calendar?view=day&on=${day}`));
};
const tokenOf = (page: Page): readonly [string, string] => [
  '_csrf',
  page.all(({ name, attribs }) => name === 'meta' && attribs['name'] === 'csrf-token')[0]?.attribs[
    'content'
  ] ?? '',
];

it('makes an event of an empty hour, and shows it in every view', async () => {
  const form = await ada.get('/calendar/edit?start=2027-03-01T14:00');
  await save(form, { summary: 'Comité des sources', location: 'Salle Équinoxe' });

  for (const view of ['day', 'week', 'month', 'list'])
    expect((await ada.get(`/calendar?view=${view}&on=2027-03-01`)).text).toContain(
      'Comité des sources',
    );
});

it('makes one event of two clicks', async () => {
  const form = await ada.get('/calendar/edit?start=2027-03-02');

  const both = await Promise.all([
    save(form, { summary: 'Deux fois' }),
    save(form, { summary: 'Deux fois' }),
  ]);

  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  const list = await ada.get('/calendar?view=day&on=2027-03-02');
  expect(list.text.split('<b>Deux fois</b>').length - 1).toBe(1);
});

it('tells the second of two windows what the first has saved, and keeps what both typed', async () => {
  const id = await make('Deux fenêtres', '2027-03-03');
  const [one, two] = [
    await ada.get(`/calendar/edit?id=${id}`),
    await ada.get(`/calendar/edit?id=${id}`),
  ];

  const first = await save(one, { description: 'écrit dans la première' });
  const second = await save(two, { description: 'écrit dans la seconde' });

  expect(first.status).toBe(200);
  expect(second.status).toBe(409);
  expect(second.text).toContain('écrit dans la première');
  expect(second.text).toContain('écrit dans la seconde');
  await save(second, {});
  expect((await ada.get(`/calendar/event?id=${id}`)).text).toContain('écrit dans la seconde');
});

it('answers 404 to whoever asks for what belongs to somebody else', async () => {
  const id = await make('Chose privée', '2027-03-04');
  const page = await bob.get('/calendar');

  for (const href of [`/calendar/event?id=${id}`, `/calendar/edit?id=${id}`])
    expect([href, (await bob.get(href)).status]).toEqual([href, 404]);
  for (const action of ['delete', 'restore', 'purge']) {
    const answer = await bob.post(`/calendar/${action}`, [tokenOf(page), ['id', id]]);
    expect([action, answer.status]).toEqual([action, 404]);
  }
  expect((await bob.get('/calendar?q=priv%C3%A9e')).text).toContain(
    'Aucun évènement ne correspond',
  );
  expect((await ada.get(`/calendar/event?id=${id}`)).text).toContain('Chose privée');
});
