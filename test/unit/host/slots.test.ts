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
    isolator: test.hooks.isolator,
    texts: test.world.texts,
  });
  const collect = async () => {
    const facts: SlotFacts = { site: { id: site, title: '' }, status: 1 };
    const context = {
      site,
      skin: 'base',
      locale: 'fr',
      timeZone: 'Europe/Paris',
      scope: { site },
      csrf: '',
    } as const;
    const items = await source.collect(context, ['page.banner@1'], facts, (view, model) => {
      if (view.endsWith('/broken')) throw new Error('template');
      return safeHtml(`${view} ${JSON.stringify(model)}`);
    });
    return (items.get('page.banner@1') ?? []).map(({ html }) => html);
  };
  return { ...test, collect };
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

  expect(await collect()).toEqual(['<p class="slot-failed">&lt;Agenda&gt; indisponible</p>']);
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
