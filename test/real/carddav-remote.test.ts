import { createClient } from '../../plugins/contacts/remote/client';
import { Faulty } from '../../plugins/contacts/remote/types';
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
    site: (_id, file) => ({ ...file, plugins: { contacts: true } }),
    plugins: { origins: { contacts: [server.origin] } },
  }));
  const book =
    '<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><set><prop><resourcetype><collection/><C:addressbook/></resourcetype><displayname>Carnet de la lande</displayname></prop></set></mkcol>';
  expect((await server.ask('MKCOL', 'lande/', book)).status).toBe(201);
  for (const uid of ['une', 'deux', 'trois']) await putThere(uid);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
  await server?.stop();
});

const card = (uid: string, more = ''): string =>
  `BEGIN:VCARD\r\nVERSION:3.0\r\nUID:${uid}\r\nFN:Personne ${uid} é🐦\r\nN:${uid};;;;\r\nX-PERSO:ce qui n'est à personne\r\n${more}END:VCARD\r\n`;

async function putThere(uid: string, more = ''): Promise<void> {
  const type = { 'Content-Type': 'text/vcard; charset=utf-8' };
  const { status } = await server.ask('PUT', `lande/${uid}.vcf`, card(uid, more), type);
  if (status !== 201 && status !== 204) throw new Error(`PUT ${uid}: ${status}`);
}

/** Sends the form of a page that leads there. */
const send = (page: Page, action: string, fill: Record<string, string> = {}): Promise<Page> =>
  web.submit(page, { form: () => formAt(page, action), fill });
const accounts = (): Promise<Page> => web.get('/contacts/accounts');
async function refresh(): Promise<Page> {
  const page = await accounts();
  const [, id = ''] = /name="id" value="([^"]+)"/.exec(page.text) ?? [];
  return send(page, '/contacts/accounts/refresh', { id });
}

const find = async (password: string): Promise<Page> =>
  send(await accounts(), '/contacts/accounts', {
    url: server.origin,
    login: server.login,
    password,
  });

/** Texts of the copy, by uid. */
async function here(): Promise<Record<string, string>> {
  const [, book = ''] = /\/contacts\?book=([0-9a-f-]{36})/.exec((await accounts()).text) ?? [];
  const listed = await web.get(`/contacts/export?format=vcard3&book=${book}`);
  return Object.fromEntries(
    listed.text
      .split(/(?<=END:VCARD\r\n)/)
      .filter((text) => text.includes('X-PERSO'))
      .map((text) => [/UID:(.*)\r/.exec(text)?.[1] ?? '', text]),
  );
}

it('says of a wrong password that it is one, and keeps nothing', async () => {
  const page = await find('autre');

  expect(page.status).toBe(422);
  expect(page.text).toMatch(/mot de passe/);
  expect(page.text).not.toContain('Carnet de la lande');
});

it('finds the books of an account, and copies those that are chosen', async () => {
  const found = await find(PASSWORD);
  expect(found.text).toContain('Carnet de la lande');
  expect(found.text).not.toContain(PASSWORD);

  const added = await send(found, '/contacts/accounts/books', { title: 'Radicale' });

  expect(added.text).toContain('Radicale');
  expect(Object.keys(await here()).sort()).toEqual(['deux', 'trois', 'une']);
  expect((await here())['une']).toContain("X-PERSO:ce qui n'est à personne\r\n");
});

it('follows what is made, changed and deleted there', async () => {
  await putThere('quatre');
  await putThere('une', 'TEL:+33 1 99 00 00 42\r\n');
  expect((await server.ask('DELETE', 'lande/deux.vcf')).status).toBeLessThan(300);

  await refresh();

  const copies = await here();
  expect(Object.keys(copies).sort()).toEqual(['quatre', 'trois', 'une']);
  expect(copies['une']).toContain('+33 1 99 00 00 42');
});

it('is told what changed since the last time, without a list', async () => {
  const asked: string[] = [];
  const http = async (url: string, { method = 'GET', headers = {}, body = '' } = {}) => {
    asked.push(method);
    const answer = await fetch(url, { method, headers, body });
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  };
  const client = createClient(http as never, {
    url: server.origin,
    login: server.login,
    password: PASSWORD,
  });
  const [book] = await client.find();
  const at = book?.href ?? '';
  const { token } = await client.etags(at);
  await putThere('cinq');
  expect((await server.ask('DELETE', 'lande/trois.vcf')).status).toBeLessThan(300);
  asked.length = 0;

  const { cards, gone, isCut, token: next } = await client.changes(at, token);

  expect(cards).toEqual([{ href: `${at}cinq.vcf`, etag: expect.stringMatching(/^"/) }]);
  expect(gone).toEqual([`${at}trois.vcf`]);
  expect(isCut).toBe(false);
  expect(await client.changes(at, next)).toMatchObject({ cards: [], gone: [], token: next });
  await expect(client.changes(at, `${next}0`)).rejects.toBeInstanceOf(Faulty);
  expect(asked).toEqual(['REPORT', 'REPORT', 'REPORT']);
  await refresh();
  expect(Object.keys(await here()).sort()).toEqual(['cinq', 'quatre', 'une']);
});

it('keeps the copy while the server is away, and says so', async () => {
  await server.stop();

  const page = await refresh();

  expect(page.text).toMatch(/ne répond pas|injoignable/);
  expect(Object.keys(await here()).sort()).toEqual(['cinq', 'quatre', 'une']);
});
