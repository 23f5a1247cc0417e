import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { sanitizeMail } from '../../src/mime';
import { bodyFrameCsp } from '../../src/view';
import { type BrowserStand, startBrowser } from '../kit/browser';

/** The layers around a message body, each tried without the others (threats X27). */
interface Layers {
  readonly html: string;
  readonly csp?: string;
  readonly sandbox?: string;
}

let stand: BrowserStand;
let remote: Server;
let local: Server;
let hits: string[];
let shown: Layers;
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const here = (): string => `http://127.0.0.1:${portOf(local)}`;
const outside = (): string => `http://127.0.0.1:${portOf(remote)}`;

/** What the frame of the product says, as its view says it. */
const MESSAGE_VIEW = path.resolve(__dirname, '../../skins/base/views/mail/message.ejs');
const SANDBOX = /<iframe class="message-body".* sandbox="([^"]*)"/.exec(
  readFileSync(MESSAGE_VIEW, 'utf8'),
)?.[1];

/** Runs, tells the page around it, changes its own title. */
const script = (out: string): string => `
<script>parent.postMessage('script','*');document.title='ran';new Image().src='${out}/script'</script>
<img src="data:," onerror="parent.postMessage('onerror','*');new Image().src='${out}/onerror'">
<svg onload="parent.postMessage('svg','*')"></svg>
<a href="javascript:parent.postMessage('href','*')">lien</a>`;

/** Asks for what is elsewhere, without a script. */
const fetching = (out: string): string => `
<img src="${out}/img"><img srcset="${out}/srcset 2x, ${out}/srcset 1x"><video poster="${out}/poster"></video>
<table background="${out}/table"><tr><td>x</td></tr></table>
<link rel="stylesheet" href="${out}/link">
<style>@import url(${out}/import);@font-face{font-family:f;src:url(${out}/font)}p{background:url(${out}/css);font-family:f}</style>
<p>x</p><p style="background:url(${out}/inline)">y</p>
<iframe src="${out}/iframe"></iframe><object data="${out}/object"></object><embed src="${out}/embed">
<div style="position:fixed;inset:0;z-index:9999">recouvre</div>`;
const FETCHED =
  '/css /embed /font /iframe /img /import /inline /link /object /poster /srcset /table'.split(' ');

const form = (out: string): string =>
  `<form action="${out}/form" method="post"><input name="a"><button>ok</button></form>`;
const refresh = (out: string): string =>
  `<meta http-equiv="refresh" content="0;url=${out}/refresh">`;
const base = (out: string): string => `<base href="${out}/"><a href="relative">lien</a>`;

const bodyOf = (body: string): string => `<!doctype html><title>corps</title>${body}`;

beforeAll(async () => {
  stand = await startBrowser();
  remote = createServer((req, res) => {
    hits.push(req.url ?? '');
    res.writeHead(200, { 'Content-Type': 'text/html' }).end('hit');
  });
  local = createServer((req, res) => {
    const isBody = req.url === '/body';
    const { csp, sandbox, html } = shown;
    res.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      ...(isBody && csp !== undefined && { 'Content-Security-Policy': csp }),
    });
    const attribute = sandbox === undefined ? '' : ` sandbox="${sandbox}"`;
    res.end(
      isBody
        ? html
        : `<!doctype html><title>page</title>
<script>window.told = []; addEventListener('message', ({ data }) => window.told.push(data))</script>
<iframe src="/body"${attribute} width="600" height="400"></iframe>`,
    );
  });
  for (const server of [remote, local]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
}, 60_000);
afterAll(async () => {
  await stand?.close();
  remote?.close();
  local?.close();
});

interface Seen {
  /** Requests that left, each once, in the order of the alphabet. */
  readonly hits: readonly string[];
  /** What scripts of the body told the page around it. */
  readonly told: readonly string[];
  readonly frameTitle: string;
  readonly framePath: string;
}

/** Shows the body behind these layers, presses what can be pressed, and tells all that came of it. */
async function show(
  layers: Layers,
  press?: string,
  arrives: readonly string[] = [],
): Promise<Seen> {
  hits = [];
  shown = layers;
  const page = await stand.browser.newPage();
  await page.goto(`${here()}/`, { waitUntil: 'load' });
  const [, frame] = page.frames();
  if (!frame) throw new Error('no frame');
  if (press !== undefined) await click(frame, press);
  await untilAllArrived(page, arrives);
  const seen = {
    hits: [...new Set(hits)].filter((url) => !url.startsWith('/control')).toSorted(),
    told: await page.evaluate<string[]>('window.told.toSorted()'),
    frameTitle: await frame.title(),
    framePath: new URL(frame.url()).pathname,
  };
  expect(await page.title()).toBe('page');
  expect(new URL(page.url()).pathname).toBe('/');
  await page.close();
  return seen;
}

