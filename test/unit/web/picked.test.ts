import type { Uid } from '../../../src/base/types';
import { pickOf, selectionsOf } from '../../../src/web/search/picked';

it('groups what was picked by mailbox, each message once', () => {
  const picks = [
    pickOf('INBOX', '7', 3 as Uid),
    pickOf('A.b/1.2.\u00e9\n', '8', 1 as Uid),
    pickOf('INBOX', '7', 9 as Uid),
    pickOf('INBOX', '7', 3 as Uid),
    pickOf('INBOX', '12', 3 as Uid),
  ];
  expect(selectionsOf(picks)).toEqual([
    { mailbox: 'INBOX', uidValidity: 7, uids: [3, 9] },
    { mailbox: 'A.b/1.2.\u00e9\n', uidValidity: 8, uids: [1] },
    { mailbox: 'INBOX', uidValidity: 12, uids: [3] },
  ]);
  expect(selectionsOf([])).toEqual([]);
});

it.each(['', 'INBOX', '7.INBOX', '7.3.', '-7.3.INBOX', '7.3e1.INBOX', '99999999999.3.INBOX'])(
  'refuses %j',
  (pick) => {
    expect(() => selectionsOf([pick])).toThrow('request/invalid');
  },
);

it.each(['7.0.INBOX', '7.4294967296.INBOX'])('finds no message %j', (pick) => {
  expect(() => selectionsOf([pick])).toThrow('message/not-found');
});

it('takes a page of results, and no more', () => {
  const picks = Array.from({ length: 1_001 }, (_, at) => pickOf('INBOX', '7', (at + 1) as Uid));
  expect(() => selectionsOf(picks)).toThrow('request/invalid');
});
