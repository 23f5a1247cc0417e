import { dnKey, isSame, isWithin, parentOf, pathTo, rdnOf, splitDn } from '../dn';

it('splits at commas that are no part of a value', () => {
  expect(splitDn('cn=A\\, B,ou=C\\2CD , dc=e')).toEqual(['cn=A\\, B', 'ou=C\\2CD', 'dc=e']);
  expect(rdnOf('cn=A\\, B,dc=e')).toEqual(['cn', 'A, B']);
  expect(rdnOf('ou=C\\2CD\\c3\\a9,dc=e')).toEqual(['ou', 'C,Dé']);
  expect(rdnOf('')).toEqual(['', '']);
  expect(parentOf('cn=A\\, B,ou=C,dc=e')).toBe('ou=C,dc=e');
});

it('takes two writings of one name for the same', () => {
  expect(isSame('OU=Équinoxes, dc=E', 'ou=équinoxes,DC=e')).toBe(true);
  expect(dnKey('ou = a, dc=b')).toBe('ou=a,dc=b');
});

it('knows what stands below', () => {
  expect(isWithin('ou=a,dc=e', 'dc=e')).toBe(true);
  expect(isWithin('dc=e', 'dc=e')).toBe(true);
  expect(isWithin('ou=a,dc=fe', 'dc=e')).toBe(false);
  expect(pathTo('cn=x,ou=b,ou=a,dc=e', 'dc=e')).toEqual([
    'ou=a,dc=e',
    'ou=b,ou=a,dc=e',
    'cn=x,ou=b,ou=a,dc=e',
  ]);
  expect(pathTo('cn=x,dc=other', 'dc=e')).toEqual([]);
});
