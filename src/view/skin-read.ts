import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../base/errors';
import { compileView, ViewError } from './compile';
import { readSkinTexts } from './skin-texts';

export const BASE_SKIN = 'base';
export const SKIN_ID = /^[a-z][a-z0-9-]*$/;

const skinSchema = z.strictObject({
  extends: z.string().regex(SKIN_ID).optional(),
  title: z.string().optional(),
  logo: z.string().optional(),
  themeColor: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .optional(),
});

/** `skins/<id>/skin.json`, parsed. */
export interface Skin extends z.infer<typeof skinSchema> {
  readonly id: string;
  readonly dir: string;
  /** Names that its views include. Of base, that needs no look for what nothing shows, none. */
  readonly includes: ReadonlySet<string>;
}

/** Whatever a program could be written in; the base skin alone, part of the platform, has scripts. */
const CODE = /\.(?:[cm]?[jt]sx?|node|wasm|sh|html?)$/i;

/** File below the skin's folder, what is wrong, line. */
export type Tell = (file: string, message: string, line?: number) => void;

/** One skin; what is wrong with it is told, all of it. */
export function readSkin(root: string, id: string, tell: Tell): Skin {
  const dir = path.join(root, id);
  const head = readHead(dir, tell);
  const includes = new Set<string>();
  const skin = { ...head, id, dir, includes };
  if (id === BASE_SKIN) return skin; // the platform's own, which its tests check
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const shown = name.split(path.sep).join('/');
    if (CODE.test(name)) {
      tell(shown, 'a skin is data and templates only: move code to a plugin');
    } else if (/^(?:views|plugins)\/.*\.ejs$/.test(shown)) {
      const told = readView(path.join(dir, name), (message, line) => tell(shown, message, line));
      for (const included of told) includes.add(included);
    }
  }
  try {
    readSkinTexts(skin);
  } catch (error) {
    const { file, problem } = error instanceof AppError ? error.details : {};
    tell(path.posix.relative(`skins/${id}`, String(file)), String(problem ?? error));
  }
  return skin;
}

function readHead(dir: string, tell: Tell): z.infer<typeof skinSchema> {
  try {
    const json: unknown = JSON.parse(readFileSync(path.join(dir, 'skin.json'), 'utf8'));
    const parsed = skinSchema.safeParse(json);
    if (parsed.success) return parsed.data;
    for (const { path: at, message } of parsed.error.issues) {
      tell('skin.json', [...at.map(String), message].join(': '));
    }
  } catch (error) {
    tell('skin.json', error instanceof Error ? error.message : String(error));
  }
  return {};
}

/** What a view includes; none of one that is no template. */
function readView(file: string, tell: (message: string, line?: number) => void): readonly string[] {
  try {
    return compileView(file).includes;
  } catch (error) {
    if (error instanceof ViewError) tell(error.problem, error.line);
    else tell(String(error));
    return [];
  }
}
