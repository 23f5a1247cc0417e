import path from 'node:path';
import type { Page } from 'playwright-core';
import { type DemoApp, type DemoAppOptions, startDemoApp } from '../../src/demo';
import type { DemoAgent } from '../../src/demo/data';
import {
  type BrowserStand,
  openAudited,
  openWindow,
  signIn,
  startBrowser,
  type View,
} from './browser';

const ROOT = path.resolve(__dirname, '..', '..');

/** A demonstration with its sample mail, and a browser to look at it with. */
export class DemoBrowser {
  constructor(
    readonly demo: DemoApp,
    readonly stand: BrowserStand,
  ) {}

  get base(): string {
    return `http://127.0.0.1:${this.demo.port}`;
  }

  agent(index: number): DemoAgent {
    const found = this.demo.stack.agents[index];
    if (!found) throw new Error('no such agent');
    return found;
  }

  open(view: View): ReturnType<typeof openWindow> {
    return openWindow(this.stand, this.base, view);
  }

  /** Without the page's policy: see `openAudited` of the browser kit. */
  openAudited(view: View): ReturnType<typeof openAudited> {
    return openAudited(this.stand, this.base, view);
  }

  /** Signs an agent in by the form; the page is then their inbox. */
  signIn(page: Page, index: number): Promise<void> {
    return signIn(page, this.base, this.agent(index));
  }

  /** A page of an agent's inbox, with its scripts at work: the rows have become one tab stop. */
  async inbox(view: View, index: number): Promise<Page> {
    const { page } = await this.open(view);
    page.setDefaultTimeout(10_000);
    await this.signIn(page, index);
    await page.waitForSelector('.row a.subject[tabindex="0"]');
    return page;
  }

  /** A message of `a@b.example` arrives in the agent's inbox. */
  deliver(index: number, subject: string): void {
    const { imap } = this.demo.stack;
    if (!('faults' in imap)) throw new Error('needs the server in memory');
    const { username, mail } = this.agent(index);
    const id = `<${encodeURIComponent(subject)}@b.example>`;
    imap.deliver(
      username,
      `From: a@b.example\r\nTo: ${mail}\r\nSubject: ${subject}\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: ${id}\r\n\r\nBonjour\r\n`,
    );
  }

  async close(): Promise<void> {
    await this.stand.close();
    await this.demo.stop();
  }
}

/** Starts both; neither is left running when the other fails. */
export async function startDemoBrowser(
  options: Partial<DemoAppOptions> = {},
): Promise<DemoBrowser> {
  const demo = await startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' } },
    ...options,
  });
  const stand = await startBrowser().catch(async (error: unknown) => {
    await demo.stop();
    throw error;
  });
  return new DemoBrowser(demo, stand);
}

/** Starts both before the tests of a file and ends them after; gives them inside a test. */
export function useDemoBrowser(options: Partial<DemoAppOptions> = {}): () => DemoBrowser {
  let running: DemoBrowser | undefined;
  beforeAll(async () => {
    running = await startDemoBrowser(options);
  }, 60_000);
  afterAll(async () => {
    await running?.close();
  });
  return () => {
    if (!running) throw new Error('the demonstration runs inside tests only');
    return running;
  };
}
