import { formatSet, toUid } from '../../../src/imap';
import { MAX_UIDS, scanNumbers, scanSet, UidList } from '../../../src/imap/uid-set';

const numbers = (line: string): number[] => {
  const list = new UidList();
  scanNumbers(Buffer.from(line, 'latin1'), 6, list);
  return [...list.finish()];
};
const set = (text: string): number[] => {
  const list = new UidList();
  scanSet(text, list);
  return [...list.finish()];
};

describe('a SORT or SEARCH answer', () => {
  it('keeps the order of the server', () => {
    expect(numbers('* SORT 30 2 111')).toEqual([30, 2, 111]);
  });

  it('is empty without numbers', () => {
    expect(numbers('* SORT')).toEqual([]);
    expect(numbers('* SORT ')).toEqual([]);
  });

  it('does not take the modseq at its end for a uid', () => {
    expect(numbers('* SORT 5 7 (MODSEQ 917)')).toEqual([5, 7]);
  });

  it('refuses a number that no uid can be', () => {
    expect(() => numbers('* SORT 99999999999')).toThrow('imap/protocol');
  });

  it('grows beyond its first block', () => {
    const many = Array.from({ length: 5000 }, (_, index) => index + 1);
    expect(numbers(`* SORT ${many.join(' ')}`)).toEqual(many);
  });
});

describe('a sequence set from the server', () => {
  it('expands ranges in order', () => {
    expect(set('4:6,2,9')).toEqual([4, 5, 6, 2, 9]);
  });

  it.each(['1:4294967295', `1:${MAX_UIDS + 5}`])(
    'refuses %s, which would fill the memory',
    (text) => {
      expect(() => set(text)).toThrow('imap/protocol');
    },
  );

  it.each(['*', '1:*', '-3', '1e5', '', '1,,2', '0', '1:99999999999'])('refuses %p', (text) => {
    expect(() => set(text)).toThrow('imap/protocol');
  });
});

describe('a set for a command', () => {
  it('joins neighbours into ranges, whatever the order given', () => {
    expect(formatSet([9, 1, 3, 2, 7, 9])).toBe('1:3,7,9');
  });

  it('accepts only what a uid can be', () => {
    expect(toUid(1)).toBe(1);
    for (const wrong of [0, -1, 1.5, Number.NaN, 2 ** 32])
      expect(() => toUid(wrong)).toThrow('request/invalid');
  });
});
