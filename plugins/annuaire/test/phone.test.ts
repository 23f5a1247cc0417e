import { hasDigits, writingsOf } from '../phone';

const contains = (value: string, pieces: readonly string[]): boolean => {
  let at = 0;
  return pieces.every((piece) => {
    const found = value.indexOf(piece, at);
    at = found + piece.length;
    return found >= 0;
  });
};

const TYPED = [
  '0199000042',
  '01 99 00 00 42',
  '+33 1 99 00 00 42',
  '+33199000042',
  '01.99.00',
  '00 42',
  '0042',
  '990000',
  '33199000042',
  'Tél. : 01 99 00',
  '9900',
];
const WRITTEN = [
  '+33 1 99 00 00 42',
  '+33199000042',
  '01 99 00 00 42',
  '01.99.00.00.42',
  '0199000042',
  '+33 (0)1 99 00 00 42',
];

it.each(TYPED.flatMap((typed) => WRITTEN.map((value) => [typed, value] as const)))(
  '%s finds %s, for the directory and for us',
  (typed, value) => {
    expect(writingsOf(typed).some((pieces) => contains(value, pieces))).toBe(true);
    expect(hasDigits(value, typed)).toBe(true);
  },
);

it('finds no number that only has the digits somewhere', () => {
  expect(hasDigits('+33 1 99 00 00 42', '0142')).toBe(false);
  expect(hasDigits('+33 1 99 00 00 42', '9042')).toBe(false);
});
