import type { Clock } from '../base/clock';
import { isAppError } from '../base/errors';
import { newToken } from '../base/ids';
import type { Log } from '../base/log';
import type { Uid, UidValidity, UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { Mail, Mailbox, Selection } from '../mail';
import type { Absentees, Actor } from '../session';
import {
  countSnoozes,
  deleteSnooze,
  dueSnoozes,
  insertSnoozes,
  listSnoozes,
  moveSnooze,
  placeSnooze,
  type SnoozeRow,
  snoozeRecords,
  takeSnooze,
} from './snooze-store';

/** Messages of one action; a list page has fewer. */
const MAX_MESSAGES = 50;
const MAX_LISTED = 500;
const BATCH = 20;
const LEASE_MS = 60_000;
/** A server that is away is asked again then. */
const RETRY_MS = 5 * 60_000;
const MAX_SUBJECT = 300;
/** Other programs show it under this name. */
const MAILBOX = { fr: 'En attente', en: 'Snoozed' } as const;

export interface SnoozingDeps {
  readonly db: Database;
  readonly mail: Mail;
  readonly absentees: Absentees;
  readonly clock: Clock;
  readonly log: Log;
}

/** A message that comes back. */
export interface Snoozed {
  readonly id: string;
  readonly subject: string;
  readonly sender: string;
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Comes back by itself, or when its agent is there. */
  readonly isAlone: boolean;
}

/** Messages that are put away until a time. */
export interface Snoozing {
  /** Puts messages away; their ids here. At most 50 at a time: `request/too-large`. */
  put(actor: Actor, on: Selection, until: number): Promise<readonly string[]>;
  list(actor: Actor): Promise<readonly Snoozed[]>;
  count(actor: Actor): Promise<number>;
  /** Another time; false for none of theirs. */
  postpone(actor: Actor, id: string, until: number): Promise<boolean>;
  /** Back now, unread; how many came back. */
  wake(actor: Actor, ids: readonly string[]): Promise<number>;
  /** What is due of this agent; when a page of theirs is shown. */
  wakeDueOf(actor: Actor): Promise<void>;
  /** What is due of everybody whose access is kept; every few seconds. */
  wakeDue(): Promise<void>;
  records(user: UserId): Promise<readonly unknown[]>;
}

/** The rows come first: a message that is moved is always one that somebody brings back. */
export function createSnoozing(deps: SnoozingDeps): Snoozing {
  const { db, mail, absentees, clock, log } = deps;
  const ownerOf = (actor: Actor) => ({ user: actor.user.id, site: actor.site.id });

  async function put(actor: Actor, on: Selection, until: number): Promise<readonly string[]> {
    const uids = [...on.uids].sort((a, b) => a - b).slice(0, MAX_MESSAGES);
    const mailbox = await waitingMailbox(mail, actor);
    const waiting =
      on.mailbox === mailbox ? await listSnoozes(db.knex, ownerOf(actor), MAX_LISTED) : [];
    const rows: SnoozeRow[] = [];
    for (const uid of uids) {
      const known = waiting.find((row) => row.uid === uid && row.mailbox === mailbox);
      if (known) {
        await moveSnooze(db.knex, ownerOf(actor), known.id, until);
        continue;
      }
      const at = { mailbox: on.mailbox, uid, uidValidity: on.uidValidity };
      const options = { markSeen: false, contentOnly: true, asItIs: true };
      const view = await mail.message(actor, at, options);
      const id = newToken(16);
      rows.push({
        id,
        ...ownerOf(actor),
        // One that its agent put there by hand comes back to the inbox.
        home: on.mailbox === mailbox ? 'INBOX' : on.mailbox,
        mailbox,
        uidValidity: on.mailbox === mailbox ? on.uidValidity : undefined,
        uid: on.mailbox === mailbox ? uid : undefined,
        messageId: view.messageId?.slice(0, 500),
        subject: view.subject.slice(0, MAX_SUBJECT),
        sender: (view.from[0]?.name || view.from[0]?.mail || '').slice(0, MAX_SUBJECT),
        until,
        access: await absentees.keep(actor, id),
      });
    }
    await insertSnoozes(db.knex, rows);
    if (on.mailbox === mailbox) return rows.map(({ id }) => id);
    try {
      const { moved } = await mail.move(actor, { ...on, uids }, mailbox);
      await Promise.all(
        rows.map(async ({ id }, index) => {
          const uid = moved?.uids.length === uids.length ? moved.uids[index] : undefined;
          const uidValidity = moved?.uidValidity;
          if (uid !== undefined && uidValidity !== undefined) {
            await placeSnooze(db.knex, id, { uid, uidValidity });
          }
        }),
      );
    } catch (error) {
      // Those that moved are brought back at their time; those that did not are not found there.
      log.warn({ err: error }, 'snooze/move-failed');
      throw error;
    }
    return rows.map(({ id }) => id);
  }

  /** Brings one back, unread; what is no longer there has been taken by its agent, and is forgotten. */
  async function bringBack(actor: Actor, row: SnoozeRow): Promise<boolean> {
    const now = clock.now();
    if (!(await takeSnooze(db.knex, row.id, now, now + LEASE_MS))) return false;
    try {
      const found = await placeOf(mail, actor, row);
      if (found) {
        await mail.flag(actor, found, 'seen', false);
        await moveHome(mail, actor, found, row.home);
      }
      await deleteSnooze(db.knex, row.id);
      return found !== undefined;
    } catch (error) {
      if (isAppError(error, 'mailbox/not-found') || isAppError(error, 'mailbox/changed')) {
        await deleteSnooze(db.knex, row.id);
        return false;
      }
      await takeSnooze(db.knex, row.id, now + LEASE_MS + 1, clock.now() + RETRY_MS);
      throw error;
    }
  }

  async function wakeAll(actor: Actor, rows: readonly SnoozeRow[]): Promise<number> {
    let count = 0;
    for (const row of rows) if (await bringBack(actor, row)) count++;
    return count;
  }

  return {
    put,
    async list(actor) {
      const rows = await listSnoozes(db.knex, ownerOf(actor), MAX_LISTED);
      return rows.map(({ id, subject, sender, home, until, access }) => ({
        id,
        subject,
        sender,
        home,
        until,
        isAlone: access !== undefined,
      }));
    },
    count: (actor) => countSnoozes(db.knex, ownerOf(actor)),
    postpone: async (actor, id, until) =>
      (await moveSnooze(db.knex, ownerOf(actor), id, until)) === 1,
    async wake(actor, ids) {
      const rows = await listSnoozes(db.knex, ownerOf(actor), MAX_LISTED);
      return wakeAll(
        actor,
        rows.filter(({ id }) => ids.includes(id)),
      );
    },
    async wakeDueOf(actor) {
      const rows = await listSnoozes(db.knex, ownerOf(actor), MAX_LISTED);
      const now = clock.now();
      await wakeAll(actor, rows.filter(({ until }) => until <= now).slice(0, BATCH));
    },
    async wakeDue() {
      for (const row of await dueSnoozes(db.knex, clock.now(), BATCH)) {
        const actor = await absentees.actor(row, row.access, row.id);
        if (!actor) continue;
        try {
          await bringBack(actor, row);
        } catch (error) {
          log.warn({ err: error }, 'snooze/due-failed');
        } finally {
          mail.release(actor);
        }
      }
    },
    records: (user) => snoozeRecords(db.knex, user),
  };
}

/** Where messages wait: one at the top of the account, made when there is none. */
async function waitingMailbox(mail: Mail, actor: Actor): Promise<string> {
  const names: readonly string[] = Object.values(MAILBOX);
  const { mailboxes } = await mail.account(actor);
  const all = (boxes: readonly Mailbox[]): readonly Mailbox[] =>
    boxes.flatMap((box) => [box, ...all(box.children)]);
  const known = all(mailboxes).find(
    ({ name, isSelectable }) => isSelectable && names.includes(name),
  );
  return known?.path ?? mail.newMailbox(actor, { name: MAILBOX[actor.locale], parent: '' });
}

async function placeOf(
  mail: Mail,
  actor: Actor,
  { mailbox, uid, uidValidity, messageId }: SnoozeRow,
): Promise<Selection | undefined> {
  if (messageId !== undefined) {
    const found = await mail.findByMessageId(actor, mailbox, messageId);
    const [first] = found.uids;
    // Of several copies, the one that was put there.
    const own = found.uids.find((one) => one === uid) ?? first;
    return own === undefined ? undefined : { mailbox, uidValidity: found.uidValidity, uids: [own] };
  }
  if (uid === undefined || uidValidity === undefined) return undefined;
  return { mailbox, uidValidity: uidValidity as UidValidity, uids: [uid as Uid] };
}

/** To where it came from, or to the inbox where that is gone. */
async function moveHome(mail: Mail, actor: Actor, on: Selection, home: string): Promise<void> {
  try {
    await mail.move(actor, on, home);
  } catch (error) {
    if (!isAppError(error, 'mailbox/not-found')) throw error;
    await mail.move(actor, on, 'INBOX');
  }
}
