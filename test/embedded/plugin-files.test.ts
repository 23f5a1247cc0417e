import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { DemoApp } from '../../src/demo';
import type { PluginFile, PluginRequest, PluginRouter } from '../../src/host';
import type { WebAgent } from '../kit/agent';
import { foundPlugin } from '../kit/found-plugin';
import type { Page } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

const MAX_BYTES = 100_000;
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const HTML = '<html><script>alert(1)</script></html>';

const asked: PluginRequest[] = [];
const files = foundPlugin('files', {
  contributes: {
    routes: async () => ({
      routes(router: PluginRouter) {
        const take = (request: PluginRequest) => {
          asked.push(request);
          return { json: { files: request.files.map(told), body: request.body } };
        };
        router.get('/lists', take);
        router.post('/lists', take);
        // The gate knows the path alone, which the next route has too.
        router.post('/up/plain', take);
        router.post('/up/:id', take, { upload: { maxBytes: MAX_BYTES } });
        router.get('/given/:kind', ({ params }) => ({ file: given(params['kind'] ?? '') }));
      },
    }),
  },
});

const told = ({ field, name, type, content }: PluginFile) => ({
  field,
  name,
  type,
  sha: createHash('sha256').update(content).digest('hex'),
});

const GIVEN = {
  csv: { name: 'carnet été".csv', type: 'text/csv', content: 'nom;prénom\r\n' },
  photo: { name: 'a.png', type: 'text/html', content: PNG, isInline: true },
  kept: { name: 'a.png', type: 'image/png', content: PNG, isInline: true, keep: 'version' },
  checked: { name: 'a.png', type: 'image/png', content: PNG, isInline: true, keep: 'check' },
  saved: { name: 'a.ics', type: 'text/calendar', content: 'BEGIN:VCALENDAR', keep: 'check' },
  page: { name: 'a.png', type: 'image/png', content: HTML, isInline: true, keep: 'version' },
  html: { name: 'a.html', type: 'text/html', content: HTML },
  svg: { name: 'a.svg', type: 'image/svg+xml', content: '<svg/>', isInline: true },
  script: { name: 'a.js', type: 'text/javascript', content: 'alert(1)' },
  pdf: { name: 'a.pdf', type: 'application/pdf', content: '%PDF-1.7', isInline: true },
  header: { name: 'a', type: 'text/csv\r\nX-Evil: 1', content: '' },
} as const;
const given = (kind: string) => GIVEN[kind as keyof typeof GIVEN];

let demo: DemoApp;
let web: WebAgent;
let token: string;

