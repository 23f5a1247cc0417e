import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { signedInDemo } from '../kit/signed-in-demo';
import { useSlapd } from '../kit/slapd';

const slapd = useSlapd();
let demo: DemoApp;
let web: WebAgent;

type File = { readonly signIn: { readonly ldap: object } };

beforeAll(async () => {
  ({ demo, web } = await signedInDemo({
    site: (_id, file) => {
      const { signIn } = file as unknown as File;
      return { ...file, signIn: { ...signIn, ldap: { ...signIn.ldap, urls: [slapd().url] } } };
    },
  }));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

/** What means something to a filter, a name, a shell or an eye: all of it letters here. */
const LIST: readonly (readonly [name: string, text: string])[] = [
  ['stars', '***'],
  ['brackets', '((()))'],
  ['one bracket', ')))'],
  ['backslashes', '\\\\\\'],
  ['hex of a star', '\\2a\\2a\\2a'],
  ['hex of NUL', '\\00\\00'],
  ['NUL', '\0\0\0'],
  ['NUL between', 'zz\0*\0zz'],
  ['everybody', '*)(uid=*'],
  ['everything', '*)(objectClass=*))(|(cn=*'],
  ['presence', 'uid=*'],
  ['or', '(|(cn=*)(sn=*))'],
  ['not', '!(uid=x)'],
  ['approximate', 'cn~=odile'],
  ['extensible', 'cn:caseExactMatch:=*'],
  ['star after a name', 'odile*'],
  ['star before a name', '*odile'],
  ['star within', 'od*le'],
  ['full-width stars', '＊＊＊'],
  ['full-width brackets', '）（uid=＊'],
  ['zero width', 'o\u200bd\u200bi*'],
  ['only what is not seen', '\u200b\u2060\ufeff'],
  ['only combining marks', '\u0301\u0302\u0303'],
  ['spaces', '\u00a0\u2003\u3000'],
  ['right to left', '\u202e*elido'],
  ['half a surrogate', '\ud800\udc00*\ud83d'],
  ['newlines', 'a\r\nb*\r\nc'],
  ['a dn', 'uid=odile,dc=*'],
  ['a phone of stars', '+33 * * *'],
  ['an address of stars', '*@*'],
  ['an address and more', '*@saisons.example)(mail=*'],
  ['very long', '*'.repeat(20_000)],
  ['very many words', 'a* '.repeat(2_000)],
];

/** How many entries a page lists. */
const shown = (html: string): number => html.split('class="annuaire-name"').length - 1;

/** Nothing was typed: the page is that of the whole organisation. */
const BLANK = ['NUL', 'spaces'];

it('takes every character that means something literally, on every page', async () => {
  const home = `200, ${shown((await web.get('/annuaire')).text)} found`;
  const rows: { name: string; search: string; entry: number; tree: number; photo: number }[] = [];
  for (const [name, text] of LIST) {
    const typed = encodeURIComponent(Buffer.from(text).toString());
    const search = await web.get(`/annuaire?q=${typed}`);
    const path = Buffer.from(text).toString('base64url').slice(0, 4_000) || 'x';
    const [entry, tree, photo] = await Promise.all([
      web.get(`/annuaire/entry?dn=${typed}`),
      web.get(`/annuaire/tree?base=${typed}`),
      web.get(`/annuaire/photo/${path}`),
    ]);
    rows.push({
      name,
      search: `${search.status}, ${shown(search.text)} found`,
      entry: entry.status,
      tree: tree.status,
      photo: photo.status,
    });
  }
  process.stdout.write(
    `${rows
      .map(({ name, search, entry, tree, photo }) =>
        [name.padEnd(24), search.padEnd(16), entry, tree, photo].join('  '),
      )
      .join('\n')}\n`,
  );

  for (const { name, ...answers } of rows) {
    expect({ name, ...answers }).toEqual({
      name,
      search: BLANK.includes(name) ? home : '200, 0 found',
      entry: 404,
      tree: 404,
      photo: 404,
    });
  }
  expect(shown((await web.get('/annuaire?q=odile')).text)).toBeGreaterThan(0);
}, 120_000);
