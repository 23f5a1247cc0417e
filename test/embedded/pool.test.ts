import type { Clock } from '../../src/base/clock';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import { createImapPool, type ImapAccess, type ImapPool, type PoolLimits } from '../../src/imap';
import { ALL, aBench, aMessage, PASSWORD, until } from './mail-kit';

let server: DemoImap;
let pool: ImapPool;
let access: ImapAccess;

/** Timers go off when told; deadlines are not reached. */
function aClock(): Clock & { forward(ms: number): void } {
  let nowMs = 1_000_000;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => nowMs,
    after(ms, run) {
      const timer = { at: nowMs + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    every: () => () => {},
    forward(ms) {
      nowMs += ms;
      for (const timer of [...timers].filter(({ at }) => at <= nowMs)) {
        timers.delete(timer);
        timer.run();
      }
    },
  };
}

const clock = aClock();
const READ = { kind: 'read' } as const;
const nothing = (): Promise<void> => Promise.resolve();
const sent = (name: string): number =>
  server.stats().recent.filter((command) => command.toUpperCase().includes(name)).length;

async function start(limits: Partial<PoolLimits> = {}): Promise<void> {
  const mailboxes = [{ path: 'INBOX', messages: [{ raw: aMessage() }] }, { path: 'Autre' }];
  server = await startDemoImap({ users: [{ username: 'alice', password: PASSWORD, mailboxes }] });
  pool = createImapPool({ clock, limits });
  access = {
    key: 'site:1:me',
    server: { host: server.host, port: server.port, security: 'none' },
    credential: () => ({ username: 'alice', password: PASSWORD }),
  };
}
afterEach(async () => {
  await pool.closeAll();
  await server.close();
});

/** Work on a mailbox that goes on until `end` is called; resolves once it has begun. */
async function hold(path: string): Promise<{ readonly end: () => void; done: Promise<void> }> {
  let end = (): void => {};
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  let done = nothing();
  await new Promise<void>((begun) => {
    done = pool.withMailbox(access, path, READ, () => {
      begun();
      return held;
    });
  });
  return { end, done };
}

describe('the connections of an account', () => {
  it('are one for calls on one mailbox, which wait for each other', async () => {
    await start({ sameMailboxMs: 5_000 });
    server.faults.slowMs(5);

    const call = () => pool.withMailbox(access, 'INBOX', READ, ({ client }) => client.noop());
    await Promise.all([call(), call(), call()]);
    await Promise.all([call(), pool.withConnection(access, READ, nothing)]);

    expect(server.stats().accepted).toBe(1);
    expect(sent('SELECT')).toBe(1);
  });

  it('are two when the first is long at work: it holds up nobody', async () => {
    await start({ sameMailboxMs: 20 });
    const long = await hold('INBOX');

    await pool.withMailbox(access, 'INBOX', READ, nothing);
    await pool.withMailbox(access, 'INBOX', READ, nothing);

    expect(server.stats().accepted).toBe(2);
    long.end();
    await long.done;
  });

  it('are two at once for two mailboxes', async () => {
    await start({ sameMailboxMs: 25_000 });
    const long = await hold('INBOX');

    await pool.withMailbox(access, 'Autre', READ, nothing);

    expect(server.stats().accepted).toBe(2);
    long.end();
    await long.done;
  });

  it('serve who waited for one that broke', async () => {
    await start({ sameMailboxMs: 5_000 });
    const long = await hold('INBOX');
    const waiting = pool.withMailbox(access, 'INBOX', READ, () => Promise.resolve('served'));
    server.faults.bye();

    expect(await waiting).toBe('served');
    long.end();
    await long.done;
  });
});

describe('a watched mailbox', () => {
  it('is idled on at once, and again after a silence: not between two clicks', async () => {
    await start({ quietMs: 3_000, firstQuietMs: 400 });
    await pool.withMailbox(access, 'INBOX', READ, nothing);
    pool.watch(access, 'INBOX', () => {});
    clock.forward(400);
    await until('IDLE', () => sent('IDLE') === 1);

    for (let click = 0; click < 4; click += 1) {
      await pool.withMailbox(access, 'INBOX', READ, ({ client }) => client.noop());
      clock.forward(2_000);
      await pool.withConnection(access, READ, (client) => client.noop());
    }
    expect(sent('IDLE')).toBe(1);

    clock.forward(3_000);
    await until('IDLE again', () => sent('IDLE') === 2);
  });

  it('tells what arrives between two clicks with the answer to the next', async () => {
    await start({ quietMs: 3_000 });
    const kinds: string[] = [];
    await pool.withMailbox(access, 'INBOX', READ, nothing);
    pool.watch(access, 'INBOX', ({ kind }) => kinds.push(kind));

    server.deliver('alice', aMessage());
    await pool.withMailbox(access, 'INBOX', READ, ({ client }) => client.noop());

    expect(kinds).toContain('exists');
    expect(sent('IDLE')).toBe(0);
  });
});

describe('a message opened', () => {
  it('is marked as read behind the answer, and a list asked for next knows it', async () => {
    await start();
    server.faults.slowMs(5);
    const bench = aBench({ server });
    const page = () => bench.mail.list(bench.actor, { ...ALL, mailbox: 'INBOX', page: 1 });
    const uid = (await page()).rows[0]?.uid;
    if (uid === undefined) throw new Error('no message');
    const at = { mailbox: 'INBOX', uid };
    const view = await bench.mail.message(bench.actor, at, { markSeen: false });
    const before = server.stats().accepted;

    bench.mail.markRead(bench.actor, view);
    const isStored = sent('STORE') > 0;
    const row = (await page()).rows[0];
    await bench.close();

    expect([isStored, row?.isSeen]).toEqual([false, true]);
    expect(server.stats().accepted).toBe(before);
  });
});
