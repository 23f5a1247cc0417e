import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock } from '../../src/base/clock';
import { isAppError } from '../../src/base/errors';
import type { Uid } from '../../src/base/types';
import { type DemoImap, startDemoImap } from '../../src/demo/imap';
import { ALL, aBench, aMessage, type Bench, PASSWORD, until } from './mail-kit';

let server: DemoImap;
let bench: Bench;
let timers: ReturnType<typeof heldTimers>;
const MAX_FIRST_COMMANDS = 11; // greeting, sign-in and selection among them

const SHORT = { commandMs: 700, connectMs: 500 };

/** The system's clock; `fire` lets what waits come at once, whenever it was due. */
function heldTimers() {
  const waiting = new Set<() => void>();
  const after: Clock['after'] = (ms, run) => {
    const stop = (): void => {
      cancel();
      waiting.delete(once);
    };
    const once = (): void => {
      stop();
      run();
    };
    const cancel = systemClock.after(ms, once);
    waiting.add(once);
    return stop;
  };
  const fire = (): void => {
    for (const once of [...waiting]) once();
  };
  return { clock: { ...systemClock, after }, fire, planned: () => waiting.size };
}

async function start(count: number, limits = {}, options = {}): Promise<void> {
  const messages = Array.from({ length: count }, (_, index) => ({
    raw: aMessage({ subject: `m${index}`, date: new Date(Date.UTC(2026, 0, 1, index)) }),
  }));
  server = await startDemoImap({
    users: [
      {
        username: 'alice',
        password: PASSWORD,
        mailboxes: [{ path: 'INBOX', messages }, { path: 'Autre' }],
      },
    ],
    ...options,
  });
  timers = heldTimers();
  bench = aBench({ server, limits, clock: timers.clock });
}
afterEach(async () => {
  server.faults.clear();
  await bench.close();
  await server.close();
});

const list = (mailbox = 'INBOX', page = 1) =>
  bench.mail.list(bench.actor, { ...ALL, mailbox, page });
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );

describe('a connection that breaks', () => {
  it.each([
    ['between commands', 1, 'commands'],
    ['in the middle of the rows', 4000, 'bytes'],
  ] as const)('%s: a list is read again, and nobody notices', async (_name, after, unit) => {
    await start(40);
    await list('Autre');
    server.faults.dropAfter(after, unit);
    expect((await list()).rows).toHaveLength(40);
  });

  it('in the middle of a write: the failure is told and the write not repeated', async () => {
    await start(3);
    const { rows, uidValidity } = await list();
    await bench.mail.account(bench.actor);
    const moves = () => server.stats().recent.filter((command) => /MOVE/i.test(command)).length;
    server.faults.dropAfter(0);
    const on = { mailbox: 'INBOX', uidValidity, uids: [rows[0]?.uid as Uid] };
    expect(await codeOf(bench.mail.remove(bench.actor, on))).toBe('imap/unreachable');
    expect(moves()).toBeLessThanOrEqual(1);
    expect((await list()).total + server.mailbox('alice', 'Trash').length).toBe(3);
  });

  it('by BYE while idle: the next request connects anew', async () => {
    await start(2);
    await list();
    server.faults.bye();
    await until('the loss is seen', () => bench.pool.stats().connections === 0);
    expect((await list()).total).toBe(2);
  });
});

describe('a server that does not answer', () => {
  it('is given up at the deadline with one socket closed, and served again after', async () => {
    await start(2, SHORT);
    await list();
    server.faults.silent(true);
    expect(await codeOf(list())).toBe('imap/timeout');
    expect(bench.pool.stats().connections).toBe(0);
    expect(await codeOf(list())).toBe('imap/timeout');
    server.faults.clear();
    expect((await list()).total).toBe(2);
  });

  it('keeps no more than three sockets busy however many ask', async () => {
    await start(2, SHORT);
    server.faults.silent(true);
    const all = Promise.all(Array.from({ length: 12 }, () => codeOf(list())));
    expect(bench.pool.stats().connections).toBeLessThanOrEqual(3);
    expect(new Set(await all)).toEqual(new Set(['imap/timeout']));
    expect(bench.pool.stats()).toMatchObject({ connections: 0, waiting: 0 });
  });

  it('slowly: the page is right, in few commands', async () => {
    await start(30);
    server.faults.slowMs(40);
    expect((await list()).rows).toHaveLength(30);
    // Each costs the person a way to the server and back.
    expect(server.stats().recent.length).toBeLessThanOrEqual(MAX_FIRST_COMMANDS);
    const before = server.stats().recent.length;
    await list();
    expect(server.stats().recent.slice(before)).toEqual(['NOOP', 'STATUS']);
  });
});

