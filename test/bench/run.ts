import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { PrivateDovecot } from '../../src/demo/real/dovecot';
import { runCommand } from '../../src/demo/real/process';
import { Browser, INBOX } from './browser';
import { ColdLooks } from './cold';
import { ImapClient } from './imap-client';
import { crowdOf, fillPair, PASSWORD, type Pair, startServer } from './mailboxes';
import { type Measure, type Result, run } from './measure';
import { listMeasures, signInMeasures } from './measures-list';
import { actionMeasures, openMeasures, searchMeasures, specialCounts } from './measures-message';
import { orderMeasures } from './measures-order';
import { type Memory, measureMemory } from './memory';
import { type BenchOptions, isWanted } from './options';
import { type Product, startProduct } from './product';
import type { Report } from './report';
import { newMessage, specialMessages } from './special-messages';
import type { Stand } from './stand';
import { type Weight, weigh } from './weight';

export interface BenchContext {
  readonly root: string;
  /** Temporary folder, removed by the caller. */
  readonly dir: string;
  readonly options: BenchOptions;
  readonly cores: number;
  /** Progress, for who waits. */
  readonly tell: (text: string) => void;
}

const SMALL = 500;
const LARGE = 100_000;
const AGENTS = 50;
const BOOTS = 3;

/** Generates the mailboxes, starts the product several times and measures all that is wanted. */
export async function bench(context: BenchContext): Promise<Report> {
  const { options, tell } = context;
  const startedAt = performance.now();
  const version = (await runCommand('/usr/sbin/dovecot', ['--version'])).trim();
  const sizes = options.quick ? [SMALL] : [SMALL, LARGE];
  const crowd = crowdOf(options.quick ? 10 : AGENTS);
  const dovecot = await startServer(sizes, crowd);
  try {
    const pairs: Pair[] = [];
    const special = specialMessages(specialCounts(options.quick));
    for (const size of sizes) {
      tell(`two mailboxes of ${size} messages…`);
      pairs.push(await fillPair(dovecot, size, special));
    }
    const found = await measureAll(new Bench(context, dovecot), pairs, crowd);
    const machine = { cores: context.cores, node: process.versions.node };
    const seconds = (performance.now() - startedAt) / 1000;
    return { machine: { ...machine, dovecot: version }, seconds, ...found };
  } finally {
    await dovecot.close();
  }
}

async function measureAll(
  bench: Bench,
  pairs: readonly Pair[],
  crowd: readonly string[],
): Promise<Omit<Report, 'machine' | 'seconds'>> {
  const memory = await bench.memory(crowd);
  const cold = await bench.cold(pairs, crowd[0] ?? '');
  return bench.withProduct('warm', async (product) => {
    const sizes: Report['sizes'][number][] = [];
    for (const pair of pairs) {
      const results = [
        ...(cold?.results(pair, pair.size >= LARGE) ?? []),
        ...(await bench.warm(product, pair)),
      ];
      sizes.push({ messages: pair.size, results });
    }
    const [smallest] = pairs;
    const weight = smallest && (await bench.weight(product, smallest));
    return { sizes, memory, weight };
  });
}

class Bench {
  constructor(
    private readonly context: BenchContext,
    private readonly dovecot: PrivateDovecot,
  ) {}

  /** Starts the product anew, in its own folder, and stops it whatever happens. */
  async withProduct<T>(name: string, use: (product: Product) => Promise<T>): Promise<T> {
    const { root, options } = this.context;
    const dir = path.join(this.context.dir, name);
    mkdirSync(dir);
    const profile = name === 'warm' ? options.profile : undefined;
    const product = await startProduct({ root, dir, imap: this.dovecot, profile });
    try {
      return await use(product);
    } finally {
      await product.stop();
    }
  }

  async memory(crowd: readonly string[]): Promise<Memory | undefined> {
    if (!this.wants('memory')) return undefined;
    this.context.tell(`${crowd.length} agents at once…`);
    return this.withProduct('memory', (product) => measureMemory(product, crowd));
  }

  async cold(pairs: readonly Pair[], warmUpAs: string): Promise<ColdLooks | undefined> {
    if (!this.wants('cold')) return undefined;
    const looks = new ColdLooks(this.dovecot);
    const boots = this.context.options.quick ? 1 : BOOTS;
    for (let boot = 1; boot <= boots; boot++) {
      this.context.tell(`first looks, start ${boot}…`);
      await this.withProduct(`cold${boot}`, (product) => looks.take(product, pairs, warmUpAs));
    }
    return looks;
  }

  async warm(product: Product, pair: Pair): Promise<readonly Result[]> {
    const browser = new Browser(product.url);
    const client = await ImapClient.login(this.dovecot, pair.server.username, PASSWORD);
    try {
      await browser.signIn(pair.product.username, PASSWORD);
      await browser.list();
      await client.command('SELECT INBOX');
      const results: Result[] = [];
      for (const measure of this.measures(product, { pair, browser, client })) {
        this.context.tell(`${pair.size} messages: ${measure.title}…`);
        results.push(await run(measure, () => product.cpuMs()));
      }
      return results;
    } finally {
      client.close();
      browser.close();
    }
  }

  async weight(product: Product, pair: Pair): Promise<Weight | undefined> {
    if (!this.wants('weight')) return undefined;
    const browser = new Browser(product.url);
    const { http } = browser;
    const login = await weigh(http, ['/login'], () => undefined);
    await browser.signIn(pair.product.username, PASSWORD);
    const [uid] = await browser.uids();
    const inside = (html: string): string | undefined =>
      /<iframe[^>]*\ssrc="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    const reading = await weigh(http, [INBOX, `${INBOX}/${uid ?? 0}`], inside);
    browser.close();
    return together(login, reading);
  }

  /** By APPEND on a connection of its own: the server indexes it, as its delivery agent would. */
  private async deliver(username: string): Promise<void> {
    const client = await ImapClient.login(this.dovecot, username, PASSWORD);
    const raw = newMessage();
    await client.command(`APPEND INBOX {${raw.length}+}\r\n${raw.toString('latin1')}`);
    client.close();
  }

  private wants(id: string): boolean {
    return isWanted(this.context.options, id);
  }

  private measures(
    product: Product,
    parts: Pick<Stand, 'pair' | 'browser' | 'client'>,
  ): readonly Measure[] {
    const { options } = this.context;
    const deliver = (username: string): Promise<void> => this.deliver(username);
    const stand: Stand = { ...parts, imap: this.dovecot, quick: options.quick, deliver };
    const all = [
      ...listMeasures(stand),
      ...orderMeasures(stand),
      ...openMeasures(stand),
      ...actionMeasures(stand),
      ...searchMeasures(stand),
      ...signInMeasures(stand, product.url),
    ];
    // What is aimed at is said of large mailboxes: in a small one the server takes next to nothing.
    const isLarge = parts.pair.size >= LARGE;
    const wanted = all.filter(({ id }) => this.wants(id));
    return isLarge ? wanted : wanted.map(({ aim: _aim, ...measure }) => measure);
  }
}

/** Two visits as one: a file fetched for the first is in the browser's cache for the second. */
function together(one: Weight, other: Weight): Weight {
  const known = new Set(one.files.map(({ url }) => url));
  const files = [...one.files, ...other.files.filter(({ url }) => !known.has(url))];
  const pages = [...one.pages, ...other.pages];
  const fileBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { files, pages, fileBytes, requests: files.length + pages.length };
}
