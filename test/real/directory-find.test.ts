import { systemClock } from '../../src/base/clock';
import { isAppError } from '../../src/base/errors';
import { silentLog } from '../../src/base/log';
import { secretHandle } from '../../src/base/secret';
import type { SiteId, UserId } from '../../src/base/types';
import { jpeg } from '../../src/demo/data/jpeg';
import type { DirectoryEntry } from '../../src/demo/ldap/match';
import {
  createLdapDirectory,
  createOwnEntries,
  type DirectoryFilter,
  type DirectoryPort,
  type DirectoryQuestion,
} from '../../src/directory';
import {
  changeEntry,
  createKeptConnections,
  readDirectoryBytes,
  searchDirectory,
} from '../../src/ldap';
import { type Actor, createDirectoryLookup } from '../../src/session';
import type { LdapDirectory } from '../../src/sites';
import {
  LARGE_BASE,
  type LargeSlapd,
  largeAt,
  largeDirectory,
  SMALL_SERVICE,
  startLargeSlapd,
} from '../kit/large-directory';

const SITE = 'grand' as SiteId;
const ODD = `ou=odd,${LARGE_BASE}`;
/** Names made of what filters are made of; each is one person. */
const NAMES = ['st*r', 'par(en', 'par)en', 'back\\slash', '\\2a', '{{login}}', '&|!', 'a)(uid=*'];
const PICTURE = jpeg(64, 64);

const odd = (uid: string, more: DirectoryEntry['attributes'] = {}): DirectoryEntry => ({
  dn: `uid=${uid},${ODD}`,
  attributes: { objectClass: ['inetOrgPerson'], uid: [uid], sn: ['x'], cn: [uid], ...more },
});
const alias = (name: string, target: string): DirectoryEntry => ({
  dn: `cn=${name},${ODD}`,
  attributes: {
    objectClass: ['alias', 'extensibleObject'],
    cn: [name],
    aliasedObjectName: [target],
  },
});
const ENTRIES: readonly DirectoryEntry[] = [
  { dn: ODD, attributes: { objectClass: ['organizationalUnit'], ou: ['odd'] } },
  ...NAMES.map((name, index) => odd(`odd${index}`, { cn: [name], displayName: [name] })),
  odd('own', { mail: ['own@grand.example'], jpegPhoto: [PICTURE], title: ['Agent'] }),
  odd('svg', { jpegPhoto: [Buffer.from('\xff\xd8\xffno picture', 'latin1')] }),
  alias('inside', `ou=S0,ou=agents,${LARGE_BASE}`),
  alias('outside', 'dc=elsewhere,dc=example'),
  {
    dn: `ou=away,${ODD}`,
    attributes: {
      objectClass: ['referral', 'extensibleObject'],
      ou: ['away'],
      ref: ['ldap://127.0.0.1:1/dc=evil'],
    },
  },
];

let slapd: LargeSlapd;
beforeAll(async () => {
  const passwords = new Map([[`uid=own,${ODD}`, 'own secret']]);
  slapd = await startLargeSlapd([...largeDirectory(), ...ENTRIES], passwords);
}, 120_000);
afterAll(() => slapd.stop());

/** As in service: connections are used again from test to test. */
const through = createKeptConnections();

function made(change: Partial<LdapDirectory> = {}) {
  const ldap = largeAt(slapd, change);
  const signIn = { kind: 'ldap', ldap } as const;
  const directories = createLdapDirectory({
    clock: systemClock,
    sites: [{ id: SITE, title: 'Grand', signIn }],
    search: (to, question, options) => searchDirectory(to, question, { ...options, through }),
    readBytes: (to, wanted, options) => readDirectoryBytes(to, wanted, { ...options, through }),
  });
  const lookup = createDirectoryLookup({ clock: systemClock, log: silentLog() });
  const own = createOwnEntries({ clock: systemClock, lookup, ...directories, write: changeEntry });
  const port = directories.port as Required<DirectoryPort>;
  const find = (question: DirectoryQuestion) => port.find({ site: SITE }, question);
  const actor = (login: string, password?: string) =>
    ({
      site: { id: SITE, signIn },
      user: { id: 1 as UserId, login },
      password: () => (password === undefined ? undefined : secretHandle(password)),
    }) as Actor;
  return { port, find, own, actor };
}

