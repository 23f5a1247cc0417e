import { parseJson } from '../../../src/kernel/config-json';
import { explainSiteKey } from '../../../src/kernel/explain';

const source = (file: string, text: string) => ({ file, ...parseJson(text) });
const sources = {
  app: source('config/app.json', '{}'),
  plugins: source('config/plugins.json', '{}'),
  sites: [
    source('config/sites/one.json', '{\n "imap": {\n  "port": 993\n }\n}'),
    source('config/sites/two.json', '{}'),
  ],
};

describe('a key of a site', () => {
  it('is told with its place', () => {
    const told = explainSiteKey(sources, { path: 'imap.port', site: 'one', value: 993 });

    expect(told.layers).toEqual([
      { layer: 'site', value: 993, file: 'config/sites/one.json', line: 3 },
    ]);
  });

  it('is a default when nobody wrote it', () => {
    const told = explainSiteKey(sources, { path: 'locale', site: 'two', value: 'fr' });

    expect(told).toEqual({
      path: 'locale',
      value: 'fr',
      layers: [{ layer: 'default', value: 'fr' }],
    });
  });

  it.each(['__proto__.x', 'constructor.name', 'imap.toString', ''])('is nothing at %j', (path) => {
    expect(explainSiteKey(sources, { path, site: 'one', value: undefined })).toEqual({
      path,
      layers: [],
    });
  });
});
