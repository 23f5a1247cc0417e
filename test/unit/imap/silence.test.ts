import type { ImapFlow } from 'imapflow';
import type { Clock } from '../../../src/base/clock';
import { whileHeard } from '../../../src/imap/silence';

function aClock() {
  let now = 0;
  const ticks = new Set<() => void>();
  const clock: Clock = {
    now: () => now,
    after: () => () => undefined,
    every(_ms, run) {
      ticks.add(run);
      return () => ticks.delete(run);
    },
  };
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      now += 1_000;
      for (const tick of [...ticks]) tick();
    }
  };
  return { clock, pass, ticks };
}

function aClient() {
  let received = 0;
  const close = jest.fn();
  const client = { stats: () => ({ sent: 0, received }), close } as unknown as ImapFlow;
  return {
    client,
    close,
    say: () => {
      received += 10;
    },
  };
}
const never = new Promise<never>(() => undefined);

describe('a long change', () => {
  it('goes on while the server says something, and ends with its silence', async () => {
    const { clock, pass } = aClock();
    const { client, close, say } = aClient();
    const work = whileHeard(clock, 8_000, (listening) => listening(client, () => never));
    const failed = work.catch((error: unknown) => error);

    for (let round = 0; round < 5; round++) {
      pass(7);
      say();
    }
    expect(close).not.toHaveBeenCalled();

    pass(9);
    expect(await failed).toMatchObject({ code: 'imap/timeout' });
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('that waited too long for a connection never begins', async () => {
    const { clock, pass } = aClock();
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const run = jest.fn(() => never);
    let late: Promise<unknown> = Promise.resolve();
    const work = whileHeard(clock, 8_000, (listening) => {
      late = opened.then(() => listening(aClient().client, run));
      return late;
    });
    const failed = work.catch((error: unknown) => error);

    pass(9);
    open();
    expect(await failed).toMatchObject({ code: 'imap/timeout' });
    await expect(late).rejects.toMatchObject({ code: 'imap/timeout' });
    expect(run).not.toHaveBeenCalled();
  });

  it('answers what it did, and listens no longer', async () => {
    const { clock, ticks } = aClock();
    const work = whileHeard(clock, 8_000, (listening) =>
      listening(aClient().client, async () => 'done'),
    );

    expect(await work).toBe('done');
    await Promise.resolve();
    expect(ticks.size).toBe(0);
  });
});