const find = (where: DirectoryFilter, more: Partial<DirectoryQuestion> = {}) =>
  made().find({ where, ...more });
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    return `done ${JSON.stringify(await work)}`;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
};
const ofAgents = { attribute: 'employeeType', is: 'agent' } as const;

describe('values of a filter', () => {
  it.each(NAMES)('%j are what they are, whatever they are made of', async (name) => {
    const ways: readonly DirectoryFilter[] = [
      { attribute: 'cn', is: name },
      { attribute: 'cn', starts: name },
      { attribute: 'cn', contains: name },
      { all: [{ attribute: 'cn', contains: [name.slice(0, 1), name.slice(1)] }] },
    ];
    for (const where of ways) {
      const { entries } = await find(where, { base: ODD, scope: 'one' });
      expect(entries.map((entry) => entry.attributes['cn'])).toEqual([[name]]);
    }
  });

  it.each([
    '*',
    '**',
    '*)(objectClass=*',
    ')(|(uid=*))',
    '(',
    '))',
    '\\',
    '\\2a',
    '\0',
    'x\0*',
    '\\00',
    '{{username}}',
    '|(cn=*)',
    '\u2028',
    '\u200b\u00ad',
    ' ',
    '\ud800',
    "' or 1=1 --",
    '<script>',
    '*'.repeat(256),
  ])('%j find nobody whose name does not hold it', async (value) => {
    for (const where of [
      { attribute: 'uid', is: value },
      { attribute: 'uid', starts: value },
      { attribute: 'uid', contains: value },
      { attribute: 'mail', contains: [value, value] },
      { all: [ofAgents, { attribute: 'sn', is: value }] },
      { not: { not: { attribute: 'uid', is: value } } },
    ]) {
      expect(await find(where)).toEqual({ entries: [], isCut: false });
    }
  });

  it.each([
    'userPassword',
    'userpassword;lang-fr',
    '2.5.4.35',
    'sambaNTPassword',
    'cn=*)(uid',
    '*',
  ])('are compared with no attribute called %j', async (attribute) => {
    expect(await codeOf(find({ attribute, starts: '{' }))).toBe('request/invalid');
    expect(await codeOf(find(ofAgents, { attributes: [attribute] }))).toBe('request/invalid');
  });
});

describe('a question to 20,000 entries', () => {
  it('says that there is more than it gives, and when there is not', async () => {
    const few = await find(ofAgents, { limit: 10 });
    const all = await find(
      { attribute: 'ou', starts: 'S0' },
      { scope: 'one', base: `ou=agents,${LARGE_BASE}` },
    );

    expect([few.entries.length, few.isCut]).toEqual([10, true]);
    expect([all.entries.length, all.isCut]).toEqual([1, false]);
    const most = await find(ofAgents, { limit: 100_000 });
    expect([new Set(most.entries.map(({ dn }) => dn)).size, most.isCut]).toEqual([1_000, true]);
  });

  it('gives what the server gives before a limit of its own, and says so', async () => {
    const { entries, isCut } = await made(SMALL_SERVICE).find({ where: ofAgents, limit: 200 });

    expect([entries.length, isCut]).toEqual([100, true]);
  });

  it('finds by half a telephone number, however it is written', async () => {
    const where = { attribute: 'telephoneNumber', contains: ['01', '23', '45'] };
    const { entries } = await find({ all: [ofAgents, where] });

    expect(entries.map(({ attributes }) => attributes['telephonenumber'])).toContainEqual([
      '+33 1 99 01 23 45',
    ]);
  });

  it('gives sixty members of a list that is asked for its members', async () => {
    const where = { attribute: 'cn', is: 'liste7' };
    const [named] = (await find(where, { attributes: ['member'] })).entries;
    const [plain] = (await find(where)).entries;

    expect(named?.attributes['member']).toHaveLength(60);
    expect(plain?.attributes['member']).toHaveLength(20);
    expect(named?.type).toBe('group');
  });

  it('looks at one level, at an entry, and nowhere outside of its base', async () => {
    const everything = { all: [] };
    const one = await find(everything, { base: `ou=agents,${LARGE_BASE}`, scope: 'one' });
    const base = await find(everything, { base: ODD, scope: 'base' });

    expect(one.entries.map(({ name }) => name)).toContain('Service S0');
    expect(base.entries.map(({ dn }) => dn)).toEqual([ODD]);
    for (const where of ['dc=example', '', 'cn=config', `ou=nowhere,${LARGE_BASE}`, 'not a name'])
      expect(await find(everything, { base: where })).toEqual({ entries: [], isCut: false });
  });

  it('follows no referral', async () => {
    const base = `ou=away,${ODD}`;

    expect((await find({ all: [] }, { base })).entries).toEqual([]);
    expect((await find({ attribute: 'ou', is: 'away' })).entries).toEqual([]);
  });

  it('shows what an alias stands for where the site says so, never outside', async () => {
    const names = async (followAliases: boolean) => {
      const { entries } = await made({ followAliases }).find({
        where: { any: [{ attribute: 'objectClass', is: 'organizationalUnit' }] },
        base: ODD,
        scope: 'one',
      });
      return entries.map(({ dn }) => dn);
    };

    expect(await names(false)).toEqual([]);
    expect(await names(true)).toEqual([`ou=S0,ou=agents,${LARGE_BASE}`]);
  });
});

