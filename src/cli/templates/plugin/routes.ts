import type { PluginRouter } from 'estafette/plugin';
import type { Config } from './config';
import { addNote, listNotes, TEXT_MAX } from './notes';

/** Below `/sample-plugin`. Every route needs an open session unless it says `{ public: true }`. */
export function routes(router: PluginRouter<Config>): void {
  router.get('/', async ({ site, user, locale }, context) => ({
    view: 'page',
    title: context.text(locale)('sample-plugin:title'),
    model: {
      notes: user ? await listNotes(context.db, { site, user: user.id }) : [],
      action: context.url('notes'),
      textMax: TEXT_MAX,
    },
  }));

  // The platform has checked the token of the form; an answer to a POST is a redirect.
  router.post('/notes', async ({ site, user, body }, context) => {
    const text = (body['text'] ?? '').trim().slice(0, TEXT_MAX);
    if (user && text !== '') {
      const at = new Date(context.clock.now());
      await addNote(context.db, { site, user: user.id, text, at });
    }
    return { redirect: '/sample-plugin' };
  });
}
