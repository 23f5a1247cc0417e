import type { HookOf } from 'estafette/plugin';
import {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
  sampleMessage,
} from 'estafette/plugin/testing';
import { type SenderConfig, senderConfig } from '../config';
import { createJudge } from '../judge';
import { marksOf } from '../marks';
import plugin from '../plugin';

type Options = Partial<Omit<PluginTestOptions<SenderConfig>, 'plugin'>>;

let test: PluginTest;
const start = async (options: Options = {}): Promise<void> => {
  const { config, ...others } = options;
  const own = {
    domains: ['test.example', 'culture.gouv.example'],
    trusted: ['partenaire.example'],
  };
  test = await createPluginTest({ plugin, config: { ...own, ...config }, ...others });
};
afterEach(() => test.stop());

type Warned = HookOf<'message:warnings'>['query'];
const message = (name: string, mail: string, more: Partial<Warned> = {}): Warned => ({
  ref: { account: 'me', mailbox: 'INBOX', uidValidity: 1, uid: 1 } as Warned['ref'],
  subject: 'Bonjour',
  from: [{ name, mail }],
  sender: undefined,
  replyTo: [],
  isOutside: true,
  locale: 'fr',
  auth: { results: [], receivedSpf: [], returnPath: undefined, listId: undefined },
  links: [],
  ...more,
});
const isOutside = async (mail: string): Promise<boolean> =>
  (
    await test.filter(
      'message:model',
      sampleMessage({ from: [{ name: 'Paul', mail }], isOutside: true }),
      {},
    )
  ).isOutside;

describe('banners', () => {
  it('tells which domain an address looks like, in both languages', async () => {
    await start();

    const [warning] = await test.collect(
      'message:warnings',
      message('Support', 'support@culture-messagerie.gouv.example'),
    );

    expect(warning).toMatchObject({ level: 'danger', code: 'look-alike' });
    const french = test.text(warning?.text ?? '', 'fr', warning?.values);
    expect(french).toContain('l’adresse ressemble à culture.gouv.example');
    expect(french).toContain('vient de culture-messagerie.gouv.example');
    expect(test.text(warning?.text ?? '', 'en', warning?.values)).toContain(
      'looks like culture.gouv.example',
    );
  });

  it('looks at who sent it and where an answer goes', async () => {
    await start();
    const mail = 'support@culture-messagerie.gouv.example';
    const other = { name: '', mail };

    const codes = async (more: Partial<Warned>): Promise<readonly string[]> =>
      (await test.collect('message:warnings', message('', 'a@test.example', more))).map(
        ({ code }) => code,
      );

    expect(await codes({ sender: other })).toEqual(['look-alike']);
    expect(await codes({ replyTo: [other] })).toEqual(['look-alike-reply']);
  });

  it.each([
    'paul@test.example',
    'paul@listes.culture.gouv.example',
    'paul@partenaire.example',
    'paul@universite.example',
  ])('says nothing of %s', async (mail) => {
    await start();

    expect(await test.collect('message:warnings', message('Paul', mail))).toEqual([]);
  });

  it('leaves the banner of the core to what comes from outside', async () => {
    await start();

    expect(await isOutside('paul@universite.example')).toBe(true);
    expect(await isOutside('paul@lettre.partenaire.example')).toBe(false);
  });

  it('lets people do without the plain banner, never without the other', async () => {
    await start();
    await test.setUserSetting('banner', false);

    expect(await isOutside('paul@universite.example')).toBe(false);
    expect(await isOutside('paul@cultrue.gouv.example')).toBe(true);
    expect(
      await test.collect('message:warnings', message('', 'paul@culture-gouv.example')),
    ).toHaveLength(1);
  });

  it('takes the choice of the site, which may be locked', async () => {
    await start({ config: { banner: false }, site: { locked: ['external-sender.banner'] } });
    await test.setUserSetting('banner', true);

    expect(await isOutside('paul@universite.example')).toBe(false);
  });
});

