import { AppError } from '../base/errors';
import type { Actor, MailCredential, SessionKey } from '../session';
import { accountKey } from './context';

interface Holder {
  readonly credential: () => MailCredential;
  readonly watches: Set<() => void>;
}

/**
 * Which sessions use an account: the browsers of one person share its connections, and only the
 * last sign-out closes them. A credential belongs to a session and goes with it.
 */
export class Holders {
  readonly #accounts = new Map<string, Map<string, Holder>>();
  readonly #released = new Set<string>();

  /**
   * Notes the session's use and credential. Work that outlived a sign-out is refused
   * (`session/required`): it must not open a connection again.
   */
  note(actor: Actor): void {
    if (this.#released.has(actor.session.id)) throw new AppError('session/required');
    this.#holder(actor);
  }

  /** The credential of a session that is still signed in, the newest first. */
  credential(key: string): MailCredential | undefined {
    return [...(this.#accounts.get(key)?.values() ?? [])].at(-1)?.credential();
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
    if (holders && holders.size > 0) return false;
    this.#accounts.delete(key);
    return true;
  }

  #remember(session: string): void {
    this.#released.add(session);
    for (const oldest of this.#released) {
      if (this.#released.size <= MAX_RELEASED) return;
      this.#released.delete(oldest);
    }
  }

  #holder(actor: Actor): Holder {
    const key = accountKey(actor);
    const holders = this.#accounts.get(key) ?? new Map<string, Holder>();
    this.#accounts.set(key, holders);
    const known = holders.get(actor.session.id);
    const holder = {
      credential: () => actor.credential(),
      watches: known?.watches ?? new Set<() => void>(),
    };
    // Reinserted: the newest use is the likeliest to be current.
    holders.delete(actor.session.id);
    holders.set(actor.session.id, holder);
    trim(holders);
    return holder;
  }
}

// Sessions that end without a sign-out (expired, lost cookie) leave a closure each.
const MAX_SESSIONS = 50;
// Requests under way end within a minute; far fewer sign-outs than this fall in one.
const MAX_RELEASED = 5_000;

function trim(holders: Map<string, Holder>): void {
  for (const [id, holder] of holders) {
    if (holders.size <= MAX_SESSIONS) return;
    if (holder.watches.size === 0) holders.delete(id);
  }
}
