import type { FoundPlugin } from '../../src/host/discover';
import { CORE_HOOKS } from '../../src/host/hook-tables';
import { WebAgent } from './agent';
import { requirementsOf } from './contract';
import { expectNone } from './contract-files';
import { marksIn } from './contract-marks';
import { lossesSince, type Seen, unhealthy, visitAll } from './contract-pages';
import { type Stand, startStand } from './contract-stand';
import { factorPlugin } from './factor-plugin';
import { scriptlessFaults, structureFaults } from './page-structure';
import { type Sabotaged, sabotage } from './sabotage';

const REST_MS = 60_000;

/** What fails closed: an authority that cannot answer has not agreed. */
const isClosed = (point: string): boolean => {
  const { kind, failClosed } = CORE_HOOKS[point] ?? {};
  return kind === 'guard' || failClosed === true;
};

interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly isFree: boolean;
  readonly hasParams: boolean;
}
/** Routes of a plugin, parameters filled with something. */
const routesOf = ({ demo }: Stand, id: string): Route[] =>
  (demo.app.host.all().find((plugin) => plugin.id === id)?.routes ?? []).map((route) => ({
    method: route.method,
    path: `/${id}${route.path === '/' ? '' : route.path.replace(/:[a-zA-Z]+/g, '1')}`,
    isFree: route.options.public === true || route.options.challenge !== undefined,
    hasParams: route.path.includes(':'),
  }));

/** A page sends somebody to sign in; anything else is told no. */
const isRefusal = ({ status, headers }: Response): boolean =>
  [401, 403].includes(status) ||
  (status === 302 && /^\/(?:login|challenge)/.test(headers.get('Location') ?? ''));

async function answered(web: WebAgent, routes: readonly Route[]): Promise<string[]> {
  const through: string[] = [];
  for (const { method, path } of routes) {
    for (const accept of ['text/html', 'application/json', 'text/event-stream']) {
      const response = await web.raw(path, { method, headers: { Accept: accept } });
      await response.body?.cancel();
      if (!isRefusal(response)) through.push(`${method} ${path} (${accept}): ${response.status}`);
    }
  }
  return through;
}

/** Each with what it requires, once, in the order of starting. */
const withRequirements = (
  plugins: readonly FoundPlugin[],
  found: readonly FoundPlugin[],
): FoundPlugin[] => [
  ...new Set(plugins.flatMap((plugin) => [...requirementsOf(plugin, found), plugin])),
];

/**
 * What holds for every plugin in the running product: who reaches its pages, what is left where it
 * is off, what its failures do to mail. Several plugins share the product, each is looked at;
 * `found` are those that they may require.
 */
