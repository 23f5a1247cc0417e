import { axeViolations } from '../kit/browser';
import { useDemoBrowser } from '../kit/demo-browser';

const browser = useDemoBrowser();
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';
const SHOTS = process.env['MAIL_SHOTS'];
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function deliver(subject: string): void {
  const { imap } = browser().demo.stack;
  if (!('faults' in imap)) throw new Error('needs the server in memory');
  const part = (name: string, type: string, content: readonly string[]) => [
    '--b',
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    ...content,
  ];
  const lines = [
    'From: Chef <chef@dehors.example>',
    'Disposition-Notification-To: chef@dehors.example',
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Voici les fichiers.',
    ...part('compte-rendu.txt', 'text/plain', ['', 'Un texte', 'sur deux lignes']),
    ...part('point.png', 'image/png', ['Content-Transfer-Encoding: base64', '', PIXEL]),
    ...part('reunion.ics', 'text/calendar', [
      '',
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'SUMMARY:Point hebdomadaire',
      'DTSTART:20260302T090000Z',
      'LOCATION:Salle Ouessant',
      'END:VEVENT',
      'END:VCALENDAR',
    ]),
    ...part('joint.eml', 'message/rfc822', ['', 'Subject: dedans', '', 'Le message joint.']),
    ...part('programme.bin', 'application/octet-stream', [
      'Content-Transfer-Encoding: base64',
      '',
      'AAECAwQF',
    ]),
    '--b--',
    '',
  ];
  imap.deliver(browser().agent(0).username, Buffer.from(lines.join('\r\n')));
}

it.each([
  ['wide', { width: 1366, height: 768 }, true],
  ['dark', { width: 1366, height: 768, dark: true }, true],
  ['narrow', { width: 360, height: 740, dark: true }, true],
  ['plain', { width: 1366, height: 768 }, false],
] as const)(
  'files, the way, reports and receipts of a message (%s)',
  async (name, size, hasScripts) => {
    const { base } = browser();
    deliver(`Lecture ${name}`);
    const { page } = await browser().openAudited({ ...size, scripts: hasScripts });
    page.setDefaultTimeout(20_000);
    await browser().signIn(page, 0);
    const wrong: string[] = [];
    const look = async (step: string): Promise<void> => {
      if (hasScripts) wrong.push(...(await axeViolations(page)).map((one) => `${step}: ${one}`));
      wrong.push(...(await page.evaluate<string[]>(TOO_WIDE)).map((one) => `${step}: ${one}`));
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/reading-${name}-${step}.png` });
    };

    await page.goto(`${base}/mail/me/INBOX?q=${name}`);
    await page.locator('.row a.subject').first().click();
    await page.locator('.message .attachments').waitFor();
    await look('message');
    const path = new URL(page.url()).pathname;

    await page.locator('[data-preview]').first().click();
    await page.locator('.preview[data-preview-kind=text]').waitFor();
    await look('text');
    const framed = page.frameLocator('.preview-frame');
    await framed.getByText('sur deux lignes').waitFor();
    if (hasScripts) await page.keyboard.press('ArrowRight');
    else await page.locator('a[rel=next]').click();
    await page.locator('.preview-image img').waitFor();
    expect(
      await page
        .locator('.preview-image img')
        .evaluate((one) => Number(Reflect.get(one, 'naturalWidth'))),
    ).toBe(1);
    await look('image');
    await page.locator('a[rel=next]').click();
    await framed.getByText('Salle Ouessant').waitFor();
    await look('event');
    await page.locator('a[rel=next]').click();
    await framed.getByText('Le message joint.').waitFor();
    await look('enclosed');
    await page.locator('a[rel=next]').click();
    await page.locator('.preview-none').waitFor();
    await look('other');
    if (hasScripts) await page.keyboard.press('Escape');
    else await page.locator('.preview-head > a').click();
    await page.locator('.message .attachments').waitFor();

    await page.goto(`${base}${path}/path`);
    await page.locator('.transit').waitFor();
    await look('way');
    await page.goto(`${base}/leave`);
    await look('leave');
    await page.goto(`${base}${path}`);
    await page.locator('form[action*="/receipt"] button').last().click();
    await page.locator('.toast-text', { hasText: 'Aucun accusé de lecture' }).waitFor();
    await look('receipt');
    await page.goto(`${base}${path}/report`);
    await look('report');
    await page.locator('input[value=junk]').check();
    await page.locator('button[data-action=report]').click();
    await page.getByText('Merci. Le message a été transmis').waitFor();
    await look('reported');
    expect(wrong).toEqual([]);
  },
  180_000,
);
