import { request } from 'node:http';
import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { factorPlugin } from '../kit/factor-plugin';

const ROOT = path.resolve(__dirname, '..', '..');

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request with any Host and any headers, without redirects. */
function ask(
  port: number,
  target: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path: target,
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
        // An event stream never ends: its status is all that is asked.
        if (String(response.headers['content-type']).startsWith('text/event-stream')) {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '' });
          response.destroy();
        }
      },
    );
    call.on('error', reject);
    call.end(options.body);
  });
}

/** A concrete path for a pattern of the routing table. */
const fill = (pattern: string): string =>
  pattern
    .replace(':account', 'me')
    .replace(':mailbox', 'INBOX')
    .replace(':uid', '1')
    .replace(':part', '1')
    .replace(':draft', 'AAAAAAAAAAAAAAAAAAAAAA')
    .replace(':attachment', 'AAAAAAAAAAAAAAAAAAAAAA')
    .replace(':section', 'display')
    .replace(':tag', 'AAAAAAAAAAAAAAAAAAAAAA');

/** Reachable by anybody, by contract. */
const PUBLIC = new Set([
  'get /login',
  'post /login',
  'post /logout',
  'get /image/:tag',
  'get /login/bye',
  'get /login/:plugin/:method/callback',
  'get /login/:plugin/:method/notice',
  'get /help/lost',
  'get /help/locked',
  'get /help/hacked',
  'get /manifest.webmanifest',
  'get /service-worker.js',
]);
const HTML = { Accept: 'text/html' };
const JSON_TYPE = { Accept: 'application/json' };

let demo: DemoApp;
const credentials = () => {
  const agent = demo.stack.agents[0];
  return [agent?.username ?? '', agent?.password ?? ''] as const;
};

describe('a session that awaits its second factor', () => {
  let web: WebAgent;

  beforeAll(async () => {
    demo = await startDemoApp({
      root: ROOT,
      port: 0,
      app: { log: { level: 'silent' } },
      site: (id, file) => (id === 'saisons' ? { ...file, plugins: { 'test-factor': true } } : file),
      options: { extraPlugins: [factorPlugin()] },
    });
    web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    const page = await web.signIn(...credentials());
    expect(page.url).toBe('/test-factor/');
  });
  afterAll(async () => {
    await demo?.stop();
  });

  it('has a routing table worth trying', () => {
    expect(demo.app.routes.length).toBeGreaterThan(30);
  });

  it('reaches nothing of the mailbox, by page, JSON, frame or stream', async () => {
    const reached: string[] = [];
    const tried = [
      ...demo.app.routes,
      { method: 'get', path: '/test-factor/private', access: 'open' },
    ];
    for (const { method, path: pattern } of tried) {
      if (PUBLIC.has(`${method} ${pattern}`) || pattern === '/challenge') continue;
      for (const kind of [
        HTML,
        JSON_TYPE,
        { Accept: 'text/event-stream' },
        { ...HTML, 'Turbo-Frame': 'reading' },
      ]) {
        const answer = await ask(demo.port, fill(pattern), {
          method,
          headers: { ...kind, Cookie: web.cookies },
        });
        const location = String(answer.headers['location'] ?? '');
        const isRefused =
          (answer.status === 302 && /^\/challenge(?:\?next=|$)/.test(location)) ||
          answer.status === 401 ||
          answer.status === 403;
        if (!isRefused) reached.push(`${method} ${pattern} (${kind.Accept}): ${answer.status}`);
      }
    }
    expect(reached).toEqual([]);
  }, 60_000);

  it('is not opened by a wrong answer, and opens with a new id by the right one', async () => {
    const before = web.cookie('estafette');
    const challenge = await web.get('/challenge');
    const token = (await web.get('/test-factor')).status;
    expect(token).toBe(200);
    const csrf =
      challenge.find('name', 'csrf-token')?.attribs['content'] ??
      challenge.find('name', '_csrf')?.attribs['value'];

    const wrong = await web.post('/test-factor', [
      ['_csrf', csrf ?? ''],
      ['code', 'wrong'],
    ]);
    const right = await web.post('/test-factor', [
      ['_csrf', csrf ?? ''],
      ['code', 'right'],
    ]);
    const replay = await ask(demo.port, '/mail/me/INBOX', {
      headers: { ...JSON_TYPE, Cookie: `estafette=${before}` },
    });

    expect(wrong.status).toBe(403);
    expect(right.status).toBe(200);
    expect(right.url).toBe('/mail/me/INBOX');
    expect(web.cookie('estafette')).not.toBe(before);
    expect(replay.status).toBe(401);
  });
});

