import { z } from 'zod';
import { definePlugin, type HookOf } from '../../../src/host';
import type { PluginDefinition } from '../../../src/host/define';
import { createPluginTest, type PluginTest } from '../../../src/host/testing';
import { aPlugin, HANGS, tempTree } from './kit';

const tests: PluginTest[] = [];
afterEach(async () => {
  for (const test of tests.splice(0)) await test.stop();
});
const start = async <C>(
  plugin: PluginDefinition<C>,
  options: Omit<Parameters<typeof createPluginTest<C>>[0], 'plugin'> = {},
): Promise<PluginTest> => {
  const test = await createPluginTest({ ...options, plugin });
  tests.push(test);
  return test;
};

const IDENTITY = { id: 'i', name: 'N', mail: 'a@b.example', isDefault: true, signature: '' };

describe('the plugin test kit', () => {
  it('emits every kind of hook to the plugin alone', async () => {
    const heard: string[] = [];
    const plugin = definePlugin({
      id: 'hooked',
      api: '^1.0',
      title: 'hooked:title',
      activate({ hooks }) {
        hooks.on('identity:list', (list) => [...list, { ...IDENTITY, id: 'j' }]);
        hooks.on('message:file', () => ({ mailbox: 'Projets' }));
        hooks.on('contact:suggestions', () => [{ name: 'N', mail: 'n@b.example', score: 1 }]);
        hooks.on('attachment:discarded', async ({ ids }) => void heard.push(...ids));
        hooks.on('attachment:receiving', () => ({ deny: true, code: 'no-files' }));
      },
    });
    const kit = await start(plugin);
    const file = { name: 'a', declaredType: '', sniffedType: undefined, sizeBytes: 1, user: 1 };

    expect(await kit.filter('identity:list', [IDENTITY], { user: 1 })).toHaveLength(2);
    expect(await kit.first('message:file', { draft: 'd', sent: 'Sent', user: 1 })).toEqual({
      mailbox: 'Projets',
    });
    expect(
      await kit.collect('contact:suggestions', { query: 'n', limit: 5, for: 'to', user: 1 }),
    ).toHaveLength(1);
    await kit.action('attachment:discarded', { ids: ['x'], user: 1 });
    expect(heard).toEqual(['x']);
    expect(await kit.guard('attachment:receiving', file)).toMatchObject([{ code: 'no-files' }]);
    expect(kit.handlers()).toContain('message:file');
    expect(kit.handlers('elsewhere')).toEqual([]);
  });

  it('tells what agents see of their site, and nothing of its servers', async () => {
    let told: object = {};
    const plugin = definePlugin({
      id: 'curious',
      api: '^1.0',
      title: 'curious:title',
      activate({ hooks, site }) {
        hooks.on('attachment:discarded', (_event, scope) => {
          told = site(scope.site);
        });
      },
    });
    const kit = await start(plugin);

    await kit.action('attachment:discarded', { ids: [], user: 1 });

    expect(told).toMatchObject({ id: 'test', mailDomains: ['test.example'], locale: 'fr' });
    expect(Object.keys(told).sort()).toEqual(['id', 'locale', 'mailDomains', 'timeZone', 'title']);
  });

  it('lets a test handle hooks beside the plugin', async () => {
    const kit = await start(aPlugin('quiet'));
    const remove = kit.on('message:file', () => ({ mailbox: 'Other' }));
    const ask = () => kit.first('message:file', { draft: 'd', sent: 'Sent', user: 1 });

    expect(await ask()).toEqual({ mailbox: 'Other' });
    remove();
    expect(await ask()).toBeUndefined();
  });

  it('calls routes as the platform does', async () => {
    const plugin = aPlugin('paged', {
      contributes: {
        routes: async () => ({
          routes: (router) => {
            router.get('/items/:id', async ({ params, query, user }) => ({
              json: { params, query, name: user?.name },
            }));
            router.post('/items', async ({ body }) => ({ redirect: `/paged/${body['id']}` }));
            router.get('/open', async () => ({ status: 204 }), { public: true });
            router.get('/odd', async () => '<p>' as never);
          },
        }),
      },
    });
    const kit = await start(plugin, { sites: { off: { on: false } } });

    expect(await kit.route('get', '/items/a%20b', { query: { p: '2' } })).toEqual({
      json: { params: { id: 'a b' }, query: { p: '2' }, name: 'Camille Durand' },
    });
    expect(await kit.route('post', '/items', { body: { id: '3' } })).toEqual({
      redirect: '/paged/3',
    });
    expect(await kit.route('get', '/items')).toEqual({ status: 404 });
    expect(await kit.route('get', '/items/1', { site: 'off' })).toEqual({ status: 404 });
    expect(await kit.route('get', '/items/1', { user: false })).toEqual({ status: 403 });
    expect(await kit.route('get', '/open', { user: false })).toEqual({ status: 204 });
    await expect(kit.route('get', '/odd')).rejects.toThrow('/odd: expected one of the five');
  });

  it('answers 403 for a permission that the test does not grant', async () => {
    const plugin = aPlugin('guarded', {
      contributes: {
        routes: async () => ({
          routes: (router) =>
            router.get('/desk', () => ({ status: 204 }), { permission: 'admin.access' }),
        }),
      },
    });
    const without = await start(plugin);
    const withOther = await start(plugin, { permissions: ['admin.platform'] });
    const granted = await start(plugin, { permissions: ['admin.access'] });

    expect(await without.route('get', '/desk')).toEqual({ status: 403 });
    expect(await withOther.route('get', '/desk')).toEqual({ status: 403 });
    expect(await granted.route('get', '/desk')).toEqual({ status: 204 });
  });

  it('runs jobs and commands', async () => {
    const ran: (string | undefined)[] = [];
    const run = async (_context: unknown, { site }: { site?: string }) => void ran.push(site);
    const plugin = aPlugin('busy', {
      contributes: {
        jobs: [
          { id: 'once', every: '1h', timeoutS: 5, run },
          { id: 'each', every: '1h', timeoutS: 5, perSite: true, run },
        ],
        commands: [
          {
            name: 'busy:say',
            summary: 'says',
            async run(_context, { args, print }) {
              print(args.join(' '));
              return 3;
            },
          },
        ],
      },
    });
    const kit = await start(plugin, { sites: { second: { on: true }, off: { on: false } } });

    await kit.runJob('once');
    await kit.runJob('each');

    expect(ran).toEqual([undefined, 'test', 'second']);
    expect(await kit.runCommand('busy:say', ['a', 'b'])).toEqual({ code: 3, lines: ['a b'] });
    await expect(kit.runJob('never')).rejects.toThrow('not-found');
  });

  it('gives typed configuration, secrets, answers of the network and a movable date', async () => {
    const seen: unknown[] = [];
    const plugin = definePlugin({
      id: 'rich',
      api: '^1.0',
      title: 'rich:title',
      needs: ['http:https://dav.example'],
      secrets: ['token'],
      config: z.strictObject({ size: z.number().default(1), name: z.string() }),
      activate(context) {
        context.hooks.on('attachment:discarded', async (_event, { site }) => {
          const { size } = context.config(site);
          const { body } = await context.http('https://dav.example/x', {
            method: 'POST',
            headers: { Authorization: 'Bearer s' },
            body: 'task',
          });
          const now = new Date(context.clock.now()).toISOString();
          seen.push(size + 1, context.secret('token'), String(body), now);
        });
      },
    });
    const kit = await start(plugin, {
      defaults: { size: 4, name: 'x' },
      config: { name: 'y' },
      secrets: { token: 's' },
      http(url, { method, headers, body }) {
        const sent = [method, headers?.['Authorization'], body, url].join(' ');
        return { status: 200, contentType: 'text/plain', body: Buffer.from(sent) };
      },
    });

    kit.clock.advance(86_400_000);
    await kit.action('attachment:discarded', { ids: [], user: 1 });

    expect(kit.config()).toEqual({ size: 4, name: 'y' });
    const sent = 'POST Bearer s task https://dav.example/x';
    expect(seen).toEqual([5, 's', sent, '2026-01-16T09:00:00.000Z']);
  });

  it('shows what stands at each row, or at one', async () => {
    const dir = tempTree({ 'views/mark.ejs': '<i><%= model.who %></i>' });
    const plugin = definePlugin({
      id: 'marks',
      api: '^1.0',
      title: 'marks:title',
      contributes: {
        slots: [
          {
            slot: 'message-list.row.flags@1',
            view: 'mark',
            data: ({ rows = [] }) =>
              Object.fromEntries(rows.map(({ uid, subject }) => [uid, { who: subject }])),
          },
        ],
      },
    });
    const kit = await start(plugin, { dir });
    const row = (uid: number, subject: string) => ({
      uid,
      subject,
      messageId: undefined,
      from: [],
      date: '2026-01-15T09:00:00.000Z',
      keywords: [],
    });
    const facts = { rows: [row(1, 'Paul'), row(2, 'Zoé')] };

    expect(await kit.renderSlot('message-list.row.flags@1', facts)).toBe('<i>Paul</i><i>Zoé</i>');
    expect(await kit.renderSlot('message-list.row.flags@1', facts, { at: 2 })).toBe('<i>Zoé</i>');
    expect(await kit.renderSlot('message-list.row.flags@1', facts, { at: 3 })).toBe('');
    expect(await kit.renderSlot('message-list.row.flags@1')).toBe('');
  });

  it('tells of failures that the platform lives through', async () => {
    const plugin = aPlugin('ill', {
      activate({ hooks }) {
        hooks.on('attachment:discarded', () => {
          throw new Error('ill');
        });
      },
    });
    const kit = await start(plugin);

    await kit.action('attachment:discarded', { ids: [], user: 1 });

    expect(kit.failures()).toMatchObject([
      { hook: 'attachment:discarded', error: { message: 'ill' } },
    ]);
  });

  it('reports a plugin that does not start, and still stops', async () => {
    const kit = await start(aPlugin('slow', { activate: HANGS }), {
      deadlines: { activateMs: 20 },
    });

    expect(kit.state()).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('20 ms'),
    });
    expect(() => kit.db).toThrow('did not start');
  });

  it('starts required plugins first', async () => {
    const kit = await start(aPlugin('user-of', { requires: ['data'] }), {
      with: [aPlugin('data')],
    });

    expect(kit.state().state).toBe('active');
    expect(kit.report.plugins.map(({ id }) => id)).toEqual(['data', 'user-of']);
  });

  it('refuses a definition of the wrong shape by name', async () => {
    await expect(
      createPluginTest({ plugin: aPlugin('odd', { needs: ['shell' as 'db'] }) }),
    ).rejects.toThrow('plugin odd: needs.0');
  });
});

