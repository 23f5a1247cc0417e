import { request } from 'node:http';
import type { SiteId } from '../../src/base/types';
import type { DemoApp } from '../../src/demo';
import type { DavRequest, DavResponse, PluginContext, PluginRouter } from '../../src/host';
import type { PersonRef } from '../../src/kernel/hook-types';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { foundPlugin } from '../kit/found-plugin';
import { movingClock } from '../kit/moving-clock';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';

const OUTSIDE = '198.51.100.9';
const asked: DavRequest[] = [];
let context: PluginContext;
const answers: { next: (request: DavRequest) => unknown } = { next: () => ({ status: 204 }) };

/** A plugin that serves whatever the test says, and one that serves nothing by WebDAV. */
const serving = foundPlugin('serving', {
  contributes: {
    dav: {
      wellKnown: 'carddav',
      load: async () => ({
        dav: (request) => {
          asked.push(request);
          return answers.next(request) as DavResponse; // what a wrong plugin answers as well
        },
      }),
    },
    routes: async () => ({
      routes: (router: PluginRouter) => router.get('/', () => ({ json: 'page' })),
    }),
  },
  activate(given: PluginContext) {
    context = given;
  },
});

const clock = movingClock();
let demo: DemoApp;
let web: WebAgent;
let secret: string;
let user: number;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo(
    {
      seed: false,
      options: { clock },
      app: { trustedProxies: ['loopback'] },
      site: (id, file) => ({
        ...file,
        plugins: id === 'saisons' ? { serving: true } : {},
        protection: { networks: { inside: ['127.0.0.0/8'], outside: 'refuse' } },
      }),
    },
    [serving],
  ));
  const found = await demo.app.db
    .knex('users')
    .where({ login: agentAt(demo, 0).username })
    .first();
  user = (found as { id: number }).id;
  secret = await password('Téléphone');
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});
beforeEach(async () => {
  asked.length = 0;
  answers.next = () => ({ status: 204 });
  await demo.app.db.knex('login_throttles').delete();
});

const password = async (name: string): Promise<string> =>
  (await demo.app.safety.appPasswords.create(user as never, name)).secret;
const basic = (login: string, word: string): string =>
  `Basic ${Buffer.from(`${login}:${word}`).toString('base64')}`;
const mine = (): string => basic(agentAt(demo, 0).username, secret);

