import path from 'node:path';
import { closing, memberEnd } from './docs-source';

/** A source file by its path from the root; `undefined` where there is none. */
type FindSource = (file: string) => string | undefined;

export interface NamedType {
  readonly name: string;
  /** As its author wrote it, with its comments. */
  readonly text: string;
  readonly file: string;
}

const COMMENTS_AND_TEXTS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'[^'\n]*'/g;
const MEMBER_KEY = /[\w']+\??(?=\s*:)/g;

/** What a type or an interface of this name is in a file, looked for where the file takes it from. */
export function findType(find: FindSource, file: string, name: string): NamedType | undefined {
  const source = find(file);
  if (source === undefined) return undefined;
  const declared = new RegExp(
    `((?:/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\s*)?)^(?:export )?(interface|type) ${name}\\b`,
    'm',
  ).exec(source);
  if (declared) {
    const start = declared.index + (declared[1]?.length ?? 0);
    const end = endOf(source, start, declared[2] === 'type');
    const text = `${declared[1] ?? ''}${source.slice(start, end)}`;
    return { name, file, text: text.replace(/^export /m, '') };
  }
  for (const [, names = '', from = ''] of source.matchAll(
    /(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from '(\.[^']*)'/g,
  )) {
    if (!new RegExp(`(?:^|[,\\s])${name}\\s*(?:,|$)`).test(names)) continue;
    const target = path.posix.join(path.posix.dirname(file), from);
    const found =
      findType(find, `${target}.ts`, name) ?? findType(find, `${target}/index.ts`, name);
    if (found) return found;
  }
  return undefined;
}

/** Every type that a text names, and those that they name, by name. */
export function typesNamedIn(find: FindSource, file: string, text: string): readonly NamedType[] {
  const found = new Map<string, NamedType>();
  const waiting = [{ file, text }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const name of namesIn(next.text)) {
      if (found.has(name)) continue;
      const type = findType(find, next.file, name);
      if (!type) continue;
      found.set(name, type);
      waiting.push(type);
    }
  }
  return [...found.values()];
}

const namesIn = (text: string): readonly string[] =>
  text
    .replace(COMMENTS_AND_TEXTS, '')
    .replace(MEMBER_KEY, '')
    .match(/\b[A-Z]\w*\b/g) ?? [];

const endOf = (source: string, start: number, isAlias: boolean): number =>
  isAlias
    ? start + memberEnd(source.slice(start)) + 1
    : closing(source, source.indexOf('{', start)) + 1;

/** Members of the interfaces called so in a file, by key, as written; for `Estafette.HookMap`. */
export function entriesOf(source: string, name: string): ReadonlyMap<string, string> {
  const start = source.search(new RegExp(`\\binterface ${name} \\{`));
  if (start < 0) return new Map();
  const open = source.indexOf('{', start);
  let rest = source.slice(open + 1, closing(source, open)).trim();
  const entries = new Map<string, string>();
  while (rest !== '') {
    const end = memberEnd(rest);
    const text = rest.slice(0, end);
    const key = /'([^']+)':/.exec(text)?.[1];
    if (key === undefined) throw new Error(`${name}: cannot read "${text.slice(0, 40)}"`);
    entries.set(key, `${dedent(text)};`);
    rest = rest.slice(end + 1).trim();
  }
  return entries;
}

/** Without the indentation that its place in the file gives. */
function dedent(text: string): string {
  const [first = '', ...others] = text.split('\n');
  const depth = Math.min(...others.filter(Boolean).map((line) => line.search(/\S|$/)), 40);
  return [first, ...others.map((line) => line.slice(depth))].join('\n');
}
