import path from 'node:path';
import type { DemoApp } from '../../src/demo';
import type { FoundPlugin } from '../../src/host/discover';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

/** Far below the 5 s after which a held database would answer anything at all. */
const AT_ONCE_MS = 4_000;

let demo: DemoApp;
let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
});

it('of a plugin, held for ever, holds up neither the list nor a sign-in nor a stop, and is charged to it', async () => {
  let isCharged: (details: unknown) => void = () => {};
  const charged = new Promise<unknown>((resolve) => {
    isCharged = resolve;
  });
  const found: FoundPlugin = {
    id: 'holder',
    version: '0.0.0',
    dir: path.join(__dirname, '..', 'kit', 'noisy'),
    migrations: [
      {
        name: '0001-x',
        up: (knex) => knex.schema.createTable('holder_x', (table) => void table.increments('id')),
        down: (knex) => knex.schema.dropTable('holder_x'),
      },
    ],
    locales: { fr: { title: 'X' }, en: { title: 'X' } },
    definition: {
      id: 'holder',
      api: '^1.0',
      title: 'holder:title',
      needs: ['db'],
      activate(context) {
        context.hooks.on('session:opened', () => {
          const { db } = context;
          const query = db.table('holder_x');
          const endless = query.client.raw('select 1 as i union all select i + 1 from n');
          query
            .withRecursive('n', endless)
            .from('n')
            .max('i')
            .catch((error: { details?: unknown }) => isCharged(error.details));
          db.transaction(() => new Promise(() => {})).catch(() => {});
        });
      },
    },
  };
  demo = await startTestDemo({}, [found]);
  stop = () => demo.stop();
  const { web } = await signInTo(demo);

  const begun = performance.now();
  expect((await web.get('/mail/me/INBOX')).status).toBe(200);
  const { page } = await signInTo(demo, demo.stack.agents[1]);
  expect(page.status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(AT_ONCE_MS);

  expect(await charged).toMatchObject({ plugin: 'holder', what: 'statement' });
  const stats = demo.app.pluginStats().find(({ plugin }) => plugin === 'holder');
  expect(JSON.stringify(stats)).toContain('database');
  const stopping = performance.now();
  stop = undefined;
  await demo.stop();
  expect(performance.now() - stopping).toBeLessThan(9_000);
}, 60_000);