describe('a server that is down', () => {
  it('is unreachable, not an empty mailbox, and found again when it returns', async () => {
    await start(2);
    await list();
    server.faults.down(true);
    expect(await codeOf(list())).toBe('imap/unreachable');
    expect(await codeOf(bench.mail.account(bench.actor, { fresh: true }))).toBe('imap/unreachable');
    server.faults.down(false);
    await until('the list answers', async () => (await codeOf(list())) === 'no error');
  });

  it('is not hammered: most of many requests do not even try', async () => {
    await start(2);
    await list();
    server.faults.down(true);
    const before = server.stats().accepted;
    for (let i = 0; i < 30; i++) await codeOf(list());
    expect(server.stats().accepted - before).toBeLessThanOrEqual(6);
  });

  it('refuses a wrong password as such, and keeps no socket', async () => {
    await start(1);
    const wrong = { ...bench.actor, credential: () => ({ username: 'alice', password: 'no' }) };
    expect(await codeOf(bench.mail.list(wrong, { ...ALL, mailbox: 'INBOX', page: 1 }))).toBe(
      'imap/credentials',
    );
    const access = { key: 'x:1:', server: bench.actor.site.imap, credential: wrong.credential };
    expect(await codeOf(bench.pool.verify(access))).toBe('imap/credentials');
    expect(
      await codeOf(
        bench.pool.verify({ ...access, credential: (to) => bench.actor.credential(to) }),
      ),
    ).toBe('no error');
    await until('no socket is left', () => server.stats().connections === 0);
  });
});

describe('a server that talks nonsense', () => {
  it('loses its connection; the next request is served', async () => {
    await start(2, SHORT);
    await list();
    server.faults.garble(true);
    expect(await codeOf(list())).toMatch(/^imap\//);
    server.faults.clear();
    expect((await list()).total).toBe(2);
  });

  it.each(['SELECT', 'STATUS', 'UID FETCH', 'UID SEARCH', 'LIST'])(
    'or refuses %s: an error, never an empty page',
    async (command) => {
      await start(2);
      server.faults.refuse(command, 'not today');
      const work = command === 'LIST' ? bench.mail.account(bench.actor) : list();
      expect(await codeOf(work)).toMatch(/^(imap|mailbox)\//);
      server.faults.clear();
      expect((await list()).total).toBe(2);
    },
  );

  it.each([
    ['an endless line', () => `* OK ${'x'.repeat(1 << 20)}`, 80],
    ['a huge literal', () => '* 1 FETCH (BODY[] {999999999}\r\n', 1],
    ['uids without end', () => '* ESEARCH (TAG "x") UID ALL 1:4294967295\r\n', 1],
  ])('%s does not end the process', async (_name, chunk, times) => {
    await start(1);
    const hostile = await aHostileServer(chunk(), times);
    const own = aBench({
      server: { host: '127.0.0.1', port: (hostile.address() as AddressInfo).port },
      limits: SHORT,
    });
    expect(await codeOf(own.mail.list(own.actor, { ...ALL, mailbox: 'INBOX', page: 1 }))).toMatch(
      /^imap\//,
    );
    expect(own.pool.stats().connections).toBe(0);
    await own.close();
    await new Promise((resolve) => hostile.close(resolve));
  });
});

/** Greets, signs in, then answers everything with `chunk`. */
function aHostileServer(chunk: string, times: number): Promise<Server> {
  const answer = (socket: Socket, line: string): void => {
    const tag = line.split(' ')[0] ?? '';
    if (/CAPABILITY/i.test(line)) socket.write(`* CAPABILITY IMAP4rev1 ESEARCH\r\n${tag} OK\r\n`);
    else if (/LOGIN|ID|NAMESPACE|ENABLE/i.test(line)) socket.write(`${tag} OK\r\n`);
    else if (/SELECT/i.test(line))
      socket.write(`* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 2] x\r\n${tag} OK\r\n`);
    else if (/STATUS/i.test(line)) {
      socket.write(`* STATUS INBOX (MESSAGES 1 UNSEEN 0 UIDNEXT 2 UIDVALIDITY 1)\r\n${tag} OK\r\n`);
    } else if (/NOOP/i.test(line)) socket.write(`${tag} OK\r\n`);
    else {
      for (let i = 0; i < times && !socket.destroyed; i++) socket.write(chunk);
      socket.write(`\r\n${tag} OK\r\n`);
    }
  };
  const hostile = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('* OK [CAPABILITY IMAP4rev1 ESEARCH] hello\r\n');
    socket.on('data', (data) => {
      for (const line of data.toString('latin1').split('\r\n')) if (line) answer(socket, line);
    });
  });
  return new Promise((resolve) => hostile.listen(0, '127.0.0.1', () => resolve(hostile)));
}

describe('connections of one account', () => {
  it('are three at most, the rest wait', async () => {
    await start(60, {}, { maxConnectionsPerUser: 3 });
    server.faults.slowMs(15);
    const pages = await Promise.all(Array.from({ length: 20 }, () => list()));
    expect(pages.every((page) => page.total === 60)).toBe(true);
    expect(server.stats().accepted).toBeLessThanOrEqual(3);
  });

  it('are closed when nobody used them for a while', async () => {
    await start(1, { idleCloseMs: 50, pollMs: 40, burstCloseMs: 50 });
    await list();
    await until('the server sees them close', () => server.stats().connections === 0);
  });
});

