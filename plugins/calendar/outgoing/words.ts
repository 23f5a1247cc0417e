import type { PluginContext, SiteId } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { type EventFields, fieldsOf, IcsError } from '../ics';
import { componentsOf, parseCalendar, propertyOf } from '../ics/jcal';
import { eventsOf } from '../ics/object';
import { repeatWords } from '../pages/repeat-words';
import { capital, createWords } from '../pages/words';
import { type People, peopleIn } from '../people/attendees';
import { ianaZone } from '../time/zone';
import type { OutgoingRow } from './table';

type Context = Pick<PluginContext<CalendarConfig>, 'text'>;
/** Subject and first sentence, of what organisers and attendees send (RFC 5546 §1.4). */
const TEXTS = {
  invite: ['calendar:people.mail.invite', 'calendar:people.mail.inviteText'],
  update: ['calendar:people.mail.update', 'calendar:people.mail.updateText'],
  cancel: ['calendar:people.mail.cancel', 'calendar:people.mail.cancelText'],
  accepted: ['calendar:people.mail.accepted', 'calendar:people.mail.acceptedText'],
  tentative: ['calendar:people.mail.tentative', 'calendar:people.mail.tentativeText'],
  declined: ['calendar:people.mail.declined', 'calendar:people.mail.declinedText'],
  delegated: ['calendar:people.mail.delegated', 'calendar:people.mail.delegatedText'],
  counter: ['calendar:people.mail.counter', 'calendar:people.mail.counterText'],
  stays: ['calendar:people.mail.stays', 'calendar:people.mail.staysText'],
} as const;
const SUBJECT_MAX = 250;
const NOTES_MAX = 4_000;

/** What the mail of an invitation says to who has no calendar that reads it. */
export function mailWords(
  context: Context,
  row: Pick<OutgoingRow, 'text' | 'method' | 'is_update' | 'note' | 'organiser' | 'organiser_name'>,
  locale: 'fr' | 'en',
): { readonly subject: string; readonly text: string } {
  const t = context.text(locale);
  const words = createWords(locale);
  const { fields, isOne } = fieldsIn(row.text);
  const title = line(fields?.summary ?? '') || t('calendar:event.untitled');
  const when = fields ? words.when(fields) : '';
  const zone = fields && !fields.isAllDay && fields.zone !== '' ? fields.zone : '';
  const [subjectKey, textKey] = TEXTS[kindOf(row)];
  const who = row.organiser_name === '' ? writerOf(row) : row.organiser_name;
  const repeats =
    fields && !isOne
      ? repeatWords({ t, words }, fields.rule, {
          start: fields.start,
          isAllDay: fields.isAllDay,
          zone: ianaZone(fields.zone),
        })
      : '';
  const subject = t(subjectKey, { title, when });
  const facts: readonly (readonly [string, string])[] = [
    ['calendar:field.when', zone === '' ? when : `${when} (${zone.replaceAll('_', ' ')})`],
    ['calendar:field.repeat', repeats],
    ['calendar:field.location', line(fields?.location ?? '')],
    ['calendar:field.url', line(fields?.url ?? '')],
  ];
  const notes = row.method === 'CANCEL' ? '' : (fields?.description ?? '').slice(0, NOTES_MAX);
  const text = [
    t(textKey, { who, title }),
    ...(row.note === '' ? [] : [row.note]),
    facts
      .filter(([, value]) => value !== '')
      .map(([label, value]) =>
        t('calendar:people.mail.fact', { label: t(label), value: capital(value) }),
      )
      .join('\n'),
    ...(notes === '' ? [] : [notes]),
  ].join('\n\n');
  return { subject: line(subject).slice(0, SUBJECT_MAX), text };
}

type Row = Pick<OutgoingRow, 'text' | 'method' | 'is_update' | 'organiser'>;

function kindOf(row: Row): keyof typeof TEXTS {
  switch (row.method) {
    case 'CANCEL':
      return 'cancel';
    case 'COUNTER':
      return 'counter';
    case 'DECLINECOUNTER':
      return 'stays';
    case 'REPLY': {
      const answer = attendeesIn(row).find(({ mail }) => mail === row.organiser)?.answer;
      return answer === undefined || answer === 'needs-action' ? 'tentative' : answer;
    }
    default:
      return row.is_update ? 'update' : 'invite';
  }
}

/** Their name as others wrote it, where they are asked. */
const writerOf = (row: Row): string => {
  const name = attendeesIn(row).find(({ mail }) => mail === row.organiser)?.name ?? '';
  return name === '' ? row.organiser : name;
};

function attendeesIn({ text }: Row): People['attendees'] {
  try {
    return peopleIn(text).attendees;
  } catch (error) {
    if (error instanceof IcsError) return [];
    throw error;
  }
}

const line = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

function fieldsIn(text: string): {
  readonly fields: EventFields | undefined;
  readonly isOne: boolean;
} {
  try {
    const calendar = parseCalendar(text);
    const isOne = componentsOf(calendar, 'vevent').every((part) =>
      propertyOf(part, 'recurrence-id'),
    );
    const recurrence = isOne ? (eventsOf(calendar)[0]?.recurrence ?? '') : '';
    return { fields: fieldsOf(text, recurrence)?.fields, isOne };
  } catch (error) {
    if (error instanceof IcsError) return { fields: undefined, isOne: false };
    throw error;
  }
}

/** The language of the site: there is nobody whose own it could be. */
export const siteLocale = (
  context: Pick<PluginContext<CalendarConfig>, 'site'>,
  site: SiteId,
): 'fr' | 'en' => context.site(site).locale;
