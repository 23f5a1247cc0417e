import {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
} from 'estafette/plugin/testing';
import type { UnsubscribeConfig } from '../config';
import plugin from '../plugin';

type Options = Partial<Omit<PluginTestOptions<UnsubscribeConfig>, 'plugin'>> & {
  readonly isOffline?: boolean;
};
type Fields = readonly { readonly name: string; readonly value: string }[];

const LIST = { name: 'List-Id', value: 'Amis <amis.liste.example>' };
const MAIL: Fields = [LIST, { name: 'List-Unsubscribe', value: '<mailto:quitter@liste.example>' }];
const LINK: Fields = [
  LIST,
  { name: 'List-Unsubscribe', value: '<https://liste.example/q?a=1&b=2>' },
];
const CLICK: Fields = [
  ...LINK,
  { name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
];
const SLOT = 'message.header.links@1';
const MESSAGE = {
  account: 'me',
  mailbox: 'Lettres & Co',
  uidValidity: 7,
  uid: 42,
  subject: 'Lettre',
  from: { name: 'Amis', mail: 'amis@liste.example' },
  attachments: [],
};
const QUERY = { mailbox: 'Lettres & Co', validity: '7', uid: '42' };

let test: PluginTest;
const sent: unknown[] = [];
const asked: string[] = [];
const answered = (url: string) => {
  asked.push(url);
  return { status: 200, contentType: '', body: Buffer.alloc(0) };
};
const start = async (fields: Fields, given: Options = {}): Promise<void> => {
  const { isOffline = false, ...options } = given;
  test = await createPluginTest({
    plugin,
    mail: { headers: async () => fields },
    send: (message) => {
      sent.push(message);
      return { kind: 'sent', messageId: '<1@test.example>', sentCopy: true, repeated: false };
    },
    ...(!isOffline && { http: answered }),
    ...options,
  });
};
const post = (way: string, to: string) =>
  test.route('post', '/question', { body: { ...QUERY, way, to } });
const byMail = () => post('mail', 'quitter@liste.example');
const idOf = (answer: unknown): string => {
  const url = typeof answer === 'object' && answer && Reflect.get(answer, 'redirect');
  const found = /^\/list-unsubscribe\/result\?id=([\w-]+)$/.exec(String(url));
  if (!found?.[1]) throw new Error(`no result in ${JSON.stringify(answer)}`);
  return found[1];
};

beforeEach(() => {
  sent.length = 0;
  asked.length = 0;
});
afterEach(() => test.stop());

describe('the link in the header of a message', () => {
  it('leads to a question, and asks nothing of anybody', async () => {
    await start(CLICK, { config: { requireDkim: false } });

    const html = await test.renderSlot(SLOT, { message: MESSAGE });

    expect(html).toContain('Se désabonner');
    expect(html).toContain(
      '/list-unsubscribe/question?mailbox=Lettres+%26+Co&amp;validity=7&amp;uid=42',
    );
    expect([...sent, ...asked]).toEqual([]);
  });

  it('is not there without a list, nor for nobody', async () => {
    await start([]);

    expect(await test.renderSlot(SLOT, { message: MESSAGE })).toBe('');
    expect(await test.renderSlot(SLOT, {})).toBe('');
  });

  it('says when it was asked', async () => {
    await start(MAIL);
    await byMail();

    expect(await test.renderSlot(SLOT, { message: MESSAGE })).toMatch(
      /désabonnement demandé le .+ 20\d\d/,
    );
  });
});

describe('the question', () => {
  it('says what message would leave, to whom and from whom', async () => {
    await start(MAIL);

    const html = await test.renderRoute('/question', { query: QUERY });

    expect(html).toContain('quitter@liste.example');
    expect(html).toContain(test.user.mail);
    expect(html).toContain('amis.liste.example');
    expect(sent).toEqual([]);
  });

  it('says which server would be asked', async () => {
    await start(CLICK, { config: { requireDkim: false } });

    expect(await test.renderRoute('/question', { query: QUERY })).toContain(
      'au serveur liste.example',
    );
    expect(asked).toEqual([]);
  });

  it('only shows the address of a list that has a page', async () => {
    await start(LINK);

    const html = await test.renderRoute('/question', { query: QUERY });

    expect(html).toContain('href="https://liste.example/q?a=1&amp;b=2"');
    expect(html).toContain('rel="noopener noreferrer"');
    expect(html).not.toContain('<form');
    expect(await post('link', 'liste.example')).toMatchObject({ redirect: expect.any(String) });
    expect(asked).toEqual([]);
  });

  it.each<Readonly<Record<string, string>>>([
    { uid: '1' },
    { mailbox: 'INBOX', uid: '' },
    { ...QUERY, uid: '-1' },
    { ...QUERY, validity: '1e3' },
  ])('is 404 for %j', async (query) => {
    await start(MAIL);

    expect(await test.route('get', '/question', { query })).toEqual({ status: 404 });
  });
});

it('lists what the person asked for, where no message is named', async () => {
  await start(MAIL);
  expect(await test.renderRoute('/')).toContain('aucun désabonnement');
  const id = idOf(await byMail());

  for (const path of ['/', '/question', '/result']) {
    expect(await test.renderRoute(path)).toContain(`/list-unsubscribe/result?id=${id}`);
  }
});

describe('asking', () => {
  it('sends the message, once, and says so', async () => {
    await start(MAIL);

    const first = idOf(await byMail());
    const again = idOf(await byMail());

    expect(again).toBe(first);
    expect(sent).toMatchObject([{ to: 'quitter@liste.example', subject: 'unsubscribe' }]);
    expect(await test.renderRoute('/result', { query: { id: first } })).toContain(
      'La demande est partie',
    );
    expect(test.audited).toMatchObject([{ event: 'list-unsubscribe:asked' }]);
    expect(JSON.stringify(test.audited)).not.toContain('liste.example');
  });

  it('sends one message for two presses at once', async () => {
    await start(MAIL);

    const [first, second] = await Promise.all([byMail(), byMail()]);

    expect(idOf(second)).toBe(idOf(first));
    expect(sent).toHaveLength(1);
  });

  it('asks the server of the list', async () => {
    await start(CLICK, { config: { requireDkim: false } });

    const id = idOf(await post('one-click', 'liste.example'));

    expect(asked).toEqual(['https://liste.example/q?a=1&b=2']);
    expect(await test.renderRoute('/result', { query: { id } })).toContain('a accepté la demande');
  });

  it('sends a message when no signature allows one click', async () => {
    await start([...CLICK, ...MAIL.slice(1)].filter(({ value }) => !value.startsWith('<https')));
    await byMail();

    expect(asked).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  it('does nothing but what the page said', async () => {
    await start(MAIL);

    expect(await post('mail', 'other@liste.example')).toMatchObject({
      redirect: expect.stringContaining('/question?'),
    });
    expect(sent).toEqual([]);
  });

  it('says honestly that a list refused, or did not answer', async () => {
    await start(CLICK, {
      config: { requireDkim: false },
      http: () => ({ status: 403, contentType: '', body: Buffer.alloc(0) }),
    });
    const refused = idOf(await post('one-click', 'liste.example'));
    expect(await test.renderRoute('/result', { query: { id: refused } })).toContain(
      'a été refusée',
    );
    await test.stop();
    await start(CLICK, {
      config: { requireDkim: false },
      isOffline: true,
    });

    const lost = idOf(await post('one-click', 'liste.example'));

    expect(await test.renderRoute('/result', { query: { id: lost } })).toContain('est injoignable');
  });

  it('stops at the limit of an hour, and says that nothing was sent', async () => {
    await start(MAIL, { config: { perHour: 1 } });
    await byMail();
    test.clock.advance(20 * 60_000);

    expect(await byMail()).toMatchObject({ view: 'question', status: 422 });
    expect(sent).toHaveLength(1);
    test.clock.advance(41 * 60_000);
    idOf(await byMail());
    expect(sent).toHaveLength(2);
  });
});

it('keeps nothing that tells lists apart without the person, and forgets in time', async () => {
  await start(MAIL, { config: { keepDays: 30 } });
  await byMail();
  const table = 'list_unsubscribe_requests';
  const [row] = await test.db.table(table).select();
  expect(JSON.stringify(row)).not.toContain('amis');

  test.clock.advance(29 * 86_400_000);
  await test.runJob('cleaning');
  expect(await test.db.table(table).select()).toHaveLength(1);
  test.clock.advance(2 * 86_400_000);
  await test.runJob('cleaning');

  expect(await test.db.table(table).select()).toEqual([]);
});

it('shows nobody the requests of somebody else', async () => {
  await start(MAIL);
  const id = idOf(await byMail());
  await test.db.table('list_unsubscribe_requests').update({ site: 'other' });

  expect(await test.route('get', '/result', { query: { id } })).toEqual({ status: 404 });
});

it('forgets what somebody who is erased asked for', async () => {
  await start(MAIL);
  await byMail();
  const { user, db } = test;
  const rows = () => db.table('list_unsubscribe_requests').pluck('user_id');
  expect(await rows()).toEqual([user.id]);

  await test.action('user:erased', { user: { id: user.id } } as never);

  expect(await rows()).toEqual([]);
});
