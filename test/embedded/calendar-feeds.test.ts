import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import knex, { type Knex } from 'knex';
import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { formAt } from '../kit/factor-visit';
import type { Page } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

/** What a calendar of somebody else's answers, as this file wants it. */
interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

let answer: (request: IncomingMessage) => Answer;
const asked: IncomingMessage['headers'][] = [];
let server: Server;
let origin: string;
let elsewhere: Server;
let demo: DemoApp;
let web: WebAgent;
let tables: Knex;

const listen = (one: Server): Promise<string> =>
  new Promise((resolve) => {
    one.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(one.address() as AddressInfo).port}`),
    );
  });

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers);
    const { status = 200, headers = {}, body = '' } = answer(request);
    response.writeHead(status, headers).end(body);
  });
  origin = await listen(server);
  elsewhere = createServer((_request, response) => response.end(feed(['secret', '20270304'])));
  ({ demo, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { calendar: { links: 'all' } } }),
    plugins: { origins: { calendar: [origin] } },
  }));
  const { filename } = demo.app.db.knex.client.config.connection as { filename: string };
  tables = knex({
    client: 'sqlite3',
    connection: { filename: path.join(path.dirname(filename), 'plugins', 'calendar.sqlite') },
    useNullAsDefault: true,
  });
}, 60_000);
afterAll(async () => {
  await tables?.destroy();
  await demo?.stop();
  server?.close();
  elsewhere?.close();
});
beforeEach(() => {
  asked.length = 0;
  answer = () => ({ body: feed(['un', '20270304'], ['deux', '20270304']) });
});

const vevent = (uid: string, day: string, more = ''): string =>
  `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:${day}T090000Z\r\nDTEND:${day}T100000Z\r\nSUMMARY:Fil ${uid}\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n${more}END:VEVENT\r\n`;
const feed = (...events: readonly (readonly [uid: string, day: string])[]): string =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nX-WR-CALNAME:Saison\\, des quais\r\nX-PUBLISHED-TTL:PT2H\r\n${events.map(([uid, day]) => vevent(uid, day)).join('')}END:VCALENDAR\r\n`;

const page = (): Promise<Page> => web.get('/calendar/feeds');
const subscribe = async (url: string, title = ''): Promise<Page> =>
  web.submit(await page(), {
    form: (at) => formAt(at, '/calendar/feeds'),
    fill: { url, title },
  });
async function press(action: string): Promise<Page> {
  const there = await page();
  const [, id = ''] = /name="id" value="([^"]+)"/.exec(there.text) ?? [];
  return web.submit(there, { form: (at) => formAt(at, action), fill: { id } });
}
const here = async (): Promise<readonly string[]> => {
  const { text } = await web.get('/calendar?view=day&on=2027-03-04');
  return [...new Set([...text.matchAll(/Fil ([\w-]+)/g)].map(([, uid]) => uid ?? ''))].sort();
};
/** The plugin's own tables, as its file has them. */
const calendarTable = (name: string) => tables(`calendar_${name}`);
/** Looks at all subscriptions, as the job does when their time has come. */
async function runAgain(): Promise<void> {
  await calendarTable('feeds').update({ next_ms: 0 });
  await demo.app.jobs.runNow('calendar:feeds:saisons');
}
const lacking = (at: Page, ...words: readonly string[]): readonly string[] =>
  words.filter((one) => !at.text.includes(one));

