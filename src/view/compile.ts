import { readFileSync } from 'node:fs';
import ejs from 'ejs';

/** The only names that exist inside a template (see `TemplateScope`). */
export const TEMPLATE_NAMES = [
  'model',
  'shell',
  't',
  'locale',
  'csrf',
  'include',
  'slot',
  'icon',
  'asset',
  'date',
  'size',
  'number',
] as const;

export interface CompiledView {
  readonly render: (scope: Readonly<Record<string, unknown>>) => string;
  /** Slots that the file names itself. */
  readonly slots: readonly string[];
  /** Views that the file includes by a literal name. */
  readonly includes: readonly string[];
}

const literals = (source: string, call: string): string[] => [
  ...new Set(
    [...source.matchAll(new RegExp(`\\b${call}\\(\\s*(['"\`])([^'"\`]+)\\1`, 'g'))].map(
      (match) => match[2] ?? '',
    ),
  ),
];

/**
 * The last one is unknown to the published types. Our locals are objects in which every name above
 * is set, so nothing can be inherited; copying them for each of fifty rows took a tenth of a page.
 */
const OPTIONS = {
  strict: true,
  destructuredLocals: [...TEMPLATE_NAMES],
  compileDebug: true,
  rmWhitespace: false,
  unsafePrototypeLocals: true,
};

/** Compiles one file in EJS strict mode; its `include` is ours, never EJS's (dependencies.md, Views). */
export function compileView(file: string): CompiledView {
  const source = readFileSync(file, 'utf8');
  const render = ejs.compile(source, { ...OPTIONS, filename: file });
  return { render, slots: literals(source, 'slot'), includes: literals(source, 'include') };
}
