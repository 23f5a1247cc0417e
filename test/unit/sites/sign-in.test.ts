import { aSiteFile, faultsOf, parse } from './support';

const siteWith = (signIn: object, more: object = {}) =>
  parse({ sites: { one: aSiteFile({ signIn: { kind: 'imap', ...signIn }, ...more }) } }).sites[0];

const GROUPS = { groups: [{ id: 'agents', title: 'Agents', match: { logins: ['alice'] } }] };

describe('signIn of a site file', () => {
  it('shows the form and lets everybody in unless told', () => {
    expect(siteWith({})?.signIn).toEqual({ kind: 'imap' });
  });

  it('keeps what it is told', () => {
    const rules = {
      order: ['sso.main', 'form'],
      form: 'folded',
      eligible: { groups: ['agents'] },
      profile: { language: 'preferredLanguage', unit: 'departmentNumber', phone: 'mobile' },
    };

    expect(siteWith(rules, GROUPS)?.signIn).toEqual({
      kind: 'imap',
      ...rules,
      eligible: { branches: [], groups: ['agents'] },
    });
  });

  it.each([
    [{ order: ['sso'] }, 'expected "form" or plugin.method'],
    [{ order: ['form', 'form'] }, 'expected each way once'],
    [{ form: 'none' }, 'signIn.form'],
    [{ eligible: {} }, 'nobody could sign in'],
    [{ eligible: { groups: ['agent'] } }, 'did you mean "agents"'],
    [{ eligible: { branches: ['nothing'] } }, 'expected a distinguished name'],
    [{ eligible: { branches: ['ou=a,dc=b'] } }, 'branches are its own'],
  ])('refuses %j', (rules, message) => {
    const one = aSiteFile({ signIn: { kind: 'imap', ...rules }, ...GROUPS });

    expect(faultsOf({ sites: { one } }).join('\n')).toContain(message);
  });
});

describe('alsoPeople of a site file', () => {
  const alsoPeople = { attribute: { o: ['Culture'] } };

  it('says who is of the site among those that sign in elsewhere', () => {
    const file = aSiteFile({ alsoHosts: ['mail.sport.example'], alsoPeople });

    expect(parse({ sites: { one: file } }).sites[0]).toMatchObject({ alsoPeople });
  });

  it('is refused where it would move nobody, and where it means nobody', () => {
    const hosts = { alsoHosts: ['mail.sport.example'] };

    expect(faultsOf({ sites: { one: aSiteFile({ alsoPeople }) } }).join('\n')).toContain(
      'alsoPeople: expected alsoHosts beside it',
    );
    expect(
      faultsOf({ sites: { one: aSiteFile({ ...hosts, alsoPeople: {} }) } }).join('\n'),
    ).toContain('expected dn, memberOf, attribute or logins');
  });
});
