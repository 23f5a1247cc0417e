import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { formFields, type Page, textOf } from '../kit/html';
import { memoryOf } from '../kit/memory-stack';
import { type MovingClock, movingClock } from '../kit/moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let remote: Server;
let asked: string[];
let port: number;

beforeAll(async () => {
  remote = createServer((req, res) => {
    asked.push(req.url ?? '');
    if (req.url === '/html.png')
      res.writeHead(200, { 'Content-Type': 'image/png' }).end('<script>alert(1)</script>');
    else res.writeHead(200, { 'Content-Type': 'image/png' }).end(PNG);
  });
  await new Promise<void>((resolve) => remote.listen(0, '127.0.0.1', resolve));
  port = (remote.address() as AddressInfo).port;
});
afterAll(async () => {
  await new Promise((resolve) => remote.close(resolve));
});
beforeEach(() => {
  asked = [];
});

/** A product that may, or may not, reach this machine's own addresses. */
async function withProduct(
  options: { readonly allowPrivate: boolean },
  run: (web: WebAgent, clock: MovingClock, demo: DemoApp) => Promise<void>,
): Promise<void> {
  const clock = movingClock();
  const demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (_id, file) => ({ ...file, session: { idleMinutes: 60, absoluteHours: 10 } }),
    options: { clock, ...(options.allowPrivate && { allowPrivate: [`127.0.0.1:${port}`] }) },
  });
  try {
    const agent = demo.stack.agents[0];
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    await web.signIn(agent?.username ?? '', agent?.password ?? '');
    const html = `<p>Bonjour</p><img src="http://127.0.0.1:${port}/a.png"><img src="http://127.0.0.1:${port}/html.png">`;
    deliver(demo, 'Lettre', html);
    await run(web, clock, demo);
  } finally {
    await demo.stop();
  }
}

/** A letter of the same sender to the first agent. */
function deliver(demo: DemoApp, subject: string, html: string): void {
  memoryOf(demo).imap.deliver(
    demo.stack.agents[0]?.username ?? '',
    `From: lettre@dehors.example\r\nTo: x@y.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@dehors.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n${html}\r\n`,
  );
}

const trustForms = (page: Page) =>
  page.all(({ name, attribs }) => name === 'form' && (attribs['action'] ?? '').endsWith('/trust'));

async function open(web: WebAgent, subject = 'Lettre') {
  const list = await web.get('/mail/me/INBOX');
  const link =
    list.all((e) => e.name === 'a' && textOf(e).includes(subject))[0]?.attribs['href'] ?? '';
  const message = await web.get(link);
  return { link: link.split('?')[0] ?? '', message };
}
const imagesOf = async (web: WebAgent, src: string): Promise<string[]> => {
  const body = await web.get(src);
  return body
    .all((e) => e.name === 'img' && (e.attribs['src'] ?? '') !== '')
    .map((e) => e.attribs['src'] ?? '');
};

