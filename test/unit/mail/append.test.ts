import { systemClock } from '../../../src/base/clock';
import { gate } from '../../../src/mail/append';

const MB = 1024 * 1024;

/** Jobs of these weights asked for at once: the most that ran together, and the order of their start. */
async function runAll(weights: readonly number[]) {
  const enter = gate({ clock: systemClock, count: 3, weight: 24 * MB });
  const seen = { jobs: 0, bytes: 0, started: [] as number[] };
  let jobs = 0;
  let bytes = 0;
  const outcomes = await Promise.allSettled(
    weights.map((weight, index) =>
      enter(weight, async () => {
        jobs++;
        bytes += weight;
        seen.started.push(index);
        seen.jobs = Math.max(seen.jobs, jobs);
        seen.bytes = Math.max(seen.bytes, bytes);
        await new Promise(setImmediate);
        jobs--;
        bytes -= weight;
        if (index % 2 === 1) throw new Error('refused');
      }),
    ),
  );
  return { ...seen, done: outcomes.length };
}

describe('messages appended at once', () => {
  it('are one at a time when each is large', async () => {
    const weights = Array.from({ length: 6 }, () => 34 * MB);
    expect(await runAll(weights)).toEqual({
      jobs: 1,
      bytes: 34 * MB,
      started: [0, 1, 2, 3, 4, 5],
      done: 6,
    });
  });

  it('are three at a time when small', async () => {
    expect(await runAll(Array.from({ length: 9 }, () => MB))).toMatchObject({
      jobs: 3,
      bytes: 3 * MB,
      done: 9,
    });
  });

  it('wait in order, a small one behind a large one too', async () => {
    const { bytes, started } = await runAll([MB, 30 * MB, MB, 20 * MB]);
    expect(started).toEqual([0, 1, 2, 3]);
    expect(bytes).toBe(30 * MB);
  });

  it('wait no longer than a while, and let those behind them pass', async () => {
    const late: (() => void)[] = [];
    const after = (_ms: number, run: () => void) => {
      late.push(run);
      return () => void late.splice(late.indexOf(run), 1);
    };
    const enter = gate({ clock: { ...systemClock, after }, count: 3, weight: 24 * MB });
    let goOn: () => void = () => undefined;
    const slow = enter(
      20 * MB,
      () =>
        new Promise<void>((resolve) => {
          goOn = resolve;
        }),
    );
    await new Promise(setImmediate);
    const heavy = enter(20 * MB, () => Promise.resolve('heavy'));
    const light = enter(MB, () => Promise.resolve('light'));

    expect(late).toHaveLength(2);
    late.shift()?.();

    await expect(heavy).rejects.toMatchObject({ code: 'imap/timeout' });
    await expect(light).resolves.toBe('light');
    goOn();
    await slow;
    await expect(enter(20 * MB, () => Promise.resolve('next'))).resolves.toBe('next');
    expect(late).toEqual([]);
  });
});
