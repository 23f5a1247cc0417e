import { IcsError } from '../ics';
import { componentsOf, parseCalendar, textOf } from '../ics/jcal';
import { keepReceived } from '../invitation/answers';
import { takenUnasked } from '../invitation/unasked';
import { receive } from '../itip/receive';
import { usersOf } from '../planning/known';
import type { Tables } from '../store/tables';
import type { Person } from '../store/types';
import { findObjectsOfUid } from '../store/walk';
import { type Limits, writeObject } from '../store/write';
import { speakerOf } from './speaker';

interface Delivered {
  readonly method: string;
  readonly to: readonly { readonly mail: string }[];
  /** A VCALENDAR with METHOD. */
  readonly text: string;
}

/**
 * Changes the copies of agents of the same site as their mail will say, in the transaction that writes
 * it (RFC 6638 4.1): who organises sees the answer of a telephone at once, and a meeting that was moved
 * is moved for those who have it. Who has no copy is asked by the mail alone. `organisers` are the
 * addresses in whose name the messages are.
 */
export async function deliver(
  table: Tables,
  person: Person,
  messages: readonly Delivered[],
  {
    organisers,
    now,
    ...limits
  }: Limits & { readonly organisers: readonly string[]; readonly now: number },
): Promise<void> {
  for (const message of messages) {
    const { to, text } = message;
    const from = speakerOf(message, organisers) ?? person.mail;
    const part = componentsOf(parseCalendar(text), 'vevent')[0];
    const uid = part ? textOf(part, 'uid').trim() : '';
    if (uid === '') continue;
    const users = await usersOf(
      table,
      person.site,
      to.map(({ mail }) => mail),
    );
    for (const [mail, user] of users) {
      if (user === person.user) continue;
      const other: Person = { site: person.site, user, mail, isAlone: true };
      await take(table, other, { uid, text, from, now, limits });
    }
  }
}

async function take(
  table: Tables,
  other: Person,
  message: {
    readonly uid: string;
    readonly text: string;
    readonly from: string;
    readonly now: number;
    readonly limits: Limits;
  },
): Promise<void> {
  const { uid, text, from, now, limits } = message;
  const [existing] = await findObjectsOfUid(table, other, uid);
  if (!existing) return;
  const own = [other.mail];
  try {
    const outcome = receive(existing.text, { text, sender: from, own, now });
    const next = takenUnasked(outcome, existing.text, { own, sender: from });
    if (next === undefined) return;
    const { calendar, uri, etag } = existing;
    const when = { ifMatch: etag };
    const put = await writeObject(table, other, { ...limits, calendar, uri, text: next, when });
    // What cannot be written now is written when the mail is opened.
    if (put.kind !== 'updated') return;
    const differences = 'differences' in outcome ? outcome.differences : [];
    await keepReceived(table, other, { text, differences, now });
  } catch (error) {
    if (!(error instanceof IcsError)) throw error;
  }
}
