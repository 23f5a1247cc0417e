import { AppError } from '../../../src/base/errors';
import {
  buildFilter,
  classifyFailure,
  escapeFilterValue,
  parseLdapUrl,
  readEntry,
  toDirectoryError,
  urlOverTls,
  valuesOf,
} from '../../../src/ldap';

describe('filters', () => {
  it('escape what RFC 4515 gives a meaning', () => {
    expect(escapeFilterValue('a*(b)\\\0')).toBe('a\\2a\\28b\\29\\5c\\00');
    expect(escapeFilterValue('Zoé Lefèvre')).toBe('Zoé Lefèvre');
  });

  it.each(['$&', '$`', "$'", '$1', '{{login}}', '{{username}}'])('take %j literally', (login) => {
    const filter = buildFilter('(|(uid={{login}})(mail={{login}}))', { login });

    expect(filter).toBe(`(|(uid=${escapeFilterValue(login)})(mail=${escapeFilterValue(login)}))`);
    expect(filter).not.toContain('{{');
  });

  it('keep unknown placeholders, and no inherited name fills one', () => {
    expect(buildFilter('(x={{constructor}})', { login: 'a' })).toBe('(x={{constructor}})');
  });

  it('are built in linear time', () => {
    const login = '*('.repeat(50_000);
    expect(escapeFilterValue(login)).toHaveLength(login.length * 3);
  });
});

describe('addresses of servers', () => {
  it.each([
    ['ldap://ldap.example', { host: 'ldap.example', port: 389, isLdaps: false }],
    ['ldaps://ldap.example', { host: 'ldap.example', port: 636, isLdaps: true }],
    ['ldap://[::1]:3890', { host: '::1', port: 3890, isLdaps: false }],
  ])('%s', (url, parts) => {
    expect(parseLdapUrl(url)).toEqual({ url, ...parts });
  });

  it.each(['http://x', 'ldap://', 'ldap://x/dc=a', 'ldap://u:p@x', '', 'ldapi:///x'])(
    'are not %j',
    (url) => expect(() => parseLdapUrl(url)).toThrow('config/invalid'),
  );

  it('say TLS to a library that gets a connection ready for it', () => {
    expect(urlOverTls(parseLdapUrl('ldap://[::1]:3890'))).toBe('ldaps://[::1]:3890');
  });
});

describe('entries', () => {
  it('have names in lower case, values as lists, and no secrets or blobs', () => {
    const entry = readEntry({
      dn: 'uid=a,dc=b',
      controls: [],
      CN: 'Alice',
      mail: ['a@b', 'c@d'],
      userPassword: '{SSHA}x',
      sambaNTPassword: 'x',
      jpegPhoto: 'x',
      'userCertificate;binary': 'x',
      description: 'x'.repeat(2_000),
      number: 3,
    });

    expect(entry).toEqual({
      dn: 'uid=a,dc=b',
      attributes: { cn: ['Alice'], mail: ['a@b', 'c@d'] },
    });
    expect(valuesOf(entry, 'Mail')).toEqual(['a@b', 'c@d']);
    expect(valuesOf(entry, 'constructor')).toEqual([]);
  });

  it('pollute nothing', () => {
    const entry = readEntry(JSON.parse('{"dn":"x","__proto__":["y"]}'));

    expect(valuesOf(entry, 'toString')).toEqual([]);
    expect(Object.getPrototypeOf(entry.attributes)).toBe(Object.prototype);
  });

  it.each([undefined, null, 'x', 3])('are empty for %j', (raw) => {
    expect(readEntry(raw)).toEqual({ dn: '', attributes: {} });
  });
});

describe('failures', () => {
  const named = (name: string, message = '', code?: string | number) =>
    Object.assign(new Error(message), { name, ...(code !== undefined && { code }) });

  it.each([
    ['credentials', named('InvalidCredentialsError', '', 49)],
    ['timeout', named('TimeoutError', 'request timeout (client interrupt)', 80)],
    ['timeout', named('ConnectionError', 'connection timeout', 82)],
    ['timeout', new Error('SearchRequest: Operation timed out')],
    ['timeout', new Error('Connection timeout')],
    ['timeout', new AppError('directory/timeout')],
    ['connection', named('Error', '', 'ECONNREFUSED')],
    ['connection', named('Error', '', 'ENOTFOUND')],
    ['connection', named('Error', '', 'DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['connection', named('Error', '', 'ERR_TLS_CERT_ALTNAME_INVALID')],
    ['connection', named('ConnectionError', '1__ldap://x closed')],
    ['connection', named('UnavailableError', '', 52)],
    ['connection', named('BusyError', '', 51)],
    ['other', named('InsufficientAccessRightsError', '', 50)],
    ['other', named('ReferralError', '', 10)],
    ['other', 'a string'],
  ])('are %s: %s', (kind, error) => {
    expect(classifyFailure(error)).toBe(kind);
  });

  it('of the directory are never a wrong password', () => {
    expect(toDirectoryError(named('X', '', 49)).code).toBe('directory/unreachable');
    expect(toDirectoryError(new Error('Connection timeout')).code).toBe('directory/timeout');
  });
});
