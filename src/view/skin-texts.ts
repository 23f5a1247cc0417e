import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../base/errors';
import type { Locale } from '../kernel/i18n-types';
import type { Skin } from './skins';

type Catalogue = Readonly<Record<string, string>>;

/** Words of a skin in both languages, `area.key` or `plugin:area.key` → text. */
export type SkinTexts = Readonly<Record<Locale, Catalogue>>;

/** `locales/{fr,en}.json` of one skin. Throws `config/invalid` naming the file. */
export const readSkinTexts = (skin: Pick<Skin, 'id' | 'dir'>): SkinTexts => ({
  fr: readCatalogue(skin, 'fr'),
  en: readCatalogue(skin, 'en'),
});

/** The words of a whole chain, the nearest skin first. */
export function textsOfChain(chain: readonly Skin[]): SkinTexts {
  const all = chain.toReversed().map(readSkinTexts);
  return {
    fr: Object.assign({}, ...all.map(({ fr }) => fr)),
    en: Object.assign({}, ...all.map(({ en }) => en)),
  };
}

function readCatalogue({ id, dir }: Pick<Skin, 'id' | 'dir'>, locale: Locale): Catalogue {
  const file = path.join(dir, 'locales', `${locale}.json`);
  if (!existsSync(file)) return {};
  const invalid = (problem: string): AppError =>
    new AppError('config/invalid', {
      details: { file: `skins/${id}/locales/${locale}.json`, problem },
    });
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw invalid(String(error));
  }
  const flat = new Map<string, string>();
  const walk = (node: object, prefix: string): void => {
    for (const [key, value] of Object.entries(node) as [string, unknown][]) {
      if (typeof value === 'string') flat.set(prefix + key, value);
      else if (typeof value === 'object' && value !== null && !Array.isArray(value))
        walk(value, `${prefix}${key}.`);
      else throw invalid(`"${prefix}${key}" is not a text`);
    }
  };
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalid('expected an object of texts');
  }
  walk(json, '');
  return Object.fromEntries(flat);
}
