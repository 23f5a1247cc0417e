import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import type { FoundPlugin } from '../../src/host/discover';
import { WebAgent } from '../kit/agent';
import { factorPlugin } from '../kit/factor-plugin';
import { foundPlugin } from '../kit/found-plugin';
import { textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const CHARTER = 'charter';
const PAGE = { view: 'page', model: { plugin: CHARTER }, title: CHARTER };
let demo: DemoApp;

/** A ministry's charter, to be accepted at each sign-in: a challenge that proves nothing. */
const charterPlugin = (): FoundPlugin =>
  foundPlugin(
    CHARTER,
    {
      contributes: {
        challenges: [{ id: CHARTER, label: 'charter:title', path: '/' }],
        routes: async () => ({
          routes(router) {
            router.get('/', async () => PAGE, { challenge: CHARTER });
            router.post(
              '/',
              async (request) => {
                await request.satisfy(CHARTER);
                return { redirect: '/settings/display' };
              },
              { challenge: CHARTER },
            );
          },
        }),
      },
      activate(context) {
        context.hooks.on('session:challenges', () => [
          { id: CHARTER, label: CHARTER, satisfied: false },
        ]);
      },
    },
    path.join(ROOT, 'test/kit/factor'),
  );

/** A second factor that everybody has set up, and that a remembered device answers. */
function rememberedFactor(): FoundPlugin {
  const plugin = factorPlugin();
  const definition = {
    ...plugin.definition,
    provides: ['second-factor'],
    activate(context: Parameters<NonNullable<typeof plugin.definition.activate>>[0]) {
      context.services.provide(
        'second-factor' as never,
        { methods: async () => ['code'] } as never,
      );
      context.hooks.on('session:challenges', () => [
        { id: plugin.id, label: plugin.id, satisfied: true },
      ]);
    },
  };
  return { ...plugin, definition };
}

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (_id, file) => ({ ...file, plugins: { [CHARTER]: true, 'test-factor': true } }),
    options: { extraPlugins: [charterPlugin(), rememberedFactor()] },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

/** Somebody whose password was right, and who has accepted the charter. */
async function accepted(): Promise<{ readonly web: WebAgent; readonly csrf: string }> {
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const agent = demo.stack.agents.find(({ site }) => site === 'saisons');
  const half = await web.signIn(agent?.username ?? '', agent?.password ?? '');
  expect(half.url).toBe(`/${CHARTER}/`);
  const token = half.one('name', '_csrf').attribs['value'] ?? '';
  const open = await web.post(`/${CHARTER}`, [['_csrf', token]]);
  expect(open.url).toBe('/settings/display');
  return { web, csrf: open.one('name', 'csrf-token').attribs['content'] ?? '' };
}

describe('a challenge that is no second factor', () => {
  it('does not stand for one where a fresh proof is wanted', async () => {
    const { web, csrf } = await accepted();

    const answer = await web.post('/security/app-passwords', [
      ['_csrf', csrf],
      ['name', 'Agenda'],
    ]);

    expect(answer.url).toContain('/confirm');
    const hrefs = answer.all((e) => e.name === 'a').map((e) => e.attribs['href'] ?? '');
    expect(hrefs.filter((href) => href.startsWith('/test-factor'))).toHaveLength(1);
    expect(hrefs.filter((href) => href.startsWith(`/${CHARTER}`))).toEqual([]);
  });

  it('confirms nobody who is signed in', async () => {
    const { web, csrf } = await accepted();
    const proofs = () => demo.app.db.knex('sessions').orderBy('id').select('id', 'confirmed_at');
    const before: unknown = await proofs();

    const answer = await web.post(`/${CHARTER}`, [['_csrf', csrf]]);

    expect(answer.status).toBe(403);
    expect(textOf(answer.one('id', 'main'))).not.toBe('');
    expect(await proofs()).toEqual(before);
  });
});
