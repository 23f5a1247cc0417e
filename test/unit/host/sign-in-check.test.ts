import type { SiteId } from '../../../src/base/types';
import { checkSignIn } from '../../../src/host/sign-in-check';
import { fakeProvider } from '../../kit/sign-in-plugin';

const SITE = 'one' as SiteId;
const MAIL = { kind: 'oauth', mechanism: 'OAUTHBEARER', servers: [] } as const;
const { plugin } = fakeProvider('sso');
const check = (signIn: object, on: readonly string[] = ['sso']): readonly string[] =>
  checkSignIn({
    sites: [{ id: SITE, signIn: { kind: 'imap', ...signIn }, mailAccess: MAIL }],
    found: [plugin],
    reach: () => new Set(on),
  }).map(({ message }) => message);

describe('what a site says of its ways in', () => {
  it('is right when each of them is there', () => {
    expect(check({ order: ['sso.main', 'form'], form: 'hidden' })).toEqual([]);
    expect(check({})).toEqual([]);
    expect(check({}, [])).toEqual([]);
  });

  it('names a way in that is not there, and what may be meant', () => {
    expect(check({ order: ['soo.main'] })[0]).toContain('found "soo.main"; did you mean "sso"?');
    expect(check({ order: ['sso.main'] }, [])[0]).toContain('found "sso.main"');
  });

  it('says when nobody could enter', () => {
    expect(check({ form: 'hidden' }, [])[0]).toContain('nobody can enter');
    expect(check({ form: 'folded' }, [])).toEqual([]);
  });
});
