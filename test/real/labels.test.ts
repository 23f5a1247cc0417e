import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import { aBench, aMessage, type Bench, PASSWORD } from '../embedded/mail-kit';

let server: PrivateDovecot;
let bench: Bench;

beforeAll(async () => {
  server = await startDovecot({
    users: [{ username: 'alice', password: PASSWORD, mailboxes: [{ path: 'INBOX' }] }],
  });
  for (const subject of ['un', 'deux', 'trois'])
    server.deliver('alice', aMessage({ subject, date: new Date('2026-01-05T05:05:05Z') }));
});
afterAll(() => server.close());
beforeEach(() => {
  bench = aBench({ server });
});
afterEach(() => bench.close());

const list = (label?: string) =>
  bench.mail.list(bench.actor, {
    mailbox: 'INBOX',
    sort: 'date',
    order: 'desc',
    page: 1,
    criteria: label === undefined ? {} : { label },
  });

it.each(['$label1', 'marches_publics', "a}b[c'd"])(
  'puts %s on messages, finds them by it, and takes it off',
  async (keyword) => {
    const { rows, uidValidity } = await list();
    const [first, second] = rows;
    if (!first || !second) throw new Error('no messages');
    const on = { mailbox: 'INBOX', uidValidity, uids: [first.uid, second.uid] };
    expect(await bench.mail.label(bench.actor, on, keyword, true)).toEqual({ count: 2 });
    expect((await list(keyword)).rows.map(({ uid }) => uid)).toEqual([first.uid, second.uid]);
    // Another program reads the same.
    const fresh = aBench({ server });
    const seen = await fresh.mail.list(fresh.actor, {
      mailbox: 'INBOX',
      sort: 'date',
      order: 'desc',
      page: 1,
      criteria: {},
    });
    await fresh.close();
    expect(seen.rows.filter(({ keywords }) => keywords.includes(keyword))).toHaveLength(2);
    const one = { ...on, uids: [first.uid] };
    expect(await bench.mail.label(bench.actor, one, keyword, false)).toEqual({ count: 1 });
    expect((await list(keyword)).rows.map(({ uid }) => uid)).toEqual([second.uid]);
  },
);
