import type { BrowserContext, Locator, Page } from 'playwright-core';
import { useDemoBrowser } from '../kit/demo-browser';

const WIDE = { width: 1366, height: 768, scripts: true } as const;
const TO = '[data-field=to] input:not([type=hidden])';
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const running = useDemoBrowser();

interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly foreign: readonly string[];
  readonly problems: readonly string[];
}

/** A signed-in window, and the composer in it with its scripts at work. */
async function composer(index: number): Promise<Window> {
  const window = await running().open(WIDE);
  await running().signIn(window.page, index);
  await window.page.goto('/compose');
  await body(window.page).waitFor();
  return window;
}

const body = (page: Page): Locator => page.locator('.editor-body');
const to = (page: Page): Locator => page.locator(TO);
const saved = (page: Page): Promise<void> =>
  page.locator('[data-draft-status]', { hasText: /\d{2}:\d{2}/ }).waitFor({ timeout: 25_000 });

async function addTo(page: Page, text: string): Promise<void> {
  await to(page).fill(text);
  await to(page).press('Enter');
}

/** Pastes something, given as types and their content, into the element of a selector. */
const paste = (
  page: Page,
  selector: string,
  content: Readonly<Record<string, string>>,
): Promise<unknown> =>
  page.evaluate(`{
    const data = new DataTransfer();
    for (const [type, value] of Object.entries(${JSON.stringify(content)})) {
      if (type.startsWith('image/')) {
        const bytes = Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], 'capture.png', { type }));
      } else data.setData(type, value);
    }
    const init = { clipboardData: data, bubbles: true, cancelable: true };
    document.querySelector(${JSON.stringify(selector)}).dispatchEvent(new ClipboardEvent('paste', init));
  }`);

const imageWidths = (page: Page): Promise<unknown> =>
  page.evaluate(
    "[...document.querySelectorAll('.editor-body img')].map(({ naturalWidth }) => naturalWidth)",
  );

describe('recipients', () => {
  it('takes a pasted list apart, keeps what is wrong visible, and says who is outside', async () => {
    const { page, context, problems } = await composer(0);

    await paste(page, TO, {
      'text/plain': '"Durand, Paul" <paul@saisons.example>; elsewhere@vents.example\nincomplet',
    });

    expect(await page.locator('[data-field=to] .chip').count()).toBe(3);
    expect(await page.locator('.chip.is-outside').textContent()).toContain('extérieur');
    expect(await page.locator('.chip.is-invalid').textContent()).toContain('incomplet');
    expect(await page.locator('input[name=to]').inputValue()).toBe(
      '"Durand, Paul" <paul@saisons.example>, elsewhere@vents.example, incomplet',
    );
    expect(await page.locator('[data-outside]').textContent()).toContain('elsewhere@vents.example');
    expect(problems).toEqual([]);
    await context.close();
  }, 60_000);

  it('removes and corrects addresses by keyboard alone', async () => {
    const { page, context } = await composer(0);
    for (const mail of ['un@saisons.example', 'deux@saisons.example']) await addTo(page, mail);
    await to(page).fill('trois');
    await page.focus('#compose-subject');
    await to(page).focus();

    await page.keyboard.press('Backspace');
    await page.keyboard.type('@saisons.example');
    await page.keyboard.press('Enter');
    for (const key of ['ArrowLeft', 'ArrowLeft', 'Delete']) await page.keyboard.press(key);

    expect(await page.locator('input[name=to]').inputValue()).toBe(
      'un@saisons.example, trois@saisons.example',
    );
    await context.close();
  }, 60_000);

  it('says on each chip what plugins know of it, asked once for a list', async () => {
    const { page, context, problems } = await composer(0);
    const asked: string[][] = [];
    await page.route('**/classes', async (route) => {
      asked.push(new URLSearchParams(route.request().postData() ?? '').getAll('mail'));
      const items = [
        { mail: 'imite@vents.example', kind: 'look-alike', isOutside: false, label: 'imitation' },
        { mail: 'ami@vents.example', kind: 'ministry', isOutside: false },
      ];
      await route.fulfill({ json: { items } });
    });

    await paste(page, TO, {
      'text/plain': 'imite@vents.example; ami@vents.example; autre@vents.example',
    });
    await page.locator('.chip.is-danger', { hasText: 'imitation' }).waitFor();

    expect(asked).toEqual([['imite@vents.example', 'ami@vents.example', 'autre@vents.example']]);
    expect(await page.locator('.chip.is-outside').count()).toBe(1);
    expect(await page.locator('[data-outside-who]').textContent()).toBe('autre@vents.example');
    expect(problems).toEqual([]);
    await context.close();
  }, 60_000);

  it('keeps what is no address yet as text when Enter is pressed', async () => {
    const { page, context } = await composer(0);
    await addTo(page, 'un@saisons.example');

    await addTo(page, 'Jeanne Mar');

    expect(await page.locator('[data-field=to] .chip').count()).toBe(1);
    expect(await to(page).inputValue()).toBe('Jeanne Mar');
    expect(await page.locator('input[name=to]').inputValue()).toBe(
      'un@saisons.example, Jeanne Mar',
    );
    await context.close();
  }, 60_000);

  it('suggests those one has written to', async () => {
    const { page, context } = await composer(1);
    const { mail } = running().agent(2);
    await addTo(page, mail);
    await page.fill('#compose-subject', 'Pour être suggéré');
    await page.locator('[data-action=send]').click();
    await page.waitForURL(/\/mail\/me\/INBOX/);
    await page.goto('/compose');

    await to(page).pressSequentially(mail.slice(0, 4));
    await page.locator('[role=option]', { hasText: mail }).waitFor();
    await page.keyboard.press('Enter');

    expect(await page.locator('input[name=to]').inputValue()).toContain(mail);
    await context.close();
  }, 60_000);
});