describe('remote images', () => {
  it('are asked by nobody until the agent wants them, then by the proxy alone', async () => {
    await withProduct({ allowPrivate: true }, async (web) => {
      const { link, message } = await open(web);
      const before = await imagesOf(web, message.one('data-message-body').attribs['src'] ?? '');
      expect(before).toEqual([]);
      expect(asked).toEqual([]);

      const shown = await web.get(`${link}?images=1`);
      const images = await imagesOf(web, shown.one('data-message-body').attribs['src'] ?? '');
      expect(images).toHaveLength(2);
      expect(asked).toEqual([]);
      const [good, disguised] = await Promise.all(images.map((url) => fetch(url)));

      expect(good?.status).toBe(200);
      expect(good?.headers.get('content-type')).toBe('image/png');
      expect(good?.headers.get('content-security-policy')).toContain('sandbox');
      expect(disguised?.status).toBe(404);
      expect(asked.sort()).toEqual(['/a.png', '/html.png']);
    });
  }, 60_000);

  it('are shown at once for a sender that the agent trusts', async () => {
    await withProduct({ allowPrivate: true }, async (web) => {
      const { link, message } = await open(web);
      const token = message.one('name', 'csrf-token').attribs['content'] ?? '';

      await web.post(`${link}/trust`, [['_csrf', token]]);
      const again = await web.get(link);

      expect(await imagesOf(web, again.one('data-message-body').attribs['src'] ?? '')).toHaveLength(
        2,
      );
      // What the page before said of its frame stays true of it.
      expect(await imagesOf(web, message.one('data-message-body').attribs['src'] ?? '')).toEqual(
        [],
      );
    });
  }, 60_000);

  it('are no longer shown at once when the agent takes that back', async () => {
    await withProduct({ allowPrivate: true }, async (web) => {
      const { link, message } = await open(web);
      const token = message.one('name', 'csrf-token').attribs['content'] ?? '';
      await web.post(`${link}/trust`, [['_csrf', token]]);
      const trusted = await web.get(`${link}?view=html&images=1&q=lettre`);
      const [form] = trustForms(trusted);
      if (!form) throw new Error('no way back from the trust');

      const back = await web.post(form.attribs['action'] ?? '', formFields(trusted, form));
      const again = await web.get(link);

      expect(back.url).toMatch(/\/\d+\?q=lettre$/);
      for (const page of [back, again]) {
        const src = page.one('data-message-body').attribs['src'] ?? '';
        expect(await imagesOf(web, src)).toEqual([]);
      }
    });
  }, 60_000);

  it('are not said to be shown in a message of that sender that has none', async () => {
    await withProduct({ allowPrivate: true }, async (web, _clock, demo) => {
      const { link, message } = await open(web);
      const token = message.one('name', 'csrf-token').attribs['content'] ?? '';
      await web.post(`${link}/trust`, [['_csrf', token]]);
      deliver(demo, 'Avis', '<p>Voir <a href="https://dehors.example/image/1">/image/1</a></p>');

      const { message: plain } = await open(web, 'Avis');

      expect(trustForms(await web.get(link))).toHaveLength(1);
      expect(trustForms(plain)).toEqual([]);
    });
  }, 60_000);

  it('of an altered address, or of another session’s, are refused', async () => {
    await withProduct({ allowPrivate: true }, async (web) => {
      const { link } = await open(web);
      const shown = await web.get(`${link}?images=1`);
      const [first = ''] = await imagesOf(web, shown.one('data-message-body').attribs['src'] ?? '');
      const url = new URL(first);
      const altered = new URL(first);
      altered.searchParams.set('u', Buffer.from('http://169.254.169.254/').toString('base64url'));
      const elsewhere = new URL(first);
      elsewhere.pathname = url.pathname
        .slice(0, -2)
        .concat(url.pathname.endsWith('aa') ? 'bb' : 'aa');

      expect((await fetch(altered)).status).toBe(404);
      expect((await fetch(elsewhere)).status).toBe(404);
      expect(asked).toEqual([]);
    });
  }, 60_000);

  it('end with the session, when it is signed out', async () => {
    await withProduct({ allowPrivate: true }, async (web) => {
      const { link } = await open(web);
      const shown = await web.get(`${link}?images=1`);
      const [first = ''] = await imagesOf(web, shown.one('data-message-body').attribs['src'] ?? '');
      const before = (await fetch(first)).status;

      await web.post('/logout', [
        ['_csrf', shown.one('name', 'csrf-token').attribs['content'] ?? ''],
      ]);

      expect([before, (await fetch(first)).status]).toEqual([200, 404]);
    });
  }, 60_000);

  it('end with the session, when its time is over', async () => {
    await withProduct({ allowPrivate: true }, async (web, clock) => {
      const { link } = await open(web);
      const shown = await web.get(`${link}?images=1`);
      const [first = ''] = await imagesOf(web, shown.one('data-message-body').attribs['src'] ?? '');
      const before = (await fetch(first)).status;

      clock.forward(61 * 60_000); // an hour of inactivity; the signature says twelve

      expect([before, (await fetch(first)).status]).toEqual([200, 404]);
    });
  }, 60_000);

  it('inside our own network are never reached', async () => {
    await withProduct({ allowPrivate: false }, async (web) => {
      const { link } = await open(web);
      const shown = await web.get(`${link}?images=1`);
      const images = await imagesOf(web, shown.one('data-message-body').attribs['src'] ?? '');

      const answers = await Promise.all(images.map(async (url) => (await fetch(url)).status));

      expect(answers).toEqual([404, 404]);
      expect(asked).toEqual([]);
    });
  }, 60_000);
});
