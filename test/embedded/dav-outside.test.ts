import type { DemoApp } from '../../src/demo';
import type { FoundPlugin } from '../../src/host/discover';
import { WebAgent } from '../kit/agent';
import { agentAt } from '../kit/demo-agents';
import { factorPlugin } from '../kit/factor-plugin';
import { startTestDemo } from '../kit/signed-in-demo';

/** Who has set up a second factor, by number. */
const having = new Set<number>();

function namedFactor(): FoundPlugin {
  const plugin = factorPlugin();
  const definition = {
    ...plugin.definition,
    provides: ['second-factor'],
    activate(context: Parameters<NonNullable<typeof plugin.definition.activate>>[0]) {
      const methods = async (_scope: unknown, user: number) => (having.has(user) ? ['code'] : []);
      context.services.provide('second-factor' as never, { methods } as never);
    },
  };
  return { ...plugin, definition };
}

let demo: DemoApp;
let user: number;
let authorization: string;
beforeAll(async () => {
  const networks = { inside: ['127.0.0.0/8'], outside: 'factor' };
  demo = await startTestDemo({
    seed: false,
    app: { trustedProxies: ['loopback'] },
    site: (_id, own) => ({
      ...own,
      plugins: { contacts: true, 'test-factor': true },
      protection: { networks },
    }),
    options: { extraPlugins: [namedFactor()] },
  });
  const { username, password } = agentAt(demo, 0);
  await new WebAgent(`http://127.0.0.1:${demo.port}`).signIn(username, password);
  const row: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
  user = row.id;
  const { secret } = await demo.app.safety.appPasswords.create(user as never, 'Téléphone');
  authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const statusOf = async (method: string, target: string, from?: string): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${demo.port}/dav/contacts/${target}`, {
    method,
    headers: {
      Authorization: authorization,
      Depth: '0',
      ...(from !== undefined && { 'X-Forwarded-For': from }),
    },
  });
  await answer.text();
  return answer.status;
};
const OUTSIDE = '198.51.100.9';

it('opens the books from outside to who has a second factor, and to nobody else', async () => {
  const seen = async () => [
    await statusOf('PROPFIND', 'contacts/'),
    await statusOf('PROPFIND', 'contacts/', OUTSIDE),
    await statusOf('GET', 'contacts/a.vcf', OUTSIDE),
    await statusOf('OPTIONS', '', OUTSIDE),
  ];

  expect(await seen()).toEqual([207, 403, 403, 403]);
  having.add(user);
  expect(await seen()).toEqual([207, 207, 404, 200]);
  // Taken away again: the password of the telephone is worth nothing out there.
  having.delete(user);
  expect(await seen()).toEqual([207, 403, 403, 403]);
});
