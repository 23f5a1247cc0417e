import { setTimeout as delay } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import type { Uid } from '../../src/base/types';
import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import type { ListQuery, SortKey } from '../../src/mail';
import { aBench, type Bench, PASSWORD } from '../embedded/mail-kit';

/** More of both: `COHERENCE_SEEDS=200 COHERENCE_STEPS=200`. */
const SEEDS = Number(process.env['COHERENCE_SEEDS'] ?? '6');
const STEPS = Number(process.env['COHERENCE_STEPS'] ?? '40');

/** What a server announces: all it can, and less and less of it. */
const SERVERS = {
  whole: undefined,
  plain: 'IMAP4rev1 LITERAL+ NAMESPACE SPECIAL-USE',
  'without SORT, THREAD and CONDSTORE':
    'IMAP4rev1 LITERAL+ UIDPLUS MOVE ESEARCH IDLE NAMESPACE SPECIAL-USE',
} as const;

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const FLAGS = ['\\Seen', '\\Flagged', '\\Answered', '$label1'] as const;
const SORTS: readonly SortKey[] = ['date', 'arrival', 'size', 'subject'];
const MAILBOXES = [{ path: 'INBOX' }, { path: 'Other' }, { path: 'Trash' }, { path: 'Archive' }];

interface Known {
  readonly uid: number;
  readonly id: string;
  readonly size: number;
  readonly date: number;
  readonly subject: string;
  readonly flags: ReadonlySet<string>;
}

/** The mailbox as another program reads it, each time anew. */
async function truth(client: ImapFlow): Promise<readonly Known[]> {
  // Selected anew: a session may keep an older view of its mailbox for a moment.
  if (client.mailbox) await client.mailboxClose();
  await client.mailboxOpen('INBOX');
  const found: Known[] = [];
  const query = { uid: true, flags: true, envelope: true, size: true };
  for await (const one of client.fetch('1:*', query, { uid: true })) {
    found.push({
      uid: one.uid,
      id: one.envelope?.messageId ?? '',
      size: one.size ?? 0,
      date: new Date(one.envelope?.date ?? 0).getTime(),
      subject: one.envelope?.subject ?? '',
      flags: new Set([...(one.flags ?? [])].filter((flag) => flag !== '\\Recent')),
    });
  }
  return found;
}

const message = (number: number, of: number | undefined): string =>
  [
    `Message-ID: <m${number}@coherence.example>`,
    ...(of === undefined ? [] : [`References: <m${of}@coherence.example>`]),
    'From: Odile <odile@saisons.example>',
    `Subject: sujet ${String((number * 7919) % 1_000).padStart(4, '0')}`,
    `Date: ${new Date(Date.UTC(2026, 0, 1) + ((number * 7_907) % 10_000) * 60_000).toUTCString()}`,
    '',
    'x'.repeat((number * 104_729) % 5_000),
    '',
  ].join('\r\n');

/** Uids in the order of a list, as anybody would sort them. */
function expected(all: readonly Known[], { sort, order, criteria }: ListQuery): readonly number[] {
  const keyOf: Readonly<Record<string, (one: Known) => number | string>> = {
    date: ({ date }) => date,
    arrival: ({ uid }) => uid,
    size: ({ size }) => size,
    subject: ({ subject }) => subject,
  };
  const key = keyOf[sort] ?? keyOf['date'];
  const down = order === 'desc' ? -1 : 1;
  return all
    .filter(({ flags }) => criteria.unseen !== true || !flags.has('\\Seen'))
    .filter(({ flags }) => criteria.label === undefined || flags.has(criteria.label))
    .toSorted((a, b) => {
      const [left, right] = [key?.(a) ?? 0, key?.(b) ?? 0];
      return left === right ? 0 : left < right ? -down : down;
    })
    .map(({ uid }) => uid);
}

