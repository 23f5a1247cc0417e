import type { DemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  const signedIn = await signedInDemo();
  ({ demo, web } = signedIn);
  expect(signedIn.page.status).toBe(200);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const head = (subject: string, type: string, more = ''): string =>
  [
    'From: Quelqu’un <quelquun@dehors.example>',
    'To: vous@saisons.example',
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: <${subject}@dehors.example>`,
    'MIME-Version: 1.0',
    `Content-Type: ${type}`,
    ...(more === '' ? [] : [more]),
    '',
    '',
  ].join('\r\n');

const nested = (depth: number): string => {
  let body = 'Content-Type: text/plain\r\n\r\nau fond\r\n';
  for (let level = depth; level > 0; level -= 1) {
    body = `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n${body}\r\n--b${level}--\r\n`;
  }
  return body;
};
const parts = (count: number): string =>
  `${Array.from({ length: count }, (_, index) => `--x\r\nContent-Type: text/plain; name="p${index}.txt"\r\nContent-Disposition: attachment\r\n\r\n${index}\r\n`).join('')}--x--\r\n`;

/** Name → raw message. Each must open, or say that it is too complex; none may be a failure of ours. */
const HOSTILE: Readonly<Record<string, () => string>> = {
  'nested-1000': () =>
    `From: a@b.example\r\nSubject: nested-1000\r\nMIME-Version: 1.0\r\n${nested(1_000)}`,
  'parts-1000': () => head('parts-1000', 'multipart/mixed; boundary=x') + parts(1_000),
  'parts-20000': () => head('parts-20000', 'multipart/mixed; boundary=x') + parts(20_000),
  'recipients-50000': () =>
    `${head('recipients-50000', 'text/plain', `Cc: ${Array.from({ length: 50_000 }, (_, i) => `a${i}@b.example`).join(',\r\n ')}`)}corps\r\n`,
  'headers-50000': () =>
    `${head(
      'headers-50000',
      'text/plain',
      Array.from({ length: 50_000 }, (_, i) => `X-Line-${i}: ${i}`).join('\r\n'),
    )}corps\r\n`,
  'header-5MB': () =>
    `${head('header-5MB', 'text/plain', `X-Long: ${'a'.repeat(5_000_000)}`)}corps\r\n`,
  'elements-300000': () => head('elements-300000', 'text/html') + '<div>x'.repeat(300_000),
  'deep-html-50000': () => `${head('deep-html-50000', 'text/html') + '<b>'.repeat(50_000)}x`,
  'attributes-50000': () =>
    head('attributes-50000', 'text/html') +
    `<p ${Array.from({ length: 50_000 }, (_, i) => `a${i}="1"`).join(' ')}>x</p>`,
  'css-2MB': () =>
    `${head('css-2MB', 'text/html')}<style>${'p{color:red}'.repeat(170_000)}</style><p>x</p>`,
  'quotes-500000': () =>
    head('quotes-500000', 'text/plain') + `${'>'.repeat(500)} x\r\n`.repeat(2_000),
  'links-100000': () => head('links-100000', 'text/plain') + 'http://a.example/?'.repeat(20_000),
  'no-structure': () =>
    'From: <\r\nSubject: no-structure\r\nContent-Type: multipart/mixed\r\n\r\nsans limites\r\n',
  'bad-base64': () =>
    head('bad-base64', 'text/html; charset=utf-8', 'Content-Transfer-Encoding: base64') +
    '!!!!????\r\nPGI+\0',
  'unknown-charset': () => `${head('unknown-charset', 'text/plain; charset=x-klingon')}été\r\n`,
};

const linkTo = (page: Page, subject: string): string | undefined =>
  page.all((element) => element.name === 'a' && textOf(element).includes(subject))[0]?.attribs[
    'href'
  ];

async function timed<T>(work: Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const started = performance.now();
  const result = await work;
  return { result, ms: performance.now() - started };
}

/** Asks for the sign-in page again and again; what was answered before `end`. */
async function askUntil(end: Promise<unknown>) {
  const neighbour = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const answered: number[] = [];
  let slowestMs = 0;
  let isOver = false;
  const over = end.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const { result, ms } = await timed(neighbour.get('/login'));
    slowestMs = Math.max(slowestMs, ms);
    if (!isOver) answered.push(result.status);
  }
  await over;
  return { answered, slowestMs };
}

/** Whose sanitising takes so long that doing it where pages are answered would show. */
const SLOW: ReadonlySet<string> = new Set([
  'elements-300000',
  'deep-html-50000',
  'attributes-50000',
]);

/** Whose structure is not even parsed: the original is there to download. */
const CUT: ReadonlySet<string> = new Set(['nested-1000', 'parts-1000', 'parts-20000']);
const TOO_COMPLEX = 'La structure de ce message est trop complexe';

describe('a hostile message', () => {
  it.each(Object.keys(HOSTILE))(
    '%s opens or says that it is too complex, and neighbours are answered before it',
    async (name) => {
      if (!('faults' in demo.stack.imap)) throw new Error('needs the server in memory');
      demo.stack.imap.deliver(
        demo.stack.agents[0]?.username ?? '',
        Buffer.from(HOSTILE[name]?.() ?? '', 'utf8'),
      );

      const list = await web.get('/mail/me/INBOX?sort=arrival');
      const href = linkTo(list, name);
      expect(list.status).toBe(200);
      // Somebody else's pages meanwhile, one after the other: answered, whatever the message does.
      const opening = timed(web.get(href ?? ''));
      const { answered, slowestMs } = await askUntil(opening);
      const { result: message, ms } = await opening;
      const src = message.find('data-message-body')?.attribs['src'];
      const body = src === undefined ? undefined : await web.get(src);
      const source = await web.raw(`${(href ?? '').split('?')[0]}/source?download=1`);

      expect(new Set(answered)).toEqual(new Set([200])); // at least one
      if (SLOW.has(name)) expect(slowestMs).toBeLessThan(ms / 2);
      expect(message.status).toBeLessThan(500);
      expect(textOf(message.one('data-message-subject'))).toContain(name);
      expect(message.text.includes(TOO_COMPLEX)).toBe(CUT.has(name));
      if (body) expect(body.status).toBeLessThan(500);
      expect(source.status).toBe(200);
      expect((await source.arrayBuffer()).byteLength).toBeGreaterThan(10);
    },
    60_000,
  );

  it('leaves the list and the neighbours as they were', async () => {
    const list = await web.get('/mail/me/INBOX');
    expect(list.status).toBe(200);
    expect(list.all((element) => 'data-uid' in element.attribs)).toHaveLength(50);
  });
});
