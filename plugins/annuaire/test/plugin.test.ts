import type { DirectoryRecord } from 'estafette/plugin';
import { createPluginTest, type PluginTest } from 'estafette/plugin/testing';
import type { AnnuaireConfig } from '../config';
import { photoHref } from '../links';
import plugin from '../plugin';
import { fakeDirectory, record } from './fake-directory';

const BASE = 'dc=saisons,dc=example';
const ACCUEIL = `ou=accueil,ou=equinoxes,${BASE}`;
const PERSON = ['inetOrgPerson', 'person'];
const service = (dn: string, ou: string) =>
  record(dn, { objectClass: ['organizationalUnit'], ou: [ou] });
const person = (uid: string, cn: string, more: Readonly<Record<string, readonly string[]>> = {}) =>
  record(`uid=${uid},${ACCUEIL}`, {
    objectClass: PERSON,
    uid: [uid],
    cn: [cn],
    mail: [`${uid}@saisons.example`],
    ...more,
  });
const LINH = `uid=linh.clairbois,${ACCUEIL}`;
const RECORDS = [
  record(BASE, { objectClass: ['organization'], o: ['Ministère des Saisons'] }),
  service(`ou=equinoxes,${BASE}`, 'Direction des Équinoxes'),
  service(ACCUEIL, 'Accueil des usagers'),
  person('linh.clairbois', 'Linh Clairbois', {
    title: ['Chargée d’études'],
    telephoneNumber: ['+33 1 99 00 00 42'],
    roomNumber: ['B214'],
    l: ['Vents-sur-Mer'],
    description: ['Enquêtes auprès des usagers'],
    secretary: [`uid=etienne.bourrasque,${ACCUEIL}`],
  }),
  person('etienne.bourrasque', 'Étienne Bourrasque', { telephoneNumber: ['01.99.00.11.43'] }),
  person('fabien.rosee', 'Fabien Rosée', { employeeType: ['caché'] }),
  record(`cn=etudes,ou=listes,${BASE}`, {
    objectClass: ['groupOfNames'],
    cn: ['Études'],
    mail: ['etudes@saisons.example'],
    member: [LINH, `uid=etienne.bourrasque,${ACCUEIL}`, `uid=parti,${ACCUEIL}`],
    owner: [LINH],
  }),
  record(`cn=veille,ou=listes,${BASE}`, {
    objectClass: ['groupOfNames'],
    cn: ['Veille (tous les agents)'],
    mail: ['veille@saisons.example'],
    member: [LINH],
  }),
];

let test: PluginTest;
let directory: ReturnType<typeof fakeDirectory>;
const start = async (config: Partial<AnnuaireConfig> = {}, records = RECORDS) => {
  directory = fakeDirectory(BASE, records);
  test = await createPluginTest({ plugin, directory, config });
};
afterEach(() => test.stop());
const search = (q: string, type = '') =>
  test.renderRoute('/', { query: { q, ...(type && { type }) } });

