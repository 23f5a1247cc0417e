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
  await page.locator('.cal-buttons button[name=save]').click();
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
  await page.goto(`${browser().base}/calendar?view=day&on=${dayOfThisWeek(3)}`);
  expect(await page.locator('.cal-hours').getAttribute('data-h')).toBe('8');

  await page.locator('.cal-slots a').nth(4).click();
  await page.waitForSelector('#e-summary');

  expect(await page.inputValue('#e-startTime')).toBe('12:00');
  expect(await page.inputValue('#e-endTime')).toBe('13:00');
  await context.close();
}, 60_000);

it('moves an event with the mouse, one occurrence of a series, and takes it back', async () => {
  const { page, context } = await browser().open({ ...WIDE, scripts: true });
  await browser().signIn(page, 0);
  await page.goto(`${browser().base}/calendar?view=work&on=${dayOfThisWeek(0)}`);
  const block = (text: string) =>
    page.locator('.cal-column a[data-move]', { hasText: text }).first();
  const startOf = (text: string) => block(text).getAttribute('data-start');
  const drag = async (text: string, [right, down]: readonly [number, number]) => {
    const box = await block(text).boundingBox();
    if (!box) throw new Error(`no ${text}`);
    await page.mouse.move(box.x + 30, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + 30 + right / 2, box.y + 8 + down / 2, { steps: 4 });
    await page.mouse.move(box.x + 30 + right, box.y + 8 + down, { steps: 4 });
    await page.mouse.up();
  };
  const hour = (await page.locator('.cal-slots a').first().boundingBox())?.height ?? 0;
  const column = (await page.locator('.cal-column').first().boundingBox())?.width ?? 0;
  const friday = dayOfThisWeek(4);

  await drag('Réunion de service', [-column, 2 * hour]);
  await page.waitForSelector('#toasts [data-action="undo"]');
  const moved = await startOf('Réunion de service');
  await page.click('#toasts [data-action="undo"]');
  await page.waitForSelector(`.cal-column a[data-start="${friday}T09:00"]`);
  await drag('Point déplacé', [0, hour]);
  await page.click('#calendar-scope button[value="this"]');
  await page.waitForSelector(`.cal-column a[data-start="${dayOfThisWeek(0)}T10:00"]`);

  expect(moved).toBe(`${dayOfThisWeek(3)}T11:00`);
  await page.goto(`${browser().base}/calendar?view=work&on=${dayOfThisWeek(7)}`);
  expect(await page.locator('.cal-column a', { hasText: 'Point déplacé' }).count()).toBe(0);
  await context.close();
}, 120_000);

it('goes by keys from view to view, and adds an event in one line', async () => {
  const { page, context } = await browser().open({ ...WIDE, scripts: true });
  await browser().signIn(page, 0);
  await page.goto(`${browser().base}/calendar?view=work`);

  await page.keyboard.press('m');
  await page.waitForURL(/view=month/);
  await page.keyboard.press('p');
  await page.waitForURL(/planning/);
  await page.fill('#cal-quick', 'revue demain 16h30 salle 7');
  await page.keyboard.press('Enter');
  await page.waitForURL(/done=added/);

  const made = page.locator('.cal-column a', { hasText: 'Revue' });
  expect(await made.first().textContent()).toContain('Salle 7');
  await page.locator('.banner.ok button', { hasText: 'Annuler' }).click();
  await page.waitForURL(/done=deleted/);
  expect(await made.count()).toBe(0);
  await context.close();
}, 60_000);

it('shows people side by side without scripts, and nothing of what they do', async () => {
  const other = await browser().open({ ...WIDE, scripts: false });
  await browser().signIn(other.page, 1);
  await other.page.goto(`${browser().base}/calendar/edit?start=${dayOfThisWeek(2)}T14:00`);
  await other.page.fill('#e-summary', 'Entretien très secret');
  await other.page.locator('.cal-buttons button[name=save]').click();
  await other.page.waitForURL(/done=saved/);
  await other.context.close();
  const { page, context } = await browser().open({ ...NARROW, scripts: false });
  await browser().signIn(page, 0);

  await page.goto(`${browser().base}/calendar/planning?on=${dayOfThisWeek(2)}`);
  await page.fill('#plan-who', browser().agent(1).mail);
  await page.locator('.plan-add .btn-primary').click();
  await page.waitForURL(/group=/);

  const row = page.locator('.plan tbody tr').nth(1);
  expect(await row.textContent()).toContain('Occupé');
  expect(await page.content()).not.toContain('très secret');
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
      '/calendar?view=three',
      '/calendar?view=work&hours=all',
      '/calendar/planning',
      '/calendar/planning?span=day',
      '/calendar/reminders',
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
