import { systemClock } from '../../../src/base/clock';
import { createCaches, DEFAULT_CACHE_SIZES } from '../../../src/mail/caches';
import type { OpenedMessage } from '../../../src/mail/opened-message';
import { rowContent } from '../../../src/mail/rows';

const to = Array.from({ length: 3_000 }, (_, index) => ({
  name: `Personne ${index}`,
  address: `personne.${index}@culture.gouv.example`,
}));
const content = rowContent({ seq: 1, uid: 1, envelope: { to, subject: 'x'.repeat(500) } });
const opened = (parts: number): OpenedMessage => ({
  content,
  envelope: { to },
  internalDate: undefined,
  headers: { fields: [], truncated: false },
  tree: {
    tooComplex: false,
    root: {
      ...{ part: 'TEXT', type: 'multipart/mixed', parameters: {}, encoding: '7bit', sizeBytes: 0 },
      children: Array.from({ length: parts }, (_, index) => ({
        ...{ part: `${index}`, type: 'text/plain', parameters: {}, encoding: '7bit', sizeBytes: 0 },
        children: [],
      })),
    },
  },
});

it('opened messages to thousands of people are kept by their weight, not by their number', () => {
  const caches = createCaches(systemClock, DEFAULT_CACHE_SIZES);
  for (let index = 0; index < 200; index++) caches.opened.set(`k${index}`, opened(1));
  expect(caches.opened.stats().size).toBeLessThan(80);
  expect(caches.opened.get('k199')).toBeDefined();
});

it('and so are those of thousands of parts', () => {
  const caches = createCaches(systemClock, { ...DEFAULT_CACHE_SIZES, openedBytes: 10_000_000 });
  for (let index = 0; index < 20; index++) caches.opened.set(`k${index}`, opened(4_000));
  expect(caches.opened.stats().size).toBeLessThan(5);
});

it('rows with all that a row may hold weigh more than ordinary ones', () => {
  const caches = createCaches(systemClock, { ...DEFAULT_CACHE_SIZES, rowBytes: 100_000 });
  const flags = { flags: [], modseq: undefined };
  for (let index = 0; index < 100; index++) caches.rows.set(`k${index}`, { content, flags });
  expect(caches.rows.stats().size).toBeLessThan(60);
  expect(caches.rows.get('k99')).toBeDefined();
});
