import { axeViolations } from '../kit/browser';
import { type DemoBrowser, startDemoBrowser } from '../kit/demo-browser';
import { RECORDER, type Recording, recordingPlugin } from '../kit/recording-plugin';

let stand: DemoBrowser;
let isBroken = false;
let answers: Recording['answers'];
beforeAll(async () => {
  const recording = recordingPlugin({ isShown: true, isBroken: () => isBroken });
  answers = recording.answers;
  stand = await startDemoBrowser({
    site: (_id, file) => ({ ...file, plugins: { [RECORDER]: true } }),
    options: { extraPlugins: [recording.plugin] },
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

const LOOKS = VIEWS.flatMap(([name, size]) =>
  [false, true].map(
    (dark) => [`${name}, dark: ${dark}`, { ...size, dark, scripts: true }] as const,
  ),
);
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';

describe.each(LOOKS)('what plugins find for a search, on %s', (_name, view) => {
  it('passes the accessibility rules and fits the window', async () => {
    answers.set('search:results', () => [
      { group: 'Annuaire', title: 'Odile', detail: 'Numérique', score: 1, href: '/home' },
      {
        group: 'Annuaire',
        title: 'É'.repeat(90),
        detail: 'a'.repeat(90),
        score: 0.9,
        href: '/home',
      },
      { group: 'Agenda', title: 'Réunion', score: 0.5, href: 'https://agenda.example/1' },
    ]);
    const { page, context } = await stand.openAudited(view);
    await stand.signIn(page, 1);

    for (const words of ['note', 'introuvable-partout']) {
      await page.goto(`${stand.base}/mail/me/INBOX?q=${words}`);
      expect(await page.locator('.elsewhere a').count()).toBe(3);
      expect(await axeViolations(page)).toEqual([]);
      expect(await page.evaluate(TOO_WIDE)).toEqual([]);
    }
    await context.close();
    answers.clear();
  }, 60_000);
});

// Last: a plugin that fails often enough is put aside.
describe.each(LOOKS)('places whose plugin fails, on %s', (_name, view) => {
  it('say so within the accessibility rules', async () => {
    const { page, context } = await stand.openAudited(view);
    await stand.signIn(page, 1);
    isBroken = true;
    const found: string[] = [];
    for (const target of ['/compose', '/home', '/settings/display']) {
      await page.goto(stand.base + target);
      if ((await page.locator('.slot-failed').count()) === 0) found.push(`${target}: none failed`);
      const problems = [
        ...(await axeViolations(page)),
        ...(await page.evaluate<string[]>(TOO_WIDE)),
      ];
      found.push(...problems.map((problem) => `${target}: ${problem}`));
    }
    isBroken = false;
    await context.close();

    expect(found).toEqual([]);
  }, 90_000);
});
