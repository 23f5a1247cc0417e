import { choiceKey, choicesFrom } from '../../../src/enabling';
import { createSetInterner } from '../../../src/enabling/enabled-set';

it('reads an agent’s choices among their settings', () => {
  const settings = {
    [choiceKey('calendar')]: false,
    [choiceKey('reminder')]: true,
    [choiceKey('broken')]: 'yes',
    theme: 'dark',
  };

  expect(choicesFrom(settings)).toEqual({ calendar: false, reminder: true });
});

describe('interned sets', () => {
  it('are equal by what they hold', () => {
    const intern = createSetInterner();

    expect(intern(['b', 'a'])).toBe(intern(new Set(['a', 'b'])));
    expect(intern(['a']).has('b')).toBe(false);
    expect(intern([]).key).toBe('');
  });

  it('keep their key beyond the most that are kept', () => {
    const intern = createSetInterner(2);
    const first = intern(['a']);
    intern(['b']);
    intern(['c']);

    expect(intern(['a'])).not.toBe(first);
    expect(intern(['a']).key).toBe(first.key);
  });
});
