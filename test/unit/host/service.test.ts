import { z } from 'zod';
import type { UserId } from '../../../src/base/types';
import type { PluginContext } from '../../../src/host/context-types';
import { aPlugin, aSite, HANGS, lineOf, SITE_A, SITE_B, startTest, stopAll } from './kit';

afterEach(stopAll);

const SENT = { messageId: '<1@x>', envelope: { from: 'a@b.example', to: [] }, user: 1 };

describe('a plugin that is off for a site', () => {
  it('leaves nothing there', async () => {
    const seen: string[] = [];
    const plugin = aPlugin('somewhere', {
      contributes: {
        settings: [{ id: 'somewhere', labelKey: 'x', fields: [] }],
        taskbar: { id: 'somewhere', icon: 'i', label: 'l', href: '/somewhere' },
        routes: async () => ({
          routes: (router) => router.get('/', async () => ({ status: 204 })),
        }),
        assets: { scripts: ['a.js'], on: ['mail'] },
        jobs: [
          {
            id: 'tick',
            every: '1h',
            perSite: true,
            timeoutS: 1,
            run: async (_context, { site }) => void seen.push(site ?? ''),
          },
        ],
      },
      activate: (context) =>
        context.hooks.on('message:sent', (_event, scope) => void seen.push(scope.site)),
    });
    const { host, hooks, world } = await startTest({
      plugins: [plugin],
      sites: [aSite('a', { somewhere: true }), aSite('b', { somewhere: false })],
    });

    await hooks.action({ site: SITE_B }, 'message:sent', SENT);
    await hooks.idle();

    // Routes, slots, settings, taskbar and assets are all read from the plugins that run there.
    expect(host.running(SITE_B)).toEqual([]);
    expect(hooks.handlers(SITE_B, 'message:sent')).toEqual([]);
    expect(world.jobs.list().map(({ id }) => id)).toEqual(['somewhere:tick:a']);
    expect(seen).toEqual([]);
    expect(host.running(SITE_A).map(({ id }) => id)).toEqual(['somewhere']);
  });

  it('has no configuration and no settings there', async () => {
    let context: PluginContext | undefined;
    const plugin = aPlugin('somewhere', {
      activate(own) {
        context = own;
      },
    });
    await startTest({
      plugins: [plugin],
      sites: [aSite('a', { somewhere: true }), aSite('b', {})],
    });

    expect(() => context?.config(SITE_B)).toThrow('internal/unexpected');
    expect(() => context?.settings(SITE_B, 1)).toThrow('internal/unexpected');
  });

  it('does not run its jobs when it is on nowhere', async () => {
    let runs = 0;
    const run = async (): Promise<void> => void runs++;
    const plugin = aPlugin('idle', {
      contributes: { jobs: [{ id: 'tick', every: '1h', timeoutS: 1, run }] },
    });
    const { world } = await startTest({ plugins: [plugin], sites: [aSite('a', {})] });

    await world.jobs.runNow('idle:tick');

    expect(runs).toBe(0);
  });
});

describe('quarantine', () => {
  it('takes the plugin out of service everywhere, once', async () => {
    let calls = 0;
    const plugin = aPlugin('ill', {
      contributes: {
        jobs: [{ id: 'tick', every: '1h', timeoutS: 1, run: async () => void calls++ }],
      },
      activate: (context) => context.hooks.on('message:sent', () => void calls++),
    });
    const test = await startTest({ plugins: [plugin, aPlugin('well')] });
    await test.hooks.action({ site: SITE_A }, 'message:sent', SENT);
    expect(calls).toBe(1);

    test.host.quarantine('ill', 'too many floating errors');
    test.host.quarantine('ill', 'something else');
    test.host.quarantine('unknown', 'nothing');
    await test.hooks.action({ site: SITE_A }, 'message:sent', SENT);
    expect(test.world.jobs.list()).toEqual([]);

    expect(calls).toBe(1);
    expect(test.host.running(SITE_A).map(({ id }) => id)).toEqual(['well']);
    expect(lineOf(test, 'ill')).toEqual({
      state: 'quarantined',
      reason: 'too many floating errors',
    });
  });

  it('takes off those that require it too, with the chain of reasons', async () => {
    let calls = 0;
    const plugins = [
      aPlugin('ill'),
      aPlugin('second', { requires: ['ill'] }),
      aPlugin('third', {
        requires: ['second'],
        activate: (context) => context.hooks.on('message:sent', () => void calls++),
      }),
      aPlugin('beside', { after: ['ill'] }),
    ];
    const test = await startTest({ plugins });

    test.host.quarantine('ill', 'slow');
    await test.hooks.action({ site: SITE_A }, 'message:sent', SENT);

    expect(calls).toBe(0);
    expect(test.host.running(SITE_A).map(({ id }) => id)).toEqual(['beside']);
    const second = 'requires ill: quarantined: slow';
    expect(lineOf(test, 'second')).toEqual({ state: 'quarantined', reason: second });
    expect(lineOf(test, 'third')).toEqual({
      state: 'quarantined',
      reason: `requires second: quarantined: ${second}`,
    });
  });

  it('follows when most hooks of a plugin keep failing', async () => {
    const fail = (): never => {
      throw new Error('ill');
    };
    const plugin = aPlugin('ill', {
      activate(context) {
        context.hooks.on('message:sent', fail);
        context.hooks.on('message:read', fail);
        context.hooks.on('mailbox:changed', () => {});
      },
    });
    const test = await startTest({ plugins: [plugin] });
    const emit = async (): Promise<void> => {
      const scope = { site: SITE_A };
      await test.hooks.action(scope, 'message:sent', SENT);
      await test.hooks.action(scope, 'mailbox:changed', {} as never);
      await test.hooks.idle();
    };
    for (let count = 0; count < 5; count++) await emit();
    test.host.review('ill');
    expect(lineOf(test, 'ill')?.state).toBe('active');

    for (let count = 0; count < 5; count++) {
      await test.hooks.action({ site: SITE_A }, 'message:read', {} as never);
    }
    await test.hooks.idle();
    test.host.review('ill');

    expect(lineOf(test, 'ill')).toEqual({
      state: 'quarantined',
      reason: 'failing on 2 of 3 hooks',
    });
  });
});

