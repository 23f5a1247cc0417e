import path from 'node:path';
import type { PluginContext, PluginDefinition, PluginRouter } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';

/** A second factor that anybody can satisfy by posting `code=right`: for tests of the states. */
export function factorPlugin(): FoundPlugin {
  const id = 'test-factor';
  const definition: PluginDefinition = {
    id,
    api: '^1.0',
    title: `${id}:title`,
    contributes: {
      challenges: [{ id, label: `${id}:title`, path: '/' }],
      routes: async () => ({
        routes(router: PluginRouter) {
          router.get('/', async () => ({ view: 'page', model: { plugin: id }, title: id }), {
            challenge: id,
          });
          router.post(
            '/',
            async (request) => {
              if (request.body['code'] !== 'right') return { status: 403 };
              await request.satisfy(id);
              return { redirect: '/mail/me/INBOX' };
            },
            { challenge: id },
          );
          router.get('/private', async () => ({ json: { secret: 'of the plugin' } }));
          router.get('/open', async () => ({ json: { open: true } }), { public: true });
        },
      }),
    },
    activate(context: PluginContext) {
      context.hooks.on('session:challenges', () => [
        { id, label: `${id}:title`, satisfied: false },
      ]);
    },
  };
  return {
    id,
    version: '0.0.0',
    dir: path.join(__dirname, 'factor'),
    definition,
    migrations: [],
    locales: { fr: { title: 'Second facteur' }, en: { title: 'Second factor' } },
  };
}
