import { systemClock } from '../../../src/base/clock';
import { AppError } from '../../../src/base/errors';
import { silentLog } from '../../../src/base/log';
import { createIsolator, currentAttribution } from '../../../src/kernel/isolate';
import { createMeter, createMetrics } from '../../../src/kernel/meter';
import { createServices } from '../../../src/kernel/services';
import { OTHER_SITE, SITE } from './fixtures/kit';

const PORT = 'probe-store';
const aService = (name: string) => ({ name });

it('gives the provider that the site enables', () => {
  const services = createServices({ isEnabled: (site, plugin) => site === SITE && plugin === 'a' });
  services.provide('a', PORT, aService('a'));
  services.provide('b', PORT, aService('b'));

  expect(services.get(SITE, PORT)?.name).toBe('a');
  expect(services.get(OTHER_SITE, PORT)).toBeUndefined();
});

it('refuses two enabled providers for one site, naming both', () => {
  const services = createServices({ isEnabled: (site) => site === SITE });
  services.provide('a', PORT, aService('a'));
  services.provide('b', PORT, aService('b'));

  expect(services.get(OTHER_SITE, PORT)).toBeUndefined();
  expect(() => services.get(SITE, PORT)).toThrow(
    expect.objectContaining({
      code: 'config/invalid',
      details: {
        site: SITE,
        port: PORT,
        plugins: ['a', 'b'],
        problem: 'two providers of one port: a, b',
      },
    }),
  );
});

it('falls back on the core where no enabled plugin provides', () => {
  const services = createServices({ isEnabled: (site) => site === SITE });
  services.provide('core', PORT, aService('core'), { fallback: true });
  services.provide('a', PORT, aService('a'));

  expect(services.get(SITE, PORT)?.name).toBe('a');
  expect(services.get(OTHER_SITE, PORT)?.name).toBe('core');
});

it('forgets a provider that is removed, or whose plugin is', () => {
  const services = createServices({ isEnabled: () => true });
  const remove = services.provide('a', PORT, aService('a'));
  remove();
  expect(services.get(SITE, PORT)).toBeUndefined();

  services.provide('b', PORT, aService('b'));
  services.removePlugin('b');
  expect(services.get(SITE, PORT)).toBeUndefined();
});

describe('a service of a plugin', () => {
  class Store {
    #name = 'store';
    calls = 0;
    ask(word: string): unknown {
      this.calls += 1;
      return [this.#name, word, currentAttribution()?.plugin];
    }
    async fail(): Promise<void> {
      throw new Error('broken');
    }
    throwAtOnce(): void {
      throw new Error('broken at once');
    }
    refuse(): void {
      throw new AppError('request/invalid');
    }
    hang(): Promise<never> {
      return new Promise(() => {});
    }
    get trap(): never {
      throw new Error('read');
    }
  }

  function provided(service: unknown = new Store()) {
    const isolator = createIsolator({
      log: silentLog(),
      clock: systemClock,
      meter: createMeter(createMetrics()),
    });
    const services = createServices({ isEnabled: () => true, isolator, timeoutMs: () => 20 });
    services.provide('a', PORT, service as never);
    return services.get(SITE, PORT) as unknown as Record<string, (...args: unknown[]) => unknown>;
  }

  it('is called with its own state, and charged to its plugin', async () => {
    expect(await provided()['ask']?.('x')).toEqual(['store', 'x', 'a']);
  });

  it('hands out its methods and nothing else', () => {
    const service = provided();

    expect(Object.keys(service).sort()).toEqual(['ask', 'fail', 'hang', 'refuse', 'throwAtOnce']);
    expect(Object.isFrozen(service)).toBe(true);
  });

  it.each(['fail', 'throwAtOnce', 'hang'])(
    'is unavailable when a call ends so: %s',
    async (name) => {
      await expect(provided()[name]?.()).rejects.toMatchObject({
        code: 'plugin/unavailable',
        details: { plugin: 'a', port: PORT, method: name },
      });
    },
  );

  it('says what is wrong with a question in its own words', async () => {
    await expect(provided()['refuse']?.()).rejects.toThrow('request/invalid');
  });

  it('rests after failing five times in a row, one method apart from another', async () => {
    const service = provided();
    for (let n = 0; n < 5; n++)
      await expect(service['fail']?.()).rejects.toThrow('plugin/unavailable');

    await expect(service['fail']?.()).rejects.toMatchObject({ details: { reason: 'breaker' } });
    expect(await service['ask']?.('x')).toEqual(['store', 'x', 'a']);
  });

  it.each([null, 'text', () => 1])('is an object of methods, not %p', (wrong) => {
    expect(() => provided(wrong)).toThrow('config/invalid');
  });
});

it('serves the core’s own answer only on the sites that it serves', () => {
  const services = createServices({ isEnabled: () => false });
  services.provide('core', PORT, aService('core'), {
    fallback: true,
    serves: (site) => site === SITE,
  });

  expect(services.get(SITE, PORT)?.name).toBe('core');
  expect(services.get(OTHER_SITE, PORT)).toBeUndefined();
});
