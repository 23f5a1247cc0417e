import type { PluginRequest } from 'estafette/plugin';
import type { Context } from './ask';
import type { Entry } from './entry';

/**
 * Where entries are added to the contacts of who asks, by whatever plugin keeps these; `undefined`
 * where none does. Nobody in particular tells whether there is such a page.
 */
export async function keepFor(
  { hooks }: Context,
  { site, as, user }: Pick<PluginRequest, 'site' | 'as' | 'user'>,
  entries: readonly Pick<Entry, 'name' | 'mail'>[],
) {
  if (!as || !user) return undefined;
  const people = entries.map(({ name, mail }) => ({ name, mail }));
  const found = await hooks.emit.first({ site, as }, 'contact:addition', { people, user: user.id });
  return found?.answer;
}