describe('an open session', () => {
  let web: WebAgent;

  beforeAll(async () => {
    demo = await startDemoApp({
      root: ROOT,
      port: 0,
      app: { log: { level: 'silent' } },
      options: { extraPlugins: [factorPlugin()] },
    });
    web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    expect((await web.signIn(...credentials())).status).toBe(200);
  });
  afterAll(async () => {
    await demo?.stop();
  });

  it('changes nothing without the token, whatever the route and the type of body', async () => {
    const accepted: string[] = [];
    const bodies: [string, string][] = [
      ['application/x-www-form-urlencoded', 'uid=1&uidvalidity=1&to=Trash'],
      ['application/json', '{"uid":"1"}'],
      ['text/plain', 'uid=1'],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\na\r\n--x--\r\n',
      ],
    ];
    for (const { method, path: pattern } of demo.app.routes.filter(
      (route) => route.method === 'post',
    )) {
      for (const [type, body] of bodies) {
        const headers = { ...HTML, Cookie: web.cookies, 'Content-Type': type };
        const answer = await ask(demo.port, fill(pattern), { method, headers, body });
        if (answer.status !== 403) accepted.push(`${pattern} (${type}): ${answer.status}`);
      }
    }
    expect(accepted).toEqual([]);
  }, 60_000);

  it('refuses a token sent from another origin', async () => {
    const page = await web.get('/mail/me/INBOX');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';

    const answer = await ask(demo.port, '/settings/display', {
      method: 'POST',
      headers: {
        ...HTML,
        Cookie: web.cookies,
        Origin: 'https://elsewhere.example',
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ _csrf: token, theme: 'dark' }).toString(),
    });

    expect(answer.status).toBe(403);
  });

  it('is nobody on another ministry’s host', async () => {
    const answer = await ask(demo.port, '/mail/me/INBOX', {
      headers: { ...JSON_TYPE, Cookie: web.cookies, Host: `marees.localhost:${demo.port}` },
    });

    expect(answer.status).toBe(401);
  });

  it('leaves no trace of a plugin that is off for the site', async () => {
    const page = await web.get('/mail/me/INBOX');
    const route = await ask(demo.port, '/test-factor/open', {
      headers: { ...HTML, Cookie: web.cookies },
    });

    expect(route.status).toBe(404);
    expect(page.text).not.toContain('test-factor');
  });

  it('carries the security headers on every page, errors included', async () => {
    for (const target of [
      '/login',
      '/mail/me/INBOX',
      '/nowhere',
      '/mail/me/Nothing',
      '/assets/none.css',
    ]) {
      const { headers } = await ask(demo.port, target, {
        headers: { ...HTML, Cookie: web.cookies },
      });
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(String(headers['content-security-policy'])).toContain("default-src 'none'");
      expect(String(headers['content-security-policy'])).not.toContain('unsafe');
      expect(headers['x-request-id']).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}$/);
    }
  });

  it('keeps the database and the mailbox as they are whatever is fetched', async () => {
    const username = credentials()[0];
    const before = JSON.stringify(snapshot(username));
    for (const { method, path: pattern } of demo.app.routes.filter(
      (route) => route.method === 'get',
    )) {
      const target = fill(pattern);
      if (pattern === '/events') continue;
      await ask(demo.port, target, { method, headers: { ...HTML, Cookie: web.cookies } });
    }
    for (const target of [
      '/compose?reply=INBOX/1',
      '/compose?forward=INBOX/1',
      '/compose?to=a@b.example',
    ]) {
      await ask(demo.port, target, { headers: { ...HTML, Cookie: web.cookies } });
    }

    const drafts: unknown[] = await demo.app.db.knex('drafts').select('*');
    expect(drafts).toEqual([]);
    expect(JSON.stringify(snapshot(username))).toBe(before);
  }, 60_000);

  it('survives uploads that end in the middle, or have no boundary', async () => {
    const page = await web.get('/compose');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
    for (const [type, body] of [
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
      ],
      ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="fi'],
      ['multipart/form-data', 'x'],
      ['multipart/form-data; boundary=', 'x'],
    ] as const) {
      const answer = await ask(demo.port, '/compose/AAAAAAAAAAAAAAAAAAAAAA/attachments', {
        method: 'POST',
        headers: { ...JSON_TYPE, Cookie: web.cookies, 'Content-Type': type, 'X-CSRF-Token': token },
        body,
      });
      expect(answer.status).toBe(400);
    }
    expect((await ask(demo.port, '/health/live')).status).toBe(200);
  }, 60_000);

  it('answers an upload over the limit instead of waiting for it', async () => {
    const page = await web.get('/compose');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
    const upload = new FormData();
    upload.set('file', new Blob([Buffer.alloc(22_000_000)]), 'grand.bin');

    const answer = await web.raw('/compose/AAAAAAAAAAAAAAAAAAAAAA/attachments', {
      method: 'POST',
      body: upload,
      headers: { ...JSON_TYPE, 'X-CSRF-Token': token },
    });

    expect(answer.status).toBe(413);
  }, 60_000);

  it('refuses redirects to elsewhere', async () => {
    for (const next of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/%09/evil.example',
      '/\t/evil.example',
    ]) {
      const answer = await ask(demo.port, `/login?next=${encodeURIComponent(next)}`, {
        headers: { ...HTML, Cookie: web.cookies },
      });
      expect(new URL(String(answer.headers['location']), 'http://self.test').host).toBe(
        'self.test',
      );
    }
  });

  it.each(['/mail/me/%', '/mail/me/%E0%A4%A', '/mail/me/INBOX/%00'])(
    'answers 4xx to the malformed path %s',
    async (target) => {
      const answer = await ask(demo.port, target, { headers: { ...HTML, Cookie: web.cookies } });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    },
  );
});

/** Mailbox content and flags, but for `\Seen`, which reading sets. */
function snapshot(username: string): unknown {
  if (!('mailbox' in demo.stack.imap)) throw new Error('needs the server in memory');
  const { imap } = demo.stack;
  return ['INBOX', 'Drafts', 'Sent', 'Trash'].map((name) =>
    imap
      .mailbox(username, name)
      .map(({ uid, flags }) => [uid, [...flags].filter((flag) => flag !== '\\Seen').sort()]),
  );
}