describe('a subscription', () => {
  afterEach(async () => {
    while ((await page()).text.includes('Se désabonner')) await press('/calendar/feeds/remove');
  });

  it('is read at once, by its own name, and read again for what changed', async () => {
    answer = () => ({
      headers: { etag: '"un"', 'last-modified': 'Mon, 23 Nov 2026 10:00:00 GMT' },
      body: feed(['un', '20270304'], ['deux', '20270304']),
    });
    const added = await subscribe(`${origin}/fil.ics`);
    expect([added.status, lacking(added, 'Saison, des quais', 'est ajouté')]).toEqual([200, []]);
    expect(await here()).toEqual(['deux', 'un']);

    // Of what is the same nothing is sent.
    answer = () => ({ status: 304 });
    await runAgain();
    expect(asked.at(-1)).toMatchObject({
      'if-none-match': '"un"',
      'if-modified-since': 'Mon, 23 Nov 2026 10:00:00 GMT',
    });
    expect(await here()).toEqual(['deux', 'un']);

    answer = () => ({ body: feed(['deux', '20270304'], ['trois', '20270304']) });
    await runAgain();
    expect(await here()).toEqual(['deux', 'trois']);
    expect((await web.get('/calendar/trash')).text).not.toContain('Fil un');
  });

  it('keeps what it read when the server fails, and says why', async () => {
    await subscribe(`${origin}/fil.ics`);
    for (const [bad, words] of [
      [{ status: 503 }, 'ne répond pas'],
      [{ body: '<html>Connectez-vous</html>' }, 'n’est pas un agenda'],
      [{ status: 404 }, 'n’existe plus'],
      [{ body: Buffer.alloc(6_000_000, 'x') }, 'trop grand'],
    ] as const) {
      answer = () => bad;
      await runAgain();
      expect(lacking(await page(), words)).toEqual([]);
    }
    expect(await here()).toEqual(['deux', 'un']);
  });

  it('leaves out what cannot be read, rings nothing and makes nobody busy', async () => {
    const wrong = vevent('faux', 'jamais');
    answer = () => ({
      body: feed(['un', '20270304']).replace('END:VCALENDAR', `${wrong}END:VCALENDAR`),
    });
    const added = await subscribe(`${origin}/fil.ics`, 'Le mien');
    expect(lacking(added, 'Le mien', '1 évènement n’a pas pu être lu')).toEqual([]);
    const texts: string[] = await calendarTable('objects').pluck('text');
    const text = texts.find((one) => one.includes('Fil un')) ?? '';
    expect([text.includes('VALARM'), text.includes('TRANSP:TRANSPARENT')]).toEqual([false, true]);
  });

  it('is refused where the server is not listed, or leads elsewhere', async () => {
    const other = await listen(elsewhere);
    for (const url of [`${other}/fil.ics`, 'https://169.254.169.254/', 'file:///etc/passwd', '']) {
      const refused = await subscribe(url);
      expect([url, refused.status]).toEqual([url, 422]);
    }
    answer = () => ({ status: 302, headers: { location: `${other}/fil.ics` } });
    expect((await subscribe(`${origin}/fil.ics`)).status).toBe(422);
    expect(await here()).toEqual([]);
    expect(await calendarTable('feeds').select()).toEqual([]);
  });

  it('cannot be changed, and its address is kept sealed', async () => {
    await subscribe(`${origin}/secret-1234.ics`);
    const [row] = await calendarTable('feeds').select();
    expect(JSON.stringify(row)).not.toContain('secret-1234');
    const { text } = await web.get('/calendar?view=day&on=2027-03-04');
    const href = /\/calendar\/event\?id=[^"]+/.exec(text)?.[0].replaceAll('&amp;', '&') ?? '';
    const event = await web.get(href);
    expect(event.text).not.toContain('/calendar/delete"');
  });
});

describe('public holidays', () => {
  it('are a calendar of their territory, which makes nobody busy', async () => {
    const there = await page();
    await web.submit(there, {
      form: (at) => formAt(at, '/calendar/feeds/holidays'),
      fill: { region: 'alsace-moselle' },
    });
    const year = new Date().getUTCFullYear();
    const month = await web.get(`/calendar?view=month&on=${year}-12-20`);
    expect(lacking(month, 'Noël', 'Saint-Étienne')).toEqual([]);
    const easter = await web.get('/calendar?view=list&on=2027-03-20');
    expect(lacking(easter, 'Vendredi saint', 'Lundi de Pâques')).toEqual([]);
    // Twice is once.
    await web.submit(await page(), {
      form: (at) => formAt(at, '/calendar/feeds/holidays'),
      fill: { region: 'alsace-moselle' },
    });
    expect(await calendarTable('feeds').select()).toHaveLength(1);
  });
});

it('gives busy times alone at the address that ends with .ifb', async () => {
  const edit = await web.get('/calendar/edit');
  await web.submit(edit, {
    form: (at) => formAt(at, '/calendar/edit'),
    fill: { summary: 'Titre secret' },
    add: [['save', 'yes']],
  });
  const made = await web.submit(await web.get('/calendar/link?calendar=agenda'), {
    form: (at) => formAt(at, '/calendar/link'),
    fill: { told: 'all' },
  });
  const address = /http:\/\/[^"]+\.ifb/.exec(made.text)?.[0] ?? '';
  const response = await fetch(address);
  const text = await response.text();
  expect([response.status, /^FREEBUSY;FBTYPE=BUSY:/m.test(text)]).toEqual([200, true]);
  expect(text).not.toContain('Titre secret');
  expect((await fetch(address, { method: 'HEAD' })).status).toBe(200);
  expect((await fetch(address.replace(/link\/./, 'link/_'))).status).toBe(404);
});