describe.each(Object.entries(SERVERS))('lists of a server that is %s', (name, capabilities) => {
  let server: PrivateDovecot;
  let bench: Bench;
  let other: ImapFlow;

  beforeAll(async () => {
    const users = Array.from({ length: SEEDS }, (_, at) => ({
      username: `agent${at}`,
      password: PASSWORD,
      mailboxes: MAILBOXES,
    }));
    server = await startDovecot({ users, ...(capabilities !== undefined && { capabilities }) });
  });
  afterAll(async () => {
    process.stdout.write(`coherence (${name}): ${SEEDS} seeds × ${STEPS} steps\n`);
    await server.close();
  });

  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    'agree with it after every step, whoever makes it (seed %i)',
    async (seed) => {
      const username = `agent${seed}`;
      const random = randomOf(seed * 7 + name.length);
      const below = (count: number): number => Math.floor(random() * count);
      const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
      let delivered = 0;
      let late = 0;
      const deliver = (): void => {
        const of = random() < 0.4 && delivered > 0 ? below(delivered) + 1 : undefined;
        delivered++;
        server.deliver(username, message(delivered, of));
      };
      for (let at = 0; at < 30; at++) deliver();
      bench = aBench({ server, username, pageSize: 100 });
      other = new ImapFlow({
        host: server.host,
        port: server.port,
        secure: false,
        doSTARTTLS: false,
        auth: { user: username, pass: PASSWORD },
        logger: false,
      });
      await other.connect();
      await truth(other);
      for (let step = 0; step < STEPS; step++) {
        const all = await truth(other);
        const some = all.filter(() => random() < 0.15).map(({ uid }) => uid);
        await change(some.length > 0 ? some : all.slice(0, 1).map(({ uid }) => uid));
        // Dovecot sees what is delivered to a Maildir by its time, which has seconds.
        for (let tries = 1; ; tries++) {
          const last = tries === 3;
          const isRight = await agrees().then(
            () => true,
            (error: unknown) => {
              if (last) throw error;
              return false;
            },
          );
          if (isRight) break;
          late++;
          await delay(1_100);
        }
      }
      await other.logout();
      await bench.close();
      expect(late).toBeLessThan(STEPS / 4);

      /** One step of ours or of the other program. */
      async function change(uids: readonly number[]): Promise<void> {
        const kind = below(9);
        if (uids.length === 0 || kind === 0) return deliver();
        const set = uids.join(',');
        const page = await list({ sort: 'date', order: 'desc', criteria: {} });
        const on = { mailbox: 'INBOX', uidValidity: page.uidValidity, uids: uids as Uid[] };
        const isOn = random() < 0.5;
        if (kind === 1) await other.messageMove(set, 'Other', { uid: true });
        else if (kind === 2) await other.messageDelete(set, { uid: true });
        else if (kind === 3) await other.messageFlagsAdd(set, [pick(FLAGS)], { uid: true });
        else if (kind === 4) await other.messageFlagsRemove(set, [pick(FLAGS)], { uid: true });
        else if (kind === 5) await bench.mail.move(bench.actor, on, 'Other');
        else if (kind === 6) await bench.mail.remove(bench.actor, on);
        else if (kind === 7) await bench.mail.flag(bench.actor, on, 'seen', isOn);
        else await bench.mail.label(bench.actor, on, '$label1', isOn);
      }

      function list(query: Pick<ListQuery, 'sort' | 'order' | 'criteria' | 'threads'>) {
        return bench.mail.list(bench.actor, { mailbox: 'INBOX', page: 1, ...query });
      }

      async function agrees(): Promise<void> {
        const all = await truth(other);
        const criteria = pick([{}, { unseen: true }, { label: '$label1' }]);
        const query = { sort: pick(SORTS), order: pick(['asc', 'desc'] as const), criteria };
        const page = await list(query);
        const wanted = expected(all, { mailbox: 'INBOX', page: 1, ...query });
        // Messages of one size have no order that is right.
        const got = page.rows.map(({ uid }) => Number(uid));
        if (query.sort === 'size' || query.sort === 'subject') {
          expect(got.toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b));
        } else expect(got).toEqual(wanted);
        const flags = new Map(all.map((one) => [one.uid, one.flags]));
        for (const row of page.rows) {
          const truly = flags.get(row.uid);
          expect([row.isSeen, row.isFlagged, row.isAnswered]).toEqual([
            truly?.has('\\Seen'),
            truly?.has('\\Flagged'),
            truly?.has('\\Answered'),
          ]);
        }
        const grouped = await list({ ...query, threads: true });
        const members = grouped.rows.flatMap(
          ({ uid }) => grouped.conversations?.get(uid)?.uids ?? [uid],
        );
        expect(members.map(Number).toSorted((a, b) => a - b)).toEqual(
          wanted.toSorted((a, b) => a - b),
        );
      }
    },
    120_000,
  );
});