describe('a watched mailbox', () => {
  it('tells arrivals, flags and removals of another client', async () => {
    await start(3);
    const { rows, uidValidity } = await list();
    const kinds: string[] = [];
    const arrived: unknown[] = [];
    bench.hooks.on('p', 'mail:arrived', ({ uids, unseen }) => {
      arrived.push([uids, unseen]);
    });
    const stop = bench.mail.watch(bench.actor, 'INBOX', ({ kind }) => kinds.push(kind));
    const idles = () => server.stats().recent.filter((command) => /IDLE/i.test(command)).length;
    await until('IDLE', () => idles() > 0);
    const uid = server.deliver('alice', aMessage());
    await until('the arrival', () => kinds.includes('arrived') && arrived.length > 0);
    expect(arrived).toEqual([[[uid], 4]]);
    const other = aBench({ server });
    const on = { mailbox: 'INBOX', uidValidity, uids: [rows[0]?.uid as Uid] };
    await until('IDLE again', () => idles() > 1);
    await other.mail.flag(other.actor, on, 'flagged', true);
    await until('the flag', () => kinds.includes('changed'));
    await other.mail.expunge(other.actor, on);
    await until('the removal', () => kinds.includes('removed'));
    await other.close();
    stop();
    kinds.length = 0;
    server.deliver('alice', aMessage());
    expect((await list()).total).toBe(4);
    expect(kinds).toEqual([]);
  });

  it('tells what happened while its connection served another mailbox', async () => {
    await start(1, { connections: 1 });
    const kinds: string[] = [];
    bench.mail.watch(bench.actor, 'INBOX', ({ kind }) => kinds.push(kind));
    await until('IDLE', () => server.stats().recent.some((command) => /IDLE/i.test(command)));
    await list('Autre');
    server.deliver('alice', aMessage());
    await until('the arrival', () => kinds.includes('arrived'));
  });

  it('says that the server went down and came back', async () => {
    await start(1);
    const kinds: string[] = [];
    bench.mail.watch(bench.actor, 'INBOX', ({ kind }) => kinds.push(kind));
    await until('IDLE', () => server.stats().recent.some((command) => /IDLE/i.test(command)));
    server.faults.down(true);
    await until('down', () => kinds.includes('down'));
    server.faults.down(false);
    await until('back', () => kinds.includes('reconnected'));
    expect(kinds.filter((kind) => kind === 'down')).toHaveLength(1);
  });

  it('stops trying when the password is refused, so that the account is not locked', async () => {
    await start(1);
    let password = PASSWORD;
    const actor = { ...bench.actor, credential: () => ({ username: 'alice', password }) };
    const kinds: string[] = [];
    bench.mail.watch(actor, 'INBOX', ({ kind }) => kinds.push(kind));
    await until('IDLE', () => server.stats().recent.some((command) => /IDLE/i.test(command)));
    password = 'changed elsewhere';
    server.faults.bye();
    await until('down', () => kinds.includes('down'));
    const logins = () =>
      server.stats().recent.filter((one) => /LOGIN|AUTHENTICATE/i.test(one)).length;
    await until('one refused attempt', () => logins() === 2);
    await until('nothing more is planned', () => timers.planned() === 0);
    expect(logins()).toBe(2);
    expect(await codeOf(bench.mail.list(actor, { ...ALL, mailbox: 'INBOX', page: 1 }))).toBe(
      'imap/credentials',
    );
  });

  it('is polled when IDLE tells nothing', async () => {
    await start(1, { pollMs: 80 });
    const kinds: string[] = [];
    bench.mail.watch(bench.actor, 'INBOX', ({ kind }) => kinds.push(kind));
    await until('IDLE', () => server.stats().recent.some((command) => /IDLE/i.test(command)));
    server.faults.muteIdle(true);
    server.deliver('alice', aMessage());
    await until('the arrival', () => kinds.includes('arrived'));
  });

  it('is let go of when its last watcher is', async () => {
    await start(1, { idleCloseMs: 50, pollMs: 40, burstCloseMs: 50 });
    const stops = Array.from({ length: 100 }, () =>
      bench.mail.watch(bench.actor, 'INBOX', () => {}),
    );
    await list();
    for (const stop of stops) stop();
    await until('the server sees it close', () => server.stats().connections === 0);
  });

  it('is not looked for again after a sign-out', async () => {
    await start(1);
    const kinds: string[] = [];
    bench.mail.watch(bench.actor, 'INBOX', ({ kind }) => kinds.push(kind));
    await until('IDLE', () => server.stats().recent.some((command) => /IDLE/i.test(command)));
    bench.mail.release(bench.actor);
    await until('the server sees it close', () => server.stats().connections === 0);
    const { accepted } = server.stats();
    timers.fire();
    const other = aBench({ server });
    await other.mail.list(other.actor, { ...ALL, mailbox: 'INBOX', page: 1 });
    await other.close();
    expect(server.stats().accepted).toBe(accepted + 1);
    expect(kinds).toEqual([]);
    expect(bench.pool.stats()).toEqual({ accounts: 0, connections: 0, waiting: 0 });
  });
});
