import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import type { Page } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const HOSTS = { saisons: '127.0.0.1', marees: 'localhost' } as const;

let demo: DemoApp;
let ada: WebAgent;
let bob: WebAgent;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    site: (id, file) => ({
      ...file,
      hosts: [id === 'saisons' ? HOSTS.saisons : HOSTS.marees],
      plugins: { calendar: id === 'saisons' ? { links: 'all' } : true },
    }),
    app: { log: { level: 'silent' } },
  });
  const signedIn = async (agent: (typeof demo.stack.agents)[number] | undefined) => {
    if (!agent) throw new Error('no such agent');
    const web = new WebAgent(`http://${HOSTS.saisons}:${demo.port}`);
    await web.signIn(agent.username, agent.password);
    return web;
  };
  const agents = demo.stack.agents.filter(({ site }) => site === 'saisons');
  ada = await signedIn(agents[0]);
  bob = await signedIn(agents[1]);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const PAGE = '/calendar/link?calendar=agenda';
const formTo = (action: string) => (page: Page) => {
  const form = page.all((one) => one.name === 'form' && one.attribs['action'] === action)[0];
  if (!form) throw new Error(`no form to ${action} on ${page.url}`);
  return form;
};

async function save(title: string, visibility: string): Promise<void> {
  const saved = await ada.submit(await ada.get('/calendar/edit'), {
    form: formTo('/calendar/edit'),
    fill: { summary: title, location: 'Salle des Marées', visibility },
    add: [['save', 'yes']],
  });
  expect(saved.status).toBe(200);
}

/** Makes an address that tells so much, and gives it back. */
async function made(told: string): Promise<string> {
  const page = await ada.get(PAGE);
  const csrf = page.all((one) => one.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
  const after = await ada.post('/calendar/link', [
    ['_csrf', csrf],
    ['calendar', 'agenda'],
    ['told', told],
  ]);
  expect(after.status).toBe(200);
  return (
    after.all((one) => one.attribs['id'] === 'link-address')[0]?.attribs['value'] ?? 'no address'
  );
}

/** As a program without a session reads it. */
const read = async (address: string) => {
  const response = await fetch(address);
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe('the secret address of a calendar', () => {
  beforeAll(async () => {
    await save('Atelier des algues', 'public');
    await save('Rendez-vous intime', 'private');
  });

  it('tells when its owner is busy, and nothing of what by', async () => {
    const { status, headers, text } = await read(await made('free'));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/calendar');
    expect(headers.getSetCookie()).toEqual([]);
    expect(text.match(/BEGIN:VEVENT/g)?.length).toBeGreaterThanOrEqual(2);
    for (const secret of ['algues', 'intime', 'Marées', 'ATTENDEE', 'X-WR-CALNAME:Mon'])
      expect(text).not.toContain(secret);
  });

  it('tells what is not private, or all of it, as its owner chose', async () => {
    const some = await read(await made('read'));
    expect(some.text).toContain('Atelier des algues');
    expect(some.text).not.toContain('intime');
    const all = await read(await made('all'));
    expect(all.text).toContain('Rendez-vous intime');
  });

  it('is not sent again while nothing of it changed', async () => {
    const address = await made('free');
    const etag = (await read(address)).headers.get('etag') ?? 'none';
    const again = (): Promise<Response> =>
      fetch(address, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } });
    expect((await again()).status).toBe(304);
    await save('Une autre fois', 'public');
    expect((await again()).status).toBe(200);
  });

  it('answers no longer once it is replaced or taken back', async () => {
    const first = await made('free');
    const second = await made('free');
    expect((await read(first)).status).toBe(404);
    expect((await read(second)).status).toBe(200);
    const page = await ada.get(PAGE);
    await ada.submit(page, { form: formTo('/calendar/link'), add: [['remove', 'yes']] });
    expect((await read(second)).status).toBe(404);
  });

  it('is nothing to another site, and no other secret opens it', async () => {
    const address = await made('read');
    expect((await read(address.replace(HOSTS.saisons, HOSTS.marees))).status).toBe(404);
    expect((await read(address.replace(/.{5}\.ics$/, 'AAAAA.ics'))).status).toBe(404);
  });

  it('is read so many times a minute', async () => {
    const address = await made('free');
    const statuses: number[] = [];
    for (let count = 0; count < 14; count += 1) statuses.push((await read(address)).status);
    expect(statuses[0]).toBe(200);
    expect(statuses).toContain(429);
  });

  it('is no page for a calendar of somebody else', async () => {
    expect((await bob.get('/calendar/link?calendar=nobody')).status).toBe(404);
  });
});
