import { discoverPlugins } from '../../src/host/discover';
import { describeWebContract } from '../kit/contract-web';
import { someChoices, writePlugins } from '../kit/new-plugins';

const { dir, remove } = writePlugins(someChoices().slice(-1));
const { found, broken } = discoverPlugins({ dir });
afterAll(remove);

it('writes a plugin that loads', () => {
  expect(broken).toEqual([]);
  expect(found).toHaveLength(1);
});

describe.each(found.map((plugin) => [plugin.id, plugin] as const))('plugin %s', (_id, plugin) => {
  describeWebContract([plugin], found);
});
