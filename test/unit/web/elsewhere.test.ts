import type { WebDeps } from '../../../src/web/context';
import { createElsewhere, type FindElsewhere } from '../../../src/web/elsewhere';
import { movingClock } from '../../kit/moving-clock';

type Call = Parameters<FindElsewhere>[0];

/** Plugins that find this for any words; `asked` has the words they were asked for. */
function stand(found: readonly { readonly plugin: string; readonly item: object }[]) {
  const clock = movingClock();
  const asked: string[] = [];
  const hooks = {
    collect: async (_scope: unknown, _hook: string, { query }: { readonly query: string }) => {
      asked.push(query);
      return found;
    },
  };
  const find = createElsewhere({ clock, hooks } as unknown as WebDeps);
  return { clock, asked, find };
}

/** Somebody's request; `about` changes what an answer belongs to. */
function aCall(
  about: {
    readonly session?: string;
    readonly locale?: string;
    readonly choices?: object;
    readonly leftMs?: number;
  } = {},
): Call {
  const { session = 's1', locale = 'fr', choices = {}, leftMs = 500 } = about;
  const user = { id: 1, name: 'Alice', mail: 'a@b.example' };
  const actor = { user, session: { id: session }, scope: { site: 'culture' } };
  const budget = { leftMs };
  return {
    actor,
    ctx: { actor, site: { id: 'culture' }, locale, choices, budget },
  } as unknown as Call;
}

const item = (group: string, score: number) => ({ group, title: group, href: '/home', score });

describe('what plugins find for a search', () => {
  it('is asked once for all pages of the search, for a while', async () => {
    const { find, asked, clock } = stand([{ plugin: 'a', item: item('Agenda', 1) }]);

    const first = await find(aCall(), 'budget');
    const second = await find(aCall(), 'budget');
    expect(asked).toEqual(['budget']);
    expect(second).toEqual(first);
    expect(first).toMatchObject([{ title: 'Agenda', results: [{ title: 'Agenda' }] }]);

    clock.forward(31_000);
    await find(aCall(), 'budget');
    expect(asked).toEqual(['budget', 'budget']);
  });

  it.each([
    ['session', { session: 's2' }],
    ['language', { locale: 'en' }],
    ['choice of plugins', { choices: { agenda: false } }],
  ])('is asked again for another %s', async (_what, about) => {
    const { find, asked } = stand([]);

    await find(aCall(), 'budget');
    await find(aCall(about), 'budget');

    expect(asked).toHaveLength(2);
  });

  it('is asked again for other words, and never without any', async () => {
    const { find, asked } = stand([]);

    await find(aCall(), 'budget');
    await find(aCall(), 'agenda');
    expect(await find(aCall(), undefined)).toEqual([]);

    expect(asked).toEqual(['budget', 'agenda']);
  });

  it('is asked again when there was no time left to ask all', async () => {
    const { find, asked } = stand([]);

    await find(aCall({ leftMs: 0 }), 'budget');
    await find(aCall(), 'budget');

    expect(asked).toHaveLength(2);
  });

  it('is in six groups at most, the best ones, and five results of a plugin', async () => {
    const found = ['a', 'b'].flatMap((plugin) =>
      [1, 2, 3, 4, 5, 6].map((score) => ({ plugin, item: item(`${plugin}${score}`, score) })),
    );

    const groups = await stand(found).find(aCall(), 'budget');

    expect(groups.map(({ title }) => title)).toEqual(['a6', 'b6', 'a5', 'b5', 'a4', 'b4']);
    const one = await stand(found.slice(0, 6)).find(aCall(), 'budget');
    expect(one.map(({ title }) => title)).toEqual(['a6', 'a5', 'a4', 'a3', 'a2']);
  });
});
