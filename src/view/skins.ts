import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../base/errors';

/** A chain longer than this is a mistake (plugins.md 3.5). */
export const MAX_CHAIN = 4;
export const BASE_SKIN = 'base';
const SKIN_ID = /^[a-z][a-z0-9-]*$/;

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
}

export interface Skins {
  /** Skins from the most specific to `base`. Throws `config/invalid` for an unknown skin or a cycle. */
  chain(id: string): readonly Skin[];
  readonly ids: readonly string[];
}

/** Whatever a program could be written in; the base skin alone, part of the platform, has scripts. */
const CODE = /\.(?:[cm]?[jt]sx?|node|wasm|sh|html?)$/i;

function refuseCode(dir: string, id: string): void {
  if (id === BASE_SKIN) return;
  const names = readdirSync(path.join(dir, id), { recursive: true, encoding: 'utf8' });
  const code = names.sort().find((name) => CODE.test(name));
  if (code === undefined) return;
  throw new AppError('config/invalid', {
    details: {
      file: path.posix.join('skins', id, ...code.split(path.sep)),
      problem: 'a skin is data and templates only: move code to a plugin',
    },
  });
}

function readSkin(dir: string, id: string): Skin {
  refuseCode(dir, id);
  const invalid = (problem: string): AppError =>
    new AppError('config/invalid', { details: { file: `skins/${id}/skin.json`, problem } });
  const text = readFileSync(path.join(dir, id, 'skin.json'), 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(String(error));
  }
  const parsed = skinSchema.safeParse(json);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  return { ...parsed.data, id, dir: path.join(dir, id) };
}

/** Reads every skin of `dir` once; a skin is data and templates only. */
export function loadSkins(dir: string): Skins {
  const ids = readdirSync(dir).filter(
    (name) => SKIN_ID.test(name) && existsSync(path.join(dir, name, 'skin.json')),
  );
  const skins = new Map(ids.map((id) => [id, readSkin(dir, id)]));
  const chains = new Map<string, readonly Skin[]>();

  const build = (id: string): readonly Skin[] => {
    const chain: Skin[] = [];
    let next: string | undefined = id;
    while (next !== undefined) {
      const skin = skins.get(next);
      const isCycle = chain.some((seen) => seen.id === next);
      if (!skin || isCycle || chain.length >= MAX_CHAIN) {
        throw new AppError('config/invalid', {
          details: { skin: id, problem: isCycle ? `cycle at ${next}` : `no usable skin ${next}` },
        });
      }
      chain.push(skin);
      next = skin.extends ?? (skin.id === BASE_SKIN ? undefined : BASE_SKIN);
    }
    return chain;
  };

  return {
    ids,
    chain(id) {
      const known = chains.get(id) ?? build(id);
      chains.set(id, known);
      return known;
    },
  };
}
