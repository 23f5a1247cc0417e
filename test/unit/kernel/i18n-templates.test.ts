import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTexts } from '../../../src/kernel/i18n';
import { fillTemplate, parseTemplate } from '../../../src/kernel/i18n-templates';

describe('templates of texts', () => {
  it('fills every place, as often as it stands, and leaves the rest alone', () => {
    const template = parseTemplate('{{who}} to {{ whom }}: {{- who}} {no} }}') ?? [];

    expect(fillTemplate(template, { who: '<a>', whom: 3 })).toBe('<a> to 3: <a> {no} }}');
    expect(fillTemplate(template, {})).toBe(' to :  {no} }}');
  });

  it('never reads a value that was not given', () => {
    const template = parseTemplate('{{constructor}}{{toString}}') ?? [];

    expect(fillTemplate(template, {})).toBe('');
  });

  it('leaves formats and paths to the engine', () => {
    expect(parseTemplate('{{value, number}}')).toBeUndefined();
    expect(parseTemplate('{{user.name}}')).toBeUndefined();
  });

  it('takes time in proportion to a text of opening braces', () => {
    expect(parseTemplate('{{ '.repeat(50_000))).toBeUndefined();
  });
});

describe('texts in memory', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'texts-'));
    for (const locale of ['fr', 'en']) writeFileSync(path.join(dir, `${locale}.json`), '{}');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('says a new text as soon as a catalogue is added', () => {
    const texts = createTexts({ coreDir: dir, fallback: 'fr' });
    const t = texts.for('fr');
    texts.add('notes', 'fr', {
      title: 'Notes',
      count_one: '{{count}} note',
      count_other: '{{count}} notes',
    });
    expect([t('notes:title'), t('notes:count', { count: 2 })]).toEqual(['Notes', '2 notes']);

    texts.add('notes', 'fr', { title: 'Carnet', count_zero: 'aucune' });

    expect(t('notes:title')).toBe('Carnet');
    expect([0, 1, 7].map((count) => t('notes:count', { count }))).toEqual([
      'aucune',
      '1 note',
      '7 notes',
    ]);
  });
});
