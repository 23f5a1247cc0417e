import { composeHooks } from '../../src/compose';
import type { FoundPlugin } from '../../src/host/discover';
import { mailHooks } from '../../src/mail';
import { sessionHooks } from '../../src/session';
import { WebAgent } from './agent';
import { requirementsOf } from './contract';
import { expectNone } from './contract-files';
import { PAGES } from './contract-pages';
import { type Stand, startStand } from './contract-stand';
import { factorPlugin } from './factor-plugin';
import { scriptlessFaults, structureFaults } from './page-structure';
import { sabotage } from './sabotage';

const GUARDS = new Set(
  Object.entries({ ...sessionHooks, ...mailHooks, ...composeHooks })
    .filter(([, { kind }]) => kind === 'guard')
    .map(([name]) => name),
);

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

/**
 * What holds for every plugin in the running product: who reaches its pages, what is left where it
 * is off, what its failures do to mail. `found` are the plugins that it may require.
 */
export function describeWebContract(plugin: FoundPlugin, found: readonly FoundPlugin[]): void {
  const { id } = plugin;
  const needed = [...requirementsOf(plugin, found), plugin];

  describe('in the product', () => {
    let stand: Stand;
    let web: WebAgent;
    let other: WebAgent;
    beforeAll(async () => {
      stand = await startStand(needed);
      web = await stand.signIn('saisons');
      other = await stand.signIn('marees');
    }, 60_000);
    afterAll(async () => {
      await stand?.stop();
    });

    it('answers nobody who has not signed in, but where it says so', async () => {
      const stranger = new WebAgent(web.base);
      const routes = routesOf(stand, id).filter(({ isFree }) => !isFree);

      expectNone(
        await answered(stranger, routes),
        'These routes answer without a session: register them in `routes`, or say `{ public: true }`',
      );
    });

    it('is absent from the pages of a site that has it off', async () => {
      const marks = new RegExp(`(?<![\\w-])${id}(?![\\w-])`);
      const pages = ['/mail/me/INBOX', '/settings', '/compose', '/login', '/nothing-here'];
      const shown: string[] = [];
      for (const path of pages) {
        const page = await other.get(path);
        // Only what is written in tags and as keys: a message may well speak of calendars.
        const tags = page.text.match(/<[^>]*>/g) ?? [];
        const where = tags.find((tag) => marks.test(tag));
        if (where !== undefined) shown.push(`${path}: ${where}`);
        if (page.text.includes(`${id}:`)) shown.push(`${path}: a text ${id}:…`);
      }
      for (const { method, path } of routesOf(stand, id)) {
        const response = await other.raw(path, { method });
        await response.body?.cancel();
        if (method === 'get' && response.status !== 404) shown.push(`${path}: ${response.status}`);
      }

      expectNone(shown, `Something of ${id} is left where it is off`);
    });

    it('has pages that assistive technology and a browser without scripts can use', async () => {
      const { definition } = plugin;
      const paths = [
        ...routesOf(stand, id)
          .filter(({ method, hasParams }) => method === 'get' && !hasParams)
          .map(({ path }) => path),
        ...(definition.contributes?.settings ?? []).map((section) => `/settings/${section.id}`),
      ];
      const faults: string[] = [];
      for (const path of paths) {
        const page = await web.get(path);
        if (page.status >= 400) faults.push(`${path}: answers ${page.status}`);
        if (!(page.headers.get('Content-Type') ?? '').startsWith('text/html')) continue;
        for (const fault of [...structureFaults(page), ...scriptlessFaults(page)])
          faults.push(`${path}: ${fault}`);
      }

      expectNone(faults, 'Mend the views of these pages');
    });

    it('leaves no route, hook or slot when the product stops', async () => {
      const { host } = stand.demo.app;
      const site = stand.demo.app.sites.find((one) => one.id === 'saisons')?.id;
      if (site === undefined) throw new Error('no site');
      await host.stop();

      expect(host.all()).toEqual([]);
      expect(host.running(site)).toEqual([]);
      const page = await web.get('/mail/me/INBOX');
      expect(page.status).toBe(200);
      const tags = (page.text.match(/<[^>]*>/g) ?? []).join('');
      expect(tags).not.toMatch(new RegExp(`["/]${id}["/]`));
      const response = await web.raw(`/${id}`);
      await response.body?.cancel();
      expect(response.status).toBe(404);
    });
  });

  it('answers nobody who still owes a second factor', async () => {
    const stand = await startStand([...needed, factorPlugin()]);
    const web = await stand.signIn('saisons');
    expect((await web.get('/mail/me/INBOX')).url).toBe('/challenge');
    const routes = routesOf(stand, id).filter(({ isFree }) => !isFree);
    const through = await answered(web, routes);
    await stand.stop();

    expectNone(
      through,
      'These routes answer a session that awaits a challenge: say `{ challenge }` only on routes of that challenge',
    );
  }, 60_000);

  it.each(['throw', 'hang', 'rubbish'] as const)(
    'takes no mail down when a handler or slot of it does %s',
    async (how) => {
      const saboteur = sabotage(plugin, how);
      const stand = await startStand([...requirementsOf(plugin, found), saboteur.plugin]);
      const web = await stand.signIn('saisons');
      const to = stand.demo.stack.agents[1]?.mail ?? '';
      const lost: string[] = [];
      let tried = 0;
      for (const point of saboteur.points) {
        saboteur.aim(point);
        for (const [name, visit] of Object.entries(PAGES)) {
          tried += 1;
          const isRefused = name === 'send' && GUARDS.has(point) && point === 'message:sending';
          await visit(web, to, isRefused).catch((error: unknown) =>
            lost.push(`${point}: ${error instanceof Error ? error.message : String(error)}`),
          );
        }
        saboteur.aim(undefined);
      }
      await stand.stop();

      process.stderr.write(
        `chaos: ${id}: ${saboteur.points.length} handlers and slots × ${how} × ${Object.keys(PAGES).length} pages = ${tried} visits, ${saboteur.fired} failures made, ${lost.length} lost\n`,
      );
      expectNone(lost, 'The platform should have lived through this; report it');
    },
    120_000,
  );
}
