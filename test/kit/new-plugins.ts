import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pluginFiles } from '../../src/cli/create-plugin-files';
import { PARTS, type Part } from '../../src/cli/create-plugin-template';

export const ROOT = path.resolve(__dirname, '..', '..');

/** Every choice of parts: 64. */
export const everyChoice = (): readonly (readonly Part[])[] =>
  Array.from({ length: 2 ** PARTS.length }, (_value, bits) =>
    PARTS.filter((_part, index) => (bits & (1 << index)) > 0),
  );

/** None, each alone, all. */
export const someChoices = (): readonly (readonly Part[])[] => [
  [],
  ...PARTS.map((part) => [part]),
  PARTS,
];

/** Writes a plugin for each choice, as `create-plugin` does, below a temporary `plugins/`. */
export function writePlugins(choices: readonly (readonly Part[])[]): {
  readonly dir: string;
  remove(): void;
} {
  const root = mkdtempSync(path.join(tmpdir(), 'estafette-new-'));
  const dir = path.join(root, 'plugins');
  mkdirSync(dir);
  for (const parts of choices) {
    const id = idOf(parts);
    const title = { fr: 'L’« essai »', en: 'A "try"' };
    for (const [name, text] of pluginFiles(ROOT, { id, title, parts: new Set(parts) })) {
      const file = path.join(dir, id, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  return { dir, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Short ones: a long id makes lines that a formatter would break. */
function idOf(parts: readonly Part[]): string {
  if (parts.length === PARTS.length) return 'new-all';
  if (parts.length <= 1) return ['new', ...parts].join('-');
  return `new-${parts.map((part) => PARTS.indexOf(part)).join('')}`;
}