/** Not by the mouse: another element may cover it. */
const click = (frame: Frame, selector: string): Promise<void> =>
  frame
    .locator(selector)
    .evaluate((element) => (element as unknown as { click(): void }).click(), undefined, {
      timeout: 5_000,
    });

/** What a body asks for leaves before this: the page asks the same server, twice, after it. */
async function untilAllArrived(page: Page, expected: readonly string[]): Promise<void> {
  for (const control of ['/control-1', '/control-2']) {
    await page.evaluate(`fetch('${outside()}${control}', { mode: 'no-cors' }).then(() => 0)`);
    expect(hits).toContain(control);
  }
  const deadline = Date.now() + 10_000;
  while (expected.some((url) => !hits.includes(url)) && Date.now() < deadline) {
    await page.waitForTimeout(20);
  }
}

const NOTHING: Seen = { hits: [], told: [], frameTitle: 'corps', framePath: '/body' };
const policy = (): string => bodyFrameCsp(`${here()}/image/`);

describe('a body without any layer', () => {
  it('runs its scripts, which tell the page and ask elsewhere', async () => {
    const html = bodyOf(script(outside()));
    const seen = await show({ html }, 'a', ['/script', '/onerror']);

    expect(seen).toEqual({
      hits: ['/onerror', '/script'],
      told: ['href', 'onerror', 'script', 'svg'],
      frameTitle: 'ran',
      framePath: '/body',
    });
  }, 60_000);

  it('asks for everything that it names', async () => {
    const seen = await show({ html: bodyOf(fetching(outside())) }, undefined, FETCHED);
    expect(seen.hits).toEqual(FETCHED);
  }, 60_000);

  it.each([
    ['a form', form, 'button', '/form'],
    ['a refresh', refresh, undefined, '/refresh'],
    ['another base', base, 'a', '/relative'],
  ])(
    'goes elsewhere by %s',
    async (_name, body, press, url) => {
      const seen = await show({ html: bodyOf(body(outside())) }, press, [url]);
      expect(seen.hits).toEqual([url]);
    },
    60_000,
  );
});

describe('its policy alone', () => {
  it.each([
    ['runs no script', script, 'a'],
    ['asks nobody', fetching, undefined],
    ['sends no form', form, 'button'],
    ['goes nowhere', refresh, undefined],
  ])(
    '%s',
    async (_name, body, press) => {
      expect(await show({ csp: policy(), html: bodyOf(body(outside())) }, press)).toEqual(NOTHING);
    },
    60_000,
  );

  it('takes no other base', async () => {
    const seen = await show({ csp: policy(), html: bodyOf(base(outside())) }, 'a');
    expect(seen.hits).toEqual([]);
  }, 60_000);

  it.each([
    ['runs no script', script, 'a'],
    ['sends no form', form, 'button'],
  ])(
    '%s where its sandbox is not known',
    async (_name, body, press) => {
      const csp = policy().replace(/^sandbox[^;]*; /, '');
      expect(csp).not.toContain('sandbox');
      const seen = await show({ csp, html: bodyOf(body(outside())) }, press);
      expect([seen.hits, seen.told, seen.framePath]).toEqual([[], [], '/body']);
    },
    60_000,
  );
});

describe('the sandbox of its frame alone', () => {
  it.each([
    ['runs no script', script, 'a'],
    ['sends no form', form, 'button'],
    ['goes nowhere', refresh, undefined],
  ])(
    '%s',
    async (_name, body, press) => {
      const sandbox = { ...(SANDBOX !== undefined && { sandbox: SANDBOX }) };
      expect(await show({ ...sandbox, html: bodyOf(body(outside())) }, press)).toEqual(NOTHING);
    },
    60_000,
  );
});

describe('the sanitiser alone', () => {
  it.each([
    ['runs no script', script],
    ['asks nobody', fetching],
    ['sends no form', form],
    ['goes nowhere', refresh],
    ['takes no other base', base],
  ])(
    '%s',
    async (_name, body) => {
      const { html } = sanitizeMail(body(outside()), { remote: { mode: 'block' } });

      expect(await show({ html: bodyOf(html) })).toEqual(NOTHING);
      expect(html).not.toMatch(/<script|onerror|<svg|<iframe|<form|<button|<base|<meta/i);
      expect(html).not.toMatch(/javascript:|position:\s*fixed/i);
    },
    60_000,
  );
});
