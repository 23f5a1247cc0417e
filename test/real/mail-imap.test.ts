import { buffer } from 'node:stream/consumers';
import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import type { SortKey } from '../../src/mail';
import { ALL, aBench, aMessage, type Bench, PASSWORD, until } from '../embedded/mail-kit';

let server: PrivateDovecot;
let bench: Bench;
let counts: Record<string, number> = {};
const COUNT = 1200;

beforeAll(async () => {
  server = await startDovecot({
    users: [
      { username: 'alice', password: PASSWORD, mailboxes: [{ path: 'INBOX' }] },
      { username: 'bob', password: PASSWORD, mailboxes: [{ path: 'INBOX' }, { path: 'Envoyés' }] },
    ],
  });
  await server.generateMailbox('alice', COUNT);
});
afterAll(() => server.close());
beforeEach(() => {
  counts = {};
  const metrics = {
    count: (name: string, by: number) => {
      counts[name] = (counts[name] ?? 0) + by;
    },
  };
  bench = aBench({ server, mail: { metrics } });
});
afterEach(() => bench.close());

const page = (sort: SortKey, order: 'asc' | 'desc', criteria = {}, number = 1) =>
  bench.mail.list(bench.actor, { mailbox: 'INBOX', sort, order, criteria, page: number });
const uidsOf = async (...args: Parameters<typeof page>) =>
  (await page(...args)).rows.map((row) => row.uid);

describe('lists of a real server', () => {
  it.each(['date', 'arrival', 'from', 'subject', 'size'] as const)(
    'are sorted by %s',
    async (sort) => {
      const { rows, total } = await page(sort, 'desc');
      expect(total).toBe(COUNT);
      expect(rows).toHaveLength(50);
      const dates = rows.map((row) => row.date);
      if (sort === 'date') expect(dates).toEqual([...dates].sort().reverse());
      const sizes = rows.map((row) => row.sizeBytes);
      if (sort === 'size') expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    },
  );

  it('place a message that arrives where a new sort would', async () => {
    for (const sort of ['date', 'subject', 'from', 'size'] as const) await page(sort, 'desc');
    counts = {};
    const before = (await page('date', 'desc')).total;
    server.deliver(
      'alice',
      aMessage({ subject: 'Milieu de liste', date: new Date('2024-05-05T05:05:05Z') }),
    );
    server.deliver(
      'alice',
      aMessage({ subject: 'Zzz dernier', date: new Date('2036-05-05T05:05:05Z') }),
    );
    const fresh = aBench({ server });
    for (const sort of ['date', 'subject', 'from', 'size'] as const) {
      for (const number of [1, 12, 25]) {
        const query = {
          mailbox: 'INBOX',
          sort,
          order: 'desc',
          criteria: {},
          page: number,
        } as const;
        const expected = await fresh.mail.list(fresh.actor, query);
        expect(await uidsOf(sort, 'desc', {}, number)).toEqual(expected.rows.map((row) => row.uid));
        expect(expected.total).toBe(before + 2);
      }
    }
    await fresh.close();
    expect(counts['order-insert']).toBeGreaterThanOrEqual(8);
    expect(counts['order-miss']).toBeUndefined();
  });

  it('lose at once what another client removes', async () => {
    const { rows, total } = await page('date', 'desc');
    await page('subject', 'asc', { text: 'a', in: 'subject' });
    const gone = rows[4]?.uid ?? 0;
    await server.doveadm('expunge', '-u', 'alice', 'mailbox', 'INBOX', 'uid', String(gone));
    const after = await page('date', 'desc');
    expect(after.total).toBe(total - 1);
    expect(after.rows.some((row) => row.uid === gone)).toBe(false);
    expect(await uidsOf('subject', 'asc', { text: 'a', in: 'subject' })).not.toContain(gone);
  });

  it('show flags that another client set, without fetching the rows again', async () => {
    const { rows } = await page('date', 'desc');
    counts = {};
    const uid = rows[2]?.uid ?? 0;
    await server.doveadm(
      'flags',
      'add',
      '-u',
      'alice',
      '\\Flagged',
      'mailbox',
      'INBOX',
      'uid',
      String(uid),
    );
    const after = await page('date', 'desc');
    expect(after.rows.find((row) => row.uid === uid)?.isFlagged).toBe(true);
    expect(counts['row-miss'] ?? 0).toBe(0);
  });

  it('search beyond ASCII', async () => {
    const { total, rows } = await page('date', 'desc', { text: 'é', in: 'subject' });
    expect(total).toBeGreaterThan(0);
    expect(rows.every((row) => /[éeÉE]/.test(row.subject))).toBe(true);
    expect((await page('date', 'desc', { text: '"\\ {3}\r\nA1 LOGOUT' })).total).toBe(0);
  });
});

