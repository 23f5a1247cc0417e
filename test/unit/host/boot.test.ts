import { z } from 'zod';
import { withinSites } from '../../../src/host/report';
import {
  aPlugin,
  aSite,
  HANGS,
  type HostTest,
  lineOf,
  SITE_A,
  SITE_B,
  startTest,
  stopAll,
} from './kit';

afterEach(stopAll);

const fails = (): never => {
  throw new Error('no luck');
};
const runningOn = ({ host }: HostTest, site = SITE_A): string[] =>
  host.running(site).map(({ id }) => id);

describe('a plugin that does not start', () => {
  it('is reported while the others start', async () => {
    const test = await startTest({
      plugins: [aPlugin('bad', { activate: fails }), aPlugin('good')],
      broken: [{ id: 'worse', reason: 'no plugin.ts or plugin.js' }],
    });

    expect(lineOf(test, 'bad')).toEqual({ state: 'failed', reason: 'no luck' });
    expect(lineOf(test, 'worse')?.state).toBe('failed');
    expect(lineOf(test, 'good')?.state).toBe('active');
    expect(runningOn(test)).toEqual(['good']);
  });

  it.each([
    ['activate', { activate: HANGS }],
    ['routes', { contributes: { routes: HANGS } }],
  ])('is given up when %s hangs', async (what, definition) => {
    const test = await startTest({ plugins: [aPlugin('slow', definition)] });

    expect(lineOf(test, 'slow')).toEqual({
      state: 'failed',
      reason: `${what}: no answer in 50 ms`,
    });
  });

  it('leaves nothing of what it registered', async () => {
    const test = await startTest({
      plugins: [
        aPlugin('bad', {
          contributes: { jobs: [{ id: 'j', every: '1h', timeoutS: 1, run: async () => {} }] },
          activate(context) {
            context.hooks.on('message:sent', () => {});
            fails();
          },
        }),
      ],
    });

    expect(test.hooks.handlers(SITE_A, 'message:sent')).toEqual([]);
    expect(test.world.jobs.list()).toEqual([]);
    expect(runningOn(test)).toEqual([]);
  });

  it('cannot register anything later, when activate goes on after its deadline', async () => {
    let goOn = (): void => {};
    let late: Promise<unknown> = Promise.resolve();
    const test = await startTest({
      plugins: [
        aPlugin('slow', {
          async activate(context) {
            await new Promise<void>((resolve) => {
              goOn = resolve;
            });
            late = Promise.resolve().then(() => context.hooks.on('message:sent', () => {}));
            await late;
          },
        }),
      ],
    });

    goOn();
    await new Promise((resolve) => setImmediate(resolve));

    await expect(late).rejects.toThrow('stopped');
    expect(test.hooks.handlers(SITE_A, 'message:sent')).toEqual([]);
  });

  it('ends the boot when it says so, and stops those already started', async () => {
    const stopped: string[] = [];
    const first = aPlugin('a-first', { deactivate: () => void stopped.push('a-first') });
    const vital = aPlugin('vital', { onBootFailure: 'abort', activate: fails });

    await expect(startTest({ plugins: [first, vital] })).rejects.toMatchObject({
      code: 'config/invalid',
      details: { plugin: 'vital', reason: 'no luck' },
    });
    expect(stopped).toEqual(['a-first']);
  });

  it('names an unknown hook', async () => {
    const plugin = aPlugin('typo', {
      activate: (context) => context.hooks.on('message:snet' as 'message:sent', () => {}),
    });

    const test = await startTest({ plugins: [plugin] });

    expect(lineOf(test, 'typo')?.reason).toContain(
      'no hook "message:snet"; did you mean "message:sent"?',
    );
  });

  it('says what a hook that nothing emits yet waits for', async () => {
    const plugin = aPlugin('early', {
      activate: (context) => context.hooks.on('notification:draft' as 'message:sent', () => {}),
    });

    const test = await startTest({ plugins: [plugin] });

    expect(lineOf(test, 'early')?.reason).toContain('waits for a notification centre');
  });
});

