import path from 'node:path';
import { Secret } from 'otpauth';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { codeAt, stepAt } from '../../plugins/twofactor/totp';
import type { SiteId } from '../../src/base/types';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { agentOf } from './admin-stand';

const ROOT = path.resolve(__dirname, '..', '..');
/** Administers, so that there is nothing of the plugin that they may not open. */
export const WALKER = agentOf(1);

/** The demonstration where everybody sets a second factor up at their first sign-in. */
export const startFactorDemo = (): Promise<DemoApp> =>
  startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === 'saisons'
        ? { ...file, plugins: { twofactor: { required: true, graceDays: 0 } } }
        : file,
  });

/** An address has no passkeys (WebAuthn 5.1.2): the same server by its name. */
export const baseOf = ({ port }: Pick<DemoApp, 'port'>): string => `http://localhost:${port}`;

/** Somebody is as if they had never been there. */
export async function forgetAgent(
  { app }: Pick<DemoApp, 'app'>,
  { username } = WALKER,
): Promise<void> {
  const user = await app.affairs.find('saisons' as SiteId, username);
  if (user) await app.affairs.erase(user);
}

/** A telephone's own authenticator, that asks its owner and finds them; or does not. */
export async function addAuthenticator(
  context: BrowserContext,
  page: Page,
  { isOwner = true }: { readonly isOwner?: boolean } = {},
): Promise<CDPSession> {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: isOwner,
      automaticPresenceSimulation: true,
    },
  });
  return cdp;
}

/** By the form; the page is then whatever comes next. */
export async function signInAt(page: Page, base: string, agent = WALKER): Promise<void> {
  await page.goto(`${base}/login`);
  await page.fill('input[name=username]', agent.username);
  await page.fill('input[name=password]', agent.password);
  await page.click('form[action="/login"] button[data-action=login]');
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

/** The session and the browser's own token are gone: as another browser. */
export async function signOutOf(page: Page, base: string): Promise<void> {
  // What the page still asks for, its events say, would be refused without a session.
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.goto(`${base}/login`);
}

/** The code that an application shows for the key of the page, which is unfolded to be read. */
export async function codeOnPage(page: Page): Promise<string> {
  await page.click('details summary');
  const secret = ((await page.textContent('[data-secret]')) ?? '').replaceAll(' ', '');
  return codeAt(Secret.fromBase32(secret), stepAt(Date.now()));
}

/** Pages of the second factor, in the order in which somebody meets them. */
export type FactorPage =
  | 'ways'
  | 'totp'
  | 'totp-wrong'
  | 'codes'
  | 'passkey'
  | 'factors'
  | 'removal'
  | 'security'
  | 'admin'
  | 'confirm'
  | 'challenge'
  | 'recovery'
  | 'refused';

/** Sets both ways up at a first sign-in, comes back as another browser, and looks at each page. */
export async function walkFactorPages(
  page: Page,
  base: string,
  look: (name: FactorPage) => Promise<void>,
): Promise<void> {
  await signInAt(page, base);
  await look('ways');
  await page.goto(`${base}/twofactor/enrol/totp`);
  await look('totp');
  const code = await codeOnPage(page);
  await page.fill('input[name=code]', '000000');
  await page.click('[data-action=enrol-totp]');
  await page.waitForSelector('#twofactor-code-error');
  await look('totp-wrong');
  await page.fill('input[name=code]', code);
  await page.click('[data-action=enrol-totp]');
  await page.waitForSelector('[data-recovery-code]');
  await look('codes');
  await page.click('[data-action=onward]');
  await page.waitForURL(/\/mail\/me\/INBOX/);
  await page.goto(`${base}/twofactor/enrol/passkey`);
  await page.fill('input[name=name]', 'Mon téléphone');
  await look('passkey');
  await page.click('[data-passkey]');
  await page.waitForURL(/\/twofactor\/$/);
  await look('factors');
  await page.click('.twofactor-remove summary');
  await look('removal');
  await page.goto(`${base}/security`);
  await look('security');
  await page.goto(`${base}/twofactor/admin`);
  await look('admin');
  await page.goto(`${base}/confirm?next=%2Ftwofactor`);
  await look('confirm');
  await signOutOf(page, base);
  await signInAt(page, base);
  await look('challenge');
  await page.click('.twofactor-recovery summary');
  await look('recovery');
  await page.fill('#twofactor-code', '000000');
  await page.click('[data-action=give-code]');
  await page.waitForSelector('#twofactor-code-error');
  await look('refused');
}