describe('a real server', () => {
  it('tells arrivals, flags and removals within seconds', async () => {
    const kinds: string[] = [];
    const stop = bench.mail.watch(bench.actor, 'INBOX', ({ kind }) => kinds.push(kind));
    const { rows } = await page('date', 'desc');
    server.deliver('alice', aMessage({ subject: 'Nouveau' }));
    await until('the arrival', () => kinds.includes('arrived'));
    const uid = String(rows[0]?.uid);
    await server.doveadm(
      'flags',
      'add',
      '-u',
      'alice',
      '\\Answered',
      'mailbox',
      'INBOX',
      'uid',
      uid,
    );
    await until('the flag', () => kinds.includes('changed'));
    await server.doveadm('expunge', '-u', 'alice', 'mailbox', 'INBOX', 'uid', uid);
    await until('the removal', () => kinds.includes('removed'));
    stop();
  });

  it('gets its special-use mailboxes, moves with COPYUID and brings back', async () => {
    const bob = aBench({ server, username: 'bob' });
    server.deliver('bob', aMessage({ subject: 'À déplacer' }));
    const account = await bob.mail.account(bob.actor);
    expect(account.mailboxes.find((box) => box.specialUse === 'sent')?.path).toBe('Envoyés');
    const query = { ...ALL, mailbox: 'INBOX', page: 1 };
    const { rows, uidValidity } = await bob.mail.list(bob.actor, query);
    const on = { mailbox: 'INBOX', uidValidity, uids: rows.map((row) => row.uid) };
    const { moved } = await bob.mail.remove(bob.actor, on);
    expect((await bob.mail.list(bob.actor, query)).total).toBe(0);
    if (moved?.uidValidity === undefined) throw new Error('no COPYUID');
    await bob.mail.move(bob.actor, { ...moved, uidValidity: moved.uidValidity }, 'INBOX');
    const back = await bob.mail.list(bob.actor, query);
    expect(back.rows.map((row) => row.subject)).toEqual(['À déplacer']);
    expect((await bob.mail.quota(bob.actor))?.limitBytes).toBeGreaterThan(0);
    await bob.close();
  });

  it('streams an attachment of several slices, decoded', async () => {
    const bytes = Buffer.alloc(3_000_000, 'octets ');
    const file = bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
    const head = 'Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64';
    const headers = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=M'];
    const text = `--M\r\nContent-Type: text/plain\r\n\r\nx\r\n--M\r\n${head}\r\n\r\n${file}\r\n--M--`;
    const bob = aBench({ server, username: 'bob' });
    await bob.mail.createMailbox(bob.actor, 'Gros');
    server.deliver('bob', aMessage({ headers, text }), 'Gros');
    const { rows } = await bob.mail.list(bob.actor, { ...ALL, mailbox: 'Gros', page: 1 });
    expect(rows[0]?.hasAttachment).toBe(true);
    const view = await bob.mail.message(bob.actor, {
      mailbox: 'Gros',
      uid: rows[0]?.uid ?? (rows.length as never),
    });
    const part = await bob.mail.part(bob.actor, view.ref, '2');
    expect((await buffer(part.stream)).equals(bytes)).toBe(true);
    await bob.close();
  });

  it('is reached over TLS only with its own authority', async () => {
    const imap = {
      host: server.host,
      port: server.tlsPort,
      security: 'tls',
      servername: 'localhost',
    } as const;
    const credential = () => bench.actor.credential(imap);
    const access = { key: 'tls:1:me', credential };
    await bench.pool.verify({ ...access, server: { ...imap, caFile: server.caFile } });
    await expect(bench.pool.verify({ ...access, server: imap })).rejects.toThrow('imap/');
    const starttls = {
      ...imap,
      port: server.port,
      security: 'starttls',
      caFile: server.caFile,
    } as const;
    await bench.pool.verify({ ...access, server: starttls });
  });
});
