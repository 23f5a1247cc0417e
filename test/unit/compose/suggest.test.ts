import type { UserId } from '../../../src/base/types';
import { learnCorrespondents } from '../../../src/compose/correspondent-store';
import { aComposeStand, aWriter, type Stand } from '../../kit/compose-stand';
import { type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';

const DAY = 86_400_000;
const actor = aWriter();
let stand: Stand;

beforeEach(async () => {
  stand = await aComposeStand();
});
afterEach(() => stand.close());

const learn = (name: string, mail: string, daysAgo = 0, user = 1) =>
  learnCorrespondents(stand.db.knex, user as UserId, [{ name, mail }], Date.now() - daysAgo * DAY);
const mails = async (query: string): Promise<string[]> =>
  (await stand.compose.suggest(actor, query, 'to')).map(({ mail }) => mail);

it.each(['hel', 'HÉL', 'gar', 'hélène gar', 'garn hel', 'helene.garnier@c', 'cult'])(
  'finds a person by the beginning of any word: %s',
  async (query) => {
    await learn('Hélène Garnier', 'helene.garnier@culture.example');

    expect(await mails(query)).toEqual(['helene.garnier@culture.example']);
  },
);

it.each(['arnier', '%', '_', 'h_l', "' or 1=1 --", '\\', ' ', '\0'])(
  'finds nobody by %j',
  async (query) => {
    await learn('Hélène Garnier', 'helene.garnier@culture.example');

    expect(await mails(query)).toEqual([]);
  },
);

it('ranks by use and by time', async () => {
  await learn('Paul Ancien', 'ancien@x.example', 300);
  await learn('Paul Ancien', 'ancien@x.example', 300);
  await learn('Paul Récent', 'recent@x.example', 1);
  for (let uses = 0; uses < 5; uses++) await learn('Paul Souvent', 'souvent@x.example', 2);

  expect(await mails('paul')).toEqual([
    'souvent@x.example',
    'recent@x.example',
    'ancien@x.example',
  ]);
});

it('merges what plugins know, one line an address, ten at most', async () => {
  await learn('', 'paul@x.example');
  stand.hooks.on('annuaire', 'contact:suggestions', () => [
    { name: 'Paul Nom', mail: 'PAUL@x.example', score: 0.1 },
    ...Array.from({ length: 20 }, (_, index) => ({
      name: `Paul ${index}`,
      mail: `paul${index}@x.example`,
      score: 0.01 * index,
    })),
  ]);

  const found = await stand.compose.suggest(actor, 'paul', 'to');

  expect(found).toHaveLength(10);
  expect(found[0]).toMatchObject({ name: 'Paul Nom', mail: 'paul@x.example' });
});

it('shows the correspondents of nobody else', async () => {
  await learn('Paul', 'paul@x.example', 0, 2);

  expect(await mails('paul')).toEqual([]);
});

describe('a message that was sent', () => {
  let smtp: ScriptedSmtp;
  beforeEach(async () => {
    smtp = await startScriptedSmtp();
  });
  afterEach(() => smtp.close());

  const sendTo = async (to: string) => {
    const writer = aWriter({ smtpPort: smtp.port });
    const id = 'draft-0000000000000001';
    const text = { subject: 'Avis', format: 'plain' as const, text: 'Bonjour', html: '' };
    const fields = { identity: '', to, cc: '', bcc: '', ...text };
    const { revision } = await stand.compose.ensure(writer, id, { mode: 'new' });
    const options = { baseRevision: revision, toServer: false };
    await stand.compose.save(writer, id, fields, options);
    return (await stand.compose.send(writer, id, { confirmed: [] })).kind;
  };

  it('makes its recipients known', async () => {
    expect(await sendTo('Paul Un <Paul@x.example>, Paul Deux <deux@x.example>')).toBe('sent');

    expect((await mails('paul')).map((mail) => mail.toLowerCase()).sort()).toEqual([
      'deux@x.example',
      'paul@x.example',
    ]);
  });

  it('makes nobody known whom the server refused', async () => {
    smtp.script = { rcpt: { 'parti@x.example': '550 no such user' } };

    expect(await sendTo('Paul Ici <ici@x.example>, Paul Parti <parti@x.example>')).toBe('partial');

    expect(await mails('paul')).toEqual(['ici@x.example']);
  });

  it('makes nobody known when all were refused', async () => {
    smtp.script = { rcpt: { 'parti@x.example': '550 no such user' } };

    expect(await sendTo('Paul Parti <parti@x.example>')).toBe('rejected');

    expect(await mails('paul')).toEqual([]);
  });
});
