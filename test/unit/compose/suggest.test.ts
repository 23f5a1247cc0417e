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

it('ranks whom one writes to above what others know, and what is used twice by its use', async () => {
  for (let uses = 0; uses < 3; uses++) await learn('Paul Usuel', 'usuel@x.example');
  const known = (name: string, mail: string, score: number, source: string) => ({
    name,
    mail,
    score,
    source,
  });
  stand.hooks.on('annuaire', 'contact:suggestions', () => [
    known('Paul Annuaire', 'annuaire@x.example', 0.45, 'directory'),
    known('USUEL Paul', 'Usuel@x.example', 0.45, 'directory'),
  ]);
  stand.hooks.on('contacts', 'contact:suggestions', () => [
    known('Paul Contact', 'contact@x.example', 0.48, 'contacts'),
    known('Paul Double', 'annuaire@x.example', 0.38, 'contacts'),
  ]);

  const found = await stand.compose.suggest(actor, 'paul', 'to');

  expect(found.map(({ name, source }) => [name, source])).toEqual([
    ['Paul Usuel', 'correspondents'],
    ['Paul Contact', 'contacts'],
    ['Paul Annuaire', 'directory'],
  ]);
});

it('names people of the site alone where something is shared', async () => {
  await learn('Paul Dehors', 'paul@ailleurs.example');
  await learn('Paul Dedans', 'paul@culture.example');
  stand.hooks.on('contacts', 'contact:suggestions', () => [
    { name: 'Paul Contact', mail: 'contact@ailleurs.example', score: 0.4 },
    { name: 'Paul Annuaire', mail: 'annuaire@drac.culture.example', score: 0.4 },
  ]);
  const found = async (purpose: 'share' | 'attendee') =>
    (await stand.compose.suggest(actor, 'paul', purpose)).map(({ mail }) => mail).sort();

  expect(await found('share')).toEqual(['annuaire@drac.culture.example', 'paul@culture.example']);
  expect(await found('attendee')).toHaveLength(4);
});

describe('lists', () => {
  const list = { id: 'é t', kind: 'list', count: 3 } as const;
  const suggests = (...items: readonly object[]) =>
    stand.hooks.on('annuaire', 'contact:suggestions', () => items as never);
  const found = (purpose: 'to' | 'share' = 'to', only?: 'lists') =>
    stand.compose.suggest(actor, 'équ', purpose, { only });

  it('say which plugin knows them, with an address or without', async () => {
    suggests(
      { name: 'Équinoxes', mail: 'equ@x.example', score: 0.3, list },
      { name: 'Équipe', mail: '', score: 0.4, list: { ...list, id: 'b', kind: 'group' } },
    );

    expect((await found()).map((one) => [one.mail, one.list?.id])).toEqual([
      ['', 'annuaire:b'],
      ['equ@x.example', 'annuaire:é t'],
    ]);
  });

  it('stay lists for who has written to their address', async () => {
    for (let uses = 0; uses < 3; uses++) await learn('Équinoxes', 'equ@x.example');
    suggests({ name: 'Équinoxes', mail: 'EQU@x.example', score: 0.3, list });

    expect(await found()).toMatchObject([
      { source: 'correspondents', list: { id: 'annuaire:é t', count: 3 } },
    ]);
  });

  it('have an address where something is shared', async () => {
    suggests(
      { name: 'Équinoxes', mail: 'equ@culture.example', score: 0.3, list },
      { name: 'Équipe', mail: '', score: 0.4, list },
    );

    expect((await found('share')).map(({ mail }) => mail)).toEqual(['equ@culture.example']);
  });

  it('stand alone when they alone are asked for', async () => {
    await learn('Équin', 'personne@x.example');
    suggests(
      { name: 'Équin Deux', mail: 'deux@x.example', score: 0.3 },
      { name: 'Équinoxes', mail: 'equ@x.example', score: 0.3, list },
    );

    expect((await found('to', 'lists')).map(({ mail }) => mail)).toEqual(['equ@x.example']);
  });

  it.each([
    { name: 'Sans rien', mail: '', score: 1 },
    { name: '', mail: '', score: 1, list },
    { name: 'x', mail: 'x@y.example', score: 1, list: { ...list, count: -1 } },
    { name: 'x', mail: 'x@y.example', score: 1, list: { ...list, kind: 'all' } },
    { name: 'x', mail: 'x@y.example', score: 1, list: { ...list, id: 'a\nb' } },
  ])('are refused in no shape of ours: %j', async (item) => {
    suggests(item);

    expect(await found()).toEqual([]);
  });

  describe('that are opened', () => {
    const members = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ name: `N${at}`, mail: `n${at}@x.example` }));
    const answers = (count: number, plugin = 'annuaire') =>
      stand.hooks.on(plugin, 'contact:expand', ({ list: id }) =>
        id === 'é:t' ? { members: members(count), isCut: false } : undefined,
      );

    it('give their members, each once', async () => {
      stand.hooks.on('annuaire', 'contact:expand', () => ({
        members: [...members(2), { name: 'Twice', mail: 'N0@x.example' }],
        isCut: false,
      }));

      const { members: all, isCut } = await stand.compose.expand(actor, 'annuaire:é:t');

      expect(all).toHaveLength(2);
      expect(isCut).toBe(false);
    });

    it('say when they are cut', async () => {
      answers(501);

      const cut = await stand.compose.expand(actor, 'annuaire:é:t');

      expect(cut.members).toHaveLength(500);
      expect(cut.isCut).toBe(true);
    });

    it.each([
      'annuaire:x',
      'contacts:é:t',
      'é:t',
      ':é:t',
      'annuaire:',
      '',
      `annuaire:${'x'.repeat(2_000)}`,
    ])('are nothing for %.30j', async (id) => {
      answers(1);

      await expect(stand.compose.expand(actor, id)).rejects.toMatchObject({
        code: 'request/not-found',
      });
    });

    it('are believed of their own plugin alone', async () => {
      answers(1, 'other');

      await expect(stand.compose.expand(actor, 'annuaire:é:t')).rejects.toMatchObject({
        code: 'request/not-found',
      });
    });
  });
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
