import { createPluginTest, type PluginTest, type RouteInput } from 'estafette/plugin/testing';
import plugin from '../plugin';
import { fakeDirectory, record } from './fake-directory';

const BASE = 'dc=saisons,dc=example';
const PHOTO = Buffer.from([0xff, 0xd8, 0xff, 1, 2, 3]);
type Values = Readonly<Record<string, readonly string[]>>;
const person = (uid: string, cn: string, more: Values = {}) =>
  record(`uid=${uid},ou=a,${BASE}`, {
    objectClass: ['inetOrgPerson'],
    uid: [uid],
    cn: [cn],
    mail: [`${uid}@saisons.example`],
    ...more,
  });
const LINH = person('linh', 'Linh Clairbois', {
  sn: ['Clairbois'],
  givenName: ['Linh'],
  title: ['Chargée; d’études, \\ cheffe'],
  telephoneNumber: ['+33 1 99 00 00 42'],
  description: [`Enquêtes ${'é'.repeat(60)}`, 'Seconde'],
  jpegPhoto: ['there'],
});
const BAD = person('bad', '=HYPERLINK("http://x")', { title: ['a\r\nEND:VCARD\r\nX: y'] });
const HIDDEN = person('hidden', 'Caché Frimas', { employeeType: ['caché'] });
const SERVICE = record(`ou=a,${BASE}`, { objectClass: ['organizationalUnit'], ou: ['Accueil'] });
const CLOSED = record(`ou=b,${BASE}`, {
  objectClass: ['organizationalUnit'],
  ou: ['Clos'],
  employeeType: ['caché'],
});
const INSIDE = record(`uid=in,${CLOSED.dn}`, { objectClass: ['inetOrgPerson'], cn: ['Dedans'] });

let test: PluginTest;
let directory: ReturnType<typeof fakeDirectory>;
beforeEach(async () => {
  const all = [LINH, BAD, HIDDEN, SERVICE, CLOSED, INSIDE];
  directory = fakeDirectory(BASE, all, { [LINH.dn]: PHOTO });
  const config = { visibility: { attribute: 'employeeType', hidden: ['caché'], sameService: [] } };
  test = await createPluginTest({ plugin, directory, config });
});
afterEach(() => test.stop());

const send = (
  body: Readonly<Record<string, string>>,
  dns: readonly string[] = [],
  more: RouteInput = {},
) => test.route('post', '/export', { body, lists: { dn: dns }, ...more });
async function fileOf(...asked: Parameters<typeof send>) {
  const answer = await send(...asked);
  if (!('file' in answer)) throw new Error(`no file: ${JSON.stringify(answer)}`);
  return { ...answer.file, text: String(answer.file.content) };
}
const unfolded = (text: string): string => text.replaceAll('\r\n ', '');

it('gives what was ticked, and nothing that the reader may not see', async () => {
  const { name, type, text } = await fileOf({ format: 'vcard4' }, [
    LINH.dn,
    LINH.dn.toUpperCase(),
    HIDDEN.dn,
    `uid=nobody,${BASE}`,
    'dc=elsewhere',
    '*',
  ]);

  expect([name, type]).toEqual(['annuaire.vcf', 'text/vcard']);
  expect(text.match(/BEGIN:VCARD/g)).toHaveLength(1);
  expect(text).toContain('FN:Linh Clairbois\r\nN:Clairbois;Linh;;;\r\n');
  expect(test.audited).toMatchObject([{ details: { count: 1, format: 'vcard4' } }]);
});

it('writes cards that other programs read, with every value as text', async () => {
  const { text } = await fileOf({ format: 'vcard3' }, [LINH.dn, BAD.dn]);

  expect(text).toContain('VERSION:3.0');
  expect(text).not.toContain('KIND:');
  expect(text).toContain('TITLE:Chargée\\; d’études\\, \\\\ cheffe\r\n');
  expect(unfolded(text)).toContain(`NOTE:Enquêtes ${'é'.repeat(60)}\\nSeconde\r\n`);
  expect(text).toContain('TITLE:a END:VCARD X: y\r\n');
  expect(text.match(/^END:VCARD/gm)).toHaveLength(2);
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});

it('writes a table for spreadsheets, without formulas', async () => {
  const { name, text } = await fileOf({ format: 'csv' }, [LINH.dn, BAD.dn]);
  const english = await fileOf({ format: 'csv' }, [LINH.dn], { locale: 'en' });

  expect(name).toBe('annuaire.csv');
  expect(text.startsWith('\uFEFFNom affiché;Nom;Prénom;Type;')).toBe(true);
  expect(text).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(text).toContain("'+33 1 99 00 00 42");
  expect(text.split('\r\n')).toHaveLength(4);
  expect(english.text).toContain('Display name,Surname,');
});

it('gives all of a search, or of a branch', async () => {
  const found = await fileOf({ all: 'yes', q: 'clairbois', format: 'csv' });
  const branch = await fileOf({ all: 'yes', base: SERVICE.dn, format: 'csv' });

  expect(found.text.split('\r\n')).toHaveLength(3);
  expect(branch.text).toContain('Linh Clairbois');
  expect(branch.text).not.toContain('Caché');
});

it.each([
  ['nothing', {}, '/annuaire/tree?exported=none'],
  ['a branch that is hidden', { all: 'yes', base: CLOSED.dn }, expect.stringContaining('none')],
  ['a branch of elsewhere', { all: 'yes', base: 'dc=example' }, expect.stringContaining('none')],
  ['a search for nobody', { all: 'yes', q: 'zzzz' }, '/annuaire?q=zzzz&exported=none'],
])('says so when %s is asked for', async (_what, body, redirect) => {
  expect(await send(body)).toEqual({ redirect });
  expect(await test.renderRoute('/tree', { query: { exported: 'none' } })).toContain(
    'Cochez d’abord',
  );
  expect(test.audited).toEqual([]);
});

it('says that the directory does not answer', async () => {
  directory.isDown = true;

  expect(await send({}, [LINH.dn])).toMatchObject({ status: 503, view: 'down', retryAfterS: 30 });
});

it('gives one card with its picture, and none that is hidden', async () => {
  const card = (dn: string) => test.route('get', `/vcard/${Buffer.from(dn).toString('base64url')}`);

  const answer = await card(LINH.dn);

  if (!('file' in answer)) throw new Error('no file');
  expect(answer.file.name).toBe('linh-clairbois.vcf');
  const photo = `PHOTO:data:image/png;base64,${PHOTO.toString('base64')}`;
  expect(unfolded(String(answer.file.content))).toContain(photo);
  for (const dn of [HIDDEN.dn, 'dc=elsewhere', '']) expect(await card(dn)).toEqual({ status: 404 });
});