describe('requirements', () => {
  it('refuses what requires a plugin that is missing, with the chain', async () => {
    const test = await startTest({
      plugins: [aPlugin('a', { requires: ['b'] }), aPlugin('b', { requires: ['c'] }), aPlugin('z')],
    });

    expect(lineOf(test, 'a')).toEqual({
      state: 'refused',
      reason: 'requires b: requires c: not installed',
    });
    expect(lineOf(test, 'b')?.reason).toBe('requires c: not installed');
    expect(runningOn(test)).toEqual(['z']);
  });

  it('refuses what requires, at any distance, a plugin that failed to start', async () => {
    const test = await startTest({
      plugins: [
        aPlugin('a', { requires: ['b'] }),
        aPlugin('b', { requires: ['c'] }),
        aPlugin('c', { activate: fails }),
      ],
    });

    expect(lineOf(test, 'b')).toEqual({
      state: 'refused',
      reason: 'requires c: failed: no luck',
    });
    expect(lineOf(test, 'a')).toEqual({
      state: 'refused',
      reason: 'requires b: requires c: failed: no luck',
    });
  });

  it('refuses a circle and starts the rest', async () => {
    const test = await startTest({
      plugins: [aPlugin('a', { requires: ['b'] }), aPlugin('b', { requires: ['a'] }), aPlugin('c')],
    });

    expect(lineOf(test, 'a')?.reason).toContain('cycle: a → b → a');
    expect(lineOf(test, 'b')?.state).toBe('refused');
    expect(runningOn(test)).toEqual(['c']);
  });

  it('starts requirements first, then follows ids, whatever the order of discovery', async () => {
    const started: string[] = [];
    const plugin = (id: string, requires: string[] = [], after: string[] = []) =>
      aPlugin(id, { requires, after, activate: () => void started.push(id) });
    const plugins = [plugin('b', ['z']), plugin('a', [], ['c']), plugin('z'), plugin('c')];

    await startTest({ plugins });
    await startTest({ plugins: [...plugins].reverse() });

    expect(started).toEqual(['c', 'a', 'z', 'b', 'c', 'a', 'z', 'b']);
  });

  it('drops a soft order that contradicts a requirement', async () => {
    const test = await startTest({
      plugins: [aPlugin('a', { after: ['b'] }), aPlugin('b', { requires: ['a'] })],
    });

    expect(runningOn(test)).toEqual(['a', 'b']);
  });

  it('keeps a plugin off where the site has its requirement off', async () => {
    const test = await startTest({
      plugins: [aPlugin('base-data'), aPlugin('user-of', { requires: ['base-data'] })],
      sites: [aSite('a', { 'base-data': true, 'user-of': true }), aSite('b', { 'user-of': true })],
    });

    expect(runningOn(test)).toEqual(['base-data', 'user-of']);
    expect(runningOn(test, SITE_B)).toEqual([]);
    expect(lineOf(test, 'user-of')).toEqual({
      state: 'degraded',
      reason: 'config/sites/b.json: plugins.user-of: requires base-data, which is off there',
    });
  });
});

describe('configuration of a site', () => {
  const plugin = aPlugin('sized', {
    config: z.object({ size: z.number().default(1), tags: z.array(z.string()).default([]) }),
  });

  it('is schema default, then plugins.json, then site; frozen', async () => {
    const { host } = await startTest({
      plugins: [plugin],
      defaults: { sized: { size: 2, tags: ['x', 'y'] } },
      sites: [aSite('a', { sized: true }), aSite('b', { sized: { tags: ['z'] } })],
    });

    expect(host.config('sized', SITE_A)).toEqual({ size: 2, tags: ['x', 'y'] });
    expect(host.config('sized', SITE_B)).toEqual({ size: 2, tags: ['z'] });
    expect(Object.isFrozen(host.config('sized', SITE_B)['tags'])).toBe(true);
  });

  it('keeps the plugin off for the one site where it is wrong, and says where', async () => {
    const test = await startTest({
      plugins: [plugin],
      sites: [aSite('a', { sized: true }), aSite('b', { sized: { size: 'big' } })],
    });

    expect(runningOn(test)).toEqual(['sized']);
    expect(runningOn(test, SITE_B)).toEqual([]);
    expect(lineOf(test, 'sized')?.state).toBe('degraded');
    expect(lineOf(test, 'sized')?.reason).toBe(
      'config/sites/b.json: plugins.sized.size: expected number, found "big"',
    );
    expect(() => test.host.config('sized', SITE_B)).toThrow('internal/unexpected');
  });

  it('refuses settings for a plugin that takes none', async () => {
    const test = await startTest({
      plugins: [aPlugin('plain')],
      sites: [aSite('a', { plain: { colour: 'red' } })],
    });

    expect(lineOf(test, 'plain')?.reason).toContain(
      'plugins.plain.colour: unknown key: this plugin takes no settings',
    );
  });

  it.each([
    ['throws', z.object({}).refine(fails)],
    ['is asynchronous', z.object({}).refine(async () => true)],
    ['is not of an object', z.array(z.string()).catch([])],
  ])('never ends the boot when a schema %s', async (_what, config) => {
    const test = await startTest({
      plugins: [aPlugin<unknown>('odd', { config }), aPlugin('good')],
    });

    expect(runningOn(test)).toEqual(['good']);
    expect(lineOf(test, 'odd')?.reason).toBeTruthy();
  });

  it('warns of plugins that nobody installed', async () => {
    const { host } = await startTest({
      plugins: [],
      sites: [aSite('a', { ghost: true })],
    });

    expect(host.report.warnings).toEqual([
      'config/sites/a.json: plugins.ghost: expected an installed plugin, found "ghost"',
    ]);
  });
});

