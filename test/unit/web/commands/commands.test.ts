import { type Command, mailboxCommands, matching } from '../../../../src/web/commands/find';
import { KEY_SETS, keysOf, keyTable } from '../../../../src/web/commands/key-sets';

const command = (label: string, hint = ''): Command => ({
  group: 'page',
  label,
  hint,
  icon: 'x',
  href: '/',
});

describe('sets of keys', () => {
  it.each(KEY_SETS)('%s gives no key to two commands, and every command one', (set) => {
    const keys = Object.values(keysOf(set)).flat();
    expect(new Set(keys).size).toBe(keys.length);
    const others = KEY_SETS.flatMap((one) => Object.keys(keysOf(one))).filter(
      // Escape goes back in all of them.
      (name) => name !== 'back',
    );
    expect(Object.keys(keysOf(set))).toEqual(expect.arrayContaining([...new Set(others)]));
  });

  it.each(KEY_SETS)('%s has no first of two keys that does something by itself', (set) => {
    const table = keyTable(set);
    const firsts = Object.keys(table)
      .filter((key) => key.includes(' '))
      .map((key) => key.split(' ')[0] ?? '');
    expect(firsts.filter((key) => table[key] !== undefined)).toEqual([]);
    // The list of keys answers everywhere, whatever the set.
    expect(table['?']).toBeUndefined();
  });
});

describe('the palette', () => {
  it('finds by the beginnings of words, without accents, the nearest first', () => {
    const all = [command('Réglages d’affichage'), command('Affichage'), command('Brouillons')];
    expect(matching(all, 'affi').map(({ label }) => label)).toEqual([
      'Affichage',
      'Réglages d’affichage',
    ]);
    expect(matching(all, 'reg aff').map(({ label }) => label)).toEqual(['Réglages d’affichage']);
    expect(matching(all, 'ichage')).toEqual([]);
    expect(matching(all, '')).toHaveLength(3);
  });

  it('tells a mailbox by the way that leads there', () => {
    const node = (label: string, children: readonly unknown[] = [], isSelectable = true) =>
      ({ label, icon: 'folder', href: `/${label}`, isSelectable, children }) as never;
    const found = mailboxCommands([node('Projets', [node('Mairie', [node('2026')])], false)]);
    expect(found.map(({ label, hint }) => `${hint} / ${label}`)).toEqual([
      'Projets / Mairie',
      'Projets › Mairie / 2026',
    ]);
    expect(matching(found, 'projets 2026')).toHaveLength(1);
  });
});
