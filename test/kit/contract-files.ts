import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FoundPlugin } from '../../src/host/discover';
import { lintTemplate } from '../unit/view/template-lint';

const ROOT = path.resolve(__dirname, '..', '..');

/** Fails with what to do, then each thing that is wrong. */
export function expectNone(faults: readonly string[], advice: string): void {
  if (faults.length === 0) return;
  throw new Error([`${advice}:`, ...faults.map((fault) => `  - ${fault}`)].join('\n'));
}

/** Files below a folder by extension, those of installed packages left out. */
export const filesBelow = (dir: string, ...extensions: string[]): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => extensions.some((ext) => name.endsWith(ext)))
        .filter((name) => !name.split(path.sep).includes('node_modules'))
        .map((name) => path.join(dir, name))
    : [];

const read = (file: string): string => readFileSync(file, 'utf8');

/** What is wrong in templates. */
export const faultsOf = (files: readonly string[]): string[] =>
  files.flatMap((file) => {
    const name = path.relative(ROOT, file);
    return lintTemplate(name, read(file)).map((fault) => `${name}: ${fault}`);
  });

const codeOf = (dir: string): string[] =>
  filesBelow(dir, '.ts', '.js', '.mjs', '.cjs').filter(
    (file) => !path.relative(dir, file).startsWith(`assets${path.sep}`),
  );

const isTest = (dir: string, file: string): boolean =>
  path.relative(dir, file).startsWith(`test${path.sep}`);

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Imports of a plugin's code that are none of its business. */
export function foreignImports(dir: string): string[] {
  const manifest = path.join(dir, 'package.json');
  const own = existsSync(manifest) ? (JSON.parse(read(manifest)) as { dependencies?: object }) : {};
  const packages = Object.keys(own.dependencies ?? {});
  const isAllowed = (file: string, spec: string): boolean => {
    if (spec.startsWith('.')) {
      return !path.relative(dir, path.resolve(path.dirname(file), spec)).startsWith('..');
    }
    if (spec.startsWith('node:') || spec === 'estafette/plugin') return true;
    if (spec === 'estafette/plugin/testing') return isTest(dir, file);
    return packages.some((name) => spec === name || spec.startsWith(`${name}/`));
  };
  return codeOf(dir).flatMap((file) =>
    [...read(file).matchAll(IMPORT)]
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((spec) => !isAllowed(file, spec))
      .map((spec) => `${path.relative(dir, file)}: ${spec}`),
  );
}

const PLURAL = /_(?:zero|one|two|few|many|other)$/;

/** Keys of one language only, other placeholders, empty texts, texts unused or absent. */
export function textFaults({ id, dir, definition, locales }: FoundPlugin): string[] {
  const fr = shapeOf(locales.fr);
  const en = shapeOf(locales.en);
  const keys = new Set([...fr.keys(), ...en.keys()]);
  const uneven = [...keys].flatMap((key) => {
    const [french, english] = [fr.get(key), en.get(key)];
    if (french === undefined) return [`${key}: not in fr.json`];
    if (english === undefined) return [`${key}: not in en.json`];
    return french === english ? [] : [`${key}: other placeholders in each language`];
  });
  const empty = [...flatten(locales.fr), ...flatten(locales.en)]
    .filter(([, text]) => text.trim() === '')
    .map(([key]) => `${key}: empty`);
  const used = usedTexts(id, dir);
  // A command is named like a text.
  for (const { name } of definition.contributes?.commands ?? [])
    used.delete(name.slice(id.length + 1));
  return [
    ...uneven,
    ...empty,
    ...[...used].filter((key) => !keys.has(key)).map((key) => `${key}: used, and nowhere`),
    ...[...keys].filter((key) => !used.has(key)).map((key) => `${key}: never used`),
  ];
}

function usedTexts(id: string, dir: string): Set<string> {
  const files = [
    ...codeOf(dir).filter((file) => !isTest(dir, file)),
    ...filesBelow(path.join(dir, 'views'), '.ejs'),
  ];
  const key = new RegExp(`['"\`]${id}:([\\w.-]+)['"\`]`, 'g');
  return new Set(
    files.flatMap((file) => [...read(file).matchAll(key)].map((match) => match[1] ?? '')),
  );
}

/** Key without its plural form → its placeholders. */
function shapeOf(catalogue: object): ReadonlyMap<string, string> {
  const placeholders = (text: string): string =>
    [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)]
      .map((match) => match[1] ?? '')
      .sort()
      .join(' ');
  return new Map(
    flatten(catalogue).map(([key, text]) => [key.replace(PLURAL, ''), placeholders(text)]),
  );
}

function flatten(catalogue: object, prefix = ''): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? flatten(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, String(value)] satisfies [string, string]],
  );
}
