import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Skin } from './skins';

const manifestSchema = z.record(z.string(), z.looseObject({ file: z.string() }));

/** Hashed files made by `assets:build`: name (`base/app.css`, `calendar/calendar.js`) → file. */
export interface Assets {
  /** URL of an asset looked up through the skin chain, then as a plugin's; `undefined` if none. */
  find(chain: readonly Pick<Skin, 'id'>[], name: string): string | undefined;
  /** Directory to serve under `/assets/`. */
  readonly dir: string;
}

/** Reads `manifest.json` of `dir`. A missing build is an empty set: pages work unstyled. */
export function loadAssets(dir: string): Assets {
  const file = path.join(dir, 'manifest.json');
  const manifest = existsSync(file)
    ? manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    : {};
  const names = new Map(Object.entries(manifest).map(([name, entry]) => [name, entry.file]));
  return {
    dir,
    find(chain, name) {
      for (const skin of chain) {
        const hashed = names.get(`${skin.id}/${name}`);
        if (hashed !== undefined) return `/assets/${hashed}`;
      }
      const plugin = names.get(name);
      return plugin === undefined ? undefined : `/assets/${plugin}`;
    },
  };
}
