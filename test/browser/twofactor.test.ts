import path from 'node:path';
import { Secret } from 'otpauth';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { codeAt, stepAt } from '../../plugins/twofactor/totp';
import type { SiteId } from '../../src/base/types';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { agentOf } from '../kit/admin-stand';
import {
  axeViolations,
  type BrowserStand,
  openAudited,
  openWindow,
  startBrowser,
  type View,
} from '../kit/browser';

const ROOT = path.resolve(__dirname, '..', '..');
const VIEWS: readonly (readonly [string, View])[] = [
  ['a desktop', { width: 1366, height: 768, scripts: true }],
  ['a telephone', { width: 360, height: 740, scripts: true }],
];
const AGENT = 2;
/** Pixels beyond the window; as text, since tests know no DOM. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

let demo: DemoApp;
let stand: BrowserStand;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === 'saisons'
        ? { ...file, plugins: { twofactor: { required: true, graceDays: 0 } } }
        : file,
  });
  stand = await startBrowser();
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await demo?.stop();
});

/** Each test begins with somebody who has never been there. */
beforeEach(async () => {
  const user = await demo.app.affairs.find('saisons' as SiteId, agentOf(AGENT).username);
  if (user) await demo.app.affairs.erase(user);
});

/** An address has no passkeys (WebAuthn 5.1.2): the same server by its name. */
const base = (): string => `http://localhost:${demo.port}`;

/** A telephone's own authenticator, that asks its owner and finds them. */
async function authenticator(context: BrowserContext, page: Page): Promise<CDPSession> {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return cdp;
}

async function signIn(page: Page): Promise<void> {
  const { username, password } = agentOf(AGENT);
  await page.goto(`${base()}/login`);
  await page.fill('input[name=username]', username);
  await page.fill('input[name=password]', password);
  await page.click('form[action="/login"] button[data-action=login]');
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

async function signOut(page: Page, context: BrowserContext): Promise<void> {
  // The session and the browser's own token: as another browser.
  await context.clearCookies();
  await page.goto(`${base()}/login`);
}

describe.each(VIEWS)('a passkey on %s', (_name, view) => {
  it('is set up at sign-in without help, and opens from then on', async () => {
    const { context, page, foreign, problems } = await openWindow(stand, base(), view);
    await authenticator(context, page);
    await signIn(page);
    await page.click('.challenge-list a');
    await page.click('a[href="/twofactor/enrol/passkey"]');
    expect(await page.evaluate<number>(OVERFLOW)).toBeLessThanOrEqual(0);
    await page.fill('input[name=name]', 'Mon téléphone');
    await page.click('[data-passkey]');
    await page.waitForSelector('[data-recovery-code]');
    expect(await page.locator('[data-recovery-code]').count()).toBe(4);
    expect(await page.evaluate<number>(OVERFLOW)).toBeLessThanOrEqual(0);
    await page.click('[data-action=onward]');
    await page.waitForURL(/\/mail\/me\/INBOX/);

    await signOut(page, context);
    await signIn(page);
    await page.click('.challenge-list a');
    expect(await page.evaluate<number>(OVERFLOW)).toBeLessThanOrEqual(0);
    await page.click('[data-passkey]');
    await page.waitForURL(/\/mail\/me\/INBOX/);
    await page.goto(`${base()}/twofactor`);
    expect(await page.textContent('.twofactor-list')).toContain('Mon téléphone');
    expect(await page.evaluate<number>(OVERFLOW)).toBeLessThanOrEqual(0);
    expect(foreign).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  }, 90_000);

  it('says so in words when the person gives up', async () => {
    const { context, page } = await openWindow(stand, base(), view);
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasUserVerification: true,
        // The finger is not the right one.
        isUserVerified: false,
      },
    });
    await signIn(page);
    await page.goto(`${base()}/twofactor/enrol/passkey`);
    await page.click('[data-passkey]');
    await page.waitForFunction('document.querySelector("[data-said]").textContent.trim() !== ""');
    expect(await page.textContent('[data-said]')).toMatch(/annulée|pas pu répondre/);
    expect(await page.isEnabled('[data-passkey]')).toBe(true);
    await context.close();
  }, 60_000);
});

