import { safeHtml } from '../../../src/base/html';
import type { SlotContribution } from '../../../src/host/define';
import { createSlotSource } from '../../../src/host/slot-source';
import type { SlotFacts } from '../../../src/view';
import { aPlugin, aSite, HANGS, SITE_A, SITE_B, startTest, stopAll } from './kit';

afterEach(stopAll);

type Slot = Partial<SlotContribution> & { readonly in?: SlotContribution['slot'] };

/** What fills `page.banner@1` of site `a`, each plugin contributing the given items. */
async function fill(plugins: Readonly<Record<string, readonly Slot[]>>, site = SITE_A) {
  const definitions = Object.entries(plugins).map(([id, slots]) =>
    aPlugin(id, {
      contributes: {
        slots: slots.map(({ in: slot = 'page.banner@1', ...more }, index) => ({
          slot,
          view: `v${index}`,
          timeoutMs: 30,
          ...more,
        })),
      },
    }),
  );
  const on = Object.fromEntries(definitions.map(({ id }) => [id, true]));
  const test = await startTest({ plugins: definitions, sites: [aSite('a', on), aSite('b', {})] });
  const source = createSlotSource({
    running: (one) => test.host.running(one),
    hooks: test.hooks,
    texts: test.world.texts,
  });
  const slot = async (name: SlotContribution['slot']) => {
    const facts: SlotFacts = { site: { id: site, title: '' }, status: 1 };
    const context = {
      site,
      skin: 'base',
      locale: 'fr',
      timeZone: 'Europe/Paris',
      scope: { site },
      csrf: '',
    } as const;
    const items = await source.collect(context, [name], facts, (view, model) => {
      if (view.endsWith('/broken')) throw new Error('template');
      return safeHtml(`${view} ${JSON.stringify(model)}`);
    });
    return (items.get(name) ?? []).map(({ html }) => html);
  };
  return { ...test, slot, collect: () => slot('page.banner@1') };
}

it('shows items in order, then in dependency order, only those of the slot asked for', async () => {
  const { collect } = await fill({
    b: [{ order: -1 }, { in: 'page.footer@1' }],
    a: [{}, { data: () => ({ n: 2 }) }],
  });

  expect(await collect()).toEqual(['b/v0 {}', 'a/v0 {}', 'a/v1 {"n":2}']);
});

it('shows nothing where the plugin is off', async () => {
  const { collect } = await fill({ a: [{}] }, SITE_B);

  expect(await collect()).toEqual([]);
});

it('costs the page nothing where no plugin fills a slot: its facts are left as they are', async () => {
  const { hooks, world } = await startTest({ plugins: [] });
  const source = createSlotSource({ running: () => [], hooks, texts: world.texts });
  const facts: SlotFacts = { site: { id: SITE_A, title: '' }, status: 1 };
  const context = {
    site: SITE_A,
    skin: 'base',
    locale: 'fr',
    timeZone: 'Europe/Paris',
    scope: { site: SITE_A },
    csrf: '',
  } as const;

  const items = await source.collect(context, ['page.banner@1'], facts, () => safeHtml(''));

  expect([items.size, Object.isFrozen(facts)]).toEqual([0, false]);
});

it('hides an item by its facts or by having no data', async () => {
  const { collect } = await fill({
    a: [
      { when: ({ status }) => status === 2 },
      { when: ({ status }) => status === 1 },
      { data: () => undefined },
    ],
  });

  expect(await collect()).toEqual(['a/v1 {}']);
});

const throws = (): never => {
  throw new Error('ill');
};

it.each<[string, Slot]>([
  ['whose condition throws', { when: throws }],
  ['whose data throws', { data: throws }],
  ['whose data rejects', { data: async () => throws() }],
  ['whose data never comes', { data: HANGS }],
  ['whose data is text', { data: () => '<script>' as never }],
  ['whose data is a list', { data: () => [] as never }],
  ['whose data is null', { data: () => null as never }],
  ['whose view throws', { view: 'broken' }],
])('leaves out an item %s, and shows the others', async (_what, slot) => {
  const { collect } = await fill({ ill: [slot], well: [{}] });

  expect(await collect()).toEqual(['well/v0 {}']);
});

it('says that an item is missing where its absence would mislead, escaped', async () => {
  const { collect, world } = await fill({ ill: [{ data: throws, onFailure: 'say' }] });
  world.texts.add('ill', 'fr', { title: '<Agenda>' });

  expect(await collect()).toEqual([
    '<p class="slot-failed" role="status">&lt;Agenda&gt; indisponible</p>',
  ]);
});

it('says it once a place, by the slot itself: among buttons nothing is said', async () => {
  const { collect, slot } = await fill({
    ill: [
      { data: throws },
      { in: 'message.sidebar@1', data: throws },
      { in: 'message.sidebar@1', data: throws },
      { in: 'message.sidebar@1', data: throws, onFailure: 'hide' },
    ],
  });

  expect(await collect()).toEqual([]);
  expect(await slot('message.sidebar@1')).toEqual([expect.stringContaining('role="status"')]);
});

it('says nothing of an item that its facts would not show, the breaker open as well', async () => {
  let status = 1;
  const { slot } = await fill({
    ill: [{ in: 'message.sidebar@1', when: () => status === 1, data: throws }],
  });
  for (let count = 0; count < 5; count++) await slot('message.sidebar@1');

  const open = await slot('message.sidebar@1');
  status = 2;

  expect(open).toHaveLength(1);
  expect(await slot('message.sidebar@1')).toEqual([]);
});

it('stops calling an item that keeps failing', async () => {
  let calls = 0;
  const { collect } = await fill({
    ill: [
      {
        data: () => {
          calls++;
          return throws();
        },
      },
    ],
  });

  for (let count = 0; count < 8; count++) await collect();

  expect(calls).toBe(5);
});
