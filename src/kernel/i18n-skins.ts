import { fillTemplate, parseTemplate, type Template } from './i18n-templates';
import type { Locale, Translate } from './i18n-types';

/**
 * A translator in which the words of a skin come before those of `base`. A plural is replaced form
 * by form: what the skin leaves out is said as before.
 */
export function dressed(
  base: Translate,
  texts: Readonly<Record<string, string>>,
  locale: Locale,
): Translate {
  const plurals = new Intl.PluralRules(locale);
  const templates = new Map<string, Template>();
  for (const [key, text] of Object.entries(texts)) {
    // Formats and paths inside placeholders are for the catalogues, not for a skin: shown as text.
    templates.set(key, parseTemplate(text) ?? [text]);
  }
  const formsOf = (key: string, count: number): readonly string[] => {
    const form = plurals.select(count);
    const zero = count === 0 ? [`${key}_zero`] : [];
    // French has a category for millions that catalogues rarely spell out (CLDR `many`).
    const many = form === 'many' ? [`${key}_other`] : [];
    return [...zero, `${key}_${form}`, ...many, key];
  };
  return (key, values = {}) => {
    const { count } = values;
    const names = typeof count === 'number' ? formsOf(key, count) : [key];
    const own = names.find((name) => templates.has(name));
    const template = own === undefined ? undefined : templates.get(own);
    return template === undefined ? base(key, values) : fillTemplate(template, values);
  };
}
