import type { DemoApp } from '../../src/demo';
import type { PluginContext, PluginDefinition, PluginRouter } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import { WebAgent } from '../kit/agent';
import { factorPlugin } from '../kit/factor-plugin';
import { foundPlugin } from '../kit/found-plugin';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

const routes = (register: (router: PluginRouter) => void): Partial<PluginDefinition> => ({
  contributes: { routes: async () => ({ routes: register }) },
});

let demo: DemoApp;
afterEach(async () => {
  await demo?.stop();
});

async function start(...plugins: readonly FoundPlugin[]): Promise<WebAgent> {
  demo = await startTestDemo({}, plugins);
  return (await signInTo(demo)).web;
}
const errorsOf = (plugin: string, hook: string): number =>
  demo.app.hooks.handlers('saisons' as never, hook).find((one) => one.plugin === plugin)?.errors ??
  0;
const stateOf = (id: string) => demo.app.plugins().find((plugin) => plugin.id === id);
const rowsOf = async (web: WebAgent): Promise<number> => {
  const page = await web.get('/mail/me/INBOX');
  expect(page.status).toBe(200);
  return page.all((element) => 'data-uid' in element.attribs).length;
};

/** A member that is right when it is looked at and gone when it is used. */
const late = (value: Record<string, unknown>, name: string): Record<string, unknown> => {
  const good = value[name];
  let asked = 0;
  return Object.defineProperty({ ...value }, name, {
    enumerable: true,
    get: () => (asked++ < 1 ? good : null),
  });
};
const cycle = (): unknown => {
  const box: Record<string, unknown> = { path: 'INBOX' };
  box['children'] = [box];
  return [box];
};

/** Read once, they are what they seemed. */
const RIGHT_ONCE_PLAIN = ['rows that change', 'mailboxes that change', 'headers behind a proxy'];
type Given = readonly Record<string, unknown>[];

describe('a wrong answer of a handler', () => {
  it.each<[string, string, (value: Given) => unknown]>([
    ['rows from nobody', 'message:list', (rows) => rows.map((row) => ({ ...row, from: null }))],
    ['rows that change', 'message:list', (rows) => rows.map((row) => late(row, 'from'))],
    ['rows emptied in place', 'message:list', (rows) => void (rows as unknown[]).splice(0)],
    ['a tree without end', 'mailbox:list', cycle],
    ['mailboxes that change', 'mailbox:list', (tree) => tree.map((box) => late(box, 'children'))],
    [
      'mailboxes without a list inside',
      'mailbox:list',
      (tree) => tree.map((box) => ({ ...box, children: [{ path: 'x', children: 1 }] })),
    ],
    [
      'a page without its parts',
      'page:model',
      (model) => {
        for (const key of Object.keys(model)) Reflect.deleteProperty(model, key);
        throw new Error('after the harm');
      },
    ],
    [
      'headers behind a proxy',
      'page:headers',
      () =>
        new Proxy([], {
          get: (target, name) => {
            if (name === 'map') throw new Error('map');
            return Reflect.get(target, name);
          },
        }),
    ],
  ])(
    'leaves the list as it is: %s',
    async (what, hook, answer) => {
      const activate = ({ hooks }: PluginContext) =>
        hooks.on(hook as never, ((value: Given) => answer(value)) as never);
      const web = await start(foundPlugin('evil', { activate }));

      expect(await rowsOf(web)).toBeGreaterThan(0);
      const isRight = RIGHT_ONCE_PLAIN.includes(what);
      expect(errorsOf('evil', hook) > 0).toBe(!isRight);
    },
    60_000,
  );
});

describe('a second factor', () => {
  it('is not satisfied by the route of another plugin', async () => {
    const evil = foundPlugin(
      'evil',
      routes((router) =>
        router.get(
          '/steal',
          async (request) => {
            await request.satisfy('test-factor');
            return { status: 204 };
          },
          { challenge: 'test-factor' },
        ),
      ),
    );
    const web = await start(factorPlugin(), evil);

    expect(stateOf('evil')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('contributes.challenges'),
    });
    await web.get('/evil/steal');
    expect((await web.get('/mail/me/INBOX')).url).toContain('/test-factor/');
  }, 60_000);

  it('is not satisfied by a link, and tells no other route who has half a session', async () => {
    const id = 'other-factor';
    const seen: unknown[] = [];
    const plugin = foundPlugin(id, {
      contributes: {
        challenges: [{ id, label: `${id}:title`, path: '/' }],
        routes: async () => ({
          routes(router: PluginRouter) {
            router.get('/open', async ({ user }) => ({ json: seen.push(user) }), { public: true });
            router.get(
              '/',
              async (request) => {
                seen.push(request.user?.name);
                await request.satisfy(id);
                return { status: 204 };
              },
              { challenge: id },
            );
          },
        }),
      },
      activate: ({ hooks }: PluginContext) =>
        hooks.on('session:challenges', () => [{ id, label: 'x', satisfied: false }]),
    });
    const web = await start(plugin);

    // The sign-in has led there by itself.
    seen.length = 0;
    await web.get(`/${id}/open`);
    const answer = await web.get(`/${id}`);

    expect(seen).toEqual([undefined, expect.any(String)]);
    expect(answer.status).toBe(403);
    expect((await web.get('/mail/me/INBOX')).url).toContain(`/${id}/`);
  }, 60_000);
});

it('opens no route by the name of another that is public', async () => {
  const plugin = foundPlugin(
    'notes',
    routes((router) => {
      router.get('/mine', () => ({ json: { mine: true } }));
      router.get('/:id', () => ({ json: { shared: true } }), { public: true });
    }),
  );
  await start(plugin);
  const guest = new WebAgent(`http://127.0.0.1:${demo.port}`);

  const own = await guest.raw('/notes/mine', { headers: { Accept: 'application/json' } });
  expect(own.status).toBe(401);
  expect((await guest.raw('/notes/other')).status).toBe(200);
}, 60_000);

it('charges a plugin for what its routes answer', async () => {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  let asked = 0;
  const redirect = {
    get redirect() {
      asked += 1;
      return asked > 1 ? '//evil.example' : '/mail/me/INBOX';
    },
  };
  const plugin = foundPlugin(
    'evil',
    routes((router) => {
      router.get('/cycle', () => ({ json: loop }));
      router.get('/big', () => ({ json: 1n }));
      router.get('/to-json', () => ({ json: { toJSON: () => loop } }));
      router.get('/no-view', () => ({ view: '../../x', title: 'x', model: {} }));
      router.get('/elsewhere', () => ({ redirect: '//evil.example' }));
      router.get('/changes', () => redirect);
      router.get('/good', () => ({ json: { when: new Date(0) } }));
    }),
  );
  const web = await start(plugin);
  const wrong = ['cycle', 'big', 'to-json', 'no-view', 'elsewhere'];

  for (const name of wrong) {
    const { status } = await web.get(`/evil/${name}`);
    expect({ name, status }).toEqual({ name, status: 503 });
  }
  expect((await web.get('/evil/changes')).url).toContain('/mail/me/INBOX');
  expect((await web.get('/evil/good')).status).toBe(200);

  expect(demo.app.pluginStats().find((stats) => stats.plugin === 'evil')?.errors).toBe(5);
  const breakers = demo.app.hooks.isolator.breakers('evil');
  expect([...breakers.keys()]).toContain('route:get /cycle');
}, 60_000);
