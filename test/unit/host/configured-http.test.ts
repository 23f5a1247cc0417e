import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAppError } from '../../../src/base/errors';
import { silentLog } from '../../../src/base/log';
import { pluginHttp } from '../../../src/host/capabilities/http';
import { checkOrigins } from '../../../src/host/grants';
import { originProblem } from '../../../src/host/needs';
import { createGuardedFetch, type ResolvedAddress } from '../../../src/kernel/fetch';
import { aPlugin, asFound } from './kit';

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A server on loopback that notes what it is asked. */
async function aServer() {
  const seen: Seen[] = [];
  const answers = new Map<string, http.RequestListener>();
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { method, url: path = '', headers } = request;
      seen.push({ method, path, headers, body });
      const answer = answers.get(path);
      if (answer) answer(request, response);
      else response.end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { seen, answers, port, origin: `http://127.0.0.1:${port}`, close };
}
type Server = Awaited<ReturnType<typeof aServer>>;

let idp: Server;
let keys: Server;
let intranet: Server;
beforeEach(async () => {
  [idp, keys, intranet] = await Promise.all([aServer(), aServer(), aServer()]);
});
afterEach(() => Promise.all([idp.close(), keys.close(), intranet.close()]));

const open = (
  configured: readonly string[],
  {
    needs = ['http:configured'],
    addresses = {},
  }: { readonly needs?: readonly string[]; readonly addresses?: Record<string, string> } = {},
) =>
  pluginHttp('sso', {
    needs,
    configured,
    createFetch: (limits) =>
      createGuardedFetch({
        log: silentLog(),
        ...limits,
        lookup: async (host): Promise<readonly ResolvedAddress[]> => {
          const address = addresses[host];
          if (address === undefined) throw new Error('ENOTFOUND');
          return [{ address, family: 4 }];
        },
      }),
  });
const reasonOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    if (isAppError(error)) return `${error.code} ${String(error.details['reason'])}`;
    throw error;
  }
  return 'answered';
};

