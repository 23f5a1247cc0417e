import type { DemoApp } from '../../src/demo';
import {
  axeViolations,
  type BrowserStand,
  openAudited,
  openWindow,
  startBrowser,
  type View,
} from '../kit/browser';
import {
  addAuthenticator,
  baseOf,
  codeOnPage,
  forgetAgent,
  signInAt,
  signOutOf,
  startFactorDemo,
  walkFactorPages,
} from '../kit/factor-pages';

const VIEWS: readonly (readonly [string, View])[] = [
  ['a desktop', { width: 1366, height: 768, scripts: true }],
  ['a telephone', { width: 360, height: 740, scripts: true }],
];
/** Pixels beyond the window; as text, since tests know no DOM. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

let demo: DemoApp;
let stand: BrowserStand;

beforeAll(async () => {
  demo = await startFactorDemo();
  stand = await startBrowser();
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await demo?.stop();
});

/** Each test begins with somebody who has never been there. */
beforeEach(() => forgetAgent(demo));

const base = (): string => baseOf(demo);

describe.each(VIEWS)('a passkey on %s', (_name, view) => {
  it('is set up at sign-in without help, and opens from then on', async () => {
    const { context, page, foreign, problems } = await openWindow(stand, base(), view);
    await addAuthenticator(context, page);
    await signInAt(page, base());
    await page.click('a[href="/twofactor/enrol/passkey"]');
    await page.fill('input[name=name]', 'Mon téléphone');
    await page.click('[data-passkey]');
    await page.waitForSelector('[data-recovery-code]');
    expect(await page.locator('[data-recovery-code]').count()).toBe(4);
    await page.click('[data-action=onward]');
    await page.waitForURL(/\/mail\/me\/INBOX/);

    await signOutOf(page, base());
    await signInAt(page, base());
    await page.click('[data-passkey]');
    await page.waitForURL(/\/mail\/me\/INBOX/);
    await page.goto(`${base()}/twofactor`);
    expect(await page.textContent('.security-list')).toContain('Mon téléphone');
    expect(foreign).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  }, 90_000);

  it('says so in words when the person gives up', async () => {
    const { context, page } = await openWindow(stand, base(), view);
    // The finger is not the right one.
    await addAuthenticator(context, page, { isOwner: false });
    await signInAt(page, base());
    await page.goto(`${base()}/twofactor/enrol/passkey`);
    await page.click('[data-passkey]');
    await page.waitForSelector('[data-said]:not(:empty)');
    expect(await page.textContent('[data-said]')).toMatch(/annulée|pas pu répondre/);
    expect(await page.isEnabled('[data-passkey]')).toBe(true);
    await context.close();
  }, 60_000);
});

describe('without scripts', () => {
  it('a passkey says that it cannot be, and a code is set up and opens', async () => {
    const view = { width: 360, height: 740, scripts: false };
    const { context, page } = await openWindow(stand, base(), view);
    await signInAt(page, base());
    await page.goto(`${base()}/twofactor/enrol/passkey`);
    expect(await page.isVisible('[data-without]')).toBe(true);
    expect(await page.isVisible('[data-passkey]')).toBe(false);
    await page.click('a[href="/twofactor/enrol/totp"]');
    await page.fill('input[name=code]', await codeOnPage(page));
    await page.click('[data-action=enrol-totp]');
    const [recovery = ''] = await page.locator('[data-recovery-code]').allTextContents();
    await page.click('[data-action=onward]');
    await page.waitForURL(/\/mail\/me\/INBOX/);

    await signOutOf(page, base());
    await signInAt(page, base());
    await page.click('.twofactor-recovery summary');
    await page.fill('#twofactor-recovery', recovery);
    await page.click('[data-action=give-recovery]');
    await page.waitForURL(/\/twofactor\/recovered/);
    await page.click('[data-action=onward]');
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
    await addAuthenticator(context, page);
    const problems: string[] = [];
    await walkFactorPages(page, base(), async (name) => {
      const found = await axeViolations(page);
      const over = await page.evaluate<number>(OVERFLOW);
      problems.push(
        ...found.map((violation) => `${name}: ${violation}`),
        ...(over > 0 ? [`${name}: ${over} px too wide`] : []),
      );
    });
    expect(problems).toEqual([]);
    await context.close();
  }, 120_000);
});
