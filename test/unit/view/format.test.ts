import { createTexts } from '../../../src/kernel/i18n';
import { createFormats, type DateStyle } from '../../../src/view/format';
import { removeTrees, tree } from './kit';

afterAll(removeTrees);

const catalogue = (words: Record<string, string>): string =>
  JSON.stringify({
    date: { yesterday: words['yesterday'] },
    size: {
      byte: `{{value}} ${words['o']}`,
      kilobyte: `{{value}} k${words['o']}`,
      megabyte: `{{value}} M${words['o']}`,
      gigabyte: `{{value}} G${words['o']}`,
    },
  });
const texts = createTexts({
  coreDir: tree({
    'fr.json': catalogue({ yesterday: 'hier', o: 'o' }),
    'en.json': catalogue({ yesterday: 'yesterday', o: 'B' }),
  }),
  fallback: 'fr',
});

const at = (now: string, locale: 'fr' | 'en' = 'fr', timeZone = 'Europe/Paris') =>
  createFormats(locale, timeZone, texts.for(locale), () => Date.parse(now));
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

// Thursday 19 November 2026, 11:00 in Paris.
const NOW = '2026-11-19T10:00:00Z';

describe('dates of a list', () => {
  const french = at(NOW);
  it.each([
    ['2026-11-19T08:42:00Z', '09:42'],
    ['2026-11-18T23:05:00Z', '00:05'], // today in Paris, yesterday in UTC
    ['2026-11-18T22:55:00Z', 'hier'],
    ['2026-11-17T10:00:00Z', 'mar. 17'],
    ['2026-11-13T10:00:00Z', 'ven. 13'],
    ['2026-11-12T10:00:00Z', '12 nov.'],
    ['2026-01-01T10:00:00Z', '1 janv.'],
    ['2025-11-09T10:00:00Z', '9 nov. 2025'],
    ['2026-11-25T10:00:00Z', '25 nov.'], // a wrong clock somewhere
  ])('%s → %s', (iso, text) => {
    expect(plain(french.date(iso, 'list'))).toBe(text);
  });

  it('are those of the person’s zone and language', () => {
    expect(at(NOW, 'en', 'Pacific/Noumea').date('2026-11-18T14:00:00Z', 'list')).toBe('01:00');
    expect(at(NOW, 'en').date('2026-11-18T14:00:00Z', 'list')).toBe('yesterday');
    expect(at(NOW, 'en').date('2025-11-09T10:00:00Z', 'list')).toBe('9 Nov 2025');
  });

  it.each([
    // Clocks go forward on 29 March 2026: that Sunday lasts 23 hours in Paris.
    ['2026-03-29T22:30:00Z', '2026-03-29T10:00:00Z'],
    // Back on 25 October: 25 hours.
    ['2026-10-26T22:30:00Z', '2026-10-25T00:30:00Z'],
  ])('call the day before yesterday’s neighbour by its name when clocks change: %s', (now, iso) => {
    expect(at(now).date(iso, 'list')).toBe('hier');
  });
});

describe('other dates', () => {
  it.each<[DateStyle, string, string]>([
    ['long', 'jeudi 19 novembre 2026 à 09:42', 'Thursday 19 November 2026 at 09:42'],
    ['short', '19 nov. 2026', '19 Nov 2026'],
    ['time', '09:42', '09:42'],
  ])('%s', (style, french, english) => {
    const iso = '2026-11-19T08:42:00Z';

    expect(plain(at(NOW).date(iso, style))).toBe(french);
    // ICU has changed its mind about the comma after the weekday.
    expect(plain(at(NOW, 'en').date(iso, style)).replace(',', '')).toBe(english);
  });

  it.each(['', 'yesterday', '2026-13-45', '9'.repeat(1000)])('%j is nothing', (iso) => {
    expect(at(NOW).date(iso, 'list')).toBe('');
  });

  it.each(['+275760-09-12T00:00:00Z', '-000001-01-01T00:00:00Z', '0000-01-01T00:00:00Z'])(
    'at the end of time are still written: %s',
    (iso) => {
      expect(at(NOW).date(iso, 'list')).not.toBe('');
    },
  );
});

describe('sizes and numbers', () => {
  it.each([
    [0, '0 o'],
    [999, '999 o'],
    [1_000, '1 ko'],
    [1_234, '1,2 ko'],
    [9_960, '10 ko'],
    [340_000, '340 ko'],
    [999_499, '999 ko'],
    [999_960, '1 Mo'],
    [1_200_000, '1,2 Mo'],
    [5_000_000_000, '5 Go'],
    [7e15, '7 000 000 Go'],
    [-5, '0 o'],
  ])('%d bytes → %s', (bytes, text) => {
    expect(plain(at(NOW).size(bytes))).toBe(text);
  });

  it('follow the language', () => {
    expect(at(NOW, 'en').size(1_200_000)).toBe('1.2 MB');
    expect(plain(at(NOW).number(1_234_567))).toBe('1 234 567');
    expect(at(NOW, 'en').number(1_234_567)).toBe('1,234,567');
  });
});
