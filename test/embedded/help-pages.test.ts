import type { DemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { formFields, type Page, textOf } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
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

    expect(links.slice(-2)).toEqual(['/help/accessibility', '/help/privacy']);
  });

  it('are few: any other is not there', async () => {
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

  it('are told as people write them', async () => {
    const query = 'since=2026-10-10&before=2026-10-01';
    const page = await web.get(`/mail/me/INBOX?${query}`);

    expect(textOf(page.one('id', 's-before-error'))).toContain('10 octobre 2026');
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

    expect(copied.all((e) => e.name === 'est-toast' && 'id' in e.attribs)).toHaveLength(1);
    expect(undo(copied)).toEqual([]);
    expect(undo(moved)).toHaveLength(1);
  });
});

describe('an undo', () => {
  it('moves the messages of its notice, and no others that its form was given', async () => {
    const list = await web.get('/mail/me/INBOX');
    const uids = list.all((e) => 'data-uid' in e.attribs).map((e) => e.attribs['data-uid'] ?? '');
    const total = (page: Page) => Number(page.one('id', 'message-list').attribs['data-total']);
    const fields = [
      ['_csrf', list.one('name', 'csrf-token').attribs['content'] ?? ''],
      ['uidvalidity', list.one('id', 'message-list').attribs['data-uidvalidity'] ?? ''],
    ] as const;
    const archive = (uid = '') =>
      web.post('/mail/me/INBOX/actions/archive', [...fields, ['uid', uid]]);
    const undoOf = (page: Page): [string, string][] => {
      const forms = page.all((e) => e.name === 'form').map((form) => formFields(page, form));
      return forms.find((form) => form.some(([name]) => name === 'undo')) ?? [];
    };

    const older = undoOf(await archive(uids[0]));
    const newer = undoOf(await archive(uids[1]));
    const surplus = older.filter(([name]) => name === 'uids');
    expect(surplus).toHaveLength(1);
    const mixed = await web.post('/mail/me/Archive/actions/move', [...newer, ...surplus]);
    const left = total(await web.get('/mail/me/INBOX'));
    const undone = await web.post('/mail/me/Archive/actions/move', newer);

    expect(mixed.status).toBe(400);
    expect(left).toBe(total(list) - 2);
    expect(undone.status).toBe(200);
    expect(total(undone)).toBe(total(list) - 1);
  });
});
