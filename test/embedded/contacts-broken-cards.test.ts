import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { signedInDemo } from '../kit/signed-in-demo';
import { until } from '../kit/until';

let demo: DemoApp;
let web: WebAgent;
let token: string;
let authorization: string;
beforeAll(async () => {
  ({ demo, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { contacts: true } }),
  }));
  const { username } = agentAt(demo, 0);
  const row: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
  const { secret } = await demo.app.safety.appPasswords.create(row.id as never, 'Téléphone');
  authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  await fetch(`${web.base}/dav/contacts/cards/`, {
    method: 'MKCOL',
    headers: { Authorization: authorization },
  });
  token = (await web.get('/contacts/import')).one('name', '_csrf').attribs['value'] ?? '';
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

/** As it must never stand in a page. */
const MARKUP = /<script>alert|<img src=x/;
const FIELDS =
  'name given additional family prefix suffix nickname organization unit title role note categories'.split(
    ' ',
  );
const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>';
const PROPERTIES =
  'FN N NICKNAME ORG TITLE ROLE EMAIL TEL ADR URL IMPP BDAY ANNIVERSARY NOTE CATEGORIES KIND MEMBER PHOTO REV X-MINE'.split(
    ' ',
  );
let uids = 0;
/** A card that is whole, but for what is given. */
function card(lines: readonly string[], { version = '3.0', end = 'END:VCARD\r\n' } = {}): string {
  uids += 1;
  const head = ['BEGIN:VCARD', `VERSION:${version}`, `UID:broken-${uids}`, 'FN:Ada'];
  return `${[...head, ...lines].join('\r\n')}\r\n${end}`;
}
const good = () => card([]);

/** What an import made of it, `added line:reason…`, or the status of the form that refused it. */
async function imported(content: Buffer): Promise<string> {
  const form = new FormData();
  form.set('_csrf', token);
  form.set('book', 'contacts');
  form.set('file', new Blob([new Uint8Array(content)]), 'x.vcf');
  const sent = await web.raw('/contacts/import', {
    method: 'POST',
    body: form,
    headers: { Origin: web.base },
  });
  if (sent.status !== 303) return String(sent.status);
  const target = sent.headers.get('location') ?? '';
  let text = '';
  await until('the import is done', async () => {
    ({ text } = await web.get(target));
    return !text.includes('<progress');
  });
  const [added = '', updated = ''] = [...text.matchAll(/<dd>([^<]*)<\/dd>/g)].map(([, n]) => n);
  const faults = [...text.matchAll(/<li>Ligne ([\d\s]+)\s: ([^<]*)<\/li>/g)];
  return [
    Number(added) + Number(updated),
    ...faults.map(([, line, reason]) => `${line}: ${reason}`),
  ].join(' | ');
}

async function put(content: Buffer): Promise<number> {
  const answer = await fetch(`${web.base}/dav/contacts/cards/put-${uids}.vcf`, {
    method: 'PUT',
    headers: { Authorization: authorization, 'Content-Type': 'text/vcard' },
    body: new Uint8Array(content),
  });
  await answer.text();
  return answer.status;
}

const photo = (bytes: number) =>
  `PHOTO;ENCODING=b;TYPE=JPEG:${Buffer.alloc(bytes, 1).toString('base64')}`;

