import { axeViolations } from '../kit/browser';
import { dayOfThisWeek } from '../kit/calendar-samples';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['CALENDAR_SHOTS'];

/** The card is a form in the message: with scripts it is the same. */
it.each([
  ['wide', { width: 1366, height: 768 }, true, false],
  ['narrow', { width: 360, height: 740, dark: true }, true, true],
  ['plain', { width: 360, height: 740 }, false, false],
] as const)(
  'is accepted from the message, and one occurrence that is moved is answered alone (%s)',
  async (name, size, hasScripts, isTentative) => {
    const { base } = browser();
    const monday = dayOfThisWeek(7);
    const title = `Point des saisons ${name}`;
    const boss = await browser().open({ width: 1366, height: 768, scripts: false });
    boss.page.setDefaultTimeout(20_000);
    await browser().signIn(boss.page, 0);
    await boss.page.goto(`${base}/calendar/edit?start=${monday}T09:00`);
    await boss.page.fill('#e-summary', title);
    await boss.page.fill('#e-location', 'Salle Équinoxe');
    await boss.page.selectOption('#e-repeat', 'weekly');
    await boss.page.locator('#e-people > summary').click();
    await boss.page.fill('#e-who', `${browser().agent(1).mail}, ${browser().agent(2).mail}`);
    await boss.page.locator('.cal-buttons button[name=save]').click();
    await boss.page.waitForURL(/done=saved/);

    const { page, context } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 1);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${step}.png`, fullPage: true });
    };
    const open = async (words: string): Promise<void> => {
      for (let tries = 0; tries < 40; tries += 1) {
        await page.goto(`${base}/mail/me/INBOX`);
        const row = page.locator('.row a.subject', { hasText: words }).first();
        if ((await row.count()) > 0) {
          await page.goto(new URL((await row.getAttribute('href')) ?? '', base).href);
          return;
        }
        await page.waitForTimeout(250);
      }
      throw new Error(`no message ${words}`);
    };

    await open(`Invitation : ${title}`.replace(' :', '\u00a0:'));
    await page.waitForSelector('.invitation');
    await look('card');
    await page.fill('.invitation input[name=note]', 'Je serai en ligne');
    await page
      .locator(`.invitation button[value=${isTentative ? 'tentative' : 'accepted'}]`)
      .click();
    await page.waitForSelector('.invitation-said');
    await look('answered');

    await boss.page.goto(`${base}/calendar?view=day&on=${dayOfThisWeek(14)}`);
    await boss.page.locator('main a', { hasText: title }).first().click();
    await boss.page.locator('.cal-actions a', { hasText: 'Modifier' }).click();
    await boss.page.fill('#e-startTime', '14:00');
    await boss.page.fill('#e-endTime', '15:00');
    await boss.page.locator('.cal-buttons button[name=save]').click();
    await boss.page.waitForURL(/done=saved/);
    await open(`Mise à jour : ${title}`.replace(' :', '\u00a0:'));
    await page.waitForSelector('.invitation-changes');
    await look('moved');
    await page.locator('.invitation button[value=accepted]').click();
    await page.waitForSelector('.invitation-said.is-accepted');

    expect(wrong).toEqual([]);
    await context.close();
    await boss.context.close();
  },
  180_000,
);
