import { AppError, type ErrorCode } from '../../../src/base/errors';
import {
  createIsolator,
  currentAttribution,
  type FailureReport,
  type IsolatedCall,
  runAs,
  runDetached,
  toError,
} from '../../../src/kernel/isolate';
import { createMeter, createMetrics } from '../../../src/kernel/meter';
import { fakeClock, memoryLog, never } from './fixtures/kit';

const CALL: IsolatedCall = { plugin: 'calendar', hook: 'slot:probe', timeoutMs: 100 };

function anIsolator(onReported?: (report: FailureReport) => void) {
  const clock = fakeClock();
  const { log, lines } = memoryLog();
  const meter = createMeter(createMetrics());
  const isolator = createIsolator({ log, clock, meter, ...(onReported && { onReported }) });
  return { ...isolator, clock, lines, meter };
}
const throwing = (): never => {
  throw new Error('broken');
};

it('answers at once for synchronous code and later for a promise', async () => {
  const { isolated } = anIsolator();

  expect(isolated(CALL, () => 1)).toEqual({ ok: true, value: 1 });
  const later = isolated(CALL, async () => 2);
  expect(later).toBeInstanceOf(Promise);
  expect(await later).toEqual({ ok: true, value: 2 });
});

it('cancels its deadline when the answer comes', async () => {
  const { isolated, clock } = anIsolator();

  await isolated(CALL, async () => 1);

  expect(clock.pending()).toBe(0);
});

it.each([
  ['a string', 'text'],
  ['undefined', undefined],
  ['an object without prototype', Object.create(null) as unknown],
])('turns %s thrown into an error', (_name, thrown) => {
  const { isolated } = anIsolator();
  const outcome = isolated(CALL, () => {
    throw thrown;
  });

  expect(outcome).toMatchObject({ ok: false, reason: 'error' });
  expect(toError(thrown)).toBeInstanceOf(Error);
});

it.each([
  ['its message', { message: 'no such table', code: 'E' }, 'thrown: no such table'],
  ['what it holds', { code: 'E_CONFIG', line: 3 }, 'thrown: {"code":"E_CONFIG","line":3}'],
  ['its own text', { toString: (): string => 'own words' }, 'thrown: own words'],
])('tells of an object thrown %s', (_name, thrown, message) => {
  expect(toError(thrown).message).toBe(message);
});

it('tells no more of what is thrown than a line of the log bears, and bears a loop in it', () => {
  const loop: Record<string, unknown> = {};
  loop['loop'] = loop;

  expect(toError({ text: 'x'.repeat(10_000) }).message.length).toBeLessThan(600);
  expect(toError(loop).message).toBe('thrown: a value without a text form');
});

it('survives results whose properties throw', () => {
  const { isolated } = anIsolator();
  const hostile = new Proxy({}, { has: throwing, get: throwing });

  expect(isolated(CALL, () => hostile)).toMatchObject({ ok: false, reason: 'error' });
  expect(isolated({ ...CALL, accept: throwing }, () => 1)).toMatchObject({ reason: 'check' });
});

it('survives a promise whose then was overwritten', async () => {
  const { isolated } = anIsolator();
  const odd = Promise.resolve(1);
  void Object.defineProperty(odd, 'then', { value: 5 });

  expect(await isolated(CALL, () => odd)).toMatchObject({ ok: true });
});

it('times out and drops the late answer, its rejection included', async () => {
  const { isolated, clock, meter } = anIsolator();
  let reject = (_error: Error) => {};
  const outcome = isolated(
    CALL,
    () =>
      new Promise<number>((_resolve, refuse) => {
        reject = refuse;
      }),
  );

  clock.advance(100);
  reject(new Error('too late'));

  expect(await outcome).toMatchObject({ ok: false, reason: 'timeout' });
  expect(meter.figures('calendar', 'slot:probe')).toMatchObject({
    calls: 1,
    timeouts: 1,
    errors: 0,
  });
});

