import { createPluginTest, type PluginTest } from 'estafette/plugin/testing';
import type { AnnuaireConfig } from '../config';
import plugin from '../plugin';
import { fakeDirectory, record } from './fake-directory';

const OWN = 'dc=saisons,dc=example';
const ALLIES = 'dc=allies,dc=example';
const person = (base: string, uid: string, cn: string, more = {}) =>
  record(`uid=${uid},${base}`, {
    objectClass: ['inetOrgPerson'],
    uid: [uid],
    cn: [cn],
    mail: [`${uid}@saisons.example`],
    ...more,
  });
const root = (base: string, o: string) => record(base, { objectClass: ['organization'], o: [o] });
const LINH = `uid=linh,${OWN}`;
const ALIA = `uid=alia,${ALLIES}`;

let test: PluginTest;
let own: ReturnType<typeof fakeDirectory>;
let allies: ReturnType<typeof fakeDirectory>;
afterEach(() => test.stop());

async function start(config: Partial<AnnuaireConfig> = {}): Promise<void> {
  own = fakeDirectory(OWN, [
    root(OWN, 'Ministère'),
    person(OWN, 'linh', 'Linh Clairbois', { mineqTypeEntree: ['x'] }),
  ]);
  allies = fakeDirectory(ALLIES, [
    root(ALLIES, 'Alliés'),
    person(ALLIES, 'alia', 'Alia Clairbois', { nickname: ['Une alliée'], secretary: [ALIA] }),
    person(ALLIES, 'cachee', 'Cachée Clairbois', { employeeType: ['secret'] }),
  ]);
  test = await createPluginTest({
    plugin,
    directory: { ...own, title: 'Saisons', find: (question) => own.find?.(question) as never },
    directories: { allies: { ...allies, title: 'Alliés', find: (q) => allies.find?.(q) as never } },
    config,
    ownEntry: () => person(OWN, 'moi', 'Moi'),
  });
}
const names = (html: string) =>
  [...html.matchAll(/annuaire-name">([^<]*)</g)].map(([, name]) => name);
const search = (more = {}) => test.renderRoute('/', { query: { q: 'clairbois', ...more } });
const entry = (query: Readonly<Record<string, string>>) => test.route('get', '/entry', { query });

it('searches all of them, says where each was found, and keeps to one that is chosen', async () => {
  await start();

  const html = await search();
  expect(names(html)).toEqual(['Alia Clairbois', 'Cachée Clairbois', 'Linh Clairbois']);
  expect(html).toContain('<option value="allies">Alliés</option>');
  expect(html).toContain('<span class="annuaire-detail">Saisons</span>');
  expect(html).not.toContain('id="annuaire-export"');

  const chosen = await search({ in: 'allies' });
  expect(names(chosen)).toEqual(['Alia Clairbois', 'Cachée Clairbois']);
  expect(chosen).toContain('<option value="allies" selected>');
  expect(chosen).toContain('name="of" value="allies"');
  expect(names(await search({ in: 'sign-in' }))).toEqual(['Linh Clairbois']);
});

it('names one that does not answer, while the others do', async () => {
  await start();
  allies.isDown = true;

  const html = await search();
  expect(names(html)).toEqual(['Linh Clairbois']);
  expect(html).toMatch(/«\sAlliés\s» ne répond pas/u);

  own.isDown = true;
  expect(await test.route('get', '/', { query: { q: 'clairbois' } })).toMatchObject({
    status: 503,
    model: { state: 'down' },
  });
});

it('finds an entry in its own directory alone, by ids of the site', async () => {
  await start();

  expect(await entry({ dn: ALIA, of: 'allies' })).toMatchObject({ view: 'page' });
  const elsewhere: readonly Readonly<Record<string, string>>[] = [
    { dn: ALIA },
    { dn: LINH, of: 'allies' },
    { dn: ALIA, of: 'nowhere' },
    { dn: ALIA, of: '../allies' },
    { dn: ALIA, of: 'allies', in: 'nowhere' },
  ];
  for (const query of elsewhere)
    expect({ query, found: await entry(query) }).toEqual({ query, found: { status: 404 } });
  expect(await test.route('get', '/tree', { query: { of: 'nowhere' } })).toEqual({ status: 404 });
});

it('leads on in the directory of an entry', async () => {
  await start();
  const html = await test.renderRoute('/entry', { query: { dn: ALIA, of: 'allies' } });

  const of = [...html.matchAll(/href="(\/annuaire\/(?:entry|tree|vcard)[^"]*)"/g)].map(
    ([, href]) => href ?? '',
  );
  expect(of.filter((href) => !href.includes('of=allies'))).toEqual(['/annuaire/tree']);
  expect(html).toContain('>Alia Clairbois</a>');
});

it('opens the organisation of each, the others closed beside it', async () => {
  await start();
  const html = await test.renderRoute('/tree', { query: { of: 'allies' } });

  expect(names(html)).toEqual(['Alia Clairbois', 'Cachée Clairbois']);
  expect(html).toContain('href="/annuaire/tree?of=allies" aria-current="true"');
  expect(html).toContain('<a href="/annuaire/tree"><span');
});

it('reads each by a mapping of its own', async () => {
  const visibility = { attribute: 'employeeType', hidden: ['secret'], sameService: [] };
  const reading = { attributes: { name: ['nickname', 'cn'] }, visibility };
  await start({ directories: { allies: reading } } as unknown as Partial<AnnuaireConfig>);

  expect(names(await search({ in: 'allies' }))).toEqual(['Une alliée']);
  const html = await test.renderRoute('/', { query: { q: 'alliée' } });
  expect(names(html)).toEqual(['Une alliée']);
});

it('keeps to what the profile of a directory hides, whatever the site hides elsewhere', async () => {
  const visibility = { attribute: 'nickname', hidden: ['personne'], sameService: [] };
  const kinds = { person: [{ attribute: 'objectClass', is: 'inetOrgPerson' }] };
  await start({
    visibility,
    directories: { allies: { profile: 'mel', kinds } },
  } as unknown as Partial<AnnuaireConfig>);
  allies = fakeDirectory(ALLIES, [
    person(ALLIES, 'alia', 'Alia Clairbois'),
    person(ALLIES, 'secrete', 'Secrète Clairbois', { mineqPortee: ['00'] }),
  ]);

  expect(names(await search({ in: 'allies' }))).toEqual(['Alia Clairbois']);
});

it('takes nobody of another directory for the same service', async () => {
  const visibility = { attribute: 'employeeType', hidden: [], sameService: ['secret'] };
  await start({ visibility });

  expect(names(await search({ in: 'allies' }))).toEqual(['Alia Clairbois']);
});

it('exports what stands in the directory that was chosen', async () => {
  await start();
  const body = { of: 'allies', format: 'csv', q: 'clairbois', all: 'yes' };

  const answer = await test.route('post', '/export', { body });

  const { file } = answer as { readonly file: { readonly content: string } };
  expect(String(file.content)).toContain('Alia Clairbois');
  expect(String(file.content)).not.toContain('Linh');
});
