import type { PluginJob, SiteId } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { METHODS } from '../itip/types';
import { type Context, hrefOf } from '../pages/common';
import { capital, createWords } from '../pages/words';
import { ianaZone, toWall, UTC } from '../time/zone';
import { appointmentHref } from './appointments';
import { pageById } from './pages';
import { zoneOfPage } from './taken';
import { APPOINTMENTS, type AppointmentRow, type MailKind } from './types';

/** Subject and first sentence, by what is told and to whom. */
const TEXTS = {
  guest: {
    confirm: ['calendar:booking.mail.confirm', 'calendar:booking.mail.confirmText'],
    booked: ['calendar:booking.mail.booked', 'calendar:booking.mail.bookedText'],
    moved: ['calendar:booking.mail.moved', 'calendar:booking.mail.movedText'],
    cancelled: ['calendar:booking.mail.cancelled', 'calendar:booking.mail.cancelledText'],
  },
  agent: {
    booked: ['calendar:booking.mail.agentBooked', 'calendar:booking.mail.agentBookedText'],
    moved: ['calendar:booking.mail.agentMoved', 'calendar:booking.mail.agentMovedText'],
    cancelled: ['calendar:booking.mail.agentCancelled', 'calendar:booking.mail.agentCancelledText'],
    confirm: ['', ''],
  },
} as const;
/** Mails of one run; a minute later go the others. */
const RUN_MAX = 100;
/** Who wrote the row mails at once; the job takes what a stopped process left. */
const LATE_MS = 30_000;

const line = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/**
 * Mails what an appointment owes, each once: a word of the row is the key. Answers whether the
 * platform took what is for the guest.
 */
export async function tell(context: Context, row: AppointmentRow): Promise<boolean> {
  const page = await pageById((name) => context.db.table(name), row.site, row.page_id);
  const isTold =
    row.guest_mail === '' ||
    !page ||
    (await post(context, row, 'guest', {
      to: row.mail,
      replyTo: page.mail,
      fromName: page.name,
      where: page.said,
    }));
  if (page && row.agent_mail !== '')
    await post(context, row, 'agent', {
      to: page.mail,
      replyTo: row.mail,
      fromName: '',
      where: page.said,
      zone: (await zoneOfPage(context, page)).id,
    });
  return isTold;
}

async function post(
  context: Context,
  row: AppointmentRow,
  who: 'guest' | 'agent',
  to: {
    readonly to: string;
    readonly replyTo: string;
    readonly fromName: string;
    readonly where: { readonly where: string; readonly place: string };
    readonly zone?: string;
  },
): Promise<boolean> {
  const column = who === 'guest' ? 'guest_mail' : 'agent_mail';
  const kind: Exclude<MailKind, ''> | '' = row[column];
  if (kind === '') return true;
  const [subject, first] = TEXTS[who][kind];
  const locale = who === 'guest' ? row.locale : context.site(row.site).locale;
  const t = context.text(locale);
  const words = createWords(locale);
  const zone = ianaZone(to.zone ?? row.zone) ?? UTC;
  const [start, end] = [row.start_ms, row.end_ms].map((at) => toWall(zone, Number(at))) as [
    number,
    number,
  ];
  const when = words.when({ isAllDay: false, start, end });
  const title = line(row.title);
  const isAsked = kind === 'confirm';
  const fact = (key: string, value: string): readonly string[] =>
    value === '' ? [] : [t('calendar:people.mail.fact', { label: t(key), value })];
  const facts = [
    ...fact('calendar:field.when', `${capital(when)} (${zone.id.replaceAll('_', ' ')})`),
    // Nothing that somebody typed goes to an address that nobody has confirmed.
    ...(isAsked || kind === 'cancelled'
      ? []
      : fact(PLACES[to.where.where] ?? '', line(to.where.place))),
    ...(isAsked || who === 'guest'
      ? []
      : [
          ...fact('calendar:booking.guest', `${line(row.name)} <${row.mail}>`),
          ...fact('calendar:booking.phone', line(row.phone)),
          ...fact('calendar:booking.reason', line(row.reason)),
        ]),
  ];
  const href = `${row.origin}${appointmentHref(context, row)}`;
  const end_ =
    who === 'agent'
      ? [`${row.origin}${hrefOf(context, 'bookings')}`]
      : kind === 'cancelled'
        ? []
        : [t(isAsked ? 'calendar:booking.mail.follow' : 'calendar:booking.mail.change'), href];
  const text = [
    t(first, { title }),
    facts.join('\n'),
    ...(who === 'agent' && row.comment !== '' && kind !== 'cancelled' ? [row.comment] : []),
    ...(end_.length > 0 ? [end_.join('\n')] : []),
    ...(isAsked ? [t('calendar:booking.mail.ignore')] : []),
  ].join('\n\n');
  const method = METHODS.find((one) => one === row.method);
  const name = line(to.fromName.replaceAll('@', ' ')).slice(0, 100);
  try {
    const result = await context.post(row.site, {
      to: [to.to],
      ...(name !== '' && { fromName: name }),
      replyTo: to.replyTo,
      subject: line(t(subject, { title, when })).slice(0, 250),
      text,
      ...(who === 'guest' &&
        method &&
        row.ics !== '' &&
        !isAsked && {
          calendar: { method, text: row.ics },
        }),
      key: `booking ${row.id} ${row.version} ${who}`,
    });
    if (result.state === 'refused') {
      context.log.warn({ site: row.site, reason: result.reason }, 'calendar/booking-not-mailed');
      return false;
    }
  } catch (error) {
    const code: unknown = Object(error)['code'];
    context.log.warn({ site: row.site, code: String(code) }, 'calendar/booking-not-mailed');
    return false;
  }
  await context.db
    .table(APPOINTMENTS)
    .where({ id: row.id, version: row.version })
    .update({ [column]: '' });
  return true;
}

const PLACES: Readonly<Record<string, string>> = {
  place: 'calendar:field.location',
  video: 'calendar:field.url',
  phone: 'calendar:booking.phone',
};

/** Mails that a stopped process left, or that the platform did not take. */
export const bookingsJob: PluginJob<CalendarConfig> = {
  id: 'bookings',
  every: '1m',
  perSite: true,
  timeoutS: 50,
  async run(context, at) {
    const site = at.site as SiteId; // the job is declared `perSite`
    const now = context.clock.now();
    const rows: readonly AppointmentRow[] = await context.db
      .table(APPOINTMENTS)
      .where({ site })
      .where('made_ms', '<', now - LATE_MS)
      .where('end_ms', '>', now)
      .where((either) => {
        void either.whereNot({ guest_mail: '' }).orWhereNot({ agent_mail: '' });
      })
      .orderBy('made_ms')
      .limit(RUN_MAX)
      .select();
    for (const row of rows) {
      if (at.signal.aborted) break;
      // A link that has run out is of no use.
      const isOver = row.state === 'held' && Number(row.until_ms) <= now;
      if (!isOver) await tell(context, row);
    }
  },
};
