import { isWithin } from 'estafette/plugin';
import { slowdown } from 'estafette/plugin/testing';
import { senderConfig } from '../config';
import { domainOf } from '../domain';
import { createJudge } from '../judge';

const judge = createJudge(
  senderConfig.parse({
    domains: ['culture.gouv.example', 'saisons.example', 'éducation.example', 'mer.example'],
    trusted: ['partenaire.example', 'impots.gouv.example'],
  }),
);

describe('addresses that belong', () => {
  it.each([
    ['paul@culture.gouv.example', 'inside'],
    ['Paul@CULTURE.gouv.Example', 'inside'],
    ['paul@listes.culture.gouv.example', 'inside'],
    ['paul@saisons.example.', 'inside'],
    ['paul@éducation.example', 'inside'],
    ['paul@xn--ducation-90a.example', 'inside'],
    ['paul@e\u0301ducation.example', 'inside'],
    ['paul@mer.example', 'inside'],
    ['paul@lettre.partenaire.example', 'trusted'],
    ['paul@impots.gouv.example', 'trusted'],
    ['"a@evil.test"@saisons.example', 'inside'],
  ])('%s is %s', (mail, kind) => {
    expect(judge.of(mail)).toEqual({ kind });
  });
});

describe('addresses from outside that imitate nothing', () => {
  it.each([
    'paul@universite.example',
    'paul@mairie-lyon.test',
    'paul@agriculture.test',
    'paul@structure.gouv.example',
    'paul@environnement.gouv.example',
    'paul@jardins.example',
    'paul@quatre-mers.test',
    'lettre@lettre-des-saisons.example',
    'paul@quatre-saisons.example',
    'paul@saisons-et-jardins.test',
    'paul@mur.example',
    'paul@ter.example',
    'paul@mer.test',
    'paul@outremer.test',
    'paul@saison-culturelle.test',
    'paul@culturel.test',
    'paul@gouvernail.test',
    'paul@example.test',
    'paul@educ.test',
    'paul@日本.example',
  ])('%s', (mail) => {
    expect(judge.of(mail)).toEqual({ kind: 'outside' });
  });
});

describe('addresses that look like one of the ministry', () => {
  it.each([
    // slips
    ['paul@sainsons.example', 'saisons.example'],
    ['paul@saison.example', 'saisons.example'],
    ['paul@siasons.example', 'saisons.example'],
    ['paul@cultrue.gouv.example', 'culture.gouv.example'],
    ['paul@culturegouv.example', 'culture.gouv.example'],
    ['paul@mail.culturegouv.example', 'culture.gouv.example'],
    ['paul@culture.gouf.example', 'culture.gouv.example'],
    ['paul@culture.gouv.exampel', 'culture.gouv.example'],
    ['paul@partenaires.example', 'partenaire.example'],
    // signs taken for others
    ['paul@sais0ns.example', 'saisons.example'],
    ['paul@saisоns.example', 'saisons.example'], // a Cyrillic o
    ['paul@xn--saisns-zqf.example', 'saisons.example'],
    ['paul@ѕаіѕоnѕ.example', 'saisons.example'],
    ['paul@cuIture.gouv.example', 'culture.gouv.example'], // a capital I
    ['paul@cu1ture.gouv.example', 'culture.gouv.example'],
    ['paul@mér.example', 'mer.example'],
    ['paul@rner.example', 'mer.example'],
    // accents
    ['paul@education.example', 'éducation.example'],
    ['paul@èducation.example', 'éducation.example'],
    ['paul@saïsons.example', 'saisons.example'],
    // other endings
    ['paul@saisons.test', 'saisons.example'],
    ['paul@saisons.co.test', 'saisons.example'],
    ['paul@culture.gouv.test', 'culture.gouv.example'],
    // names put before others
    ['paul@saisons.example.evil.test', 'saisons.example'],
    ['paul@mer.example.evil.test', 'mer.example'],
    ['paul@www.culture.gouv.example.evil.test', 'culture.gouv.example'],
    ['paul@culture.gouv.example-connexion.test', 'culture.gouv.example'],
    ['paul@culture-gouv-example.test', 'culture.gouv.example'],
    ['paul@culture-gouv.example', 'culture.gouv.example'],
    // words added
    ['support@saisons-messagerie.example', 'saisons.example'],
    ['support@webmail-saisons.test', 'saisons.example'],
    ['support@connexionsaisons.example', 'saisons.example'],
    ['support@securite.saisons-login.test', 'saisons.example'],
  ])('%s looks like %s', (mail, real) => {
    const domain = domainOf(mail)?.ascii;
    expect(judge.of(mail)).toEqual({ kind: 'look-alike', real, domain });
  });
});

it.each([
  '',
  'paul',
  'paul@',
  'paul@localhost',
  'paul@[192.0.2.1]',
  'paul@192.0.2.1',
  '@',
  'a@b c.d',
])('says nothing of what has no domain: %j', (mail) => {
  expect(judge.of(mail)).toBeUndefined();
});

it('says nothing until domains are configured', () => {
  const idle = createJudge(senderConfig.parse({ trusted: ['partenaire.example'] }));

  expect(idle.of('paul@partenaires.example')).toBeUndefined();
});

describe('names that hold an address', () => {
  it.each([
    ['Paul (paul@saisons.example)', 'x@evil.test', 'paul@saisons.example'],
    ['paul@saisons.example', 'x@saisons-mail.example', 'paul@saisons.example'],
    ['« paul@saisons.example »', 'x@evil.test', 'paul@saisons.example'],
    ['paul@saisons.example', 'paul@saisons.example', undefined],
    ['secretariat@saisons.example', 'paul@saisons.example', undefined],
    ['paul@saisons.example', 'paul@partenaire.example', undefined],
    ['Paul (paul@ailleurs.test)', 'x@evil.test', undefined],
    ['Paul', 'x@evil.test', undefined],
  ])('%j of %s', (name, mail, found) => {
    expect(judge.addressInName({ name, mail })).toBe(found);
  });
});

it.each([
  ['ab', 'ba', 1, true],
  ['abcd', 'acbd', 1, true],
  ['abcd', 'abd', 1, true],
  ['abcd', 'abxcd', 1, true],
  ['abcd', 'xbcx', 1, false],
  ['abcd', 'xbcx', 2, true],
  ['abcdef', 'bacdfe', 2, true],
  ['abcdef', 'bacdfe', 1, false],
  ['same', 'same', 0, true],
  ['same', 'sane', 0, false],
  ['', 'ab', 2, true],
])('%s and %s are within %i: %s', (left, right, limit, is) => {
  expect(isWithin(left, right, limit)).toBe(is);
});

it('takes time in proportion to what it reads', async () => {
  const many = createJudge(
    senderConfig.parse({
      domains: Array.from(
        { length: 100 },
        (_, index) => `${'culture'.repeat(8)}${index}.gouv.example`,
      ),
    }),
  );
  let asked = 0;
  // Never the same address twice: a verdict is remembered, and reading one back costs nothing.
  const judge = (labels: number): void => {
    for (let round = 0; round < 50; round += 1) {
      asked += 1;
      many.of(`a@${`${'culture'.repeat(8)}-`.slice(0, 55)}${asked}.${'rn-a.'.repeat(labels)}test`);
    }
  };

  // Twelve times the labels: comparing each run of them would be a hundred times slower.
  expect(
    await slowdown(
      () => judge(36),
      () => judge(3),
    ),
  ).toBeLessThan(10);
});
