import type { Uid } from '../../src/base/types';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import { type MovingClock, movingClock } from '../kit/moving-clock';
import { ALL, aBench, aMessage, type Bench, PASSWORD, until } from './mail-kit';

// What the server is asked, and what plugins are told, for what a person does.
let server: DemoImap;
let bench: Bench;
let clock: MovingClock;
/** What the mail domain would do in a quiet moment. */
const plans: (() => void)[] = [];
const QUIET_MS = 250;

async function start(count: number, mailboxes: readonly { path: string }[] = []): Promise<void> {
  const messages = Array.from({ length: count }, (_, index) => ({
    raw: aMessage({ subject: `m${index}` }),
  }));
  const all = [{ path: 'INBOX', messages }, ...mailboxes];
  server = await startDemoImap({
    users: [{ username: 'alice', password: PASSWORD, mailboxes: all }],
  });
  clock = movingClock();
  const { after } = clock;
  plans.length = 0;
  const held = {
    ...clock,
    after: (ms: number, run: () => void) => (ms === QUIET_MS ? plan(run) : after(ms, run)),
  };
  bench = aBench({ server, pageSize: 10, mail: { clock: held } });
}
function plan(run: () => void): () => void {
  plans.push(run);
  return () => plans.splice(plans.indexOf(run), 1);
}
afterEach(async () => {
  server.faults.clear();
  await bench.close();
  await server.close();
});

const list = (page = 1) => bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page });
const urls = { proxy: { prefix: '/image/t', key: 'k', sessionTag: 't', expires: 1 } };
/** Commands that the server heard while `work` went on. */
async function heard(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = server.stats().recent.length;
  await work();
  return server.stats().recent.slice(before);
}

describe('a list shown again', () => {
  it('asks for the state of the mailbox, and plans no reading of a next page that it knows', async () => {
    await start(25);
    await list();
    expect(plans).toHaveLength(1);
    for (const run of plans.splice(0)) run();
    await until('the next page is known', async () => {
      plans.length = 0;
      await list();
      return plans.length === 0;
    });

    expect(await heard(() => list())).toEqual(['NOOP', 'STATUS']);
    server.deliver('alice', aMessage());
    expect((await list()).rows).toHaveLength(10);
    expect(plans).toEqual([]);

    await list(2);
    expect(plans).toHaveLength(1);
  });
});

describe('special-use mailboxes that the server will not make', () => {
  const creations = async (): Promise<number> => {
    const commands = await heard(() => bench.mail.account(bench.actor, { fresh: true }));
    return commands.filter((command) => command === 'CREATE').length;
  };

  it('are tried once in a while, not on every page', async () => {
    await start(0);
    server.faults.refuse('CREATE', 'not yours');
    expect(await creations()).toBe(5);
    expect(await creations()).toBe(0);
    clock.forward(11 * 60_000);
    expect(await creations()).toBe(5);
  });

  it('whose name is taken are tried once as well', async () => {
    await start(0);
    server.faults.refuse('CREATE', '[ALREADYEXISTS] there is one');
    expect(await creations()).toBe(5);
    expect(await heard(() => bench.mail.account(bench.actor))).toEqual([]);
    expect(await creations()).toBe(0);
  });
});

