import type { Audit, NewAuditEntry } from '../audit';
import type { SiteId } from '../base/types';
import type { Alerts, Notifier } from '../notify';
import type { AppPasswords, FormThrottle, UserStore } from '../session';
import type { Call, OpenCall } from './route';

/** What the pages of the security of an account stand on. */
export interface SafetyParts {
  readonly notifier: Notifier;
  readonly alerts: Alerts;
  readonly appPasswords: AppPasswords;
  readonly forms: FormThrottle;
  readonly countryOf: (site: SiteId, remote: string) => string | undefined;
  readonly users: Pick<UserStore, 'findByName' | 'list'>;
  readonly audit: Pick<Audit, 'list'> & {
    /** Never rejects: nobody is kept out, or let in, because a line could not be written. */
    record(entry: NewAuditEntry): Promise<void>;
  };
  /** Writes down a request that was refused for who sent it or from where; never rejects. */
  readonly noteRefused: (request: {
    readonly site: SiteId;
    readonly remote: string;
    readonly code: string;
    readonly reason?: string | undefined;
    readonly actor?: string | undefined;
  }) => Promise<void>;
}

/** Writes down what somebody does about their own account, and from where. */
export const noteOwn = (
  { deps, ctx, actor }: OpenCall,
  entry: Pick<NewAuditEntry, 'event' | 'target' | 'details'>,
): Promise<void> =>
  deps.safety.audit.record({
    site: ctx.site.id,
    actor: actor.user.login,
    remote: ctx.remote,
    ...entry,
  });

/**
 * Writes down what the sender of a request has tried. Not awaited: who is refused does not wait for
 * the disk.
 */
export function noteTried({ deps, ctx }: Pick<Call, 'deps' | 'ctx'>, code: string): void {
  const { site, remote, session } = ctx;
  const actor = session?.session.user.login;
  void deps.safety.noteRefused({ site: site.id, remote, code, actor });
}