const ask = (
  method: string,
  target: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Response> =>
  fetch(new URL(target, web.base), {
    method,
    redirect: 'manual',
    headers: { Authorization: mine(), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });

const events = (): Promise<readonly { readonly details: object }[]> =>
  demo.app.audit.list({ event: 'security:refused' });

describe('who asks by WebDAV', () => {
  it('is led from the well-known address, whoever they are', async () => {
    const answer = await ask('PROPFIND', '/.well-known/carddav', {
      headers: { Authorization: '' },
    });

    expect(answer.status).toBe(301);
    expect(answer.headers.get('location')).toBe('/dav/');
    expect((await ask('GET', '/.well-known/caldav')).headers.get('location')).toBe('/dav/');
    for (const other of ['caldav/x', 'webdav'])
      expect((await ask('GET', `/.well-known/${other}`)).status).not.toBe(301);
  });

  it.each(['/dav', '/dav/', '/dav/serving/', '/dav/serving/x', '/dav/unknown'])(
    'is asked who they are at %s, a session or not',
    async (target) => {
      for (const method of [
        'OPTIONS',
        'PROPFIND',
        'GET',
        'PUT',
        'DELETE',
        'COPY',
        'MOVE',
        'REPORT',
        'MKCALENDAR',
      ]) {
        const answer = await web.raw(target, { method });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe(
          'Basic realm="Estafette", charset="UTF-8"',
        );
        expect(answer.headers.get('set-cookie')).toBeNull();
      }
      expect(asked).toEqual([]);
    },
  );

  it('comes in by an application password alone, not by that of the account', async () => {
    const { username, password: own, mail } = agentAt(demo, 0);
    const statusOf = async (login: string, word: string) =>
      (await ask('GET', '/dav/serving/', { headers: { Authorization: basic(login, word) } }))
        .status;

    expect(await statusOf(username, secret)).toBe(204);
    expect(await statusOf(mail, secret.toLowerCase())).toBe(204);
    expect(await statusOf(username, own)).toBe(401);
    expect(await statusOf(agentAt(demo, 1).username, secret)).toBe(401);
    expect(await statusOf('', secret)).toBe(401);
    expect(
      (await ask('GET', '/dav/serving/', { headers: { Authorization: 'Basic %%' } })).status,
    ).toBe(401);
    expect(asked).toHaveLength(2);
  });

  it('is written down when they are refused, and made to wait', async () => {
    const { username } = agentAt(demo, 0);
    const wrong = { headers: { Authorization: basic(username, 'A'.repeat(20)) } };
    const statuses: number[] = [];
    let last: Response | undefined;
    for (let count = 0; count < 40 && last?.status !== 429; count += 1) {
      last = await ask('GET', '/dav/serving/', wrong);
      statuses.push(last.status);
    }

    expect(statuses[0]).toBe(401);
    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('of nobody known is answered as a wrong password is', async () => {
    const answerOf = async (login: string) => {
      const answer = await ask('PROPFIND', '/dav/', {
        headers: { Authorization: basic(login, 'A'.repeat(20)) },
      });
      const {
        'x-request-id': id = '',
        date: _date,
        ...headers
      } = Object.fromEntries(answer.headers);
      return { status: answer.status, headers, text: (await answer.text()).replace(id, '') };
    };

    expect(await answerOf('personne')).toEqual(await answerOf(agentAt(demo, 0).username));
  });

  it('is nobody from the moment that the password is revoked', async () => {
    const other = await password('Tablette');
    const headers = { Authorization: basic(agentAt(demo, 0).username, other) };
    let as: PersonRef | undefined;
    answers.next = (request) => {
      as = request.as;
      return { status: 204 };
    };
    expect((await ask('GET', '/dav/serving/', { headers })).status).toBe(204);
    await expect(context.can(as as PersonRef, 'admin.access')).resolves.toBe(false);

    const list = await demo.app.safety.appPasswords.list(user as never);
    await demo.app.safety.appPasswords.revoke(user as never, list.at(-1)?.id as number);

    expect((await ask('GET', '/dav/serving/', { headers })).status).toBe(401);
    await expect(context.can(as as PersonRef, 'admin.access')).rejects.toThrow(
      'plugin/person-gone',
    );
  });

  it('is nobody once their account is erased', async () => {
    const agent = agentAt(demo, 1);
    await signInTo(demo, agent);
    const person = await demo.app.affairs.find('saisons' as SiteId, agent.username);
    if (!person) throw new Error('nobody');
    const made = await demo.app.safety.appPasswords.create(person.id, 'Téléphone');
    const headers = { Authorization: basic(agent.username, made.secret) };
    expect((await ask('GET', '/dav/serving/', { headers })).status).toBe(204);

    await demo.app.affairs.erase(person);

    expect((await ask('GET', '/dav/serving/', { headers })).status).toBe(401);
  });

  it('opens no page with it, and no mail', async () => {
    const page = await fetch(new URL('/mail/me/INBOX', web.base), {
      redirect: 'manual',
      headers: { Authorization: mine(), Accept: 'application/json' },
    });
    expect(page.status).toBe(401);
  });

  it('is refused from outside the networks of the site', async () => {
    const answer = await ask('GET', '/dav/serving/', { headers: { 'X-Forwarded-For': OUTSIDE } });

    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('session/network');
    expect(asked).toEqual([]);
  });

  it('is no page of a browser that knows the password', async () => {
    for (const from of ['cross-site', 'same-site']) {
      const answer = await ask('PUT', '/dav/serving/a', { headers: { 'Sec-Fetch-Site': from } });
      expect(answer.status).toBe(403);
    }
    expect(asked).toEqual([]);
  });
});

describe('what is there', () => {
  const propfind = (...names: string[]): string =>
    `<?xml version="1.0"?><propfind xmlns="DAV:"><prop>${names.join('')}</prop></propfind>`;

  it('leads a program from the root to its home', async () => {
    const login = agentAt(demo, 0).username;
    const root = await ask('PROPFIND', '/dav/', {
      headers: { Depth: '0' },
      body: propfind('<current-user-principal/>', '<x xmlns="urn:x"/>'),
    });
    const text = await root.text();
    expect(root.status).toBe(207);
    expect(root.headers.get('dav')).toBe('1, 3, extended-mkcol, addressbook');
    expect(text).toContain(
      `<D:current-user-principal><D:href>/dav/principals/${login}/</D:href></D:current-user-principal>`,
    );
    expect(text).toContain('<D:prop><X:x xmlns:X="urn:x"/></D:prop><D:status>HTTP/1.1 404');

    const principal = await ask('PROPFIND', `/dav/principals/${login}/`, {
      headers: { Depth: '0' },
      body: propfind('<a:addressbook-home-set xmlns:a="urn:ietf:params:xml:ns:carddav"/>'),
    });
    expect(await principal.text()).toContain(
      '<C:addressbook-home-set><D:href>/dav/serving/</D:href></C:addressbook-home-set>',
    );
  });

  it('says what it can do', async () => {
    const answer = await ask('OPTIONS', '/dav/serving/');

    expect(answer.status).toBe(200);
    expect(answer.headers.get('allow')).toContain('REPORT');
    expect(asked).toEqual([]);
  });

  it('names nobody else: another’s principal is one that is not there', async () => {
    const textOf = async (login: string) => {
      const answer = await ask('PROPFIND', `/dav/principals/${login}/`, {
        headers: { Depth: '0' },
      });
      const id = answer.headers.get('x-request-id') ?? '';
      return `${answer.status} ${(await answer.text()).replace(id, '')}`;
    };
    const other = await textOf(agentAt(demo, 1).username);

    expect(other).toMatch(/^404 /);
    expect(await textOf('personne')).toBe(other);
    const list = await ask('PROPFIND', '/dav/principals/', { headers: { Depth: '1' } });
    expect(await list.text()).not.toContain(agentAt(demo, 1).username);
  });

  describe('in a report about principals', () => {
    const report = (name: string, content: string, attributes = '') =>
      ask('REPORT', '/dav/principals/', {
        headers: { Depth: '0' },
        body: `<${name} xmlns="DAV:" xmlns:L="urn:ietf:params:xml:ns:caldav"${attributes}>${content}<prop><displayname/></prop></${name}>`,
      });
    const search = (property: string, text: string): string =>
      `<property-search><prop><${property}/></prop><match>${text}</match></property-search>`;
    const mine = (): string => `/dav/principals/${agentAt(demo, 0).username}/`;

    it('is who asks, by what they are called and where they are written to', async () => {
      const [me, other] = [agentAt(demo, 0), agentAt(demo, 1)];
      const find = async (content: string, attributes?: string) =>
        (await report('principal-property-search', content, attributes)).text();

      expect(await (await report('principal-match', '<self/>')).text()).toContain(mine());
      expect(await find(search('displayname', me.name.slice(0, 4).toUpperCase()))).toContain(
        mine(),
      );
      expect(await find(search('L:calendar-user-address-set', me.mail))).toContain(mine());
      for (const nobody of [
        search('displayname', other.name),
        search('L:calendar-user-address-set', other.mail),
        search('displayname', ''),
        search('getetag', 'a'),
        search('displayname', me.name) + search('displayname', other.name),
        '',
      ])
        expect(await find(nobody)).not.toContain('<D:response>');
      const either = search('displayname', me.name) + search('displayname', other.name);
      expect(await find(either, ' test="anyof"')).toContain(mine());
    });

    it('says what can be searched, and which reports there are', async () => {
      const set = await report('principal-search-property-set', '');
      const list = await ask('PROPFIND', '/dav/principals/', {
        headers: { Depth: '0' },
        body: propfind('<supported-report-set/>'),
      });

      expect(set.status).toBe(200);
      expect(await set.text()).toContain('<D:prop><D:displayname/></D:prop>');
      expect(await list.text()).toContain('<D:report><D:principal-property-search/></D:report>');
      expect((await report('acl-principal-prop-set', '')).status).toBe(403);
    });

    it('gives in place of its address what is asked of it (expand-property)', async () => {
      const asked =
        '<property name="current-user-principal"><property name="displayname"/></property>';
      const answer = await report('expand-property', asked);
      const text = await answer.text();
      expect(answer.status).toBe(207);
      expect(text).toMatch(
        /<D:current-user-principal><D:response><D:href>[^<]+<\/D:href>.*<D:displayname>[^<]+</,
      );
      const unknown = await report('expand-property', '<property name="rien" namespace="urn:x"/>');
      expect(await unknown.text()).toContain('404');
    });
  });

  it('is not there where the plugin is off', async () => {
    expect((await ask('GET', '/dav/other/x')).status).toBe(404);
  });
});

describe('what a plugin is asked', () => {
  it('is plain: segments, chosen headers, the body as it came and as it is read', async () => {
    const card = '\uFEFFBEGIN:VCARD\r\nFN:Zoé 🐦\r\n';
    await ask('PUT', '/dav/serving/b%20k/%C3%A9.vcf', {
      headers: { 'If-Match': '"1"', 'Content-Type': 'text/vcard', Cookie: web.cookies },
      body: card,
    });
    await ask('REPORT', '/dav/serving/b/', {
      headers: { Depth: '1' },
      body: '<a:x xmlns:a="urn:1" k="&lt;"><b>t&amp;&#233;<![CDATA[<i>]]></b></a:x>',
    });

    expect(asked[0]).toMatchObject({
      method: 'PUT',
      path: ['b k', 'é.vcf'],
      isCollection: false,
      body: card,
      depth: 'infinity',
      xml: undefined,
      site: 'saisons',
      user: { id: user },
    });
    expect(Object.keys(asked[0]?.headers ?? {}).sort()).toEqual(
      expect.arrayContaining(['content-type', 'if-match']),
    );
    expect(JSON.stringify(asked[0]?.headers)).not.toMatch(/cookie|authorization/i);
    expect(asked[1]).toMatchObject({
      depth: 1,
      isCollection: true,
      xml: {
        ns: 'urn:1',
        name: 'x',
        attributes: { k: '<' },
        children: [{ ns: '', name: 'b', text: 't&é<i>' }],
      },
    });
  });

  it.each([
    ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', 400],
    ['an entity of nobody', '<x>&a;</x>', 400],
    ['a prefix of nobody', '<a:x/>', 400],
    ['a prefix of nothing', '<x xmlns:a=""/>', 400],
    ['half an element', '<x><y></x>', 400],
    ['two roots', '<x/><y/>', 400],
    ['no XML at all', '{"a":1}', 400],
    ['too deep', `${'<x>'.repeat(60)}${'</x>'.repeat(60)}`, 400],
    ['too many elements', `<x>${'<y/>'.repeat(210_000)}</x>`, 413],
    ['bytes that are no text', Buffer.from([0x3c, 0x78, 0xff, 0x2f, 0x3e]), 400],
  ])('is never %s', async (_what, body, status) => {
    for (const target of ['/dav/serving/b/', '/dav/']) {
      expect((await ask('PROPFIND', target, { headers: { Depth: '0' }, body })).status).toBe(
        status,
      );
    }
    expect(asked).toEqual([]);
  });

  it.each([
    ['POST', '/dav/serving/', {}, 405],
    ['LOCK', '/dav/serving/', {}, 405],
    ['PROPFIND', '/dav/serving/', { Depth: '2' }, 400],
    ['GET', '/dav/serving/%2e%2e/x', {}, 400],
    ['GET', '/dav/serving/%00', {}, 400],
    ['GET', '/dav/serving/%zz', {}, 400],
    ['GET', `/dav${'/a'.repeat(30)}`, {}, 404],
    ['PUT', '/dav/serving/a', { 'Content-Encoding': 'gzip' }, 400],
    ['PUT', '/dav/', {}, 403],
    ['DELETE', '/dav/principals/', {}, 403],
    ['GET', '/dav/', {}, 405],
    ['REPORT', '/dav/', {}, 403],
  ])('is refused before: %s %s %j', async (method, target, headers, status) => {
    const answer = await raw(method, target, headers as Record<string, string>);

    expect(answer).toBe(status);
    expect(asked).toEqual([]);
  });

  it('makes nothing of a body that is no XML', async () => {
    const headers = { 'Content-Type': 'text/plain' };

    for (const method of ['MKCOL', 'MKCALENDAR'])
      expect((await ask(method, '/dav/serving/b/', { headers, body: 'x' })).status).toBe(415);
    expect(asked).toEqual([]);
  });

  it('has ten megabytes, and no more is read', async () => {
    expect(await raw('PUT', '/dav/serving/a', { 'Content-Length': '10000001' }, 'x')).toBe(413);
    expect(asked).toEqual([]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no'))],
    ['says where to go', () => ({ status: 302, headers: { location: '/x' } })],
    ['sets a cookie', () => ({ status: 200, headers: { 'set-cookie': 'a=1' } })],
    ['splits a header', () => ({ status: 200, headers: { etag: '"\r\nX: 1"' } })],
  ])('is its failure when it %s', async (_what, next) => {
    answers.next = next;
    expect((await ask('GET', '/dav/serving/x')).status).toBe(503);
  });

  it('is answered with a policy that lets nothing run', async () => {
    answers.next = () => ({ status: 200, body: '<script/>', type: 'text/html' });
    const answer = await ask('GET', '/dav/serving/x');

    expect(answer.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(answer.headers.get('content-disposition')).toBe('attachment');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

/** As it is written: `fetch` would tidy the path up. */
const raw = (
  method: string,
  target: string,
  headers: Record<string, string>,
  part = '',
): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port: demo.port,
        path: target,
        method,
        headers: { Authorization: mine(), ...headers },
      },
      (response) => {
        resolve(response.statusCode);
        call.destroy();
      },
    );
    call.on('error', reject);
    if (part === '') call.end();
    else call.write(part);
  });

it('writes refusals in the audit log', async () => {
  await demo.app.db.knex('login_throttles').delete();
  const headers = { Authorization: basic(agentAt(demo, 0).username, 'B'.repeat(20)) };
  expect((await ask('GET', '/dav/serving/', { headers })).status).toBe(401);

  expect((await events()).map(({ details }) => details)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ code: 'session/credentials', reason: 'app-password' }),
    ]),
  );
});
