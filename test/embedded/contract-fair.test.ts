import { rmSync } from 'node:fs';
import type { PluginContext, PluginDefinition, PluginRouter } from '../../src/host';
import { marksIn } from '../kit/contract-marks';
import { lossesSince, type Seen, unhealthy } from '../kit/contract-pages';
import { describeWebContract } from '../kit/contract-web';
import { foundPlugin } from '../kit/found-plugin';
import { tempTree } from '../unit/host/kit';

const dir = tempTree({ 'views/page.ejs': '<h1><%= t("icon:title") %></h1>' });
afterAll(() => rmSync(dir, { recursive: true }));

const aPlugin = (id: string, more: Partial<PluginDefinition>) => foundPlugin(id, more, dir);
const guard = (confirm: boolean) => (context: PluginContext) =>
  context.hooks.on('message:sending', ({ draft }) =>
    draft.subject === 'contrat'
      ? { deny: true, code: 'subject', message: 'icon:title', ...(confirm && { confirm: true }) }
      : undefined,
  );
const page = async () => ({
  routes(router: PluginRouter) {
    router.get('/', async () => ({ view: 'page', title: 'Page', model: {} }));
  },
});

describe('plugins that do what they may: ask, add a step, have an ordinary name', () => {
  const found = [
    // Words that the core writes in its own tags.
    aPlugin('icon', { contributes: { routes: page }, activate: guard(true) }),
    aPlugin('dossiers', { activate: ({ hooks }) => hooks.on('message:list', (rows) => rows) }),
    aPlugin('code-by-post', {
      contributes: { challenges: [{ id: 'posted', label: 'code-by-post:title', path: '/' }] },
      activate: ({ hooks }) =>
        hooks.on('session:challenges', () => [
          { id: 'posted', label: 'code-by-post:title', satisfied: false },
        ]),
    }),
  ];
  describeWebContract(found, found);
});

describe('a plugin that refuses what is sent', () => {
  const found = [
    aPlugin('refusal', {
      activate(context) {
        guard(false)(context);
        context.hooks.on('message:list', (rows) => rows);
      },
    }),
  ];
  describeWebContract(found, found);
});

describe('the contract', () => {
  const healthy: Seen = {
    inbox: 'the inbox shows messages',
    message: 'a message is shown',
    send: 'a message is sent',
  };
  const open = { point: 'message:list', isClosed: false };

  it('finds what a plugin left, by its addresses and texts and not by its name as a word', () => {
    const icon = aPlugin('icon', {});
    const marks = marksIn(
      '<svg class="icon" data-x="icon"></svg><a href="/mail/me/icon/3">icon</a>' +
        '<a href="/icon"></a><form action="/icon/x?y"></form><p>icon:title</p>',
      icon,
    );

    expect(marks).toEqual(['/icon', '/icon/x?y', 'icon:title']);
  });

  it('tells a plugin that is ill by itself from a platform that does not live through it', () => {
    expect(unhealthy(healthy)).toEqual([]);
    expect(unhealthy({ ...healthy, inbox: 'the inbox answers 503' })).toEqual([
      'the inbox answers 503',
    ]);
    expect(lossesSince(healthy, healthy, open)).toEqual([]);
    for (const [name, seen] of [
      ['inbox', 'the inbox shows no message'],
      ['message', 'a message answers 500'],
      ['send', 'sending is refused: 403'],
    ] as const)
      expect(lossesSince(healthy, { ...healthy, [name]: seen }, open)).toHaveLength(1);
  });

  it('wants a refusal of a guard that cannot answer, with what was written', () => {
    const closed = { point: 'message:sending', isClosed: true };
    const with_ = (send: string): Seen => ({ ...healthy, send });

    expect(lossesSince(healthy, with_('sending is refused: 503'), closed)).toEqual([]);
    expect(lossesSince(healthy, healthy, closed)).toHaveLength(1);
    expect(
      lossesSince(healthy, with_('what was written is lost: sending answers 503'), closed),
    ).toHaveLength(1);
  });
});
