import type { Audit } from '../audit';
import { operatorLogin } from '../base/operator';
import type { UserAffairs } from '../session';

/** What the law gives a person, written down: who exported or erased what is kept about them. */
export function auditedAffairs(affairs: UserAffairs, audit: Pick<Audit, 'record'>): UserAffairs {
  return {
    ...affairs,
    async records(user) {
      const records = await affairs.records(user);
      await audit.record({
        site: user.site,
        actor: operatorLogin(),
        event: 'user:exported',
        target: user.login,
        details: { files: records.length },
      });
      return records;
    },
    async erase(user) {
      await affairs.erase(user);
      // The login stays here for as long as lines are kept: the proof that it was done.
      await audit.record({
        site: user.site,
        actor: operatorLogin(),
        event: 'user:erased',
        target: user.login,
      });
    },
  };
}
