import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from './error-code';

export const FOLDER_EXPECTED = 'expected a folder that this program can write';

/**
 * Makes a folder and what is missing above it, mode 0700. One at a time: Node's own `recursive`
 * never ends where a parent refuses children with ENOENT, as `/proc` does.
 */
export function makeFolder(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeFolder(parent);
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (errorCode(error) !== 'EEXIST' || !statSync(dir).isDirectory()) throw error;
  }
}

/** What stands in the way of a folder: a file of its name or above it; `undefined` when nothing does. */
export function fileInTheWay(dir: string): string | undefined {
  let stats: ReturnType<typeof statSync> | undefined;
  try {
    stats = statSync(dir, { throwIfNoEntry: false });
  } catch {
    // ENOTDIR: the file is above; another refusal is told when the folder is made.
  }
  if (stats) return stats.isDirectory() ? undefined : dir;
  const parent = path.dirname(dir);
  return parent === dir ? undefined : fileInTheWay(parent);
}

/** `expected a folder that this program can write, found /srv (EACCES)`. */
export function folderFault(dir: string, error?: unknown): string {
  const code = errorCode(error);
  return `${FOLDER_EXPECTED}, found ${dir}${code === undefined ? '' : ` (${code})`}`;
}
