import { pluginsHere } from '../kit/contract-plugins';
import { describeWebContract } from '../kit/contract-web';

const { found } = pluginsHere();

describe.each(found.map((plugin) => [plugin.id, plugin] as const))('plugin %s', (_id, plugin) => {
  describeWebContract([plugin], found);
});
