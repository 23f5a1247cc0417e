import type { TextKey } from '../base/types';

export type Locale = 'fr' | 'en';

/** A translator bound to a language; plain text, never HTML. Missing keys come back as the key. */
export type Translate = (
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** Texts of the core (`area.key`) and of plugins (`plugin:area.key`). */
export interface Texts {
  /** With a skin, its own words come first (see `DressableTexts`). */
  for(locale: Locale, skin?: string): Translate;
  /** Adds the catalogue of a plugin under its namespace. */
  add(namespace: string, locale: Locale, catalogue: Readonly<Record<string, unknown>>): void;
  has(key: TextKey, locale: Locale): boolean;
  readonly locales: readonly Locale[];
}

/** Texts that skins have other words for. */
export interface DressableTexts extends Texts {
  /** Lays the texts of a skin over all others: `area.key` or `plugin:area.key` → text, by language. */
  dress(skin: string, catalogues: Readonly<Record<Locale, Readonly<Record<string, string>>>>): void;
}