describe('servers that the operator lists', () => {
  it('are reached though they are private, by the plugin that declares it', async () => {
    const answer = await open([idp.origin])(`${idp.origin}/.well-known/openid-configuration`);

    expect(answer).toMatchObject({ status: 200, body: Buffer.from('{}') });
    expect(idp.seen.map(({ path }) => path)).toEqual(['/.well-known/openid-configuration']);
  });

  it('are nothing to a plugin that does not, nor beyond the list', async () => {
    expect(await reasonOf(open([idp.origin], { needs: [] })(idp.origin))).toMatch(
      /^fetch\/refused/,
    );
    expect(await reasonOf(open([], {})(idp.origin))).toMatch(/^fetch\/refused/);
    expect(await reasonOf(open([idp.origin])(intranet.origin))).toMatch(/^fetch\/refused/);
    expect([...idp.seen, ...intranet.seen]).toEqual([]);
  });

  it.each(['http://0x7f.1', 'http://2130706433', 'http://127.0.0.1.example', 'http://[::1]'])(
    'are not reached as %s',
    async (spelling) => {
      const { port } = intranet;
      expect(await reasonOf(open([idp.origin])(`${spelling}:${port}/`))).toMatch(/^fetch\/refused/);
      expect(intranet.seen).toEqual([]);
    },
  );

  it('open no other private address to http:public, beside it', async () => {
    const both = open([idp.origin], {
      needs: ['http:configured', 'http:public'],
      addresses: { 'rebound.example': '127.0.0.1', 'meta.example': '169.254.169.254' },
    });
    for (const url of [
      `https://127.0.0.1:${idp.port}/`,
      'https://127.0.0.1/',
      'https://rebound.example/',
      'https://meta.example/latest',
    ]) {
      expect(await reasonOf(both(url))).toMatch(/^fetch\/refused/);
    }
  });

  it('may send on to each other, and nowhere else', async () => {
    const redirect =
      (location: string): http.RequestListener =>
      (_request, response) =>
        response.writeHead(302, { location }).end();
    idp.answers.set('/keys', redirect(`${keys.origin}/jwks`));
    idp.answers.set('/inside', redirect(`${intranet.origin}/secret`));
    idp.answers.set('/public', redirect('https://public.example/'));
    idp.answers.set('/scheme', redirect(`https://127.0.0.1:${idp.port}/`));
    const both = open([idp.origin, keys.origin], {
      needs: ['http:configured', 'http:public'],
      addresses: { 'public.example': '192.0.2.1' },
    });

    const options = { headers: { authorization: 'Bearer for-idp' } };
    expect(await reasonOf(both(`${idp.origin}/keys`, options))).toBe('answered');
    expect(keys.seen[0]?.headers.authorization).toBeUndefined();
    expect(await reasonOf(both(`${idp.origin}/inside`))).toMatch(/^fetch\/refused/);
    expect(await reasonOf(both(`${idp.origin}/public`))).toMatch(/^fetch\/refused/);
    expect(await reasonOf(both(`${idp.origin}/scheme`))).toMatch(/^fetch\/refused/);
    expect(intranet.seen).toEqual([]);
    expect(await reasonOf(both(`${idp.origin}/keys`, { redirect: 'error' }))).toBe(
      'fetch/failed too many redirects',
    );
  });

  it('are sent what an OIDC client sends, and no cookie', async () => {
    idp.answers.set('/token', (_request, response) =>
      response
        .writeHead(401, {
          'content-type': 'application/json; charset=utf-8',
          'cache-control': 'no-store',
          'www-authenticate': 'Basic realm="idp"',
          'set-cookie': 'a=b',
          'x-internal': 'node-3',
        })
        .end('{"error":"invalid_client"}'),
    );
    const ask = open([idp.origin]);
    const send = () =>
      ask(`${idp.origin}/token`, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          authorization: 'Basic abc',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'grant_type=refresh_token',
      });
    await send();
    const answer = await send();

    expect(answer).toEqual({
      status: 401,
      contentType: 'application/json',
      headers: {
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
        date: expect.any(String),
        'www-authenticate': 'Basic realm="idp"',
      },
      body: Buffer.from('{"error":"invalid_client"}'),
    });
    expect(idp.seen[1]).toMatchObject({
      method: 'POST',
      body: 'grant_type=refresh_token',
      headers: { authorization: 'Basic abc', 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(idp.seen[1]?.headers.cookie).toBeUndefined();
  });

  it('are given no longer and no more than others', async () => {
    idp.answers.set('/slow', () => {});
    idp.answers.set('/big', (_request, response) => response.end('x'.repeat(50_000)));
    const ask = open([idp.origin]);

    expect(await reasonOf(ask(`${idp.origin}/slow`, { timeoutMs: 80 }))).toMatch(/^fetch\/failed/);
    expect(await reasonOf(ask(`${idp.origin}/big`, { maxBytes: 10_000 }))).toBe(
      'fetch/failed too large',
    );
  });
});

describe('the list', () => {
  it.each([
    'https://idp.example',
    'https://idp.example:8443',
    'http://localhost:4000',
    'http://127.0.0.1',
    'http://[::1]:4000',
  ])('takes %s', (origin) => {
    expect(originProblem(origin)).toBeUndefined();
  });

  it.each([
    'http://idp.example',
    'http://10.0.0.1',
    'https://idp.example/',
    'https://idp.example/path',
    'https://user@idp.example',
    'https://Idp.example',
    'https://idp.example:443',
    'idp.example',
    'ftp://idp.example',
    '',
  ])('refuses %j', (origin) => {
    expect(originProblem(origin)).toBeDefined();
  });

  it('opens nothing by an entry that is refused', async () => {
    const plain = 'http://idp.example';
    const ask = open([plain], { addresses: { 'idp.example': '192.0.2.1' } });
    expect(await reasonOf(ask(plain))).toMatch(/^fetch\/refused/);
  });

  it('is checked with the plugins that are there', () => {
    const found = [
      asFound(aPlugin('sso', { needs: ['http:configured'] })),
      asFound(aPlugin('notes')),
    ];
    const issues = checkOrigins({
      origins: {
        ssso: ['https://idp.example'],
        sso: ['https://idp.example', 'http://idp.example'],
        notes: ['https://notes.example'],
      },
      found,
      installed: ['sso', 'notes'],
      source: { file: 'plugins.json', value: {}, lines: new Map() },
    });

    expect(issues.map(({ path }) => path)).toEqual([
      'origins.ssso',
      'origins.sso.1',
      'origins.notes',
    ]);
    expect(issues[0]?.message).toContain('did you mean "sso"?');
  });
});
