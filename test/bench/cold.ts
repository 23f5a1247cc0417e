import { Browser } from './browser';
import { ImapClient, type ImapServer } from './imap-client';
import { PASSWORD, type Pair } from './mailboxes';
import { type Result, resultOf } from './measure';
import { ColdOrders, warmServer } from './measures-order';
import type { Product } from './product';
import { farPage, firstUidOf, rowsCommand } from './stand';

const WARM_UPS = 15;

interface Times {
  readonly product: number[];
  readonly server: number[];
}

/** First looks at mailboxes by a process that knows nothing of them; one look a boot. */
export class ColdLooks {
  readonly #first = new Map<Pair, Times>();
  readonly #far = new Map<Pair, Times>();

  readonly #orders = new ColdOrders();

  constructor(private readonly imap: ImapServer) {}

  /** Takes one look at each size with a product just started. */
  async take(product: Product, pairs: readonly Pair[], warmUpAs: string): Promise<void> {
    await warmCode(product, warmUpAs);
    for (const pair of pairs) {
      await warmServer(this.imap, pair);
      await this.#look(product, pair);
    }
  }

  results(pair: Pair, isAimed: boolean): readonly Result[] {
    const none: Times = { product: [], server: [] };
    const beside = 'connection, LOGIN, SELECT, FETCH of 50 rows';
    return [
      resultOf(
        { id: 'cold-list', title: 'first list since the start', beside, aim: undefined },
        this.#first.get(pair) ?? none,
      ),
      resultOf(
        {
          id: 'cold-far',
          title: `page ${farPage(pair)}, the first time`,
          beside: 'FETCH of the same 50 rows',
          aim: undefined,
        },
        this.#far.get(pair) ?? none,
      ),
      ...this.#orders.results(pair, isAimed),
    ];
  }

  async #look(product: Product, pair: Pair): Promise<void> {
    const browser = new Browser(product.url);
    await browser.signIn(pair.product.username, PASSWORD);
    const list = await browser.list();
    const startedAt = performance.now();
    const client = await ImapClient.login(this.imap, pair.server.username, PASSWORD);
    await client.command('SELECT INBOX');
    await client.command(rowsCommand(firstUidOf(pair, 1)));
    add(this.#first, pair, list, performance.now() - startedAt);
    const page = farPage(pair);
    const far = await browser.list(`?page=${page}`);
    add(this.#far, pair, far, await client.time(rowsCommand(firstUidOf(pair, page))));
    await this.#orders.take(pair, browser, client);
    client.close();
    browser.close();
  }
}

/** Views compiled and code optimised on somebody else's mailbox: what is left is the mailbox. */
async function warmCode(product: Product, username: string): Promise<void> {
  const browser = new Browser(product.url);
  await browser.signIn(username, PASSWORD);
  for (let round = 0; round < WARM_UPS; round++) await browser.list();
  browser.close();
}

function add(map: Map<Pair, Times>, pair: Pair, product: number, server: number): void {
  const times = map.get(pair) ?? { product: [], server: [] };
  times.product.push(product);
  times.server.push(server);
  map.set(pair, times);
}
