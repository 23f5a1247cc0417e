import { axeViolations } from '../kit/browser';
import { dayOfThisWeek } from '../kit/calendar-samples';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['CALENDAR_SHOTS'];
const SERVICE = 'Observatoire des giboulées';

/** Somebody’s week: what they do is for nobody else. */
async function isBusy(
  index: number,
  events: readonly (readonly [day: string, from: string, to: string, showAs?: string])[],
): Promise<void> {
  const { base } = browser();
  const { page, context } = await browser().open({ width: 1366, height: 768, scripts: false });
  await browser().signIn(page, index);
  for (const [day, from, to, showAs] of events) {
    await page.goto(`${base}/calendar/edit?start=${day}T${from}`);
    await page.fill('#e-summary', 'Entretien confidentiel');
    await page.fill('#e-location', 'Bureau caché');
    await page.fill('#e-endTime', to);
    await page.selectOption('#e-visibility', 'private');
    if (showAs) await page.selectOption('#e-showAs', showAs);
    await page.locator('.cal-buttons button[name=save]').click();
    await page.waitForURL(/done=saved/);
  }
  await context.close();
}

/** A week of its own for each: what is agreed in one takes its time. */
const WEEKS = [7, 14, 21] as const;

beforeAll(async () => {
  await isBusy(
    2,
    WEEKS.flatMap((day) => [
      [dayOfThisWeek(day), '09:00', '12:00'] as const,
      [dayOfThisWeek(day + 1), '09:00', '17:00', 'telework'] as const,
    ]),
  );
  await isBusy(
    1,
    WEEKS.map((day) => [dayOfThisWeek(day), '14:00', '15:00'] as const),
  );
}, 120_000);

it.each([
  ['wide', { width: 1366, height: 768 }, true, dayOfThisWeek(WEEKS[0])],
  ['narrow', { width: 360, height: 740, dark: true }, true, dayOfThisWeek(WEEKS[1])],
  ['plain', { width: 360, height: 740 }, false, dayOfThisWeek(WEEKS[2])],
] as const)(
  'shows a service side by side, and invites it at a time that suits all (%s)',
  async (name, size, hasScripts, monday) => {
    const { base } = browser();
    const { page, context } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if ((await page.content()).match(/confidentiel|caché/)) wrong.push(`${step}: told`);
      if (SHOTS)
        await page.screenshot({ path: `${SHOTS}/planning-${name}-${step}.png`, fullPage: true });
    };
    const row = (who: string) => page.locator('.plan tbody tr', { hasText: who });

    await page.goto(`${base}/calendar/planning?on=${monday}`);
    await look('empty');
    // Where nobody is looked at yet, the forms are there.
    await page.locator('button[name=service]').click();
    await page.waitForSelector(`.plan thead th:has-text("${SERVICE}")`);
    const colleagues = await page.locator('.plan tbody tr').count();
    // Somebody else is added by a name of the directory.
    await page.locator('.plan-manage > summary').click();
    await page.fill('#plan-who', 'Tramontane');
    await page.locator('.plan-add button', { hasText: 'Ajouter' }).first().click();
    await row('Odile Tramontane').waitFor();
    await look('week');
    const ofWeek = await row('Barnabé Lagrive').innerText();
    const mondayMorning = await page.locator('.plan tfoot td').first().innerText();

    await page.locator('.plan-spans a', { hasText: 'Jour' }).click();
    await page.waitForSelector('.plan .is-day');
    await look('day');
    const ofDay = await row('Barnabé Lagrive').locator('.plan-cell.is-busy').count();
    const isLong = await row('Barnabé Lagrive').locator('td[colspan="3"] .is-busy').count();

    await page.locator('.plan-find').click();
    await page.waitForSelector('.find-slots');
    await look('times');
    const first = await page.locator('.find-slots button[name=pick]').first().innerText();
    await page.goBack();
    await page.locator('.plan tfoot a', { hasText: /12\sh\s–\s13\sh/ }).click();
    await page.waitForSelector('#e-summary');
    await look('form');
    const asked = await page.locator('#e-people .people-list li').count();
    const start = `${await page.inputValue('#e-startDate')}T${await page.inputValue('#e-startTime')}`;
    const title = `Réunion du service ${name}`;
    await page.fill('#e-summary', title);
    await page.locator('.cal-buttons button[name=save]').click();
    await page.waitForURL(/done=saved/);
    await page.goto(`${base}/calendar?q=${encodeURIComponent(title)}`);
    await page.locator('main a', { hasText: title }).first().click();
    await page.waitForSelector('.people-shown');
    await look('event');

    expect(colleagues).toBeGreaterThan(2);
    expect(ofWeek).toMatch(/Occupé[\s\S]*Télétravail/);
    expect(mondayMorning).toContain('1 occupé');
    expect(ofDay).toBe(1);
    expect(isLong).toBe(1);
    expect(first).toMatch(/, 12\sh\s–\s13\sh/);
    // The service but for who asks, and somebody of another one.
    expect(asked).toBe(colleagues);
    expect(start).toBe(`${monday}T12:00`);

    // The time is taken now, and the group is there until it is taken away.
    await page.goto(`${base}/calendar/planning?on=${monday}&span=day`);
    expect(await page.locator('.plan tfoot a', { hasText: /12\sh\s–\s13\sh/ }).count()).toBe(0);
    await page.locator('.plan-manage > summary').click();
    await page.locator('.plan-manage button[name=delete]').click();
    await page.waitForSelector(`.plan thead th:has-text("${SERVICE}")`, { state: 'detached' });
    await page.goto(`${base}/calendar?q=${encodeURIComponent(title)}`);
    expect(wrong).toEqual([]);
    await context.close();

    const invited = await browser().inbox({ width: 1366, height: 768, scripts: true }, 2);
    await invited.waitForSelector(`.row:has-text("${title}")`);
    await invited.context().close();
  },
  180_000,
);
