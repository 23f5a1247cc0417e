import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './doc-files';

/** One thing that a page tells to do, in the order of the page. */
export type Step =
  | { readonly kind: 'write'; readonly file: string; readonly text: string }
  | { readonly kind: 'set'; readonly file: string; readonly key: string; readonly value: unknown }
  | { readonly kind: 'run'; readonly script: string };

const BLOCK = /^(?:`([\w./-]+)`(?:, under `(\w+)`:)?\n)?```(\w+)\n([\s\S]*?)^```$/gm;

/** Blocks of code of a page: files to write, members of files to set, commands to run. */
export function stepsOf(markdown: string): readonly Step[] {
  return [...markdown.matchAll(BLOCK)].flatMap(([, file, key, language, text = '']): Step[] => {
    if (file !== undefined && key !== undefined)
      return [{ kind: 'set', file, key, value: JSON.parse(text) }];
    if (file !== undefined) return [{ kind: 'write', file, text }];
    return language === 'sh' ? [{ kind: 'run', script: text.trim() }] : [];
  });
}

/** What a step does, in a line. */
export function nameOf(step: Step): string {
  if (step.kind === 'run') return `$ ${step.script.replaceAll('\n', '; ')}`;
  return step.kind === 'write' ? `writes ${step.file}` : `sets ${step.key} in ${step.file}`;
}

/**
 * A clone of the repository as it stands: its own files, no build, packages as links to those of
 * this one, the platform itself being the clone.
 */
export function cleanClone(): string {
  const clone = mkdtempSync(path.join(os.tmpdir(), 'estafette-clone-'));
  for (const name of ownFiles()) {
    mkdirSync(path.dirname(path.join(clone, name)), { recursive: true });
    copyFileSync(path.join(ROOT, name), path.join(clone, name));
  }
  linkPackages(clone);
  return clone;
}

/** Files of the repository. Plugins that git does not know are somebody's own, and in no clone. */
function ownFiles(): readonly string[] {
  const list = (...args: string[]): string[] =>
    execFileSync('git', ['ls-files', '-z', ...args], { cwd: ROOT, encoding: 'utf8' }).split('\0');
  const tracked = list('-c');
  const others = list('-o', '--exclude-standard', '--', '.', ':!plugins');
  return [...tracked, ...others].filter(
    (name) =>
      name !== '' && !name.startsWith('docs/screenshots/') && existsSync(path.join(ROOT, name)),
  );
}

function linkPackages(clone: string): void {
  const from = path.join(ROOT, 'node_modules');
  const to = path.join(clone, 'node_modules');
  mkdirSync(path.join(to, '.bin'), { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith('.') || name === 'estafette') continue;
    symlinkSync(path.join(from, name), path.join(to, name));
  }
  symlinkSync('..', path.join(to, 'estafette'));
  for (const name of readdirSync(path.join(from, '.bin'))) {
    if (name !== 'estafette') {
      symlinkSync(path.join(from, '.bin', name), path.join(to, '.bin', name));
    }
  }
  symlinkSync('../../dist/src/main.js', path.join(to, '.bin', 'estafette'));
  // What `npm run demo` looks at to know that the packages are there.
  writeFileSync(path.join(to, '.estafette-installed'), '');
}