describe('opening a message', () => {
  const reads: number[] = [];
  const firstUid = async (): Promise<Uid> => {
    reads.length = 0;
    bench.hooks.on('p', 'message:read', ({ ref }) => {
      reads.push(ref.uid);
    });
    return (await list()).rows[0]?.uid as Uid;
  };

  it('is told once, when a person does it: not for its body, a draft or a plugin', async () => {
    await start(1);
    const uid = await firstUid();
    const at = { mailbox: 'INBOX', uid };
    const view = await bench.mail.message(bench.actor, at, { markSeen: false });
    expect(reads).toEqual([]);
    bench.mail.markRead(bench.actor, view);
    await until('it is told', () => reads.length > 0);
    await until('it is marked', async () => (await list()).rows[0]?.isSeen === true);
    const known = { ...at, uidValidity: view.ref.uidValidity };
    await bench.mail.message(bench.actor, known, { markSeen: false, contentOnly: true });
    await bench.mail.message(bench.actor, known, { markSeen: false });
    bench.mail.markRead(bench.actor, { ...view, row: { ...view.row, isSeen: true } });
    await until('the second time is told too', () => reads.length > 1);
    expect(reads).toEqual([uid, uid]);
  });

  it('asks nothing more for the document of its body', async () => {
    await start(1);
    const at = { mailbox: 'INBOX', uid: await firstUid() };
    const asked = { prefer: 'text', remote: 'block', urls } as const;
    const view = await bench.mail.message(bench.actor, at, { markSeen: false, prefer: 'text' });
    await bench.mail.body(bench.actor, view, asked);

    const commands = await heard(async () => {
      const known = { ...at, uidValidity: view.ref.uidValidity };
      const options = { markSeen: false, contentOnly: true };
      const again = await bench.mail.message(bench.actor, known, options);
      const body = await bench.mail.body(bench.actor, again, asked);
      expect(again).toEqual(view);
      expect(body.html).toContain('Un message.');
    });

    expect(commands).toEqual([]);
    const gone = { mailbox: 'INBOX', uid: 999 as Uid, uidValidity: view.ref.uidValidity };
    await expect(
      bench.mail.message(bench.actor, gone, { markSeen: false, contentOnly: true }),
    ).rejects.toThrow('message/not-found');
  });

  it('that was expected asks for its flags alone; nobody opened it before, and it is unread', async () => {
    await start(1);
    const uid = await firstUid();
    const { uidValidity } = await list();
    const asked = { prefer: 'text', remote: 'block', urls } as const;
    let isReady = false;
    plans.length = 0;
    const before = server.stats().recent.length;
    bench.mail.prepare(bench.actor, {
      mailbox: 'INBOX',
      uid,
      uidValidity,
      prefer: 'text',
      optionsOf: () => {
        isReady = true;
        return Promise.resolve(asked);
      },
    });
    expect(server.stats().recent.slice(before)).toEqual([]);
    expect(plans).toHaveLength(1);
    for (const run of plans.splice(0)) run();
    await until('it is read', () => isReady);
    expect(reads).toEqual([]);
    expect((await list()).rows[0]?.isSeen).toBe(false);

    const commands = await heard(async () => {
      const at = { mailbox: 'INBOX', uid, uidValidity };
      const view = await bench.mail.message(bench.actor, at, { markSeen: false, prefer: 'text' });
      await bench.mail.body(bench.actor, view, asked);
    });
    expect(commands.filter((command) => command.includes('FETCH'))).toHaveLength(1);
  });
});

it('a large move that fails midway is told for what has moved', async () => {
  await start(600, [{ path: 'Autre' }]);
  const changes: (readonly Uid[])[] = [];
  bench.hooks.on('p', 'message:changed', ({ on, newUids }) => {
    changes.push(on.uids);
    expect(newUids).toHaveLength(on.uids.length);
  });
  const { uidValidity } = await list();
  const uids = Array.from({ length: 600 }, (_, index) => (index + 1) as Uid);
  server.faults.dropAfter(1);

  const moving = bench.mail.move(bench.actor, { mailbox: 'INBOX', uidValidity, uids }, 'Autre');

  await expect(moving).rejects.toThrow('imap/unreachable');
  expect(server.mailbox('alice', 'Autre')).toHaveLength(500);
  await until('it is told', () => changes.length > 0);
  expect(changes).toEqual([uids.slice(0, 500)]);
  const other = { ...ALL, mailbox: 'Autre', page: 1 };
  const there = await bench.mail.list(bench.actor, other);
  expect(there.placed).toEqual(there.rows.map(({ uid }) => uid));
});
