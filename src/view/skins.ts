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

/** Why no page can be made with a skin as it stands on others, `undefined` when one can. */
function chainProblem(
  id: string,
  skins: ReadonlyMap<string, Skin>,
  faulty: ReadonlySet<string>,
): string | undefined {
  const seen = new Set<string>();
  for (let next: string | undefined = id; next !== undefined; next = parentOf(skins.get(next))) {
    if (seen.has(next)) return `extends: cycle at "${next}"`;
    if (!skins.has(next)) return `extends: no skin "${next}"`;
    if (next !== id && faulty.has(next)) return `extends: "${next}" cannot be worn`;
    if (seen.size >= MAX_CHAIN) return `extends: a chain of more than ${MAX_CHAIN} skins`;
    seen.add(next);
  }
  return undefined;
}

const parentOf = (skin: Skin | undefined): string | undefined =>
  skin?.extends ?? (skin?.id === BASE_SKIN ? undefined : BASE_SKIN);

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
  for (const id of ids) {
    const problem = faulty.has(id) ? undefined : chainProblem(id, skins, faulty);
    if (problem !== undefined) tellOf(id)('skin.json', problem);
  }
  const unusable = new Set(problems.map(({ skin }) => skin));
  if (unusable.has(BASE_SKIN) || !skins.has(BASE_SKIN)) {
    const { file = 'skins/base/skin.json', message: problem = 'no such file' } =
      problems.find(({ skin }) => skin === BASE_SKIN) ?? {};
    throw new AppError('config/invalid', { details: { file, problem } });
  }

  const chains = new Map(
    ids.map((id) => [id, chainOf(unusable.has(id) ? BASE_SKIN : id, skins)] as const),
  );
  return {
    ids: ids.filter((id) => !unusable.has(id)),
    problems,
    chain(id) {
      const known = chains.get(id);
      if (known) return known;
      throw new AppError('config/invalid', { details: { skin: id, problem: 'no such skin' } });
    },
  };
}

/** Of a skin whose chain is sound. */
function chainOf(id: string, skins: ReadonlyMap<string, Skin>): readonly Skin[] {
  const skin = skins.get(id);
  const parent = parentOf(skin);
  if (!skin) return [];
  return parent === undefined ? [skin] : [skin, ...chainOf(parent, skins)];
}
