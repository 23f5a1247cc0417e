import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import { newToken } from '../base/ids';
import type { PersonRef } from '../kernel/hook-types';
import type { Actor } from '../session';

/** Handlers of actions go on after the answer; each ends by its own deadline, well below this. */
const GRACE_MS = 30_000;
/** Requests under way and just ended; beyond it the oldest are forgotten. */
const MAX_PEOPLE = 20_000;
const TOKEN_BYTES = 16;

/** Who is there: what a plugin's handle of a person stands for, in this process alone. */
export interface People {
  /** The actor with a handle in its scope; `leave` when the request has ended. */
  admit(actor: Actor): { readonly actor: Actor; leave(): void };
  /** Throws `plugin/person-gone` for a handle that was not made here, is over, or signed out. */
  find(ref: unknown): Promise<Actor>;
}

export interface PeopleDeps {
  readonly clock: Clock;
  /** Whether a session is still open; asked at each use, as a sign-out counts at once. */
  readonly isOpen: (actor: Actor) => Promise<boolean>;
}

interface Visit {
  readonly actor: Actor;
  leftAt: number | undefined;
}

/** The handles of a process; plugins get tokens, and the actors stay here. */
export function createPeople({ clock, isOpen }: PeopleDeps): People {
  const visits = new Map<string, Visit>();
  let isSweepPlanned = false;

  const isOver = ({ leftAt }: Visit): boolean =>
    leftAt !== undefined && clock.now() - leftAt >= GRACE_MS;

  function sweep(): void {
    isSweepPlanned = false;
    for (const [token, visit] of visits) if (isOver(visit)) visits.delete(token);
    if ([...visits.values()].some(({ leftAt }) => leftAt !== undefined)) planSweep();
  }

  function planSweep(): void {
    if (isSweepPlanned) return;
    isSweepPlanned = true;
    clock.after(GRACE_MS, sweep);
  }

  return {
    admit(actor) {
      const ref: PersonRef = Object.freeze({ user: actor.user.id, session: newToken(TOKEN_BYTES) });
      const known: Actor = { ...actor, scope: { ...actor.scope, as: ref } };
      const visit: Visit = { actor: known, leftAt: undefined };
      visits.set(ref.session, visit);
      const [oldest] = visits.keys();
      if (visits.size > MAX_PEOPLE && oldest !== undefined) visits.delete(oldest);
      return {
        actor: known,
        leave() {
          visit.leftAt = clock.now();
          planSweep();
        },
      };
    },
    async find(ref) {
      const token = tokenOf(ref);
      const visit = token === undefined ? undefined : visits.get(token.session);
      if (!visit || isOver(visit) || visit.actor.user.id !== token?.user) throw gone();
      if (!(await isOpen(visit.actor))) throw gone();
      return visit.actor;
    },
  };
}

function tokenOf(ref: unknown): PersonRef | undefined {
  if (typeof ref !== 'object' || ref === null) return undefined;
  const user: unknown = Reflect.get(ref, 'user');
  const session: unknown = Reflect.get(ref, 'session');
  return typeof user === 'number' && typeof session === 'string' ? { user, session } : undefined;
}

const gone = (): AppError => new AppError('plugin/person-gone');
