import { AppError } from '../base/errors';
import type { Host } from '../host/host';
import { FACTOR_PORT, provesFactor } from '../host/sign-in-guards';
import type { Services } from '../kernel/services';
import type { WebDeps } from '../web/context';

/**
 * Second factors that a person has set up, by the plugin of their site; none where there is none.
 * Throws `plugin/guard-failed` where that plugin is on and not in service: nobody is without a factor
 * because it cannot be asked.
 */
export const createFactorsOf =
  (services: Pick<Services, 'get'>, signInClosed: Host['signInClosed']): WebDeps['factorsOf'] =>
  async (site, user) => {
    const details = signInClosed(site);
    if (details) {
      throw new AppError('plugin/guard-failed', {
        details: { ...details, site },
        textKey: 'error.signInClosed',
      });
    }
    const port = services.get(site, FACTOR_PORT);
    // A provider of codes alone has nothing to say of people.
    if (typeof port?.methods !== 'function') return [];
    return port.methods({ site }, user);
  };

/** Whether a challenge is of a plugin that provides second factors; ids are unique among plugins. */
export const createIsFactor =
  (host: () => Pick<Host, 'all'>) =>
  (challenge: string): boolean =>
    host()
      .all()
      .some(({ definition }) => provesFactor(definition, challenge));
