import type { PluginDirectory } from 'estafette/plugin';
import { createPluginTest, type PluginTest } from 'estafette/plugin/testing';
import type { AnnuaireConfig } from '../config';
import { photoHref } from '../links';
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

/** A directory as it is at each question: tests put others in its place. */
const asNow = (title: string, now: () => ReturnType<typeof fakeDirectory>) => ({
  ...now(),
  title,
  find: (question: Parameters<PluginDirectory['find']>[0]) => now().find?.(question) as never,
  byMail: (mails: readonly string[]) => now().byMail?.(mails) as never,
});

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
    directory: asNow('Saisons', () => own),
    directories: { allies: asNow('Alliés', () => allies) },
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

describe('away from its pages', () => {
  const MAIL = { linh: 'linh@saisons.example', alia: 'alia@saisons.example' } as const;
  const PHOTO = { jpegPhoto: ['there'] };
  const all = async (): Promise<void> => {
    await start();
    own = fakeDirectory(OWN, [
      root(OWN, 'Ministère'),
      person(OWN, 'linh', 'Linh Clairbois', PHOTO),
      person(OWN, 'deux', 'Clairbois ici'),
      person(OWN, 'ici', 'Agent', { mail: ['ici@test.example'] }),
    ]);
    allies = fakeDirectory(ALLIES, [
      root(ALLIES, 'Alliés'),
      person(ALLIES, 'alia', 'Alia Clairbois', PHOTO),
      person(ALLIES, 'deux', 'Clairbois là-bas'),
      person(ALLIES, 'labas', 'Agente', { mail: ['labas@test.example'] }),
      record(`cn=tous,${ALLIES}`, {
        objectClass: ['groupOfNames'],
        cn: ['Tous Clairbois'],
        member: [ALIA, LINH],
      }),
    ]);
  };
  const suggested = async () => {
    const asked = { query: 'clairbois', limit: 9, for: 'to', user: test.user.id } as const;
    const found = await test.collect('contact:suggestions', asked);
    return {
      names: found.map(({ name }) => name).sort(),
      lists: found.flatMap(({ list }) => list ?? []),
    };
  };
  const sender = (mail: string) =>
    test.renderSlot('message.sidebar@1', {
      message: {
        account: 'a',
        mailbox: 'INBOX',
        uidValidity: 1,
        uid: 1,
        subject: '',
        from: { name: 'Clairbois', mail },
        attachments: [],
      },
    });
  const classes = async () => {
    const addresses = ['ici@test.example', 'labas@test.example'];
    const asked = { site: test.site, locale: 'fr', addresses } as const;
    return (await test.collect('recipient:classes', asked)).map(({ mail }) => mail);
  };

  it('asks all of them, that of sign-in first', async () => {
    await all();

    const { names: people } = await suggested();
    expect(people).toEqual([
      'Alia Clairbois',
      'Clairbois ici',
      'Clairbois là-bas',
      'Linh Clairbois',
      'Tous Clairbois',
    ]);
    expect(await sender(MAIL.alia)).toContain(
      `href="/annuaire/entry?dn=${encodeURIComponent(ALIA)}&amp;of=allies"`,
    );
    expect(await sender('deux@saisons.example')).toContain('>Clairbois ici</a>');
    expect(await test.first('avatar:resolve', { addresses: Object.values(MAIL) })).toEqual({
      [MAIL.linh]: photoHref(LINH),
      [MAIL.alia]: photoHref(ALIA, 'allies'),
    });
    expect(await classes()).toEqual(['ici@test.example', 'labas@test.example']);
    const found = {
      site: test.site,
      locale: 'fr',
      user: test.user,
      query: 'alia',
      limit: 5,
    } as const;
    expect(await test.collect('search:results', found)).toMatchObject([
      { title: 'Alia Clairbois', href: expect.stringContaining('of=allies') },
    ]);
    const known = await test.collect('contact:facts', {
      mails: Object.values(MAIL),
      user: test.user.id,
    });
    expect(known.map(({ mail, organization }) => [mail, organization])).toEqual([
      [MAIL.linh, 'Messagerie de test'],
      [MAIL.alia, 'Alliés'],
    ]);
  });

  it('opens a list where it stands', async () => {
    await all();
    const [list] = (await suggested()).lists;
    const expand = (id: string) =>
      test.first('contact:expand', { plugin: 'annuaire', list: id, limit: 9, user: test.user.id });

    // Who stands in another directory is nobody of this one.
    expect(await expand(list?.id ?? '')).toEqual({
      members: [{ name: 'Alia Clairbois', mail: MAIL.alia }],
      isCut: false,
    });
    expect(await expand((list?.id ?? '').replace('allies', 'nowhere'))).toBeUndefined();
    expect(await expand((list?.id ?? '').replace('allies.', ''))).toBeUndefined();
  });

  it('goes on with the others when one is down, whichever', async () => {
    await all();
    allies.isDown = true;
    expect((await suggested()).names).toEqual(['Clairbois ici', 'Linh Clairbois']);
    expect(await sender(MAIL.linh)).toContain('>Linh Clairbois</a>');
    expect(test.failures()).toEqual([]);

    allies.isDown = false;
    own.isDown = true;
    expect((await suggested()).names).toContain('Alia Clairbois');
    expect(await sender(MAIL.alia)).toContain('>Alia Clairbois</a>');
    expect(test.failures()).toEqual([]);
  });

  it('does not wait for one that is slow', async () => {
    await all();
    let answer = (): void => undefined;
    allies.find = () =>
      new Promise((resolve) => {
        answer = () => resolve({ entries: [], isCut: false });
      });
    expect((await suggested()).names).toEqual(['Clairbois ici', 'Linh Clairbois']);
    answer();
  });
});
