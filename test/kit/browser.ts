import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const AXE = require.resolve('axe-core/axe.min.js');

/** Debian's Chromium, without its windows where that is installed: half the CPU for the same pages. */
const CHROMIUM = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find(existsSync) ?? '';

/** Nothing of it speaks to the outside. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface BrowserStand {
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<BrowserStand> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'estafette-chromium-'));
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? CHROMIUM,
    args: FLAGS,
    env: { ...process.env, HOME: home },
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly scripts: boolean;
  readonly dark?: boolean;
}

/** A person's browser window; every request it makes to anywhere but the product is noted. */
export async function openWindow(
  stand: BrowserStand,
  base: string,
  view: View,
): Promise<{ context: BrowserContext; page: Page; foreign: string[]; problems: string[] }> {
  const context = await stand.browser.newContext({
    baseURL: base,
    viewport: { width: view.width, height: view.height },
    javaScriptEnabled: view.scripts,
    colorScheme: view.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    hasTouch: view.width < 768,
    locale: 'fr-FR',
  });
  const page = await context.newPage();
  const foreign: string[] = [];
  const problems: string[] = [];
  const { host } = new URL(base);
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.host !== host) foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => problems.push(error.message));
  return { context, page, foreign, problems };
}

/** Signs an agent in by the form; the page is then their inbox. */
export async function signIn(
  page: Page,
  base: string,
  agent: { readonly username: string; readonly password: string },
): Promise<void> {
  await page.goto(`${base}/login`);
  await page.fill('input[name=username]', agent.username);
  await page.fill('input[name=password]', agent.password);
  await page.click('form[action="/login"] button');
  await page.waitForURL(/\/mail\/me\/INBOX/);
}

/** Violations of WCAG 2.1 A and AA on the page as it is now: `rule: target`. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Once a document: it is looked at in several sizes and colours.
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) {
    await page.addScriptTag({ path: AXE }).catch(() => undefined);
  }
  const found = await page.evaluate(async () => {
    const axe = (
      globalThis as unknown as { axe: { run(root: unknown, options: unknown): Promise<unknown> } }
    ).axe;
    return axe.run(
      { exclude: [['iframe[data-message-body]']] },
      {
        runOnly: {
          type: 'tag',
          values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
        },
        // What passes is not described node by node, which takes longer than to find what does not.
        resultTypes: ['violations'],
      },
    );
  });
  const { violations } = found as {
    violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) =>
      `${id}: ${target.join(' ')} ${failureSummary ?? ''}`.slice(0, 400),
    ),
  );
}

/** The page's CSP forbids added scripts: axe runs in a context that bypasses it, for the audit alone. */
export async function openAudited(
  stand: BrowserStand,
  base: string,
  view: View,
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await stand.browser.newContext({
    baseURL: base,
    viewport: { width: view.width, height: view.height },
    colorScheme: view.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    bypassCSP: true,
    locale: 'fr-FR',
  });
  // The audit is a script itself: where the page has none, its own do not arrive.
  if (!view.scripts) await context.route(/\.js(?:\?|$)/, (route) => route.abort());
  return { context, page: await context.newPage() };
}
