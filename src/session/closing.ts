import type { Log } from '../base/log';
import type { HookEmitter } from '../kernel/hook-types';
import type { CloseReason } from './hooks';
import type { ClosedSession } from './service-types';
import { nextState } from './session';
import type { SessionStore, StoredSession } from './store';

export interface ClosingDeps {
  readonly store: SessionStore;
  readonly hooks: HookEmitter;
  readonly log: Log;
}

/** How sessions end, and who is told. */
export interface Closing {
  /** Removes the row and tells, with the address of who asked for it; false when it had ended already. */
  close(session: StoredSession, reason: CloseReason, remote?: string): Promise<boolean>;
  /** Tells only: the row has got a new id. */
  tellRenewed(session: StoredSession): void;
  onClosed(listener: (closed: ClosedSession) => void): () => void;
}

export function createClosing({ store, hooks, log }: ClosingDeps): Closing {
  const listeners = new Set<(closed: ClosedSession) => void>();

  /** Listeners hold connections and streams of this process: one that fails must not spare others. */
  function tell(closed: ClosedSession): void {
    for (const listener of listeners) {
      try {
        listener(closed);
      } catch (error) {
        log.error({ err: error, session: closed.sessionId }, 'session/listener-failed');
      }
    }
  }

  return {
    async close(session, reason, remote) {
      nextState(session.state, 'closed');
      if (!(await store.delete(session.id))) return false;
      const closed = { sessionId: session.id, user: session.user, reason };
      tell(closed);
      await hooks.action({ site: session.site }, 'session:closed', {
        ...closed,
        trail: session.trail,
        ...(remote !== undefined && { remote }),
      });
      return true;
    },
    tellRenewed({ id: sessionId, user }) {
      tell({ sessionId, user, reason: 'renewed' });
    },
    onClosed(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
