import { FACTOR_PORT } from '../host/sign-in-guards';
import type { Services } from '../kernel/services';
import type { WebDeps } from '../web/context';

/** Second factors that a person has set up, by the plugin of their site; none where there is none. */
export const createFactorsOf =
  (services: Pick<Services, 'get'>): WebDeps['factorsOf'] =>
  async (site, user) => {
    const port = services.get(site, FACTOR_PORT);
    // A provider of codes alone has nothing to say of people.
    if (typeof port?.methods !== 'function') return [];
    return port.methods({ site }, user);
  };
