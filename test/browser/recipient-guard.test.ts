import type { Page } from 'playwright-core';
import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const running = useDemoBrowser({
  site: (_id, file) => ({
    ...file,
    plugins: { 'recipient-guard': { hideAbove: 1 }, 'mass-mail-guard': true },
  }),
});
const SHOTS = process.env['MAIL_SHOTS'];
const shoot = async (page: Page, name: string): Promise<void> => {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/guard-${name}.png`, fullPage: true });
};
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const faults = async (page: Page): Promise<readonly string[]> => [
  ...(await axeViolations(page)),
  ...(await page.evaluate<string[]>(TOO_WIDE)),
];

/** A message from outside, to the agent and others outside; its answer to all, in the composer. */
async function replyAll(page: Page, index: number, subject: string): Promise<void> {
  const { imap } = running().demo.stack;
  if (!('faults' in imap)) throw new Error('needs the server in memory');
  const { username, mail } = running().agent(index);
  imap.deliver(
    username,
    `From: auteur@dehors.example\r\nTo: ${mail}, tiers@ailleurs.example\r\nCc: presse@ailleurs.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@dehors.example>\r\n\r\nBonjour\r\n`,
  );
  await page.goto(`${running().base}/mail/me/INBOX?sort=arrival`);
  const href = await page.locator('a.subject', { hasText: subject }).first().getAttribute('href');
  const uid = /\/INBOX\/(\d+)/.exec(href ?? '')?.[1];
  await page.goto(`${running().base}/compose?replyall=INBOX/${uid}`);
}

describe.each([
  ['desktop', { width: 1366, height: 768, scripts: true, dark: false }],
  ['telephone-dark', { width: 360, height: 740, scripts: true, dark: true }],
] as const)('a reply to all on a %s', (name, view) => {
  it('is caught, and sent once its copies are hidden', async () => {
    const { page, context } = await running().openAudited(view);
    page.setDefaultTimeout(15_000);
    await running().signIn(page, 0);
    await replyAll(page, 0, `garde-${name}`);
    await page.locator('.editor-body').waitFor();
    const found = [...(await faults(page))];
    await shoot(page, `${name}-1-reply-all`);

    await page.click('[data-action=send]');
    await page.locator('.compose-look.is-warning').waitFor();

    expect(await page.locator('.compose-look.is-warning li').allTextContents()).toEqual([
      'tiers@ailleurs.example',
      'presse@ailleurs.example',
    ]);
    found.push(...(await faults(page)));
    await shoot(page, `${name}-2-caught`);
    await page.click('[data-action=hide-copies]');
    await page.locator('.compose-look').waitFor({ state: 'detached' });
    await page.locator('.editor-body').waitFor();
    await shoot(page, `${name}-3-hidden`);
    await page.click('[data-action=send]');
    await page.locator('.compose-confirm input').check();
    await page.click('[data-action=send]');
    await page.waitForURL(/\/mail\/me\/INBOX/);
    await shoot(page, `${name}-4-sent`);

    const sent = running().demo.stack.smtp.transactions.at(-1);
    expect(sent?.to).toHaveLength(3);
    expect(sent?.raw.toString()).not.toMatch(/^(?:To|Cc):.*ailleurs/m);
    expect(found).toEqual([]);
    await context.close();
  }, 120_000);
});

it('catches it without scripts', async () => {
  const { page, context } = await running().open({ width: 1366, height: 768, scripts: false });
  await running().signIn(page, 1);
  await replyAll(page, 1, 'garde-sans');
  const before = running().demo.stack.smtp.transactions.length;

  await page.click('[data-action=send]');
  expect(await page.locator('.compose-look.is-warning li').count()).toBe(2);
  expect(running().demo.stack.smtp.transactions).toHaveLength(before);
  await page.locator('.compose-confirm input').check();
  await page.click('[data-action=send]');
  await page.waitForURL(/\/mail\/me\/INBOX/);

  expect(running().demo.stack.smtp.transactions).toHaveLength(before + 1);
  await context.close();
}, 90_000);
