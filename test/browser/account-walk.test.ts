import path from 'node:path';
import type { Page } from 'playwright-core';
import type { DemoApp } from '../../src/demo';
import { AccountWalk, addAuthenticator, inEachLook, startWalk, walk } from '../kit/account-walk';
import {
  axeViolations,
  type BrowserStand,
  openAudited,
  openWindow,
  startBrowser,
  type View,
} from '../kit/browser';

const ROOT = path.resolve(__dirname, '..', '..');
const WIDE = { width: 1366, height: 768, scripts: true };
const NARROW = { width: 360, height: 740, scripts: true };
/** How an agent comes along; the first one's pages are looked at in every size and colour. */
const VIEWS: readonly (readonly [string, View])[] = [
  ['with scripts and a passkey', WIDE],
  ['on a telephone without scripts', { ...NARROW, scripts: false }],
];

/** Pixels of the page beyond its place; as text, since tests know no DOM. */
const OVERFLOW = `Math.max(
  ...[document.documentElement, document.querySelector('#main')].filter(Boolean).map(
    (element) => element.scrollWidth - element.clientWidth,
  ),
)`;

let demo: DemoApp;
let stand: BrowserStand;
beforeAll(async () => {
  demo = await startWalk(ROOT);
  stand = await startBrowser();
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await demo?.stop();
});

/** A window for axe, which needs scripts of its own; without any, one that tells of problems. */
async function open(view: View) {
  const base = `http://localhost:${demo.port}`;
  const { context, page } = view.scripts
    ? await openAudited(stand, base, view)
    : await openWindow(stand, base, view);
  page.setDefaultTimeout(15_000);
  return { context, page };
}

it.each(VIEWS)(
  'an agent makes their account safe %s',
  async (_name, view) => {
    const faults: string[] = [];
    const look = async (page: Page, name: string): Promise<void> => {
      await inEachLook(page, view, async (looks) => {
        const overflow = Number(await page.evaluate(OVERFLOW));
        if (overflow > 0) faults.push(`${name}, ${looks}: ${overflow} px too wide`);
        // Its scripts do not run where the agent's do not.
        const found = view.scripts ? await axeViolations(page) : [];
        faults.push(...found.map((violation) => `${name}, ${looks}: ${violation}`));
      });
    };
    const here = await open(view);
    const there = await open(view);
    if (view.scripts) await addAuthenticator(here.context, here.page);

    const steps = new AccountWalk(demo, look);
    const facts = await walk(steps, here.page, there.page, { hasScripts: view.scripts });

    expect(facts).toEqual({
      codes: 4,
      shownAgain: 0,
      printed: 4,
      printedButtons: 0,
      app: expect.stringMatching(/^(?:[2-9A-Z]{4}-){4}[2-9A-Z]{4}$/),
      asked: '/twofactor/challenge',
      trusted: '/mail/me/INBOX',
      ended: '/login',
      held: '/twofactor/challenge',
    });
    expect(faults).toEqual([]);
    await here.context.close();
    await there.context.close();
  },
  240_000,
);
