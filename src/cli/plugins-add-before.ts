import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';

interface Copy {
  readonly of: string;
  readonly at: string;
}

/**
 * Runs `work`; when it fails, puts each path back as it was, and one that was not there goes. The
 * copies lie in `area`: npm may fail to undo what it began (a full disk, no registry), a rename
 * does not.
 */
export async function orAsBefore<T>(
  area: string,
  paths: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const store = await mkdtemp(path.join(area, '.before-'));
  let isUndone = true;
  try {
    const copies = await copyAll(paths, store);
    return await work().catch(async (error: unknown) => {
      isUndone = false;
      await putBack(copies);
      isUndone = true;
      throw error;
    });
  } finally {
    // What could not be put back stays for somebody's hand.
    if (isUndone) await rm(store, { recursive: true, force: true });
  }
}

async function copyAll(paths: readonly string[], store: string): Promise<readonly Copy[]> {
  const copies = paths.map((of, index) => ({ of, at: path.join(store, String(index)) }));
  for (const { of, at } of copies) {
    if (existsSync(of)) await cp(of, at, { recursive: true, verbatimSymlinks: true });
  }
  return copies;
}

async function putBack(copies: readonly Copy[]): Promise<void> {
  for (const { of, at } of copies) {
    await rm(of, { recursive: true, force: true });
    if (!existsSync(at)) continue;
    await mkdir(path.dirname(of), { recursive: true });
    await rename(at, of);
  }
}
