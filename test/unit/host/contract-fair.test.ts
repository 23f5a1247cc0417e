import { rmSync } from 'node:fs';
import { definePlugin } from '../../../src/host';
import type { PluginDefinition } from '../../../src/host/define';
import type { FoundPlugin } from '../../../src/host/discover';
import { describeContract } from '../../kit/contract';
import { tempTree } from './kit';

const ORIGIN = 'https://dossiers.example';
const texts = { title: 'gateway' };
const root = tempTree({
  'plugin.ts':
    "const title = 'gateway:title';\nexport default Object.freeze({ id: 'gateway', title });\n",
  'README.md': `# Gateway\n\n\`http:${ORIGIN}\``,
  'views/state.ejs': '<p><%= model.state %></p>',
});
afterAll(() => rmSync(root, { recursive: true }));

/** Asks an application whatever the page knows, and lets the slot be told unavailable. */
const gateway: FoundPlugin = {
  id: 'gateway',
  version: '0.0.0',
  dir: root,
  definition: definePlugin({
    id: 'gateway',
    api: '^1.0',
    title: 'gateway:title',
    needs: [`http:${ORIGIN}`],
    contributes: {
      slots: [
        {
          slot: 'page.banner@1',
          view: 'state',
          data: async (_facts, context) => {
            const { body } = await context.http(`${ORIGIN}/state`);
            return { state: String(body) };
          },
        },
        {
          slot: 'message.sidebar@1',
          view: 'state',
          data: async (_facts, context) => {
            const answer = context.http(`${ORIGIN}/state`);
            await answer.catch((cause: unknown) => {
              throw new Error('gateway: no answer', { cause });
            });
            return undefined;
          },
        },
      ],
    },
  }) as PluginDefinition,
  migrations: [],
  locales: { fr: texts, en: texts },
};

describe('a plugin that asks an application, which does not answer', () => {
  describeContract(gateway, [gateway]);
});
