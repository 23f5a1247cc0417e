import { nearestColour, shownColour } from '../dav/colours';
import { COLOURS } from '../store';

describe('colours of programs', () => {
  it.each([
    ['#FF2968FF', 'red'],
    ['#0000ff', 'blue'],
    ['#0f0', 'green'],
    ['#FFCC00', 'amber'],
    ['#CC73E1', 'violet'],
    ['#009E8EFF', 'teal'],
    [' #888888 ', 'grey'],
  ])('are the nearest of ours: %s', (text, colour) => {
    expect(nearestColour(text)).toBe(colour);
  });

  it.each(['', 'red', '#12345', '#12345g', 'rgb(1,2,3)'])('are colours: %s is none', (text) => {
    expect(nearestColour(text)).toBeUndefined();
  });

  it('come back as they were written until the page shows another', () => {
    expect(shownColour('red', '#FF2968FF')).toBe('#FF2968FF');
    expect(shownColour('amber', '#FF2968FF')).toBe('#F9A825FF');
    for (const colour of COLOURS)
      expect(nearestColour(shownColour(colour, undefined))).toBe(colour);
  });
});
