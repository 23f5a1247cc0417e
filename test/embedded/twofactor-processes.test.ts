import { agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { type FactorInstallation, factorInstallation } from '../kit/factor-stand';
import { codeOf, enrolApplication } from '../kit/factor-visit';
import type { Page } from '../kit/html';
import { movingClock } from '../kit/moving-clock';

const STEP_MS = 30_000;

const clock = movingClock();
const bases: string[] = [];
let installation: FactorInstallation | undefined;

/** Two instances over one database and one data folder, as behind a balancer. */
beforeAll(async () => {
  installation = await factorInstallation(clock);
  for (let count = 0; count < 2; count += 1) bases.push((await installation.start()).base);
}, 60_000);
afterAll(() => installation?.close());

const { username, password } = agentOf(2);

function give(web: WebAgent, page: Page, code: string): Promise<Page> {
  const form = page.one('action', '/twofactor/challenge');
  return web.submit(page, { form: () => form, fill: { code } });
}

it('takes a code once, whichever process it is given to, at the same moment', async () => {
  const web = new WebAgent(bases[0] ?? '');
  await web.signIn(username, password);
  const { secret, codes } = await enrolApplication(web, clock);
  expect(codes).toHaveLength(4);
  clock.forward(3 * STEP_MS);

  for (const [code, inside] of [
    [codeOf(secret, clock), '/mail/me/INBOX'],
    [codes[0] ?? '', '/twofactor/recovered'],
  ] as const) {
    // As many half sessions as one person has.
    const browsers = [0, 1, 0].map((index) => new WebAgent(bases[index] ?? ''));
    const pages: (readonly [WebAgent, Page])[] = [];
    for (const browser of browsers) {
      const page = await browser.signIn(username, password);
      // The answer itself: a refusal of the sign-in would otherwise show as a page without a form.
      expect([page.url, page.status, page.text]).toEqual([
        '/twofactor/challenge',
        200,
        expect.any(String),
      ]);
      pages.push([browser, page]);
    }
    const answers = await Promise.all(pages.map(([browser, form]) => give(browser, form, code)));
    const opened = answers.filter(({ url }) => url === inside);
    const refused = answers.filter(({ status }) => status === 422);
    expect([opened.length, refused.length]).toEqual([1, 2]);
    // What was refused counts: the next round is of another day.
    clock.forward(25 * 3_600_000);
  }
}, 120_000);
