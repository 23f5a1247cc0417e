import { harmReason } from '../../src/base/harm';
import type { SiteId } from '../../src/base/types';
import type { DemoApp } from '../../src/demo';
import { ADMINS, agentOf, pressed, signedIn, startAdminDemo, tokenOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { factorPlugin } from '../kit/factor-plugin';
import { textOf } from '../kit/html';

const PATH = 'test-notes.word';

/** Concrete addresses of the area: [path, who may see it]. */
const PAGES: readonly (readonly [string, 'site' | 'platform'])[] = [
  ['/admin', 'site'],
  ['/admin/sites', 'site'],
  ['/admin/sites/saisons', 'site'],
  ['/admin/sites/marees', 'platform'],
  ['/admin/plugins', 'site'],
  ['/admin/plugins/test-notes', 'site'],
  ['/admin/configuration', 'site'],
  [`/admin/configuration?site=saisons&path=${PATH}`, 'site'],
  [`/admin/configuration?site=marees&path=${PATH}`, 'platform'],
  [`/admin/configuration/change?site=saisons&path=${PATH}&value=x`, 'site'],
  ['/admin/configuration/change?site=marees&path=test-notes.enabled&value=true', 'platform'],
  ['/admin/configuration/change?site=*&path=test-notes.enabled&value=false', 'platform'],
  ['/admin/history', 'site'],
  ['/admin/history?site=marees', 'platform'],
  ['/admin/jobs', 'site'],
  ['/admin/health', 'site'],
  ['/admin/audit', 'site'],
  ['/admin/audit?site=marees', 'platform'],
  ['/admin/boot', 'platform'],
];
/** Forms: [path, fields, who may send them]. */
const POSTS: readonly (readonly [string, Readonly<Record<string, string>>, 'site' | 'platform'])[] =
  [
    ['/admin/audit/export', {}, 'site'],
    ['/admin/audit/export', { site: 'marees' }, 'platform'],
    [
      '/admin/configuration/change',
      { site: 'saisons', path: PATH, value: 'brin', seen: '0' },
      'site',
    ],
    [
      '/admin/configuration/change',
      { site: 'marees', path: 'test-notes.enabled', value: 'true', seen: '0' },
      'platform',
    ],
    [
      '/admin/configuration/change',
      { site: '*', path: 'test-notes.enabled', value: 'false', seen: '0' },
      'platform',
    ],
  ];

describe('the administration area', () => {
  let demo: DemoApp;
  let platform: WebAgent;
  let site: WebAgent;
  let agent: WebAgent;

  beforeAll(async () => {
    demo = await startAdminDemo();
    platform = await signedIn(demo, ADMINS.platform);
    site = await signedIn(demo, ADMINS.site);
    agent = await signedIn(demo, ADMINS.agent);
  }, 60_000);
  afterAll(async () => {
    await demo?.stop();
  });

  it('has no address that this file forgets', () => {
    const patterns = demo.app.routes
      .filter(({ path }) => path.startsWith('/admin'))
      .map(({ method, path }) => `${method} ${path}`);

    const covers = (pattern: string): boolean => {
      const [method, path = ''] = pattern.split(' ');
      const shape = new RegExp(`^${path.replace(/:\w+/g, '[^/?]+')}(\\?|$)`);
      return (method === 'get' ? PAGES : POSTS).some(([tried]) => shape.test(tried));
    };
    // Taking a change back needs a change: it has tests of its own below.
    expect(patterns.filter((pattern) => !covers(pattern))).toEqual([
      'get /admin/history/:change',
      'post /admin/history/:change',
    ]);
  });

  it('sends people without a session to sign in, on every page and form', async () => {
    const guest = new WebAgent(`http://127.0.0.1:${demo.port}`);
    const answers = await Promise.all([
      ...PAGES.map(async ([path]) => (await guest.raw(path)).status),
      ...POSTS.map(async ([path]) => (await guest.raw(path, { method: 'POST' })).status),
    ]);

    expect(new Set(answers)).toEqual(new Set([302, 401]));
  });

  it('refuses an agent every page and form, and shows them no way to it', async () => {
    const inbox = await agent.get('/mail/me/INBOX');
    const token = tokenOf(inbox);
    const opened: string[] = [];
    for (const [path] of PAGES) {
      if ((await agent.raw(path)).status !== 403) opened.push(path);
    }
    for (const [path, fields] of POSTS) {
      const answer = await agent.post(path, [...Object.entries(fields), ['_csrf', token]]);
      if (answer.status !== 403) opened.push(`post ${path}`);
    }

    expect(opened).toEqual([]);
    expect(inbox.text).not.toContain('href="/admin"');
    expect(await demo.app.db.knex('config_changes').select('*')).toEqual([]);
  });

  it('shows an administrator their own site, and nothing of another', async () => {
    const seen: [string, number][] = [];
    for (const [path] of PAGES) seen.push([path, (await site.raw(path)).status]);

    const wrong = seen.filter(([path, status]) => {
      const needs = PAGES.find(([tried]) => tried === path)?.[1];
      return needs === 'site' ? status !== 200 : status !== 403 && status !== 404;
    });
    expect(wrong).toEqual([]);
    for (const path of ['/admin', '/admin/sites', '/admin/plugins/test-notes', '/admin/audit']) {
      expect((await site.get(path)).text).not.toContain('Marées');
    }
  });

  it('says of migrations of a plugin’s own database that they are applied', async () => {
    const page = await platform.get('/admin/plugins/list-unsubscribe');

    expect(page.text).toContain('0001-requests');
    expect(page.text).not.toContain('à appliquer');
  });

  it('shows how people come into a site, as its file says', async () => {
    const page = await platform.get('/admin/sites/marees');
    const card = page.text.slice(page.text.indexOf('Moyens de connexion'));

    expect(card).toContain('Identifiant et mot de passe');
    expect(card).toMatch(/après 10 mots de passe faux, 15.min/);
    expect(card).toContain('Tous les agents connus');
    expect(card).toMatch(/gardé \d+.mois/);
  });

  it('shows who administers the platform everything, with a link in the taskbar', async () => {
    const wrong: string[] = [];
    for (const [path] of PAGES) {
      const { status } = await platform.raw(path);
      if (status !== 200) wrong.push(`${path}: ${status}`);
    }

    expect(wrong).toEqual([]);
    expect((await platform.get('/mail/me/INBOX')).text).toContain('href="/admin"');
  });

  it('refuses a form of another site, and the kill switch, to who administers one', async () => {
    const token = tokenOf(await site.get('/admin'));
    const refused: number[] = [];
    for (const [path, fields, needs] of POSTS) {
      if (needs !== 'platform') continue;
      const { status } = await site.post(path, [...Object.entries(fields), ['_csrf', token]]);
      refused.push(status);
    }

    expect(refused).toEqual([404, 404, 403]);
    expect(await demo.app.db.knex('config_changes').select('*')).toEqual([]);
  });

  it('changes nothing without the token', async () => {
    for (const [path, fields] of POSTS) {
      expect((await platform.post(path, Object.entries(fields))).status).toBe(403);
    }
    expect(await demo.app.db.knex('config_changes').select('*')).toEqual([]);
  });

  it('tells whom a change touches, makes it at once for everybody, and takes it back', async () => {
    const before = await agent.get('/settings/display');
    const preview = await site.get(
      `/admin/configuration/change?site=saisons&path=${PATH}&value=brin`,
    );

    expect(before.text).toContain('notes: feuille');
    expect(textOf(preview.one('data-before'))).toContain('feuille');
    expect(textOf(preview.one('data-after'))).toContain('brin');
    expect(textOf(preview.one('data-impact'))).toContain('3 agents sur 3');
    expect((await agent.get('/settings/display')).text).toContain('notes: feuille');

    const done = await pressed(site, preview, 'confirm-change');
    expect(done.url).toContain('/admin/configuration?');
    expect(done.text).toContain(agentOf(ADMINS.site).username);
    expect((await agent.get('/settings/display')).text).toContain('notes: brin');

    const [change] = await demo.app.db.knex('config_changes').orderBy('id', 'desc');
    const back = await site.get(`/admin/history/${change.id}`);
    expect(textOf(back.one('data-after'))).toContain('feuille');
    const undone = await pressed(site, back, 'confirm-change');

    expect(undone.url).toBe('/admin/history');
    expect((await agent.get('/settings/display')).text).toContain('notes: feuille');
    const again = await site.get(`/admin/history/${change.id}`);
    expect(again.status).toBe(422);
    expect(again.find('data-action', 'confirm-change')).toBeUndefined();
  });

  it('offers no change that changes nothing', async () => {
    const page = await site.get(
      `/admin/configuration/change?site=saisons&path=${PATH}&value=feuille`,
    );

    expect(textOf(page.one('data-after'))).toBe(textOf(page.one('data-before')));
    expect(page.find('data-action', 'confirm-change')).toBeUndefined();
    expect(page.text).toContain('ne changerait rien');
  });

  it('does not confirm what somebody else changed meanwhile', async () => {
    const preview = await site.get(
      `/admin/configuration/change?site=saisons&path=${PATH}&value=tige`,
    );
    const other = await platform.get(
      `/admin/configuration/change?site=saisons&path=${PATH}&value=racine`,
    );
    await pressed(platform, other, 'confirm-change');

    const late = await pressed(site, preview, 'confirm-change');

    expect(late.status).toBe(409);
    expect(textOf(late.one('data-before'))).toContain('racine');
    expect((await agent.get('/settings/display')).text).toContain('notes: racine');
  });

  it.each([
    ['a value out of its bounds', 'test-notes.size', '12'],
    ['text where a number is meant', 'test-notes.size', 'many'],
    ['a key that the plugin does not have', 'test-notes.wrod', 'x'],
    ['a plugin that is not installed', 'tset-notes.word', 'x'],
    ['text that is no JSON', 'test-notes.pairs', '[1,'],
    ['a locked path', 'attachment-reminder.words', '["x"]'],
    ['prototype keys', 'test-notes.__proto__', '1'],
  ])('refuses %s with field, expected and found', async (_what, path, value) => {
    const query = new URLSearchParams({ site: 'saisons', path, value });
    const page = await site.get(`/admin/configuration/change?${query.toString()}`);
    const token = tokenOf(page);
    const rows: unknown[] = await demo.app.db.knex('config_changes').select('*');
    const posted = await site.post('/admin/configuration/change', [
      ...query,
      ['seen', '0'],
      ['_csrf', token],
    ]);

    expect(page.status).toBe(422);
    expect(posted.status).toBe(422);
    expect(page.text).toContain('Attendu');
    expect(page.find('data-action', 'confirm-change')).toBeUndefined();
    expect(await demo.app.db.knex('config_changes').select('*')).toHaveLength(rows.length);
  });

  it('stops a plugin everywhere at once, and lets it run again', async () => {
    const page = await platform.get('/admin/plugins/test-notes');
    const preview = await platform.get(
      page.one('data-action', 'stop-plugin').attribs['href'] ?? '',
    );
    expect(textOf(preview.one('data-impact'))).toContain('3 agents sur 3');
    expect(preview.text).toContain('Tous les sites');
    expect(preview.text).not.toContain('Tout le site');

    const stopped = await pressed(platform, preview, 'confirm-change');

    expect(stopped.url).toBe('/admin/plugins/test-notes');
    expect((await agent.get('/settings/display')).text).not.toContain('notes:');
    expect((await agent.raw('/test-notes')).status).toBe(404);
    expect((await platform.get('/admin')).text).toContain('arrêtée partout');
    expect((await site.get('/admin/plugins/test-notes')).find('data-action', 'stop-plugin')).toBe(
      undefined,
    );

    const release = await platform.get(
      stopped.one('data-action', 'stop-plugin').attribs['href'] ?? '',
    );
    await pressed(platform, release, 'confirm-change');
    expect((await agent.get('/settings/display')).text).toContain('notes:');
  });

  it('writes down who did it and from where, and exports it without formulas', async () => {
    const page = await platform.get('/admin/audit?event=config:changed');
    await demo.app.audit.record({
      site: 'saisons' as SiteId,
      actor: '=cmd|calc',
      event: 'test:hostile',
      target: ' +1"2',
    });
    const all = await platform.get('/admin/audit');
    const csv = await pressed(platform, all, 'export');
    const hostile = await platform.get('/admin/audit?event=test:hostile');
    const exported = await platform.get('/admin/audit?event=audit:exported');

    expect(page.text).toContain(agentOf(ADMINS.site).username);
    expect(page.text).toContain('127.0.0.1');
    expect(page.text).toContain('test-notes.enabled');
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-/);
    expect(csv.text).toContain(`"'=cmd|calc"`);
    expect(csv.text).toContain(`"' +1""2"`);
    expect(hostile.text).toContain('=cmd|calc');
    expect(exported.text).toContain(agentOf(ADMINS.platform).username);
  });

  it('explains a path for one person, by login or address, with file and line', async () => {
    const { mail, username } = agentOf(ADMINS.agent);
    for (const person of [mail, username]) {
      const query = new URLSearchParams({ site: 'saisons', path: 'test-notes.enabled', person });
      const page = await site.get(`/admin/configuration?${query.toString()}`);

      expect(page.status).toBe(200);
      expect(page.text).toContain(username);
      expect(page.text).toContain('config/sites/saisons.json');
    }
    const nobody = await site.get('/admin/configuration?path=test-notes.word&person=personne');
    expect(nobody.status).toBe(422);
  });

  it('offers a field of the type of each path', async () => {
    const fieldOf = async (path: string) => {
      const page = await site.get(`/admin/configuration?site=saisons&path=${path}`);
      const { name, attribs } = page.one('id', 'value');
      return [name, attribs['type']];
    };

    expect(await fieldOf('test-notes.enabled')).toEqual(['input', 'checkbox']);
    expect(await fieldOf('test-notes.isLoud')).toEqual(['input', 'checkbox']);
    expect(await fieldOf('test-notes.size')).toEqual(['input', 'number']);
    expect(await fieldOf('test-notes.word')).toEqual(['input', 'text']);
    expect(await fieldOf('test-notes.color')).toEqual(['select', undefined]);
    expect(await fieldOf('test-notes.lines')).toEqual(['textarea', undefined]);
  });

  it('links the page that a plugin has for administrators, which nobody else opens', async () => {
    expect((await site.get('/admin')).text).toContain('href="/test-notes/figures"');
    expect((await site.raw('/test-notes/figures')).status).toBe(200);
    expect((await platform.raw('/test-notes/figures')).status).toBe(200);
    expect((await agent.raw('/test-notes/figures')).status).toBe(403);
  });

  it('names a plugin once in the order of a hook that it handles twice', async () => {
    const page = await platform.get('/admin/plugins/test-notes');
    const rows = page.all((e) => e.name === 'tr').map(textOf);

    const twice = rows.filter((row) => /^notice:entries.*sur 2/.test(row));
    expect(twice).toHaveLength(1);
    expect(twice[0]).not.toMatch(/test-notes.*test-notes/);
  });

  it('says of a plugin what it costs, where it answers, and what is public', async () => {
    const page = await platform.get('/admin/plugins/test-notes');

    expect(page.text).toContain('notice:entries');
    expect(page.text).toContain('GET /test-notes/open');
    expect(page.text).toContain('Publique, sans connexion');
    expect(page.text).toContain('1.2.3');
  });

  it('does not fetch anything on its own: reading leaves no line of audit', async () => {
    const count = async () => (await demo.app.db.knex('audit_log').select('id')).length;
    const before = await count();
    // The log alone notes who read it.
    for (const [path] of PAGES.filter(([path]) => !path.startsWith('/admin/audit'))) {
      await platform.raw(path);
    }

    expect(await count()).toBe(before);
  });
});