describe('names of agents', () => {
  const known = [{ dn: 'uid=c', type: 'person', name: 'Chloé Lefèvre', mails: ['c@test.example'] }];
  const search = jest.fn(async () => known.map((one) => ({ ...one, attributes: {} })) as never);
  beforeEach(() => search.mockClear());
  const find = (name: string, mail = 'chloe@perso.test') =>
    test.collect('message:warnings', message(name, mail));

  it.each(['Chloé Lefèvre', 'LEFEVRE Chloe', 'Lefe\u0300vre, Chloé'])(
    'points out %s',
    async (name) => {
      await start({ directory: { search } });

      const [warning] = await find(name);

      expect(warning).toMatchObject({
        level: 'warn',
        code: 'namesake',
        values: { mail: 'c@test.example' },
      });
      expect(test.text(warning?.text ?? '', 'fr', warning?.values)).toContain('adresse extérieure');
    },
  );

  it.each([
    ['Chloé', 'chloe@perso.test'],
    ['Chloé Lefèvre-Martin', 'chloe@perso.test'],
    ['Chloé Lefèvre', 'c@test.example'],
    ['Chloé Lefèvre', 'chloe@partenaire.example'],
  ])('says nothing of %s <%s>', async (name, mail) => {
    await start({ directory: { search } });

    expect(await find(name, mail)).toEqual([]);
  });

  it('asks the directory once for a name', async () => {
    await start({ directory: { search } });
    await find('Chloé Lefèvre');
    await find('lefèvre chloé');

    expect(search).toHaveBeenCalledTimes(1);
  });

  it('keeps the other warnings when the directory fails', async () => {
    const broken = async (): Promise<never> => Promise.reject(new Error('down'));
    await start({ directory: { search: broken } });

    expect(await find('Chloé Lefèvre')).toEqual([]);
    expect(await find('Chloé Lefèvre', 'c@culture-login.gouv.example')).toHaveLength(1);
  });

  it('asks nothing where the site wants it so, or has no directory', async () => {
    await start({ config: { checkNames: false }, directory: { search } });
    await find('Chloé Lefèvre');
    await test.stop();
    await start();

    expect(await find('Chloé Lefèvre')).toEqual([]);
    expect(search).not.toHaveBeenCalled();
  });
});

describe('the list', () => {
  const SLOT = 'message-list.row.flags@1';
  const row = (uid: number, name: string, mail: string) => ({
    uid,
    messageId: undefined,
    subject: '',
    from: [{ name, mail }],
    date: '2026-01-15T09:00:00.000Z',
    keywords: [],
  });

  it('marks the rows whose sender pretends', async () => {
    await start();
    const rows = [
      row(1, 'Paul', 'paul@universite.example'),
      row(2, 'Support', 'support@culture-messagerie.gouv.example'),
      row(3, 'aide@test.example', 'x@evil.test'),
      row(4, 'Paul', 'paul@test.example'),
    ];

    const judge = createJudge(senderConfig.parse(test.config()));
    expect(marksOf(rows, judge)).toEqual({
      2: { real: 'culture.gouv.example', shown: '' },
      3: { real: '', shown: 'aide@test.example' },
    });
    await test.renderSlot(SLOT, { rows });
    expect(test.failures()).toEqual([]);
  });

  it('is as before without such a row', async () => {
    await start();

    expect(await test.renderSlot(SLOT, { rows: [row(1, 'Paul', 'p@universite.example')] })).toBe(
      '',
    );
    expect(await test.renderSlot(SLOT, {})).toBe('');
  });
});

describe('writing', () => {
  it('tells what the addresses of a page are', async () => {
    await start();
    const addresses = [
      'a@test.example',
      'b@partenaire.example',
      'c@tset.example',
      'c@culture-gouv.example',
      'd@out.test',
    ];

    const found = await test.collect('recipient:classes', {
      site: test.site,
      locale: 'fr',
      addresses,
    });

    expect(found).toEqual([
      { mail: 'a@test.example', class: 'ministry' },
      { mail: 'b@partenaire.example', class: 'ministry' },
      { mail: 'c@culture-gouv.example', class: 'look-alike' },
    ]);
  });

  const sending = (mail: string): HookOf<'message:sending'>['query'] => ({
    draft: { id: 'd1', mode: 'reply', format: 'plain', subject: 'Re', text: 'Bonjour' },
    recipients: { to: [{ name: '', mail }], cc: [], bcc: [] },
    attachments: [],
    sizeBytes: 7,
    user: { id: test.user.id, locale: 'fr' },
  });

  it('asks before an answer leaves for a look-alike, once', async () => {
    await start();
    const query = sending('support@culture-gouv.example');

    const [denial] = await test.guard('message:sending', query);

    expect(denial).toMatchObject({ code: 'look-alike', confirm: true });
    expect(test.text(denial?.message ?? '', 'fr', denial?.values)).toContain(
      'culture.gouv.example',
    );
    const confirmed = ['external-sender:look-alike'];
    expect(await test.guard('message:sending', query, { confirmed })).toEqual([]);
  });

  it('asks nothing about others, or where the site wants it so', async () => {
    await start();
    expect(await test.guard('message:sending', sending('paul@universite.example'))).toEqual([]);
    await test.stop();
    await start({ config: { confirm: false } });

    expect(await test.guard('message:sending', sending('a@culture-gouv.example'))).toEqual([]);
  });
});

it.each([
  [{ domains: ['culture'] }, 'plugins.external-sender.domains.0'],
  [{ trusted: ['a b.example'] }, 'plugins.external-sender.trusted.0'],
  [{ domain: [] }, 'plugins.external-sender'],
])('names the key of a wrong configuration: %j', async (config, key) => {
  await start({ config });

  expect(test.state().reason).toContain(key);
});
