import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Uid } from '../../src/base/types';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import type { Selection } from '../../src/mail';
import { ALL, aBench, aMessage, type Bench, PASSWORD, until } from './mail-kit';

const dated = (subject: string, day: number) =>
  aMessage({ subject, date: new Date(Date.UTC(2026, 2, day)) });

let server: DemoImap;
let bench: Bench;
const closers: (() => Promise<void>)[] = [];

/** A mailbox with a, b and c, newest first; `rewrite` changes what the server says. */
async function start(rewrite?: (text: string) => string): Promise<void> {
  const messages = [dated('c', 1), dated('b', 2), dated('a', 3)].map((raw) => ({ raw }));
  const mailboxes = [{ path: 'INBOX', messages }];
  server = await startDemoImap({ users: [{ username: 'alice', password: PASSWORD, mailboxes }] });
  closers.push(() => server.close());
  bench = aBench({ server: rewrite ? await rewritten(rewrite) : server });
  closers.push(() => bench.close());
}
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function rewritten(rewrite: (text: string) => string) {
  const sockets = new Set<Socket>();
  const relay: Server = createServer((client) => {
    const upstream = connect(server.port, server.host);
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk: Buffer) =>
      client.write(Buffer.from(rewrite(chunk.toString('latin1')), 'latin1')),
    );
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      relay.close(() => resolve());
    });
  });
  return { host: '127.0.0.1', port: (relay.address() as AddressInfo).port };
}

const list = (query: object = {}) =>
  bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page: 1, ...query });
async function select(...subjects: string[]): Promise<Selection> {
  const { rows, uidValidity } = await list();
  const uids = rows.filter((row) => subjects.includes(row.subject)).map((row) => row.uid);
  return { mailbox: 'INBOX', uidValidity, uids };
}
const flagsOf = (path: string) => server.mailbox('alice', path).map(({ flags }) => flags);

describe('a flag that the mailbox would forget', () => {
  const keeping = (flags: string) => (text: string) =>
    text.replace(/\[PERMANENTFLAGS \([^)]*\)\]/g, `[PERMANENTFLAGS (${flags})]`);

  it.each([
    ['flagged', String.raw`\Seen \Deleted \*`],
    ['forwarded', String.raw`\Seen \Flagged`],
  ] as const)('is refused, not promised: %s where %s are kept', async (flag, kept) => {
    await start(keeping(kept));
    const on = await select('a');

    await expect(bench.mail.flag(bench.actor, on, flag, true)).rejects.toThrow('mailbox/forbidden');

    expect(flagsOf('INBOX')).toEqual([[], [], []]);
    expect((await list()).rows.map(({ isFlagged }) => isFlagged)).toEqual([false, false, false]);
  });

  it.each([
    ['seen', String.raw`\seen \Deleted`, String.raw`\Seen`],
    ['forwarded', String.raw`\Seen \*`, '$Forwarded'],
    ['forwarded', '$forwarded', '$Forwarded'],
  ] as const)('is another: %s where %s are kept', async (flag, kept, stored) => {
    await start(keeping(kept));

    await bench.mail.flag(bench.actor, await select('a'), flag, true);

    expect(flagsOf('INBOX')).toEqual([[], [], [stored]]);
  });

  it('is any flag of a mailbox that is read-only', async () => {
    await start((text) => text.replaceAll('OK [READ-WRITE]', 'OK [READ-ONLY]'));
    const on = await select('a');

    for (const value of [true, false]) {
      await expect(bench.mail.flag(bench.actor, on, 'seen', value)).rejects.toThrow(
        'mailbox/forbidden',
      );
    }
    for (const work of [bench.mail.expunge(bench.actor, on), bench.mail.archive(bench.actor, on)]) {
      await expect(work).rejects.toThrow('mailbox/forbidden');
    }
    expect(flagsOf('INBOX')).toEqual([[], [], []]);
  });
});

describe('the message before and the one after', () => {
  it.each(['expunge', 'archive', 'remove'] as const)(
    'are known at once without the one that went by %s',
    async (action) => {
      await start();
      const { rows, uidValidity } = await list();
      const [a, , c] = rows.map(({ uid }) => uid);
      const near = (uid: Uid | undefined) =>
        bench.mail.neighbours(
          bench.actor,
          { ...ALL, mailbox: 'INBOX' },
          { uid: uid as Uid, uidValidity },
        );

      await bench.mail[action](bench.actor, await select('b'));

      expect(await near(a)).toEqual({ newer: undefined, older: c });
      expect(await near(c)).toEqual({ newer: a, older: undefined });
    },
  );
});

