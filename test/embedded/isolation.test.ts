import { EventEmitter } from 'node:events';
import type { DemoApp } from '../../src/demo';
import type { PluginContext, PluginDefinition } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import { currentAttribution } from '../../src/kernel/isolate';
import type { WebAgent } from '../kit/agent';
import { foundPlugin } from '../kit/found-plugin';
import { type Page, textOf } from '../kit/html';
import { movingClock } from '../kit/moving-clock';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

const aPlugin = ({ id, ...more }: Omit<PluginDefinition, 'api' | 'title'>) => foundPlugin(id, more);

const start = (plugins: readonly FoundPlugin[], app: Record<string, unknown> = {}) =>
  startTestDemo({ app }, plugins);

const signIn = async (demo: DemoApp): Promise<WebAgent> => (await signInTo(demo)).web;
const openFirst = async (web: WebAgent): Promise<Page> => {
  const list = await web.get('/mail/me/INBOX');
  const row = list.all((element) => 'data-uid' in element.attribs)[0];
  return web.get(`/mail/me/INBOX/${row?.attribs['data-uid'] ?? ''}`);
};
const throws = (): never => {
  throw new Error('ill');
};
const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
const statsOf = (demo: DemoApp, plugin: string) =>
  demo.app.pluginStats().find((stats) => stats.plugin === plugin);

let demo: DemoApp;
afterEach(async () => {
  await demo?.stop();
});

it('leaves optional handlers out once the request has spent its time, and says so in the figures', async () => {
  let later = 0;
  const slow = aPlugin({
    id: 'aslow',
    activate: ({ hooks }) =>
      hooks.on('message:list', async () => {
        await delay(120);
        return undefined;
      }),
  });
  const late = aPlugin({
    id: 'late',
    activate: ({ hooks }) =>
      hooks.on('message:list', () => {
        later += 1;
        return undefined;
      }),
  });
  demo = await start([slow, late], { limits: { pluginBudgetMs: 30 } });
  const web = await signIn(demo);

  const { status } = await web.get('/mail/me/INBOX');

  expect(status).toBe(200);
  expect(later).toBe(0);
  expect(statsOf(demo, 'late')?.skips).toBeGreaterThan(0);
  expect(statsOf(demo, 'aslow')).toMatchObject({ errors: 0, skips: 0 });
}, 60_000);

it('opens a breaker after five failures, tries once when it is half open, and closes it', async () => {
  let isIll = true;
  let calls = 0;
  const plugin = aPlugin({
    id: 'agenda',
    activate: ({ hooks }) => {
      hooks.on('message:list', () => {
        calls += 1;
        return isIll ? throws() : undefined;
      });
      hooks.on('mailbox:list', () => undefined);
    },
  });
  const clock = movingClock();
  demo = await startTestDemo({ options: { clock } }, [plugin]);
  const web = await signIn(demo);
  const list = async () => (await web.get('/mail/me/INBOX')).status;
  for (let count = 0; count < 5; count++) expect(await list()).toBe(200);

  expect(await list()).toBe(200);
  expect(calls).toBe(5);
  expect(demo.app.hooks.isolator.breakerState('agenda', 'message:list')).toBe('open');
  clock.forward(31_000);
  expect(demo.app.hooks.isolator.breakerState('agenda', 'message:list')).toBe('half-open');
  isIll = false;
  expect(await list()).toBe(200);
  expect(calls).toBe(6);
  expect(demo.app.hooks.isolator.breakerState('agenda', 'message:list')).toBe('closed');
}, 60_000);

it('says in its place that a part is missing, hides what is a button, and mail goes on', async () => {
  const plugin = aPlugin({
    id: 'agenda',
    contributes: {
      slots: [
        { slot: 'message.sidebar@1', view: 'none', data: throws },
        { slot: 'message.body.before@1', view: 'none', id: 'two', data: throws },
        { slot: 'message.toolbar@1', view: 'none', id: 'three', data: throws },
      ],
    },
  });
  demo = await start([plugin]);

  const page = await openFirst(await signIn(demo));

  expect(page.status).toBe(200);
  const sorry = page.all(({ attribs }) => attribs['class'] === 'slot-failed');
  expect(sorry.map(textOf)).toEqual([
    'Agenda momentanément indisponible',
    'Agenda momentanément indisponible',
  ]);
  expect(sorry.every(({ attribs }) => attribs['role'] === 'status')).toBe(true);
  expect(textOf(page.one('data-message-subject'))).not.toBe('');
}, 60_000);

it('charges what jobs, routes, timers, emitters and pools do to the plugin whose code it is', async () => {
  // Shared by everybody, as a library's queue or a core emitter would be.
  const shared = new EventEmitter();
  const seen: Record<string, string | undefined> = {};
  const see = (where: string) => {
    const found = currentAttribution();
    seen[where] = found && `${found.plugin} ${found.hook}`;
  };
  const queue: (() => void)[] = [];
  const routes: NonNullable<NonNullable<PluginDefinition['contributes']>['routes']> = async () => ({
    routes: (router) =>
      router.get(
        '/try',
        async () => {
          see('route');
          await new Promise<void>((resolve) => setTimeout(resolve, 1));
          see('route, later');
          setTimeout(() => see('timer'), 1);
          setImmediate(() => see('immediate'));
          shared.on('tick', () => see('emitter'));
          // A pool: this callback is run by whoever comes next.
          await new Promise<void>((resolve) => {
            queue.push(resolve);
            setTimeout(() => queue.shift()?.(), 1);
          });
          see('after a pool');
          await delay(5);
          return { json: {} };
        },
        { public: true },
      ),
  });
  const plugin = aPlugin({
    id: 'agenda',
    contributes: {
      routes,
      jobs: [{ id: 'alarms', every: '1d', timeoutS: 5, run: async () => see('job') }],
    },
    activate: ({ hooks }: PluginContext) =>
      hooks.on('message:list', () => {
        see('hook');
        return undefined;
      }),
  });
  demo = await start([plugin]);
  const web = await signIn(demo);

  await web.get('/mail/me/INBOX');
  expect((await web.get('/agenda/try')).status).toBe(200);
  shared.emit('tick');
  await demo.app.jobs.runNow('agenda:alarms').catch(() => undefined);

  expect(seen).toEqual({
    hook: 'agenda message:list',
    route: 'agenda route:get /try',
    'route, later': 'agenda route:get /try',
    timer: 'agenda route:get /try',
    immediate: 'agenda route:get /try',
    // A promise brings its own context back; an emitter runs its listeners in that of who emits.
    'after a pool': 'agenda route:get /try',
    emitter: undefined,
    job: 'agenda job:alarms',
  });
}, 60_000);

it('names plugins and their time in Server-Timing, in development', async () => {
  const plugin = aPlugin({
    id: 'agenda',
    activate: ({ hooks }) => {
      hooks.on('message:list', () => undefined);
      hooks.on('mailbox:list', () => undefined);
    },
  });
  demo = await start([plugin], { mode: 'development' });
  const shown = (await (await signIn(demo)).get('/mail/me/INBOX')).headers.get('Server-Timing');

  expect(shown).toMatch(/^plugin-agenda;dur=\d+\.\d, total;dur=\d+\.\d$/);
}, 90_000);
