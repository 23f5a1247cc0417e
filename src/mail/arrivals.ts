import { singleFlight } from '../base/async';
import { OWN_ACCOUNT, type Uid } from '../base/types';
import { readState, searchUids, uidsFrom } from '../imap';
import type { Actor } from '../session';
import { accountKey, type MailContext } from './context';
import { placedAmong } from './placed';

// A mailbox filled by a migration: the event is for notices, not for synchronising.
const MAX_ANNOUNCED = 200;

interface Known {
  watchers: number;
  uidNext: number | undefined;
}

/** One watcher's share of what is known of a mailbox's new messages. */
export interface ArrivalShare {
  /** Looks for new messages and tells plugins. */
  look(): void;
  leave(): void;
}

/** Emits `mail:arrived` once for each mailbox, however many tabs watch it. */
export class Arrivals {
  readonly #context: MailContext;
  readonly #known = new Map<string, Known>();
  readonly #once = singleFlight<void>();

  constructor(context: MailContext) {
    this.#context = context;
  }

  /** The first to join a mailbox looks where its uids stand now. */
  join(actor: Actor, mailbox: string): ArrivalShare {
    const key = `${accountKey(actor)}\0${mailbox}`;
    const known = this.#known.get(key) ?? { watchers: 0, uidNext: undefined };
    this.#known.set(key, known);
    known.watchers++;
    const look = (): void => {
      this.#once(key, () => this.#look(actor, mailbox, known)).catch((error: unknown) =>
        this.#context.log.debug({ err: error }, 'mail/arrival-unknown'),
      );
    };
    if (known.uidNext === undefined) look();
    const leave = (): void => {
      if (--known.watchers === 0) this.#known.delete(key);
    };
    return { look, leave };
  }

  async #look(actor: Actor, mailbox: string, known: Known): Promise<void> {
    const { pool, hooks } = this.#context;
    const access = this.#context.access(actor);
    await pool.withMailbox(access, mailbox, { kind: 'read' }, async (box) => {
      await box.client.noop();
      const state = await readState(box.client, mailbox);
      const from = known.uidNext;
      known.uidNext = state.uidNext;
      if (from === undefined || state.uidNext <= from) return;
      const found = await searchUids(box.client, uidsFrom(from));
      const since = [...found].filter((uid) => uid >= from).map((uid) => uid as Uid);
      const { uidValidity } = box;
      const own = new Set(placedAmong(this.#context, actor, { mailbox, uidValidity }, since));
      const uids = since.filter((uid) => !own.has(uid)).slice(-MAX_ANNOUNCED);
      if (uids.length === 0) return;
      const event = { account: OWN_ACCOUNT, mailbox, uids };
      void hooks.action(actor.scope, 'mail:arrived', { ...event, unseen: state.unseen });
    });
  }
}
