import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  demo = await startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } });
  const agent = demo.stack.agents[0];
  web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  await web.signIn(agent?.username ?? '', agent?.password ?? '');
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const guest = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
const heading = (page: Page | undefined): string[] =>
  (page?.all(({ name }) => name === 'h1') ?? []).map(textOf);
const notices = (page: Page) => page.all((e) => e.attribs['class'] === 'banner info');

describe('the pages about the service', () => {
  it('say to anybody, in either language, what is known of it', async () => {
    const pages = [
      await guest().get('/help/accessibility'),
      await guest().get('/help/accessibility?lang=en'),
      await guest().get('/help/privacy'),
      await web.get('/help/privacy'),
    ];

    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(heading(pages[0])).toEqual([expect.stringContaining('non auditée')]);
    expect(heading(pages[1])).toEqual([expect.stringContaining('not audited')]);
    expect(heading(pages[2])).toEqual(['Données personnelles']);
  });

  it('are where the links at the foot of the sign-in page lead', async () => {
    const page = await guest().get('/login');
    const feet = page.all((e) => e.attribs['class'] === 'bare-foot');
    expect(feet).toHaveLength(1);
    const hrefs = page.all((e) => e.name === 'a').map((e) => e.attribs['href'] ?? '');
    const links = hrefs.filter((href) => href.startsWith('/help/'));

    expect(links).toEqual(['/help/accessibility', '/help/privacy']);
  });

  it('are two: any other is not there', async () => {
    for (const name of ['nothing', 'constructor']) {
      expect((await guest().get(`/help/${name}`)).status).toBe(404);
    }
  });
});

describe('the sign-in page', () => {
  it('speaks of an ended session to somebody who had one only', async () => {
    const first = await guest().get('/mail/me/Sent');
    const returning = guest();
    returning.setCookie('estafette', 'ended-long-ago');
    const later = await returning.get('/mail/me/Sent');

    expect(first.all((e) => e.attribs['name'] === 'password')).toHaveLength(1);
    expect(notices(first)).toEqual([]);
    expect(notices(later)).toHaveLength(1);
  });
});

describe('dates of a search that cannot be used', () => {
  it.each([
    ['since=bogus', 'since'],
    ['since=2026-02-30', 'since'],
    ['before=bogus&q=note', 'before'],
    ['since=2026-03-02&before=2026-03-01', 'before'],
    ['since=2026-03-01&before=2026-03-01', 'before'],
  ])('%s is said at its field, and no message is shown as found', async (query, name) => {
    const page = await web.get(`/mail/me/INBOX?${query}`);

    expect(page.status).toBe(422);
    const wrong = page.all((e) => e.attribs['aria-invalid'] === 'true');
    expect(wrong.map((e) => e.attribs['name'])).toEqual([name]);
    const notes = page.all((e) => e.attribs['id'] === wrong[0]?.attribs['aria-describedby']);
    expect(notes.map(textOf)).toEqual([expect.stringMatching(/date/)]);
    expect(page.all((e) => e.attribs['data-uid'] !== undefined)).toEqual([]);
    expect(page.all((e) => e.name === 'est-live')).toEqual([]);
    expect(page.one('id', 'list-search').attribs).toHaveProperty('open');
  });

  it('are not those left empty, nor a day with its next', async () => {
    const queries = ['since=&before=', 'since=2026-03-01&before=2026-03-02'];
    for (const query of queries) {
      expect((await web.get(`/mail/me/INBOX?${query}`)).status).toBe(200);
    }
  });
});

describe('a copy', () => {
  it('offers no undo, which would put the copy beside its original', async () => {
    const list = await web.get('/mail/me/INBOX');
    const uid = list.all((e) => e.attribs['data-uid'] !== undefined)[0]?.attribs['data-uid'] ?? '';
    const token = list.one('name', 'csrf-token').attribs['content'] ?? '';
    const uidvalidity = list.one('id', 'message-list').attribs['data-uidvalidity'] ?? '';
    const fields = [
      ['_csrf', token],
      ['uidvalidity', uidvalidity],
      ['uid', uid],
      ['to', 'Archive'],
    ] as const;
    const undo = (page: Page) => page.all((e) => e.attribs['data-action'] === 'undo');

    const copied = await web.post('/mail/me/INBOX/actions/copy', fields);
    const moved = await web.post('/mail/me/INBOX/actions/move', fields);

    expect(copied.all((e) => e.name === 'est-toast')).toHaveLength(1);
    expect(undo(copied)).toEqual([]);
    expect(undo(moved)).toHaveLength(1);
  });
});
