import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { FoundPlugin } from '../host/discover';
import type { ConfigIssue } from '../kernel/config';
import { compileView, ViewError } from '../view';

/** Views of plugins that are no templates: each would fail on the page that shows it. */
export const pluginViewFaults = (
  root: string,
  plugins: readonly Pick<FoundPlugin, 'dir'>[],
): readonly ConfigIssue[] =>
  plugins.flatMap(({ dir }) =>
    viewsBelow(path.join(dir, 'views')).flatMap((file) => fault(root, file)),
  );

function fault(root: string, file: string): readonly ConfigIssue[] {
  try {
    compileView(file);
    return [];
  } catch (error) {
    const { problem: message, line } =
      error instanceof ViewError ? error : { problem: String(error), line: undefined };
    const shown = path.relative(root, file).split(path.sep).join('/');
    return [{ file: shown, path: '', message, ...(line !== undefined && { line }) }];
  }
}

const viewsBelow = (dir: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ejs'))
        .sort()
        .map((name) => path.join(dir, name))
    : [];
