import { type DemoBrowser, startDemoBrowser } from '../kit/demo-browser';
import { RECORDER, recordingPlugin } from '../kit/recording-plugin';

let stand: DemoBrowser;
beforeAll(async () => {
  const { plugin } = recordingPlugin({ isShown: true });
  stand = await startDemoBrowser({
    site: (_id, file) => ({ ...file, plugins: { [RECORDER]: true } }),
    options: { extraPlugins: [plugin] },
  });
}, 60_000);
afterAll(async () => stand?.close());

const VIEWS = [
  ['a desktop', { width: 1366, height: 768 }],
  ['a telephone', { width: 360, height: 740 }],
] as const;

/** Where each place is looked for, and the menus to open first. */
const LIST = ['mailbox.list.footer', 'mailbox.options', 'message-list.options', 'create.menu'];
const MESSAGE = [
  'message.reply-menu',
  'message.forward-menu',
  'message.mark-menu',
  'message.header.links',
  'address.menu',
];

describe.each(VIEWS)('places of plugins on %s', (_name, size) => {
  it('are reached, and make no page wider than the screen', async () => {
    const { page, context } = await stand.open({ ...size, scripts: true });
    await stand.signIn(page, 0);
    const isWide = (): Promise<boolean> =>
      page.evaluate<boolean>(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
    const reach = async (name: string): Promise<boolean> => {
      const place = page.locator(`[data-place="${name}"]`).first();
      if (name.startsWith('mailbox.') && size.width < 768) await page.click('.folders-open');
      for (const menu of await place.locator('xpath=ancestor::details').all()) {
        if ((await menu.getAttribute('open')) === null) await menu.locator('> summary').click();
      }
      await place.scrollIntoViewIfNeeded();
      const box = await place.boundingBox();
      const isThere =
        box !== null &&
        box.x >= 0 &&
        box.y >= 0 &&
        box.x + box.width <= size.width &&
        box.y + box.height <= size.height;
      // Menus and panes as they were.
      await page.reload();
      return isThere;
    };

    const missing: string[] = [];
    for (const name of LIST) if (!(await reach(name))) missing.push(name);
    expect(await page.locator('[data-place="message-list.row.flags"]').count()).toBe(50);
    expect(await isWide()).toBe(false);
    await page.locator('a.subject').first().click();
    await page.waitForSelector('[data-message-subject]');
    for (const name of MESSAGE) if (!(await reach(name))) missing.push(name);
    expect(await isWide()).toBe(false);
    await page.goto(`${stand.base}/home`);
    if (!(await reach('dashboard.widgets'))) missing.push('dashboard.widgets');
    expect(await isWide()).toBe(false);
    await page.goto(`${stand.base}/compose`);
    if (!(await reach('compose.recipients.after'))) missing.push('compose.recipients.after');
    expect(await isWide()).toBe(false);
    expect(missing).toEqual([]);
    await context.close();
  }, 120_000);
});
