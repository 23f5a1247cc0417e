import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { sanitizeMail } from '../../src/mime';
import { bodyFrameCsp } from '../../src/view';
import { type BrowserStand, startBrowser } from '../kit/browser';

/** The two layers around a message body, each tried without the other (threats X27). */
let stand: BrowserStand;
let remote: Server;
let local: Server;
let hits: string[];
let documents: { csp: string | undefined; html: string };
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const hostile = (out: string): string => `
<script>parent.postMessage('ran','*');document.title='ran';new Image().src='${out}/script'</script>
<img src=x onerror="new Image().src='${out}/onerror'">
<svg onload="new Image().src='${out}/svg'"><animate onbegin="new Image().src='${out}/begin'"/></svg>
<img src="${out}/img"><img srcset="${out}/srcset 2x"><video poster="${out}/poster"></video><audio src="${out}/audio"></audio>
<body background="${out}/background"><table background="${out}/table"><tr><td>x</td></tr></table>
<link rel="stylesheet" href="${out}/link"><link rel="preload" as="image" href="${out}/preload"><link rel="dns-prefetch" href="${out}">
<style>@import url(${out}/import);@font-face{font-family:f;src:url(${out}/font)}body{background:url(${out}/css);font-family:f}</style>
<p style="background:url(${out}/inline)">x</p>
<iframe src="${out}/iframe"></iframe><object data="${out}/object"></object><embed src="${out}/embed">
<form action="${out}/form" method="post"><input name="a"><button id="go">ok</button></form>
<meta http-equiv="refresh" content="0;url=${out}/refresh"><base href="${out}/">
<a href="javascript:new Image().src='${out}/href'" id="link">lien</a>
<div style="position:fixed;inset:0;z-index:9999">recouvre</div>`;

beforeAll(async () => {
  stand = await startBrowser();
  remote = createServer((req, res) => {
    hits.push(req.url ?? '');
    res.writeHead(200, { 'Content-Type': 'text/plain' }).end('hit');
  });
  local = createServer((req, res) => {
    if (req.url === '/body') {
      res.writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        ...(documents.csp !== undefined && { 'Content-Security-Policy': documents.csp }),
      });
      res.end(documents.html);
      return;
    }
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    res.end(
      '<!doctype html><title>page</title><iframe src="/body" sandbox="allow-popups allow-popups-to-escape-sandbox" width="600" height="400"></iframe>',
    );
  });
  for (const server of [remote, local]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
}, 60_000);
afterAll(async () => {
  await stand?.close();
  remote.close();
  local.close();
});

async function show(
  document: typeof documents,
  act?: (page: Page) => Promise<void>,
): Promise<Page> {
  hits = [];
  documents = document;
  const page = await stand.browser.newPage();
  await page.goto(`http://127.0.0.1:${portOf(local)}/`);
  await page.waitForLoadState('networkidle');
  await act?.(page);
  await page.waitForLoadState('networkidle');
  return page;
}
const outside = (): string => `http://127.0.0.1:${portOf(remote)}`;

describe('the framed body', () => {
  it('is told by a listener that hears', async () => {
    const page = await show({ csp: undefined, html: `<img src="${outside()}/control">` });
    expect(hits).toEqual(['/control']);
    await page.close();
  }, 60_000);

  it('with the sanitiser off: no script, no remote request, no navigation, no form', async () => {
    const page = await show(
      { csp: bodyFrameCsp(`http://127.0.0.1:${portOf(local)}/image/`), html: hostile(outside()) },
      async (shown) => {
        const frame = shown.frames()[1];
        await frame
          ?.locator('#go')
          .evaluate((button) => (button as unknown as { click(): void }).click())
          .catch(() => undefined);
      },
    );

    expect(hits).toEqual([]);
    expect(await page.title()).toBe('page');
    expect(new URL(page.url()).pathname).toBe('/');
    expect(page.frames()[1]?.url()).toContain('/body');
    await page.close();
  }, 60_000);

  it('with its policy off: the sanitised mail runs nothing and asks nobody', async () => {
    const { html } = sanitizeMail(hostile(outside()), { remote: { mode: 'block' } });
    const page = await show({ csp: undefined, html: `<!doctype html><title>corps</title>${html}` });

    expect(hits).toEqual([]);
    expect(html).not.toMatch(/<script|onerror|<svg|<iframe|<form|javascript:|position:\s*fixed/i);
    expect(page.frames()[1]?.url()).toContain('/body');
    await page.close();
  }, 60_000);
});
