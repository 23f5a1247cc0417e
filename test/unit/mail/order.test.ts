import { insertSorted, type Order, onlyAlive, withoutUids } from '../../../src/mail/order';

/** A server that sorts by a hidden key, ties by uid, and counts what it was asked. */
function aServer(keys: ReadonlyMap<number, number>) {
  const asked: number[] = [];
  const sort = (uids: readonly number[]): Uint32Array => {
    asked.push(uids.length);
    const known = [...new Set(uids)].filter((uid) => keys.has(uid));
    return Uint32Array.from(known.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || a - b));
  };
  return { asked, sort, sortFew: (uids: readonly number[]) => Promise.resolve(sort(uids)) };
}

const keysOf = (count: number, key: (uid: number) => number): Map<number, number> =>
  new Map(Array.from({ length: count }, (_, index) => [index + 1, key(index + 1)]));

describe('placing new messages in a long list', () => {
  it.each([
    ['in the middle', (uid: number) => (uid * 7919) % 100_003],
    ['at the front', (uid: number) => -uid],
    ['at the end', (uid: number) => uid],
    ['among equals', (uid: number) => uid % 3],
  ])('finds the place the server would give them: %s', async (_name, key) => {
    const all = keysOf(20_003, key);
    const server = aServer(all);
    const before = server.sort([...all.keys()].filter((uid) => uid <= 20_000));
    server.asked.length = 0;

    const after = await insertSorted(before, [20_001, 20_002, 20_003], server.sortFew);

    expect(after).toEqual(server.sort([...all.keys()]));
  });

  it.each([
    ['the only one', [1]],
    ['some of them', [2, 3, 5]],
    ['all of them', [1, 2, 3, 4, 5, 6]],
  ])('does not wait for what was removed elsewhere: %s', async (_name, gone) => {
    const all = keysOf(8, (uid) => -uid);
    const before = Uint32Array.of(6, 5, 4, 3, 2, 1).filter((uid) => gone.length > 1 || uid === 1);
    for (const uid of gone) all.delete(uid);
    const server = aServer(all);

    const after = await insertSorted(before, [7, 8], server.sortFew);

    expect([...after]).toEqual([8, 7, ...[...before].filter((uid) => !gone.includes(uid))]);
    expect(server.asked.length).toBeLessThan(6);
  });

  it('asks twice at most, for a few hundred uids, among a hundred thousand', async () => {
    const all = keysOf(100_001, (uid) => (uid * 7919) % 1_000_003);
    const server = aServer(all);
    const before = server.sort([...all.keys()].filter((uid) => uid <= 100_000));
    server.asked.length = 0;

    await insertSorted(before, [100_001], server.sortFew);

    expect(server.asked.length).toBeLessThanOrEqual(2);
    expect(Math.max(...server.asked)).toBeLessThan(700);
  });

  it('works in an empty list', async () => {
    const server = aServer(keysOf(2, (uid) => -uid));
    expect([...(await insertSorted(new Uint32Array(0), [1, 2], server.sortFew))]).toEqual([2, 1]);
  });

  it('leaves out a message that vanished meanwhile, and ends', async () => {
    const server = aServer(keysOf(10, (uid) => uid));
    const before = Uint32Array.from([1, 2, 3]);
    expect([...(await insertSorted(before, [99], server.sortFew))]).toEqual([1, 2, 3]);
  });

  it('ends with a server whose answers contradict each other', async () => {
    let turn = 0;
    const sortFew = (uids: readonly number[]) => {
      turn++;
      return Promise.resolve(Uint32Array.from(turn % 2 === 0 ? uids : [...uids].reverse()));
    };
    const before = Uint32Array.from({ length: 5000 }, (_, index) => index + 1);
    const after = await insertSorted(before, [9001, 9002], sortFew);
    expect(after.length).toBe(5002);
    expect(new Set(after).size).toBe(5002);
  });
});

describe('messages that go', () => {
  const order: Order = { uids: Uint32Array.from([9, 3, 5]), uidNext: 10, exists: 3, modseq: 7n };

  it('counts no more where something went that it did not list', () => {
    // 40 went elsewhere unseen; 41 came, unseen too, and we removed it: one message counted is left.
    const order: Order = { uids: Uint32Array.of(40), uidNext: 41, exists: 1, modseq: undefined };

    const after = withoutUids(order, new Set([41]));

    expect(after.uids).toEqual(Uint32Array.of(40));
    expect(after.exists).not.toBe(0);
    expect(after.exists).not.toBe(1);
    expect(withoutUids(order, new Set([40]))).toMatchObject({ exists: 0 });
  });

  it('leave the list at once when we removed them', () => {
    const after = withoutUids(order, new Set([3]));
    expect([...after.uids]).toEqual([9, 5]);
    expect(after.exists).toBe(2);
  });

  it('leave it when the server no longer names them', () => {
    expect([...onlyAlive(order, Uint32Array.from([5, 9])).uids]).toEqual([9, 5]);
  });
});
