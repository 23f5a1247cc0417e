import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import type { PluginContext } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import { WebAgent } from '../kit/agent';

const ROOT = path.resolve(__dirname, '..', '..');

const aPlugin = (id: string, activate: (context: PluginContext) => void): FoundPlugin => ({
  id,
  version: '0.0.0',
  dir: path.join(__dirname, '..', 'kit', 'noisy'),
  definition: { id, api: '^1.0', title: `${id}:title`, needs: ['mail.read'], activate },
  migrations: [],
  locales: { fr: { title: 'Agenda' }, en: { title: 'Calendar' } },
});

let demo: DemoApp | undefined;
afterEach(async () => {
  await demo?.stop();
});

it('a plugin that reads a message opens nothing: no hook tells of it', async () => {
  const told: string[] = [];
  const ended: Promise<unknown>[] = [];
  const reader = aPlugin('reader', (context) => {
    context.hooks.on('message:read', async ({ ref }, { as }) => {
      told.push('reader read');
      if (!as) return;
      const mail = context.mail(as);
      const reading = Promise.all([mail.message(ref), mail.text(ref)]);
      ended.push(reading);
      await reading;
    });
  });
  const neighbour = aPlugin('neighbour', ({ hooks }) => {
    hooks.on('message:read', () => void told.push('neighbour read'));
    hooks.on('message:model', () => void told.push('neighbour model'));
  });
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    site: (_id, file) => ({ ...file, plugins: { reader: true, neighbour: true } }),
    app: { log: { level: 'silent' } },
    plugins: { grants: { reader: ['mail.read'], neighbour: ['mail.read'] } },
    options: { extraPlugins: [reader, neighbour] },
  });
  const [agent] = demo.stack.agents;
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const list = await web.signIn(agent?.username ?? '', agent?.password ?? '');
  const row = list.all(({ attribs }) => 'data-uid' in attribs)[0];

  await web.get(`/mail/me/INBOX/${row?.attribs['data-uid'] ?? ''}`);
  // The handler runs behind the page; what it reads is awaited, then what its calls would tell.
  const read = await Promise.all(ended);
  await demo.app.host.stop();

  expect(read).toMatchObject([[{ ref: { mailbox: 'INBOX' } }, { text: expect.any(String) }]]);
  expect(told.sort()).toEqual(['neighbour model', 'neighbour read', 'reader read']);
  for (const stats of demo.app.pluginStats()) expect(stats).toMatchObject({ errors: 0 });
});
