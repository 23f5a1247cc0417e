import { ok } from '../../../src/base/result';
import type { SiteId } from '../../../src/base/types';
import type { FoundPlugin } from '../../../src/host/discover';
import { checkSignIn } from '../../../src/host/sign-in-check';
import type { OfferedWay } from '../../../src/host/sign-in-types';
import { formatIssue } from '../../../src/kernel/config';
import { secretHandle } from '../../../src/session';
import type { MailAccess } from '../../../src/sites';
import { protectionSchema } from '../../../src/sites/protection-schema';
import { fakeProvider } from '../../kit/sign-in-plugin';

const SITE = 'one' as SiteId;
const OAUTH = { kind: 'oauth', mechanism: 'OAUTHBEARER', servers: [] } as const;
const { plugin } = fakeProvider('sso');

/** The same plugin, which says by which ways a configuration lets people in. */
const saying = (offered: (config: unknown) => readonly OfferedWay[]): FoundPlugin => {
  const { definition } = plugin;
  const signIn = definition.contributes?.signIn;
  if (!signIn) throw new Error('no ways in');
  return {
    ...plugin,
    definition: { ...definition, contributes: { signIn: { ...signIn, offered } } },
  };
};
const CARD_AND_CAS = saying(() => [
  { id: 'card', givesToken: true },
  { id: 'cas', givesToken: false },
]);

interface Asked {
  readonly on?: readonly string[];
  readonly found?: FoundPlugin;
  readonly mailAccess?: MailAccess;
  readonly outside?: 'refuse' | 'factor' | 'allow';
}
const check = (
  signIn: object,
  { on = ['sso'], found = plugin, mailAccess = OAUTH, outside = 'allow' }: Asked = {},
): readonly string[] =>
  checkSignIn({
    sites: [
      {
        id: SITE,
        signIn: { kind: 'imap', ...signIn },
        mailAccess,
        protection: {
          ...protectionSchema.parse({}),
          networks: { inside: ['10.0.0.0/8'], outside },
        },
      },
    ],
    found: [found],
    enabling: { reach: () => new Set(on), config: () => ok({ cards: 2 }), faults: () => [] },
    sources: [{ file: 'config/sites/one.json', value: { signIn, mailAccess }, lines: new Map() }],
  }).map(formatIssue);
const OFF = { on: [] };
const MASTER: MailAccess = {
  kind: 'master',
  user: 'x',
  separator: '*',
  password: secretHandle('x'),
  servers: [],
};

describe('what a site says of its ways in', () => {
  it('is right when each of them is there', () => {
    expect(check({ order: ['sso.main', 'form'], form: 'hidden' })).toEqual([]);
    expect(check({})).toEqual([]);
    expect(check({}, OFF)).toEqual([]);
  });

  it('names a way in that is not there, and what may be meant', () => {
    expect(check({ order: ['soo.main'] })[0]).toContain('found "soo.main"; did you mean "sso"?');
    expect(check({ order: ['sso.main'] }, OFF)[0]).toContain('found "sso.main"');
  });

  it('names a way that the settings of the plugin do not make: file, key, expected, found', () => {
    const order = ['form', 'sso.crad', 'sso.cas'];

    expect(check({ order }, { found: CARD_AND_CAS, mailAccess: MASTER })).toEqual([
      'config/sites/one.json: signIn.order.1: expected a way in that is on ("form", "sso.card", "sso.cas"), found "sso.crad"; did you mean "sso.card"?',
    ]);
  });

  it('reads the settings of the site', () => {
    const found = saying((config) => [{ id: `card-${Reflect.get(Object(config), 'cards')}` }]);

    expect(check({ order: ['sso.card-2'] }, { found })).toEqual([]);
    expect(check({ order: ['sso.card-1'] }, { found })).toHaveLength(1);
  });

  it('is not judged by a plugin that fails to say', () => {
    const found = saying(() => {
      throw new Error('broken');
    });

    expect(check({ order: ['sso.any'] }, { found })).toEqual([]);
  });

  it('tells of a way whose people bring no token where tokens open the mail', () => {
    expect(check({}, { found: CARD_AND_CAS })).toEqual([
      'config/sites/one.json: mailAccess.kind: expected "master" or "authzid", found "oauth": sso.cas brings no token to open mail with',
    ]);
    expect(check({}, { found: CARD_AND_CAS, mailAccess: MASTER })).toEqual([]);
  });

  it('says when nobody could enter', () => {
    expect(check({ form: 'hidden' }, OFF)[0]).toContain('nobody can enter');
    expect(check({ form: 'hidden' }, { found: saying(() => []) })[0]).toContain('nobody can enter');
    expect(check({ form: 'folded' }, OFF)).toEqual([]);
  });

  it('says when nobody could enter from outside, for want of who asks a second factor', () => {
    const found = { ...plugin, definition: { ...plugin.definition, provides: ['second-factor'] } };

    expect(check({}, { outside: 'factor' })).toEqual([
      expect.stringContaining(
        'config/sites/one.json: protection.networks.outside: expected a plugin that answers for a second factor',
      ),
    ]);
    expect(check({}, { outside: 'factor', found })).toEqual([]);
    expect(check({}, { ...OFF, outside: 'refuse' })).toEqual([]);
  });
});
