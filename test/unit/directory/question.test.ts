import { checkQuestion, type DirectoryFilter } from '../../../src/directory';

const BASE = 'dc=x,dc=example';
const filterOf = (where: unknown) =>
  checkQuestion({ where: where as DirectoryFilter }, BASE)?.filter;

it.each([
  [{ attribute: 'cn', is: 'a*b' }, '(cn=a\\2ab)'],
  [{ attribute: 'cn', starts: 'a)(b' }, '(cn=a\\29\\28b*)'],
  [{ attribute: 'cn', contains: 'a\\b\0' }, '(cn=*a\\5cb\\00*)'],
  [{ attribute: 'mobile', contains: ['01', '*', '99'] }, '(mobile=*01*\\2a*99*)'],
  [{ attribute: 'mail', present: true }, '(mail=*)'],
  [{ all: [] }, '(objectClass=*)'],
  [{ any: [] }, '(!(objectClass=*))'],
  [
    {
      all: [{ attribute: 'cn', is: 'a' }, { not: { any: [{ attribute: 'sn', is: '{{login}}' }] } }],
    },
    '(&(cn=a)(!(|(sn=\\7b\\7blogin\\7d\\7d))))',
  ],
])('writes %j as a filter', (where, text) => {
  expect(filterOf(where)).toBe(text);
});

it.each(['\u200b', '\u2028', ' \t', '\u00ad\u0301'])(
  'finds nobody by %j, which no one sees',
  (value) => {
    for (const where of [
      { attribute: 'cn', is: value },
      { attribute: 'cn', starts: value },
      { attribute: 'cn', contains: [value, value] },
    ]) {
      expect(filterOf(where)).toBe('(!(objectClass=*))');
    }
  },
);

const deep = (levels: number): unknown =>
  levels === 0 ? { attribute: 'cn', is: 'a' } : { not: deep(levels - 1) };
const ring: { not?: unknown } = {};
ring.not = ring;

it.each([
  undefined,
  'cn=*',
  '(cn=*)',
  {},
  { attribute: 'cn' },
  { attribute: 'cn', is: '' },
  { attribute: 'cn', is: 1 },
  { attribute: 'cn', is: 'a'.repeat(257) },
  { attribute: 'cn', is: 'a', filter: '(uid=*)' },
  { attribute: 'cn)(uid', is: 'a' },
  { attribute: 'userPassword', starts: '{SSHA}' },
  { attribute: 'userPassword;lang-fr', present: true },
  { attribute: '2.5.4.35', present: true },
  { attribute: 'unicodePwd', present: true },
  { all: Array.from({ length: 201 }, () => ({ attribute: 'cn', is: 'a' })) },
  { any: Array.from({ length: 3 }, () => ({ any: Array(90).fill({ attribute: 'cn', is: 'a' }) })) },
  deep(50),
])('refuses what is no filter: %#', (where) => {
  expect(() => filterOf(where)).toThrow('request/invalid');
});

it('refuses a ring', () => {
  expect(() => filterOf(ring)).toThrow('request/invalid');
});

it('bounds what is asked for, and stays below the base', () => {
  const where = { all: [] };
  const limitOf = (limit?: number) =>
    checkQuestion({ where, ...(limit !== undefined && { limit }) }, BASE)?.limit;

  expect([undefined, 0, -1, 2.9, 200, 1e9].map(limitOf)).toEqual([50, 1, 1, 2, 200, 1_000]);
  expect(checkQuestion({ where, base: ` OU=a , ${BASE}` }, BASE)).toBeDefined();
  for (const base of ['dc=example', 'dc=x', '', '*', `ou=a,${BASE}x`])
    expect(checkQuestion({ where, base }, BASE)).toBeUndefined();
  for (const wrong of [{ scope: 'all' }, { base: 1 }, { attributes: ['a b'] }, { filter: '(a=*)' }])
    expect(() => checkQuestion({ where, ...(wrong as object) }, BASE)).toThrow('request/invalid');
  expect(() => checkQuestion({ where, limit: Number.NaN }, BASE)).toThrow('request/invalid');
});
