import { type GroupCandidate, grantsPermission, groupsOf, groupsSchema } from '../../../src/sites';

type Match = Parameters<typeof groupsOf>[1][number]['match'];

const somebody = (over: Partial<GroupCandidate> = {}): GroupCandidate => ({
  login: 'alice',
  attributes: {},
  ...over,
});
const isIn = (match: Match, person: Partial<GroupCandidate>): boolean =>
  groupsOf(somebody(person), [{ id: 'g', match }]).length === 1;

describe('a branch', () => {
  const dn = 'ou=DSI,dc=saisons,dc=test';

  it.each([
    ['an entry below', 'uid=alice,ou=DSI,dc=saisons,dc=test'],
    ['an entry far below', 'uid=alice,ou=Réseau,ou=Bureau 2,ou=DSI,dc=saisons,dc=test'],
    ['another case', 'UID=Alice,OU=dsi,DC=Saisons,DC=TEST'],
    ['spaces around separators', 'uid=alice , ou = DSI,  dc=saisons, dc=test'],
    ['escapes that need not be', 'uid=alice,ou=\\44\\53\\49,dc=saisons,dc=test'],
    ['object identifiers', 'uid=alice,2.5.4.11=DSI,OID.0.9.2342.19200300.100.1.25=saisons,dc=test'],
    ['pairs in an RDN, a plus escaped', 'cn=A\\+B+uid=alice,ou=DSI,dc=saisons,dc=test'],
    ['its own entry', 'ou=DSI,dc=saisons,dc=test'],
  ])('holds %s', (_what, entry) => {
    expect(isIn({ dn }, { dn: entry })).toBe(true);
  });

  it.each([
    ['an entry beside', 'uid=alice,ou=RH,dc=saisons,dc=test'],
    ['the entry above', 'dc=saisons,dc=test'],
    ['a longer name that ends alike', 'uid=alice,ou=ExDSI,dc=saisons,dc=test'],
    ['the branch within another', 'uid=alice,ou=DSI,dc=saisons,dc=test,dc=evil'],
    // Written by hand into one's own common name, these end like the branch.
    ['a value with escaped commas', 'cn=x\\,ou=DSI\\,dc=saisons\\,dc=test'],
    ['a value with hexadecimal commas', 'cn=x\\2Cou=DSI\\2Cdc=saisons\\2Cdc=test'],
    ['an escaped NUL', 'cn=a\\00ou=DSI,dc=saisons,dc=test'],
    ['an escaped backslash before a comma within', 'cn=x\\\\\\,ou=DSI,dc=saisons,dc=test2'],
    ['quotes', 'cn="x",ou=DSI,dc=saisons,dc=test'],
    ['octets that are not UTF-8', 'uid=\\FF,ou=DSI,dc=saisons,dc=test'],
    ['an escape cut short', 'uid=alice\\,ou=DSI,dc=saisons,dc=test\\'],
    ['an RDN without type', 'alice,ou=DSI,dc=saisons,dc=test'],
    ['an RDN without value', 'uid=,ou=DSI,dc=saisons,dc=test'],
    ['nothing', ''],
    ['a DN beyond any size', `uid=${'a'.repeat(2_000)},ou=DSI,dc=saisons,dc=test`],
  ])('does not hold %s', (_what, entry) => {
    expect(isIn({ dn }, { dn: entry })).toBe(false);
  });

  it('does not hold somebody without a DN', () => {
    expect(isIn({ dn }, {})).toBe(false);
  });

  it('is nobody’s when it is no DN itself', () => {
    expect(isIn({ dn: 'DSI' }, { dn: 'DSI' })).toBe(false);
  });

  it('compares accents written as one octet sequence or two', () => {
    const person = { dn: 'uid=x,ou=re\u0301seau,dc=test' };

    expect(isIn({ dn: 'ou=R\\C3\\A9seau,dc=test' }, person)).toBe(true);
  });

  it('reads a comma after an escaped backslash as a separator', () => {
    expect(isIn({ dn }, { dn: 'cn=x\\\\,ou=DSI,dc=saisons,dc=test' })).toBe(true);
  });
});

