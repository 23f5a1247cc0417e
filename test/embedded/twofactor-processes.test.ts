import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createApp } from '../../src/app';
import { demoFiles } from '../../src/demo/config-files';
import { startDemoStack } from '../../src/demo/stack';
import { parseAppConfig } from '../../src/sites';
import { agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { codeOf, enrolApplication } from '../kit/factor-visit';
import type { Page } from '../kit/html';
import { movingClock } from '../kit/moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');
const STEP_MS = 30_000;

const clock = movingClock();
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'estafette-factor-'));
const ends: (() => Promise<unknown>)[] = [];
const ports: number[] = [];

/** Two instances over one database and one data folder, as behind a balancer. */
beforeAll(async () => {
  const stack = await startDemoStack({ seed: false });
  ends.push(() => stack.close());
  mkdirSync(path.join(dataDir, 'uploads'), { recursive: true });
  const files = demoFiles(stack, { port: 0, dataDir });
  const config = parseAppConfig(
    {
      root: ROOT,
      app: { ...files.app, log: { level: 'silent' } },
      plugins: { grants: { twofactor: ['audit', 'db', 'notice', 'session.end'] } },
      sites: [
        {
          file: 'config/sites/saisons.json',
          value: { ...files.sites.saisons, plugins: { twofactor: true }, choices: [] },
        },
      ],
    },
    files.secrets,
  );
  for (let count = 0; count < 2; count += 1) {
    const app = await createApp(config, { clock });
    ends.unshift(() => app.stop());
    ports.push((await app.start()).port);
  }
}, 60_000);
afterAll(async () => {
  for (const end of ends) await end();
  rmSync(dataDir, { recursive: true, force: true });
});

const { username, password } = agentOf(2);
const at = (index: number): string => `http://127.0.0.1:${ports[index]}`;

function give(web: WebAgent, page: Page, code: string): Promise<Page> {
  const form = page.one('action', '/twofactor/challenge');
  return web.submit(page, { form: () => form, fill: { code } });
}

it('takes a code once, whichever process it is given to, at the same moment', async () => {
  const web = new WebAgent(at(0));
  await web.signIn(username, password);
  const { secret, codes } = await enrolApplication(web, clock);
  expect(codes).toHaveLength(4);
  clock.forward(3 * STEP_MS);

  for (const [code, inside] of [
    [codeOf(secret, clock), '/mail/me/INBOX'],
    [codes[0] ?? '', '/twofactor/recovered'],
  ] as const) {
    // As many half sessions as one person has.
    const browsers = [0, 1, 0].map((index) => new WebAgent(at(index)));
    const pages: (readonly [WebAgent, Page])[] = [];
    for (const browser of browsers) {
      await browser.signIn(username, password);
      pages.push([browser, await browser.get('/twofactor/challenge')]);
    }
    const answers = await Promise.all(pages.map(([browser, form]) => give(browser, form, code)));
    const opened = answers.filter(({ url }) => url === inside);
    const refused = answers.filter(({ status }) => status === 422);
    expect([opened.length, refused.length]).toEqual([1, 2]);
    // What was refused counts: the next round is of another day.
    clock.forward(25 * 3_600_000);
  }
}, 120_000);
