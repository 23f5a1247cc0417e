import type { PluginContext } from '../../../src/host/context-types';
import { aPlugin, type HostTest, lineOf, startTest, stopAll } from './kit';

afterEach(stopAll);

/** Plugins that set a timer of 5 ms and a beat of 5 ms when they start. */
async function aTimer(
  activate: (context: PluginContext) => void | Promise<void> = () => {},
): Promise<{ readonly test: HostTest; readonly rang: string[]; readonly context: PluginContext }> {
  const rang: string[] = [];
  let kept: PluginContext | undefined;
  const plugin = aPlugin('my-plugin', {
    activate(context) {
      kept = context;
      context.clock.after(5, () => rang.push('after'));
      context.clock.every(5, () => rang.push('every'));
      return activate(context);
    },
  });
  const test = await startTest({ plugins: [plugin] });
  if (!kept) throw new Error('not activated');
  return { test, rang, context: kept };
}

/** As long as it takes for timers of 5 ms that were set before to ring. */
const rung = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('timers of a plugin', () => {
  it('ring while it is in service, and can be cancelled', async () => {
    const { rang, context } = await aTimer();
    context.clock.after(5, () => rang.push('cancelled'))();
    await rung();

    expect(rang).toEqual(expect.arrayContaining(['after', 'every']));
    expect(rang).not.toContain('cancelled');
  });

  it.each<[string, (test: HostTest) => unknown]>([
    ['stops', ({ host }) => host.stop()],
    ['is quarantined', ({ host }) => host.quarantine('my-plugin', 'ill')],
  ])('end when it %s, and no other begins', async (_when, end) => {
    const { test, rang, context } = await aTimer();
    await end(test);
    context.clock.after(1, () => rang.push('late'));
    rang.splice(0);
    await rung();

    expect(rang).toEqual([]);
  });

  it('end when it fails to start', async () => {
    const { test, rang } = await aTimer(() => Promise.reject(new Error('broken')));
    rang.splice(0);
    await rung();

    expect([lineOf(test, 'my-plugin')?.state, rang]).toEqual(['failed', []]);
  });
});

it.each<[string, (test: HostTest) => unknown]>([
  ['stops', ({ host }) => host.stop()],
  ['is quarantined', ({ host }) => host.quarantine('my-plugin', 'ill')],
])('ends the threads of a plugin that %s', async (_when, end) => {
  const test = await startTest({ plugins: [aPlugin('my-plugin')] });
  const forget = jest.spyOn(test.core.workers, 'forget');
  await end(test);

  expect(forget).toHaveBeenCalledWith('my-plugin');
});
