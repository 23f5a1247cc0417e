import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Actor, MailServer, SessionKey } from '../session';
import { accountKey } from './context';

interface Holder {
  readonly credential: Actor['credential'];
  readonly watches: Set<() => void>;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

/**
 * A session that asks for nothing and watches nothing is let go of: it may have ended in another
 * process, and whoever comes back is noted again. Streams of a session that ended there close at
 * their next heartbeat, and their watches with them.
 */
const HELD_MS = 10 * 60_000;

/**
 * Which sessions use an account: the browsers of one person share its connections, and only the
 * last sign-out closes them. A credential belongs to a session and goes with it.
 */
export class Holders {
  readonly #accounts = new Map<string, Map<string, Holder>>();
  readonly #released = new Set<string>();
  readonly #clock: Pick<Clock, 'now'>;
  #sweptAt: number;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#sweptAt = clock.now();
  }

  /**
   * Notes the session's use and credential. Work that outlived a sign-out is refused
   * (`session/required`): it must not open a connection again.
   */
  note(actor: Actor): void {
    if (this.#released.has(actor.session.id)) throw new AppError('session/required');
    this.#holder(actor);
  }

  /** The credential of the session that used the account last, of those that still do. */
  credential(key: string, server: MailServer): ReturnType<Actor['credential']> | undefined {
    this.#sweep(key);
    return [...(this.#accounts.get(key)?.values() ?? [])].at(-1)?.credential(server);
  }

  addWatch(actor: Actor, remove: () => void): () => void {
    const { watches } = this.#holder(actor);
    const once = (): void => {
      if (watches.delete(once)) remove();
    };
    watches.add(once);
    return once;
  }

  /** Ends a session's watches; true when no other session uses the account. */
  release(actor: SessionKey): boolean {
    const key = accountKey(actor);
    this.#remember(actor.session.id);
    const holders = this.#accounts.get(key);
    for (const remove of [...(holders?.get(actor.session.id)?.watches ?? [])]) remove();
    holders?.delete(actor.session.id);
    this.#sweep(key);
    return !this.#accounts.has(key);
  }

  /** Lets go of what an account's sessions no longer use. */
  #sweep(key: string): void {
    const holders = this.#accounts.get(key);
    if (!holders) return;
    const since = this.#clock.now() - HELD_MS;
    for (const [id, { usedAt, watches }] of holders) {
      if (usedAt < since && watches.size === 0) holders.delete(id);
    }
    if (holders.size === 0) this.#accounts.delete(key);
  }

  #sweepAll(): void {
    const now = this.#clock.now();
    if (now - this.#sweptAt < HELD_MS) return;
    this.#sweptAt = now;
    for (const key of [...this.#accounts.keys()]) this.#sweep(key);
  }

  #remember(session: string): void {
    this.#released.add(session);
    for (const oldest of this.#released) {
      if (this.#released.size <= MAX_RELEASED) return;
      this.#released.delete(oldest);
    }
  }

  #holder(actor: Actor): Holder {
    this.#sweepAll();
    const key = accountKey(actor);
    const holders = this.#accounts.get(key) ?? new Map<string, Holder>();
    this.#accounts.set(key, holders);
    const known = holders.get(actor.session.id);
    const holder = {
      credential: (server: MailServer) => actor.credential(server),
      watches: known?.watches ?? new Set<() => void>(),
      usedAt: this.#clock.now(),
    };
    // Reinserted: the newest use is the likeliest to be current.
    holders.delete(actor.session.id);
    holders.set(actor.session.id, holder);
    trim(holders);
    return holder;
  }
}

// A script that signs in again and again leaves a closure each time.
const MAX_SESSIONS = 50;
// Requests under way end within a minute; far fewer sign-outs than this fall in one.
const MAX_RELEASED = 5_000;

function trim(holders: Map<string, Holder>): void {
  for (const [id, holder] of holders) {
    if (holders.size <= MAX_SESSIONS) return;
    if (holder.watches.size === 0) holders.delete(id);
  }
}
