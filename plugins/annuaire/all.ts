import { type Annuaire, type Asker, annuairesFor, type Context } from './ask';
import type { Entry } from './entry';

/** Of the second that most hooks and slots give: what the others said still goes out. */
const WITHIN_MS = 800;
/** Of the quarter of a second that handlers have whose answers a page waits for. */
export const QUICK_MS = 150;

/**
 * What every directory of a site answers, that of sign-in first. They are asked at the same time, and
 * the failure of each is its own: one that is down or late answers nothing, while the others do. Where
 * none answers, the failure is that of the caller, whose time limit is the only one for a single directory.
 */
export async function fromAll<T>(
  context: Context,
  asker: Asker,
  ask: (annuaire: Annuaire) => Promise<T>,
  withinMs = WITHIN_MS,
): Promise<readonly T[]> {
  const annuaires = annuairesFor(context, asker);
  const [only] = annuaires;
  if (!only) return [];
  if (annuaires.length === 1) return [await ask(only)];
  const failures: unknown[] = [];
  const answers = await Promise.all(
    annuaires.map(async (annuaire) => {
      try {
        return [await inTime(context, ask(annuaire), withinMs)];
      } catch (error) {
        failures.push(error);
        context.log.warn({ err: error, directory: annuaire.title }, 'annuaire/down');
        return [];
      }
    }),
  );
  if (failures.length === annuaires.length) throw failures[0];
  return answers.flat();
}

/** The same for entries by address: of two directories that know one, the first has it. */
export async function byMailInAll(
  context: Context,
  asker: Asker,
  mails: readonly string[],
  withinMs?: number,
): Promise<ReadonlyMap<string, Owned>> {
  const answers = await fromAll(
    context,
    asker,
    async (annuaire) =>
      [...(await annuaire.byMail(mails))].map(([mail, entry]) => ({ mail, annuaire, entry })),
    withinMs,
  );
  const found = new Map<string, Owned>();
  for (const { mail, ...owned } of answers.flat()) if (!found.has(mail)) found.set(mail, owned);
  return found;
}

/** An entry with the directory that it stands in. */
export interface Owned {
  readonly annuaire: Annuaire;
  readonly entry: Entry;
}

/** The answer of a directory, or a failure where it takes longer. */
export function inTime<T>({ clock }: Context, work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new Error('the directory is late')));
    work.then(resolve, reject).finally(cancel);
  });
}
