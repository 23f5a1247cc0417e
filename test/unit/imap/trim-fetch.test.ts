import { ADDRESSES_CUT, trimFetch } from '../../../src/imap/trim-fetch';

const limits = { structureBytes: 200, envelopeBytes: 300 };
const answer = (text: string, literals: readonly string[] = []) => ({
  payload: Buffer.from(text, 'latin1'),
  literals: literals.map((one) => Buffer.from(one)),
});
const read = ({ payload, literals = [] }: ReturnType<typeof trimFetch>) => ({
  text: payload.toString('latin1'),
  literals: literals.map(String),
});
const trimmed = (text: string, literals?: readonly string[]) =>
  read(trimFetch(answer(text, literals), limits));

const PART = '("text" "plain" ("name" "a)b(\\"") NIL NIL "7bit" 3 1 NIL NIL NIL NIL)';
const structure = (count: number): string => `(${PART.repeat(count)} "mixed" NIL NIL NIL NIL)`;
const ADDRESS = '("Jeanne (DSI)" NIL "jeanne" "dehors.example")';
const envelope = (to: number): string =>
  `("date" "sujet" (${ADDRESS}) (${ADDRESS}) NIL (${ADDRESS.repeat(to)}) NIL NIL NIL "<id>")`;

describe('a FETCH answer', () => {
  it('of an ordinary message passes as it came', () => {
    const one = answer(`* 1 FETCH (UID 7 BODYSTRUCTURE ${structure(1)} FLAGS (\\Seen))`);
    expect(trimFetch(one, limits)).toBe(one);
  });

  it('loses a structure that is too long, and nothing else', () => {
    expect(
      trimmed(`* 1 FETCH (UID 7 BODYSTRUCTURE ${structure(5_000)} FLAGS (\\Seen) MODSEQ (12))`),
    ).toEqual({
      text: '* 1 FETCH (UID 7 BODYSTRUCTURE NIL FLAGS (\\Seen) MODSEQ (12))',
      literals: [],
    });
  });

  it('keeps each literal with what announces it', () => {
    const long = `("text" "plain" ("name" {5}\r\n) NIL NIL "7bit" 3 1)${PART.repeat(9)} "mixed"`;
    expect(
      trimmed(
        `* 1 FETCH (ENVELOPE ("d" {3}\r\n NIL) BODYSTRUCTURE (${long}) BODY[HEADER.FIELDS (FROM TO)] {4}\r\n)`,
        ['été', 'a.txt', 'From'],
      ),
    ).toEqual({
      text: '* 1 FETCH (ENVELOPE ("d" {3}\r\n NIL) BODYSTRUCTURE NIL BODY[HEADER.FIELDS (FROM TO)] {4}\r\n)',
      literals: ['été', 'From'],
    });
  });

  it('keeps the first recipients of an envelope that is too long, says that there were more, and its other fields', () => {
    const { text } = trimmed(`* 1 FETCH (UID 7 ENVELOPE ${envelope(10_000)} FLAGS ())`);
    expect(text).toBe(
      `* 1 FETCH (UID 7 ENVELOPE ${envelope(4).replace(
        ADDRESS.repeat(4),
        `${ADDRESS.repeat(4)}("${ADDRESSES_CUT}" NIL NIL NIL)`,
      )} FLAGS ())`,
    );
  });

  it.each([
    ['cut short', `* 1 FETCH (BODYSTRUCTURE (${PART.repeat(20)}`],
    ['with an open quote', `* 1 FETCH (BODYSTRUCTURE ("${'x'.repeat(500)})`],
    ['that is not one', `* OK ${structure(20)}`],
  ])('%s passes as it came', (_name, text) => {
    expect(trimmed(text).text).toBe(text);
  });

  it('of eight megabytes is passed over in one go', () => {
    const one = answer(`* 1 FETCH (UID 7 BODYSTRUCTURE ${structure(100_000)})`);
    expect(read(trimFetch(one)).text).toBe('* 1 FETCH (UID 7 BODYSTRUCTURE NIL)');
  });
});
