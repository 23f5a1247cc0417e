import type { Page } from 'playwright-core';
import type { DemoApp } from '../../src/demo';
import {
  axeViolations,
  type BrowserStand,
  openAudited,
  openWindow,
  signIn,
  startBrowser,
} from '../kit/browser';
import { agentAt } from '../kit/demo-agents';
import { startTestDemo } from '../kit/signed-in-demo';
import { until } from '../kit/until';

const SHOTS = process.env['MAIL_SHOTS'];
/** Stands for the system: what it would show is kept, and can be clicked. */
const SYSTEM = `
  window.shownNotices = JSON.parse(sessionStorage.getItem('shown') ?? '[]');
  window.Notification = class extends EventTarget {
    static permission = sessionStorage.getItem('permission') ?? 'default';
    static async requestPermission() {
      sessionStorage.setItem('permission', 'granted');
      return (this.permission = 'granted');
    }
    constructor(title, options) {
      super();
      window.shownNotices.push({ title, ...options });
      sessionStorage.setItem('shown', JSON.stringify(window.shownNotices));
      window.lastNotice = this;
    }
    close() {}
  };`;

let demo: DemoApp;
let stand: BrowserStand;
let url: string;

beforeAll(async () => {
  [demo, stand] = await Promise.all([startTestDemo(), startBrowser()]);
  url = `http://127.0.0.1:${demo.port}`;
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await demo?.stop();
});

const deliver = (subject: string) =>
  demo.stack.imap.deliver(
    agentAt(demo, 0).username,
    `From: Aline Exemple <aline@dehors.example>\r\nTo: moi@ici.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@dehors.example>\r\nDate: ${new Date().toUTCString()}\r\n\r\nBonjour.\r\n`,
  );

const shown = (page: Page): Promise<readonly { title: string; body: string }[]> =>
  page.evaluate('window.shownNotices');

/** As if half a minute had passed. */
const look = (page: Page) =>
  page.evaluate("document.dispatchEvent(new Event('estafette:notices:changed'))");

async function settings(page: Page): Promise<void> {
  await page.goto(`${url}/settings/notices`);
  const from = page.locator('.setting[data-field=quietFrom]');
  // Chosen once for the agent, whichever window.
  if ((await from.locator('select').inputValue()) === 'none') return;
  await from.locator('select').selectOption('none');
  await from.locator('.saved').waitFor();
  const weekend = page.locator('.setting[data-field=weekend]');
  await weekend.locator('input[value=on]').check();
  await weekend.locator('.saved').waitFor();
}