// What came of it by an import, with the lines that are told, and by a program.
it.each<[string, () => string | Buffer, string, number]>([
  ['a long line without folds', () => card([`NOTE:${'é'.repeat(5_000)}`]), '1', 201],
  [
    'a fold that lost its space',
    () => card(['NOTE:one', 'two three']) + good(),
    '1 | 6: la ligne n’est pas une propriété.',
    403,
  ],
  ['Latin-1', () => Buffer.from(card(['NOTE:é']), 'latin1'), '1', 400],
  ['a character set that lies', () => card(['NOTE;CHARSET=UTF-7:+ADw-b+AD4-']), '1', 201],
  [
    'NUL',
    () => card(['NOTE:a\0b', 'X\0Y:1']) + good(),
    '1 | 6: la ligne n’est pas une propriété.',
    403,
  ],
  ['UTF-16', () => Buffer.from(`\uFEFF${good()}`, 'utf16le'), '1', 400],
  ['UTF-16 without its mark', () => Buffer.from(good(), 'utf16le'), '422', 403],
  ['no end', () => card([], { end: '' }) + good(), '1 | 4: la carte n’a pas de fin.', 403],
  [
    'no beginning',
    () => `VERSION:3.0\r\nFN:x\r\nEND:VCARD\r\n${good()}`,
    '1 | 1: ce n’est pas une carte.',
    403,
  ],
  [
    'a card in a card',
    () => card([good().trim()]),
    '1 | 4: la carte n’a pas de fin. | 10: ce n’est pas une carte.',
    201,
  ],
  [
    'an end too many',
    () => `${good()}END:VCARD\r\n${good()}`,
    '2 | 6: ce n’est pas une carte.',
    403,
  ],
  [
    'a photo of ten megabytes',
    () => card([photo(10_000_000)]) + good(),
    '1 | 1: la carte est trop grande.',
    413,
  ],
  [
    'five thousand lines',
    () => card(Array.from({ length: 5_000 }, (_, at) => `X-L:${at}`)),
    '1',
    201,
  ],
  [
    'thirty thousand',
    () => card(Array.from({ length: 30_000 }, () => 'X-L:1')) + good(),
    '1 | 20\u202f000: la carte a trop de lignes.',
    403,
  ],
  ['markup everywhere', () => card(PROPERTIES.map((name) => `${name}:${HOSTILE}`)), '1', 201],
  [
    'markup in names',
    () => card([`${HOSTILE}:x`, `TEL;TYPE="${HOSTILE}":1`]) + good(),
    '1 | 5: la ligne n’est pas une propriété.',
    403,
  ],
  [
    'soft breaks',
    () => card(['NOTE;ENCODING=QUOTED-PRINTABLE:=C3=', '=A9t=C3=A9=', ''], { version: '2.1' }),
    '1',
    201,
  ],
  ['separators without end', () => card([`N:${';'.repeat(200_000)}`]), '1', 201],
  ['parameters without end', () => card([`TEL${';TYPE=a'.repeat(20_000)}:1`]), '1', 201],
  ['line breaks of old', () => good().replaceAll('\r\n', '\r'), '1', 201],
  [
    'nobody',
    () => 'BEGIN:VCARD\r\nVERSION:3.0\r\nN:;;;;\r\nEND:VCARD\r\n',
    '0 | 1: la carte n’a pas de nom.',
    403,
  ],
  ['nothing', () => '', '422', 403],
])('a file of %s is told, not an error', async (_name, make, told, status) => {
  const content = Buffer.from(make());

  expect([await imported(content), await put(content)]).toEqual([told, status]);
});

it.each([
  ['markup', HOSTILE],
  ['quotes', `"' onmouseover="alert(1)`],
  ['NUL', `a\0${HOSTILE}`],
  ['an end', `x\r\nEND:VCARD\r\nBEGIN:VCARD\r\nX-ADDED:${HOSTILE}`],
  ['signs of vCards', 'a\\;b,c:d=e\\n"f'],
  ['half a character', 'a\uD83D'],
  ['twenty thousand characters', 'x'.repeat(20_000)],
])('a form full of %s is a card, or a form again', async (_name, text) => {
  const answer = await web.post('/contacts/edit', [
    ['_csrf', token],
    ['book', 'contacts'],
    ...FIELDS.map((name): [string, string] => [name, text]),
    ['mail', 'ada@test.example'],
    ['mailType', 'work'],
  ]);

  expect([200, 422]).toContain(answer.status);
  expect(answer.text).not.toMatch(MARKUP);
  expect(answer.all(({ attribs }) => Object.keys(attribs).some((key) => /^on/.test(key)))).toEqual(
    [],
  );
});

it('shows as text whatever came in', async () => {
  const list = await web.get('/contacts');
  const cards = list
    .all(({ name, attribs }) => name === 'a' && /[?&]id=/.test(attribs['href'] ?? ''))
    .map(({ attribs }) => attribs['href'] ?? '');

  expect([list.status, cards.length > 10]).toEqual([200, true]);
  for (const href of cards) {
    const page = await web.get(href);
    expect([page.status, MARKUP.test(page.text)]).toEqual([200, false]);
  }
  for (const format of ['vcard3', 'vcard4', 'csv', 'ldif']) {
    expect((await web.raw(`/contacts/export?book=contacts&format=${format}`)).status).toBe(200);
  }
});