describe('what is pasted', () => {
  it('asks nothing of other servers, runs nothing, and keeps the text', async () => {
    const { page, context, foreign, problems } = await composer(0);
    await body(page).click();

    await paste(page, '.editor-body', {
      'text/html':
        '<style>p{color:red}</style><p style="color:#c00;background:url(https://vents.example/x)"' +
        ' onclick="alert(1)">du texte<img src="https://vents.example/t.gif" onerror="alert(2)">' +
        '<a href="javascript:alert(3)">un lien</a><svg onload="alert(4)"></svg></p>',
    });
    await paste(page, '.editor-body', { 'image/png': PIXEL });
    await body(page).locator('img[src]').waitFor();
    await saved(page);
    await page.reload();
    await body(page).locator('img[src]').waitFor();

    const html = await body(page).innerHTML();
    expect(html).toContain('du texte');
    expect(html).toContain('un lien');
    expect(html).not.toMatch(/javascript|vents\.example|onclick|onerror|<svg/);
    expect(await imageWidths(page)).toEqual([1]);
    expect(foreign).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  }, 60_000);
});

describe('the draft', () => {
  it('keeps the inline images and the files of what is forwarded', async () => {
    const { page, context, problems } = await running().open(WIDE);
    await running().signIn(page, 0);
    await page.goto('/mail/me/INBOX?q=vents&in=subject&search=1');
    await page.locator('a.subject', { hasText: 'Carte des vents' }).first().click();
    await page.locator('[data-action=forward]').first().click();
    await body(page).locator('img').waitFor();

    await addTo(page, running().agent(1).mail);
    await saved(page);
    await page.reload();
    await body(page).locator('img[src]').waitFor();
    await page.waitForLoadState('networkidle');

    expect(await imageWidths(page)).toEqual([240]);
    expect(problems).toEqual([]);
    await context.close();
  }, 60_000);

  it('waits for a session that expired, with the text in the page', async () => {
    const { page, context } = await composer(2);
    await page.fill('#compose-subject', 'Avant la fin');
    await saved(page);
    await context.clearCookies();

    await body(page).click();
    await page.keyboard.type('écrit après la fin');
    await page.locator('[data-draft-status] a[href="/login"]').waitFor({ timeout: 20_000 });
    const other = await context.newPage();
    await running().signIn(other, 2);
    await saved(page);
    await page.reload();

    expect(await body(page).textContent()).toContain('écrit après la fin');
    await context.close();
  }, 90_000);

  it('comes back with every word when reloaded while one types', async () => {
    const { page, context, problems } = await composer(1);
    // As long as it may take otherwise: the first save comes sooner.
    await page.evaluate("document.querySelector('est-draft').dataset.seconds = '600'");
    await body(page).click();
    await page.keyboard.type('Premiers mots');
    await page.waitForURL(/\/compose\/[^/]+$/);
    await saved(page);

    await page.keyboard.type(' et les derniers');
    await page.reload();
    await body(page).filter({ hasText: 'Premiers mots et les derniers' }).waitFor();
    await body(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(', puis la suite');
    await page.reload();

    await body(page).filter({ hasText: 'et les derniers, puis la suite' }).waitFor();
    expect(await page.locator('[data-compose-notices] a').count()).toBe(0);
    await page.goto('/mail/me/Drafts');
    expect(problems).toEqual([]);
    await context.close();
  }, 60_000);

  it('loses neither text when two tabs write the same draft', async () => {
    const { page, context } = await composer(3);
    await page.fill('#compose-subject', 'Commun');
    await saved(page);
    const other = await context.newPage();
    await other.goto(page.url());
    await body(other).waitFor();

    await other.fill('#compose-subject', 'Commun, second onglet');
    await other.locator('[data-action=save]').click();
    await saved(other);
    await page.fill('#compose-subject', 'Commun, premier onglet');
    await page.locator('[data-action=save]').click();
    await page.locator('[data-compose-notices] a').waitFor({ timeout: 20_000 });

    const href = await page.locator('[data-compose-notices] a').getAttribute('href');
    await other.goto(href ?? '');
    expect(await other.locator('#compose-subject').inputValue()).toBe('Commun, second onglet');
    await page.reload();
    expect(await page.locator('#compose-subject').inputValue()).toBe('Commun, premier onglet');
    await context.close();
  }, 90_000);

  it('keeps the last words when the page is left while an earlier save is under way', async () => {
    const { page, context } = await composer(2);
    await page.fill('#compose-subject', 'Début');
    await saved(page);
    const address = page.url();
    let posts = 0;
    let begin = (): void => undefined;
    const isUnderWay = new Promise<void>((resolve) => {
      begin = resolve;
    });
    await page.route(/\/compose\/[^/]+$/, async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      posts++;
      // The first one never gets to the server.
      if (posts === 1) begin();
      else await route.continue();
      return undefined;
    });
    await page.fill('#compose-subject', 'Milieu');
    await page.locator('[data-action=save]').click();
    await isUnderWay;

    await page.fill('#compose-subject', 'Derniers mots');
    // A navigation of the driver stops the first save before the page hears of it; a browser's does not.
    const answer = page.waitForResponse((found) => found.request().method() === 'POST', {
      timeout: 8_000,
    });
    await page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))");
    await answer;

    const reader = await context.newPage();
    await reader.goto(address);
    expect(await reader.locator('#compose-subject').inputValue()).toBe('Derniers mots');
    await context.close();
  }, 60_000);

  it('leaves nothing behind when it is discarded before it was ever saved', async () => {
    const { page, context, problems } = await composer(1);
    await page.fill('#compose-subject', 'Jamais enregistré');

    await page.locator('[data-action=discard]').click();
    await page.locator('dialog[open] [value=confirm]').click();
    await page.waitForURL(/\/mail\/me\/INBOX/);
    await page.goto('/mail/me/Drafts');

    expect(await page.locator('a.subject', { hasText: 'Jamais enregistré' }).count()).toBe(0);
    expect(problems).toEqual([]);
    await context.close();
  }, 60_000);
});

