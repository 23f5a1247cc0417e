import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dressTexts, installedSkinFaults } from '../../../src/app/skins';
import type { SiteId } from '../../../src/base/types';
import { createTexts } from '../../../src/kernel/i18n';
import type { Site } from '../../../src/sites';
import { loadSkins } from '../../../src/view';
import { asFound, tempTree } from '../host/kit';

const ROOT = path.resolve(__dirname, '../../..');

let root = '';
beforeEach(() => {
  root = tempTree({
    'skins/harbour/skin.json': '{ "extends": "base" }',
    'skins/harbour/plugins/tides/hint.ejs': '',
    'skins/harbour/locales/fr.json': '{"tides:title":"Marnage"}',
    'tides/views/hint.ejs': '',
  });
  cpSync(path.join(ROOT, 'skins/base'), path.join(root, 'skins/base'), { recursive: true });
  symlinkSync(path.join(ROOT, 'locales'), path.join(root, 'locales'));
});
afterEach(() => rmSync(root, { recursive: true }));

const faults = () => {
  const tides = asFound({ id: 'tides', api: '^1.0', title: 'tides:title' });
  const sites = [{ id: 'marees' as SiteId, skin: 'harbour' }];
  const found = [{ ...tides, dir: path.join(root, 'tides') }];
  return installedSkinFaults({ root, sites }, { found, unloaded: [] });
};

it('finds nothing in a skin whose views and words take the place of some', () => {
  expect(faults()).toEqual([]);
});

it('names what takes the place of nothing, of the core or of a plugin', () => {
  writeFileSync(path.join(root, 'skins/harbour/plugins/tides/hnit.ejs'), '');
  writeFileSync(path.join(root, 'skins/harbour/locales/en.json'), '{"tides":{"title":"x"}}');

  expect(faults()).toEqual([
    expect.objectContaining({
      file: 'skins/harbour/plugins/tides/hnit.ejs',
      message: expect.stringContaining('did you mean "tides/hint"?'),
    }),
    expect.objectContaining({
      file: 'skins/harbour/locales/en.json',
      message: expect.stringContaining('did you mean "tides:title"?'),
    }),
  ]);
});

it('tells at each site what keeps its skin from being worn, and of an unworn one once', () => {
  writeFileSync(path.join(root, 'skins/harbour/locales/fr.json'), '{');
  mkdirSync(path.join(root, 'skins/draft'));
  writeFileSync(path.join(root, 'skins/draft/skin.json'), '{ "logo_": "x" }');

  expect(faults()).toEqual([
    expect.objectContaining({
      file: 'skins/draft/skin.json',
      message: expect.stringContaining('"logo_"; no site has it'),
    }),
    expect.objectContaining({
      site: 'marees',
      file: 'skins/harbour/locales/fr.json',
      message: expect.stringContaining('site "marees" is shown in the base skin'),
    }),
  ]);
  expect(faults()[0]).not.toHaveProperty('site');
});

it('gives a site whose skin cannot be worn the words of the base skin', () => {
  writeFileSync(path.join(root, 'skins/harbour/views.ts'), '');
  const texts = createTexts({ coreDir: path.join(root, 'locales'), fallback: 'fr' });
  texts.add('tides', 'fr', { title: 'Marées' });
  const sites = [{ skin: 'harbour' }] as readonly Pick<Site, 'skin'>[];

  dressTexts(texts, loadSkins(path.join(root, 'skins')), sites as readonly Site[]);

  expect(texts.for('fr', 'harbour')('tides:title')).toBe('Marées');
});

it('lays the words of each site’s skin over those of the core', () => {
  const texts = createTexts({ coreDir: path.join(root, 'locales'), fallback: 'fr' });
  texts.add('tides', 'fr', { title: 'Marées' });
  const sites = [{ skin: 'harbour' }, { skin: 'base' }] as readonly Pick<Site, 'skin'>[];

  dressTexts(texts, loadSkins(path.join(root, 'skins')), sites as readonly Site[]);

  expect(texts.for('fr', 'harbour')('tides:title')).toBe('Marnage');
  expect(texts.for('fr', 'base')('tides:title')).toBe('Marées');
});

it('finds nothing where there is no skin at all', () => {
  rmSync(path.join(root, 'skins'), { recursive: true });

  expect(faults()).toEqual([]);
});