describe('a picture', () => {
  it('is typed by its bytes, and is none when they say nothing', async () => {
    const { port } = made();
    const photo = (uid: string) => port.photo({ site: SITE }, `uid=${uid},${ODD}`);

    expect(await photo('own')).toEqual({ type: 'image/jpeg', content: PICTURE });
    expect(await photo('odd0')).toBeUndefined();
    expect(await photo('nobody')).toBeUndefined();
    expect(await port.photo({ site: SITE }, `uid=own,${ODD}`, 'sn')).toBeUndefined();
    expect(await port.photo({ site: SITE }, 'uid=own,dc=elsewhere')).toBeUndefined();
  });
});

describe('one’s own entry', () => {
  it('is found by the login, changed with the password, and shown as it is from then on', async () => {
    const { own, actor } = made();
    const me = actor('own', 'own secret');
    await own.find(me);

    await own.change(me, { telephoneNumber: ['+33 1 99 00 99 00'], jpegPhoto: [jpeg(32, 32)] });

    expect((await own.find(me))?.attributes['telephonenumber']).toEqual(['+33 1 99 00 99 00']);
    await own.change(me, { telephoneNumber: [] });
    expect((await own.find(me))?.attributes['telephonenumber']).toBeUndefined();
  });

  it('is asked for again where somebody else may have changed it meanwhile', async () => {
    const { own, actor } = made();
    const me = actor('own', 'own secret');
    const roomOf = async (isNow: boolean) =>
      (await own.find(me, { isNow }))?.attributes['roomnumber'];
    expect(await roomOf(false)).toBeUndefined();

    await made().own.change(me, { roomNumber: ['B214'] });

    expect(await roomOf(false)).toBeUndefined();
    expect(await roomOf(true)).toEqual(['B214']);
    await made().own.change(me, { roomNumber: [] });
  });

  it('is changed by nobody else, nor where the server or the platform says no', async () => {
    const { own, actor } = made();
    const room = { roomNumber: ['A1'] };

    expect(await codeOf(own.change(actor('own', 'wrong'), room))).toBe('directory/refused');
    expect(await codeOf(own.change(actor('own', ''), room))).toBe('directory/refused');
    expect(await codeOf(own.change(actor('own'), room))).toBe('directory/no-password');
    expect(await codeOf(own.change(actor('nobody', 'x'), room))).toBe('directory/refused');
    const me = actor('own', 'own secret');
    expect(await codeOf(own.change(me, { title: ['Ministre'] }))).toBe('directory/refused');
    expect(await codeOf(own.change(me, { mail: ['x@grand.example'] }))).toBe('directory/refused');
    expect(await codeOf(own.change(me, { userPassword: ['x'] }))).toBe('request/invalid');
    expect((await own.find(me))?.attributes['roomnumber']).toBeUndefined();
  });
});
