import { axeViolations } from '../kit/browser';
import { dayOfThisWeek, fillCalendar } from '../kit/calendar-samples';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const WIDE = { width: 1366, height: 768 };
const NARROW = { width: 360, height: 740 };
let event = '';

/** All without a script: what works so works with them. */
it('keeps events, series and calendars without scripts', async () => {
  const { page, context } = await browser().open({ ...WIDE, scripts: false });
  await browser().signIn(page, 0);
  const { base } = browser();
  event = await fillCalendar(page, base);

  const monday = dayOfThisWeek(0);
  await page.goto(`${base}/calendar?view=month&on=${monday}`);
  await page.locator('.cal-month li a', { hasText: 'Point d’équipe' }).first().click();
  expect(await page.locator('.cal-event-head').textContent()).toContain('Chaque semaine');
  await page.locator('.cal-actions a', { hasText: 'Modifier' }).click();
  await page.fill('#e-summary', 'Point déplacé');
  await page.click('button[name=save]');
  await page.waitForURL(/done=saved/);
  expect(await page.locator('.cal-grid', { hasText: 'Point déplacé' }).count()).toBe(1);
  await page.locator('.cal-column a', { hasText: 'Relire' }).click();
  await page.locator('.cal-actions button', { hasText: 'Supprimer' }).click();
  await page.locator('.banner.ok button', { hasText: 'Annuler' }).click();
  expect(await page.locator('#cal-title').textContent()).toBe('Relire');
  await page.goto(`${base}/calendar?view=week&on=${monday}`);
  await page.locator('.cal-calendars label', { hasText: 'Mon agenda' }).click();
  await page.locator('.cal-apply').click();
  expect(await page.locator('.cal-column', { hasText: 'Relire' }).count()).toBe(0);
  await page.locator('.cal-calendars label', { hasText: 'Mon agenda' }).click();
  await page.locator('.cal-apply').click();
  await context.close();
}, 120_000);

it('begins the day with its morning, and an hour of it with a form', async () => {
  const { page, context } = await browser().open({ ...WIDE, scripts: true });
  await browser().signIn(page, 0);
  await page.goto(`${browser().base}/calendar?view=day&on=${dayOfThisWeek(0)}`);
  expect(
    await page.evaluate<number>('document.querySelector(".cal-grid").scrollTop'),
  ).toBeGreaterThan(200);

  await page.locator('.cal-slots a').nth(12).click();
  await page.waitForSelector('#e-summary');

  expect(await page.inputValue('#e-startTime')).toBe('12:00');
  expect(await page.inputValue('#e-endTime')).toBe('13:00');
  await context.close();
}, 60_000);

it('shows a list first where the window is narrow', async () => {
  const { page, context } = await browser().open({ ...NARROW, scripts: true });
  await browser().signIn(page, 0);
  await page.goto(`${browser().base}/calendar?on=${dayOfThisWeek(0)}`);

  expect(await page.locator('.cal-grid').isVisible()).toBe(false);
  expect(await page.locator('.cal-list a', { hasText: 'Écrire simplement' }).isVisible()).toBe(
    true,
  );
  await page.locator('.cal-strip a').nth(2).click();
  await page.waitForURL(new RegExp(`on=${dayOfThisWeek(2)}`));
  expect(await page.locator('.cal-list a', { hasText: 'Atelier' }).first().isVisible()).toBe(true);
  await context.close();
}, 60_000);

it.each([
  ['a desktop', WIDE, false],
  ['a desktop, dark', WIDE, true],
  ['a telephone', NARROW, false],
  ['a telephone, dark', NARROW, true],
] as const)(
  'passes the accessibility rules and fits the window: %s',
  async (_name, size, dark) => {
    const { page, context } = await browser().openAudited({ ...size, dark, scripts: true });
    await browser().signIn(page, 0);
    const found: string[] = [];
    for (const path of [
      '/calendar',
      '/calendar?view=week',
      '/calendar?view=month',
      '/calendar?view=day',
      '/calendar?view=list',
      '/calendar?q=point',
      event,
      event.replace('/event', '/edit'),
      '/calendar/edit',
      '/calendar/calendars',
      '/calendar/import',
      '/calendar/trash',
    ]) {
      await page.goto(`${browser().base}${path}`);
      const problems = [
        ...(await axeViolations(page)),
        ...(await page.evaluate<string[]>(TOO_WIDE)),
      ];
      found.push(...problems.map((problem) => `${path}: ${problem}`));
    }
    await context.close();

    expect(found).toEqual([]);
  },
  120_000,
);
