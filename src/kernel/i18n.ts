import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInstance, type i18n } from 'i18next';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import { dressed } from './i18n-skins';
import { fillTemplate, parseTemplate, type Template } from './i18n-templates';
import type { DressableTexts, Locale, Texts, Translate } from './i18n-types';

const LOCALES: readonly Locale[] = ['fr', 'en'];
const CORE = 'core';
const NAMESPACE = /^[a-z][a-z0-9-]*$/;
/** Above this many different missing keys nothing more is logged: the cause is known by then. */
const MISSING_LOG_MAX = 500;

export interface TextsOptions {
  /** Folder of `fr.json` and `en.json`, nested objects of text. */
  readonly coreDir: string;
  /** Language of a text that another one lacks. */
  readonly fallback: Locale;
  readonly log?: Log;
  /** Logs each missing key once. */
  readonly development?: boolean;
}

/**
 * Texts of the core and of plugins, one namespace each. Values are put in as they are: views
 * escape, and a text used in a mail or a log must not hold HTML entities.
 */
export function createTexts({ coreDir, fallback, log, development }: TextsOptions): DressableTexts {
  const engine = createEngine(fallback);
  const missing = new Set<string>();
  const reportMissing = (key: string, locale: Locale): void => {
    if (!development || !log || missing.size >= MISSING_LOG_MAX) return;
    if (missing.has(`${locale} ${key}`)) return;
    missing.add(`${locale} ${key}`);
    log.warn({ key, locale }, 'text/missing');
  };
  const memories: Readonly<Record<Locale, Map<string, Template>>> = {
    fr: new Map(),
    en: new Map(),
  };
  const add: Texts['add'] = (namespace, locale, catalogue) => {
    if (!NAMESPACE.test(namespace)) throw catalogueError(`namespace "${namespace}"`);
    memories[locale].clear(); // what it holds may have changed
    engine.addResourceBundle(locale, namespace, flatten(catalogue, namespace), true, true);
  };
  for (const [locale, catalogue] of readCore(coreDir)) add(CORE, locale, catalogue);
  const options = { fallback, reportMissing };
  const translators: Readonly<Record<Locale, Translate>> = {
    fr: translator(engine, 'fr', { ...options, memory: memories.fr }),
    en: translator(engine, 'en', { ...options, memory: memories.en }),
  };
  const dresses = new Map<string, Translate>();

  return {
    locales: LOCALES,
    add,
    has: (key, locale) => isKnown(engine, key, locale),
    for: (locale, skin) => dresses.get(`${skin ?? ''} ${locale}`) ?? translators[locale],
    dress(skin, catalogues) {
      for (const locale of LOCALES) {
        const own = catalogues[locale];
        if (Object.keys(own).length === 0) continue;
        dresses.set(`${skin} ${locale}`, dressed(translators[locale], own, locale));
      }
    },
  };
}

