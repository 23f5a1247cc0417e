import type { Gate } from '../../../src/host/capabilities/gate';
import { pluginNotice } from '../../../src/host/capabilities/notice';

const gate = { plugin: 'agenda', need() {}, onSite: (_site, value) => value } as Partial<Gate>;

/** What the core counts by the day, for texts of a plugin. */
async function kindsOf(...texts: readonly string[]): Promise<readonly string[]> {
  const kinds: string[] = [];
  const tell = pluginNotice(gate as Gate, {
    async send(_user, kind) {
      kinds.push(kind);
      return true;
    },
  });
  for (const text of texts) await tell(1, { subject: 'agenda:subject', text } as never);
  return kinds;
}

describe('mails of a plugin', () => {
  it('are counted by their text: many of one keep no other from being sent', async () => {
    const [moved, removed, again] = await kindsOf('agenda:moved', 'agenda:removed', 'agenda:moved');

    expect(moved).toBe('plugin:agenda:moved');
    expect(removed).not.toBe(moved);
    expect(again).toBe(moved);
  });

  it('have a kind that fits the table of the core, however long the key is', async () => {
    const kinds = await kindsOf(`agenda:${'a'.repeat(200)}`, `agenda:${'a'.repeat(201)}`);

    expect(new Set(kinds).size).toBe(2);
    for (const kind of kinds) expect(kind.length).toBeLessThanOrEqual(64);
  });
});
