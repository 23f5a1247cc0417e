import type { SiteId } from '../../../src/base/types';
import { createLdapDirectory } from '../../../src/directory';
import type { DirectoryEntry, DirectorySearch } from '../../../src/ldap';
import type { LdapDirectory } from '../../../src/sites';
import { movingClock } from '../../kit/moving-clock';

const SITE = 'a' as SiteId;
const LDAP: LdapDirectory = {
  urls: ['ldap://127.0.0.1:389'],
  startTls: false,
  searchBase: 'ou=people,dc=x',
  searchFilter: '(uid={{login}})',
  timeoutMs: 60_000,
  alsoAsk: ['memberOf'],
  attributes: { uid: 'uid', mail: 'mail', name: 'displayName', imapLogin: 'uid' },
};
const camille: DirectoryEntry = {
  dn: 'uid=camille,ou=people,dc=x',
  attributes: {
    displayname: ['Camille Durand'],
    mail: ['Camille@x.example', 'c.durand@x.example'],
    objectclass: ['inetOrgPerson'],
  },
};

function directory(entries: readonly DirectoryEntry[] = [camille]) {
  const asked: (DirectorySearch & { timeoutMs: number })[] = [];
  const clock = movingClock();
  const state = { isDown: false, isCut: false, pictures: [] as Buffer[] };
  const made = createLdapDirectory({
    clock,
    sites: [
      { id: SITE, title: 'Culture', signIn: { kind: 'ldap', ldap: LDAP } },
      { id: 'b' as SiteId, title: 'B', signIn: { kind: 'imap' } },
    ],
    async search(_directory, search, { timeoutMs }) {
      asked.push({ ...search, timeoutMs });
      if (state.isDown) throw new Error('down');
      return { entries, isCut: state.isCut };
    },
    readBytes: async () => new Map([['jpegphoto', state.pictures]]),
  });
  return { ...made, asked, clock, state };
}

it('serves the sites that have a directory', async () => {
  const { serves, port } = directory();

  expect([serves(SITE), serves('b' as SiteId)]).toEqual([true, false]);
  await expect(port.search({ site: 'b' as SiteId }, 'ca')).rejects.toThrow('plugin/unavailable');
});

it('finds people by every word, escaped, within bounds', async () => {
  const { port, asked } = directory();

  const found = await port.search({ site: SITE }, ' cam *)(uid=* ', { limit: 10_000 });

  expect(found).toEqual([
    {
      dn: camille.dn,
      type: 'person',
      name: 'Camille Durand',
      mails: ['Camille@x.example', 'c.durand@x.example'],
      attributes: camille.attributes,
    },
  ]);
  expect(asked[0]).toMatchObject({ base: 'ou=people,dc=x', limit: 50, timeoutMs: 5_000 });
  expect(asked[0]?.filter).toContain('(displayName=*cam*)');
  expect(asked[0]?.filter).toContain('(displayName=*\\2a\\29\\28uid=\\2a*)');
  expect(asked[0]?.filter).not.toContain('(uid=*)');
});

it('asks nothing for a letter, and groups when told', async () => {
  const { port, asked } = directory();

  expect(await port.search({ site: SITE }, 'c')).toEqual([]);
  expect(asked).toEqual([]);
  await port.search({ site: SITE }, 'ca', { types: ['group'] });
  expect(asked[0]?.filter).toContain('(objectClass=groupOfNames)');
  expect(asked[0]?.filter).not.toContain('inetOrgPerson');
});

it('finds addresses in batches, by the address that was asked for', async () => {
  const { port, asked } = directory();
  const many = Array.from({ length: 79 }, (_, n) => `n${n}@x.example`);

  const found = await port.byMail({ site: SITE }, ['C.Durand@x.example', 'nobody', ...many]);

  expect([...found.keys()]).toEqual(['c.durand@x.example']);
  expect(asked).toHaveLength(2);
  expect(asked[0]?.filter).toContain('(mail=c.durand@x.example)');
});

it('reads entries below its base only', async () => {
  const { port, asked } = directory();

  expect(await port.entry({ site: SITE }, 'uid=camille,ou=people,dc=x')).toMatchObject({
    name: 'Camille Durand',
  });
  for (const dn of ['cn=admin,dc=x', 'dc=x', '', 'not a dn', `ou=people,dc=x${'x'.repeat(2_000)}`])
    expect(await port.entry({ site: SITE }, dn)).toBeUndefined();
  expect(asked).toHaveLength(1);
});

it('remembers answers for minutes, and failures never', async () => {
  const { port, asked, clock, state } = directory();
  const ask = () => port.search({ site: SITE }, 'cam');
  state.isDown = true;
  await expect(ask()).rejects.toThrow('down');
  state.isDown = false;

  await Promise.all([ask(), ask()]);
  await ask();
  expect(asked).toHaveLength(2);
  clock.forward(200_000);
  await ask();
  expect(asked).toHaveLength(3);
});

