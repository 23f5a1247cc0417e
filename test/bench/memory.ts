import { delay } from '../../src/base/async';
import { Browser } from './browser';
import { PASSWORD } from './mailboxes';
import type { Product } from './product';

/** Resident memory of the product's process, MB. */
export interface Memory {
  readonly bootMs: number;
  readonly afterBoot: number;
  readonly agents: number;
  readonly withAgents: number;
  /** What one more agent costs. */
  readonly perAgent: number;
}

const SETTLE_MS = 1_500;

/** Signs agents in one after the other; each lists, opens a message and keeps its event stream. */
export async function measureMemory(product: Product, crowd: readonly string[]): Promise<Memory> {
  await delay(SETTLE_MS);
  const afterBoot = product.rssMb();
  const browsers: Browser[] = [];
  for (const username of crowd) {
    const browser = new Browser(product.url);
    browsers.push(browser);
    await browser.signIn(username, PASSWORD);
    await browser.list();
    const [newest] = await browser.uids();
    if (newest !== undefined) await browser.open(newest);
    await browser.http.listen('/events?mailbox=INBOX');
  }
  await delay(SETTLE_MS);
  const withAgents = product.rssMb();
  for (const browser of browsers) browser.close();
  return {
    bootMs: product.bootMs,
    afterBoot,
    agents: crowd.length,
    withAgents,
    perAgent: (withAgents - afterBoot) / Math.max(1, crowd.length),
  };
}