describe('what needs attention', () => {
  let demo: DemoApp;
  let site: WebAgent;

  beforeAll(async () => {
    demo = await startAdminDemo();
    site = await signedIn(demo, ADMINS.site);
  }, 60_000);
  afterAll(async () => {
    await demo?.stop();
  });

  it('is nothing where all is well', async () => {
    expect((await site.get('/admin')).text).toContain('Rien ne demande votre attention.');
  });

  it('names a plugin that was taken out, with the reason and what to do', async () => {
    demo.app.host.quarantine('test-notes', 'failing on 2 of 2 hooks');

    const overview = await site.get('/admin');
    const plugin = await site.get('/admin/plugins/test-notes');

    expect(overview.text).toContain('mise à l’écart');
    expect(overview.text).toContain('failing on 2 of 2 hooks');
    expect(overview.text).toContain('href="/admin/plugins/test-notes"');
    expect(plugin.status).toBe(200);
    expect(plugin.text).toContain('failing on 2 of 2 hooks');
  });
});

describe('a plugin that harmed the service', () => {
  it("says in the reader's language how often it harmed the service, and the harm as it was", async () => {
    const demo = await startAdminDemo();
    demo.app.host.quarantine('test-notes', harmReason({ times: 2, last: 'loop held for 1 ms' }));

    const site = await signedIn(demo, ADMINS.site);
    for (const path of ['/admin', '/admin/plugins/test-notes']) {
      const page = await site.get(path);
      const reasons = page.all((e) => e.attribs['class'] === 'attention-reason').map(textOf);
      expect(reasons).toEqual([expect.stringMatching(/^A fait.* 2 fois.*loop held for 1 ms$/)]);
      expect(page.text).not.toContain('harmed processes');
      expect(page.text).toContain('<code lang="en">loop held for 1 ms</code>');
    }
    await demo.stop();
  });
});

