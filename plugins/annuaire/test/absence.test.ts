import type { DirectoryRecord } from 'estafette/plugin';
import { createPluginTest, type PluginTest } from 'estafette/plugin/testing';
import { dayOf } from '../absence';
import type { AnnuaireConfig } from '../config';
import { composeHref } from '../links';
import plugin from '../plugin';
import { fakeDirectory, record } from './fake-directory';

const BASE = 'dc=saisons,dc=example';
const DAY_MS = 86_400_000;
type Values = Readonly<Record<string, readonly string[]>>;
const person = (uid: string, cn: string, more: Values = {}) =>
  record(`uid=${uid},${BASE}`, {
    objectClass: ['inetOrgPerson'],
    uid: [uid],
    cn: [cn],
    mail: [`${uid}@saisons.example`],
    ...more,
  });
const ZOE = person('zoe', 'Zoé Frimas');
const HIDDEN = person('cache', 'Caché Frimas', { employeeType: ['caché'] });
const CONFIG: Partial<AnnuaireConfig> = {
  attributes: {
    absence: ['info'],
    absentFrom: ['x-from'],
    absentUntil: ['x-until'],
    substitute: ['x-substitute'],
    successor: ['seeAlso'],
  },
  visibility: { attribute: 'employeeType', hidden: ['caché'], sameService: [] },
};

let test: PluginTest;
afterEach(() => test.stop());
/** A day so many days from now, as the directory writes it. */
type DayIn = (days: number) => string;
const day: DayIn = (days) => new Date(test.clock.now() + days * DAY_MS).toISOString().slice(0, 10);
const card = async (more: (day: DayIn) => Values): Promise<string> => {
  const records = [ZOE, HIDDEN];
  test = await createPluginTest({
    plugin,
    config: CONFIG,
    directory: fakeDirectory(BASE, records),
  });
  const linh = person('linh', 'Linh Clairbois', more(day));
  records.push(linh);
  return test.renderRoute('/entry', { query: { dn: linh.dn } });
};

it.each([
  ['2026-12-24', '2026-12-24'],
  ['24/12/2026', '2026-12-24'],
  ['20261224', '2026-12-24'],
  ['20261224120000Z', '2026-12-24'],
  // Past midnight in Paris.
  ['20261224233000Z', '2026-12-25'],
  ['2026-12-24T23:30:00Z', '2026-12-25'],
  ['20261399', undefined],
  ['demain', undefined],
  ['', undefined],
])('the day of %j is %s', async (text, expected) => {
  test = await createPluginTest({ plugin });
  expect(dayOf(text, 'Europe/Paris')).toBe(expected);
});

it('says until when somebody is away, why, and who answers, on the card', async () => {
  const html = await card((dayIn) => ({
    info: ['En congé <b>'],
    'x-until': [dayIn(3)],
    'x-substitute': [ZOE.dn],
  }));

  expect(html).toContain('Absence jusqu’au');
  expect(html).toContain('En congé &lt;b&gt;');
  expect(html).toContain('>Zoé Frimas</a>');
  expect(html).toContain(composeHref({ name: 'Zoé Frimas', mail: 'zoe@saisons.example' }));
  expect(html).toContain('Écrire au remplaçant');
});

it.each([
  ['has ended', (dayIn: DayIn) => ({ info: ['Parti'], 'x-until': [dayIn(-2)] })],
  [
    'has not begun',
    (dayIn: DayIn) => ({ info: ['Bientôt'], 'x-from': [dayIn(3)], 'x-until': [dayIn(5)] }),
  ],
  ['nobody tells of', () => ({ 'x-substitute': [ZOE.dn] })],
])('says nothing of an absence that %s', async (_which, more) => {
  expect(await card(more)).not.toContain('annuaire-away');
});

it('leads to who came after, by name or by address', async () => {
  const html = await card(() => ({ seeAlso: [ZOE.dn, 'autre@ailleurs.example'] }));

  expect(html).toContain('N’occupe plus ce poste');
  expect(html.match(/Écrire au successeur/g)).toHaveLength(2);
  expect(html).toContain('autre@ailleurs.example');
});

it.each([HIDDEN.dn, `uid=parti,${BASE}`, 'javascript:alert(1)', '"><script>@x'])(
  'names nobody for %s',
  async (name) => {
    const html = await card(() => ({ info: ['Absent'], 'x-substitute': [name], seeAlso: [name] }));

    expect(html).toContain('Absence en cours');
    expect(html).not.toContain('Écrire au');
    expect(html).not.toContain('Caché');
  },
);

it('is on the card of who wrote, where another plugin knows of it', async () => {
  await card(() => ({}));
  test.on('directory:entry', (records) =>
    (records as DirectoryRecord[]).map((one) =>
      one.dn === ZOE.dn
        ? one
        : {
            ...one,
            attributes: {
              ...one.attributes,
              'estafette-absent-until': [day(1)],
              'estafette-substitute': [ZOE.dn],
            },
          },
    ),
  );
  const message = {
    account: 'me',
    mailbox: 'INBOX',
    uidValidity: 1,
    uid: 1,
    subject: '',
    from: { name: 'Linh Clairbois', mail: 'linh@saisons.example' },
    attachments: [],
  };

  const html = await test.renderSlot('message.sidebar@1', { message });

  expect(html).toContain('Absence jusqu’au');
  expect(html).toContain('Écrire au remplaçant');
});
