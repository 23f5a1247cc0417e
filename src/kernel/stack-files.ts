import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Plugin id → a folder of its code; a plugin may have several. */
export type CodeFolders = readonly (readonly [plugin: string, folder: string])[];

/** The file of a frame: CommonJS gives a path, ES modules a URL. */
export function fileOf(url: string): string {
  if (!url.startsWith('file://')) return url;
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}

/** The plugin in whose folder a file is. */
export const ownerOf = (file: string, folders: CodeFolders): string | undefined =>
  folders.find(([, folder]) => file.startsWith(folder + path.sep))?.[0];

/** The last folders of a path: enough to find the place, nothing of the machine. */
export const shortOf = (file: string): string =>
  path.isAbsolute(file) ? file.split(path.sep).slice(-3).join('/') : file;
