import type { DemoApp } from '../../src/demo';
import type { SlotFacts } from '../../src/host';
import type { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';
import { movingClock } from '../kit/moving-clock';
import { RECORDER, type Recording, recordingPlugin } from '../kit/recording-plugin';
import { signedInDemo } from '../kit/signed-in-demo';

const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
const DAY_MS = 86_400_000;

let demo: DemoApp;
let web: WebAgent;
let recording: Recording;
const clock = movingClock();

beforeAll(async () => {
  recording = recordingPlugin();
  ({ demo, web } = await signedInDemo({ options: { clock } }, [recording.plugin]));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});
beforeEach(() => recording.answers.clear());

const answer = (hook: string, give: (...payload: unknown[]) => unknown): void => {
  recording.answers.set(hook, give);
};
const inbox = (): Promise<Page> => web.get('/mail/me/INBOX');
const links = (page: Page): readonly string[] =>
  page
    .all((e) => e.name === 'a' && (e.attribs['class'] ?? '').split(' ').includes('subject'))
    .map((e) => e.attribs['href'] ?? '');
const firstMessage = async (): Promise<Page> => web.get(links(await inbox())[0] ?? '');
const csrfOf = (page: Page): string =>
  page.all((e) => e.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
const post = async (
  at: string,
  page: Page,
  ...fields: readonly (readonly [string, string])[]
): Promise<Page> => web.post(at, [['_csrf', csrfOf(page)], ...fields], { Origin: web.base });

describe('pages', () => {
  it('show a notice each time, or once a day', async () => {
    answer('notice:entries', () => [
      { id: 'always', level: 'warn', text: 'Maintenance ce soir', href: '/home' },
      { id: 'daily', level: 'info', text: 'Bonjour <à tous>', oncePerDay: true },
      { id: 'past', level: 'info', text: 'Terminé la veille', until: '2020-01-01T00:00:00Z' },
    ]);

    const first = await inbox();
    const second = await inbox();
    clock.forward(DAY_MS);
    await web.signIn(demo.stack.agents[0]?.username ?? '', demo.stack.agents[0]?.password ?? '');
    const tomorrow = await inbox();

    expect(first.text).toContain('Maintenance ce soir');
    expect(second.text).toContain('Maintenance ce soir');
    expect(second.text).not.toContain('Bonjour &lt;à tous&gt;');
    expect(first.text).not.toContain('Terminé la veille');
    expect(tomorrow.text).toContain('Maintenance ce soir');
  });

  it('of a search show what else answers it, best group first, no more than asked', async () => {
    const result = (group: string, title: string, score: number, href = '/home') => ({
      group,
      title,
      score,
      href,
    });
    answer('search:results', (query) => [
      result('Agenda', 'Point d’équipe', 0.2),
      ...['a', 'b', 'c', 'd', 'e'].map((name) =>
        result('Personnes', `${(query as { query: string }).query} <${name}>`, 0.9),
      ),
    ]);
    const found = await web.get('/mail/me/INBOX?q=r%C3%A9union');
    const plain = await inbox();
    answer('search:results', () => [result('Personnes', 'X', 1, 'javascript:alert(1)')]);
    const refused = await web.get('/mail/me/INBOX?q=budget');

    const sections = (page: Page) => page.all((e) => e.attribs['class'] === 'elsewhere');
    const shown = sections(found).map(textOf).join();
    expect(shown).toContain('Personnes');
    expect(shown).toContain('réunion <e>');
    expect(shown).not.toContain('Agenda');
    expect(sections(plain)).toEqual([]);
    expect(refused.text).not.toContain('javascript:alert');
  });

  it('get the origins that a plugin needs, and nothing that opens them', async () => {
    answer('page:headers', () => [
      { csp: { 'frame-src': ['https://visio.example'] }, permissionsPolicy: { camera: ['self'] } },
    ]);
    const page = await inbox();
    answer('page:headers', () => [{ csp: { 'script-src': ['https://evil.example'] } }]);
    const refused = await inbox();
    answer('page:headers', () => [
      { csp: { 'frame-src': ["https://a.example; script-src 'unsafe-inline'"] } },
    ]);
    const smuggled = await inbox();

    expect(page.headers.get('Content-Security-Policy')).toContain(
      "frame-src 'self' https://visio.example",
    );
    expect(page.headers.get('Permissions-Policy')).toContain('camera=(self), display-capture=()');
    expect(page.text).toContain('turbo-visit-control');
    for (const { headers } of [refused, smuggled]) {
      expect(headers.get('Content-Security-Policy')).toContain("script-src 'self';");
      expect(headers.get('Content-Security-Policy')).not.toContain('example');
    }
  });

  it('are shown from the model that a plugin leaves, when it has the same shape', async () => {
    const renamed = (to: unknown) => (model: unknown) => ({
      ...(model as object),
      current: { ...(model as { current: object }).current, label: to },
    });
    answer('page:model', renamed('Mes préférences'));
    const changed = await web.get('/settings/display');
    answer('page:model', renamed(42));
    const refused = await web.get('/settings/display');

    expect(changed.all((e) => e.name === 'h1').map(textOf)[0]).toBe('Mes préférences');
    expect(refused.status).toBe(200);
    expect(refused.all((e) => e.name === 'h1').map(textOf)[0]).not.toBe('42');
  });
});

describe('settings', () => {
  it('lose the field that a plugin takes out, and gain none', async () => {
    answer('form:definition', (form) => {
      const { fields } = form as { fields: { key: string }[] };
      return { ...(form as object), fields: fields.filter(({ key }) => key !== 'density') };
    });
    const page = await web.get('/settings/display');
    answer('form:definition', (form) => {
      const { fields } = form as { fields: { key: string }[] };
      return { ...(form as object), fields: [...fields, { ...fields[0], key: 'intruder' }] };
    });
    const added = await web.get('/settings/display');

    expect(page.text).not.toContain('name="density"');
    expect(page.text).toContain('name="theme"');
    expect(added.text).toContain('name="density"');
    expect(added.text).not.toContain('intruder');
  });

  it('stay as they are when a plugin objects, beside the field that it names', async () => {
    const before = await web.get('/settings/display');
    answer('settings:saving', () => ({
      deny: true,
      code: 'fixed',
      field: 'theme',
      message: 'Le thème est imposé',
    }));
    const refused = await post('/settings/display', before, ['theme', 'dark']);
    answer('settings:saving', () => 'rubbish');
    const failed = await post('/settings/display', before, ['theme', 'dark']);

    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Le thème est imposé');
    expect(refused.text).toContain('href="#field-theme"');
    expect(failed.status).toBe(422);
    expect((await inbox()).text).not.toContain('data-theme="dark"');
  });
});

describe('a message', () => {
  it('shows warnings, the face and the kind of its sender', async () => {
    const told: Record<string, unknown>[] = [];
    answer('message:warnings', (query) => {
      told.push(query as Record<string, unknown>);
      return [{ level: 'danger', code: 'spoofed', text: 'Expéditeur non vérifié' }];
    });
    answer('avatar:resolve', (query) => {
      const { addresses } = query as { addresses: string[] };
      return Object.fromEntries(addresses.map((mail) => [mail, PIXEL]));
    });
    answer('recipient:classes', (query) => {
      told.push(query as Record<string, unknown>);
      const { addresses } = query as { addresses: string[] };
      return addresses.map((mail) => ({ mail, class: 'look-alike', label: 'Imitation' }));
    });
    const page = await firstMessage();

    // What words of a plugin depend on: who reads them, and whether the sender is of the service.
    expect(told).toHaveLength(2);
    for (const { locale } of told) expect(locale).toBe('fr');
    expect(told).toContainEqual(expect.objectContaining({ isOutside: expect.any(Boolean) }));

    expect(page.text).toContain('Expéditeur non vérifié');
    expect(page.text).toContain(`<img class="avatar" src="${PIXEL}"`);
    expect(page.text).toContain('class="avatar row-avatar"');
    expect(page.text).toContain('Imitation');
  });

  it('has the faces of nobody else’s server', async () => {
    answer('avatar:resolve', (query) => {
      const { addresses } = query as { addresses: string[] };
      return Object.fromEntries(addresses.map((mail) => [mail, 'https://tracker.example/a.png']));
    });
    expect((await firstMessage()).text).not.toContain('tracker.example');
  });

  it('is served as files only when no plugin objects', async () => {
    const list = await inbox();
    let file: string | undefined;
    for (const href of links(list)) {
      const page = await web.get(href);
      file = page.all((e) => 'data-attachment' in e.attribs)[0]?.attribs['href'];
      if (file) break;
    }
    const served = await web.raw(file ?? '/none');
    answer('attachment:serving', () => ({ deny: true, code: 'infected' }));
    const denied = await web.raw(file ?? '/none');
    answer('attachment:serving', () => undefined);
    answer('attachment:preview', () => ({ view: 'nothing', data: {} }));
    const preview = await web.raw(`${file}/preview`);
    answer('attachment:preview', () => ({ view: '../../layout', data: {} }));
    const escaped = await web.raw(`${file}/preview`);

    expect([served.status, denied.status, preview.status, escaped.status]).toEqual([
      200, 403, 200, 200,
    ]);
    // A view outside of the plugin is no answer: the page of the core stands in its place.
    expect(await preview.text()).not.toContain('data-preview-kind');
    expect(await escaped.text()).toContain('data-preview-kind');
  });

  it('loses remote content for good when a plugin blocks its sender', async () => {
    answer('message:trust', () => 'block');
    const pages = await Promise.all(
      links(await inbox()).map((href) => web.get(`${href}?images=1`)),
    );
    expect(pages.length).toBeGreaterThan(0);
    expect(pages.filter(({ text }) => /\/body\?[^"]*images=1/.test(text))).toEqual([]);
  });
});

describe('writing', () => {
  it('starts from a text of a plugin, with what was written kept', async () => {
    answer('compose:templates', () => [
      { id: 'merci', name: 'Remerciements', body: 'Merci <à vous>' },
    ]);
    const page = await web.get('/compose');
    const action =
      page.all((e) => e.attribs['id'] === 'compose-form')[0]?.attribs['action'] ?? '/none';
    const filled = await post(
      `${action}/template`,
      page,
      ['mode', 'new'],
      ['text', 'Écrit avant'],
      ['format', 'plain'],
      ['template', `${RECORDER}:merci`],
    );
    const unknown = await post(`${action}/template`, page, ['template', 'nobody:nothing']);

    expect(page.text).toContain('Remerciements');
    expect(filled.text).toContain('Merci &lt;à vous&gt;');
    expect(filled.text).toContain('Écrit avant');
    expect(unknown.status).toBe(404);
  });
});

describe('recipients while they are written', () => {
  it('are told for all of them at once, by those who know, and nothing is stored', async () => {
    const asked: unknown[] = [];
    answer('recipient:classes', (query) => {
      const { addresses } = query as { addresses: string[] };
      asked.push(addresses);
      return [
        { mail: 'imite@minlstere.example', class: 'look-alike' },
        { mail: 'proche@ailleurs.example', class: 'ministry', list: { id: 'a b', count: 23 } },
      ];
    });
    const page = await web.get('/compose');
    const action = page.all((e) => e.attribs['id'] === 'compose-form')[0]?.attribs['action'] ?? '';

    const told = await post(
      `${action}/classes`,
      page,
      ['mail', 'Imite@minlstere.example'],
      ['mail', 'proche@ailleurs.example'],
      ['mail', 'inconnu@ailleurs.example'],
      ['mail', 'rien'],
    );

    expect(asked).toHaveLength(1);
    expect(JSON.parse(told.text)).toEqual({
      items: [
        {
          mail: 'Imite@minlstere.example',
          kind: 'look-alike',
          isOutside: false,
          label: expect.stringMatching(/\p{L}/u),
        },
        {
          mail: 'proche@ailleurs.example',
          kind: 'ministry',
          isOutside: false,
          // As of a list that is suggested: asked of the plugin that knows it.
          list: {
            count: 23,
            href: expect.stringMatching(/^\/autocomplete\/members\?list=[a-z-]+%3Aa\+b$/),
          },
        },
      ],
    });
    expect((await web.get(action)).status).toBe(404);
  });
});

describe('slots answered by key', () => {
  it('are asked once for all the rows of a list', async () => {
    const facts = recording.slots.get('message-list.row.flags@1') as SlotFacts;
    expect(facts.rows).toHaveLength(50);
    expect(facts.mailbox?.path).toBe('INBOX');
  });
});
