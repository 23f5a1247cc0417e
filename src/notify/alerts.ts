import { type Clock, isoNow } from '../base/clock';
import type { Database } from '../kernel/db-types';
import type { SecurityEvent, User } from '../session';
import { alertsOf, deleteAlerts, insertAlert, type SecurityAlert } from './alert-store';

/** The session that asks: what is about itself is not told to it. */
interface Asker {
  readonly user: User;
  readonly session: { readonly createdAt: string };
}

/** What a person's next pages tell them of their account. */
export interface Alerts {
  add(user: User, event: Pick<SecurityEvent, 'code' | 'evidence'>): Promise<void>;
  list(asker: Asker): Promise<readonly SecurityAlert[]>;
  /** They have read it: one, or all. */
  dismiss(asker: Asker, id?: number): Promise<void>;
}

export function createAlerts({
  db,
  clock,
}: {
  readonly db: Database;
  readonly clock: Clock;
}): Alerts {
  return {
    async add(user, { code, evidence }) {
      const { session, ...rest } = evidence;
      const sessionBeganAt = session === undefined ? undefined : String(session);
      const alert = { code, evidence: rest, createdAt: isoNow(clock), sessionBeganAt };
      await db.transaction((trx) => insertAlert(trx, user.id, alert));
    },
    list: ({ user, session }) => alertsOf(db.knex, user.id, session.createdAt),
    async dismiss({ user, session }, id) {
      await deleteAlerts(db.knex, user.id, session.createdAt, id);
    },
  };
}
