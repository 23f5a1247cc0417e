import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../base/errors';
import { BASE_SKIN, readSkin, SKIN_ID, type Skin, type Tell } from './skin-read';

export { BASE_SKIN, type Skin } from './skin-read';

/** A chain longer than this is a mistake (plugins.md 3.5). */
export const MAX_CHAIN = 4;

/** Why a skin is not worn. */
export interface SkinProblem {
  readonly skin: string;
  /** `skins/<id>/…`. */
  readonly file: string;
  readonly message: string;
  readonly line?: number;
}

export interface Skins {
  /**
   * Skins from the most specific to `base`; `base` alone for one that cannot be worn. Throws
   * `config/invalid` for a skin that is not there.
   */
  chain(id: string): readonly Skin[];
  /** Those that can be worn. */
  readonly ids: readonly string[];
  /** One skin with a fault keeps no other site from its pages. */
  readonly problems: readonly SkinProblem[];
}

/** A skin and those that it stands on, `base` last; or why no page can be made with it. */
function chainOf(
  id: string,
  skins: ReadonlyMap<string, Skin>,
  faulty: ReadonlySet<string>,
): readonly Skin[] | string {
  const chain: Skin[] = [];
  for (let next: string | undefined = id; next !== undefined; ) {
    const skin = skins.get(next);
    if (!skin) return `extends: no skin "${next}"`;
    if (chain.includes(skin)) return `extends: cycle at "${next}"`;
    if (next !== id && faulty.has(next)) return `extends: "${next}" cannot be worn`;
    if (chain.length >= MAX_CHAIN) return `extends: a chain of more than ${MAX_CHAIN} skins`;
    chain.push(skin);
    next = skin.extends ?? (skin.id === BASE_SKIN ? undefined : BASE_SKIN);
  }
  return chain;
}

/**
 * Reads every skin of `dir` once; a skin is data and templates only. Throws `config/invalid` for
 * the base skin alone, in which every site can be shown.
 */
export function loadSkins(dir: string): Skins {
  const ids = readdirSync(dir).filter(
    (name) => SKIN_ID.test(name) && existsSync(path.join(dir, name, 'skin.json')),
  );
  const problems: SkinProblem[] = [];
  const tellOf =
    (skin: string): Tell =>
    (file, message, line) =>
      problems.push({
        skin,
        file: `skins/${skin}/${file}`,
        message,
        ...(line !== undefined && { line }),
      });
  const skins = new Map(ids.map((id) => [id, readSkin(dir, id, tellOf(id))]));
  const faulty = new Set(problems.map(({ skin }) => skin));
  const chains = new Map<string, readonly Skin[]>();
  for (const id of ids.filter((one) => !faulty.has(one))) {
    const chain = chainOf(id, skins, faulty);
    if (typeof chain === 'string') tellOf(id)('skin.json', chain);
    else chains.set(id, chain);
  }
  const base = chains.get(BASE_SKIN);
  if (!base) {
    const { file = 'skins/base/skin.json', message: problem = 'no such file' } =
      problems.find(({ skin }) => skin === BASE_SKIN) ?? {};
    throw new AppError('config/invalid', { details: { file, problem } });
  }
  return {
    ids: [...chains.keys()],
    problems,
    chain(id) {
      const known = chains.get(id) ?? (skins.has(id) ? base : undefined);
      if (known) return known;
      throw new AppError('config/invalid', { details: { skin: id, problem: 'no such skin' } });
    },
  };
}