it('cuts what an entry may hold', async () => {
  const attributes = Object.fromEntries(
    Array.from({ length: 100 }, (_, n) => [`a${n}`, Array.from({ length: 50 }, () => 'v')]),
  );
  const { port } = directory([
    { dn: 'x', attributes: { big: ['y'.repeat(1_000)], ...attributes } },
  ]);

  const [record] = await port.search({ site: SITE }, 'cam');

  expect(Object.keys(record?.attributes ?? {})).toHaveLength(60);
  expect(record?.attributes['a1']).toHaveLength(20);
  expect(record?.attributes['big']).toEqual([]);
});

it('remembers no more than its share of the memory', async () => {
  const attributes = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`a${n}`, Array(20).fill('v'.repeat(512))]),
  );
  const { port, asked } = directory(
    Array.from({ length: 25 }, (_, n) => ({ dn: `uid=${n}`, attributes })),
  );
  const ask = (text: string) => port.search({ site: SITE }, text);

  await ask('first'); // 15 million characters
  await ask('first');
  expect(asked).toHaveLength(1);
  await ask('second');
  await ask('first');
  expect(asked).toHaveLength(3);
});

it('remembers what a record may hold, and nobody can change it', async () => {
  const { port } = directory([{ dn: 'x', attributes: { a: ['v'.repeat(20_000_000)] } }]);

  const [first] = await port.search({ site: SITE }, 'cam');
  const [again] = await port.search({ site: SITE }, 'cam');

  expect(again).toBe(first);
  expect(Object.isFrozen(first?.attributes)).toBe(true);
});

it('finds by a question, with what it names, and says when there is more', async () => {
  const { port, asked, state } = directory();
  state.isCut = true;

  const answer = await port.find?.(
    { site: SITE },
    { where: { attribute: 'cn', starts: 'a*' }, scope: 'one', limit: 7, attributes: ['title'] },
  );

  expect(answer).toMatchObject({ entries: [{ name: 'Camille Durand' }], isCut: true });
  expect(asked).toEqual([
    expect.objectContaining({
      base: LDAP.searchBase,
      scope: 'one',
      filter: '(cn=a\\2a*)',
      limit: 7,
      attributes: ['title', 'objectClass', 'displayName', 'cn', 'mail'],
      timeoutMs: 5_000,
    }),
  ]);
  const outside = { where: { all: [] }, base: 'dc=x' };
  expect(await port.find?.({ site: SITE }, outside)).toEqual({ entries: [], isCut: false });
  expect(asked).toHaveLength(1);
});

it('forgets what it answered of a site when something has changed there', async () => {
  const { port, asked, forget, state } = directory();
  const dn = camille.dn;
  state.pictures = [Buffer.from('GIF89a')];
  const ask = async () => [
    await port.entry({ site: SITE }, dn),
    await port.photo?.({ site: SITE }, dn),
  ];

  await ask();
  state.pictures = [];
  expect((await ask())[1]).toMatchObject({ type: 'image/gif' });
  forget(SITE);
  expect((await ask())[1]).toBeUndefined();
  expect(asked).toHaveLength(2);
});

it('has those beside the one of sign-in, which nobody else is asked for', async () => {
  const { searchFilter: _filter, ...ldap } = LDAP;
  const rh = { ...ldap, id: 'rh', title: 'RH', searchBase: 'dc=rh' };
  const asked: unknown[] = [];
  const { port, list, serves } = createLdapDirectory({
    clock: movingClock(),
    sites: [{ id: SITE, title: 'A', signIn: { kind: 'imap' }, directories: [rh] }],
    search: async (_directory, { base }) => {
      asked.push(base);
      return { entries: [], isCut: false };
    },
    readBytes: async () => new Map(),
  });

  expect([serves(SITE), list(SITE)]).toEqual([false, [{ id: 'rh', title: 'RH', base: 'dc=rh' }]]);
  await port.search({ site: SITE, directory: 'rh' }, 'cam');
  await expect(port.search({ site: SITE }, 'cam')).rejects.toThrow('plugin/unavailable');
  expect(asked).toEqual(['dc=rh']);
});

it.each([
  ['a JPEG', Buffer.from('ffd8ffe0', 'hex'), 'image/jpeg'],
  ['a PNG', Buffer.from('89504e470d0a1a0a', 'hex'), 'image/png'],
  ['a WebP', Buffer.from('RIFF\0\0\0\0WEBP'), 'image/webp'],
  [
    'a drawing that runs scripts',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    undefined,
  ],
  [
    'half a megabyte and more',
    Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(500_000)]),
    undefined,
  ],
])('types %s by its bytes', async (_what, bytes, type) => {
  const { port, state } = directory();
  state.pictures = [bytes];

  expect((await port.photo?.({ site: SITE }, camille.dn))?.type).toBe(type);
});
