import { rmSync } from 'node:fs';
import path from 'node:path';
import { discoverPlugins, type FoundPlugin } from '../../src/host/discover';
import { docTree, filesIn, readDoc } from './doc-files';

export interface DocPlugins {
  readonly root: string;
  readonly found: readonly FoundPlugin[];
  remove(): void;
}

/** The plugins of the pages for integrators, written below a folder. */
export function docPlugins(): DocPlugins {
  const files = { ...filesIn(readDoc('cookbook.md')), ...filesIn(readDoc('from-roundcube.md')) };
  const root = docTree({ ...files, ...readmesOf(files) });
  const { found, broken } = discoverPlugins({ dir: path.join(root, 'plugins') });
  if (broken.length > 0) throw new Error(JSON.stringify(broken));
  return { root, found, remove: () => rmSync(root, { recursive: true }) };
}

/** The pages leave README.md to the reader; here it is what the code says. */
function readmesOf(files: Readonly<Record<string, string>>): Record<string, string> {
  const dirs = Object.keys(files)
    .filter((name) => name.endsWith('/plugin.ts'))
    .map((name) => path.dirname(name));
  return Object.fromEntries(
    dirs.map((dir) => {
      const code = Object.entries(files).filter(([file]) => file.startsWith(`${dir}/`));
      const hooks = code.flatMap(([, text]) => text.match(/(?<=hooks\.on\(')[^']+/g) ?? []);
      const needs = code.flatMap(
        ([, text]) => text.match(/https:[^'`]+|(?<=')(?:db|audit)(?=')/g) ?? [],
      );
      const told = [...hooks, ...needs.flatMap((need) => [need, `http:${need}`])];
      return [`${dir}/README.md`, `# ${dir}\n\n${told.map((name) => `\`${name}\``).join(' ')}\n`];
    }),
  );
}
