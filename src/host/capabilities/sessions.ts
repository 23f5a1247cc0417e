import type { SiteId, UserId } from '../../base/types';
import type { Gate } from './gate';
import { outward } from './outward';

/** Sessions of people, by the number of a person. */
export interface PluginSessions {
  /** `mayReach` throws where the plugin has no business; how many ended. */
  end(user: UserId, mayReach: (site: SiteId) => void): Promise<number>;
}

/** `context.endSessions`: what opens the mail for a person is over, in every browser. */
export function pluginEndSessions(gate: Gate, sessions: PluginSessions) {
  return async (user: number): Promise<number> => {
    gate.need('session.end');
    return outward(() =>
      sessions.end(user as UserId, (site) => {
        gate.onSite(site, undefined);
      }),
    );
  };
}
