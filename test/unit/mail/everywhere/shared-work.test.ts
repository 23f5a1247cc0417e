import { systemClock } from '../../../../src/base/clock';
import { SharedWork } from '../../../../src/mail/everywhere/shared-work';

const at = (key: string, owner = 'alice') => ({ owner, key });
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A clock whose timers run when told. */
function handClock() {
  const timers = new Set<() => void>();
  return {
    ...systemClock,
    after(_ms: number, run: () => void) {
      timers.add(run);
      return () => timers.delete(run);
    },
    ring() {
      for (const run of [...timers]) {
        timers.delete(run);
        run();
      }
    },
  };
}

/** Work that ends when told, and knows whether it was stopped. */
function work() {
  const state = { starts: 0, stopped: 0, finish: (_value: string): void => {} };
  const run = (stopped: AbortSignal): Promise<string> => {
    state.starts++;
    return new Promise((resolve, reject) => {
      state.finish = resolve;
      stopped.addEventListener('abort', () => {
        state.stopped++;
        reject(new Error('stopped'));
      });
    });
  };
  return { state, run };
}

const limits = { atOnce: 2, lingerMs: 2_000 };

it('is done once for all who ask at once', async () => {
  const shared = new SharedWork(systemClock, limits);
  const { state, run } = work();
  const { signal } = new AbortController();
  const both = [shared.run(at('a'), signal, run), shared.run(at('a'), signal, run)];
  await settled();
  state.finish('found');
  expect(await Promise.all(both)).toEqual(['found', 'found']);
  expect(state.starts).toBe(1);
});

it('goes on while somebody waits, and is stopped a moment after the last one left', async () => {
  const clock = handClock();
  const shared = new SharedWork(clock, limits);
  const { state, run } = work();
  const [first, second] = [new AbortController(), new AbortController()];
  const one = shared.run(at('a'), first.signal, run);
  const two = shared.run(at('a'), second.signal, run);
  first.abort();
  await expect(one).rejects.toThrow('imap/timeout');
  clock.ring();
  expect(state.stopped).toBe(0);
  second.abort();
  await expect(two).rejects.toThrow('imap/timeout');
  expect(state.stopped).toBe(0);
  clock.ring();
  expect(state.stopped).toBe(1);
});

it('is taken over by who comes within that moment', async () => {
  const clock = handClock();
  const shared = new SharedWork(clock, limits);
  const { state, run } = work();
  const page = new AbortController();
  shared.run(at('a'), page.signal, run).catch(() => {});
  await settled();
  page.abort();
  const stream = shared.run(at('a'), new AbortController().signal, run);
  clock.ring();
  state.finish('found');
  expect(await stream).toBe('found');
  expect([state.starts, state.stopped]).toEqual([1, 0]);
});

it('runs two at once for each owner, and the next when one ends', async () => {
  const shared = new SharedWork(systemClock, limits);
  const { signal } = new AbortController();
  const all = ['a', 'b', 'c'].map((key) => ({ key, ...work() }));
  const runs = all.map(({ key, run }) => shared.run(at(key), signal, run));
  const other = work();
  const theirs = shared.run(at('a', 'bob'), signal, other.run);
  await settled();
  expect(all.map(({ state }) => state.starts)).toEqual([1, 1, 0]);
  expect(other.state.starts).toBe(1);
  all[0]?.state.finish('1');
  await runs[0];
  await settled();
  expect(all[2]?.state.starts).toBe(1);
  all[1]?.state.finish('2');
  all[2]?.state.finish('3');
  other.state.finish('4');
  expect(await Promise.all([...runs, theirs])).toEqual(['1', '2', '3', '4']);
});

it('never begins what nobody wants any more, and gives its turn on', async () => {
  const clock = handClock();
  const shared = new SharedWork(clock, { ...limits, atOnce: 1 });
  const keep = new AbortController();
  const busy = work();
  const first = shared.run(at('busy'), keep.signal, busy.run);
  const leaving = new AbortController();
  const unwanted = work();
  const left = shared.run(at('unwanted'), leaving.signal, unwanted.run);
  const wanted = work();
  const last = shared.run(at('wanted'), keep.signal, wanted.run);
  leaving.abort();
  await expect(left).rejects.toThrow('imap/timeout');
  clock.ring();
  await settled();
  busy.state.finish('1');
  await first;
  await settled();
  await settled();
  expect(unwanted.state.starts).toBe(0);
  wanted.state.finish('2');
  expect(await last).toBe('2');
});

it('tells everybody who waits of a failure', async () => {
  const shared = new SharedWork(systemClock, limits);
  const { signal } = new AbortController();
  const fail = () => Promise.reject(new Error('refused'));
  await expect(shared.run(at('a'), signal, fail)).rejects.toThrow('refused');
  // It is asked anew, not remembered.
  await expect(shared.run(at('a'), signal, () => Promise.resolve('yes'))).resolves.toBe('yes');
});
