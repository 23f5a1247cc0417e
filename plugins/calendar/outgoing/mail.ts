import type { PersonRef, PluginContext, PluginSendResult, SiteId } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { ownMails } from '../people/own';
import type { Tables } from '../store/tables';
import type { Person } from '../store/types';
import { OUTGOING, type OutgoingRow } from './table';
import { mailWords, siteLocale } from './words';

type Context = PluginContext<CalendarConfig>;

/** Mails of one visit; what is left goes with the next. */
const VISIT_MAX = 10;
const HOLD_MS = 60_000;
/** The site writes for who began nothing in so long: a telephone wrote the event, or they have left. */
const ALONE_MS = 10 * 60_000;
const LATER_MS = 60_000;
const LATER_MAX_MS = 3_600_000;

/** Mails what waits for somebody who is there, as themselves. Never throws: what fails is on the page of the event. */
export async function sendWaiting(
  context: Context,
  person: Person & { readonly as: PersonRef },
  locale: 'fr' | 'en',
): Promise<number> {
  const table: Tables = (name) => context.db.table(name);
  const now = context.clock.now();
  const rows: readonly OutgoingRow[] = await table(OUTGOING)
    .where({ site: person.site, user_id: person.user })
    .whereIn('state', ['waiting', 'sending'])
    .whereNot({ via: 'post' })
    .where('next_ms', '<=', now)
    .where('held_ms', '<=', now)
    .orderBy('made_ms')
    .limit(VISIT_MAX)
    .select();
  let sent = 0;
  for (const row of rows) {
    if (!(await claim(table, row, { now, via: 'send' }))) continue;
    const outcome = await sendOne(context, person, row, locale);
    await settle(table, row, outcome, now);
    if (outcome.state === 'sent') sent += 1;
  }
  return sent;
}

type Settled = Pick<OutgoingRow, 'state' | 'why' | 'draft'>;

/** One process at a time; who stopped in the middle is taken over, by the same key. */
async function claim(
  table: Tables,
  row: OutgoingRow,
  { now, via }: { readonly now: number; readonly via: 'send' | 'post' },
): Promise<boolean> {
  const taken: number = await table(OUTGOING)
    .where({ id: row.id, state: row.state, via: row.via, held_ms: row.held_ms })
    .update({ state: 'sending', via, held_ms: now + HOLD_MS });
  return taken === 1;
}

async function settle(
  table: Tables,
  row: OutgoingRow,
  outcome: Settled,
  now: number,
): Promise<void> {
  const tries = row.tries + 1;
  await table(OUTGOING)
    .where({ id: row.id })
    .update({
      ...outcome,
      tries,
      held_ms: 0,
      next_ms:
        outcome.state === 'waiting' ? now + Math.min(LATER_MS * 2 ** (tries - 1), LATER_MAX_MS) : 0,
    });
}

const recipientsOf = (row: OutgoingRow): readonly string[] =>
  (JSON.parse(row.recipients) as { mail: string; name: string }[]).map(({ mail, name }) =>
    name === '' ? mail : `"${name.replace(/["\\\p{Cc}]/gu, ' ')}" <${mail}>`,
  );

async function sendOne(
  context: Context,
  person: Person & { readonly as: PersonRef },
  row: OutgoingRow,
  locale: 'fr' | 'en',
): Promise<Settled> {
  try {
    const { subject, text } = mailWords(context, row, locale);
    // An answer comes from the address that was asked, as who organises knows it.
    const isOther = ownMails(person).slice(1).includes(row.organiser);
    const result = await context.send(person.as, {
      ...(isOther && { identity: row.organiser }),
      to: recipientsOf(row),
      subject,
      text,
      calendar: { method: row.method, text: row.text },
      key: `outgoing ${row.id}`,
    });
    return settledOf(result);
  } catch (error) {
    context.log.warn({ site: person.site, code: codeOf(error) }, 'calendar/not-sent');
    return { state: 'waiting', why: codeOf(error), draft: '' };
  }
}

const codeOf = (error: unknown): string => {
  const code: unknown = Object(error)['code'];
  return (typeof code === 'string' ? code : 'error').slice(0, 200);
};

function settledOf({ outcome, draftUrl = '' }: PluginSendResult): Settled {
  const draft = draftUrl.slice(0, 500);
  switch (outcome.kind) {
    case 'sent':
    case 'queued':
      return { state: 'sent', why: '', draft: '' };
    case 'partial':
      return {
        state: 'sent',
        why: `partial ${outcome.rejected.map(({ mail }) => mail).join(' ')}`.slice(0, 200),
        draft: '',
      };
    case 'confirm':
      return { state: 'draft', why: 'confirm', draft };
    case 'deferred':
      return { state: 'waiting', why: outcome.reason, draft: '' };
    case 'unknown':
      return { state: 'unknown', why: 'unknown', draft };
    default:
      return { state: 'failed', why: outcome.kind, draft };
  }
}

/** Mails what waits with nobody there, in the name of the site: answers go to the organiser. */
export async function postWaiting(context: Context, site: SiteId): Promise<number> {
  const table: Tables = (name) => context.db.table(name);
  const now = context.clock.now();
  const rows: readonly OutgoingRow[] = await table(OUTGOING)
    .where({ site })
    .whereIn('state', ['waiting', 'sending'])
    // What was begun as the person goes on as the person: two ways would be two mails.
    .whereNot({ via: 'send' })
    .where('next_ms', '<=', now)
    .where('held_ms', '<=', now)
    .where('made_ms', '<', now - ALONE_MS)
    .orderBy('made_ms')
    .limit(100)
    .select();
  for (const row of rows) {
    if (!(await claim(table, row, { now, via: 'post' }))) continue;
    await settle(table, row, await postOne(context, site, row), now);
  }
  return rows.length;
}

async function postOne(context: Context, site: SiteId, row: OutgoingRow): Promise<Settled> {
  try {
    const { subject, text } = mailWords(context, row, siteLocale(context, site));
    const name = row.organiser_name.replace(/[@\p{Cc}]/gu, ' ').trim();
    const result = await context.post(site, {
      to: recipientsOf(row),
      ...(name !== '' && { fromName: name.slice(0, 100) }),
      replyTo: row.organiser,
      subject,
      text,
      calendar: { method: row.method, text: row.text },
      key: `outgoing ${row.id}`,
    });
    // What waits in the queue of the platform leaves from there.
    if (result.state === 'refused') return { state: 'waiting', why: result.reason, draft: '' };
    if (result.state === 'given-up') return { state: 'failed', why: 'given-up', draft: '' };
    return { state: result.state === 'unknown' ? 'unknown' : 'sent', why: '', draft: '' };
  } catch (error) {
    context.log.warn({ site, code: codeOf(error) }, 'calendar/not-sent');
    return { state: 'waiting', why: codeOf(error), draft: '' };
  }
}
