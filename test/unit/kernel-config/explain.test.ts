import { parseJson } from '../../../src/kernel/config-json';
import { explain } from '../../../src/kernel/explain';

const source = (file: string, text: string) => ({ file, ...parseJson(text) });
const sources = {
  app: source('config/app.json', '{}'),
  plugins: source('config/plugins.json', '{\n "notes": {\n  "size": 10,\n  "on": true\n }\n}'),
  sites: [
    source(
      'config/sites/one.json',
      '{\n "imap": {\n  "port": 993\n },\n "plugins": {"notes": {\n  "size": 20\n }}\n}',
    ),
    source('config/sites/two.json', '{"plugins": {"notes": true}}'),
  ],
};

describe('explain', () => {
  it('lists every layer that has a say, the winner last', () => {
    const told = explain(sources, {
      path: 'notes.size',
      siteId: 'one',
      effective: 20,
      defaultValue: 5,
    });

    expect(told).toEqual({
      path: 'notes.size',
      value: 20,
      layers: [
        { layer: 'default', value: 5 },
        { layer: 'plugins', value: 10, file: 'config/plugins.json', path: 'notes.size', line: 3 },
        {
          layer: 'site',
          value: 20,
          file: 'config/sites/one.json',
          path: 'plugins.notes.size',
          line: 6,
        },
      ],
    });
  });

  it('puts the agent’s own choice on top', () => {
    const told = explain(sources, {
      path: 'notes.on',
      siteId: 'two',
      effective: true,
      userValue: false,
    });

    expect(told.value).toBe(false);
    expect(told.layers.map(({ layer }) => layer)).toEqual(['plugins', 'user']);
  });

  it('explains a key of the site itself', () => {
    const told = explain(sources, { path: 'imap.port', siteId: 'one', effective: 993 });

    expect(told.layers).toEqual([
      { layer: 'site', value: 993, file: 'config/sites/one.json', path: 'imap.port', line: 3 },
    ]);
  });

  it('calls default what nobody wrote', () => {
    const told = explain(sources, { path: 'locale', siteId: 'two', effective: 'fr' });

    expect(told.layers).toEqual([{ layer: 'default', value: 'fr' }]);
  });

  it.each(['__proto__.x', 'constructor.name', 'notes.toString', ''])(
    'finds nothing at %j',
    (path) => {
      const told = explain(sources, { path, siteId: 'one', effective: undefined });

      expect(told).toEqual({ path, value: undefined, layers: [] });
    },
  );
});
