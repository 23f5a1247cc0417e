import type { CardFault } from '../card';

/** Why a line of a file became no contact; texts are `contacts:fault.<reason>`. */
export type LineFault =
  | CardFault
  | 'columns'
  | 'quotes'
  | 'empty'
  | 'mail'
  | 'attribute'
  | 'base64'
  | 'change'
  | 'full'
  | 'quota'
  | 'refused'
  | Remark;

/** What of a contact was left out, or guessed, though the contact is there. */
export type Remark = 'date' | 'member' | 'bytes';

export interface FaultyLine {
  /** Of the file, 1 for the first. */
  readonly line: number;
  readonly reason: LineFault;
  /** The contact is there all the same. */
  readonly isTaken?: true;
}
