import { shortenQuote, shortenSubject } from '../../../src/compose/shorten';

const t = (key: string): string => key;

describe('a quote', () => {
  it('of usual size is whole', () => {
    expect(shortenQuote({ text: 'a', html: '<p>a</p>' }, t)).toEqual({
      text: 'a',
      html: '<p>a</p>',
      isShortened: false,
    });
  });

  it.each([
    ['text', { text: 'x'.repeat(2_700_000), html: undefined }],
    ['HTML', { text: 'short', html: '<p>x</p>'.repeat(500_000) }],
  ])('of a huge %s is its beginning, and says so', (_name, original) => {
    const short = shortenQuote(original, t);

    expect(short).toMatchObject({ html: undefined, isShortened: true });
    expect(short.text.length).toBeLessThan(201_000);
    expect(short.text).toMatch(/compose\.quote\.shortened$/);
  });
});

it('a subject of megabytes is cut to what an answer can have', () => {
  expect(shortenSubject('s'.repeat(5_000_000)).length).toBeLessThan(1_000);
  expect(shortenSubject('Réunion')).toBe('Réunion');
});