describe('a search', () => {
  it.each([
    ['Clairbois', 'Linh Clairbois'],
    ['clair', 'Linh Clairbois'],
    ['CLAIRBOIS linh', 'Linh Clairbois'],
    ['etienne', 'Étienne Bourrasque'],
    ['ÉTIENNE', 'Étienne Bourrasque'],
    ['equinoxes', 'Direction des Équinoxes'],
    ['chargee', 'Linh Clairbois'],
    ['linh.clairbois@saisons.example', 'Linh Clairbois'],
    ['LINH.Clairbois@Saisons.example', 'Linh Clairbois'],
    ['0199000042', 'Linh Clairbois'],
    ['+33 1 99 00 00 42', 'Linh Clairbois'],
    ['00 42', 'Linh Clairbois'],
    ['1143', 'Étienne Bourrasque'],
    ['études', 'Études'],
    ['"Linh Clairbois" <linh.clairbois@saisons.example>', 'Linh Clairbois'],
    ['Clairbois,Linh', 'Linh Clairbois'],
    ['linh.clairbois@', 'Linh Clairbois'],
    ['linh.clairbois@sai', 'Linh Clairbois'],
    ['@saisons.example', 'Linh Clairbois'],
    ['33199000042', 'Linh Clairbois'],
    ['tél 01 99 00 00 42', 'Linh Clairbois'],
    ['b214', 'Linh Clairbois'],
    ['214', 'Linh Clairbois'],
    ['Vents-sur-Mer', 'Linh Clairbois'],
    ['(tous', 'Veille (tous les agents)'],
    ['tous les agents', 'Veille (tous les agents)'],
  ])('of %s finds %s', async (q, name) => {
    await start();

    expect(await search(q)).toContain(`<span class="annuaire-name">${name}</span>`);
  });

  it.each(['li', '*', '***', 'zzz', 'airbois', 'clairbois@', '9042', '\0\0\0zz', ')(uid=*'])(
    'of %j finds nobody',
    async (q) => {
      await start();

      expect(await search(q)).not.toContain('annuaire-name');
    },
  );

  it('bears as many words as there is room for', async () => {
    await start();

    expect(await search('aeiouy aeiouyc eeeeeeee aaaaaaa ooooooo uuuuuuu iiiiiii')).toContain(
      'Aucune fiche',
    );
  });

  it('keeps to a type, which the links of the others leave', async () => {
    await start();

    const html = await search('études', 'person');

    expect(html).not.toContain('>Études</span>');
    expect(html).toContain('href="/annuaire?q=%C3%A9tudes&amp;type=list"');
  });

  it('says when it is cut, and stops at the limit', async () => {
    const many = Array.from({ length: 12 }, (_, at) => person(`m${at}`, `Martin Numéro ${at}`));
    await start({ limit: 10 }, [...RECORDS, ...many]);

    const html = await search('martin');

    expect(html.match(/annuaire-name/g)).toHaveLength(10);
    expect(html).toContain('La liste est coupée');
  });
});

describe('a card', () => {
  const card = (dn: string) => test.renderRoute('/entry', { query: { dn } });

  it('leads to the contacts, where a plugin keeps them', async () => {
    await start();
    expect(await card(LINH)).not.toContain('contacts');
    const asked: unknown[] = [];
    let known = 0;
    test.on('contact:addition', (question) => {
      asked.push(question);
      return { href: '/contacts/edit?mail=x', known };
    });

    expect(await card(LINH)).toMatch(
      /<a class="btn" href="\/contacts\/edit\?mail=x">.*Ajouter aux contacts<\/a>/,
    );
    const people = [{ name: 'Linh Clairbois', mail: 'linh.clairbois@saisons.example' }];
    expect(asked).toContainEqual({ people, user: test.user.id });

    known = 1;
    expect(await card(LINH)).toContain('Dans mes contacts</a>');
    // Who has no address is nobody whom it could be asked of.
    expect(await card(ACCUEIL)).not.toContain('/contacts');
  });

  it('leads a selection to the contacts', async () => {
    const ticked = { dn: [LINH, `uid=etienne.bourrasque,${ACCUEIL}`, ACCUEIL, 'uid=nobody'] };
    const keep = (lists: Readonly<Record<string, readonly string[]>>) =>
      test.route('post', '/keep', { body: { q: 'clair' }, lists });
    await start();
    expect(await search('clairbois')).not.toContain('/annuaire/keep');
    expect(await keep(ticked)).toEqual({ status: 404 });

    const asked: string[][] = [];
    test.on('contact:addition', ({ people }) => {
      asked.push(people.map(({ mail }) => mail));
      return { href: '/contacts/add?mails=x', known: 0 };
    });

    expect(await search('clairbois')).toContain('formaction="/annuaire/keep"');
    expect(await keep(ticked)).toEqual({ redirect: '/contacts/add?mails=x' });
    expect(asked.at(-1)).toEqual([
      'linh.clairbois@saisons.example',
      'etienne.bourrasque@saisons.example',
    ]);
    expect(await keep({ dn: [ACCUEIL] })).toEqual({
      redirect: '/annuaire?q=clair&exported=none',
    });
  });

  it('shows what is known, and leads to the composer, the telephone and the service', async () => {
    await start();

    const html = await card(LINH);

    expect(html).toContain('Chargée d’études');
    expect(html).toContain('href="tel:+33199000042"');
    expect(html).toContain(
      `/compose?to=${encodeURIComponent('"Linh Clairbois" <linh.clairbois@saisons.example>')}`,
    );
    expect(html).toContain('B214');
    expect(html).toContain('Direction des Équinoxes');
    expect(html).toContain('>Étienne Bourrasque</a>');
    expect(html).toContain('>Études</a>');
    expect(html).toContain(`/annuaire/tree?base=${encodeURIComponent(ACCUEIL)}`);
  });

  it('names the members and owners of a list, and counts those who are gone', async () => {
    await start();

    const html = await card(`cn=etudes,ou=listes,${BASE}`);

    expect(html).toContain('3 membres');
    expect(html).toContain('>Étienne Bourrasque</a>');
    expect(html).toContain('Et 1 autre.');
    expect(html).toContain('Propriétaires');
  });

  it.each([`uid=nobody,${ACCUEIL}`, 'uid=linh,dc=other', 'nonsense', `${LINH},x`])(
    'of %s is nowhere',
    async (dn) => {
      await start();

      expect(await test.route('get', '/entry', { query: { dn } })).toEqual({ status: 404 });
    },
  );
});

