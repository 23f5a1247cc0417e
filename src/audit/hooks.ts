import type { SiteId } from '../base/types';
import { type Action, defineHooks } from '../kernel/hook-types';

/** One line of the audit log. Codes and names of things, never what a message says. */
export interface AuditEntry {
  readonly id: number;
  readonly at: string;
  /** `*` for what concerns every site. */
  readonly site: SiteId | '*';
  /** Absent when no person acted: the command line, a job. */
  readonly actor?: string;
  /** `area:word`; the area of a plugin's event is its id. */
  readonly event: string;
  /** What was acted on: a path of the configuration, a login, a mailbox. */
  readonly target?: string;
  /** Client address. */
  readonly remote?: string;
  readonly details: AuditDetails;
}

/** What plugins are told of a line: that there is one. Who, whom and from where stay in the log. */
export type AuditNews = Pick<AuditEntry, 'id' | 'at' | 'site' | 'event'>;

export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

declare global {
  namespace Estafette {
    interface HookMap {
      'audit:recorded': Action<AuditNews>;
    }
  }
}

export const auditHooks = defineHooks({
  'audit:recorded': {
    kind: 'action',
    doc: 'A line was added to the audit log: its id, time, site and event, without logins, addresses and details; one of site `*` is told to each site, with the same id.',
  },
});
