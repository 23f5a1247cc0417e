import { scanThreads } from '../../../src/imap/threads';
import { UidList } from '../../../src/imap/uid-set';
import { group, membersAt, placeOfMember } from '../../../src/mail/conversations';
import { type ThreadKey, threadsOf } from '../../../src/mail/threading';

function scanned(text: string) {
  const found = { members: new UidList(), starts: new UidList() };
  scanThreads(Buffer.from(text), '* THREAD'.length, found);
  const members = found.members.finish();
  const starts = [...found.starts.finish(), members.length];
  return starts.slice(0, -1).map((from, at) => [...members.subarray(from, starts[at + 1])]);
}

describe('an answer to THREAD', () => {
  it('is read as its outermost lists (RFC 5256 section 4)', () => {
    expect(scanned('* THREAD (2)(3 6 (4 23)(44 7 96))\r\n')).toEqual([
      [2],
      [3, 6, 4, 23, 44, 7, 96],
    ]);
    expect(scanned('* THREAD ((3)(5))(1)')).toEqual([[3, 5], [1]]);
    expect(scanned('* THREAD')).toEqual([]);
  });
  it('may be nested deeper than any stack', () => {
    const deep = `* THREAD ${'('.repeat(200_000)}7${')'.repeat(200_000)}`;
    expect(scanned(deep)).toEqual([[7]]);
  });
  it.each(['* THREAD (1))', '* THREAD (99999999999)'])('is refused when malformed: %s', (line) => {
    expect(() => scanned(line)).toThrow(expect.objectContaining({ code: 'imap/protocol' }));
  });
});

const key = (ids: readonly string[], subject = '', isLost = false): ThreadKey => ({
  ids,
  subject,
  isLost,
});
const groups = (keys: Readonly<Record<number, ThreadKey>>) => {
  const { members, starts } = threadsOf(
    new Map(Object.entries(keys).map(([uid, one]) => [Number(uid), one])),
  );
  return [...starts].slice(0, -1).map((from, at) => [...members.subarray(from, starts[at + 1])]);
};

describe('threads without the server', () => {
  it('follow References, even through a message that is not there', () => {
    expect(
      groups({
        1: key(['<a>']),
        2: key(['<b>', '<a>']),
        3: key(['<c>', '<gone>']),
        4: key(['<d>', '<gone>', '<x>']),
        5: key(['<e>']),
      }),
    ).toEqual([[1, 2], [3, 4], [5]]);
  });
  it('join an answer that names nothing to the last message of its subject', () => {
    expect(
      groups({
        1: key(['<a>'], 'lettre'),
        2: key(['<b>'], 'lettre'),
        3: key(['<c>'], 'lettre', true),
        4: key(['<d>'], '', true),
      }),
    ).toEqual([[1], [2, 3], [4]]);
  });
  it('keep a message without Message-ID, and two with the same', () => {
    expect(groups({ 1: key(['']), 2: key(['']), 3: key(['<a>']), 4: key(['<a>']) })).toEqual([
      [1],
      [2],
      [3, 4],
    ]);
  });
});

describe('a list by conversation', () => {
  const threads = { members: Uint32Array.of(1, 4, 2, 5, 9), starts: Uint32Array.of(0, 2, 5) };
  const list = group(Uint32Array.of(5, 4, 3, 2, 1), threads);

  it('stands where the first message of each stands, and leaves out what the list has not', () => {
    expect([...list.heads]).toEqual([5, 4, 3]);
    const found = { ...list, isCut: false };
    expect([0, 1, 2].map((at) => membersAt(found, at))).toEqual([[5, 2], [4, 1], [3]]);
  });
  it('finds the line of any message', () => {
    const found = { ...list, isCut: false };
    expect([5, 2, 4, 1, 3, 9].map((uid) => placeOfMember(found, uid))).toEqual([0, 0, 1, 1, 2, -1]);
  });
  it('is empty for an empty list', () => {
    expect([...group(new Uint32Array(), threads).heads]).toEqual([]);
  });
});
