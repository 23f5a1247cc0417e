import { parseXml } from '../xml';

const LONG = 190_000;

/** Anybody may post a document: reading one may not keep the others waiting. */
describe('a document made to be slow', () => {
  it.each([
    ['tags that never close', `<a>${'<b>'.repeat(LONG / 3)}`],
    ['as many of them as are counted', `<a>${'<b>'.repeat(3_990)}`],
    ['tags that close', `${'<b>'.repeat(1_990)}${'</b>'.repeat(1_990)}`],
    ['angles', `<a>${'<'.repeat(3_990)}`],
    ['an attribute that never ends', `<a b="${'<'.repeat(3_990)}`],
    ['attributes', `<a ${Array.from({ length: 15_000 }, (_one, at) => `x${at}="1"`).join(' ')}/>`],
    ['ampersands', `<a>${'&'.repeat(LONG)}</a>`],
    ['entities', `<a>${'&amp;'.repeat(LONG / 5)}</a>`],
    ['spaces', `<a${' '.repeat(LONG)}/>`],
    ['text', `<a>${'x'.repeat(LONG)}</a>`],
  ])('of %s is done with in three seconds', async (_name, xml) => {
    const startedMs = performance.now();

    await parseXml(xml).catch(() => undefined);

    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});
