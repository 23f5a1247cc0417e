import { dialled, numbersMeant, numberTyped } from 'estafette/plugin';

const chunks = (digits: string, first: number, size: number): readonly string[] => {
  const found = first > 0 ? [digits.slice(0, first)] : [];
  for (let at = first; at < digits.length; at += size) found.push(digits.slice(at, at + size));
  return found;
};

/**
 * Pieces that stand in this order in every usual writing of a number: at once, by two from either
 * end, by three. The trunk `0` is left out, which `+33` replaces.
 */
export function writingsOf(text: string): readonly (readonly string[])[] {
  const typed = numberTyped(text);
  const own = typed
    .replace(/^\s*(?:\+33|0033)\s*(?:\(0\))?/, '')
    .split(/\D+/)
    .filter((piece) => piece !== '')
    .map((piece, at) => (at === 0 ? piece.replace(/^0(?=\d)/, '') : piece));
  const all = [
    ...numbersMeant(typed)
      .map((number) => number.replace(/^0(?=\d{2})/, ''))
      .flatMap((digits) => [
        [digits],
        chunks(digits, 0, 2),
        chunks(digits, 1, 2),
        chunks(digits, 0, 3),
      ]),
    own,
  ];
  const seen = new Set<string>();
  return all.filter((pieces) => {
    const key = pieces.join(' ');
    const isNew = pieces.length > 0 && !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Whether a number has the digits that were typed, as they follow each other. */
export const hasDigits = (value: string, typed: string): boolean =>
  numbersMeant(typed).some(
    (digits) => dialled(value).includes(digits) || value.replace(/\D/g, '').includes(digits),
  );
