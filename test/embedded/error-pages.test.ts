import type { DemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { textOf } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

describe('an error page', () => {
  it('stands in the usual frame for who is signed in, with its reference and the way back', async () => {
    const page = await web.get('/nowhere');

    expect(page.status).toBe(404);
    expect(page.all((element) => element.attribs['class'] === 'top')).toHaveLength(1);
    expect(page.one('data-action', 'logout').name).toBe('button');
    expect(textOf(page.one('data-request-id'))).toBe(page.headers.get('X-Request-Id'));
    const links = page.all((e) => e.name === 'a').map((e) => e.attribs['href']);
    expect(links).toContain('/mail/me/INBOX');
    expect(page.all((e) => e.name === 'a' && e.attribs['href'] === '/nowhere')).toEqual([]);
  });

  it('is bare for a guest, and inside a frame', async () => {
    const guest = new WebAgent(`http://127.0.0.1:${demo.port}`);
    const bodies = [
      await guest.get('/login/nowhere'),
      await web.get('/nowhere', { 'Sec-Fetch-Dest': 'iframe' }),
      await web.get('/mail/me/INBOX/999999/body'),
    ];

    for (const page of bodies) {
      expect(page.status).toBe(404);
      expect(page.all((element) => element.attribs['class'] === 'top')).toEqual([]);
      expect(textOf(page.one('data-request-id'))).not.toBe('');
    }
  });

  it('offers to try again when the mail server failed', async () => {
    if (!('faults' in demo.stack.imap)) throw new Error('needs the server in memory');
    const list = await web.get('/mail/me/INBOX');
    const link = list.all((e) => e.attribs['class'] === 'subject')[0]?.attribs['href'] ?? '';
    const source = `${link.split('?')[0]}/headers`;
    demo.stack.imap.faults.down(true);
    try {
      const page = await web.get(source);

      expect(page.status).toBe(503);
      expect(page.all((e) => e.name === 'a' && e.attribs['href'] === source)).toHaveLength(1);
      expect(page.all((e) => e.attribs['class'] === 'top')).toHaveLength(1);
    } finally {
      demo.stack.imap.faults.clear();
    }
  }, 60_000);

  it('speaks of the site in the language of the reader', async () => {
    const guest = new WebAgent(`http://127.0.0.1:${demo.port}`);

    const [french, english] = [
      await guest.get('/login?lang=fr'),
      await guest.get('/login?lang=en'),
    ];

    const isTagline = (page: typeof french, text: string): boolean =>
      page.all((e) => e.name === 'span' && textOf(e) === text).length > 0;
    expect(isTagline(french, 'Messagerie des agents')).toBe(true);
    expect(isTagline(english, 'Mail for civil servants')).toBe(true);
    expect(isTagline(english, 'Messagerie des agents')).toBe(false);
  });
});
