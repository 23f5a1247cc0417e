import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpClient } from '../../bench/http-client';
import { filesOfAsset, filesOfPage, weigh } from '../../bench/weight';

describe('files that a page asks for', () => {
  it('counts styles, scripts, images and the icon sprite once each', () => {
    const html = `<link rel="stylesheet" href="/assets/app-1.css"><link rel="canonical" href="/mail">
      <script type="module" src="/assets/app-1.js"></script><img alt="" src="/assets/logo.svg">
      <svg><use href="/assets/icons.svg#inbox"></use></svg><svg><use href="/assets/icons.svg#star"></use></svg>
      <link rel="icon" href="data:,">`;

    expect(filesOfPage(html)).toEqual([
      '/assets/app-1.css',
      '/assets/app-1.js',
      '/assets/logo.svg',
      '/assets/icons.svg',
    ]);
  });

  it('follows what styles and modules ask for, but not what they carry', () => {
    const style =
      '@import \'/x\';a{background:url("data:image/png;base64,AA")}b{src:url(font.woff2)}';

    expect(filesOfAsset('/assets/app.css', style)).toEqual(['/assets/font.woff2']);
    expect(filesOfAsset('/assets/app.js', 'import("./squire-1.js");import x from"./y.js"')).toEqual(
      ['/assets/squire-1.js', '/assets/y.js'],
    );
  });
});

describe('a cold visit', () => {
  let server: Server;
  let client: HttpClient;
  const files: Readonly<Record<string, string>> = {
    '/one': '<link rel="stylesheet" href="/a.css"><iframe src="/inner"></iframe>',
    '/two': '<link rel="stylesheet" href="/a.css"><script src="/lost.js"></script>',
    '/inner': '<p>text</p>',
    '/a.css': 'a{background:url(/b.svg)}',
    '/b.svg': '<svg/>',
  };

  beforeAll(async () => {
    server = createServer((req, res) => {
      const text = files[req.url ?? ''];
      const isCompressed = req.headers['accept-encoding']?.includes('br') ?? false;
      res.writeHead(text === undefined ? 404 : 200).end(isCompressed ? text?.slice(0, 5) : text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new HttpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(() => {
    client.close();
    server.close();
  });

  it('counts each file once, as it travels, with the documents inside documents', async () => {
    const weight = await weigh(
      client,
      ['/one', '/two'],
      (html) => /src="(\/inner)"/.exec(html)?.[1],
    );

    expect(weight.files).toEqual([
      { url: '/a.css', bytes: 5, status: 200 },
      { url: '/lost.js', bytes: 0, status: 404 },
      { url: '/b.svg', bytes: 5, status: 200 },
    ]);
    expect(weight.pages.map(({ url }) => url)).toEqual(['/one', '/two', '/inner']);
    expect([weight.fileBytes, weight.requests]).toEqual([10, 6]);
  });
});
