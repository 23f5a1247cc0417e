import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { AppError } from '../../../src/base/errors';
import { silentLog } from '../../../src/base/log';
import { createGuardedFetch, type GuardedFetchDeps } from '../../../src/kernel/fetch';

const LIMITS = { maxBytes: 10_000, timeoutMs: 10_000 };

interface Seen {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
}
type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

let server: http.Server;
let port = 0;
let answer: Answer = (_request, response) => response.end('hello');
const seen: Seen[] = [];

beforeAll(async () => {
  server = http.createServer((request, response) => {
    seen.push({ path: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});
beforeEach(() => {
  seen.length = 0;
  answer = (_request, response) => response.end('hello');
});

const aFetch = (deps: Partial<GuardedFetchDeps> = {}) =>
  createGuardedFetch({ log: silentLog(), allowPrivate: [`127.0.0.1:${port}`], ...deps });
const local = (path = '/') => `http://127.0.0.1:${port}${path}`;
const caught = async (work: Promise<unknown>): Promise<AppError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error(`no AppError but ${String(error)}`);
};

describe('addresses', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://0x7f.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://017700000001/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://①②⑦.0.0.1/',
    'http://127。0。0。1/',
    'http://%31%32%37.0.0.1/',
    'http://0/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::127.0.0.1]/',
    'http://[2002:7f00:1::]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://0xA9FEA9FE/',
    'http://10.0.0.1/',
    'http://172.16.5.4/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://224.0.0.1/',
    'https://255.255.255.255/',
    'http://localhost/',
    'http://LOCALHOST./',
  ])('refuses %s', async (url) => {
    expect(await caught(aFetch()(url, LIMITS))).toMatchObject({
      code: 'fetch/refused',
      details: { reason: 'address not public' },
    });
  });

  it.each([
    'file:///etc/passwd',
    'ftp://example.org/',
    'gopher://example.org/',
    'data:text/plain,x',
    'javascript:alert(1)',
    'http://user:secret@example.org/',
    'http://user@example.org/',
    'http://127.0.0.1@example.org/',
    'http://example.org:22/',
    'http://example.org:8080/',
    'http://[fe80::1%25eth0]/',
    'http://256.256.256.256/',
    'http:///',
    '/relative',
    'nonsense',
    `http://example.org/${'x'.repeat(5_000)}`,
  ])('refuses %s before any name is resolved', async (url) => {
    const lookup = jest.fn(async () => [{ address: '8.8.8.8', family: 4 }]);

    expect(await caught(aFetch({ lookup })(url, LIMITS))).toMatchObject({ code: 'fetch/refused' });
    expect(lookup).not.toHaveBeenCalled();
  });

  it('refuses a name with one private address among public ones', async () => {
    const lookup = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '::ffff:10.0.0.1', family: 6 },
    ];

    expect(await caught(aFetch({ lookup })('http://mixed.example/', LIMITS))).toMatchObject({
      code: 'fetch/refused',
    });
  });

  it('says the same of a private name, of none, and of open and closed internal ports', async () => {
    const fetch = aFetch({
      allowPrivate: [],
      allowHosts: [`127.0.0.1:${port}`, '127.0.0.1:1', 'private.example', 'missing.example'],
      lookup: async (host) => {
        if (host === 'missing.example') throw new Error('ENOTFOUND');
        return [{ address: '10.0.0.1', family: 4 }];
      },
    });
    const urls = [
      local(),
      'http://127.0.0.1:1/',
      'http://private.example/',
      'http://missing.example/',
    ];

    const errors = await Promise.all(urls.map((url) => caught(fetch(url, LIMITS))));

    const texts = errors.map(({ code, textKey, message, details }) =>
      JSON.stringify({ code, textKey, message, details }),
    );
    expect(new Set(texts).size).toBe(1);
    expect(seen).toEqual([]);
  });

  it('connects to the address that was checked, resolving once, whatever the name says later', async () => {
    const lookup = jest.fn(async () => [{ address: '127.0.0.1', family: 4 }]);
    const fetch = aFetch({ lookup, allowPrivate: [`rebind.example:${port}`] });

    const { body } = await fetch(`http://rebind.example:${port}/x`, LIMITS);

    expect(body.toString()).toBe('hello');
    expect(lookup).toHaveBeenCalledTimes(1);
    expect(seen[0]?.headers.host).toBe(`rebind.example:${port}`);
  });

  it('contacts only the hosts of its list, with wildcards and ports', async () => {
    const asked: string[] = [];
    const fetch = aFetch({
      allowHosts: ['caldav.example', '*.gouv.example', 'dav.example:8443'],
      lookup: async (host) => {
        asked.push(host);
        return [{ address: '10.0.0.1', family: 4 }];
      },
    });
    const hosts = [
      'caldav.example',
      'CALDAV.example',
      'a.gouv.example',
      'gouv.example',
      'evilgouv.example',
      'caldav.example.evil',
      'caldav.example:8443',
      'dav.example:8443',
      'dav.example',
    ];
    for (const host of hosts) await caught(fetch(`https://${host}/`, LIMITS));

    expect(asked).toEqual(['caldav.example', 'caldav.example', 'a.gouv.example', 'dav.example']);
  });
});