describe('the breaker', () => {
  it('opens after five failures in a row and lets nothing through for 30 s', () => {
    const { isolated, breakerState, meter, clock, lines } = anIsolator();
    for (let i = 0; i < 4; i += 1) void isolated(CALL, throwing);
    void isolated(CALL, () => 'a success starts the count again');
    for (let i = 0; i < 4; i += 1) void isolated(CALL, throwing);
    expect(breakerState('calendar', 'slot:probe')).toBe('closed');
    void isolated(CALL, throwing);

    clock.advance(29_999);
    const outcome = isolated(CALL, () => 'not called');

    expect(outcome).toMatchObject({ ok: false, reason: 'breaker' });
    expect(breakerState('calendar', 'slot:probe')).toBe('open');
    expect(meter.figures('calendar', 'slot:probe')).toMatchObject({ calls: 10, skips: 1 });
    expect(lines.filter(({ msg }) => msg === 'plugin/breaker-open')).toHaveLength(1);
  });

  it('stays closed, and nobody is told, when the error is the core’s or another plugin’s', async () => {
    const reports: FailureReport[] = [];
    const { isolated, breakerState, meter, lines } = anIsolator((report) => reports.push(report));
    const gone = new AppError('message/not-found');
    const run = async () => {
      throw gone;
    };
    for (let i = 0; i < 5; i += 1) await isolated(CALL, run);

    expect(await isolated(CALL, run)).toEqual({ ok: false, reason: 'error', error: gone });
    expect(breakerState('calendar', 'slot:probe')).toBe('closed');
    expect(meter.figures('calendar', 'slot:probe')).toMatchObject({ calls: 6, errors: 6 });
    expect([reports, lines]).toEqual([[], []]);
  });

  it.each<ErrorCode>([
    'plugin/need-missing',
    'internal/unexpected',
    'fetch/failed',
    'request/forbidden',
  ])('opens for what is of the plugin’s own making: %s', (code) => {
    const { isolated, breakerState } = anIsolator();
    const run = () => {
      throw new AppError(code);
    };
    for (let i = 0; i < 5; i += 1) void isolated(CALL, run);

    expect(breakerState('calendar', 'slot:probe')).toBe('open');
  });

  it('waits for another trial when the error of one is not the plugin’s', () => {
    const { isolated, breakerState, clock } = anIsolator();
    for (let i = 0; i < 5; i += 1) void isolated(CALL, throwing);
    clock.advance(30_000);

    const trial = isolated(CALL, () => {
      throw new AppError('imap/timeout');
    });

    expect(trial).toMatchObject({ reason: 'error' });
    expect(breakerState('calendar', 'slot:probe')).toBe('half-open');
    expect(isolated(CALL, () => 1)).toMatchObject({ ok: true });
    expect(breakerState('calendar', 'slot:probe')).toBe('closed');
  });

  it('rests no longer for calls that began before it opened and fail after', async () => {
    const { isolated, breakerState, clock } = anIsolator();
    const late = Array.from({ length: 5 }, () => {
      let fail = (): void => {};
      const work = new Promise<number>((_, reject) => {
        fail = () => reject(new Error('late'));
      });
      return { outcome: isolated({ ...CALL, timeoutMs: 60_000 }, () => work), fail: () => fail() };
    });
    for (let i = 0; i < 5; i += 1) void isolated(CALL, throwing);
    clock.advance(20_000);

    for (const { fail } of late) fail();
    await Promise.all(late.map(async ({ outcome }) => outcome));
    clock.advance(10_000);

    expect(breakerState('calendar', 'slot:probe')).toBe('half-open');
  });

  it('lets one trial through when half-open, and closes on its success', async () => {
    const { isolated, breakerState, clock } = anIsolator();
    for (let i = 0; i < 5; i += 1) void isolated(CALL, throwing);
    clock.advance(30_000);
    expect(breakerState('calendar', 'slot:probe')).toBe('half-open');

    const trial = isolated(CALL, async () => 'better');
    const other = isolated(CALL, () => 'not called');

    expect(other).toMatchObject({ ok: false, reason: 'breaker' });
    expect(await trial).toMatchObject({ ok: true });
    expect(breakerState('calendar', 'slot:probe')).toBe('closed');
    expect(isolated(CALL, () => 1)).toMatchObject({ ok: true });
  });

  it('opens again for 30 s when the trial fails or hangs', async () => {
    const { isolated, breakerState, clock } = anIsolator();
    for (let i = 0; i < 5; i += 1) void isolated(CALL, throwing);
    clock.advance(30_000);

    const trial = isolated(CALL, () => never<number>());
    clock.advance(100);
    await trial;

    expect(breakerState('calendar', 'slot:probe')).toBe('open');
    clock.advance(30_000);
    expect(isolated(CALL, () => 1)).toMatchObject({ ok: true });
    expect(breakerState('calendar', 'slot:probe')).toBe('closed');
  });

  it('is not closed by a call that started before it opened', async () => {
    const { isolated, breakerState } = anIsolator();
    let finish = () => {};
    const early = isolated(
      CALL,
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    for (let i = 0; i < 5; i += 1) void isolated(CALL, throwing);

    finish();
    await early;

    expect(breakerState('calendar', 'slot:probe')).toBe('open');
  });

  it('is kept per plugin and hook, listed and forgotten', () => {
    const { isolated, breakerState, breakers, forget } = anIsolator();
    for (let i = 0; i < 5; i += 1) void isolated(CALL, throwing);
    void isolated({ ...CALL, hook: 'other' }, () => 1);

    expect(breakerState('contacts', 'slot:probe')).toBe('closed');
    expect([...breakers('calendar')]).toEqual([
      ['slot:probe', 'open'],
      ['other', 'closed'],
    ]);
    forget('calendar');
    expect(breakerState('calendar', 'slot:probe')).toBe('closed');
  });
});

describe('attribution', () => {
  it('follows the plugin across awaits, keeps the request and counts depth', async () => {
    const { isolated } = anIsolator();
    const seen: unknown[] = [];

    await isolated({ ...CALL, requestId: 'R1' }, async () => {
      await Promise.resolve();
      seen.push(currentAttribution());
      await isolated({ ...CALL, plugin: 'contacts' }, () => void seen.push(currentAttribution()));
      seen.push(currentAttribution());
    });

    expect(seen).toMatchObject([
      { plugin: 'calendar', requestId: 'R1', depth: 1 },
      { plugin: 'contacts', requestId: 'R1', depth: 2 },
      { plugin: 'calendar', depth: 1 },
    ]);
    expect(currentAttribution()).toBeUndefined();
  });

  it('covers a lazy thenable, which works only once it is subscribed to', async () => {
    const { isolated } = anIsolator();
    let worker: string | undefined;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: a query builder is such an object
      then(resolve: (value: string) => void) {
        worker = currentAttribution()?.plugin;
        resolve('rows');
      },
    } as PromiseLike<string>;

    expect(await isolated(CALL, () => query)).toEqual({ ok: true, value: 'rows' });
    expect(worker).toBe('calendar');
  });

  it('is given to jobs and routes by runAs, and left behind by runDetached', () => {
    const attribution = { plugin: 'calendar', hook: 'job:alarms' };

    expect(runAs(attribution, () => currentAttribution()?.hook)).toBe('job:alarms');
    expect(runAs(attribution, () => runDetached(() => currentAttribution()))).toBeUndefined();
  });
});

it('logs one line a minute per plugin and hook, with the number left out', () => {
  const { isolated, lines, clock } = anIsolator();
  const fail = () => {
    void isolated(CALL, throwing);
    void isolated(CALL, () => 'ok'); // keeps the breaker closed
  };
  for (let i = 0; i < 3; i += 1) fail();
  clock.advance(60_000);
  fail();

  const failures = lines.filter(({ msg }) => msg === 'plugin/failed');
  expect(failures).toMatchObject([{ suppressed: 0 }, { suppressed: 2 }]);
  expect(failures[0]).toMatchObject({ plugin: 'calendar', hook: 'slot:probe', reason: 'error' });
  expect(failures[0]?.['err']).toMatchObject({ message: 'broken', stack: expect.any(String) });
});

it('goes on when the report itself throws', () => {
  const { isolated, lines } = anIsolator(() => throwing());

  expect(isolated(CALL, throwing)).toMatchObject({ ok: false, reason: 'error' });
  expect(lines.some(({ msg }) => msg === 'plugin/report-failed')).toBe(true);
});
