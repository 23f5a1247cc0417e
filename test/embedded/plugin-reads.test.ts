import type { DemoApp } from '../../src/demo';
import type { PluginContext } from '../../src/host';
import { foundPlugin } from '../kit/found-plugin';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

const aPlugin = (id: string, activate: (context: PluginContext) => void) =>
  foundPlugin(id, { needs: ['mail.read'], activate });

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
  const plugins = { grants: { reader: ['mail.read'], neighbour: ['mail.read'] } };
  demo = await startTestDemo({ plugins }, [reader, neighbour]);
  const { web, page: list } = await signInTo(demo);
  const row = list.all(({ attribs }) => 'data-uid' in attribs)[0];

  await web.get(`/mail/me/INBOX/${row?.attribs['data-uid'] ?? ''}`);
  // The handler runs behind the page; what it reads is awaited, then what its calls would tell.
  const read = await Promise.all(ended);
  await demo.app.host.stop();

  expect(read).toMatchObject([[{ ref: { mailbox: 'INBOX' } }, { text: expect.any(String) }]]);
  expect(told.sort()).toEqual(['neighbour model', 'neighbour read', 'reader read']);
  for (const stats of demo.app.pluginStats()) expect(stats).toMatchObject({ errors: 0 });
});
