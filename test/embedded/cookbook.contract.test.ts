import { describeWebContract } from '../kit/contract-web';
import { docPlugins } from '../kit/doc-plugins';

const { found, remove } = docPlugins();
afterAll(remove);

describe('the plugins of the pages, in one product', () => {
  describeWebContract(found, found);
});
