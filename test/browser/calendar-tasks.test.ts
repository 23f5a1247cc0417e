import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['CALENDAR_SHOTS'];

it.each([
  ['wide', { width: 1366, height: 768 }, true],
  ['narrow', { width: 360, height: 740, dark: true }, true],
  ['plain', { width: 360, height: 740 }, false],
] as const)(
  'is made of a line and of a message, done, and changed (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    const { page, context } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/tasks-${name}-${step}.png` });
    };

    await page.goto(`${base}/calendar/tasks`);
    for (const text of [`Rendre le rapport ${name} demain 17h`, `Ranger le bureau ${name}`]) {
      await page.fill('#task-text', text);
      await page.locator('.tasks-add button').click();
      await page.waitForURL(/done=task/);
      await page.waitForSelector(`.tasks-what a:has-text("${text.slice(0, 12)}")`);
      await page.goto(`${base}/calendar/tasks`);
    }
    await look('list');
    await page.goto(`${base}/calendar/tasks`);
    await page.fill('#task-text', `Appeler le service ${name} aujourd’hui`);
    await page.locator('.tasks-add button').click();
    await page.waitForURL(/done=task/);
    await page.goto(`${base}/calendar?view=week`);
    if (size.width < 1_000) await page.locator('.cal-places > summary').click();
    await page.waitForSelector(`.tasks-due a:has-text("Appeler le service ${name}")`);
    // A day alone is not over at nine.
    expect(await page.locator('.tasks-due .is-late').count()).toBe(0);
    await look('beside');
    await page.goto(`${base}/calendar/tasks`);
    const line = page.locator('.tasks-list li', { hasText: `Ranger le bureau ${name}` });
    await line.locator('.tasks-mark').click();
    await page.waitForURL(/done=taskDone/);
    await page.goto(`${base}/calendar/tasks?show=done`);
    await page.waitForSelector(`.is-done:has-text("Ranger le bureau ${name}")`);
    await look('done');

    await page.goto(`${base}/mail/me/INBOX`);
    const subject = page.locator('.row a.subject').first();
    await page.goto(new URL((await subject.getAttribute('href')) ?? '', base).href);
    await page.locator('.message-more > summary').click();
    await page.locator('.message-more a', { hasText: 'Créer une tâche' }).click();
    await page.waitForSelector('#task-summary');
    expect(await page.inputValue('#task-summary')).not.toBe('');
    await page.fill('#task-date', '2027-01-05');
    await look('form');
    await page.locator('.task-form button.btn-primary').click();
    await page.waitForURL(/done=task/);
    await look('after');

    expect(wrong).toEqual([]);
    await context.close();
  },
  120_000,
);
