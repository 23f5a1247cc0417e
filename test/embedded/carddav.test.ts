import { createDAVClient } from 'tsdav';
import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { signedInDemo, signInTo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;
let people: readonly string[];

beforeAll(async () => {
  ({ demo, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { contacts: true } }),
  }));
  // The second agent is known from their first sign-in on.
  await signInTo(demo, agentAt(demo, 1));
  people = await Promise.all([0, 1].map(passwordOf));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

async function passwordOf(index: number): Promise<string> {
  const { username } = agentAt(demo, index);
  const row: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
  const { secret } = await demo.app.safety.appPasswords.create(row.id as never, 'Téléphone');
  return `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function ask(
  method: string,
  target: string,
  {
    headers = {},
    body,
    as = 0,
  }: { headers?: Record<string, string>; body?: string; as?: number } = {},
): Promise<Answer> {
  const answer = await fetch(new URL(`/dav/contacts/${target}`, web.base), {
    method,
    redirect: 'manual',
    headers: { Authorization: people[as] ?? '', ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const card = (uid: string, more = '', name = uid): string =>
  `BEGIN:VCARD\r\nVERSION:3.0\r\nUID:${uid}\r\nFN:${name}\r\nN:${name};;;;\r\n${more}END:VCARD\r\n`;
const put = (uri: string, text: string, headers: Record<string, string> = {}, as = 0) =>
  ask('PUT', uri, {
    headers: { 'Content-Type': 'text/vcard; charset=utf-8', ...headers },
    body: text,
    as,
  });

const SPACES =
  'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav" xmlns:CS="http://calendarserver.org/ns/"';
const propfind = (target: string, depth: string, props: string, as = 0) =>
  ask('PROPFIND', target, {
    headers: { Depth: depth },
    body: `<D:propfind ${SPACES}><D:prop>${props}</D:prop></D:propfind>`,
    as,
  });
const report = (target: string, name: string, content: string) =>
  ask('REPORT', target, {
    headers: { Depth: '1' },
    body: `<${name} ${SPACES}>${content}</${name}>`,
  });
const sync = (token: string, more = '<D:prop><D:getetag/></D:prop>', book = 'contacts/') =>
  report(
    book,
    'D:sync-collection',
    `<D:sync-token>${token}</D:sync-token><D:sync-level>1</D:sync-level>${more}`,
  );
const tokenIn = (text: string): string =>
  /<D:sync-token>([^<]+)<\/D:sync-token><\/D:multistatus>/.exec(text)?.[1] ?? '';
const hrefsIn = (text: string): string[] =>
  [...text.matchAll(/<D:response><D:href>([^<]+)<\/D:href>/g)].map(([, href = '']) => href).sort();
/** Text of an element of an answer, as a program reads it. */
const valueIn = (text: string, name: string): string =>
  (new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(text)?.[1] ?? '')
    .replaceAll('&#13;', '\r')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

describe('home and books', () => {
  it('lists the books of a person, with what a program needs to know of each', async () => {
    const answer = await propfind(
      '',
      '1',
      '<D:resourcetype/><D:displayname/><D:sync-token/><CS:getctag/><D:supported-report-set/><C:supported-address-data/><C:max-resource-size/><D:current-user-privilege-set/><D:owner/><D:quota/>',
    );

    expect(answer.status).toBe(207);
    expect(hrefsIn(answer.text)).toEqual(['/dav/contacts/', '/dav/contacts/contacts/']);
    for (const part of [
      '<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>',
      '<C:address-data-type content-type="text/vcard" version="4.0"/>',
      '<D:report><D:sync-collection/></D:report>',
      '<C:max-resource-size>1000000</C:max-resource-size>',
      '<D:privilege><D:write-content/></D:privilege>',
      `<D:owner><D:href>/dav/principals/${agentAt(demo, 0).username}/</D:href></D:owner>`,
      '<D:prop><D:quota/></D:prop><D:status>HTTP/1.1 404 Not Found</D:status>',
    ]) {
      expect(answer.text).toContain(part);
    }
  });

  it('makes a book, names it, and removes it', async () => {
    const made = await ask('MKCOL', 'equipe/', {
      body: `<D:mkcol ${SPACES}><D:set><D:prop><D:resourcetype><D:collection/><C:addressbook/></D:resourcetype><D:displayname>Équipe &amp; amis</D:displayname></D:prop></D:set></D:mkcol>`,
    });
    expect(made.status).toBe(201);
    expect((await propfind('equipe/', '0', '<D:displayname/>')).text).toContain(
      'Équipe &amp; amis',
    );
    expect((await ask('MKCOL', 'equipe/')).status).toBe(405);

    const renamed = await ask('PROPPATCH', 'equipe/', {
      body: `<D:propertyupdate ${SPACES}><D:set><D:prop><D:displayname>Unité</D:displayname></D:prop></D:set></D:propertyupdate>`,
    });
    expect(renamed.text).toContain('<D:prop><D:displayname/></D:prop><D:status>HTTP/1.1 200 OK');
    expect((await propfind('equipe/', '0', '<D:displayname/>')).text).toContain('Unité');

    const partly = await ask('PROPPATCH', 'equipe/', {
      body: `<D:propertyupdate ${SPACES}><D:set><D:prop><D:displayname>Non</D:displayname><D:getetag>x</D:getetag></D:prop></D:set></D:propertyupdate>`,
    });
    expect(partly.text).toContain('<D:prop><D:getetag/></D:prop><D:status>HTTP/1.1 403');
    expect(partly.text).toContain('<D:prop><D:displayname/></D:prop><D:status>HTTP/1.1 424');
    expect((await propfind('equipe/', '0', '<D:displayname/>')).text).toContain('Unité');

    expect((await ask('DELETE', 'equipe/')).status).toBe(204);
    expect((await propfind('equipe/', '0', '<D:displayname/>')).status).toBe(404);
  });

  it.each([
    ['a calendar', 'MKCOL', 'agenda/', '<D:resourcetype><D:collection/></D:resourcetype>', 403],
    ['an unknown property', 'MKCOL', 'autre/', '<D:getetag>1</D:getetag>', 403],
    ['a name that is no segment', 'MKCOL', 'a%2Fb/', '<D:displayname>x</D:displayname>', 403],
    ['a book in a book', 'MKCOL', 'contacts/b/', '<D:displayname>x</D:displayname>', 403],
    ['the home', 'MKCOL', '', '<D:displayname>x</D:displayname>', 405],
  ])('makes no book of %s', async (_what, method, target, props, status) => {
    const body = `<D:mkcol ${SPACES}><D:set><D:prop>${props}</D:prop></D:set></D:mkcol>`;
    expect((await ask(method, target, { body })).status).toBe(status);
  });

  it('is not walked whole', async () => {
    const answer = await propfind('', 'infinity', '<D:getetag/>');

    expect(answer.status).toBe(403);
    expect(answer.text).toContain('<D:propfind-finite-depth/>');
  });
});

describe('a card', () => {
  it('comes back byte for byte, whatever it holds', async () => {
    const odd =
      'X-MINE;X-P="a;b":é🐦 <b>&amp;</b>\\n\\,\r\nitem1.X-ABLABEL:_$!<Home>!$_\r\nNOTE:a very long line that a program has folded by its own rules, an\r\n d went on here\r\n';
    const text = card('octets', odd).replace('UID', 'uid');
    const made = await put('contacts/octets.vcf', text);
    const read = await ask('GET', 'contacts/octets.vcf');
    const listed = await report(
      'contacts/',
      'C:addressbook-multiget',
      '<D:prop><D:getetag/><C:address-data/></D:prop><D:href>/dav/contacts/contacts/octets.vcf</D:href>',
    );

    expect(made.status).toBe(201);
    expect(made.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(read.text).toBe(text);
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'));
    expect(read.headers.get('content-type')).toBe('text/vcard; charset=utf-8');
    expect(valueIn(listed.text, 'C:address-data')).toBe(text);
    expect(valueIn(listed.text, 'D:getetag')).toBe(made.headers.get('etag'));
    const head = await ask('HEAD', 'contacts/octets.vcf');
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(head.text).toBe('');
  });

  it('is written only where nothing else was written since', async () => {
    const first = await put('contacts/un.vcf', card('un'), { 'If-None-Match': '*' });
    const etag = first.headers.get('etag') ?? '';
    const again = await put('contacts/un.vcf', card('un'), { 'If-None-Match': '*' });
    const second = await put('contacts/un.vcf', card('un', 'NOTE:2\r\n'), { 'If-Match': etag });
    const late = await put('contacts/un.vcf', card('un', 'NOTE:3\r\n'), { 'If-Match': etag });
    const weak = await put('contacts/un.vcf', card('un'), { 'If-Match': `W/${etag}` });

    expect([first, again, second, late, weak].map(({ status }) => status)).toEqual([
      201, 412, 204, 412, 412,
    ]);
    expect((await ask('GET', 'contacts/un.vcf')).text).toContain('NOTE:2');
    expect((await put('contacts/deux.vcf', card('deux'), { 'If-Match': '*' })).status).toBe(412);
    expect((await ask('DELETE', 'contacts/un.vcf', { headers: { 'If-Match': etag } })).status).toBe(
      412,
    );
    const now = second.headers.get('etag') ?? '';
    const both = { 'If-Match': `"x", ${now}` };
    expect((await ask('DELETE', 'contacts/un.vcf', { headers: both })).status).toBe(204);
    expect((await ask('GET', 'contacts/un.vcf')).status).toBe(404);
    expect((await ask('DELETE', 'contacts/un.vcf')).status).toBe(404);
  });

  it('has a uid that no other card of its book has', async () => {
    await put('contacts/a.vcf', card('meme'));
    const other = await put('contacts/b.vcf', card('meme'));

    expect(other.status).toBe(403);
    expect(other.text).toContain(
      '<C:no-uid-conflict><D:href>/dav/contacts/contacts/a.vcf</D:href></C:no-uid-conflict>',
    );
  });

  it.each([
    ['nothing', '', 403, 'valid-address-data'],
    ['no card', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', 403, 'valid-address-data'],
    [
      'a card without uid',
      'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nEND:VCARD\r\n',
      403,
      'valid-address-data',
    ],
    [
      'of a version that there is not',
      card('v9').replace('VERSION:3.0', 'VERSION:9.9'),
      403,
      'valid-address-data',
    ],
    [
      'without a name',
      'BEGIN:VCARD\r\nVERSION:4.0\r\nUID:n\r\nEMAIL:n@ailleurs.example\r\nEND:VCARD\r\n',
      403,
      'valid-address-data',
    ],
    [
      'with an empty one',
      'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:n\r\nFN:\r\nN:;;;;\r\nEND:VCARD\r\n',
      403,
      'valid-address-data',
    ],
    ['half a card', 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:x\r\n', 403, 'valid-address-data'],
    ['two cards', card('d1') + card('d2'), 403, 'valid-address-data'],
    ['too much', card('gros', `NOTE:${'x'.repeat(1_100_000)}\r\n`), 403, 'max-resource-size'],
  ])('is refused when it is %s', async (_what, text, status, condition) => {
    const answer = await put('contacts/refus.vcf', text);

    expect(answer.status).toBe(status);
    expect(answer.text).toContain(`<C:${condition}/>`);
    expect((await ask('GET', 'contacts/refus.vcf')).status).toBe(404);
  });

  it('is refused in another type, and where there is no book', async () => {
    expect(
      (await put('contacts/x.vcf', card('x'), { 'Content-Type': 'text/calendar' })).status,
    ).toBe(415);
    expect((await put('rien/x.vcf', card('x'))).status).toBe(409);
    expect((await put('contacts/a/b.vcf', card('x'))).status).toBe(409);
    expect((await put('contacts/', card('x'))).status).toBe(405);
  });

  it('is given in the version that a program asks for', async () => {
    const text = 'BEGIN:VCARD\r\nVERSION:4.0\r\nUID:v4\r\nFN:Quatre\r\nKIND:group\r\nEND:VCARD\r\n';
    await put('contacts/v4.vcf', text);
    const get = (data: string) =>
      report(
        'contacts/',
        'C:addressbook-multiget',
        `<D:prop>${data}</D:prop><D:href>/dav/contacts/contacts/v4.vcf</D:href>`,
      );

    const three = await get('<C:address-data content-type="text/vcard" version="3.0"/>');
    expect(valueIn(three.text, 'C:address-data')).toContain('VERSION:3.0');
    expect(valueIn((await get('<C:address-data/>')).text, 'C:address-data')).toBe(text);
    const none = await get('<C:address-data content-type="application/json"/>');
    expect([none.status, none.text]).toEqual([
      415,
      expect.stringContaining('<C:supported-address-data-conversion/>'),
    ]);
  });

  it('of somebody else is not there', async () => {
    await put('contacts/prive.vcf', card('prive'));

    expect((await ask('GET', 'contacts/prive.vcf', { as: 1 })).status).toBe(404);
    expect((await ask('DELETE', 'contacts/prive.vcf', { as: 1 })).status).toBe(404);
    expect(
      await propfind('contacts/', '1', '<D:getetag/>', 1).then(({ text }) => text),
    ).not.toContain('prive');
    expect((await put('contacts/prive.vcf', card('autre'), {}, 1)).status).toBe(201);
    expect((await ask('GET', 'contacts/prive.vcf')).text).toContain('UID:prive');
  });
});

describe('reports', () => {
  beforeAll(async () => {
    await ask('MKCOL', 'rapports/');
    await put(
      'rapports/zoe.vcf',
      card('zoe', 'EMAIL;TYPE=WORK:zoe@culture.example\r\n', 'Zoé Élan'),
    );
    await put(
      'rapports/max.vcf',
      card('max', 'EMAIL;TYPE=HOME:max@mer.example\r\nTEL:0102\r\n', 'Max'),
    );
  });

  const query = (filter: string, more = '') =>
    report(
      'rapports/',
      'C:addressbook-query',
      `<D:prop><D:getetag/><C:address-data/></D:prop><C:filter ${filter}</C:filter>${more}`,
    );
  const match = (name: string, text: string, attributes = ''): string =>
    `<C:prop-filter name="${name}"><C:text-match ${attributes}>${text}</C:text-match></C:prop-filter>`;
  const found = async (filter: string): Promise<string[]> =>
    hrefsIn((await query(filter)).text).map((href) => href.replace(/^.*\//, ''));

  it('find cards by what stands in them', async () => {
    expect(await found(`>${match('FN', 'zoÉ é')}`)).toEqual(['zoe.vcf']);
    expect(await found(`>${match('email', '@MER.', 'collation="i;ascii-casemap"')}`)).toEqual([
      'max.vcf',
    ]);
    expect(await found(`>${match('EMAIL', '@MER.', 'collation="i;octet"')}`)).toEqual([]);
    expect(await found(`>${match('FN', 'x', 'match-type="ends-with"')}`)).toEqual(['max.vcf']);
    expect(
      await found(`>${match('FN', 'Max', 'match-type="equals" negate-condition="yes"')}`),
    ).toEqual(['zoe.vcf']);
    expect(await found(`test="allof">${match('FN', 'max')}${match('EMAIL', 'culture')}`)).toEqual(
      [],
    );
    expect(await found(`test="anyof">${match('FN', 'max')}${match('EMAIL', 'culture')}`)).toEqual([
      'max.vcf',
      'zoe.vcf',
    ]);
    expect(await found('><C:prop-filter name="TEL"><C:is-not-defined/></C:prop-filter>')).toEqual([
      'zoe.vcf',
    ]);
    expect(
      await found(
        '><C:prop-filter name="EMAIL"><C:param-filter name="TYPE"><C:text-match>work</C:text-match></C:param-filter></C:prop-filter>',
      ),
    ).toEqual(['zoe.vcf']);
    expect(await found('>')).toHaveLength(2);
  });

  it('tell that more was found than a program wants', async () => {
    const answer = await query('>', '<C:limit><C:nresults>1</C:nresults></C:limit>');

    expect(hrefsIn(answer.text)).toHaveLength(2);
    expect(answer.text).toContain('<D:number-of-matches-within-limits/>');
    expect(answer.text).toContain('507');
  });

  it.each([
    [`>${'<C:nothing/>'}`, 'supported-filter'],
    [`test="some">${match('FN', 'x')}`, 'supported-filter'],
    [`>${match('FN', 'x', 'collation="constructor"')}`, 'supported-collation'],
    [`>${match('FN', 'x', 'match-type="like"')}`, 'supported-filter'],
  ])('refuse what they cannot look for: %s', async (filter, condition) => {
    const answer = await query(filter);

    expect(answer.status).toBe(403);
    expect(answer.text).toContain(`<C:${condition}/>`);
  });

  it('give many cards by their addresses, and say which are not there', async () => {
    const hrefs = [
      '/dav/contacts/rapports/zoe.vcf',
      '/dav/contacts/rapports/rien.vcf',
      '/etc/passwd',
    ];
    const answer = await report(
      'rapports/',
      'C:addressbook-multiget',
      `<D:prop><D:getetag/></D:prop>${hrefs.map((href) => `<D:href>${href}</D:href>`).join('')}`,
    );

    expect(hrefsIn(answer.text)).toEqual([...hrefs].sort());
    expect(answer.text.match(/HTTP\/1\.1 404/g)).toHaveLength(2);
  });

  it('are those that are announced', async () => {
    expect((await report('rapports/', 'D:expand-property', '')).text).toContain('supported-report');
    expect((await report('', 'C:addressbook-query', '')).status).toBe(403);
    expect((await report('rien/', 'C:addressbook-query', '')).status).toBe(404);
    expect((await ask('REPORT', 'rapports/')).status).toBe(403);
  });
});

describe('synchronisation', () => {
  beforeAll(async () => {
    await ask('MKCOL', 'sync/');
  });
  const of = (token: string, more?: string) => sync(token, more, 'sync/');
  const names = (text: string): string[] => hrefsIn(text).map((href) => href.replace(/^.*\//, ''));

  it('tells what is new, what changed and what went away since', async () => {
    const before = tokenIn((await of('')).text);
    await put('sync/a.vcf', card('a'));
    await put('sync/b.vcf', card('b'));
    const first = await of(before);
    await put('sync/a.vcf', card('a', 'NOTE:2\r\n'));
    await ask('DELETE', 'sync/b.vcf');
    const second = await of(tokenIn(first.text), '<D:prop><D:getetag/><C:address-data/></D:prop>');
    const third = await of(tokenIn(second.text));

    expect(names(first.text)).toEqual(['a.vcf', 'b.vcf']);
    expect(names(second.text)).toEqual(['a.vcf', 'b.vcf']);
    expect(valueIn(second.text, 'C:address-data')).toContain('NOTE:2');
    expect(second.text).toContain('b.vcf</D:href><D:status>HTTP/1.1 404');
    expect(names(third.text)).toEqual([]);
    expect(names((await of('')).text)).toEqual(['a.vcf']);
    expect((await propfind('sync/', '0', '<D:sync-token/>')).text).toContain(tokenIn(third.text));
  });

  it.each([
    'x',
    'urn:estafette:contacts:contacts:1',
    'urn:estafette:contacts:sync:999999',
    'urn:estafette:contacts:sync:-1',
    'urn:estafette:contacts:sync:1e3',
  ])('begins again after a token that is none: %s', async (token) => {
    const answer = await of(token);

    expect(answer.status).toBe(403);
    expect(answer.text).toContain('<D:valid-sync-token/>');
  });

  it('begins again in a book that was made anew under the same id', async () => {
    const once = (token: string) => sync(token, undefined, 'anew/');
    await ask('MKCOL', 'anew/');
    await put('anew/a.vcf', card('a'));
    const token = tokenIn((await once('')).text);
    await ask('DELETE', 'anew/');
    await ask('MKCOL', 'anew/');
    for (const uid of ['b', 'c', 'd']) await put(`anew/${uid}.vcf`, card(uid));
    const answer = await once(token);

    // In the book of before the number of this token was reached: its reader would miss a card.
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('<D:valid-sync-token/>');
    expect(names((await once('')).text)).toEqual(['b.vcf', 'c.vcf', 'd.vcf']);
  });

  it('gives nothing rather than a part that could not be gone on from', async () => {
    await put('sync/c.vcf', card('c'));
    const more = '<D:limit><D:nresults>1</D:nresults></D:limit><D:prop><D:getetag/></D:prop>';

    expect((await of('', more)).status).toBe(507);
  });
});

describe('tsdav', () => {
  it('finds the books, and writes, changes and deletes a card', async () => {
    const [, encoded = ''] = people[0]?.split(' ') ?? [];
    const [username = '', password = ''] = Buffer.from(encoded, 'base64').toString().split(':');
    const client = await createDAVClient({
      serverUrl: web.base,
      credentials: { username, password },
      authMethod: 'Basic',
      defaultAccountType: 'carddav',
    });
    const books = await client.fetchAddressBooks();
    const addressBook = books.find(({ url }) => url.endsWith('/dav/contacts/contacts/'));
    if (!addressBook) throw new Error('no book');
    const url = `${addressBook.url}tsdav.vcf`;
    const own = async () =>
      (await client.fetchVCards({ addressBook })).find((one) => one.url === url);

    const filename = 'tsdav.vcf';
    await client.createVCard({ addressBook, filename, vCardString: card('tsdav') });
    const made = await own();
    // It trims what it reads.
    expect(made?.data).toBe(card('tsdav').trim());
    const data = card('tsdav', 'NOTE:2\r\n');
    const vCard = { url, etag: made?.etag ?? '', data };
    expect((await client.updateVCard({ vCard })).status).toBe(204);
    // The entity tag is that of what was there before.
    expect((await client.updateVCard({ vCard })).status).toBe(412);
    const changed = await own();
    expect(changed?.data).toContain('NOTE:2');
    const last = { url, etag: changed?.etag ?? '' };
    expect((await client.deleteVCard({ vCard: last })).status).toBe(204);
    expect(await own()).toBeUndefined();
  });
});

it('gives in parts what is too much for one answer, and says so', async () => {
  await ask('MKCOL', 'photos/');
  const photo = `NOTE:${'x'.repeat(900_000)}\r\n`;
  const uris = Array.from({ length: 19 }, (_, index) => `p${index}.vcf`);
  for (const uri of uris) expect((await put(`photos/${uri}`, card(uri, photo))).status).toBe(201);
  const data = '<D:prop><C:address-data/></D:prop>';
  const hrefs = uris.map((uri) => `<D:href>/dav/contacts/photos/${uri}</D:href>`).join('');

  const query = await report('photos/', 'C:addressbook-query', `${data}<C:filter/>`);
  const get = await report('photos/', 'C:addressbook-multiget', `${data}${hrefs}`);
  const walk = await propfind('photos/', '1', '<C:address-data/>');
  const changes = await sync('', data, 'photos/');

  expect(query.status).toBe(207);
  expect(query.text).toContain('<D:href>/dav/contacts/photos/</D:href><D:status>HTTP/1.1 507');
  expect(get.text).toContain('p0.vcf</D:href><D:propstat>');
  expect(get.text).toContain('p18.vcf</D:href><D:status>HTTP/1.1 507');
  expect(walk.text).toContain('HTTP/1.1 507');
  expect([changes.status, tokenIn(changes.text)]).toEqual([507, '']);
  expect(hrefsIn((await sync('', undefined, 'photos/')).text)).toHaveLength(19);
});

describe('a method', () => {
  const HOME = 'OPTIONS, PROPFIND, PROPPATCH, REPORT';
  const BOOK = `${HOME}, DELETE`;
  const CARD = 'OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH';
  const ALL =
    'OPTIONS, PROPFIND, PROPPATCH, REPORT, GET, HEAD, PUT, DELETE, COPY, MOVE, MKCOL, MKCALENDAR';
  const PATCH = `<D:propertyupdate ${SPACES}><D:set><D:prop><D:getetag>1</D:getetag></D:prop></D:set></D:propertyupdate>`;
  beforeAll(async () => {
    await ask('MKCOL', 'places/');
    await put('places/a.vcf', card('a'));
  });

  it.each([
    // The home, a book, one that is not there, a card, one that is not there, and below a card.
    ['OPTIONS', undefined, [200, 200, 200, 200, 200, 200]],
    ['GET', undefined, [405, 405, 405, 200, 404, 404]],
    ['HEAD', undefined, [405, 405, 405, 200, 404, 404]],
    ['PROPFIND', undefined, [207, 207, 404, 207, 404, 404]],
    ['PROPPATCH', PATCH, [207, 207, 404, 207, 404, 404]],
    ['REPORT', `<D:sync-collection ${SPACES}/>`, [403, 207, 404, 403, 403, 404]],
    ['MKCOL', undefined, [405, 405, 201, 403, 403, 409]],
    ['PUT', card('z'), [405, 405, 405, 204, 403, 409]],
    ['DELETE', undefined, [403, 204, 404, 204, 404, 404]],
    ...['POST', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'ACL', 'SEARCH', 'MKCALENDAR', 'PATCH'].map(
      (method) => [method, undefined, [405, 405, 405, 405, 405, 405]] as const,
    ),
  ] as const)('%s has an answer everywhere', async (method, body, statuses) => {
    const targets = ['', 'places/', 'none/', 'places/a.vcf', 'places/none.vcf', 'places/a.vcf/x'];
    const allowed = [HOME, BOOK, BOOK, CARD, CARD, CARD];
    const seen: unknown[] = [];
    const wanted: unknown[] = [];
    for (const [at, target] of targets.entries()) {
      const answer = await ask(method, target, {
        headers: {
          Depth: '1',
          ...(method === 'PUT' && { 'Content-Type': 'text/vcard' }),
          Destination: `${web.base}/dav/contacts/places/b.vcf`,
        },
        ...(body !== undefined && { body }),
      });
      const status = statuses[at];
      const ours = ALL.split(', ').includes(method) ? allowed[at] : ALL;
      seen.push([target, answer.status, status === 405 ? answer.headers.get('allow') : '']);
      wanted.push([target, status, status === 405 ? ours : '']);
      // As it was before, for the next ones.
      if (method === 'MKCOL') await ask('DELETE', 'none/');
      if (method === 'DELETE' && answer.status === 204) {
        await ask('MKCOL', 'places/');
        await put('places/a.vcf', card('a'));
      }
    }
    expect(seen).toEqual(wanted);
    if (method === 'PUT') await put('places/a.vcf', card('a'));
  });
});

it('never fails at what is sent', async () => {
  const bodies = [
    '<x/>',
    `<D:propfind ${SPACES}/>`,
    `<D:propertyupdate ${SPACES}/>`,
    'x',
    '\u0000',
  ];
  const targets = [
    '',
    'contacts/',
    'contacts/a.vcf',
    'contacts/%F0%9F%90%A6.vcf',
    "a'b/",
    'contacts/%25',
  ];
  const methods = ['PROPFIND', 'PROPPATCH', 'REPORT', 'PUT', 'MKCOL', 'GET', 'DELETE'];
  for (const method of methods) {
    for (const target of targets) {
      for (const body of method === 'GET' ? [undefined] : bodies) {
        // The book itself is needed until the end.
        if (method === 'DELETE' && target === 'contacts/') continue;
        const answer = await ask(method, target, {
          headers: { Depth: '1' },
          ...(body !== undefined && { body }),
        });
        expect([method, target, body, answer.status < 500]).toEqual([method, target, body, true]);
      }
    }
  }
});

it('answers so many names of properties as programs know, and refuses to be kept busy by more', async () => {
  await put('names.vcf', card('names'));
  const asking = (count: number): string => {
    const names = Array.from({ length: count }, (_, at) => `<p${at}/>`).join('');
    return `<propfind xmlns="DAV:"><prop>${names}</prop></propfind>`;
  };
  const answerTo = (count: number) =>
    ask('PROPFIND', 'contacts/', { headers: { Depth: '1' }, body: asking(count) });

  const [some, many] = [await answerTo(60), await answerTo(201)];

  expect([some.status, many.status]).toEqual([207, 400]);
  expect(some.text).toContain('<D:p59/>');
});
