import { Secret } from 'otpauth';
import type { BrowserContext, Page } from 'playwright-core';
import { codeAt, stepAt } from '../../plugins/twofactor/totp';
import type { SiteId } from '../../src/base/types';
import { type DemoApp, startDemoApp } from '../../src/demo';
import type { DemoAgent } from '../../src/demo/data';
import { wakeProvider } from './sso-visit';

const SITE = 'saisons' as SiteId;
/** Who chooses a second factor, and who is made to. */
const PEOPLE = { willing: 'capucine.martelet', forced: 'yasmine.alize' } as const;
type Who = keyof typeof PEOPLE;

/** What is done with a page that an agent meets: looked at, or taken a picture of. */
export type Look = (page: Page, name: string) => Promise<void>;

/** Sizes and colours that a page is looked at in, by the names that pictures have. */
const LOOKS = [
  ['', { width: 1366, height: 768 }, 'light'],
  ['dark-', { width: 1366, height: 768 }, 'dark'],
  ['phone-', { width: 360, height: 740 }, 'light'],
  ['phone-dark-', { width: 360, height: 740 }, 'dark'],
] as const;

/** Looks at a page as it is in each of them; then it is as it was. */
export async function inEachLook(
  page: Page,
  was: { readonly width: number; readonly height: number },
  look: (name: string) => Promise<void>,
): Promise<void> {
  await page.waitForLoadState('load');
  for (const [name, size, colorScheme] of LOOKS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await look(name);
  }
  await page.setViewportSize({ width: was.width, height: was.height });
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The demonstration with its provider, a second factor for who wants one, and a group that must. */
export async function startWalk(root: string): Promise<DemoApp> {
  const demo = await startDemoApp({
    root,
    port: 0,
    notices: true,
    app: { log: { level: 'silent' } },
    site(id, file) {
      if (id !== SITE) return file;
      const { plugins, groups } = file as { plugins: object; groups: { id: string }[] };
      const asked = { twofactor: { required: true, graceDays: 0 } };
      return {
        ...file,
        plugins: { ...plugins, twofactor: true },
        groups: groups.map((group) =>
          group.id === 'administration' ? { ...group, plugins: asked } : group,
        ),
        protection: { lockAfter: 10 },
      };
    },
  });
  await wakeProvider(demo);
  return demo;
}

/** A telephone's own authenticator, that asks its owner and finds them. */
export async function addAuthenticator(context: BrowserContext, page: Page): Promise<void> {
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
}

/** What an agent does about the safety of their account, in the order in which they would. */
export class AccountWalk {
  readonly #lastStep = new Map<Secret, number>();

  constructor(
    readonly demo: DemoApp,
    readonly look: Look,
  ) {}

  /** An address has no passkeys (WebAuthn 5.1.2): the same server by its name. */
  get base(): string {
    return `http://localhost:${this.demo.port}`;
  }

  /** Somebody who has never been there. */
  async forget(): Promise<void> {
    for (const login of Object.values(PEOPLE)) {
      const user = await this.demo.app.affairs.find(SITE, login);
      if (user) await this.demo.app.affairs.erase(user);
    }
  }

  async byProvider(page: Page): Promise<void> {
    const { username, password } = this.#agent('willing');
    await page.goto(`${this.base}/login`);
    await this.look(page, 'sso-login');
    await page.click('text=Se connecter avec Cerbère (démo)');
    await page.waitForSelector('#password');
    await this.look(page, 'sso-provider');
    await page.fill('#username', username);
    await page.fill('#password', password);
    await page.click('button[type=submit]:not(.quiet)');
    await page.waitForURL((url) => url.host === new URL(this.base).host);
    await page.waitForURL(/\/mail\/me\/INBOX|\/challenge/);
  }

  async byForm(page: Page, who: Who): Promise<void> {
    const { username, password } = this.#agent(who);
    await page.goto(`${this.base}/login`);
    await page.fill('input[name=username]', username);
    await page.fill('input[name=password]', password);
    await page.click('form[action="/login"] button[data-action=login]');
    await page.waitForURL(/\/mail\/me\/INBOX|\/challenge/);
  }

  /** Sets up the codes of an application; answers its secret and the recovery codes. */
  async enrol(page: Page): Promise<{ secret: Secret; codes: readonly string[] }> {
    await page.click('a[href^="/twofactor/enrol/totp"]');
    await page.waitForURL(/\/enrol\/totp/);
    await page.click('details:has([data-secret]) summary');
    await this.look(page, 'security-application');
    const text = ((await page.textContent('[data-secret]')) ?? '').replaceAll(' ', '');
    const secret = Secret.fromBase32(text);
    await page.fill('input[name=code]', this.code(secret));
    await page.click('[data-action=enrol-totp]');
    await page.waitForSelector('[data-recovery-code]');
    await this.look(page, 'security-codes');
    return { secret, codes: await page.locator('[data-recovery-code]').allTextContents() };
  }

  /**
   * A code that was not given yet: of the half-minute before, of this one, of the next, all of which
   * are taken. Nobody waits for the next one.
   */
  code(secret: Secret): string {
    const step = Math.max(stepAt(Date.now()) - 1, (this.#lastStep.get(secret) ?? 0) + 1);
    this.#lastStep.set(secret, step);
    return codeAt(secret, step);
  }

  async addPasskey(page: Page): Promise<void> {
    await page.goto(`${this.base}/twofactor/`);
    await page.click('a[href="/twofactor/enrol/passkey"]');
    await page.waitForURL(/\/enrol\/passkey/);
    await page.fill('input[name=name]', 'Mon téléphone');
    await this.look(page, 'security-passkey');
    await page.click('[data-passkey]');
    await page.waitForURL(/\/twofactor\/$/);
  }

  /** Answers the page that asks for a second factor, and trusts the browser. */
  async give(page: Page, code: string, { isTrusted = false } = {}): Promise<void> {
    await page.waitForSelector('#twofactor-code');
    if (isTrusted) {
      await this.look(page, 'security-challenge');
      await page.check('input[name=trust]');
    }
    await page.fill('#twofactor-code', code);
    await page.click('[data-action=give-code]');
    await page.waitForURL((url) => !url.pathname.startsWith('/twofactor/challenge'));
  }

  /** Makes a password for a calendar; answers it. */
  async addApp(page: Page, secret: Secret): Promise<string> {
    await page.goto(`${this.base}/security`);
    await page.fill('#app-name', 'Agenda du téléphone');
    await page.click('[data-action=add-app]');
    // The session was opened before there was a second factor: it is given now.
    await page.waitForURL(/\/confirm/);
    await this.look(page, 'security-confirm');
    await page.click('a[href^="/twofactor/challenge"]');
    await this.give(page, this.code(secret));
    await page.waitForURL((url) => url.pathname === '/security');
    await page.fill('#app-name', 'Agenda du téléphone');
    await page.click('[data-action=add-app]');
    await page.waitForSelector('[data-app-password]');
    await this.look(page, 'security-app-password');
    return (await page.textContent('[data-app-password]')) ?? '';
  }

  /** Ends every other session. */
  async endOthers(page: Page): Promise<void> {
    await page.goto(`${this.base}/security`);
    await this.look(page, 'security-overview');
    await page.click('[data-action=end-others]');
    await page.locator('[data-action=end-session]').waitFor({ state: 'detached' });
  }

  /** The three journeys, as somebody who cannot come in reads them. */
  async readHelp(page: Page): Promise<void> {
    for (const name of ['lost', 'locked', 'hacked']) {
      await page.goto(`${this.base}/login`);
      await page.click(`a[href="/help/${name}"]`);
      await page.waitForURL(`${this.base}/help/${name}`);
      await this.look(page, `help-${name}`);
    }
    await page.fill('#report-login', 'personne.ici');
    await page.fill('#report-contact', '01 99 00 00 11');
    await page.click('[data-action=report]');
    await page.waitForSelector('.journey .banner');
    await this.look(page, 'help-reported');
  }

  /** The button of somebody who is signed in. */
  async makeSafe(page: Page): Promise<void> {
    await page.goto(`${this.base}/security`);
    await page.click('a[href="/help/hacked"]');
    await page.waitForURL(`${this.base}/help/hacked`);
    await this.look(page, 'help-hacked-open');
    await page.click('[data-action=secure-account]');
    await page.waitForSelector('.journey .banner.ok');
    await this.look(page, 'help-safe');
  }

  #agent(who: Who): DemoAgent {
    const found = this.demo.stack.agents.find(({ username }) => username === PEOPLE[who]);
    if (!found) throw new Error('no such agent');
    return found;
  }
}

/** All of it, in the browser of the person and in a second one. */
export async function walk(
  steps: AccountWalk,
  here: Page,
  there: Page,
  { hasScripts }: { readonly hasScripts: boolean },
): Promise<WalkFacts> {
  await steps.forget();
  await steps.readHelp(here);
  await steps.byProvider(here);
  await here.goto(`${steps.base}/security`);
  await here.click('.security a[href^="/twofactor"]');
  await here.waitForURL(/\/twofactor/);
  await steps.look(here, 'security-none');
  const { secret, codes } = await steps.enrol(here);
  await here.emulateMedia({ media: 'print' });
  const printed = await here.locator('[data-recovery-code]:visible').count();
  const printedButtons = await here.locator('.twofactor-print:visible').count();
  await here.emulateMedia({ media: 'screen' });
  await here.click('[data-action=onward]');
  const again = await here.content();
  const app = await steps.addApp(here, secret);
  if (hasScripts) await steps.addPasskey(here);

  await steps.byProvider(there);
  const asked = new URL(there.url()).pathname;
  await steps.give(there, steps.code(secret), { isTrusted: true });
  await there.evaluate(`document.querySelector('form[action="/logout"]').requestSubmit()`);
  await there.waitForSelector('h1:has-text("Se déconnecter")');
  await there.click('button[value=yes]');
  await there.waitForURL(/\/login\/bye/);
  await steps.look(there, 'sso-bye');
  await steps.byForm(there, 'willing');
  const trusted = new URL(there.url()).pathname;
  await there.goto(`${steps.base}/twofactor/`);
  await steps.look(there, 'security-factors');

  await steps.endOthers(here);
  await there.goto(`${steps.base}/mail/me/INBOX`);
  const ended = new URL(there.url()).pathname;
  await here.goto(`${steps.base}/security/history`);
  await steps.look(here, 'security-history');
  await steps.makeSafe(here);

  await steps.byForm(there, 'forced');
  await there.goto(`${steps.base}/mail/me/INBOX`);
  const held = new URL(there.url()).pathname;
  await steps.look(there, 'security-forced');
  await steps.enrol(there);
  await there.click('[data-action=onward]');
  await there.waitForURL(/\/mail\/me\/INBOX/);
  return {
    codes: codes.length,
    shownAgain: codes.filter((code) => again.includes(code)).length,
    printed,
    printedButtons,
    app,
    asked,
    trusted,
    ended,
    held,
  };
}

export interface WalkFacts {
  readonly codes: number;
  /** Recovery codes that another page shows. */
  readonly shownAgain: number;
  readonly printed: number;
  readonly printedButtons: number;
  readonly app: string;
  /** Where a second browser is led, then the same once it is trusted. */
  readonly asked: string;
  readonly trusted: string;
  /** Where it is led once its session was ended from the first one. */
  readonly ended: string;
  /** Where somebody who has to set a factor up is led from their mail. */
  readonly held: string;
}
