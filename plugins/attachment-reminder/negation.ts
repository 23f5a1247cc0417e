import type { Token } from './find-word';
import { isLoose } from './phrases';

/** Negations, and the small words that may stand between one and what it denies. */
const NEGATIONS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    sans: 'la le les l de d ma mes sa ses son votre vos notre nos aucun aucune autre',
    aucun: 'de des autre',
    aucune: 'de des la autre',
    pas: 'de d en autre',
    ni: 'de d la le les',
    without: 'the a an any your my its',
    no: 'more other',
    not: 'yet been be any an',
    // The end of « isn't », « haven't ».
    t: 'yet been be any an',
  }).map(([negation, between]) => [negation, new Set(between.split(' '))]),
);
const LOOK_BACK = 3;

/** True for « sans pièce jointe », « pas de pièce jointe », "no attachment", "not attached". */
export function isNegated(tokens: readonly Token[], at: number, text: string): boolean {
  const between: string[] = [];
  for (let index = at - 1; index >= Math.max(0, at - LOOK_BACK); index--) {
    const token = tokens[index];
    const next = tokens[index + 1];
    // A comma or a full stop: what is before says nothing about what is after.
    if (!token || !next || !isLoose(text.slice(token.end, next.start))) return false;
    const allowed = NEGATIONS.get(token.folded);
    if (allowed && between.every((word) => allowed.has(word))) return true;
    between.push(token.folded);
  }
  return false;
}
