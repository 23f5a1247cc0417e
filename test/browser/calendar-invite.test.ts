import { axeViolations } from '../kit/browser';
import { dayOfThisWeek } from '../kit/calendar-samples';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['CALENDAR_SHOTS'];

/** All of it is forms: with scripts they are the same. */
it.each([
  ['wide', { width: 1366, height: 768 }, false],
  ['narrow', { width: 360, height: 740 }, true],
] as const)(
  'invites three people at a time that suits all, with a room (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    // Colleagues who have opened their calendars are known; one of them is busy in the morning.
    const monday = dayOfThisWeek(7);
    for (const index of [1, 2]) {
      const { page, context } = await browser().open({ width: 1366, height: 768, scripts: false });
      await browser().signIn(page, index);
      await page.goto(`${base}/calendar/edit?start=${monday}T09:00`);
      if (index === 1 && name === 'wide') {
        await page.fill('#e-summary', 'Entretien confidentiel');
        await page.fill('#e-endTime', '12:00');
        await page.locator('.cal-buttons button[name=save]').click();
        await page.waitForURL(/done=saved/);
      }
      await context.close();
    }
    const { page, context } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const title = `Comité de lecture ${name}`;
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${step}.png`, fullPage: true });
    };

    await page.goto(`${base}/calendar/edit?start=${monday}T09:00`);
    await page.fill('#e-summary', title);
    await page.locator('#e-people > summary').click();
    const others = [browser().agent(1).mail, browser().agent(2).mail, 'invitee@autre.example'];
    await page.fill('#e-who', others.join(', '));
    await page.locator('.people-add button[name=addPeople]').click();
    await page.waitForSelector('.people-list li:nth-child(3)');
    await look('people');
    await page.locator('button[name=findTime]').click();
    await page.waitForSelector('.find-slots');
    const html = await page.content();
    await look('times');
    await page.locator('.find-slots button[name=pick]').first().click();
    await page.waitForSelector('#e-summary');
    const chosen = await page.inputValue('#e-startTime');
    await page.locator('button[name=findRoom]').click();
    await page.waitForSelector('.find-rooms');
    await look('rooms');
    await page.locator('.find-rooms button[value^="solstice@"]').click();
    await page.waitForSelector('.people-list li:nth-child(4)');
    const kept = await page.inputValue('#e-summary');
    await page.locator('.cal-buttons button[name=save]').click();
    await page.waitForURL(/done=saved/);
    await page.goto(`${base}/calendar?q=${encodeURIComponent(title)}`);
    await page.locator('main a', { hasText: title }).first().click();
    await page.waitForSelector('.people-shown');
    await look('event');

    expect(html).not.toContain('confidentiel');
    expect(chosen).toBe(name === 'wide' ? '12:00' : '13:00');
    expect(kept).toBe(title);
    expect(await page.locator('.people-shown .people-list li').count()).toBe(4);
    expect(await page.locator('.people-answer.is-accepted').count()).toBe(1);
    expect(await page.locator('.people-shown .banner').count()).toBe(0);
    expect(wrong).toEqual([]);
    await context.close();

    const invited = await browser().inbox({ width: 1366, height: 768, scripts: true }, 1);
    await invited.waitForSelector(`.row:has-text("${title}")`);
    await invited.context().close();
  },
  180_000,
);