describe('a server that does not answer', () => {
  it('comes first, with its site', async () => {
    const demo = await startAdminDemo();
    try {
      const site = await signedIn(demo, ADMINS.site);
      await demo.stack.imap.close();

      const overview = await site.get('/admin');

      expect(overview.status).toBe(200);
      expect(overview.text).toMatch(
        /Courriel \(IMAP\)\s: ne répond pas \(Ministère des Saisons\)/u,
      );
    } finally {
      await demo.stop();
    }
  }, 60_000);
});

describe('where a site has a second factor', () => {
  let demo: DemoApp;

  beforeAll(async () => {
    const factor = factorPlugin();
    const { activate } = factor.definition;
    demo = await startAdminDemo(
      [
        {
          ...factor,
          definition: {
            ...factor.definition,
            provides: ['second-factor'],
            activate(context) {
              void activate?.(context);
              context.services.provide('second-factor' as never, {} as never);
            },
          },
        },
      ],
      { 'test-factor': true },
    );
  }, 60_000);
  afterAll(async () => {
    await demo?.stop();
  });

  it('refuses a session that did not give it, in words, and takes one that did', async () => {
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
    const { username, password } = agentOf(ADMINS.platform);
    const challenge = await web.signIn(username, password);
    expect(challenge.url).toBe('/test-factor/');
    expect((await web.raw('/admin')).status).toBe(302);

    const opened = await web.post('/test-factor', [
      ['_csrf', tokenOf(challenge)],
      ['code', 'right'],
    ]);
    expect(opened.url).toBe('/mail/me/INBOX');
    expect((await web.get('/admin')).status).toBe(200);

    // As one that a remembered device opened.
    await demo.app.db.knex('sessions').update({ satisfied: '[]' });
    const refused = await web.get('/admin');
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('second facteur');
    const plugin = await web.raw('/test-notes/figures');
    expect(plugin.status).toBe(403);
  });
});