function createEngine(fallback: Locale): i18n {
  const engine = createInstance();
  void engine.init({
    initAsync: false, // the catalogues are in memory: ready when this returns
    fallbackLng: fallback,
    supportedLngs: [...LOCALES],
    ns: [CORE],
    defaultNS: CORE,
    resources: {},
    // Catalogues are flattened, so a key is looked up as it is: no walk, no partial objects, and a
    // colon or a full stop inside a sentence handed over by mistake means nothing.
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  return engine;
}

interface TranslatorOptions {
  readonly fallback: Locale;
  readonly reportMissing: (key: string, locale: Locale) => void;
  /** Templates in use, by key and plural form: at most what the catalogues hold. */
  readonly memory: Map<string, Template>;
}

/**
 * A page asks for hundreds of texts, and i18next takes 10 µs to find one: each is looked up once,
 * cut at its placeholders, and only filled from then on.
 */
function translator(engine: i18n, locale: Locale, options: TranslatorOptions): Translate {
  const { memory } = options;
  const plurals = new Intl.PluralRules(locale);
  return (key, values = {}) => {
    const { count } = values;
    const form = typeof count === 'number' ? pluralForm(plurals, count) : '';
    // Most texts count nothing: a key that is a literal of the code is found without hashing it again.
    const id = form === '' ? key : `${form}\0${key}`;
    const known = memory.get(id);
    if (known) return fillTemplate(known, values);
    const template = findTemplate(engine, locale, key, form);
    if (!template) return translateSlowly(engine, locale, key, values, options);
    memory.set(id, template);
    return fillTemplate(template, values);
  };
}

/** i18next lets a text for nothing at all come before the language's own form for 0. */
const pluralForm = (plurals: Intl.PluralRules, count: number): string =>
  count === 0 ? `zero ${plurals.select(0)}` : plurals.select(count);

/** The text of this very language, for this number of things; `undefined` leaves it to i18next. */
function findTemplate(
  engine: i18n,
  locale: Locale,
  key: string,
  form: string,
): Template | undefined {
  const { namespace, name } = splitKey(key);
  const forms = form === '' ? [] : form.split(' ').map((word) => `${name}_${word}`);
  for (const candidate of [...forms, name]) {
    const text: unknown = engine.getResource(locale, namespace, candidate);
    if (typeof text === 'string') return parseTemplate(text);
  }
  return undefined;
}

function translateSlowly(
  engine: i18n,
  locale: Locale,
  key: string,
  values: Readonly<Record<string, string | number>>,
  { fallback, reportMissing }: TranslatorOptions,
): string {
  if (!isKnown(engine, key, locale)) {
    reportMissing(key, locale);
    if (!isKnown(engine, key, fallback)) return key;
  }
  const { namespace, name } = splitKey(key);
  const { count } = values;
  return engine.t(name, {
    lng: locale,
    ns: namespace,
    // `replace` keeps values apart from options: one named `lng` or `context` is only a value.
    replace: values,
    // A value that holds `$t(…)` came from a person: no text may call another one.
    nest: false,
    ...(typeof count === 'number' && { count }),
  });
}

function isKnown(engine: i18n, key: string, locale: Locale): boolean {
  const { namespace, name } = splitKey(key);
  return [name, `${name}_other`].some(
    (candidate) => typeof engine.getResource(locale, namespace, candidate) === 'string',
  );
}

/** `plugin:area.key` → its namespace; anything else belongs to the core. */
function splitKey(key: string): { namespace: string; name: string } {
  const colon = key.indexOf(':');
  const namespace = key.slice(0, Math.max(colon, 0));
  if (!NAMESPACE.test(namespace)) return { namespace: CORE, name: key };
  return { namespace, name: key.slice(colon + 1) };
}

function flatten(catalogue: Readonly<Record<string, unknown>>, namespace: string) {
  const flat: Record<string, string> = {};
  const walk = (node: Readonly<Record<string, unknown>>, prefix: string): void => {
    for (const [key, value] of Object.entries(node)) {
      if (key === '__proto__') throw catalogueError(`key "${prefix}${key}" of ${namespace}`);
      if (typeof value === 'string') flat[prefix + key] = value;
      else if (isRecord(value)) walk(value, `${prefix}${key}.`);
      else throw catalogueError(`"${prefix}${key}" of ${namespace}, which is not a text`);
    }
  };
  walk(catalogue, '');
  // French has a plural category for millions (CLDR `many`) that catalogues rarely spell out.
  for (const [key, text] of Object.entries(flat)) {
    const many = key.replace(/_other$/, '_many');
    if (many !== key && !Object.hasOwn(flat, many)) flat[many] = text;
  }
  return flat;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readCore(coreDir: string): [Locale, Record<string, unknown>][] {
  const present = new Set(readdirSync(coreDir));
  return LOCALES.filter((locale) => present.has(`${locale}.json`)).map((locale) => {
    const file = path.join(coreDir, `${locale}.json`);
    try {
      const catalogue: unknown = JSON.parse(readFileSync(file, 'utf8'));
      if (isRecord(catalogue)) return [locale, catalogue];
    } catch (error) {
      throw catalogueError(file, error);
    }
    throw catalogueError(file);
  });
}

const catalogueError = (what: string, cause?: unknown): AppError =>
  new AppError('config/invalid', { cause, details: { reason: `texts cannot use ${what}` } });