describe('the organisation', () => {
  it('opens one branch, and lists who is there', async () => {
    await start();

    const root = await test.renderRoute('/');
    expect(root).toContain('Direction des Équinoxes');
    expect(root).not.toContain('Accueil des usagers');

    const html = await test.renderRoute('/tree', { query: { base: ACCUEIL } });
    expect(html).toContain('Accueil des usagers');
    expect(html).toContain('Linh Clairbois');
    expect(html).toContain('3 fiches');
  });

  it('answers 404 outside its base', async () => {
    await start();

    for (const base of ['dc=example', 'ou=nowhere', `ou=gone,${BASE}`])
      expect(await test.route('get', '/tree', { query: { base } })).toEqual({ status: 404 });
  });
});

describe('what is not for everybody', () => {
  const visibility = (more: object) => ({
    visibility: { attribute: 'employeeType', hidden: [], sameService: [], ...more },
  });

  it('is in no search, no list and no card when hidden', async () => {
    await start(visibility({ hidden: ['caché'] }));

    expect(await search('rosée')).toContain('Aucune fiche');
    expect(await test.renderRoute('/tree', { query: { base: ACCUEIL } })).not.toContain('Rosée');
    const dn = `uid=fabien.rosee,${ACCUEIL}`;
    expect(await test.route('get', '/entry', { query: { dn } })).toEqual({ status: 404 });
  });

  it('is seen by the same service alone', async () => {
    await start(visibility({ sameService: ['caché'] }));
    expect(await search('rosée')).toContain('Aucune fiche');
  });

  it('is what another plugin leaves out of it', async () => {
    await start();
    const asked: unknown[] = [];
    test.on('directory:entry', (records, { user }) => {
      asked.push(user);
      return records.filter(({ name }) => name !== 'Fabien Rosée') as DirectoryRecord[];
    });

    expect(await search('rosée')).toContain('Aucune fiche');
    expect(await search('clairbois')).toContain('Linh Clairbois');
    expect(new Set(asked)).toEqual(new Set([test.user.id]));
  });

  it('is none that another plugin makes up', async () => {
    await start();
    test.on('directory:entry', (records) => [
      ...(records as DirectoryRecord[]),
      record('cn=made up', { objectClass: PERSON, cn: ['Clairbois Inventé'] }),
    ]);

    const html = await search('clairbois');

    expect(html).toContain('Linh Clairbois');
    expect(html).not.toContain('Inventé');
  });

  it('stays in branches that nobody looks into', async () => {
    await start({ hiddenBranches: [`ou=listes,${BASE}`] });

    expect(await search('études')).not.toContain('>Études</span>');
  });
});

it('says that the directory does not answer, and not that nobody is there', async () => {
  await start();
  directory.isDown = true;

  const answer = await test.route('get', '/', { query: { q: 'linh' } });

  expect(answer).toMatchObject({ status: 503, view: 'page', model: { state: 'down' } });
  expect(await search('linh')).toContain(
    'L’annuaire ne répond pas. Vos contacts restent disponibles.',
  );
});

it('says so where there is no directory', async () => {
  test = await createPluginTest({ plugin });

  expect(await test.renderRoute('/')).toContain('n’a pas d’annuaire');
});