describe('names shared by plugins', () => {
  const section = (id: string) => ({ settings: [{ id, labelKey: 'x', fields: [] }] });

  it.each([
    ['a settings section of the core', [section('display')], 'the core'],
    ['a settings section', [section('same'), section('same')], 'one'],
    [
      'a taskbar item',
      [
        { taskbar: { id: 'same', icon: 'i', label: 'l', href: '/one' } },
        { taskbar: { id: 'same', icon: 'i', label: 'l', href: '/two' } },
      ],
      'one',
    ],
  ])('refuses the later plugin that takes %s', async (_what, contributions, owner) => {
    const ids = ['one', 'two'];
    const plugins = contributions.map((contributes, index) =>
      aPlugin(ids[index] ?? '', { contributes }),
    );

    const test = await startTest({ plugins });

    const last = ids[contributions.length - 1] ?? '';
    expect(lineOf(test, last)).toEqual({
      state: 'refused',
      reason: expect.stringContaining(`already belongs to ${owner}`),
    });
  });

  it('gives the names of a plugin that failed to the next one', async () => {
    const test = await startTest({
      plugins: [
        aPlugin('one', { contributes: section('same'), activate: fails }),
        aPlugin('two', { contributes: section('same') }),
      ],
    });

    expect(runningOn(test)).toEqual(['two']);
  });

  it('starts with two providers of one port on a site, of which the second is off there', async () => {
    const provider = (id: string) =>
      aPlugin(id, {
        provides: ['directory'],
        activate: (context) => context.services.provide('directory' as never, {} as never),
      });

    const test = await startTest({ plugins: [provider('one'), provider('two')] });

    expect(runningOn(test)).toEqual(['one']);
    expect(lineOf(test, 'two')).toEqual({
      state: 'degraded',
      reason: expect.stringContaining('which one provides there already'),
    });
  });

  it('fails a plugin that provides what its definition does not name', async () => {
    const test = await startTest({
      plugins: [
        aPlugin('one', {
          activate: (context) => context.services.provide('directory' as never, {} as never),
        }),
      ],
    });

    expect(lineOf(test, 'one')).toEqual({
      state: 'failed',
      reason: expect.stringContaining('provides: expected "directory"'),
    });
  });
});

describe('migrations', () => {
  it('names the command when some are pending, and starts degraded', async () => {
    const test = await startTest({
      plugins: [aPlugin('stored')],
      pending: async () => ['0001-first'],
    });

    expect(lineOf(test, 'stored')).toEqual({
      state: 'degraded',
      reason: 'pending migrations: run "estafette migrate" (0001-first)',
    });
    expect(runningOn(test)).toEqual(['stored']);
  });
});

describe('the state of a plugin', () => {
  const sized = aPlugin('sized', { config: z.object({ size: z.number().default(1) }) });

  it('follows what administrators repair, without another start', async () => {
    const { host, world } = await startTest({
      plugins: [sized],
      sites: [aSite('a', { sized: { size: 'big' } })],
    });
    const line = () => host.state()[0];
    expect(line()).toMatchObject({ state: 'degraded', sites: [] });

    const request = { site: 'a', path: 'sized.size', value: 3 };
    await world.enabling.set(request, { login: 'alice' });

    expect(line()).toMatchObject({ state: 'active', sites: ['a'], problems: [] });
    expect(line()?.reason).toBeUndefined();
  });

  it('tells each site of its own faults only', async () => {
    const { host } = await startTest({
      plugins: [sized],
      sites: [aSite('a', { sized: { size: 'wrong-in-a' } }), aSite('b', { sized: true })],
    });
    const report = host.state()[0];
    if (!report) throw new Error('no report');

    expect(withinSites(report, (site) => site === 'a').reason).toContain('wrong-in-a');
    const asB = withinSites(report, (site) => site === 'b');
    expect(asB).toMatchObject({ state: 'active', sites: ['b'] });
    expect(JSON.stringify(asB)).not.toContain('wrong-in-a');
  });

  it('follows migrations that were applied since, once asked again', async () => {
    let names: readonly string[] = ['0001-first'];
    const { host } = await startTest({ plugins: [aPlugin('stored')], pending: async () => names });
    names = [];

    await host.recheck();

    expect(host.state()[0]).toMatchObject({ state: 'active' });
  });

  it('is quarantined from the start when it cost other processes too much', async () => {
    const started: string[] = [];
    const plugin = (id: string, requires: string[] = []) =>
      aPlugin(id, { requires, activate: () => void started.push(id) });
    const test = await startTest({
      plugins: [plugin('bad'), plugin('good'), plugin('user-of', ['bad'])],
      quarantined: [{ plugin: 'bad', reason: 'harmed processes 2 times' }],
    });

    expect(started).toEqual(['good']);
    expect(lineOf(test, 'bad')).toEqual({
      state: 'quarantined',
      reason: 'harmed processes 2 times',
    });
    expect(lineOf(test, 'user-of')?.state).toBe('refused');
  });
});
