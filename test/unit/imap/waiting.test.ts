import type { Clock } from '../../../src/base/clock';
import { AppError } from '../../../src/base/errors';
import { Backoff } from '../../../src/imap/backoff';
import { WaitQueue } from '../../../src/imap/wait-queue';

const aClock = (): Clock & { nowMs: number } => ({
  nowMs: 1_000_000,
  now() {
    return this.nowMs;
  },
  after: () => () => {},
  every: () => () => {},
});

describe('the back-off of an account', () => {
  it('lets the second attempt through, then makes requests wait at most two seconds', () => {
    const clock = aClock();
    const backoff = new Backoff(clock);
    backoff.failed();
    expect(() => backoff.check()).not.toThrow();
    for (let i = 0; i < 20; i++) backoff.failed();
    expect(() => backoff.check()).toThrow('imap/unreachable');
    clock.nowMs += 2_000;
    expect(() => backoff.check()).not.toThrow();
  });

  it('is over after a success', () => {
    const backoff = new Backoff(aClock());
    for (let i = 0; i < 5; i++) backoff.failed();
    backoff.succeeded();
    expect(() => backoff.check()).not.toThrow();
  });

  it('spreads watchers between half and the whole of at most thirty seconds', () => {
    const backoff = new Backoff(aClock());
    for (let i = 0; i < 30; i++) backoff.failed();
    const waits = Array.from({ length: 50 }, () => backoff.nextMs());
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    expect(new Set(waits).size).toBeGreaterThan(5);
  });
});

describe('the queue for a connection', () => {
  it('serves in order of arrival', async () => {
    const queue = new WaitQueue<string>(5);
    const both = Promise.all([queue.wait(1000), queue.wait(1000)]);
    queue.give('a');
    queue.give('b');
    expect(await both).toEqual(['a', 'b']);
    expect(queue.give('c')).toBe(false);
  });

  it('refuses more than it can hold', async () => {
    const queue = new WaitQueue<string>(1);
    const first = queue.wait(1000);
    await expect(queue.wait(1000)).rejects.toThrow('request/budget');
    queue.give('a');
    await first;
  });

  it('gives up at the deadline, and no longer takes what comes later', async () => {
    const queue = new WaitQueue<string>(2);
    await expect(queue.wait(1)).rejects.toThrow('imap/timeout');
    expect(queue.give('late')).toBe(false);
  });

  it('hands over what suits: to the first in line who accepts it', async () => {
    const queue = new WaitQueue<string>(5);
    const inbox = queue.waitFor(1000, (value) => value === 'inbox');
    const any = queue.wait(1000);
    queue.give('other');
    expect(await any).toBe('other');
    expect(queue.give('other')).toBe(false);
    queue.give('inbox');
    expect(await inbox).toBe('inbox');
  });

  it('gives nothing, without an error, to who wants something that does not come soon', async () => {
    const queue = new WaitQueue<string>(1);
    const late = queue.waitFor(1, () => true);
    expect(await queue.waitFor(1000, () => true)).toBeUndefined(); // full
    expect(await late).toBeUndefined();
    expect(queue.length).toBe(0);
  });

  it('rejects all when nobody can serve any more', async () => {
    const queue = new WaitQueue<string>(2);
    const waiting = queue.wait(1000);
    queue.rejectAll(() => new AppError('imap/unreachable'));
    await expect(waiting).rejects.toThrow('imap/unreachable');
  });
});
