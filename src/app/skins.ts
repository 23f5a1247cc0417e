import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Discovered, type FoundPlugin, readTexts } from '../host/discover';
import type { PluginFault } from '../host/site-check';
import type { ConfigIssue } from '../kernel/config';
import { createTexts } from '../kernel/i18n';
import type { DressableTexts } from '../kernel/i18n-types';
import type { AppConfig, Site } from '../sites';
import { checkSkins, loadSkins, type Skins, textsOfChain } from '../view';

/** Lays the words of each site's skin over all others; those of base for one that cannot be worn. */
export function dressTexts(
  texts: Pick<DressableTexts, 'dress'>,
  skins: Pick<Skins, 'chain'>,
  sites: AppConfig['sites'],
): void {
  for (const skin of new Set(sites.map((site) => site.skin))) {
    texts.dress(skin, textsOfChain(skins.chain(skin)));
  }
}

interface SkinInput {
  readonly root: string;
  readonly skins: Skins;
  readonly sites: readonly Pick<Site, 'id' | 'skin'>[];
}

/**
 * Skins that cannot be worn, at each site that would; what skins hold and nothing shows: views and
 * texts under names that do not exist.
 */
export function skinFaults(input: SkinInput, installed: Installed): readonly PluginFault[] {
  return [...unwearable(input), ...uselessIn(input, dressable(installed))];
}

type Installed = Pick<Discovered, 'found' | 'unloaded'>;
type Dressable = Pick<FoundPlugin, 'id' | 'dir' | 'locales'>;

/** A skin may have been written for a package that is on nowhere: its files say what it shows. */
const dressable = ({ found, unloaded }: Installed): readonly Dressable[] => [
  ...found,
  ...unloaded.flatMap(({ id, dir }): readonly Dressable[] => {
    try {
      return [{ id, dir, locales: readTexts(dir) }];
    } catch {
      return []; // told when it is loaded
    }
  }),
];

function unwearable({ skins, sites }: SkinInput): readonly PluginFault[] {
  return skins.problems.flatMap(({ skin, message, ...place }) => {
    const wearers = sites.filter((site) => site.skin === skin);
    if (wearers.length === 0)
      return [{ ...place, path: '', message: `${message}; no site has it` }];
    return wearers.map(({ id: site }) => ({
      ...place,
      site,
      path: '',
      message: `${message}; site "${site}" is shown in the base skin`,
    }));
  });
}

function uselessIn(
  { root, skins }: SkinInput,
  plugins: readonly Dressable[],
): readonly ConfigIssue[] {
  // Of plugins that did not start as well, whose words the product must not have: a skin may have
  // been written for them.
  const texts = createTexts({ coreDir: path.join(root, 'locales'), fallback: 'fr' });
  for (const { id, locales } of plugins) {
    for (const locale of texts.locales) texts.add(id, locale, locales[locale]);
  }
  const core: unknown = JSON.parse(readFileSync(path.join(root, 'locales', 'fr.json'), 'utf8'));
  const textKeys = [
    ...textKeysOf(core),
    ...plugins.flatMap(({ id, locales }) => textKeysOf(locales.fr).map((key) => `${id}:${key}`)),
  ];
  const views = new Map(plugins.map((plugin) => [plugin.id, path.join(plugin.dir, 'views')]));
  return checkSkins({ skins, plugins: views, texts, textKeys }).map((fault) => ({
    ...fault,
    path: '',
  }));
}

/** The same from the files alone, where nothing is started. */
export function installedSkinFaults(
  { root, sites }: Pick<AppConfig, 'root'> & Pick<SkinInput, 'sites'>,
  installed: Installed,
): readonly PluginFault[] {
  const dir = path.join(root, 'skins');
  if (!existsSync(dir)) return [];
  return skinFaults({ root, skins: loadSkins(dir), sites }, installed);
}

/** Keys of the texts in a catalogue, as they are asked for: `area.key`. */
export function textKeysOf(node: unknown, prefix = ''): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : textKeysOf(value, `${prefix}${key}.`),
  );
}
