import type { Actor } from '../session';
import type { RecipientClass } from '../view';
import type { WebDeps } from './context';

/** One question for a whole page: more addresses than that are shown plainly. */
const MAX_ADDRESSES = 300;

/** What plugins know of the people of a page, by address in lower case. */
export interface PeopleFacts {
  readonly avatars: ReadonlyMap<string, string>;
  readonly classes: ReadonlyMap<string, RecipientClass>;
}

export const NO_FACTS: PeopleFacts = { avatars: new Map(), classes: new Map() };

interface Asked {
  readonly actor: Pick<Actor, 'scope' | 'locale'>;
  /** Whose picture is shown. */
  readonly pictured: readonly string[];
  /** Who is named. */
  readonly named: readonly string[];
}

/** Asks plugins once for all the people of a page. */
export async function peopleFacts(
  { hooks }: Pick<WebDeps, 'hooks'>,
  { actor: { scope, locale }, pictured, named }: Asked,
): Promise<PeopleFacts> {
  const faces = batch(pictured);
  const names = batch(named);
  const [avatars, classes] = await Promise.all([
    faces.length > 0 ? hooks.first(scope, 'avatar:resolve', { addresses: faces }) : undefined,
    names.length > 0
      ? hooks.collect(scope, 'recipient:classes', { site: scope.site, locale, addresses: names })
      : [],
  ]);
  const wanted = new Set(faces);
  return {
    avatars: new Map(
      Object.entries(avatars?.answer ?? {})
        .map(([mail, image]) => [mail.toLowerCase(), image] as const)
        .filter(([mail]) => wanted.has(mail)),
    ),
    // The first plugin that knows an address has said what it is.
    classes: new Map(
      [...classes]
        .reverse()
        .map(({ plugin, item }) => [item.mail.toLowerCase(), ofPlugin(plugin, item)]),
    ),
  };
}

/** A list is asked of the plugin that named it, by `plugin:id`. */
const ofPlugin = (plugin: string, { list, ...known }: RecipientClass): RecipientClass => ({
  ...known,
  ...(list && { list: { ...list, id: `${plugin}:${list.id}` } }),
});

const batch = (addresses: readonly string[]): readonly string[] =>
  [...new Set(addresses.map((mail) => mail.toLowerCase()))]
    .filter((mail) => mail !== '')
    .slice(0, MAX_ADDRESSES);
