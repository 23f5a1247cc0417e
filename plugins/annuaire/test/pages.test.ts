import { createPluginTest, type PluginTest } from 'estafette/plugin/testing';
import type { Entry } from '../entry';
import { PAGE_ROWS, pageOf } from '../pages';
import plugin from '../plugin';
import { fakeDirectory, record } from './fake-directory';

const entries = Array.from(
  { length: 2 * PAGE_ROWS + 3 },
  (_, at) => ({ dn: `uid=${at}` }) as Entry,
);
const dnsOf = (page?: number, dn = ''): readonly string[] =>
  pageOf(entries, { page, dn }).entries.map((entry) => entry.dn);

it('shows every entry once, page by page', () => {
  const pages = [1, 2, 3].flatMap((page) => dnsOf(page));
  expect(pages).toEqual(entries.map(({ dn }) => dn));
  expect(pageOf(entries, { page: 2, dn: '' })).toMatchObject({ current: 2, count: 3 });
});

it('opens the page of the entry that is shown, and the last one beyond the end', () => {
  expect(pageOf(entries, { page: undefined, dn: `uid=${PAGE_ROWS}` }).current).toBe(2);
  expect(pageOf(entries, { page: undefined, dn: 'uid=none' }).current).toBe(1);
  expect(pageOf(entries, { page: 99, dn: '' }).current).toBe(3);
  expect(pageOf([], { page: 2, dn: '' })).toEqual({ entries: [], current: 1, count: 1 });
});

describe('a long list', () => {
  const BASE = 'dc=saisons,dc=example';
  const people = Array.from({ length: 120 }, (_, at) =>
    record(`uid=a${at},${BASE}`, {
      objectClass: ['inetOrgPerson'],
      cn: [`Aubépine ${String(at).padStart(3, '0')}`],
      mail: [`a${at}@saisons.example`],
    }),
  );
  let test: PluginTest;
  beforeAll(async () => {
    const root = record(BASE, { objectClass: ['organization'], o: ['Ministère'] });
    test = await createPluginTest({ plugin, directory: fakeDirectory(BASE, [root, ...people]) });
  });
  afterAll(() => test.stop());
  const namesOn = async (query: Readonly<Record<string, string>>, path = '/') => {
    const html = await test.renderRoute(path, { query });
    return [...html.matchAll(/annuaire-name">([^<]*)</g)].map(([, name]) => name);
  };

  it.each([
    ['of a search', '/', { q: 'aubépine' }],
    ['of a branch', '/tree', { base: BASE }],
  ])('%s has pages that links lead to, each entry on one of them', async (_name, path, query) => {
    const pages = await Promise.all(
      ['1', '2', '3'].map((page) => namesOn({ ...query, page }, path)),
    );
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(new Set(pages.flat()).size).toBe(120);

    const second = await test.renderRoute(path, { query: { ...query, page: '2' } });
    expect(second).toMatch(/rel="prev"/);
    expect(second).toMatch(/href="[^"]*page=3" rel="next"/);
    expect(await namesOn({ ...query, page: '-1' }, path)).toEqual(pages[0]);
    expect(await namesOn({ ...query, page: '<b>' }, path)).toEqual(pages[0]);
  });
});
