import { isSameShape } from '../../../src/view/same-shape';

const BEFORE = {
  title: 'Réglages',
  count: 2,
  note: undefined,
  rows: [
    { uid: 1, href: '/mail/1', who: 'Paul' },
    { uid: 2, href: 'https://intranet.example/2', who: 'Anne' },
  ],
};

describe('a page model in place of another', () => {
  it.each([
    ['the same', BEFORE],
    ['other words', { ...BEFORE, title: 'Préférences', note: 'nouveau' }],
    ['fewer rows, in another order', { ...BEFORE, rows: [...BEFORE.rows].reverse().slice(0, 1) }],
    ['a row of the same shape', { ...BEFORE, rows: [{ uid: 3, href: '/mail/3', who: 'Zoé' }] }],
    [
      'an address that was there',
      { ...BEFORE, rows: [{ uid: 1, href: 'https://intranet.example/2', who: 'Paul' }] },
    ],
  ])('may have %s', (_what, value) => {
    expect(isSameShape(value, BEFORE)).toBe(true);
  });

  it.each([
    ['a member that nothing prints', { ...BEFORE, extra: 1 }],
    ['a member less', { count: 2, note: undefined, rows: [] }],
    ['a text in place of a list', { ...BEFORE, rows: 'none' }],
    ['a number in place of a text', { ...BEFORE, title: 3 }],
    ['an object in place of a text', { ...BEFORE, title: { toString: () => 'x' } }],
    ['a row of another shape', { ...BEFORE, rows: [{ uid: 1 }] }],
    [
      'an address elsewhere',
      { ...BEFORE, rows: [{ uid: 1, href: 'https://evil.example/', who: 'P' }] },
    ],
    ['a script', { ...BEFORE, rows: [{ uid: 1, href: 'javascript:alert(1)', who: 'P' }] }],
    [
      'another host without scheme',
      { ...BEFORE, rows: [{ uid: 1, href: '//evil.example', who: 'P' }] },
    ],
    [
      'another host by a backslash',
      { ...BEFORE, rows: [{ uid: 1, href: '/\\evil.example', who: 'P' }] },
    ],
    ['nothing', null],
    ['a list', []],
  ])('may not have %s', (_what, value) => {
    expect(isSameShape(value, BEFORE)).toBe(false);
  });

  it('ends on lists of lists of lists', () => {
    const deep = (depth: number): unknown =>
      depth === 0 ? 'x' : Array.from({ length: 8 }, () => deep(depth - 1));
    const wrong = (depth: number): unknown =>
      depth === 0 ? 1 : Array.from({ length: 8 }, () => wrong(depth - 1));

    expect(isSameShape({ rows: wrong(6) }, { rows: deep(6) })).toBe(false);
  });
});
