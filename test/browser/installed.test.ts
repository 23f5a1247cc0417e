import { useDemoBrowser } from '../kit/demo-browser';
import { until } from '../kit/until';

const WIDE = { width: 1366, height: 768, scripts: true } as const;
const running = useDemoBrowser();

describe('a site as a program', () => {
  it('is one that the browser can install, before anybody signs in', async () => {
    const { page } = await running().open(WIDE);
    await page.goto(`${running().base}/login`);
    const devtools = await page.context().newCDPSession(page);

    const { url, errors } = await devtools.send('Page.getAppManifest');
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');

    expect(new URL(url).pathname).toBe('/manifest.webmanifest');
    expect(errors).toEqual([]);
    expect(installabilityErrors).toEqual([]);
    const manifest = (await (await page.request.get(url)).json()) as {
      icons: { src: string; type: string }[];
    };
    for (const { src, type } of manifest.icons) {
      const answer = await page.request.get(`${running().base}${src}`);
      expect(answer.status()).toBe(200);
      expect(answer.headers()['content-type']).toContain(type);
    }
    await page.context().close();
  });

  it('has the unread messages of the inbox on its icon, and none once signed out', async () => {
    const { page } = await running().open(WIDE);
    page.setDefaultTimeout(10_000);
    const told: (number | string)[] = [];
    await page.exposeFunction('tellBadge', (count: number | string) => told.push(count));
    await page.addInitScript(`
      Navigator.prototype.setAppBadge = (count) => window.tellBadge(count);
      Navigator.prototype.clearAppBadge = () => window.tellBadge('clear');
    `);
    await running().signIn(page, 0);
    await page.waitForSelector('.row a.subject[tabindex="0"]');
    const unread = Number(await page.textContent('#unread-count'));
    await until('the count is told', () => told.at(-1) === unread);
    running().deliver(0, 'Un message de plus');
    await until('the push is counted', () => told.at(-1) === unread + 1);

    await page.click('.top-user > summary');
    await page.click('[data-action=logout]');
    await page.waitForURL('**/login');
    expect(told.at(-1)).toBe('clear');
    await page.context().close();
  });
});