it('knows the names of the ministries’ directory', async () => {
  const mel = (uid: string, type: string, more = {}) =>
    record(`uid=${uid},${BASE}`, {
      objectClass: ['mineqMelBoite'],
      mineqTypeEntree: [type],
      cn: [`Saison ${uid}`],
      mail: [`${uid}@saisons.example`],
      ...more,
    });
  await start({ profile: 'mel' }, [
    mel('agent', 'BALI', { mineqMission: ['Mesure la pluie'] }),
    mel('boite', 'BALF'),
    mel('secret', 'BALI', { mineqPortee: ['00'] }),
  ]);

  const html = await search('saison');

  expect(html).toContain('Saison agent');
  expect(html).toContain('Boîte fonctionnelle');
  expect(html).not.toContain('Saison secret');
  const card = await test.renderRoute('/entry', { query: { dn: `uid=agent,${BASE}` } });
  expect(card).toContain('Mesure la pluie');
});

const HOSTILE = '"><script>alert(1)</script>{{t}}<%= 1 %>\u202eexe\u0007\r\nX: y';

it('shows every value as text', async () => {
  const facts = ['displayName', 'title', 'roomNumber', 'street', 'l', 'description'];
  const values = Object.fromEntries(
    [...facts, 'businessCategory', 'telephoneNumber', 'departmentNumber', 'mail'].map((name) => [
      name,
      [HOSTILE],
    ]),
  );
  await start({}, [...RECORDS, person('mechant', 'Méchant', values)]);
  const dn = `uid=mechant,${ACCUEIL}`;

  const html = await test.renderRoute('/entry', { query: { dn } });
  const list = await search('<script>');

  for (const text of [html, list]) {
    expect(text).not.toContain('<script');
    for (const unseen of ['\u202e', '\u0007']) expect(text).not.toContain(unseen);
  }
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).not.toContain('mailto:');
  expect(html).not.toMatch(/<a [^>]*href="(?!\/annuaire|\/compose|tel:)/);
});

