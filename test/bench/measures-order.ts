import { delay } from '../../src/base/async';
import type { Browser } from './browser';
import { ImapClient, type ImapServer } from './imap-client';
import { PASSWORD, type Pair } from './mailboxes';
import { type Measure, type Result, resultOf } from './measure';
import { ROW_ITEMS, type Stand } from './stand';

/** A list in another order, and what the server is asked for the same. */
interface OrderLook {
  readonly id: string;
  readonly title: string;
  readonly query: string;
  readonly command: string;
}

const COLD_AIM = 1.5;
const WARM_AIM = 5;
const PREFETCH_AIM = 1.5;
/** A person reads a message before opening the next: long enough for it to be prepared. */
const READ_MS = 700;

const LOOKS: readonly OrderLook[] = [
  sorted('subject', 'SUBJECT REVERSE DATE'),
  sorted('from', 'FROM REVERSE DATE'),
  sorted('size', 'SIZE'),
  {
    id: 'threads',
    title: 'by conversation',
    query: '?threads=1',
    command: 'UID THREAD REFS UTF-8 ALL',
  },
];

function sorted(key: string, program: string): OrderLook {
  return {
    id: `sort-${key}`,
    title: `by ${key}`,
    query: `?sort=${key}&order=asc&threads=0`,
    command: `UID SORT (${program}) UTF-8 ALL`,
  };
}

interface Times {
  readonly product: number[];
  readonly server: number[];
}

/** What the mail server keeps of a mailbox once it was asked is not what a first look is about. */
export async function warmServer(
  server: ImapServer,
  { product, server: other }: Pair,
): Promise<void> {
  for (const { username } of [product, other]) {
    const client = await ImapClient.login(server, username, PASSWORD);
    await client.command('SELECT INBOX');
    for (const { command } of LOOKS) await client.command(command);
    client.close();
  }
}

/** First looks at each order by a process that knows none; one look a boot. */
export class ColdOrders {
  readonly #times = new Map<string, Times>();

  /** Both know the mailbox already: what is new is its order. */
  async take(pair: Pair, browser: Browser, client: ImapClient): Promise<void> {
    for (const { id, query, command } of LOOKS) {
      const key = `${pair.size} ${id}`;
      const times = this.#times.get(key) ?? { product: [], server: [] };
      this.#times.set(key, times);
      times.server.push(await client.time(command));
      times.product.push(await browser.list(query));
    }
  }

  results({ size }: Pair, isAimed: boolean): readonly Result[] {
    return LOOKS.flatMap(({ id, title, command }) => {
      const times = this.#times.get(`${size} ${id}`);
      if (!times) return [];
      const about = { id: `cold-${id}`, title: `list ${title}, the first time`, beside: command };
      return resultOf({ ...about, aim: isAimed ? COLD_AIM : undefined }, times);
    });
  }
}

/** The same orders again, and the message below the one that was read. */
export function orderMeasures({ pair, browser, client, quick }: Stand): readonly Measure[] {
  const rounds = quick ? 10 : 30;
  const orders = LOOKS.map(({ id, title, query }): Measure => {
    let rows = '';
    return {
      id,
      title: `list ${title}, again`,
      beside: 'FETCH of the same 50 rows',
      rounds,
      warmUp: 4,
      aim: WARM_AIM,
      // Both mailboxes hold the same messages, by uid.
      prepare: async () => {
        rows = (await browser.uids(query)).join(',');
      },
      product: () => browser.list(query),
      server: () => client.time(`UID FETCH ${rows} ${ROW_ITEMS}`),
    };
  });
  return [...orders, openNext({ pair, browser, quick })];
}

function openNext({ pair, browser, quick }: Pick<Stand, 'pair' | 'browser' | 'quick'>): Measure {
  // Downwards from the middle of the first page, as somebody who reads one after the other.
  const first = pair.size - 30;
  const path = (round: number): number => first - round;
  return {
    id: 'read-next',
    title: `open the next message after ${READ_MS / 1_000} s`,
    beside: 'our own list, again',
    rounds: quick ? 5 : 15,
    warmUp: 2,
    aim: PREFETCH_AIM,
    product: async (round) => {
      if (round === 0) await browser.open(first + 1);
      await delay(READ_MS);
      return browser.open(path(round));
    },
    server: () => browser.list(),
  };
}