export function describeWebContract(
  plugins: readonly FoundPlugin[],
  found: readonly FoundPlugin[],
): void {
  const needed = withRequirements(plugins, found);
  const routesOfAll = (stand: Stand): Route[] => plugins.flatMap(({ id }) => routesOf(stand, id));

  describe('in the product', () => {
    // They tell what is called, and misbehave when they are told to.
    const saboteurs = plugins.map(sabotage);
    const others = needed.filter((plugin) => !plugins.includes(plugin));
    let stand: Stand;
    let web: WebAgent;
    let other: WebAgent;
    beforeAll(async () => {
      stand = await startStand([...others, ...saboteurs.map(({ plugin }) => plugin)]);
      web = await stand.signIn('saisons');
      other = await stand.signIn('marees');
    }, 60_000);
    afterAll(async () => {
      await stand?.stop();
    });

    it('answers nobody who has not signed in, but where it says so', async () => {
      const stranger = new WebAgent(web.base);
      const routes = routesOfAll(stand).filter(({ isFree }) => !isFree);

      expectNone(
        await answered(stranger, routes),
        'These routes answer without a session: register them in `routes`, or say `{ public: true }`',
      );
    });

    it('opens its page for administrators to nobody else', async () => {
      const pages = plugins.flatMap(({ definition }) => definition.contributes?.admin?.href ?? []);
      const agent = await stand.signIn('saisons', 'agent');
      const open: string[] = [];
      for (const href of pages) {
        const response = await agent.raw(href);
        await response.body?.cancel();
        if (response.status !== 403) open.push(`${href}: ${response.status}`);
      }

      expectNone(
        open,
        "These pages answer agents: register them with `permission: 'admin.access'`",
      );
    });

    it('is absent from the pages of a site that has it off', async () => {
      const pages = ['/mail/me/INBOX', '/settings', '/compose', '/login', '/nothing-here'];
      const shown: string[] = [];
      for (const path of pages) {
        const { text } = await other.get(path);
        for (const plugin of plugins)
          shown.push(...marksIn(text, plugin).map((mark) => `${path}: ${mark}`));
      }
      for (const { method, path } of routesOfAll(stand)) {
        const response = await other.raw(path, { method });
        await response.body?.cancel();
        if (method === 'get' && response.status !== 404) shown.push(`${path}: ${response.status}`);
      }
      for (const { plugin, calls } of saboteurs)
        for (const point of calls.get('marees') ?? []) shown.push(`${plugin.id}: ${point}`);

      expectNone(shown, 'Something is left, or called, where it is off');
    });

    it('has pages that assistive technology and a browser without scripts can use', async () => {
      const sections = plugins.flatMap(({ definition }) => definition.contributes?.settings ?? []);
      const paths = [
        ...routesOfAll(stand)
          .filter(({ method, hasParams }) => method === 'get' && !hasParams)
          .map(({ path }) => path),
        ...sections.map((section) => `/settings/${section.id}`),
      ];
      const faults: string[] = [];
      // Their door is another test's: where a second factor is on, this one has not given it.
      const admin = new Set(
        plugins.flatMap(({ definition }) => definition.contributes?.admin?.href ?? []),
      );
      const isOwn = (url: string): boolean =>
        url.startsWith('/settings/') || plugins.some(({ id }) => isBelow(url, `/${id}`));
      for (const path of paths) {
        const page = await web.get(path);
        if (page.status === 403 && admin.has(path)) continue;
        // It led to a page of the platform, which has tests of its own.
        if (!isOwn(page.url)) continue;
        if (page.status >= 400) faults.push(`${path}: answers ${page.status}`);
        if (!(page.headers.get('Content-Type') ?? '').startsWith('text/html')) continue;
        for (const fault of [...structureFaults(page), ...scriptlessFaults(page)])
          faults.push(`${path}: ${fault}`);
      }

      expectNone(faults, 'Mend these pages; one without parameters answers without a query too');
    });

    it.each(['throw', 'hang', 'rubbish'] as const)(
      'takes no mail down when a handler or slot of it does %s',
      async (how) => {
        const to = stand.demo.stack.agents[1]?.mail ?? '';
        // What failed too often is left alone for a while, and is called again.
        stand.clock.forward(REST_MS);
        const healthy = await visitAll(web, to);
        const lost: string[] = [];
        const before = firedBy(saboteurs);
        for (const { plugin, points, aim } of saboteurs) {
          for (const point of points) {
            aim({ point, how });
            const now = await visitAll(web, to);
            const losses = lossesSince(healthy, now, { point, isClosed: isClosed(point) });
            lost.push(...losses.map((loss) => `${plugin.id}: ${point}: ${loss}`));
            aim();
          }
        }

        const failures = firedBy(saboteurs) - before;
        tellChaos(saboteurs, how, { healthy, failures, lost: lost.length });
        expectNone(
          unhealthy(healthy),
          'Mail does not work with the plugin, though nothing is broken: mend the plugin',
        );
        expectNone(lost, 'The platform should have lived through this; report it');
      },
      180_000,
    );

    it('leaves no route, hook or slot when the product stops', async () => {
      const { host } = stand.demo.app;
      const site = stand.demo.app.sites.find((one) => one.id === 'saisons')?.id;
      if (site === undefined) throw new Error('no site');
      await host.stop();

      expect(host.all()).toEqual([]);
      expect(host.running(site)).toEqual([]);
      const page = await web.get('/mail/me/INBOX');
      expect(page.status).toBe(200);
      expectNone(
        plugins.flatMap((plugin) => marksIn(page.text, plugin)),
        'This is left of what has stopped',
      );
      for (const { id } of plugins) {
        const response = await web.raw(`/${id}`);
        await response.body?.cancel();
        expect(`/${id}: ${response.status}`).toBe(`/${id}: 404`);
      }
    });
  });

  it('answers nobody who still owes a second factor', async () => {
    const stand = await startStand(needed, [factorPlugin()]);
    const web = await stand.signIn('saisons');
    expect((await web.get('/mail/me/INBOX')).url).toMatch(/^\/test-factor\//);
    const routes = routesOfAll(stand).filter(({ isFree }) => !isFree);
    const through = await answered(web, routes);
    await stand.stop();

    expectNone(
      through,
      'These routes answer a session that awaits a challenge: say `{ challenge }` only on routes of that challenge',
    );
  }, 60_000);
}

const sumOf = (saboteurs: readonly Sabotaged[], figure: (one: Sabotaged) => number): number =>
  saboteurs.reduce((total, one) => total + figure(one), 0);
const firedBy = (saboteurs: readonly Sabotaged[]): number => sumOf(saboteurs, (one) => one.fired);

function tellChaos(
  saboteurs: readonly Sabotaged[],
  how: string,
  seen: { readonly healthy: Seen; readonly failures: number; readonly lost: number },
): void {
  const names = saboteurs.map(({ plugin }) => plugin.id).join(', ');
  const points = sumOf(saboteurs, (one) => one.points.length);
  const { healthy, failures, lost } = seen;
  process.stderr.write(
    `chaos: ${names} (${healthy.send}): ${points} handlers and slots × ${how} × ${Object.keys(healthy).length} pages, ${failures} failures made, ${lost} lost\n`,
  );
}

/** Whether an address, whose query does not count, is a path or below it. */
const isBelow = (url: string, path: string): boolean => {
  const { pathname } = new URL(url, 'http://platform.example');
  return pathname === path || pathname.startsWith(`${path}/`);
};