describe('beside the mail', () => {
  const from = (name: string, mail: string) => ({
    message: {
      account: 'me',
      mailbox: 'INBOX',
      uidValidity: 1,
      uid: 1,
      subject: '',
      from: { name, mail },
      attachments: [],
    },
  });
  const MAIL = 'linh.clairbois@saisons.example';
  const sender = (name: string, mail = MAIL) =>
    test.renderSlot('message.sidebar@1', from(name, mail));

  it('shows who wrote, with their service and telephone', async () => {
    await start();

    const html = await sender('CLAIRBOIS Linh');

    expect(html).toContain('Adresse de l’annuaire');
    expect(html).toContain('Accueil des usagers');
    expect(html).toContain('tel:+33199000042');
  });

  it('says when the name is another one, and nothing of unknown addresses', async () => {
    await start();

    expect(await sender('Le Ministre')).toContain('Le message dit venir de');
    expect(await sender('Le Ministre')).not.toContain('Adresse de l’annuaire');
    expect(await sender('Linh Clairbois', 'linh@ailleurs.example')).toBe('');
  });

  it('suggests people before lists, and says where they come from', async () => {
    await start();
    const ask = (query: string) =>
      test.collect('contact:suggestions', { query, limit: 5, for: 'to', user: test.user.id });

    expect(await ask('clair')).toEqual([
      { name: 'Linh Clairbois', mail: MAIL, source: 'directory', score: expect.any(Number) },
    ]);
    expect((await ask('etudes')).map(({ list }) => list)).toEqual([
      undefined,
      { id: expect.any(String), kind: 'list', count: 3 },
    ]);
    expect(await ask('*')).toEqual([]);
  });

  it('goes on suggesting while an address is typed, and looks for no room there', async () => {
    await start();
    const suggest = (query: string) =>
      test.collect('contact:suggestions', { query, limit: 5, for: 'to', user: test.user.id });

    for (const query of ['linh.clairbois', 'linh.clairbois@', 'linh.clairbois@sai'])
      expect(await suggest(query)).toMatchObject([{ mail: 'linh.clairbois@saisons.example' }]);
    expect(await suggest('b214')).toEqual([]);
    expect(await suggest('vents')).toEqual([]);
  });

  it('tells what a contact is made of', async () => {
    const names = { sn: ['Clairbois'], givenName: ['Linh'], mobile: ['06 99 00 00 42'] };
    const linh = RECORDS.find(({ dn }) => dn === LINH);
    const known = record(LINH, { ...linh?.attributes, ...names });
    await start({}, [...RECORDS.filter(({ dn }) => dn !== LINH), known]);
    const mails = [MAIL, 'etudes@saisons.example', 'nobody@saisons.example'];

    expect(await test.collect('contact:facts', { mails, user: test.user.id })).toEqual([
      {
        mail: MAIL,
        name: '',
        given: 'Linh',
        family: 'Clairbois',
        organization: 'Messagerie de test',
        unit: 'Accueil des usagers',
        title: 'Chargée d’études',
        phones: [
          { type: 'work', value: '+33 1 99 00 00 42' },
          { type: 'cell', value: '06 99 00 00 42' },
        ],
      },
      expect.objectContaining({ name: 'Études', given: '', family: '', phones: [] }),
    ]);
  });

  describe('a list that is suggested', () => {
    const listed = async (only?: 'lists') => {
      const asked = { query: 'etudes', limit: 5, for: 'to', user: test.user.id } as const;
      const found = await test.collect('contact:suggestions', { ...asked, ...(only && { only }) });
      return found.flatMap(({ list }) => list?.id ?? []);
    };
    const expand = (list: string, plugin = 'annuaire') =>
      test.first('contact:expand', { plugin, list, limit: 500, user: test.user.id });
    const idOf = (dn: string) => Buffer.from(dn).toString('base64url');

    it('gives those of its members who have an address, in its order', async () => {
      await start();
      const [id = ''] = await listed();

      expect(await listed('lists')).toEqual([id]);
      expect(await expand(id)).toEqual({
        members: [
          { name: 'Linh Clairbois', mail: MAIL },
          { name: 'Étienne Bourrasque', mail: 'etienne.bourrasque@saisons.example' },
        ],
        isCut: false,
      });
    });

    it('is known by its address as well, with all of its members', async () => {
      const many = Array.from({ length: 23 }, (_, at) => person(`m${at}`, `Martin ${at}`));
      const dn = `cn=martins,ou=listes,${BASE}`;
      const list = record(dn, {
        objectClass: ['groupOfNames'],
        cn: ['Martins'],
        mail: ['martins@test.example'],
        member: many.map((one) => one.dn),
      });
      const empty = record(`cn=vide,ou=listes,${BASE}`, {
        objectClass: ['groupOfNames'],
        cn: ['Vide'],
        mail: ['vide@test.example'],
      });
      const one = person('un', 'Un Agent', { mail: ['un@test.example'] });
      await start({}, [...RECORDS, ...many, list, empty, one]);
      const addresses = ['martins@test.example', 'vide@test.example', 'un@test.example'];
      const asked = { site: test.site, locale: 'fr', addresses } as const;

      const found = await test.collect('recipient:classes', asked);

      expect(found.map(({ mail, list: known }) => [mail, known?.count])).toEqual([
        ['martins@test.example', 23],
        ['vide@test.example', undefined],
        ['un@test.example', undefined],
      ]);
      expect(await expand(found[0]?.list?.id ?? '')).toMatchObject({ isCut: false });
    });

    describe.each([
      ['logins', { memberUid: ['linh.clairbois', 'parti', 'fabien.rosee'] }, []],
      [
        'addresses',
        {
          mineqMelMembres: [
            'Linh.Clairbois@saisons.example',
            'fabien.rosee@saisons.example',
            'invitee@ailleurs.example',
          ],
          // The same people once more, as Mél writes them.
          memberUid: ['linh.clairbois', 'fabien.rosee'],
        },
        [{ name: '', mail: 'invitee@ailleurs.example' }],
      ],
    ] as const)('that names its members by %s', (_way, members, others) => {
      const dn = `cn=comptes,ou=listes,${BASE}`;
      const type = { mineqTypeEntree: ['LDIS'], objectClass: ['groupOfNames'] };
      const persons = RECORDS.map((one) =>
        one.attributes['uid']
          ? record(one.dn, { ...one.attributes, mineqTypeEntree: ['BALI'] })
          : one,
      );
      const list = record(dn, { ...type, cn: ['Comptes'], mail: ['c@x.example'], ...members });
      const visibility = { attribute: 'employeeType', hidden: ['caché'], sameService: [] };
      const begin = () => start({ profile: 'mel', visibility }, [...persons, list]);

      it('gives those who may be seen, and people of elsewhere', async () => {
        await begin();

        expect((await expand(idOf(dn)))?.members).toEqual([
          { name: 'Linh Clairbois', mail: MAIL },
          ...others,
        ]);
      });

      it('shows them on its card, and itself on theirs', async () => {
        await begin();

        const html = await test.renderRoute('/entry', { query: { dn } });
        expect(html).toMatch(/<a href="\/annuaire\/entry[^"]*">Linh Clairbois<\/a>/);
        expect(html).not.toContain('Fabien');
        expect(html.includes('>invitee@ailleurs.example</a>')).toBe(others.length > 0);
        expect(await test.renderRoute('/entry', { query: { dn: LINH } })).toContain('>Comptes</a>');
      });
    });

    it('leaves out whom the site hides', async () => {
      const lists = [
        record(`cn=secrets,ou=listes,${BASE}`, {
          objectClass: ['groupOfNames'],
          cn: ['Secrets'],
          employeeType: ['caché'],
          member: [LINH],
        }),
        record(`cn=tous,ou=listes,${BASE}`, {
          objectClass: ['groupOfNames'],
          cn: ['Tous'],
          member: [LINH, `uid=fabien.rosee,${ACCUEIL}`],
        }),
      ];
      const visibility = { attribute: 'employeeType', hidden: ['caché'], sameService: ['chef'] };
      await start({ visibility }, [...RECORDS, ...lists]);

      expect(await expand(idOf(`cn=secrets,ou=listes,${BASE}`))).toBeUndefined();
      const all = (await expand(idOf(`cn=tous,ou=listes,${BASE}`)))?.members;
      expect(all?.map(({ name }) => name)).toEqual(['Linh Clairbois']);
    });

    it.each([
      ['a person', LINH],
      ['nobody', `uid=nobody,${BASE}`],
      ['another place', 'cn=etudes,dc=other'],
      ['no name', '*)(uid=*'],
    ])('is none for %s', async (_name, dn) => {
      await start();

      expect(await expand(idOf(dn))).toBeUndefined();
    });

    it('is not answered for another plugin', async () => {
      await start();
      const [id = ''] = await listed();

      expect(await expand(id, 'contacts')).toBeUndefined();
    });

    it('is asked for in portions, and says when there may be more', async () => {
      const many = Array.from({ length: 500 }, (_, at) => person(`m${at}`, `Martin Numéro ${at}`));
      const dn = `cn=martins,ou=listes,${BASE}`;
      const list = record(dn, {
        objectClass: ['groupOfNames'],
        cn: ['Martins'],
        member: many.map((one) => one.dn),
      });
      await start({}, [...RECORDS, ...many, list]);

      const found = await expand(idOf(dn));

      expect(found?.members).toHaveLength(500);
      expect(found?.isCut).toBe(true);
    });
  });

  it('finds for the search of messages', async () => {
    await start();
    const { id, name, mail } = test.user;
    const query = { site: test.site, locale: 'fr', user: { id, name, mail }, limit: 5 } as const;

    expect(await test.collect('search:results', { ...query, query: 'clairbois' })).toMatchObject([
      { group: 'Annuaire', title: 'Linh Clairbois', href: expect.stringMatching('^/annuaire/') },
    ]);
  });

  it('leaves mail alone when the directory is down', async () => {
    await start();
    directory.isDown = true;

    expect(await sender('Linh')).toBe('');
    const query = { query: 'clair', limit: 5, for: 'to', user: test.user.id } as const;
    expect(await test.collect('contact:suggestions', query)).toEqual([]);
  });

  it('gives the pictures that are published, to who may see them', async () => {
    const image = Buffer.from('89504e470d0a1a0a', 'hex');
    const shown = person('vue', 'Vue Belle', { jpegPhoto: ['there'], carLicense: ['oui'] });
    const unseen = person('cachee', 'Cachée Belle', { jpegPhoto: ['there'] });
    const photos = { [shown.dn]: image, [unseen.dn]: image };
    directory = fakeDirectory(BASE, [...RECORDS, shown, unseen], photos);
    const config = { photoShown: { attribute: 'carLicense', is: 'oui' } };
    test = await createPluginTest({ plugin, directory, config });
    const photo = (dn: string) => test.route('get', photoHref(dn).replace('/annuaire', ''));
    const mails = ['vue@saisons.example', 'cachee@saisons.example', MAIL];

    expect(await test.first('avatar:resolve', { addresses: mails })).toEqual({
      'vue@saisons.example': photoHref(shown.dn),
    });
    expect(await photo(shown.dn)).toMatchObject({
      file: { type: 'image/png', content: image, isInline: true },
    });
    for (const dn of [unseen.dn, LINH, 'uid=nobody'])
      expect(await photo(dn)).toEqual({ status: 404 });
  });
});
