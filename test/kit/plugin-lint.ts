import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Ways out of the context: what a plugin asks the context for instead. */
const WAYS: readonly (readonly [RegExp, string])[] = [
  [/\bprocess\s*(?:\.|\[|\?\.)/, 'process'],
  [/\bglobalThis\b|\bglobal\s*[.[]/, 'the global object'],
  [
    /(?:from\s+|import\s*\(?\s*|require\s*\(\s*)['"](?:node:)?(?:process|child_process|cluster|net|tls|dgram|dns|http|https|http2|fs|vm|module|inspector|worker_threads|repl|v8|os|async_hooks|diagnostics_channel)(?:\/[\w/]+)?['"]/,
    'a module of the system',
  ],
  [/\beval\s*\(|\bnew\s+Function\s*\(/, 'code made from text'],
  [/(?<![.\w])fetch\s*\(|\bWebSocket\s*\(|\bXMLHttpRequest\b/, 'the network'],
  [/\bimport\s*\(\s*(?!['"])/, 'an import whose name is not written'],
];

/** Files that may: threads of their own, tests, migrations, and what browsers run. */
const APART = /^(?:workers?|test|migrations|assets|node_modules|dist)\//;

const COMMENTS = /\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g;

/** What reads addresses opens no connection. */
const PURE = /import\s*\{(?:\s*(?:isIP|isIPv4|isIPv6|BlockList)\s*,?)+\s*\}\s*from\s*'node:net';/g;

/** What a plugin's code reaches for beside its context: file and reason. */
export function systemUses(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => /\.(?:[cm]?[jt]s)$/.test(name) && !APART.test(name))
    .sort()
    .flatMap((name) => {
      const code = readFileSync(path.join(dir, name), 'utf8')
        .replace(COMMENTS, '')
        .replace(PURE, '');
      return WAYS.filter(([way]) => way.test(code)).map(([, what]) => `${name}: ${what}`);
    });
}
