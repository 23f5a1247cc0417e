import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FoundPlugin } from '../host/discover';
import type { ConfigIssue } from '../kernel/config';
import { createTexts } from '../kernel/i18n';
import type { DressableTexts } from '../kernel/i18n-types';
import type { AppConfig } from '../sites';
import { checkSkins, loadSkins, type Skins, textsOfChain } from '../view';

/** Lays the words of each site's skin over all others. Throws `config/invalid` naming a wrong file. */
export function dressTexts(
  texts: Pick<DressableTexts, 'dress'>,
  skins: Pick<Skins, 'chain'>,
  sites: AppConfig['sites'],
): void {
  for (const skin of new Set(sites.map((site) => site.skin))) {
    texts.dress(skin, textsOfChain(skins.chain(skin)));
  }
}

/** What skins hold and nothing shows: views and texts under names that do not exist. */
export function skinFaults(
  { root }: Pick<AppConfig, 'root'>,
  plugins: readonly FoundPlugin[],
): readonly ConfigIssue[] {
  const dir = path.join(root, 'skins');
  if (!existsSync(dir)) return [];
  const coreDir = path.join(root, 'locales');
  const texts = createTexts({ coreDir, fallback: 'fr' });
  for (const { id, locales } of plugins) {
    for (const locale of texts.locales) texts.add(id, locale, locales[locale]);
  }
  const core: unknown = JSON.parse(readFileSync(path.join(coreDir, 'fr.json'), 'utf8'));
  const textKeys = [
    ...keysOf(core, ''),
    ...plugins.flatMap(({ id, locales }) => keysOf(locales.fr, '').map((key) => `${id}:${key}`)),
  ];
  const views = new Map(plugins.map((plugin) => [plugin.id, path.join(plugin.dir, 'views')]));
  return checkSkins({ skins: loadSkins(dir), plugins: views, texts, textKeys }).map((fault) => ({
    ...fault,
    path: '',
  }));
}

function keysOf(node: unknown, prefix: string): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`),
  );
}
