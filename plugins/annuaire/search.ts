import type { Annuaire, Found } from './ask';
import { byOrder } from './entry';
import type { Kind } from './profiles';

/** What a search found in all directories that were asked. */
export interface FoundInAll extends Found {
  /** Directories that did not answer, by what they are called. */
  readonly away: readonly string[];
}

/**
 * Asks every directory at the same time, each within its own limits: the others answer for one that
 * is down. Rejects when none answers; `undefined` for fewer characters than a search needs.
 */
export async function searchAll(
  annuaires: readonly Annuaire[],
  {
    q,
    kinds,
    limit,
    onFailure,
  }: {
    readonly q: string;
    readonly kinds: readonly Kind[];
    readonly limit: number;
    readonly onFailure: (error: unknown, directory: string) => void;
  },
): Promise<FoundInAll | undefined> {
  const failures: unknown[] = [];
  const away: string[] = [];
  const found = await Promise.all(
    annuaires.map(async (annuaire) => {
      try {
        return (await annuaire.searchWide(q, kinds, limit)) ?? 'short';
      } catch (error) {
        failures.push(error);
        away.push(annuaire.title);
        onFailure(error, annuaire.of);
        return 'away';
      }
    }),
  );
  if (failures.length > 0 && failures.length === annuaires.length) throw failures[0];
  const answers = found.filter((one) => typeof one !== 'string');
  if (answers.length === 0) return undefined;
  const entries = answers.flatMap((one) => one.entries).sort(byOrder);
  return {
    entries: entries.slice(0, limit),
    isCut: entries.length > limit || answers.some(({ isCut }) => isCut),
    away,
  };
}
