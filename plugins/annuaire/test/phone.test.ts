import { dialled, hasDigits, isNumber, telHref, writingsOf } from '../phone';

it.each([
  ['01 99 00 00 42', '0199000042'],
  ['+33 1 99 00 00 42', '0199000042'],
  ['+33 (0)1.99.00.00.42', '0199000042'],
  ['0033199000042', '0199000042'],
  ['00 42', '0042'],
  ['+44 20 7946 0018', '442079460018'],
])('%s is dialled %s', (text, digits) => {
  expect(dialled(text)).toBe(digits);
});

it.each(['01 99', '+33 1 99', '0042', '99.00.00'])('%s is a number', (text) => {
  expect(isNumber(text, 3)).toBe(true);
});

it.each(['01', '12 rue', '', '+33', 'B214'])('%s is none', (text) => {
  expect(isNumber(text, 3)).toBe(false);
});

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

it('makes a link of a number alone', () => {
  expect(telHref('+33 (0)1 99 00 00 42')).toBe('tel:+33199000042');
  expect(telHref('3939')).toBe('tel:3939');
  expect(telHref('javascript:alert(1)')).toBe('');
  expect(telHref('poste')).toBe('');
});