beforeAll(async () => {
  let page: Page;
  ({ demo, web, page } = await signedInDemo({ seed: false }, [files]));
  token = page.all((e) => e.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});
beforeEach(() => {
  asked.length = 0;
});

/** A browser sends a field without a chosen file as bytes without a name. */
const typeOf = (name: string): string => (name === '' ? 'application/octet-stream' : 'text/vcard');

/** Fields in order, then files. */
function form(
  fields: readonly (readonly [string, string])[],
  ...sent: readonly (readonly [string, Buffer, string])[]
): FormData {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  for (const [field, content, name] of sent)
    data.append(field, new Blob([new Uint8Array(content)], { type: typeOf(name) }), name);
  return data;
}

const post = (target: string, body: FormData | URLSearchParams, headers = {}): Promise<Response> =>
  web.raw(target, { method: 'POST', body, headers: { Origin: web.base, ...headers } });

describe('files that a plugin answers', () => {
  const get = async (kind: string, headers: Record<string, string> = {}) => {
    const answer = await web.raw(`/files/given/${kind}`, { headers });
    return { answer, body: Buffer.from(await answer.arrayBuffer()) };
  };

  it('are saved under their name, with a policy that lets nothing run', async () => {
    const { answer, body } = await get('csv');

    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition':
        'attachment; filename="carnet ete_.csv"; filename*=UTF-8\'\'carnet%20%C3%A9t%C3%A9_.csv',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(body.toString()).toBe('nom;prénom\r\n');
  });

  it('are shown in the page when their bytes are an image, as what they are', async () => {
    const { answer, body } = await get('photo');

    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('content-disposition')).toMatch(/^inline;/);
    expect(answer.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(body).toEqual(PNG);
  });

  it('are kept as images by who was answered, where the plugin says for how long', async () => {
    const kept = async (kind: string) => (await get(kind)).answer.headers.get('cache-control');

    expect(await kept('photo')).toBe('no-store');
    expect(await kept('kept')).toBe('private, max-age=604800, immutable');
    expect(await kept('page')).toBe('no-store');
    expect(await kept('checked')).toBe('private, no-cache');
  });

  it('are saved once more only when they are others, and kept by no browser', async () => {
    const { answer } = await get('saved');
    const etag = answer.headers.get('etag') ?? '';
    const ask = (tag: string) =>
      get('saved', { 'If-None-Match': tag, 'Cache-Control': 'max-age=0' });
    const again = await ask(etag);

    expect([answer.headers.get('cache-control'), again.answer.status, again.body.length]).toEqual([
      'no-store',
      304,
      0,
    ]);
    expect((await ask('"other"')).answer.status).toBe(200);
  });

  it('are not sent again while they are the same', async () => {
    const { answer } = await get('checked');
    const etag = answer.headers.get('etag') ?? '';
    // As a browser asks; `fetch` of Node would ask for what is new in any case.
    const ask = (tag: string) =>
      get('checked', { 'If-None-Match': tag, 'Cache-Control': 'max-age=0' });
    const again = await ask(etag);
    const other = await ask('"other"');

    expect(etag).toMatch(/^"[\w-]{43}"$/);
    expect([again.answer.status, again.body.length]).toEqual([304, 0]);
    expect([other.answer.status, other.body]).toEqual([200, PNG]);
  });

  it.each([
    ['page', 'image/png'],
    ['html', 'application/octet-stream'],
    ['svg', 'application/octet-stream'],
    ['script', 'application/octet-stream'],
    ['pdf', 'application/pdf'],
  ])('are never opened otherwise: %s', async (kind, type) => {
    const { answer } = await get(kind);

    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('are a failure of the plugin when their type is none', async () => {
    const { answer } = await get('header');

    expect(answer.status).toBe(503);
    expect(answer.headers.get('x-evil')).toBeNull();
  });
});

describe('fields that stand in a form more than once', () => {
  it('are all there, without the token', async () => {
    const body = new URLSearchParams([
      ['_csrf', token],
      ['id', '1'],
      ['id', '2'],
      ['op', 'x'],
    ]);
    expect((await post('/files/lists', body)).status).toBe(200);
    await web.raw('/files/lists?kind=a&kind=b');

    expect(asked[0]).toMatchObject({ lists: { id: ['1', '2'], op: ['x'] }, body: { id: '1' } });
    expect(Object.keys(asked[0]?.lists ?? {})).toEqual(['id', 'op']);
    expect(asked[1]).toMatchObject({ lists: { kind: ['a', 'b'] }, files: [], body: {} });
  });
});

describe('files that a form brings', () => {
  it('arrive whole, with the fields around them', async () => {
    const card = Buffer.from('BEGIN:VCARD\r\nEND:VCARD\r\n');
    const other = Buffer.alloc(50_000, 7);
    const fields = [
      ['_csrf', token],
      ['book', 'b1'],
      ['book', 'b2'],
    ] as const;
    const sent = form(
      fields,
      ['file', card, '../../Été.vcf'],
      ['file', other, 'b'],
      ['none', Buffer.alloc(0), ''],
    );
    const answer = await post('/files/up/1', sent);

    expect(await answer.json()).toEqual({
      files: [
        told({ field: 'file', name: 'Été.vcf', type: 'text/vcard', content: card }),
        told({ field: 'file', name: 'b', type: 'text/vcard', content: other }),
      ],
      body: { book: 'b1' },
    });
    expect(asked[0]?.lists).toEqual({ book: ['b1', 'b2'] });
  });

  it.each([
    ['announced', MAX_BYTES * 20],
    ['found while it is read', MAX_BYTES + 1],
  ])('are refused when they are too large, as %s', async (_how, size) => {
    const sent = form([['_csrf', token]], ['file', Buffer.alloc(size), 'a']);
    const answer = await post('/files/up/1', sent);

    expect(answer.status).toBe(413);
    expect(asked).toEqual([]);
  });

  it('are refused before they were sent, when their announced size is too large', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: demo.port,
          path: '/files/up/1',
          method: 'POST',
          headers: {
            Cookie: web.cookies,
            Origin: web.base,
            'X-CSRF-Token': token,
            'Content-Type': 'multipart/form-data; boundary=x',
            'Content-Length': 1_000_000_000,
          },
        },
        (response) => {
          resolve(response.statusCode);
          call.destroy();
        },
      );
      call.on('error', reject);
      // One byte of a gigabyte: whoever waits for the rest never answers.
      call.write('-');
    });

    expect(status).toBe(413);
  });

  it('are refused together, more than twenty of them, and a field that is too long', async () => {
    const many = Array.from({ length: 21 }, (_, index) => ['f', Buffer.of(1), `${index}`] as const);
    expect((await post('/files/up/1', form([['_csrf', token]], ...many))).status).toBe(413);
    const long = form([
      ['_csrf', token],
      ['note', 'x'.repeat(3_000_000)],
    ]);
    expect((await post('/files/up/1', long)).status).toBe(413);
    expect(asked).toEqual([]);
  });

  it.each([
    ['without a token', () => form([], ['file', PNG, 'a'])],
    ['with one after the file', () => lateToken()],
    ['with another one', () => form([['_csrf', 'x'.repeat(86)]], ['file', PNG, 'a'])],
  ])('are refused %s', async (_how, body) => {
    expect((await post('/files/up/1', body())).status).toBe(403);
    expect(asked).toEqual([]);
  });

  it('are refused from another site, and when the route takes none', async () => {
    const sent = () => form([['_csrf', token]], ['file', PNG, 'a']);
    const elsewhere = await post('/files/up/1', sent(), { Origin: 'https://evil.example' });

    expect(elsewhere.status).toBe(403);
    expect((await post('/files/lists', sent())).status).toBe(403);
    expect((await post('/files/up/plain', sent())).status).toBe(403);
    expect(asked).toEqual([]);
  });

  it('are no reason to fail when the body is cut or means nothing', async () => {
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=zz']) {
      const answer = await web.raw('/files/up/1', {
        method: 'POST',
        body: '--yy\r\nContent-Disposition: x',
        headers: { Origin: web.base, 'Content-Type': type, 'X-CSRF-Token': token },
      });
      expect(answer.status).toBe(400);
    }
  });
});

function lateToken(): FormData {
  const data = form([], ['file', PNG, 'a']);
  data.append('_csrf', token);
  return data;
}