describe('a group of the directory', () => {
  const memberOf = 'cn=Administrateurs,ou=groupes,dc=test';

  it('has members by equal names, whatever the case and the attribute’s', () => {
    const attributes = { memberof: ['cn=x,dc=test', 'CN=administrateurs, OU=Groupes, DC=test'] };

    expect(isIn({ memberOf }, { attributes })).toBe(true);
    expect(isIn({ memberOf }, { attributes: { memberOf: [memberOf] } })).toBe(true);
  });

  it('has no member by a group below it or one named alike', () => {
    const attributes = {
      memberof: [`cn=sous-groupe,${memberOf}`, 'cn=Administrateurs', 'pas un nom'],
    };

    expect(isIn({ memberOf }, { attributes })).toBe(false);
  });
});

describe('attributes and logins', () => {
  it('match one of the values, in any case', () => {
    const match = { attribute: { departmentNumber: ['A1', 'A2'] } };

    expect(isIn(match, { attributes: { departmentnumber: ['z', 'a2'] } })).toBe(true);
    expect(isIn(match, { attributes: { departmentnumber: ['a'] } })).toBe(false);
    expect(isIn(match, { attributes: {} })).toBe(false);
  });

  it('match a login, in any case', () => {
    expect(isIn({ logins: ['Alice'] }, { login: 'alice' })).toBe(true);
    expect(isIn({ logins: ['bruno'] }, { login: 'alice' })).toBe(false);
  });

  it('must all match where several are given', () => {
    const match = { dn: 'ou=DSI,dc=test', logins: ['alice'] };

    expect(isIn(match, { dn: 'uid=alice,ou=DSI,dc=test' })).toBe(true);
    expect(isIn(match, { login: 'bruno', dn: 'uid=bruno,ou=DSI,dc=test' })).toBe(false);
    expect(isIn(match, { dn: 'uid=alice,ou=RH,dc=test' })).toBe(false);
  });

  it('match nobody where nothing is given', () => {
    expect(isIn({}, {})).toBe(false);
    expect(isIn({ attribute: {} }, {})).toBe(false);
  });
});

it('names groups in the order of the site file', () => {
  const groups = ['b', 'a', 'c'].map((id) => ({
    id,
    match: { logins: id === 'c' ? ['bruno'] : ['alice'] },
  }));

  expect(groupsOf(somebody(), groups)).toEqual(['b', 'a']);
});

describe('permissions', () => {
  const groups = [
    { id: 'admins', permissions: ['admin.access'] },
    { id: 'pilots', permissions: ['calendar.share'] },
  ];

  it.each([
    ['an administrator’s, to a member', ['admins'], 'admin.access', true],
    ['an administrator’s, to a member of another group', ['pilots'], 'admin.access', false],
    ['an administrator’s that no group lists', ['admins'], 'admin.platform', false],
    ['a listed one, to a member', ['pilots'], 'calendar.share', true],
    ['a listed one, to nobody’s member', [], 'calendar.share', false],
    ['one that no group lists', [], 'calendar.read', true],
  ])('decide %s', (_what, memberOf, permission, answer) => {
    expect(grantsPermission(groups, memberOf, permission)).toBe(answer);
  });

  it.each(['admin.access', 'admin.platform', 'audit.read', 'audit.platform'])(
    'of administrators and of readers of the log need a group even where the site has none: %s',
    (permission) => {
      expect(grantsPermission([], [], permission)).toBe(false);
    },
  );
});

describe('the groups of a site file', () => {
  const group = { id: 'dsi', title: 'DSI', match: { logins: ['alice'] } };

  it('are completed', () => {
    expect(groupsSchema.parse([group])).toEqual([
      { ...group, plugins: {}, locked: [], permissions: [] },
    ]);
    expect(groupsSchema.parse(undefined)).toEqual([]);
  });

  it.each([
    ['the same id twice', [group, group]],
    ['nothing to match', [{ ...group, match: {} }]],
    ['an unknown key', [{ ...group, plugin: {} }]],
    ['a wrong id', [{ ...group, id: 'DSI' }]],
    ['a permission without area', [{ ...group, permissions: ['admin'] }]],
    ['a lock on a whole plugin', [{ ...group, locked: ['calendar'] }]],
  ])('refuse %s', (_what, groups) => {
    expect(groupsSchema.safeParse(groups).success).toBe(false);
  });
});