describe('what the junk filter was taught', () => {
  it('is taken back, both ways, however often a person changes their mind', async () => {
    await start();
    let on = await select('a');

    for (const [isJunk, to, taught] of [
      [true, 'Junk', '$Junk'],
      [false, 'INBOX', '$NotJunk'],
      [true, 'Junk', '$Junk'],
      [false, 'INBOX', '$NotJunk'],
    ] as const) {
      const { moved } = await bench.mail.junk(bench.actor, on, isJunk);
      expect(flagsOf(to).at(-1)).toEqual([taught]);
      if (moved?.uidValidity === undefined) throw new Error('nowhere');
      on = { mailbox: to, uidValidity: moved.uidValidity, uids: moved.uids };
    }
  });
});

describe('the sorts and searches of one mailbox', () => {
  const isAsked = async (subject: string): Promise<boolean> => {
    const before = server.stats().commands;
    await list({ criteria: { subject } });
    const asked = server.stats().commands - before;
    return server
      .stats()
      .recent.slice(-asked)
      .some((command) => /SORT|SEARCH/i.test(command));
  };

  it('are remembered up to eight; the one used longest ago makes room', async () => {
    await start();
    const words = Array.from({ length: 9 }, (_, index) => `mot${index}`);
    for (const word of words.slice(0, 8)) expect(await isAsked(word)).toBe(true);
    for (const word of words.slice(0, 8)) expect(await isAsked(word)).toBe(false);

    expect(await isAsked('mot8')).toBe(true);

    expect(await isAsked('mot1')).toBe(false);
    expect(await isAsked('mot0')).toBe(true);
  });
});

describe('a message that its connection has not been told of', () => {
  type Act = (on: Selection) => Promise<unknown>;
  const acts: readonly (readonly [string, Act, (string[] | undefined)[]])[] = [
    ['is flagged', (on) => bench.mail.flag(bench.actor, on, 'flagged', true), [['\\Flagged']]],
    ['is moved', (on) => bench.mail.move(bench.actor, on, 'Ailleurs'), []],
    ['is removed', (on) => bench.mail.remove(bench.actor, on), []],
  ];

  it.each(acts)('%s', async (_, act, left) => {
    await start();
    await bench.mail.createMailbox(bench.actor, 'Ailleurs');
    const { uidValidity } = await list();
    const uid = server.deliver('alice', dated('new', 4)) as Uid;

    await act({ mailbox: 'INBOX', uidValidity, uids: [uid] });

    expect(flagsOf('INBOX')).toEqual([[], [], [], ...left]);
  });
});

describe('a plugin that guards changes', () => {
  const move = async () => bench.mail.copy(bench.actor, await select('a'), 'INBOX');
  const create = () => bench.mail.createMailbox(bench.actor, 'Nouveau');

  it.each([
    ['messages', 'message:changing', move],
    ['mailboxes', 'mailbox:changing', create],
  ] as const)(
    '%s: its refusal is told in its words, its crash is no refusal',
    async (_w, hook, act) => {
      await start();
      const denial = { deny: true, code: 'no', message: 'p.no', values: { count: 3 } } as const;
      const remove = bench.hooks.on('p', hook, () => denial);
      await expect(act()).rejects.toMatchObject({
        ...{ code: 'plugin/denied', status: 403, textKey: 'p.no', textValues: { count: 3 } },
      });
      remove();
      bench.hooks.on('p', hook, () => {
        throw new Error('crashed');
      });
      await expect(act()).rejects.toMatchObject({ code: 'plugin/guard-failed', status: 503 });
    },
  );
});

it('a change of flags told among the answers to a FETCH is told, and taken for none of them', async () => {
  let isTold = false;
  await start((text) => {
    const at = text.search(/^\* \d+ FETCH /m);
    if (!isTold || at < 0) return text;
    return `${text.slice(0, at)}* 1 FETCH (FLAGS (\\Answered))\r\n${text.slice(at)}`;
  });
  const { rows } = await list();
  const events: string[] = [];
  const stop = bench.mail.watch(bench.actor, 'INBOX', ({ kind }) => events.push(kind));
  const [newest] = rows;
  if (!newest) throw new Error('no row');

  isTold = true;
  const at = { mailbox: 'INBOX', uid: newest.uid };
  const view = await bench.mail.message(bench.actor, at, { markSeen: false });
  const again = await list();
  await until('the change is told', () => events.includes('changed'));
  stop();

  expect(view).toMatchObject({ subject: 'a', tooComplex: false });
  expect(again.rows.map(({ subject }) => subject)).toEqual(['a', 'b', 'c']);
});
