import type { TextKey } from '../base/types';

export type Locale = 'fr' | 'en';

/** A translator bound to a language; plain text, never HTML. Missing keys come back as the key. */
export type Translate = (
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** Texts of the core (`area.key`) and of plugins (`plugin:area.key`). */
export interface Texts {
  for(locale: Locale): Translate;
  /** Adds the catalogue of a plugin under its namespace. */
  add(namespace: string, locale: Locale, catalogue: Readonly<Record<string, unknown>>): void;
  has(key: TextKey, locale: Locale): boolean;
  readonly locales: readonly Locale[];
}
