import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import type { Mailbox } from '../../src/mail';
import { aBench, aMessage, type Bench, PASSWORD } from '../embedded/mail-kit';

let server: PrivateDovecot;
let bench: Bench;

beforeAll(async () => {
  server = await startDovecot({
    users: [{ username: 'alice', password: PASSWORD, mailboxes: [{ path: 'INBOX' }] }],
  });
});
afterAll(() => server.close());
beforeEach(() => {
  bench = aBench({ server });
});
afterEach(() => bench.close());

/** Paths of the tree, and whether programs list them. */
const tree = async (): Promise<ReadonlyMap<string, boolean>> => {
  const { mailboxes } = await bench.mail.account(bench.actor, { fresh: true });
  const flat = (some: readonly Mailbox[]): [string, boolean][] =>
    some.flatMap(({ path, isSubscribed, children }) => [
      [path, isSubscribed] as [string, boolean],
      ...flat(children),
    ]);
  return new Map(flat(mailboxes));
};

it('makes, moves and throws away mailboxes, and their subscriptions go along', async () => {
  const { mail, actor } = bench;
  const made = await mail.newMailbox(actor, { parent: '', name: 'Marchés été' });
  await mail.newMailbox(actor, { parent: made, name: 'Lot 1' });
  await mail.newMailbox(actor, { parent: '', name: 'Projets' });

  const moved = await mail.placeMailbox(actor, made, { parent: 'Projets', name: 'Marchés' });
  const after = await tree();
  const lot = [...after.keys()].find((path) => path.endsWith('Lot 1')) ?? '';
  expect([lot.startsWith(moved), after.get(moved), after.get(lot), after.has(made)]).toEqual([
    true,
    true,
    true,
    false,
  ]);

  const trashed = (await mail.discardMailbox(actor, moved)) ?? '';
  expect([...(await tree()).keys()]).toEqual(expect.arrayContaining([trashed]));
  expect(await mail.discardMailbox(actor, trashed)).toBeUndefined();
  expect([...(await tree()).keys()].filter((path) => /March|Lot/.test(path))).toEqual([]);
});

it('hides and shows', async () => {
  const { mail, actor } = bench;
  const path = await mail.newMailbox(actor, { parent: '', name: 'Discret' });
  await mail.subscribeMailbox(actor, path, false);
  expect((await tree()).get(path)).toBe(false);
  await mail.subscribeMailbox(actor, path, true);
  expect((await tree()).get(path)).toBe(true);
});

it('says how large each is, and marks all as read', async () => {
  const { mail, actor } = bench;
  for (const subject of ['un', 'deux', 'trois'])
    server.deliver('alice', aMessage({ subject, date: new Date('2026-01-05T05:05:05Z') }));
  const sizes = await mail.sizes(actor);
  expect(sizes?.get('INBOX')).toBeGreaterThan(100);
  expect(await mail.readAll(actor, 'INBOX')).toEqual({ count: 3 });
  expect(await mail.readAll(actor, 'INBOX')).toEqual({ count: 0 });
});