describe('redirects', () => {
  const redirectTo =
    (location: string): Answer =>
    (_request, response) =>
      void response.writeHead(302, { location }).end('moved');

  it('follows up to three, giving the last address', async () => {
    answer = (request, response) => {
      const step = Number(request.url?.slice(1));
      if (step < 3) response.writeHead(302, { location: `/${step + 1}` }).end();
      else response.end('there');
    };

    const result = await aFetch()(local('/0'), LIMITS);

    expect(result).toMatchObject({ status: 200, url: local('/3') });
    expect(result.body.toString()).toBe('there');
  });

  it('ends a loop', async () => {
    answer = redirectTo('/again');

    expect(await caught(aFetch()(local(), LIMITS))).toMatchObject({ code: 'fetch/failed' });
    expect(seen).toHaveLength(4);
    expect(await caught(aFetch()(local(), { ...LIMITS, maxRedirects: 0 }))).toBeDefined();
    expect(seen).toHaveLength(5);
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://[::1]/',
    'file:///etc/passwd',
    '//user:pass@8.8.8.8/',
    'http://8.8.8.8:25/',
    'http://0x7f.1/',
  ])('checks the target %s like a first address', async (location) => {
    answer = redirectTo(location);

    expect(await caught(aFetch()(local(), LIMITS))).toMatchObject({ code: 'fetch/refused' });
  });
});

describe('methods of WebDAV', () => {
  const sent: { method: string | undefined; body: string; depth: unknown }[] = [];
  const noting =
    (then: Answer): Answer =>
    (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        sent.push({ method: request.method, body, depth: request.headers['depth'] });
        then(request, response);
      });
    };
  const led =
    (location: string, status = 301): Answer =>
    (request, response) => {
      if (request.url === '/') response.writeHead(status, { location }).end();
      else response.writeHead(207).end('there');
    };
  const OF_DAV = {
    ...LIMITS,
    headers: { Depth: '1', 'If-Match': '"1"', Authorization: 'Basic x' },
  };
  beforeEach(() => {
    sent.length = 0;
  });

  it.each(['PROPFIND', 'REPORT', 'PUT'] as const)(
    'sends %s with its body and headers',
    async (method) => {
      answer = noting((_request, response) => response.writeHead(207).end());

      const { status } = await aFetch()(local(), { ...OF_DAV, method, body: '<a/>' });

      expect([status, sent]).toEqual([207, [{ method, body: '<a/>', depth: '1' }]]);
      expect(seen[0]?.headers['if-match']).toBe('"1"');
    },
  );

  it.each(['OPTIONS', 'DELETE'] as const)('sends %s without a body', async (method) => {
    answer = noting((_request, response) => response.writeHead(204).end());

    await aFetch()(local(), { ...OF_DAV, method, body: 'not sent' });

    expect(sent).toEqual([{ method, body: '', depth: '1' }]);
  });

  it.each(['PROPFIND', 'REPORT'] as const)('asks %s again on the same origin', async (method) => {
    answer = noting(led('/dav/'));

    const { url } = await aFetch()(local(), { ...OF_DAV, method, body: '<a/>' });

    const asked = { method, body: '<a/>', depth: '1' };
    expect([url, sent]).toEqual([local('/dav/'), [asked, asked]]);
    expect(seen[1]?.headers.authorization).toBe('Basic x');
  });

  it.each(['OPTIONS', 'PROPFIND', 'REPORT', 'PUT', 'DELETE'] as const)(
    'takes %s to no other origin',
    async (method) => {
      // Another name of the same server: what would arrive is seen.
      const other = `http://other.test:${port}`;
      answer = noting(led(`${other}/dav/`));
      const fetch = aFetch({
        allowPrivate: [`127.0.0.1:${port}`, `other.test:${port}`],
        lookup: async () => [{ address: '127.0.0.1', family: 4 }],
      });

      const error = await caught(fetch(local(), { ...OF_DAV, method }));

      expect(error.details['reason']).toBe(`redirect of a ${method}`);
      expect(seen).toHaveLength(1);
    },
  );

  it.each(['PUT', 'DELETE'] as const)('follows no redirect of %s', async (method) => {
    answer = noting(led('/dav/', 307));

    const error = await caught(aFetch()(local(), { ...OF_DAV, method }));

    expect(error.details['reason']).toBe(`redirect of a ${method}`);
    expect(seen).toHaveLength(1);
  });

  it('makes no other question of a REPORT that is answered with 303', async () => {
    answer = noting(led('/dav/', 303));

    const error = await caught(aFetch()(local(), { ...OF_DAV, method: 'REPORT', body: '<a/>' }));

    expect(error.details['reason']).toBe('redirect of a REPORT');
  });
});

