import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { formAt } from '../kit/factor-visit';
import type { Page } from '../kit/html';
import { type Radicale, startRadicale } from '../kit/radicale';
import { signedInDemo } from '../kit/signed-in-demo';

const PASSWORD = 'mot de passe à part';
let server: Radicale;
let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  server = await startRadicale(PASSWORD);
  ({ demo, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { calendar: true } }),
    plugins: { origins: { calendar: [server.origin] } },
  }));
  const calendar =
    '<?xml version="1.0"?><C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop><displayname>Agenda de la lande</displayname></prop></set></C:mkcalendar>';
  expect((await server.ask('MKCALENDAR', 'lande/', calendar)).status).toBe(201);
  for (const uid of ['une', 'deux', 'trois']) await putThere(uid);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
  await server?.stop();
});

const event = (uid: string, more = ''): string =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20270304T090000Z\r\nDTEND:20270304T100000Z\r\nSUMMARY:Rendez-vous ${uid} é🐦\r\nX-PERSO:ce qui n'est à personne\r\n${more}END:VEVENT\r\nEND:VCALENDAR\r\n`;

async function putThere(uid: string, more = ''): Promise<void> {
  const type = { 'Content-Type': 'text/calendar; charset=utf-8' };
  const { status } = await server.ask('PUT', `lande/${uid}.ics`, event(uid, more), type);
  if (status !== 201 && status !== 204) throw new Error(`PUT ${uid}: ${status}`);
}

/** Sends the form of a page that leads there. */
const send = (page: Page, action: string, fill: Record<string, string> = {}): Promise<Page> =>
  web.submit(page, { form: () => formAt(page, action), fill });
const accounts = (): Promise<Page> => web.get('/calendar/accounts');
async function refresh(): Promise<Page> {
  const page = await accounts();
  const [, id = ''] = /name="id" value="([^"]+)"/.exec(page.text) ?? [];
  return send(page, '/calendar/accounts/refresh', { id });
}
const find = async (password: string): Promise<Page> =>
  send(await accounts(), '/calendar/accounts', {
    url: server.origin,
    login: server.login,
    password,
  });

/** Names of the events of the day, as the page shows them. */
const here = async (): Promise<readonly string[]> => {
  const { text } = await web.get('/calendar?view=day&on=2027-03-04');
  return [
    ...new Set([...text.matchAll(/Rendez-vous (\w+) é🐦/g)].map(([, uid]) => uid ?? '')),
  ].sort();
};

it('says of a wrong password that it is one, and keeps nothing', async () => {
  const page = await find('autre');

  expect(page.status).toBe(422);
  expect(page.text).toMatch(/mot de passe/);
  expect(page.text).not.toContain('Agenda de la lande');
});

it('asks no server that the administrator does not name', async () => {
  const page = await send(await accounts(), '/calendar/accounts', {
    url: 'http://127.0.0.1:9/',
    login: 'ada',
    password: PASSWORD,
  });

  expect(page.status).toBe(422);
  expect(page.text).toMatch(/administrateur/);
});

it('finds the calendars of an account, and shows those that are chosen', async () => {
  const found = await find(PASSWORD);
  expect(found.text).toContain('Agenda de la lande');
  expect(found.text).not.toContain(PASSWORD);

  const added = await send(found, '/calendar/accounts/calendars', { title: 'Radicale' });

  expect(added.text).toContain('Radicale');
  expect(await here()).toEqual(['deux', 'trois', 'une']);
});

it('follows what is made, changed and deleted there', async () => {
  await putThere('quatre');
  await putThere('une', 'LOCATION:Salle des ajoncs\r\n');
  expect((await server.ask('DELETE', 'lande/deux.ics')).status).toBeLessThan(300);

  await refresh();

  expect(await here()).toEqual(['quatre', 'trois', 'une']);
  const { text } = await web.get('/calendar?view=day&on=2027-03-04');
  expect(text).toContain('Salle des ajoncs');
});

it('lets nobody change the copy: neither by a page nor by a program', async () => {
  const day = await web.get('/calendar?view=day&on=2027-03-04');
  const [, id = ''] = /event\?id=([^"&]+)/.exec(day.text) ?? [];
  const page = await web.get(`/calendar/event?id=${id}`);
  expect(page.text).not.toContain('/calendar/delete');
  const csrf = /name="csrf-token" content="([^"]+)"/.exec(page.text)?.[1] ?? '';

  const sent = await web.post('/calendar/delete', [
    ['_csrf', csrf],
    ['id', id],
  ]);

  expect(sent.status).toBeGreaterThanOrEqual(200);
  expect(await here()).toEqual(['quatre', 'trois', 'une']);
});

it('keeps the copy while the server is away, and says so', async () => {
  await server.stop();

  const page = await refresh();

  expect(page.text).toMatch(/injoignable/);
  expect(await here()).toEqual(['quatre', 'trois', 'une']);
});

it('forgets the copies with the account', async () => {
  const page = await accounts();
  const [, id = ''] = /name="id" value="([^"]+)"/.exec(page.text) ?? [];

  const gone = await web.submit(page, {
    form: () => formAt(page, '/calendar/accounts/remove'),
    fill: { id, sure: 'yes' },
  });

  expect(gone.text).not.toContain('Radicale');
  expect(await here()).toEqual([]);
});
