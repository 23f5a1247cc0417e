import type { DemoApp } from '../../src/demo';
import { definePlugin } from '../../src/host/define';
import type { FoundPlugin } from '../../src/host/discover';
import { ADMINS, pressed, settledPlugin, signedIn, startAdminDemo } from '../kit/admin-stand';
import type { WebAgent } from '../kit/agent';
import { formFields, type Page, textOf } from '../kit/html';

/** Runs only where the plugin of the stand does. */
const dependent = (): FoundPlugin => ({
  ...settledPlugin(),
  id: 'test-dep',
  definition: definePlugin({
    id: 'test-dep',
    api: '^1.0',
    title: 'test-dep:title',
    requires: ['test-notes'],
  }) as FoundPlugin['definition'],
  locales: { fr: { title: 'Qui en dépend' }, en: { title: 'Dependent' } },
});

const change = (path: string, value: string) =>
  `/admin/configuration/change?${new URLSearchParams({ site: 'saisons', path, value }).toString()}`;

const notesOf = (page: Page): string[] => page.all((e) => e.attribs['role'] === 'note').map(textOf);

/** Sends the form that asks for a preview, filled in another way. */
function asked(web: WebAgent, page: Page, fill: Readonly<Record<string, string>>): Promise<Page> {
  const form = page.all(
    (e) => e.name === 'form' && e.attribs['action'] === '/admin/configuration/change',
  )[0];
  if (form?.attribs['method'] !== 'get') throw new Error('no form that asks');
  const fields = new URLSearchParams(formFields(page, form));
  for (const [name, value] of Object.entries(fill)) fields.set(name, value);
  return web.get(`${form.attribs['action']}?${fields.toString()}`);
}

describe('what administrators are told of plugins', () => {
  let demo: DemoApp;
  let platform: WebAgent;
  let site: WebAgent;

  beforeAll(async () => {
    demo = await startAdminDemo(
      [dependent()],
      { 'test-notes': { size: 99 }, 'test-dep': true },
      { 'test-notes': { size: 'of-marees' } },
    );
    platform = await signedIn(demo, ADMINS.platform);
    site = await signedIn(demo, ADMINS.site);
  }, 60_000);
  afterAll(async () => {
    await demo?.stop();
  });

  it('is of their own site: no value, key or file of another', async () => {
    for (const path of ['/admin', '/admin/plugins', '/admin/plugins/test-notes']) {
      const { status, text } = await site.get(path);
      expect(status).toBe(200);
      expect(text).not.toMatch(/of-marees|marees\.json/);
    }
    expect((await site.get('/admin/plugins/test-notes')).text).toContain('saisons.json');
    expect((await platform.get('/admin')).text).toContain('of-marees');
  });

  it('is said once, and no longer once it is repaired', async () => {
    const before = await site.get('/admin');
    expect(before.text.match(/plugins\.test-notes\.size/g)).toHaveLength(1);

    const preview = await site.get(change('test-notes.size', '4'));
    expect(preview.text).toContain('Qui en dépend'); // it comes back as well
    await pressed(site, preview, 'confirm-change');

    expect((await site.get('/admin')).text).toContain('Rien ne demande votre attention.');
    const plugin = await site.get('/admin/plugins/test-notes');
    expect(plugin.text).toMatch(/mark-ok.*En\sservice/);
    expect(plugin.text).not.toContain('plugins.test-notes.size');
  });

  it('names what goes off with a plugin before it does', async () => {
    const preview = await site.get(change('test-notes.enabled', 'false'));

    expect(textOf(preview.one('role', 'note'))).toContain('Qui en dépend');
  });

  it('counts the groups for which a plugin is on when it is not for all', async () => {
    const off = await site.get(change('test-notes.enabled', 'false'));
    await pressed(site, off, 'confirm-change');
    const on = await site.get(`${change('test-notes.enabled', 'true')}&group=gestion`);
    await pressed(site, on, 'confirm-change');

    expect((await site.get('/admin/plugins')).text).toMatch(/Ministère des Saisons \(1\sgroupe\)/);
  });

  it('makes one of two changes that are confirmed together', async () => {
    const previews = await Promise.all([
      site.get(change('test-notes.word', 'tige')),
      platform.get(change('test-notes.word', 'racine')),
    ]);

    const [one, other] = await Promise.all([
      pressed(site, previews[0], 'confirm-change'),
      pressed(platform, previews[1], 'confirm-change'),
    ]);

    expect(new Set([one.status, other.status])).toEqual(new Set([200, 409]));
    const rows = await demo.app.enabling.history({ path: 'test-notes.word' });
    expect(rows).toHaveLength(1);
  });

  it('keeps what was typed when it is refused, to be corrected', async () => {
    const refused = await site.get(change('test-notes.size', '77'));
    expect(refused.status).toBe(422);
    expect(refused.one('id', 'value').attribs['value']).toBe('77');
  });

  it('previews and makes the change once it is corrected where it was refused', async () => {
    const refused = await site.get(change('test-notes.size', '77'));

    const preview = await asked(site, refused, { value: '7' });
    expect(preview.status).toBe(200);
    await pressed(site, preview, 'confirm-change');

    const [last] = await demo.app.enabling.history({ path: 'test-notes.size' });
    expect(last).toMatchObject({ site: 'saisons', value: 7 });
  });

  it('says where a plugin is left to the choice of agents', async () => {
    const off = await site.get(change('attachment-reminder.enabled', 'false'));
    await pressed(site, off, 'confirm-change');

    expect((await site.get('/admin/plugins')).text).toContain(
      'Ministère des Saisons (au choix des agents)',
    );
  });

  it('says that the kill switch keeps a change without effect, and lets it be made', async () => {
    const stop = new URLSearchParams({ site: '*', path: 'test-notes.enabled', value: 'false' });
    const stopping = await platform.get(`/admin/configuration/change?${stop.toString()}`);
    await pressed(platform, stopping, 'confirm-change');

    const held = expect.stringContaining('L’arrêt d’urgence de cette extension l’emporte');
    const preview = await site.get(change('test-notes.enabled', 'true'));
    expect(notesOf(preview)).toContainEqual(held);
    await pressed(site, preview, 'confirm-change');

    const [last] = await demo.app.enabling.history({ path: 'test-notes.enabled' });
    expect(last).toMatchObject({ site: 'saisons', value: true });
    expect(notesOf(stopping)).not.toContainEqual(held);
    expect(notesOf(await site.get(change('test-dep.enabled', 'false')))).not.toContainEqual(held);
  });

  it('takes a list as lines', async () => {
    const preview = await site.get(change('test-notes.lines', 'un\n\n deux '));
    await pressed(site, preview, 'confirm-change');

    const [last] = await demo.app.enabling.history({ path: 'test-notes.lines' });
    expect(last?.value).toEqual(['un', 'deux']);
  });

  it('says that a path is of no plugin, and offers no form', async () => {
    const page = await site.get('/admin/configuration?site=saisons&path=tset-notes.enabled');

    expect(page.status).toBe(422);
    expect(page.find('data-action', 'preview')).toBeUndefined();
  });
});