describe('what is sent and received', () => {
  it('sends no cookie, credential or referrer, also after a redirect that sets one', async () => {
    answer = (request, response) => {
      if (request.url === '/next') response.end();
      else response.writeHead(302, { location: '/next', 'set-cookie': 'id=1' }).end();
    };

    const { headers } = await aFetch()(local(), LIMITS);

    expect(seen).toHaveLength(2);
    for (const { headers: sent } of seen) {
      expect(Object.keys(sent).sort()).toEqual([
        'accept',
        'accept-encoding',
        'connection',
        'host',
        'user-agent',
      ]);
    }
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('gives status, type and body of an error answer as well', async () => {
    answer = (_request, response) =>
      void response
        .writeHead(404, { 'content-type': 'Text/HTML; charset=utf-8', 'X-Two': ['a', 'b'] })
        .end('none');

    expect(await aFetch()(local(), { ...LIMITS, accept: ['image/*'] })).toMatchObject({
      status: 404,
      contentType: 'text/html',
      headers: { 'x-two': 'a, b' },
      body: Buffer.from('none'),
    });
  });

  it('refuses a type that was not asked for', async () => {
    answer = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end('<script>');
    const fetch = aFetch();

    expect(await caught(fetch(local(), { ...LIMITS, accept: ['image/*'] }))).toMatchObject({
      code: 'fetch/failed',
    });
    expect(await fetch(local(), { ...LIMITS, accept: ['image/*', 'text/html'] })).toMatchObject({
      status: 200,
    });
    expect(seen[1]?.headers.accept).toBe('image/*, text/html');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('decompresses %s', async (encoding, compress) => {
    answer = (_request, response) =>
      void response.writeHead(200, { 'content-encoding': encoding }).end(compress('bonjour'));

    expect((await aFetch()(local(), LIMITS)).body.toString()).toBe('bonjour');
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('stops a %s bomb at the cap', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(5_000_000));
    answer = (_request, response) =>
      void response.writeHead(200, { 'content-encoding': encoding }).end(bomb);

    expect(bomb.length).toBeLessThan(LIMITS.maxBytes);
    expect(await caught(aFetch()(local(), LIMITS))).toMatchObject({
      code: 'fetch/failed',
      details: { reason: 'too large' },
    });
  });

  it.each([
    ['declared', (response: http.ServerResponse) => response.end(Buffer.alloc(10_001))],
    [
      'streamed',
      (response: http.ServerResponse) => {
        response.write(Buffer.alloc(6_000));
        response.end(Buffer.alloc(6_000));
      },
    ],
  ])('stops a body over the cap, %s', async (_name, send) => {
    answer = (_request, response) => {
      send(response);
    };

    expect(await caught(aFetch()(local(), LIMITS))).toMatchObject({
      code: 'fetch/failed',
      details: { reason: 'too large' },
    });
  });

  it.each(['gzip', 'br', 'deflate', 'gzip, gzip', 'zstd'])(
    'fails on a body that is not the %s it claims',
    async (encoding) => {
      answer = (_request, response) =>
        void response.writeHead(200, { 'content-encoding': encoding }).end('plain text');

      expect(await caught(aFetch()(local(), LIMITS))).toMatchObject({ code: 'fetch/failed' });
    },
  );
});

describe('time', () => {
  it.each([
    ['never answers', () => {}],
    [
      'drips',
      (response: http.ServerResponse) => {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('gives up a server that %s', async (_name, send: (response: http.ServerResponse) => void) => {
    answer = (_request, response) => send(response);

    expect(await caught(aFetch()(local(), { ...LIMITS, timeoutMs: 200 }))).toMatchObject({
      code: 'fetch/failed',
      details: { isConnected: true },
    });
  });

  it('gives up a resolver that hangs, and a caller that leaves', async () => {
    const hanging = aFetch({ lookup: () => new Promise(() => {}) });
    expect(
      await caught(hanging('http://slow.example/', { ...LIMITS, timeoutMs: 50 })),
    ).toMatchObject({ code: 'fetch/refused' });

    const abort = new AbortController();
    answer = () => abort.abort();
    expect(await caught(aFetch()(local(), { ...LIMITS, signal: abort.signal }))).toMatchObject({
      code: 'fetch/failed',
    });
    expect(await caught(aFetch()(local(), { ...LIMITS, signal: abort.signal }))).toMatchObject({
      code: 'fetch/failed',
    });
  });

  it('fails when nothing listens or the connection is cut', async () => {
    answer = (request) => void request.socket.destroy();

    expect(await caught(aFetch()(local(), LIMITS))).toMatchObject({
      code: 'fetch/failed',
      details: { isConnected: true },
    });
    const closed = aFetch({ allowPrivate: ['127.0.0.1:1'] })('http://127.0.0.1:1/', LIMITS);
    expect(await caught(closed)).toMatchObject({
      code: 'fetch/failed',
      details: { isConnected: false },
    });
  });
});

describe('what a caller adds', () => {
  it('posts a body with the headers that may be sent', async () => {
    let body = '';
    answer = (request, response) => {
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => response.end(request.method));
    };

    const { body: told } = await aFetch()(local(), {
      ...LIMITS,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer x', 'X-Key': '1' },
      body: '{"a":1}',
    });

    expect([String(told), body]).toEqual(['POST', '{"a":1}']);
    expect(seen[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer x',
      'x-key': '1',
      'user-agent': 'Estafette',
    });
  });

  it.each([
    { Host: 'evil.example' },
    { Cookie: 'a=1' },
    { 'Transfer-Encoding': 'chunked' },
    { 'Content-Length': '1' },
    { Connection: 'close' },
    { 'X-Forwarded-For': '10.0.0.1' },
    { 'Proxy-Authorization': 'x' },
    { Accept: 'a\r\nHost: evil.example' },
    { 'bad name': 'x' },
    Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`X-${n}`, 'x'])),
    { 'X-Long': 'x'.repeat(9_000) },
  ])('refuses %j before anything is sent', async (headers) => {
    const error = await caught(aFetch()(local(), { ...LIMITS, headers }));

    expect(error.code).toBe('fetch/refused');
    expect(seen).toEqual([]);
  });

  it('does not carry a POST, nor headers meant for one origin, to another', async () => {
    answer = (request, response) => {
      if (request.url === '/') response.writeHead(307, { location: `http://localhost:${port}/x` });
      response.end('there');
    };
    const both = aFetch({
      allowPrivate: [`127.0.0.1:${port}`, `localhost:${port}`],
      lookup: async () => [{ address: '127.0.0.1', family: 4 }],
    });

    await both(local(), { ...LIMITS, headers: { Authorization: 'Bearer x' } });
    const error = await caught(both(local(), { ...LIMITS, method: 'POST', body: 'secret' }));

    expect(seen[0]?.headers.authorization).toBe('Bearer x');
    expect(seen[1]?.headers.authorization).toBeUndefined();
    expect(error.code).toBe('fetch/failed');
    expect(seen.map(({ path }) => path)).toEqual(['/', '/x', '/']);
  });

  it('asks at each hop whether it may, private exception or not', async () => {
    answer = (request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/private' });
      response.end();
    };
    const fetch = aFetch({ isAllowed: ({ pathname }) => pathname === '/' });

    expect((await caught(fetch(local(), LIMITS))).code).toBe('fetch/refused');
    expect(seen.map(({ path }) => path)).toEqual(['/']);
  });

  it('does not let an exception for a private address widen a list of hosts', async () => {
    const error = await caught(aFetch({ allowHosts: ['dav.example'] })(local(), LIMITS));

    expect(error.code).toBe('fetch/refused');
    expect(seen).toEqual([]);
  });
});