describe('who has the plugin', () => {
  const plugin = definePlugin({
    id: 'sized',
    api: '^1.0',
    title: 'sized:title',
    config: z.strictObject({ size: z.number().default(1) }),
    activate(context) {
      context.hooks.on('message:sending', (_query, scope) => ({
        deny: true,
        code: `size-${'abcdefghij'[context.config(scope).size]}`,
      }));
    },
  });
  const query = { sizeBytes: 1 } as HookOf<'message:sending'>['query'];
  const codes = async (test: PluginTest) =>
    (await test.guard('message:sending', query)).map(({ code }) => code);

  it('is a group, with settings of its own', async () => {
    const groups = { dsi: { size: 3 }, rh: false };
    const member = await createPluginTest({ plugin, on: false, groups, memberOf: ['dsi'] });
    const other = await createPluginTest({ plugin, on: false, groups });

    expect([member.isOn(), other.isOn()]).toEqual([true, false]);
    expect(member.config()).toEqual({ size: 3 });
    expect(() => other.config()).toThrow('internal/unexpected');
    expect([await codes(member), await codes(other)]).toEqual([['size-d'], []]);
    await member.stop();
    await other.stop();
  });

  it('is who chooses it', async () => {
    const test = await createPluginTest({ plugin, on: false, choice: false });
    expect(await codes(test)).toEqual([]);

    await test.choose(true);
    expect(await codes(test)).toEqual(['size-b']);

    await test.choose(undefined);
    expect(test.isOn()).toBe(false);
    await test.stop();
  });
});
