/** Why a card or a line of a file cannot be read; texts are `contacts:fault.<reason>`. */
export type CardFault =
  | 'no-begin'
  | 'no-end'
  | 'no-colon'
  | 'no-version'
  | 'no-name'
  | 'nested'
  | 'too-large'
  | 'too-many-lines';

/** A card that cannot be read, with the line of its text where that was seen. */
export class CardError extends Error {
  constructor(
    readonly reason: CardFault,
    /** 1 for the first. */
    readonly line: number,
  ) {
    super(`line ${line}: ${reason}`);
  }
}
