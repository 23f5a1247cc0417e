import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createLog } from '../../../src/base/log';
import { createTexts } from '../../../src/kernel/i18n';
import { cleanUp, newFolder } from './support';

afterEach(cleanUp);

const FRENCH = {
  list: {
    title: 'Boîte de réception',
    count_one: '{{count}} message',
    count_other: '{{count}} messages',
    from: 'de {{name}}',
    only: 'seulement ici',
  },
};
const ENGLISH = {
  list: {
    title: 'Inbox',
    count_one: '{{count}} message',
    count_other: '{{count}} messages',
    from: 'from {{name}}',
  },
};

function texts(options: { destination?: { write(line: string): void } } = {}) {
  const coreDir = path.join(newFolder(), 'locales');
  mkdirSync(coreDir);
  writeFileSync(path.join(coreDir, 'fr.json'), JSON.stringify(FRENCH));
  writeFileSync(path.join(coreDir, 'en.json'), JSON.stringify(ENGLISH));
  const { destination } = options;
  return createTexts({
    coreDir,
    fallback: 'fr',
    ...(destination && { log: createLog({ level: 'warn', destination }), development: true }),
  });
}

describe('texts', () => {
  it('speaks both languages, and falls back to French', () => {
    const all = texts();

    expect(all.for('fr')('list.title')).toBe('Boîte de réception');
    expect(all.for('en')('list.title')).toBe('Inbox');
    expect(all.for('en')('list.only')).toBe('seulement ici');
    expect(all.has('list.only', 'en')).toBe(false);
    expect(all.has('list.only', 'fr')).toBe(true);
  });

  it.each([
    ['fr', 0, '0 message'],
    ['fr', 1, '1 message'],
    ['fr', 2, '2 messages'],
    ['fr', 1_000_000, '1000000 messages'],
    ['en', 0, '0 messages'],
    ['en', 1, '1 message'],
  ] as const)('counts in %s: %d', (locale, count, expected) => {
    expect(texts().for(locale)('list.count', { count })).toBe(expected);
  });

  it('puts values in as they are', () => {
    const translate = texts().for('fr');

    expect(translate('list.from', { name: '<b>Zoé & "Max"</b>' })).toBe('de <b>Zoé & "Max"</b>');
  });

  it.each(['$t(list.title)', '{{count}}', '{{name}}', '$&', '$1', '__proto__'])(
    'never interprets the value %s',
    (name) => {
      expect(texts().for('fr')('list.from', { name })).toBe(`de ${name}`);
    },
  );

  it('takes values for values, whatever their names', () => {
    const translate = texts().for('fr');

    const said = translate('list.from', { name: 'x', lng: 'en', ns: 'a', defaultValue: 'no' });

    expect(said).toBe('de x');
  });

  it.each(['list.absent', 'list', '', 'nobody:list.title', 'A sentence: with. marks', '__proto__'])(
    'gives back the key %j when there is no such text',
    (key) => {
      expect(texts().for('fr')(key)).toBe(key);
    },
  );

  it('keeps plugins apart from each other and from the core', () => {
    const all = texts();
    all.add('notes', 'fr', { list: { title: 'Notes' } });
    all.add('notes', 'en', { list: { title: 'Notes (en)' } });
    all.add('agenda', 'fr', { list: { title: 'Agenda' } });

    expect(all.for('fr')('notes:list.title')).toBe('Notes');
    expect(all.for('en')('agenda:list.title')).toBe('Agenda');
    expect(all.for('fr')('list.title')).toBe('Boîte de réception');
    expect(all.has('agenda:list.title', 'en')).toBe(false);
  });

  it.each([
    ['a number', { a: { b: 3 } }],
    ['a list', { a: ['x'] }],
    ['a key that touches prototypes', JSON.parse('{"__proto__": {"a": "x"}}')],
  ])('refuses a catalogue with %s', (_, catalogue) => {
    expect(() => texts().add('notes', 'fr', catalogue)).toThrow('config/invalid');
  });

  it('refuses a namespace that is no plugin id', () => {
    expect(() => texts().add('No Tes', 'fr', {})).toThrow('config/invalid');
  });

  it('logs a missing key once per language in development', () => {
    const lines: string[] = [];
    const translate = texts({ destination: { write: (line) => lines.push(line) } }).for('en');

    translate('list.only');
    translate('list.only');
    translate('list.absent');

    expect(lines.map((line) => (JSON.parse(line) as { key: string }).key)).toEqual([
      'list.only',
      'list.absent',
    ]);
  });
});