it.each([
  ['wide', { width: 1366, height: 768, scripts: true }],
  ['narrow', { width: 360, height: 740, scripts: true, dark: true }],
] as const)(
  'the page of settings turns notices on and off on this device (%s)',
  async (name, view) => {
    const { page, context } = await openAudited(stand, url, view);
    await page.addInitScript(SYSTEM);
    await signIn(page, url, agentAt(demo, 0));
    await settings(page);
    await page.locator('[data-action=notices-on]').click();
    await page.locator('[data-action=notices-off]').waitFor();
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/notices-${name}.png`, fullPage: true });
    expect(await axeViolations(page)).toEqual([]);
    await page.locator('[data-action=notices-try]').click();
    await until('an example is shown', async () => (await shown(page)).length === 1);
    await page.locator('[data-action=notices-off]').click();
    await page.locator('[data-action=notices-on]').waitFor();
    // Whoever goes by keyboard is where they were.
    expect(await page.evaluate('document.activeElement.dataset.action')).toBe('notices-on');
    deliver(`tu ${name}`);
    await look(page);
    expect(await shown(page)).toHaveLength(1);
    await context.close();
  },
);

it('a message that comes is told once, whatever the tabs; a click opens it', async () => {
  const { page, context } = await openWindow(stand, url, {
    width: 1366,
    height: 768,
    scripts: true,
  });
  await page.addInitScript(SYSTEM);
  await signIn(page, url, agentAt(demo, 0));
  await settings(page);
  await page.locator('[data-action=notices-on]').click();
  await page.locator('[data-action=notices-off]').waitFor();
  await until('it knows where the mailbox stands', () =>
    page.evaluate<boolean>(
      "Object.keys(localStorage).some((name) => name.endsWith(':at') && localStorage[name] !== '')",
    ),
  );
  const other = await context.newPage();
  await other.addInitScript(SYSTEM);
  await other.addInitScript("sessionStorage.setItem('permission', 'granted')");
  await other.goto(`${url}/settings/writing`);
  deliver('une-fois');
  await Promise.all([look(page), look(other)]);
  const all = async () => [...(await shown(page)), ...(await shown(other))];
  await until('it is told', async () => (await all()).length > 0);
  await Promise.all([look(page), look(other)]);
  expect((await all()).map(({ title, body }) => `${title}: ${body}`)).toEqual([
    'Aline Exemple: une-fois',
  ]);
  const teller = (await shown(page)).length > 0 ? page : other;
  await teller.evaluate("window.lastNotice.dispatchEvent(new Event('click'))");
  await teller.getByRole('heading', { name: 'une-fois' }).first().waitFor();
  await context.close();
});

it('says nothing of a mailbox whose list is looked at', async () => {
  const { page, context } = await openWindow(stand, url, {
    width: 1366,
    height: 768,
    scripts: true,
  });
  await page.addInitScript(SYSTEM);
  await signIn(page, url, agentAt(demo, 0));
  await settings(page);
  await page.locator('[data-action=notices-on]').click();
  await page.locator('[data-action=notices-off]').waitFor();
  await page.goto(`${url}/mail/me/INBOX`);
  await page.bringToFront();
  // The first may come before anybody watches for it.
  await until('the list shows what came', async () => {
    deliver('sous-les-yeux');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return (await page.getByText('sous-les-yeux').count()) > 0;
  });
  await look(page);
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(await shown(page)).toEqual([]);
  await context.close();
});

it('tells that it needs scripts, where there are none', async () => {
  const { page, context } = await openWindow(stand, url, {
    width: 1366,
    height: 768,
    scripts: false,
  });
  await signIn(page, url, agentAt(demo, 0));
  await page.goto(`${url}/settings/notices`);
  expect(await page.locator('.notices-here').innerText()).toContain('JavaScript');
  await context.close();
});

it('what the push service brings is shown with no page open, and opens the message', async () => {
  const { page, context } = await openWindow(stand, url, {
    width: 1366,
    height: 768,
    scripts: true,
  });
  await signIn(page, url, agentAt(demo, 0));
  const devtools = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    });
  });
  await devtools.send('ServiceWorker.enable');
  await page.evaluate(
    "navigator.serviceWorker.register('/service-worker.js').then(() => navigator.serviceWorker.ready).then(() => undefined)",
  );
  const registrationId = await registered;
  const [worker] = context.serviceWorkers();
  if (!worker) throw new Error('no worker');
  // Windows of a test may show nothing: what the system would show is kept.
  await worker.evaluate(`
    self.shown = [];
    self.registration.showNotification = async (title, options) => self.shown.push({ title, ...options });
  `);
  const push = (notice: Readonly<Record<string, string>>) =>
    devtools.send('ServiceWorker.deliverPushMessage', {
      origin: url,
      registrationId,
      data: JSON.stringify(notice),
    });
  await push({ title: 'Aline', text: 'Ordre du jour', tag: 'INBOX:1', href: '/mail/me/INBOX/1' });
  await push({ title: 'Ailleurs', text: '', tag: 'x', href: 'https://ailleurs.example/' });
  const shownThere = () => worker.evaluate<readonly unknown[]>('self.shown');
  await until('both are shown', async () => (await shownThere()).length === 2);
  expect(await shownThere()).toEqual([
    {
      title: 'Aline',
      body: 'Ordre du jour',
      tag: 'INBOX:1',
      data: { href: '/mail/me/INBOX/1' },
    },
    { title: 'Ailleurs', body: '', tag: 'x', data: { href: '/mail/me/INBOX' } },
  ]);
  // As a click does in a tab that shows mail.
  const link = await page.locator('.row a.subject').first().getAttribute('href');
  const href = new URL(link ?? '', url).pathname;
  await worker.evaluate(
    `self.clients.matchAll({ includeUncontrolled: true }).then(([tab]) => tab.postMessage(${JSON.stringify({ kind: 'open', href })}))`,
  );
  await page.waitForURL(`**${href}`);
  await context.close();
});
