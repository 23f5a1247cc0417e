import type { Uid } from '../../../src/base/types';
import { formatUids, parseUids } from '../../../src/mail/uids';

it('gives back what it wrote', () => {
  const uids = [1, 2, 3, 7, 4_294_967_295] as Uid[];
  expect(formatUids(uids)).toBe('1:3,7,4294967295');
  expect(parseUids(formatUids(uids))).toEqual(uids);
});

it.each([
  '',
  '0',
  '1:',
  '3:1',
  '1,,2',
  '1:*',
  '1:4294967296',
  '1:20000',
  'a',
  '1 2',
  '-1',
  '1:10001',
])('refuses %p', (set) => {
  expect(() => parseUids(set)).toThrow(expect.objectContaining({ code: 'request/invalid' }));
});
