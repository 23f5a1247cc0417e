import { delay } from '../../src/base/async';
import { Browser } from './browser';
import { ImapClient } from './imap-client';
import { PASSWORD } from './mailboxes';
import type { Measure } from './measure';
import { farPage, firstUidOf, PAGE_SIZE, ROW_ITEMS, rowsCommand, type Stand } from './stand';

const LIST_AIM = 4;
const FETCH = 'FETCH of the same 50 rows';
/** A person looks at a page before asking for the next: long enough for the prefetch. */
const LOOK_MS = 700;

/** Lists of a mailbox that was looked at before, and what changes between two looks. */
export function listMeasures(stand: Stand): readonly Measure[] {
  const { pair, browser, client, quick } = stand;
  const far = farPage(pair);
  const rows = (page: number): Promise<number> => client.time(rowsCommand(firstUidOf(pair, page)));
  return [
    {
      id: 'list-1',
      title: 'list, page 1, again',
      beside: FETCH,
      rounds: quick ? 30 : 60,
      warmUp: 20,
      aim: LIST_AIM,
      product: () => browser.list(),
      server: () => rows(1),
    },
    {
      id: 'list-far',
      title: `list, page ${far}, again`,
      beside: FETCH,
      rounds: quick ? 15 : 40,
      aim: LIST_AIM,
      product: () => browser.list(`?page=${far}`),
      server: () => rows(far),
    },
    {
      id: 'list-new',
      title: 'list, page never seen',
      beside: FETCH,
      rounds: quick ? 3 : 8,
      warmUp: 1,
      // From the far page upwards: no prefetch goes that way.
      product: (round) => browser.list(`?page=${far - 1 - round}`),
      server: (round) => rows(far - 1 - round),
    },
    nextPage(stand, rows),
    arrival(stand),
  ];
}

/** With the event stream open, as a page with scripts has it: the connection idles meanwhile. */
function nextPage(
  { pair, browser, quick }: Stand,
  rows: (page: number) => Promise<number>,
): Measure {
  const first = pair.size > 10_000 ? 100 : 2;
  let isListening = false;
  return {
    id: 'next',
    title: `list, next page after ${LOOK_MS / 1000} s`,
    beside: FETCH,
    rounds: quick ? 3 : 8,
    warmUp: 1,
    product: async (round) => {
      if (!isListening) await browser.http.listen('/events?mailbox=INBOX');
      isListening = true;
      if (round === 0) await browser.list(`?page=${first}`);
      await delay(LOOK_MS);
      return browser.list(`?page=${first + 1 + round}`);
    },
    server: (round) => rows(first + 1 + round),
    finish: () => browser.http.quiet(),
  };
}

/** A list that was looked at, after a delivery by the mail server. */
function arrival({ pair, browser, client, quick, deliver }: Stand): Measure {
  let exists = 0;
  return {
    id: 'list-arrived',
    title: 'list, page 1, one message arrived',
    beside: 'NOOP, FETCH of the newest 50 rows',
    rounds: quick ? 5 : 12,
    warmUp: 1,
    product: async () => {
      await deliver(pair.product.username);
      return browser.list();
    },
    server: async () => {
      await deliver(pair.server.username);
      const startedAt = performance.now();
      const news = (await client.command('NOOP')).toString('latin1');
      exists = Number([...news.matchAll(/\* (\d+) EXISTS/g)].at(-1)?.[1] ?? exists);
      await client.command(`FETCH ${Math.max(1, exists - PAGE_SIZE + 1)}:* ${ROW_ITEMS}`);
      return performance.now() - startedAt;
    },
  };
}

/** Sign-in of somebody whose mailbox was looked at before, and their first list. */
export function signInMeasures(stand: Stand, base: string): readonly Measure[] {
  const { pair, imap, quick } = stand;
  let isAlone = false;
  const connect = (): Promise<ImapClient> => ImapClient.login(imap, pair.server.username, PASSWORD);
  const server = async (then: (client: ImapClient) => Promise<unknown>): Promise<number> => {
    const startedAt = performance.now();
    const client = await connect();
    await then(client);
    const ms = performance.now() - startedAt;
    client.close();
    return ms;
  };
  const signIn = async (): Promise<{ readonly post: number; readonly list: number }> => {
    // Another session of the same person would keep their connections open.
    if (!isAlone) await stand.browser.signOut();
    isAlone = true;
    const browser = new Browser(base);
    const post = await browser.signIn(pair.product.username, PASSWORD);
    const list = await browser.list();
    await browser.signOut();
    browser.close();
    return { post, list };
  };
  const rounds = quick ? 4 : 10;
  return [
    {
      id: 'signin-post',
      title: 'sign-in (the POST)',
      beside: 'connection, LOGIN',
      rounds,
      warmUp: 1,
      product: async () => (await signIn()).post,
      server: () => server(() => Promise.resolve()),
    },
    {
      id: 'signin-list',
      title: 'first list after sign-in',
      beside: 'connection, LOGIN, SELECT, FETCH of 50 rows',
      rounds,
      warmUp: 1,
      product: async () => (await signIn()).list,
      server: () =>
        server(async (client) => {
          await client.command('SELECT INBOX');
          await client.command(rowsCommand(firstUidOf(pair, 1)));
        }),
    },
  ];
}
