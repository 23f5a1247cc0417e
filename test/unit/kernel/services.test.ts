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

  expect(() => services.assertUnique([OTHER_SITE])).not.toThrow();
  expect(() => services.assertUnique([OTHER_SITE, SITE])).toThrow(
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
  expect(() => services.get(SITE, PORT)).toThrow(
    expect.objectContaining({ code: 'config/invalid' }),
  );
});

it('falls back on the core where no enabled plugin provides', () => {
  const services = createServices({ isEnabled: (site) => site === SITE });
  services.provide('core', PORT, aService('core'), { fallback: true });
  services.provide('a', PORT, aService('a'));

  services.assertUnique([SITE, OTHER_SITE]);

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
