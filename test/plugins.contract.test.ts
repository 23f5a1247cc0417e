import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SLOTS } from '../src/view';
import { describeContract } from './kit/contract';
import { expectNone, faultsOf, filesBelow } from './kit/contract-files';
import { pluginsHere } from './kit/contract-plugins';
import { slotsOf } from './unit/view/template-lint';

const ROOT = path.resolve(__dirname, '..');
const { found, broken } = pluginsHere();

it('every folder of plugins/ and every package of plugins.json holds a plugin that loads', () => {
  expectNone(
    broken.map(({ id, reason }) => `${id}: ${reason}`),
    'These cannot be loaded: mend them, or take them out',
  );
  expect(found.length).toBeGreaterThan(0);
});

describe.each(found.map((plugin) => [plugin.id, plugin] as const))('plugin %s', (_id, plugin) => {
  describeContract(plugin, found);
});

describe('templates of the skins', () => {
  const templates = filesBelow(path.join(ROOT, 'skins'), '.ejs');

  it('hold no inline code and print raw only what was reviewed', () => {
    expect(faultsOf(templates)).toEqual([]);
  });

  it('show every slot that exists, and no other', () => {
    const shown = new Set(templates.flatMap((file) => slotsOf(readFileSync(file, 'utf8'))));

    expect([...shown].filter((name) => !Object.hasOwn(SLOTS, name))).toEqual([]);
    expect(Object.keys(SLOTS).filter((name) => !shown.has(name))).toEqual([]);
  });
});
