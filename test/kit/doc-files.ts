import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '../..');
export const readDoc = (name: string): string =>
  readFileSync(path.join(ROOT, 'docs', 'plugins', name), 'utf8');

/** Pages for integrators, generated ones included. */
export const docPages = (): string[] =>
  readdirSync(path.join(ROOT, 'docs', 'plugins')).filter((name) => name.endsWith('.md'));

/** Files that a page tells to write: a path between backquotes on a line, then a block of code. */
export const filesIn = (markdown: string): Record<string, string> =>
  Object.fromEntries(
    [...markdown.matchAll(/^`([\w./-]+\.\w+)`\n```\w+\n([\s\S]*?)^```$/gm)].map((match) => [
      match[1] ?? '',
      match[2] ?? '',
    ]),
  );

/** A folder with these files, in which TypeScript and plugins find the platform. */
export function docTree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'estafette-docs-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  writeFileSync(path.join(root, 'tsconfig.json'), JSON.stringify(tsconfig));
  return root;
}

const tsconfig = {
  extends: path.join(ROOT, 'tsconfig.json'),
  compilerOptions: {
    rootDir: '/',
    noEmit: true,
    typeRoots: [path.join(ROOT, 'node_modules/@types')],
    paths: {
      'estafette/plugin': [path.join(ROOT, 'src/host/index.ts')],
      'estafette/plugin/testing': [path.join(ROOT, 'src/host/testing/index.ts')],
    },
  },
  include: ['plugins'],
};

/** Errors of the compiler in the files of a tree; those of the platform are for its own check. */
export function typeErrors(root: string): string[] {
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [tsc, '-p', root, '--pretty', 'false'], {
      cwd: root,
      encoding: 'utf8',
    });
    return [];
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    const isOwn = /error TS/.test(stdout);
    return isOwn
      ? stdout.split('\n').filter((line) => /^plugins\/.*error TS/.test(line))
      : [String(error)];
  }
}
