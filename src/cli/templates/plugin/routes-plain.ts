import type { PluginRouter } from 'estafette/plugin';
import type { Config } from './config';

/** Below `/sample-plugin`. Every route needs an open session unless it says `{ public: true }`. */
export function routes(router: PluginRouter<Config>): void {
  router.get('/', async ({ user, locale }, context) => ({
    view: 'page',
    title: context.text(locale)('sample-plugin:title'),
    model: { name: user?.name ?? '' },
  }));
}