describe('files', () => {
  it('refuses one that is too large before it is sent, and joins the others', async () => {
    const { page, context } = await composer(0);
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/attachments')) posts.push(request.url());
    });

    await page.setInputFiles('#compose-file', [
      { name: 'petit.txt', mimeType: 'text/plain', buffer: Buffer.from('petit') },
      { name: 'énorme.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(27e6) },
    ]);
    await page.locator('[data-upload]', { hasText: 'petit.txt' }).waitFor();

    expect(await page.locator('.upload.is-failed').textContent()).toContain('énorme.bin');
    expect(posts).toHaveLength(1);
    await context.close();
  }, 60_000);
});

describe('sending', () => {
  it('delivers once what is sent by two clicks, after the question was answered', async () => {
    const { page, context } = await composer(0);
    const subject = 'Deux clics';
    await addTo(page, running().agent(1).mail);
    await page.fill('#compose-subject', subject);
    await body(page).click();
    await page.keyboard.type('Vous trouverez ci-joint le rapport.');
    await page.keyboard.press('Control+Enter');
    await page.locator('input[name=confirm]').check();

    await page.locator('[data-action=send]').dblclick();
    await page.waitForURL(/\/mail\/me\/INBOX/);

    const reader = await running().open(WIDE);
    await running().signIn(reader.page, 1);
    expect(await reader.page.locator('a.subject', { hasText: subject }).count()).toBe(1);
    await reader.context.close();
    await context.close();
  }, 60_000);

  it('waits for the files that are on their way, and leaves with them', async () => {
    const { page, context } = await composer(0);
    await addTo(page, running().agent(1).mail);
    await page.fill('#compose-subject', 'Une pièce lente');
    let letThrough = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    await page.route('**/attachments', async (route) => {
      await held;
      await route.continue();
    });
    await page.setInputFiles('#compose-file', [
      { name: 'lente.txt', mimeType: 'text/plain', buffer: Buffer.from('lente') },
    ]);

    await page.locator('[data-action=send]').click();
    await page.locator('.compose-status', { hasText: 'partira dès' }).waitFor();
    letThrough();
    await page.waitForURL(/\/mail\/me\/INBOX/);

    const reader = await running().open(WIDE);
    await running().signIn(reader.page, 1);
    await reader.page.locator('a.subject', { hasText: 'Une pièce lente' }).first().click();
    expect(await reader.page.locator('a[data-attachment]').first().textContent()).toContain(
      'lente',
    );
    await reader.context.close();
    await context.close();
  }, 60_000);

  it('says what is to correct without losing a chip, a file or a word', async () => {
    const { page, context } = await composer(0);
    await addTo(page, 'incomplet');
    await body(page).click();
    await page.keyboard.type('un texte gardé');
    await page.setInputFiles('#compose-file', [
      { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('note') },
    ]);
    await page.locator('[data-upload]').waitFor();

    await page.locator('[data-action=send]').click();
    await page.locator('.compose-errors:focus').waitFor();

    expect(await page.locator('.chip.is-invalid').count()).toBe(1);
    expect(await page.locator('[data-upload]').count()).toBe(1);
    expect(await body(page).textContent()).toContain('un texte gardé');
    await context.close();
  }, 60_000);
});
