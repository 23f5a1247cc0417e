/**
 * Takes the pictures `calendar-*` of `docs/screenshots`: `npx tsx test/browser/calendar-screenshots.ts`.
 * Not a test: run it when the pages change, and look at what it made.
 */
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { View } from '../kit/browser';
import { type Busy, dayOfThisWeek, fillCalendar, fillTimes } from '../kit/calendar-samples';
import { type DemoBrowser, startDemoBrowser } from '../kit/demo-browser';
import { until } from '../kit/until';

const OUT = process.argv[2] ?? path.resolve(__dirname, '..', '..', 'docs', 'screenshots');
const WIDE: View = { width: 1366, height: 768, scripts: true };
const PHONE: View = { width: 360, height: 740, scripts: true };

/** What colleagues have in the week of the pictures, by their place among the agents. */
const COLLEAGUES: Readonly<Record<number, readonly Busy[]>> = {
  1: [
    { day: 0, from: '14:00', to: '17:00' },
    { day: 2, from: '09:00', to: '17:30', showAs: 'leave' },
    { day: 3, from: '09:30', to: '11:00', showAs: 'tentative' },
  ],
  2: [
    { day: 0, from: '09:00', to: '10:00' },
    { day: 1, from: '09:00', to: '17:30', showAs: 'telework' },
    { day: 3, from: '14:00', to: '16:00' },
  ],
  3: [
    { day: 1, from: '09:00', to: '12:00' },
    { day: 3, from: '09:00', to: '17:30', showAs: 'telework' },
    { day: 4, from: '14:00', to: '17:30', showAs: 'absent' },
  ],
  4: [
    { day: 0, from: '09:00', to: '17:30', showAs: 'telework' },
    { day: 2, from: '14:00', to: '15:30' },
    { day: 4, from: '09:00', to: '12:00' },
  ],
};

/** The weeks around: a month of somebody who works. */
const AROUND: readonly Busy[] = [
  { summary: 'Point d’équipe', day: -21, from: '09:00', to: '10:00' },
  { summary: 'Télétravail', day: -20, from: '09:00', to: '17:30', showAs: 'telework' },
  { summary: 'Jury de concours', day: -18, from: '09:00', to: '12:00' },
  { summary: 'Point d’équipe', day: -14, from: '09:00', to: '10:00' },
  { summary: 'Visite des stations', day: -12, from: '08:30', to: '17:00' },
  { summary: 'Congé', day: -10, from: '09:00', to: '17:30', showAs: 'leave' },
  { summary: 'Point d’équipe', day: -7, from: '09:00', to: '10:00' },
  { summary: 'Comité de lecture', day: -6, from: '14:00', to: '16:00' },
  { summary: 'Relevés du mois', day: -4, from: '10:00', to: '11:30' },
  { summary: 'Repas des Sources', day: -3, from: '12:00', to: '14:00', showAs: 'tentative' },
];

/** A window of somebody, in which it is said that this device is theirs. */
async function windowOf(browser: DemoBrowser, index: number, view: View): Promise<Page> {
  const { page } = await browser.open(view);
  page.setDefaultTimeout(20_000);
  await browser.signIn(page, index);
  const mine = page.locator('form[action="/security/alerts"] button');
  while ((await mine.count()) > 0) {
    await mine.first().click();
    await page.waitForURL(`${browser.base}/security`);
    await page.goto(`${browser.base}/mail/me/INBOX`);
  }
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  await page.screenshot({ path: path.join(OUT, `calendar-${name}.png`) });
}

/** Puts people of a service, and others by their names, side by side. */
async function gather(page: Page, base: string, names: readonly string[]): Promise<void> {
  await page.goto(`${base}/calendar/planning`);
  await page.locator('button[name=service]').click();
  await page.waitForSelector('.plan tfoot');
  for (const name of names) {
    await page.goto(`${base}/calendar/planning`);
    await page.locator('.plan-manage > summary').click();
    await page.fill('#plan-who', name);
    await page.locator('.plan-add button').first().click();
    await page.waitForSelector(`.plan tbody tr:has-text("${name}")`);
  }
  await page.goto(`${base}/calendar/planning`);
}

/** One who invites the first agent, at a time at which something else is there. */
async function invite(browser: DemoBrowser, page: Page, title: string): Promise<void> {
  await page.goto(`${browser.base}/calendar/edit?start=${dayOfThisWeek(3)}T10:30`);
  await page.fill('#e-summary', title);
  await page.fill('#e-location', 'Salle Équinoxe');
  await page.locator('#e-people > summary').click();
  await page.fill('#e-who', `${browser.agent(0).mail}, ${browser.agent(2).mail}`);
  await page.locator('.cal-buttons button[name=save]').click();
  await page.waitForURL(/done=saved/);
}

/** A page where others book; answers its public address. */
async function openBooking(page: Page, base: string): Promise<string> {
  await page.goto(`${base}/calendar/bookings/page`);
  await page.fill('#b-title', 'Permanence de l’observatoire');
  await page.fill('#b-description', 'Pour toute question sur les relevés de giboulées.');
  await page.fill('#b-place', 'Bâtiment A, bureau 110');
  await page.fill('#b-reasons', 'Relevés\nStations');
  await page.check('input[name=audience][value=public]');
  await page.locator('.booking-form button.btn-primary').click();
  await page.waitForURL(/done=bookingPage/);
  return page.locator('.bookings-list input').last().inputValue();
}

async function main(): Promise<void> {
  const browser = await startDemoBrowser({
    notices: true,
    site: (id, file) => ({
      ...file,
      plugins: {
        ...(file['plugins'] as Readonly<Record<string, unknown>>),
        ...(id === 'saisons' && { calendar: { booking: 'public' } }),
      },
    }),
  });
  const { base } = browser;
  try {
    for (const [index, times] of Object.entries(COLLEAGUES)) {
      const page = await windowOf(browser, Number(index), { ...WIDE, scripts: false });
      await fillTimes(page, base, times);
      if (index === '1') await invite(browser, page, 'Revue des stations');
      await page.context().close();
    }
    const page = await windowOf(browser, 0, WIDE);
    await fillCalendar(page, base);
    await fillTimes(page, base, AROUND);
    await page.goto(`${base}/calendar`);
    await shoot(page, 'week');
    await gather(page, base, ['Odile Tramontane', 'Yasmine Alizé', 'Théo Grandvent']);
    await shoot(page, 'planning');
    const message = page.locator('.row a.subject', { hasText: 'Revue des stations' });
    await until('the invitation', async () => {
      await page.goto(`${base}/mail/me/INBOX`);
      return (await message.count()) > 0;
    });
    await page.goto(new URL((await message.first().getAttribute('href')) ?? '', base).href);
    await page.waitForSelector('.invitation');
    await shoot(page, 'invitation');
    const address = await openBooking(page, base);
    const dark = await windowOf(browser, 0, { ...WIDE, dark: true });
    await dark.goto(`${base}/calendar?view=month`);
    await shoot(dark, 'dark-month');
    const phone = await windowOf(browser, 0, PHONE);
    await phone.goto(`${base}/calendar?view=day&on=${dayOfThisWeek(1)}`);
    await shoot(phone, 'phone-day');
    const { page: visit } = await browser.open(WIDE);
    await visit.goto(address);
    await visit.waitForSelector('.booking-slots');
    await shoot(visit, 'appointment');
  } finally {
    await browser.close();
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
