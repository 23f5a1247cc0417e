import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import ejs from 'ejs';
import { escapeHtml } from '../base/html';

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

/** What `<%=` writes: nothing for nothing, as EJS has it. */
const escapeValue = (value: string | number | boolean | null | undefined): string =>
  value === undefined || value === null ? '' : escapeHtml(String(value));

/**
 * The last one is unknown to the published types. Our locals are objects in which every name above
 * is set, so nothing can be inherited; copying them for each of fifty rows took a tenth of a page.
 */
const OPTIONS = {
  strict: true,
  escape: escapeValue,
  destructuredLocals: [...TEMPLATE_NAMES],
  compileDebug: true,
  rmWhitespace: false,
  unsafePrototypeLocals: true,
};

/** A view that is no template: what is wrong, and where as far as it is known. */
export class ViewError extends Error {
  constructor(
    readonly file: string,
    readonly problem: string,
    readonly line: number | undefined,
    cause: unknown,
  ) {
    const place = line === undefined ? file : `${file}:${line}`;
    super(`${place}: ${problem}`, { cause });
    this.name = 'ViewError';
  }
}

/**
 * Compiles one file in EJS strict mode; its `include` is ours, never EJS's (dependencies.md, Views).
 * Throws a `ViewError`.
 */
export function compileView(file: string): CompiledView {
  const source = readFileSync(file, 'utf8');
  const template = new ejs.Template(source, { ...OPTIONS, filename: file });
  try {
    // Another declared result for each option that we do not give.
    const render = template.compile() as CompiledView['render'];
    return { render, slots: literals(source, 'slot'), includes: literals(source, 'include') };
  } catch (error) {
    const [first = ''] = String(error instanceof Error ? error.message : error).split('\n');
    // Of EJS's own words after the engine's: the path is said by us, a link to a tool by nobody.
    const problem = first.replace(' while compiling ejs', '').replace(` in ${file}`, '');
    throw new ViewError(file, problem, lineOf(source, template.source, first), error);
  }
}

/** Line of the view where compiling stopped: EJS marks lines in the program that it writes. */
function lineOf(source: string, program: string, message: string): number | undefined {
  const unclosed = /close tag for "(.+)"/.exec(message)?.[1];
  if (unclosed !== undefined) {
    const before = source.slice(0, Math.max(source.lastIndexOf(unclosed), 0));
    return before.split('\n').length;
  }
  try {
    new Script(`(function () {"use strict";\n${program}\n})`, { filename: 'view' });
    return undefined;
  } catch (error) {
    const { stack } = Object(error) as { readonly stack?: unknown };
    const at = /^view:(\d+)/.exec(String(stack))?.[1];
    const until = program.split('\n').slice(0, Math.max(Number(at ?? 0) - 2, 0));
    const marks = [...until.join('\n').matchAll(/^ {4}; __line = (\d+)$/gm)];
    return at === undefined ? undefined : Number(marks.at(-1)?.[1] ?? 1);
  }
}
