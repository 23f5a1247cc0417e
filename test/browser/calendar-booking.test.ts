import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';
import { until } from '../kit/until';

const browser = useDemoBrowser({
  notices: true,
  site: (id, file) => ({
    ...file,
    plugins: id === 'saisons' ? { calendar: { booking: 'public' } } : file['plugins'],
  }),
});

const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['CALENDAR_SHOTS'];

it.each([
  ['wide', { width: 1366, height: 768 }, true],
  ['narrow', { width: 360, height: 740, dark: true }, true],
  ['plain', { width: 360, height: 740 }, false],
] as const)(
  'is opened by an agent, and booked by somebody without an account (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    const view = { ...size, scripts: hasScripts };
    const { page, context } = await browser().openAudited(view);
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (at: typeof page, step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(at)).map((one) => `${step}: ${one}`));
      wrong.push(...(await at.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS)
        await at.screenshot({ path: `${SHOTS}/booking-${name}-${step}.png`, fullPage: true });
    };

    const title = `Permanence ${name}`;
    await page.goto(`${base}/calendar/bookings`);
    await look(page, 'empty');
    await page.goto(`${base}/calendar/bookings/page`);
    await page.fill('#b-title', title);
    await page.fill('#b-description', 'Pour toute question sur votre dossier.');
    await page.fill('#b-place', 'Bureau 204');
    await page.fill('#b-reasons', 'Dossier\nSuivi');
    await page.check('input[name=audience][value=public]');
    await look(page, 'page');
    await page.locator('.booking-form button.btn-primary').click();
    await page.waitForURL(/done=bookingPage/);
    await look(page, 'pages');
    const address = await page.locator('.bookings-list input').last().inputValue();

    const guest = await browser().openAudited(view);
    const visit = guest.page;
    visit.setDefaultTimeout(20_000);
    await visit.goto(address);
    await look(visit, 'times');
    await visit.locator('.booking-slots a').nth(2).click();
    await visit.waitForSelector('#b-name');
    await look(visit, 'form');
    await visit.fill('#b-name', 'Visiteuse Exemple');
    await visit.fill('#b-mail', browser().agent(1).mail);
    await visit.selectOption('#b-reason', 'Suivi');
    await visit.locator('.booking-form button.btn-primary').click();
    await visit.waitForURL(/sent=1/);
    await look(visit, 'sent');

    // Their mail is read elsewhere.
    const mails = await browser().openAudited(view);
    mails.page.setDefaultTimeout(20_000);
    await browser().signIn(mails.page, 1);
    const message = mails.page.locator('.row a.subject', { hasText: `confirmer : ${title}` });
    await until('the mail', async () => {
      await mails.page.goto(`${base}/mail/me/INBOX`);
      return (await message.count()) === 1;
    });
    const href = (await message.getAttribute('href')) ?? '';
    await mails.page.goto(`${base}${href.replace(/\?.*/, '')}/body`);
    const link = /http:\/\/\S+\/calendar\/appointment\/[\w-]{43}/.exec(await mails.page.content());
    await mails.context.close();

    await visit.goto(link?.[0] ?? '');
    await look(visit, 'held');
    await visit.locator('button[value=confirm]').click();
    await visit.waitForURL(/done=confirmed/);
    await look(visit, 'booked');
    await visit.locator('a', { hasText: 'Changer de créneau' }).click();
    await visit.waitForSelector('.booking-slots');
    await look(visit, 'move');

    await page.goto(`${base}/calendar/bookings`);
    await page.waitForSelector('text=Visiteuse Exemple');
    await look(page, 'coming');

    expect(wrong).toEqual([]);
    await guest.context.close();
    await context.close();
  },
  120_000,
);