describe('without scripts', () => {
  it('a passkey says that it cannot be, and a code is set up and opens', async () => {
    const view = { width: 360, height: 740, scripts: false };
    const { context, page } = await openWindow(stand, base(), view);
    await signIn(page);
    await page.goto(`${base()}/twofactor/enrol/passkey`);
    expect(await page.isVisible('[data-without]')).toBe(true);
    expect(await page.isVisible('[data-passkey]')).toBe(false);
    await page.click('a[href="/twofactor/enrol/totp"]');
    await page.click('details summary');
    const secret = ((await page.textContent('[data-secret]')) ?? '').replaceAll(' ', '');
    const code = codeAt(Secret.fromBase32(secret), stepAt(Date.now()));
    await page.fill('input[name=code]', code);
    await page.click('[data-action=enrol-totp]');
    const [recovery = ''] = await page.locator('[data-recovery-code]').allTextContents();
    await page.click('[data-action=onward]');
    await page.waitForURL(/\/mail\/me\/INBOX/);

    await signOut(page, context);
    await signIn(page);
    await page.click('.challenge-list a');
    await page.click('.twofactor-recovery summary');
    await page.fill('#twofactor-recovery', recovery);
    await page.click('[data-action=give-recovery]');
    await page.waitForURL(/\/mail\/me\/INBOX/);
    await context.close();
  }, 90_000);
});

const LOOKS = VIEWS.flatMap(([name, view]) =>
  [false, true].map((dark) => [`${name}, dark: ${dark}`, { ...view, dark }] as const),
);

describe.each(LOOKS)('pages of the second factor on %s', (_name, view) => {
  it('pass the accessibility rules and fit the window', async () => {
    const { context, page } = await openAudited(stand, base(), view);
    await authenticator(context, page);
    const problems: string[] = [];
    const look = async (what: string): Promise<void> => {
      const found = await axeViolations(page);
      const over = await page.evaluate<number>(OVERFLOW);
      problems.push(
        ...found.map((violation) => `${what}: ${violation}`),
        ...(over > 0 ? [`${what}: ${over} px too wide`] : []),
      );
    };
    await signIn(page);
    await look('challenges');
    await page.goto(`${base()}/twofactor/challenge`);
    await look('ways');
    await page.goto(`${base()}/twofactor/enrol/totp`);
    await page.click('details summary');
    await look('application');
    const secret = ((await page.textContent('[data-secret]')) ?? '').replaceAll(' ', '');
    await page.fill('input[name=code]', '000000');
    await page.click('[data-action=enrol-totp]');
    await page.waitForSelector('#twofactor-code-error');
    await look('wrong code');
    await page.fill('input[name=code]', codeAt(Secret.fromBase32(secret), stepAt(Date.now())));
    await page.click('[data-action=enrol-totp]');
    await page.waitForSelector('[data-recovery-code]');
    await look('recovery codes');
    await page.click('[data-action=onward]');
    await page.waitForURL(/\/mail\/me\/INBOX/);
    await page.goto(`${base()}/twofactor/enrol/passkey`);
    await look('passkey');
    await page.click('[data-passkey]');
    await page.waitForURL(/\/twofactor\/$/);
    await look('factors');
    await page.click('.twofactor-remove summary');
    await look('removal');
    await page.goto(`${base()}/confirm?next=%2Ftwofactor`);
    await look('confirm');
    await signOut(page, context);
    await signIn(page);
    await page.goto(`${base()}/twofactor/challenge`);
    await page.click('.twofactor-recovery summary');
    await look('challenge');
    await page.fill('#twofactor-code', '000000');
    await page.click('[data-action=give-code]');
    await page.waitForSelector('#twofactor-code-error');
    await look('refused');
    expect(problems).toEqual([]);
    await context.close();
  }, 120_000);
});
