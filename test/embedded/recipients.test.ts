import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const linkTo = (page: Page, subject: string): string | undefined =>
  page
    .all(({ name, attribs }) => name === 'a' && attribs['class'] === 'subject')
    .find((link) => textOf(link).includes(subject))?.attribs['href'];

/** Path of a delivered message to so many people. */
async function opened(subject: string, count: number, domain = 'b.example'): Promise<string> {
  if (!('faults' in demo.stack.imap)) throw new Error('needs the server in memory');
  const to = Array.from({ length: count }, (_, index) => `a${index}@${domain}`).join(',\r\n ');
  const raw = `From: x@b.example\r\nSubject: ${subject}\r\nTo: ${to}\r\nCc: z@b.example\r\n\r\ncorps\r\n`;
  demo.stack.imap.deliver(demo.stack.agents[0]?.username ?? '', Buffer.from(raw));
  const list = await web.get('/mail/me/INBOX?sort=arrival');
  return (linkTo(list, subject) ?? '').split('?')[0] ?? '';
}

describe('a message to thousands of people', () => {
  it('names the first two hundred, and as many as a page can bear when asked', async () => {
    const href = await opened('trois mille', 3_000);

    const page = await web.get(href);
    const print = await web.get(`${href}/print`);
    const headers = await web.get(`${href}/headers`);
    const all = await web.get(`${href}?recipients=all`);

    for (const { text } of [page, print, headers]) {
      expect(text).toContain('a199@b.example');
      expect(text).not.toContain('a200@b.example');
      expect(text).toMatch(/et 2.?800 autres/u);
    }
    expect(page.text).toContain('recipients=all');
    expect(headers.text).toContain('recipients=all');
    expect(all.text).toContain('a1999@b.example');
    expect(all.text).not.toContain('a2000@b.example');
    expect(all.text).toMatch(/et 1.?000 autres/u);
    expect(all.find('id', 'message-recipients')?.attribs).toHaveProperty('open');
    expect(page.text).not.toContain('incomplète');
    expect(page.text.length).toBeLessThan(250_000);
  });

  it('says so when the list was too long to be read', async () => {
    const href = await opened('vingt mille', 20_000, 'un-domaine-assez-long.example');

    const page = await web.get(href);
    const print = await web.get(`${href}/print`);

    for (const { text } of [page, print]) {
      expect(text).toContain('La liste des destinataires est incomplète');
      expect(text).not.toContain('estafette-cut');
    }
    expect((await web.get('/mail/me/INBOX?sort=arrival')).text).not.toContain('estafette-cut');
  });

  it('shows a short list whole', async () => {
    const page = await web.get(await opened('deux', 2));

    const shown = textOf(page.one('id', 'message-recipients'));
    expect(shown).toContain('a1@b.example');
    expect(shown).toContain('z@b.example');
    expect(page.text).not.toContain('recipients=all');
  });
});
