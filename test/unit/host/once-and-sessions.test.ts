import { AppError } from '../../../src/base/errors';
import type { SiteId } from '../../../src/base/types';
import type { Gate } from '../../../src/host/capabilities/gate';
import { needMissing } from '../../../src/host/capabilities/gate';
import { pluginOnce } from '../../../src/host/capabilities/once';
import { pluginEndSessions } from '../../../src/host/capabilities/sessions';

/** The gate of a plugin with some needs, that runs on the site `here`. */
function gateOf(plugin: string, ...needs: readonly string[]): Gate {
  const gate: Partial<Gate> = {
    plugin,
    need(need) {
      if (!needs.includes(need)) throw needMissing(plugin, need);
    },
    onSite(site, value) {
      if (site !== 'here') throw new AppError('plugin/person-gone');
      return value;
    },
  };
  return gate as Gate;
}

describe('context.once', () => {
  const store = () => {
    const words: string[] = [];
    return {
      words,
      take: async (word: string) => !words.includes(word) && words.push(word) > 0,
    };
  };

  it('takes a word once, and another plugin’s words are others', async () => {
    const used = store();
    const [one, other] = ['one', 'other'].map((id) => pluginOnce(gateOf(id, 'db'), used));

    expect([await one?.('word', 1), await one?.('word', 1), await other?.('word', 1)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each([
    ['', 1],
    ['x'.repeat(16_001), 1],
    ['word', Number.NaN],
    ['word', Number.POSITIVE_INFINITY],
  ])('takes neither an empty word, nor a document, nor no time', async (word, until) => {
    const used = store();
    await expect(pluginOnce(gateOf('one', 'db'), used)(word, until)).rejects.toThrow(
      'request/invalid',
    );
    expect(used.words).toEqual([]);
  });

  it('is refused without the need', async () => {
    await expect(pluginOnce(gateOf('one'), store())('word', 1)).rejects.toThrow(
      'plugin/need-missing',
    );
  });
});

describe('context.endSessions', () => {
  const ended: number[] = [];
  const sessions = {
    async end(user: number, mayReach: (site: SiteId) => void) {
      mayReach((user === 1 ? 'here' : 'elsewhere') as SiteId);
      ended.push(user);
      return 3;
    },
  };
  beforeEach(() => ended.splice(0));

  it('ends those of a person of a site where the plugin runs, and answers how many', async () => {
    const end = pluginEndSessions(gateOf('one', 'session.end'), sessions);

    expect(await end(1)).toBe(3);
    await expect(end(2)).rejects.toThrow('plugin/person-gone');
    expect(ended).toEqual([1]);
  });

  it('is refused without the need', async () => {
    await expect(pluginEndSessions(gateOf('one', 'db'), sessions)(1)).rejects.toThrow(
      'plugin/need-missing',
    );
    expect(ended).toEqual([]);
  });
});
