import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes files into a folder that does not exist yet, all or none; their names, sorted. */
export async function writeNew(
  dir: string,
  files: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  await mkdir(path.dirname(dir), { recursive: true });
  await mkdir(dir); // fails when somebody else made it meanwhile
  try {
    for (const [name, text] of sorted) {
      const file = path.join(dir, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  return sorted.map(([name]) => name);
}
