import type { SlotFacts } from 'estafette/plugin';
import type { Judge } from './judge';

type Row = Pick<NonNullable<SlotFacts['rows']>[number], 'uid' | 'from'>;
/** By uid: the domain that is imitated, or the address that a name holds; the other is `''`. */
export type Marks = Readonly<Record<string, { readonly real: string; readonly shown: string }>>;

/** Rows of a list whose sender pretends to be somebody else; `undefined` for none. */
export function marksOf(rows: readonly Row[], judge: Judge): Marks | undefined {
  const marks: Record<string, { readonly real: string; readonly shown: string }> = {};
  for (const { uid, from } of rows) {
    const [sender] = from;
    if (!sender) continue;
    const verdict = judge.of(sender.mail);
    const real = verdict?.kind === 'look-alike' ? verdict.real : '';
    const shown = judge.addressInName(sender) ?? '';
    if (real !== '' || shown !== '') marks[uid] = { real, shown };
  }
  return Object.keys(marks).length === 0 ? undefined : marks;
}
