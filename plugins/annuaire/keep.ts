import type { PluginRequest, PluginResponse } from 'estafette/plugin';
import { annuaireFor, type Context } from './ask';
import type { Entry } from './entry';
import { chosenOf, downPage, nothingChosen } from './export';
import { isKeptFrom } from './kept';

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

/** Leads to where those that are ticked in a list are added to one's contacts. */
export async function keepList(request: PluginRequest, context: Context): Promise<PluginResponse> {
  const { body, lists, as, site } = request;
  const annuaire = annuaireFor(context, request, body['of']);
  if (!annuaire || !as) return { status: 404 };
  if (isKeptFrom(request, context, annuaire.config.outside)) return { status: 403 };
  try {
    const found = await chosenOf(annuaire, lists['dn'] ?? []);
    const people = found.filter(({ mail }) => mail !== '');
    if (people.length === 0) return nothingChosen(annuaire, body);
    const keep = await keepFor(context, request, people);
    return keep ? { redirect: keep.href } : { status: 404 };
  } catch (error) {
    context.log.warn({ err: error, site }, 'annuaire/down');
    return downPage(request, context);
  }
}
