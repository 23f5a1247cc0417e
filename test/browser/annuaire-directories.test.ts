import { demoSites } from '../../src/demo/data';
import { allDirectoryEntries, allDirectoryPasswords } from '../../src/demo/data/directory';
import { type DemoLdap, startDemoLdap } from '../../src/demo/ldap';
import { axeViolations } from '../kit/browser';
import { type DemoBrowser, startDemoBrowser } from '../kit/demo-browser';

/** The other ministry of the demonstration, upon a server of its own. */
const [, allies] = demoSites;
const TITLE = 'Ministère allié';
const TOO_WIDE =
  'document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : []';

let ldap: DemoLdap;
let browser: DemoBrowser;
beforeAll(async () => {
  if (!allies) throw new Error('two ministries');
  ldap = await startDemoLdap({
    entries: allDirectoryEntries(),
    passwords: allDirectoryPasswords(),
    suffixes: [allies.baseDn],
  });
  browser = await startDemoBrowser({
    site: (id, file) =>
      id === 'saisons'
        ? {
            ...file,
            directories: {
              allies: {
                title: TITLE,
                urls: [ldap.url],
                bindDn: allies.serviceDn,
                searchBase: allies.baseDn,
              },
            },
          }
        : file,
    secrets: { ESTAFETTE_SAISONS_DIRECTORY_ALLIES_BIND_PASSWORD: allies.servicePassword },
  });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await ldap?.close();
});

const VIEWS = [
  ['a desktop', { width: 1366, height: 768 }, false],
  ['a desktop, dark', { width: 1366, height: 768 }, true],
  ['a telephone', { width: 360, height: 740 }, false],
  ['a telephone, dark', { width: 360, height: 740 }, true],
] as const;

it.each(VIEWS)(
  'two directories are searched as one, and each line says which: %s',
  async (_name, size, dark) => {
    const { page, context } = await browser.openAudited({ ...size, dark, scripts: !dark });
    page.setDefaultTimeout(10_000);
    const people = browser.demo.stack.agents;
    const near = people[1];
    const far = people.find(({ site }) => site === 'marees');
    if (!near || !far) throw new Error('nobody');
    const found: string[] = [];
    const look = async (what: string): Promise<void> => {
      const problems = [
        ...(await axeViolations(page)),
        ...(await page.evaluate<string[]>(TOO_WIDE)),
      ];
      found.push(...problems.map((problem) => `${what}: ${problem}`));
    };
    const rowOf = (name: string) => page.locator('.annuaire-rows a', { hasText: name }).first();
    await browser.signIn(page, 0);
    await page.goto(`${browser.base}/annuaire`);
    await look('the tree');

    for (const [who, directory] of [
      [near, 'Ministère des Saisons'],
      [far, TITLE],
    ] as const) {
      await page.fill('#annuaire-q', who.name);
      await page.press('#annuaire-q', 'Enter');
      await rowOf(who.name).waitFor();
      expect(await rowOf(who.name).textContent()).toContain(directory);
      await look(`found in ${directory}`);
    }
    await rowOf(far.name).click();
    await page.locator('.annuaire-card', { hasText: far.mail }).waitFor();
    await look('a card');

    // One alone.
    await page.goto(`${browser.base}/annuaire?q=${encodeURIComponent(near.name)}`);
    await page.selectOption('#annuaire-in', { label: TITLE });
    await page.press('#annuaire-q', 'Enter');
    await page.waitForURL(/in=allies/);
    expect(await rowOf(near.name).count()).toBe(0);
    await look('nothing in one');
    await context.close();
    expect(found).toEqual([]);
  },
  90_000,
);

it('the page names the one that does not answer, with what the other has', async () => {
  ldap.faults.down(true);
  const { agents } = browser.demo.stack;
  const near = agents.filter(({ site }) => site === 'saisons')[2];
  if (!near) throw new Error('nobody');
  for (const [name, size, dark] of VIEWS) {
    const { page, context } = await browser.openAudited({ ...size, dark, scripts: false });
    page.setDefaultTimeout(10_000);
    await browser.signIn(page, 0);
    await page.goto(`${browser.base}/annuaire?q=${encodeURIComponent(near.name)}`);
    await page.locator('.annuaire-rows a', { hasText: near.name }).first().waitFor();

    expect(await page.locator('.annuaire-list .banner').textContent()).toMatch(
      /Ministère allié.*ne répond pas/s,
    );
    expect([
      name,
      ...(await axeViolations(page)),
      ...(await page.evaluate<string[]>(TOO_WIDE)),
    ]).toEqual([name]);
    await context.close();
  }
}, 120_000);
