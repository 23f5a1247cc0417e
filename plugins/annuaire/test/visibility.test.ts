import { createPluginTest, type PluginTest } from 'estafette/plugin/testing';
import plugin from '../plugin';
import { fakeDirectory, record } from './fake-directory';

const BASE = 'dc=saisons,dc=example';
const ACCUEIL = `ou=accueil,${BASE}`;
const ETUDES = `ou=etudes,${BASE}`;
const box = (uid: string, service: string, more: Readonly<Record<string, readonly string[]>>) =>
  record(`uid=${uid},${service}`, {
    objectClass: ['mineqMelBoite'],
    mineqTypeEntree: ['BALI'],
    cn: [`Saison ${uid}`],
    mailPR: [`${uid}@saisons.example`],
    mail: [`${uid}@saisons.example`],
    ...more,
  });
const RECORDS = [
  box('moi', ACCUEIL, { mineqPortee: ['50'] }),
  box('locale', ACCUEIL, { mineqPortee: ['20'] }),
  box('publique', ETUDES, { mineqPortee: ['50'] }),
  box('cachee', ACCUEIL, { mineqPortee: ['00'] }),
];

let test: PluginTest;
afterEach(() => test.stop());

/** The names that a search of everybody shows to somebody who stands in a service. */
async function seenFrom(service: string | undefined): Promise<readonly string[]> {
  const own = service === undefined ? undefined : box('moi', service, {});
  test = await createPluginTest({
    plugin,
    directory: fakeDirectory(BASE, RECORDS),
    config: { profile: 'mel' },
    ownEntry: () => own,
  });
  const html = await test.renderRoute('/', { query: { q: 'saison' } });
  return [...html.matchAll(/annuaire-name">Saison ([^<]*)</g)].map(([, name]) => name ?? '').sort();
}

describe('an entry for its own service', () => {
  it('is seen by who stands in the service', async () => {
    expect(await seenFrom(ACCUEIL)).toEqual(['locale', 'moi', 'publique']);
  });

  it('is not seen from another, nor by somebody whose place nobody knows', async () => {
    expect(await seenFrom(ETUDES)).toEqual(['moi', 'publique']);
    await test.stop();
    expect(await seenFrom(undefined)).toEqual(['moi', 'publique']);
  });

  it('is no card and no branch for those either', async () => {
    await seenFrom(ETUDES);

    const entry = { query: { dn: `uid=locale,${ACCUEIL}` } };
    expect(await test.route('get', '/entry', entry)).toEqual({ status: 404 });
  });
});

describe('classes of addresses', () => {
  it('tell a colleague of the service from one of the ministry', async () => {
    const mailOf = (uid: string): string => `${uid}@test.example`;
    const here = (uid: string, service: string) => box(uid, service, { mail: [mailOf(uid)] });
    test = await createPluginTest({
      plugin,
      directory: fakeDirectory(BASE, [here('moi', ACCUEIL), here('publique', ETUDES)]),
      config: { profile: 'mel' },
      ownEntry: () => here('moi', ACCUEIL),
    });

    const found = await test.collect('recipient:classes', {
      site: test.site,
      locale: 'fr',
      addresses: ['moi', 'publique', 'inconnue'].map(mailOf),
    });

    expect(found).toEqual([
      { mail: mailOf('moi'), class: 'service' },
      { mail: mailOf('publique'), class: 'ministry' },
    ]);
  });
});
