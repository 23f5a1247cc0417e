import type { Page } from 'playwright-core';
import { useDemoBrowser } from '../kit/demo-browser';
import { until } from '../kit/until';

/**
 * What a screen reader is given, step by step: the name and role of what has the focus, and what live
 * regions say. Nothing is clicked; only the keys that such a reader leaves to the page are pressed.
 */
const running = useDemoBrowser();
const WIDE = { width: 1366, height: 768, scripts: true } as const;

/** Keeps what live regions say, over pages. */
const HEARD = `
  window.heardNow = () => JSON.parse(sessionStorage.getItem('heard') ?? '[]');
  const say = (text) => {
    if (text.trim() === '') return;
    const words = text.trim().replace(/\\s+/g, ' ');
    // Once for each change, however many nodes it is made of.
    if (window.heardNow().at(-1) === words) return;
    sessionStorage.setItem('heard', JSON.stringify([...window.heardNow(), words]));
  };
  const LIVE = '[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]';
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const element = target instanceof Element ? target : target.parentElement;
      const region = element?.closest(LIVE);
      if (region) say(region.textContent);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        for (const one of [node, ...node.querySelectorAll('*')]) if (one.matches(LIVE)) say(one.textContent);
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });`;

const heard = (page: Page): Promise<readonly string[]> => page.evaluate('window.heardNow()');
const hears = (page: Page, what: RegExp): Promise<void> =>
  until(`${String(what)} is said`, async () =>
    (await heard(page)).some((text) => what.test(text)),
  ).catch(async (error: unknown) => {
    throw new Error(`${String(what)} is not said, but: ${(await heard(page)).join(' | ')}`, {
      cause: error,
    });
  });

/** Role and name of what has the focus, as `textbox "Identifiant"`. */
async function focusIs(page: Page, what: RegExp): Promise<void> {
  let found = '';
  await until(`the focus is on ${String(what)}, not on ${found}`, async () => {
    found = await page
      .locator(':focus')
      .ariaSnapshot({ timeout: 1_000 })
      .catch(() => '');
    return what.test(found);
  }).catch((error: unknown) => {
    throw new Error(`the focus is on ${found}, not on ${String(what)}`, { cause: error });
  });
}

/** Each landmark of a page by its role and name: no two alike, or nobody finds the right one. */
const landmarks = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`[...document.querySelectorAll('main, nav, aside, header[role], [role=search], [role=region], footer, form[aria-label]')]
    .filter((one) => one.checkVisibility())
    .map((one) => {
      const by = one.getAttribute('aria-labelledby');
      const name = by ? document.getElementById(by)?.textContent.trim() : one.getAttribute('aria-label');
      return (one.getAttribute('role') ?? one.localName) + ' ' + (name ?? '');
    })`);

it('an agent who sees nothing signs in, reads, answers, searches and leaves', async () => {
  const { page, context } = await running().open(WIDE);
  page.setDefaultTimeout(15_000);
  await page.addInitScript(HEARD);
  const { username, password } = running().agent(0);

  // What is wrong is said, and the field says it too.
  await page.goto(`${running().base}/login`);
  await focusIs(page, /^- textbox "Identifiant/);
  await page.keyboard.type(username);
  await page.keyboard.press('Tab');
  await focusIs(page, /^- textbox "Mot de passe/);
  await page.keyboard.type('faux');
  await page.keyboard.press('Enter');
  await page.locator('[role=alert]').waitFor();
  expect(await page.locator('[role=alert]').innerText()).not.toBe('');
  await focusIs(page, /^- textbox "(Identifiant|Mot de passe)/);
  await page.locator('#password').fill('');
  await page.locator('#password').focus();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.row a.subject[tabindex="0"]');
  expect(await page.title()).toMatch(/^(\(\d+\) )?Boîte de réception/);

  // The first key leads past what is on every page.
  await page.keyboard.press('Tab');
  await focusIs(page, /^- link "Aller au contenu"/);
  await page.keyboard.press('Enter');
  await focusIs(page, /^- main/);
  const places = await landmarks(page);
  expect(new Set(places).size).toBe(places.length);
  expect(places.filter((place) => place.startsWith('main'))).toHaveLength(1);
  expect(places.filter((place) => / $/.test(place) && !place.startsWith('main'))).toEqual([]);

  // A line says who, what and in which state, before it is opened.
  await page.keyboard.press('j');
  await focusIs(page, /^- link "/);
  const line = page.locator('.row', { has: page.locator(':focus') });
  const subject = (await line.locator('a.subject').innerText()).trim();
  const spoken = await line.ariaSnapshot();
  expect(spoken).toContain(`checkbox "Sélectionner`);
  expect(spoken).toContain('non lu');
  await page.keyboard.press('Enter');
  await focusIs(page, /^- heading ".*" \[level=1\]/);
  expect(await page.locator(':focus').innerText()).toBe(subject);
  expect(await page.locator('iframe[data-message-body]').getAttribute('title')).not.toBe('');

  // Answering begins in the text, which says what it is; what became of it is said.
  await page.keyboard.press('r');
  await page.waitForSelector('[data-action=send]');
  await focusIs(page, /^- textbox ".+"/);
  await page.keyboard.type('Bien reçu.');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/\/mail\/me\/INBOX/);
  await hears(page, /message est parti/);

  // A search says how much it found.
  await page.keyboard.press('/');
  await focusIs(page, /^- (searchbox|combobox|textbox) ".+"/);
  await page.keyboard.type('réunion');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search/);
  await hears(page, /\d+ (messages?|résultats?)|aucun/i);

  // Keys are told by a dialog with a name, which gives the focus back.
  await page.goto(`${running().base}/mail/me/INBOX`);
  await page.waitForSelector('.row a.subject[tabindex="0"]');
  await page.keyboard.press('j');
  await focusIs(page, /^- link "/);
  await page.keyboard.press('?');
  await page.locator('dialog[open]').waitFor();
  expect(await page.locator('dialog[open]').ariaSnapshot()).toMatch(/^- dialog ".+"/);
  await page.keyboard.press('Escape');
  await focusIs(page, /^- link "/);

  // The palette is a combobox whose options are said as one goes through them.
  await page.keyboard.press('Control+k');
  await focusIs(page, /^- combobox ".+"/);
  await page.keyboard.type('brou');
  await until('an option is the active one', () =>
    page.evaluate<boolean>(
      "document.getElementById(document.activeElement?.getAttribute('aria-activedescendant') ?? '')?.getAttribute('role') === 'option'",
    ),
  );
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/mail\/me\/Drafts/);
  await hears(page, /Brouillons/);
  await context.close();
}, 120_000);