describe('stopping', () => {
  it('deactivates in reverse order, each within its time, and removes every registration', async () => {
    const stopped: string[] = [];
    const test = await startTest({
      plugins: [
        aPlugin('a', {
          activate: (context) => context.hooks.on('message:sent', () => {}),
          deactivate: () => void stopped.push('a'),
        }),
        aPlugin('b', { requires: ['a'], deactivate: HANGS }),
        aPlugin('c', {
          requires: ['b'],
          deactivate() {
            stopped.push('c');
            throw new Error('too late');
          },
        }),
      ],
    });

    await test.host.stop();
    await test.host.stop();

    expect(stopped).toEqual(['c', 'a']);
    expect(test.hooks.handlers(SITE_A, 'message:sent')).toEqual([]);
    expect(test.host.running(SITE_A)).toEqual([]);
    expect(lineOf(test, 'b')?.state).toBe('stopped');
  });
});

describe('settings of a person', () => {
  const plugin = aPlugin('choosy', {
    config: z.looseObject({}),
    contributes: {
      settings: [
        {
          id: 'choosy',
          labelKey: 'x',
          fields: [
            {
              key: 'colour',
              kind: 'choice',
              labelKey: 'x',
              options: [
                { value: 'red', labelKey: 'x' },
                { value: 'blue', labelKey: 'x' },
              ],
              default: 'red',
              defaultFrom: 'look.colour',
            },
            { key: 'loud', kind: 'switch', labelKey: 'x', default: false },
          ],
        },
      ],
    },
  });
  const start = async (config: object, own: Record<string, unknown>, locked: string[] = []) => {
    let context: PluginContext | undefined;
    const test = await startTest({
      plugins: [
        {
          ...plugin,
          activate(given: PluginContext) {
            context = given;
          },
        },
      ],
      sites: [aSite('a', { choosy: config }, { locked })],
    });
    const [id] = await test.world.db.knex('users').insert({
      site: 'a',
      login: 'x',
      name: 'x',
      mail: 'x',
      aliases: '[]',
      locale: 'fr',
      created_at: '',
      signed_in_at: '',
    });
    await test.world.settings.write(id as UserId, 'choosy', own);
    const values = await context?.settings(SITE_A, id as UserId);
    // The same where several are asked for; who chose nothing has what the site says.
    const all = await context?.settingsOf(SITE_A, [id ?? 0, 99]);
    expect([...(all?.keys() ?? [])]).toEqual([id, 99]);
    expect(all?.get(id ?? 0)).toEqual(values);
    expect(Object.keys(all?.get(99) ?? {})).toEqual(Object.keys(values ?? {}));
    return values;
  };

  it('are the person’s, else the site’s, else the field’s', async () => {
    expect(await start({}, {})).toEqual({ colour: 'red', loud: false });
    expect(await start({ look: { colour: 'blue' } }, {})).toMatchObject({ colour: 'blue' });
    expect(await start({ look: { colour: 'blue' } }, { colour: 'red', loud: true })).toEqual({
      colour: 'red',
      loud: true,
    });
  });

  it('are the site’s where it locks them', async () => {
    const site = { look: { colour: 'blue' } };

    const values = await start(site, { colour: 'red', loud: true }, ['choosy.colour']);

    expect(values).toEqual({ colour: 'blue', loud: true });
  });

  it('are the default where what is stored or configured does not fit', async () => {
    expect(await start({ look: { colour: 'green' } }, { colour: 7, loud: 'yes' })).toEqual({
      colour: 'red',
      loud: false,
    });
    expect(await start({ look: 'dark' }, {})).toMatchObject({ colour: 'red' });
  });
});
