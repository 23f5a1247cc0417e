import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    site: (id, file) =>
      id === 'saisons'
        ? {
            ...file,
            locked: ['core.reading.remoteImages'],
            choices: ['external-sender', 'list-unsubscribe'],
          }
        : file,
    app: { log: { level: 'silent' } },
  });
  web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const agent = demo.stack.agents[0];
  await web.signIn(agent?.username ?? '', agent?.password ?? '');
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const tokenIn = (page: Page): string =>
  page.all((e) => e.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
const post = async (
  to: string,
  fields: readonly (readonly [string, string])[],
  accept = 'text/html',
): Promise<Response> => {
  const page = await web.get('/settings/display');
  const body = new URLSearchParams([
    ['_csrf', tokenIn(page)],
    ...fields.map(([name, value]): [string, string] => [name, value]),
  ]);
  const headers = { Accept: accept, Origin: web.base };
  return web.raw(to, { method: 'POST', body, headers });
};
const JSON_TYPE = 'application/json';
const fieldsOf = (page: Page): readonly (string | undefined)[] =>
  page.all((e) => e.attribs['data-field'] !== undefined).map((e) => e.attribs['data-field']);
const chosen = (page: Page, name: string): readonly (string | undefined)[] =>
  page
    .all((e) => e.attribs['name'] === name && e.attribs['checked'] !== undefined)
    .map((e) => e.attribs['value']);
const resets = (page: Page): readonly (string | undefined)[] =>
  page.all((e) => e.attribs['name'] === '_reset').map((e) => e.attribs['value']);

describe('a search among the settings', () => {
  it('finds by title, help and choice, whatever accents and capitals', async () => {
    const byTitle = await web.get('/settings?q=THEME');
    const byChoice = await web.get('/settings?q=sombre');
    const byHelp = await web.get('/settings?q=expediteur%20ouvert');
    const byPlugin = await web.get('/settings?q=agenda');
    const none = await web.get('/settings?q=zzz%3Cb%3E');

    expect(fieldsOf(byTitle)).toContain('theme');
    expect(fieldsOf(byTitle)).not.toContain('density');
    expect(fieldsOf(byChoice)).toContain('theme');
    expect(fieldsOf(byHelp)).toEqual(['remoteImages']);
    expect(byPlugin.all((e) => e.name === 'form').map((e) => e.attribs['action'])).toContain(
      '/settings/calendar',
    );
    expect(fieldsOf(none)).toEqual([]);
    expect(none.text).toContain('zzz&lt;b&gt;');
    expect(none.all((e) => e.name === 'h1').map(textOf)[0]).toBe('0 réglage trouvé');
  });

  it('takes any question, and says what the site has fixed', async () => {
    const long = await web.get(`/settings?q=${'é'.repeat(900)}`);
    const twice = await web.raw('/settings?q=a&q=b');
    const fixed = await web.get('/settings?q=images');

    expect(long.status).toBe(200);
    expect(twice.status).toBe(303);
    expect(fixed.text).toContain('Fixé par votre ministère');
  });

  it('changes what it found, and nothing else of its section', async () => {
    await post('/settings/display', [['density', 'compact']]);
    const saved = await post('/settings/display', [
      ['_field', 'theme'],
      ['theme', 'dark'],
    ]);
    const page = await web.get('/settings/display');

    expect(saved.status).toBe(303);
    expect(chosen(page, 'theme')).toEqual(['dark']);
    expect(chosen(page, 'density')).toEqual(['compact']);
  });
});

describe('one setting', () => {
  it('is saved alone for a script, a switch beside it too', async () => {
    const modules = ['external-sender', 'list-unsubscribe'] as const;
    const areOn = async (): Promise<readonly boolean[]> => {
      const page = await web.get('/settings/modules');
      return modules.map((name) => chosen(page, name).length > 0);
    };
    await post('/settings/modules', [
      ['external-sender', 'on'],
      ['list-unsubscribe', 'on'],
    ]);
    const before = await areOn();
    const answer = await post('/settings/modules', [['_field', 'external-sender']], JSON_TYPE);

    expect(await answer.json()).toEqual({ text: 'Enregistré' });
    expect([before, await areOn()]).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it('is refused beside its field, and stays as it was typed', async () => {
    const signature = `Odile\u0001 ${'mots '.repeat(20)}`;
    const wrong = [
      ['_field', 'signature'],
      ['signature', signature],
    ] as const;
    const answer = await post('/settings/writing', wrong, JSON_TYPE);
    const page = await post('/settings/writing', wrong);
    const html = await page.text();

    expect(answer.status).toBe(422);
    expect(await answer.json()).toEqual({
      problems: [{ field: 'signature', text: 'Cette valeur n’est pas acceptée.' }],
    });
    expect(page.status).toBe(422);
    expect(html).toContain('mots mots mots');
    expect(html).toContain('id="field-signature-error"');
  });

  it('goes back to the value of the site, which it follows from then on', async () => {
    await post('/settings/reading', [['prefer', 'text']]);
    const own = await web.get('/settings/reading');
    const reset = await post('/settings/reading', [['_reset', 'prefer']]);
    const page = await web.get('/settings/reading');

    expect(resets(own)).toEqual(['prefer']);
    expect(own.text).toContain('Avec leur mise en forme');
    expect(reset.status).toBe(303);
    expect(chosen(page, 'prefer')).toEqual(['html']);
    expect(resets(page)).toEqual([]);
  });

  it('that nobody changed is not made their own by the button of its section', async () => {
    await post('/settings/writing', [
      ['signature', ''],
      ['format', 'plain'],
      ['quotePosition', 'bottom'],
    ]);

    expect(resets(await web.get('/settings/writing'))).toEqual(['format']);
  });

  it('that is fixed or unknown is left, whatever is posted', async () => {
    const fixed = await post('/settings/reading', [
      ['_field', 'remoteImages'],
      ['remoteImages', 'never'],
    ]);
    const unknown = await post('/settings/reading', [['_reset', '__proto__']]);
    const nowhere = await post('/settings/nowhere', [['_field', 'x']], JSON_TYPE);
    const page = await web.get('/settings/reading');

    expect([fixed.status, unknown.status, nowhere.status]).toEqual([303, 303, 404]);
    expect(chosen(page, 'remoteImages')).toEqual(['ask']);
  });
});

it('takes all that was chosen along in a file, and nothing of anybody else', async () => {
  await post('/settings/display', [
    ['_field', 'groups'],
    ['groups', 'off'],
  ]);
  const answer = await web.raw('/settings/export.json');
  const file: unknown = await answer.json();

  expect(answer.headers.get('Content-Disposition')).toContain('attachment');
  expect(file).toMatchObject({ version: 1, mail: demo.stack.agents[0]?.mail });
  expect(file).toHaveProperty(
    'settings',
    expect.arrayContaining([{ scope: 'core', key: 'display.groups', value: 'off' }]),
  );
  const guest = await new WebAgent(web.base).raw('/settings/export.json');
  expect(guest.status).not.toBe(200);
});
